"""What a plan knows: rows, rules and brackets as of its day."""

import dataclasses
import hashlib
import itertools
import json
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import jsonschema
import pytest
from cli_builders import write_cup
from hypothesis import given
from hypothesis import strategies as st

from forecast import arrays
from forecast import plan as plan_room
from forecast.config import Overrides, describe, find_configs, load
from forecast.config.export_schema import SCHEMAS, schema_text
from forecast.config.pots import pair_places
from forecast.errors import ConfigError
from forecast.left import left_of, listed_left
from forecast.plan import GivenStrengths, Places

ROOT = Path(__file__).parents[1]
COPA = ROOT / "configs" / "copa_peru_2023"
UEFA = ROOT / "configs" / "uefa_champions_league_2024_25"
BASE = Path(__file__).parent / "faults" / "base"
SHIPPED = sorted(path.name for path in COPA.glob("*.toml") if path.name != "competition.toml")
AS_OF = "as_of = 2026-03-09"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(BASE, tmp_path / "base")
    return tmp_path / "base"


def change(path, *pairs):
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def at(folder, day="", start=""):
    """Load the base as of a day (TOML) and from a start."""
    lines = [f"as_of = {day}"] if day else []
    lines += [f'start = "{start}"'] if start else []
    change(folder / "forecast.toml", (AS_OF, "\n".join(lines)))
    return load(folder / "forecast.toml")


def scores(plan, stage="league"):
    return [(m.home_goals, m.away_goals) for m in plan.matches if m.stage == stage]


def two_legs_stay(folder):
    """Put the change of the base out of reach."""
    change(folder / "competition.toml", ("2026-03-12", "2027-03-12"))


# ---- what was known ------------------------------------------------------------------


def test_rows_are_known_up_to_the_day_inclusive_and_fixtures_stay(folder):
    plan = at(folder, "2026-03-08")
    assert scores(plan) == [(2, 1), (0, 0), (1, 3), (None,) * 2, (None,) * 2, (None,) * 2]
    assert plan.as_of == date(2026, 3, 8)


def test_nothing_of_an_unknown_row_stays_but_its_fixture(folder):
    first, _, awarded, *_ = at(folder, "2026-02-01").matches
    assert (first.half_time, first.winner, awarded.awarded) == (None, None, False)
    assert (first.date, first.round, first.played) == (date(2026, 3, 1), 1, False)


def test_without_a_day_every_row_and_every_change_is_known(folder):
    plan = at(folder)
    assert plan.as_of is None
    assert all(match.played for match in plan.matches)
    assert (plan.competition.stages[1].legs, plan.competition.stages[1].neutral) == (1, True)


def test_a_round_knows_its_rows_and_the_rounds_before_and_is_dated_by_the_last(folder):
    change(folder / "matches.csv", ("league,2,,2026-03-09,Lima", "league,2,,,Lima"))
    plan = at(folder, '{ stage = "league", round = 2 }')
    assert scores(plan) == [(2, 1), (0, 0), (1, 3), (2, 2), (None, None), (None, None)]
    assert plan.as_of == date(2026, 3, 8)


def test_a_round_of_a_later_stage_knows_all_earlier_stages(folder):
    text = (folder / "matches.csv").read_text(encoding="utf-8")
    for leg in "12":
        text = text.replace(f"semi_finals,,{leg}", f"semi_finals,{leg},{leg}")
    (folder / "matches.csv").write_text(text, encoding="utf-8")
    two_legs_stay(folder)
    plan = at(folder, '{ stage = "semi_finals", round = 1 }', "semi_finals")
    assert all(match.played for match in plan.matches if match.stage == "league")
    assert scores(plan, "semi_finals") == [(1, 1), (None, None), (0, 1), (None, None)]
    assert plan.as_of == date(2026, 3, 14)


def test_without_start_knockout_rows_do_not_count(folder):
    change(folder / "matches.csv", ("2026-03-22,Jaén,Lima", "2026-03-22,winner 1,winner 2"))
    plan = at(folder, "2026-12-31")
    assert {match.stage for match in plan.matches} == {"league"}
    assert (plan.start, plan.bracket) == (None, None)


@given(st.integers(-3, 12))
def test_a_later_day_never_knows_less(days):
    day = date(2026, 3, 1) + timedelta(days)
    rows = [line.split(",") for line in (BASE / "matches.csv").read_text("utf-8").split("\n")[1:7]]
    plan = _with_day(day)
    known = {(int(row[7]), int(row[8])) if row[3] <= str(day) else None for row in rows}
    assert {
        (match.home_goals, match.away_goals) if match.played else None for match in plan.matches
    } == known


def _with_day(day):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "forecast.toml"
        text = (BASE / "forecast.toml").read_text("utf-8").replace(AS_OF, f"as_of = {day}")
        competition = json.dumps(str(BASE / "competition.toml"))
        path.write_text(text.replace('"competition.toml"', competition), encoding="utf-8")
        return load(path)


# ---- rules ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        ("2026-03-11", (2, False, ("away_goals", "penalties"))),
        ("2026-03-12", (1, True, ("penalties",))),
        ("2026-03-13", (1, True, ("penalties",))),
    ],
)
def test_a_change_is_in_force_from_its_day_on(folder, day, rules):
    stage = at(folder, day).competition.stages[1]
    assert (stage.legs, stage.neutral, stage.level) == rules


def test_changes_add_up_in_the_order_of_their_days_not_of_the_file(folder):
    later = 'from = 2026-03-12\nlegs = 2\nvenue = "home"\n[[stage.change]]\nfrom = 2026-03-05'
    change(folder / "competition.toml", ("from = 2026-03-12", later))
    assert at(folder, "2026-03-11").competition.stages[1].legs == 1
    change(folder / "forecast.toml", ("2026-03-11", "2026-03-12"))
    stage = load(folder / "forecast.toml").competition.stages[1]
    assert (stage.legs, stage.neutral, stage.level) == (2, False, ("penalties",))


def test_a_changed_ladder_counts_from_its_day(folder):
    new = '[[stage.change]]\nfrom = 2026-03-09\ntie_breaks = ["points", "wins"]\n'
    next_stage = '[[stage]]\nid = "semi'
    change(folder / "competition.toml", (next_stage, new + next_stage))
    assert at(folder, "2026-03-08").competition.stages[0].tie_breaks[-2:] == ("seed", "lots")
    change(folder / "forecast.toml", ("2026-03-08", "2026-03-09"))
    ladder = load(folder / "forecast.toml").competition.stages[0].tie_breaks
    assert ladder == ("points", "wins", "lots")


@pytest.mark.parametrize(("day", "points"), [("2026-03-07", []), ("2026-03-08", [-1])])
def test_an_adjustment_counts_from_its_day(folder, day, points):
    given = at(folder, day).competition.stages[0].adjustments
    assert [(each.team, each.points) for each in given] == [(0, number) for number in points]


def test_lots_are_last_also_when_they_are_written(folder):
    change(folder / "competition.toml", ('"seed",', '"seed", "lots",'))
    ladder = at(folder, "2026-03-08").competition.stages[0].tie_breaks
    assert ladder == ("points", "goal_difference", "seed", "lots")


def test_awarded_results_are_marked_once_known(folder):
    assert [match.awarded for match in at(folder, "2026-03-08").matches].count(True) == 1


# ---- start ---------------------------------------------------------------------------


def test_a_start_keeps_listed_ties_in_order_and_what_is_known_of_them(folder):
    two_legs_stay(folder)
    plan = at(folder, "2026-03-14", "semi_finals")
    assert plan.bracket == ((3, 0), (1, 2))
    assert scores(plan, "semi_finals") == [(1, 1), (None, None), (0, 1), (None, None)]
    assert scores(plan, "final") == []
    assert [outcome.id for outcome in plan.competition.outcomes] == ["finalist", "champion"]


def test_a_start_knows_later_rounds_up_to_its_day(folder):
    two_legs_stay(folder)
    plan = at(folder, "2026-03-22", "semi_finals")
    teams = plan.competition.teams
    winners = [(m.stage, m.leg, teams[m.winner]) for m in plan.matches if m.winner is not None]
    assert winners == [
        ("semi_finals", 2, "Jaén"),
        ("semi_finals", 2, "Lima"),
        ("final", None, "Jaén"),
    ]
    assert scores(plan, "final") == [(1, 1)]


def test_rows_of_another_rule_than_the_one_in_force_give_pairs_but_no_hosts(folder):
    plan = at(folder, "2026-03-12", "semi_finals")
    assert plan.competition.stages[1].legs == 1
    assert plan.bracket == ((3, 0), (1, 2))
    assert scores(plan, "semi_finals") == []


def test_results_that_cannot_count_without_a_start_are_named(folder):
    (warning,) = at(folder).warnings
    assert warning.startswith("5 known results of knockout stages do not count: without `start`")


def test_a_known_first_leg_stays_whatever_the_venue_of_the_second(folder):
    two_legs_stay(folder)
    second = "semi_finals,,2,2026-03-18,Jaén,Ica,"
    change(folder / "matches.csv", (f"{second}0", f"{second}1"))
    plan = at(folder, day="2026-03-15", start="semi_finals")
    # Jaén v Ica is not foreseen on neutral ground, so it only names the pair.
    assert scores(plan, "semi_finals") == [(1, 1), (0, 1), (None, None)]


def test_away_goals_do_not_count_on_neutral_ground(folder):
    two_legs_stay(folder)
    second = "semi_finals,,2,2026-03-18,Jaén,Ica,"
    change(folder / "matches.csv", (f"{second}0,2,1", f"{second}1,0,0"))
    plan = at(folder, day="2026-03-18", start="semi_finals")
    decided = [m.winner for m in plan.matches if m.stage == "semi_finals"][1]
    assert plan.competition.teams[decided] == "Jaén"  # 1-1 at Ica, 0-0 on neutral ground


def test_an_outcome_across_the_start_is_left_out_with_a_warning(folder):
    across = '[[outcome]]\nid = "across"\nplaces = ["semi_finals:3-4", "final:1"]\n\n'
    change(folder / "competition.toml", ("[[outcome]]", f"{across}[[outcome]]"))
    plan = at(folder, "2026-03-13", "final")
    assert [outcome.id for outcome in plan.competition.outcomes] == ["champion"]
    assert len(plan.warnings) == 1
    assert plan.warnings[0].startswith("The outcome across is left out: some of its places are in")


def test_a_complete_table_before_the_start_serves_the_better_place(folder):
    final = '["penalties"]\n\n[[outcome]]'
    change(folder / "competition.toml", (final, final.replace("penalties", "better_place")))
    plan = at(folder, "2026-03-13", "semi_finals")
    assert plan.competition.stages[2].level == ("better_place",)


@pytest.mark.parametrize(
    ("rivals", "strangers"), [("ADA,Unión Huaral", ""), ("ADA,Ñuñoa", "Ñuñoa")]
)
def test_a_listed_tie_of_teams_that_a_settled_table_does_not_let_in_is_warned_of(
    tmp_path, rivals, strangers
):
    """A ruling may have done that, so it is no error."""
    (config,) = write_cup(tmp_path)
    header, *rows = (tmp_path / "matches.csv").read_text("utf-8").splitlines()
    league = [",".join([*row.split(",")[:7], "1", "0"]) for row in rows if "league" in row]
    final = f"final,,,2023-09-30,{rivals},1,,"
    (tmp_path / "matches.csv").write_text("\n".join([header, *league, final, ""]), "utf-8")
    started = config.read_text("utf-8").replace("[simulation]", 'start = "final"\n\n[simulation]')
    config.write_text(started, "utf-8")
    expected = (
        f"{strangers}: in the listed ties of final, though by the results of league not among"
    )
    warnings = load(config).warnings
    assert len(warnings) == bool(strangers)
    assert all(each.startswith(expected) for each in warnings)


# ---- places --------------------------------------------------------------------------


def simulated_places(stages, order):
    """Yield, for every way the ties can go, the stage and place that each team takes."""
    results = [{("teams", place + 1): team for place, team in enumerate(order)}]
    for name, source, count, pairing in stages:
        results = [
            {**taken, **outcome}
            for taken in results
            for outcome in _stage_results(taken, name, source, count, pairing)
        ]
    return results


def _stage_results(taken, name, source, count, pairing):
    entrants = [taken[source, place] for place in range(1, count + 1)]
    pairs = pair_places(count, pairing)
    for sides in itertools.product((0, 1), repeat=len(pairs)):
        places = {}
        for tie, (pair, side) in enumerate(zip(pairs, sides, strict=True)):
            places[name, tie + 1] = entrants[pair[side]]
            places[name, len(pairs) + tie + 1] = entrants[pair[1 - side]]
        yield places


@pytest.mark.parametrize("pairing", ["fold", "adjacent"])
def test_places_exclude_each_other_exactly_if_no_result_gives_both_to_one_team(pairing):
    from forecast.config.models import KnockoutFile  # noqa: PLC0415 (only here)
    from forecast.config.structure import Structure  # noqa: PLC0415 (same)

    stages = [("a", "teams", 8, pairing), ("b", "a", 4, pairing), ("c", "b", 2, pairing)]
    structure = Structure(8)
    for name, source, count, _ in stages:
        file = KnockoutFile(
            id=name,
            kind="knockout",
            entrants=[f"{source}:1-{count}"],
            pairing=pairing,
            legs=1,
            level=["penalties"],
        )
        structure.add(file, [Places(source, 1, count)])
    met = set()
    for taken in simulated_places(stages, range(8)):
        for one, two in itertools.combinations(taken, 2):
            if taken[one] == taken[two]:
                met.add((one, two))
    sizes = {"teams": 8} | {name: count for name, _, count, _ in stages}
    names = [(name, place) for name, size in sizes.items() for place in range(1, size + 1)]
    for one, two in itertools.combinations(names, 2):
        slots = [structure.slots(Places(name, place, place))[0] for name, place in (one, two)]
        assert structure.may_share(*slots) == ((one, two) in met), (one, two)


def test_places_of_a_drawn_round_exclude_each_other_by_their_pots(folder):
    change(
        folder / "competition.toml",
        (
            'entrants = ["league:1-4"]\npairing = "fold"',
            'entrants = ["league:1-2", "league:3", "league:1-2", "league:4"]\npairing = "drawn"',
        ),
        ("semi_finals:1-2", "semi_finals:1-4"),
        ('pairing = "fold"', 'pairing = "reseed"'),
        ('places = ["semi_finals:1-2"]', 'places = ["league:1-2", "semi_finals:1-2"]'),
    )
    with pytest.raises(ConfigError, match="one team can take league:1 and then semi_finals:1"):
        at(folder, "2026-03-09")
    change(folder / "competition.toml", ('["league:1-2", "semi_finals:1-2"]', '["final:1-2"]'))
    plan = at(folder, "2026-03-09")
    semi_finals, final = plan.competition.stages[1:]
    assert semi_finals.entrants == tuple(
        Places("league", *span) for span in ((1, 2), (3, 3), (4, 4))
    )
    assert semi_finals.pots == (0, 1, 0, 2)
    assert final.pairing == "reseed"
    said = describe(plan)
    assert "2 ties of places 1 to 2 of league with place 3 of league or place 4 of league" in said


def test_fold_meets_first_and_last_and_adjacent_neighbours():
    assert pair_places(6, "fold") == [(0, 5), (1, 4), (2, 3)]
    assert pair_places(6, "adjacent") == [(0, 1), (2, 3), (4, 5)]


# ---- strengths and simulation --------------------------------------------------------


def test_given_strengths_are_read_by_name(folder):
    keys = 'table = "s.csv"\nintercept = 0\nhome_advantage = 0.25\nfirst_half_share = 0.4'
    change(folder / "forecast.toml", ('"poisson"', f'"given"\n{keys}'))
    rows = "team,attack,defence\nIca,.5,-1e-1\nJaén,0,0\nCusco,1,2\nLima,+3,-0.25\n"
    (folder / "s.csv").write_text(rows, encoding="utf-8")
    strength = load(folder / "forecast.toml").strength
    attack, defence = (0.0, 3.0, 1.0, 0.5), (0.0, -0.25, 2.0, -0.1)
    assert strength.given == GivenStrengths(0.0, 0.25, attack, defence)
    assert (strength.uncertainty, strength.first_half_share) == ("none", 0.4)


def test_the_default_of_runs_is_sixteen_replicates(folder):
    change(folder / "forecast.toml", ("runs = 1000\n", ""))
    simulation = load(folder / "forecast.toml").simulation
    assert simulation.runs == plan_room.LEAST_REPLICATES * plan_room.RUNS_PER_REPLICATE
    assert (simulation.target_error, simulation.rng_seed) == (None, 7)


def test_the_runs_of_a_replicate_are_those_of_the_arrays():
    assert plan_room.RUNS_PER_REPLICATE == arrays.RUNS_PER_REPLICATE


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Overrides(), (1000, None, 7)),
        (Overrides(runs=5), (5, None, 7)),
        (Overrides(target_error=0.01), (None, 0.01, 7)),
        (Overrides(rng_seed=0), (1000, None, 0)),
    ],
)
def test_overrides_replace_what_the_file_says(given, expected):
    assert dataclasses.astuple(load(BASE / "forecast.toml", given).simulation) == expected


# ---- identity ------------------------------------------------------------------------


def test_the_hash_does_not_depend_on_where_the_folder_lies(folder):
    one, two = load(BASE / "forecast.toml").source, load(folder / "forecast.toml").source
    assert dataclasses.replace(two, path=one.path) == one
    (folder / "teams.csv").rename(folder / "clubs.csv")
    change(folder / "competition.toml", ('"teams.csv"', '"clubs.csv"'))
    assert load(folder / "forecast.toml").source.config_hash == one.config_hash


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("forecast.toml", "rng_seed = 7", "rng_seed = 8"),
        ("forecast.toml", "runs = 1000", "runs = 1001"),
        ("forecast.toml", "2026-03-09", "2026-03-10"),
        ("forecast.toml", 'model = "poisson"', 'uncertainty = "none"'),
        ("competition.toml", "win = 3", "win = 2"),
        ("competition.toml", "points = -1", "points = -2"),
        ("competition.toml", "2026-03-12", "2026-03-13"),
        ("competition.toml", '"goal_difference"', '"goals_for"'),
        ("teams.csv", "Ica,1", "Ica,0"),
        ("matches.csv", "Cusco,Ica,0,0,0", "Cusco,Ica,0,0,1"),
    ],
)
def test_every_change_of_a_number_changes_the_hash(folder, file, old, new):
    before = load(folder / "forecast.toml").source.config_hash
    change(folder / file, (old, new))
    assert load(folder / "forecast.toml").source.config_hash != before


def test_comments_and_defaults_written_out_change_no_hash(folder):
    before = load(folder / "forecast.toml").source.config_hash
    change(folder / "forecast.toml", ("runs = 1000", "runs = 1_000 # few"))
    change(folder / "competition.toml", ("legs = 2", 'legs = 2\nvenue = "home"'))
    assert load(folder / "forecast.toml").source.config_hash == before


def test_overrides_are_part_of_the_identity():
    plans = [load(BASE / "forecast.toml", Overrides(rng_seed=k)) for k in (None, 7, 8)]
    hashes = [plan.source.config_hash for plan in plans]
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_inputs_are_named_as_written_with_their_digests(folder):
    inputs = dict(load(folder / "forecast.toml").source.inputs)
    assert list(inputs) == ["forecast.toml", "competition.toml", "teams.csv", "matches.csv"]
    for name, digest in inputs.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_resolved_config_is_canonical_and_holds_the_competition():
    resolved = load(BASE / "forecast.toml").source.resolved
    said = json.loads(resolved)
    assert resolved == json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert said["competition"]["stage"][1]["change"][0]["from"] == "2026-03-12"
    assert said["as_of"] == "2026-03-09"


# ---- the shipped season --------------------------------------------------------------


def test_the_shipped_folder_holds_five_forecasts():
    assert [path.name for path in find_configs([COPA])] == SHIPPED
    assert len(SHIPPED) == 5


SEASON = {
    "pre_tournament.toml": (date(2023, 9, 15), 0, 6, 2),
    "after_round_1.toml": (date(2023, 9, 20), 24, 6, 2),
    "before_quarter_finals.toml": (date(2023, 11, 17), 28, 3, 1),
    "before_semi_finals.toml": (date(2023, 11, 21), 32, 2, 1),
    "before_final.toml": (date(2023, 11, 25), 34, 1, 1),
}


@pytest.mark.parametrize("name", SEASON)
def test_each_shipped_forecast_knows_what_was_known(name):
    day, played, outcomes, legs = SEASON[name]
    plan = load(COPA / name)
    assert plan.as_of == day
    assert sum(match.played for match in plan.matches) == played
    assert all(match.date <= day for match in plan.matches if match.played)
    assert len(plan.competition.outcomes) == outcomes
    assert [s.legs for s in plan.competition.stages[1:]] == [2, 2, legs, legs, legs]
    assert [s.neutral for s in plan.competition.stages[1:]] == [False] * 2 + [legs == 1] * 3
    assert (plan.simulation.runs, plan.simulation.rng_seed) == (1_000_000, 2023)
    worse = [said for said in plan.warnings if "Brier score of promoted higher by 0.0096" in said]
    assert plan.warnings == tuple(worse)
    assert len(worse) == plan.strength.knows_teams  # as docs/calibration.md says and argues


def test_the_bracket_of_the_quarter_finals_leads_to_the_semi_finals_that_were_played():
    before = load(COPA / "before_quarter_finals.toml")
    after = load(COPA / "before_semi_finals.toml")
    ties = [set(tie) for tie in before.bracket]
    pairs = [ties[one] | ties[two] for one, two in pair_places(4, "fold")]
    assert [[set(tie) <= pair for pair in pairs].count(True) for tie in after.bracket] == [1, 1]


def test_the_whole_season_is_consistent_when_everything_is_known(tmp_path):
    shutil.copytree(COPA, tmp_path / "copa")
    path = tmp_path / "copa" / "before_quarter_finals.toml"
    change(path, ("2023-11-17", "2023-12-31"))
    plan = load(path)
    semi_finals = [match for match in plan.matches if match.stage == "semi_finals"]
    assert [plan.competition.teams[m.winner] for m in semi_finals] == ["ADA", "San Marcos"]
    assert scores(plan, "final") == [(1, 3)]


def as_json(value):
    """Return parsed TOML as editors hand it to a schema: dates as texts."""
    if isinstance(value, dict):
        return {key: as_json(below) for key, below in value.items()}
    if isinstance(value, list):
        return [as_json(below) for below in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_exported_schema_is_current(name):
    exported = (ROOT / "configs" / "schema" / name).read_text(encoding="utf-8")
    assert exported == schema_text(SCHEMAS[name]), "run python -m forecast.config.export_schema"


@pytest.mark.parametrize("name", [*SHIPPED, "competition.toml"])
def test_shipped_files_name_their_schema_and_follow_it(name):
    text = (COPA / name).read_text(encoding="utf-8")
    head = text.partition("\n")[0]
    schema = json.loads((COPA / head.removeprefix("#:schema ")).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(as_json(tomllib.loads(text)), schema)
    wrong = as_json(tomllib.loads(text)) | {"unknown": 1}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


# ---- words ---------------------------------------------------------------------------


def test_a_forecast_without_results_says_first_that_it_knows_only_the_fixtures():
    plan = load(COPA / "pre_tournament.toml")
    known = dataclasses.replace(plan.strength, covariates=(), earlier=None)
    plan = dataclasses.replace(plan, strength=known)
    lines = describe(plan).split("\n")
    assert lines[0] == "No result is known: this forecast knows only the fixture list."


def test_the_words_name_stages_changes_ties_and_the_true_number_of_runs():
    text = describe(load(COPA / "before_quarter_finals.toml"))
    for words in (
        "Copa Perú 2023, as of 2023-11-17",
        "  Sport Cáceres v ADA\n",
        "Stage round_of_16: before the start, 2 results known\n",
        "changed on 2023-11-07 (in force): one match, on neutral ground",
        "Strengths: fitted to 28 results, with their uncertainty",
        "1,015,808 runs (1,000,000 asked for) in 31 replicates; rng_seed 2023",
    ):
        assert words in text


def test_the_words_say_which_scores_are_missing_and_which_changes_do_not_count_yet():
    text = describe(load(COPA / "after_round_1.toml"))
    assert "24 matches played, 126 left\n  1 match dated by then, but not known: simulated" in text
    assert "changed on 2023-11-07 (not known yet, so not used)" in text


def test_legs_are_left_whether_listed_or_not(tmp_path):
    plan = load(UEFA / "between_legs_of_round_of_16.toml")
    left = {stage.id: left_of(plan, stage) for stage in plan.competition.stages}
    assert list(left.values()) == [0, 0, 8, 8, 4, 1]
    assert "8 matches played, 8 left" in describe(plan)
    folder = shutil.copytree(UEFA, tmp_path / "cup")
    text = (folder / "before_quarter_finals.toml").read_text(encoding="utf-8")
    first_day = re.sub("as_of = .*", "as_of = 2025-04-08", text)
    (folder / "before_quarter_finals.toml").write_text(first_day, encoding="utf-8")
    plan = load(folder / "before_quarter_finals.toml")
    assert "2 matches played, 6 left" in describe(plan)


def test_a_settled_tie_has_no_match_left_though_its_scores_are_not_known():
    plan = load(COPA / "before_quarter_finals.toml")
    tie = next(match for match in plan.matches if match.stage == "quarter_finals")
    stage = next(each for each in plan.competition.stages if each.id == "quarter_finals")
    assert left_of(plan, stage) == 4
    number = plan.matches.index(tie)
    matches = list(plan.matches)
    matches[number] = dataclasses.replace(tie, winner=tie.home)
    settled = dataclasses.replace(plan, matches=tuple(matches))
    assert left_of(settled, stage) == 3
    final = dataclasses.replace(
        settled, matches=tuple(dataclasses.replace(m, winner=m.home) for m in plan.matches)
    )
    assert "0 matches played, none left" in describe(final)
    assert set(listed_left(plan)) - set(listed_left(settled)) == {number}


def test_without_a_day_no_fixture_is_overdue(tmp_path):
    (config,) = write_cup(tmp_path)
    assert "1 match played, 5 left" in describe(load(config))
    assert "dated by then" not in describe(load(config))


def test_a_forecast_after_a_round_says_so_and_names_no_day_alone(tmp_path):
    """A match of a later round that was played before is not known, and not called unplayed."""
    (config,) = write_cup(tmp_path)
    rows = (tmp_path / "matches.csv").read_text("utf-8").splitlines()
    third = next(row for row in rows if row.startswith("league,3,"))
    played = third.replace("2023-09-20", "2023-09-05").rsplit(",", 2)[0] + ",2,2"
    text = "\n".join(played if row == third else row for row in rows)
    (tmp_path / "matches.csv").write_text(f"{text}\n", "utf-8")
    for said, dated, left in (
        ("{ stage = 'league', round = 1 }", "as of 2023-09-10, after round 1 of league", 5),
        ("2023-09-10", "as of 2023-09-10", 4),
    ):
        after = config.read_text("utf-8").replace("[simulation]", f"as_of = {said}\n[simulation]")
        (tmp_path / "after.toml").write_text(after, "utf-8")
        plan = load(tmp_path / "after.toml")
        assert plan.dated == dated
        assert f"small: Cup [bold]of[/bold] four, {dated}\n" in describe(plan)
        assert left_of(plan, plan.competition.stages[0]) == left
        assert ("1 match dated by then, but not known: simulated" in describe(plan)) == (left == 5)


def test_the_words_of_a_finished_table_leave_only_lots_open(folder):
    assert "all 6 matches played: only lots can still move a place" in describe(at(folder))


def test_the_words_of_a_target_name_the_least_runs():
    text = describe(load(BASE / "forecast.toml", Overrides(target_error=0.002)))
    assert "at least 524,288 runs, doubled until no error is above 0.002" in text


@pytest.mark.parametrize("heavy", ["numpy", "numba", "scipy", "polars", "rich"])
def test_checking_imports_nothing_heavy(heavy):
    code = (
        "import sys; from forecast.config import *; "
        f"describe(load(find_configs([{str(COPA)!r}])[0])); print({heavy!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 (our own code)
    assert done.stdout == "False\n"


def test_the_words_say_which_team_has_another_number_of_matches(tmp_path):
    assert "  6 matches each, 3 at home\n" in describe(load(COPA / "pre_tournament.toml"))
    folder = shutil.copytree(COPA, tmp_path / "cup")
    header, *rows = (folder / "matches.csv").read_text("utf-8").splitlines(keepends=True)
    listed = [row for row in rows if row.startswith("general_table,")]

    def without(missing):
        kept = [row for row in rows if row not in missing]
        (folder / "matches.csv").write_text("".join([header, *kept]), encoding="utf-8")
        return describe(load(folder / "pre_tournament.toml"))

    teams = load(COPA / "pre_tournament.toml").competition.teams
    one, two = sorted(listed[0].split(",")[4:6], key=teams.index)
    assert f"  6 matches each, 5 for {one} and {two}\n" in without(listed[:1])
    assert "  5 to 6 matches each\n" in without(listed[:9])
