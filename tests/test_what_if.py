"""Results supposed: read against the names that exist, and forecast like known ones."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from cli_builders import CLUBS, write_cup
from competitions import knockout, make_plan, match, outcome, table
from hypothesis import given
from hypothesis import strategies as st

import forecast as fc
from forecast.arrays import DRAWS_PER_REPLICATE, Posterior
from forecast.cli.exits import exit_code
from forecast.cli.verbs import app
from forecast.config import Overrides, load, read_results, with_results
from forecast.errors import ConfigError
from forecast.lowering import lower
from forecast.plan import Places
from forecast.proof import prove
from forecast.simulate import simulate, simulate_pair

HOSTILE = (
    "Schalke 0-4",
    "0-4",
    "1-0 A",
    "A",
    "A 1-0",
    "Óscar \u2013 FC",
    "1. FC 2-1",
    "B  B",
    "1",
    "2-1",
)


def named(names, *fixtures):
    """Return a plan of one table with teams of these names."""
    stages = [table("league", len(names), "points")]
    plan = make_plan(stages, [match("league", *pair) for pair in fixtures], len(names))
    return replace(plan, competition=replace(plan.competition, teams=tuple(names)))


def supposing(plan, text):
    plan = replace(plan, source=replace(plan.source, resolved="{}"))
    return with_results(plan, read_results(plan, [text]))


PAIRS = [(a, b) for a in range(len(HOSTILE)) for b in range(len(HOSTILE)) if a != b]


@given(st.sampled_from(PAIRS), st.integers(0, 99), st.integers(0, 99))
def test_a_result_is_read_whatever_its_names_look_like(pair, home_goals, away_goals):
    plan = named(HOSTILE, pair)
    text = f"{HOSTILE[pair[0]]} {home_goals}-{away_goals} {HOSTILE[pair[1]]}"
    (read,) = read_results(plan, [text])
    assert (read.match, read.goals) == (0, (home_goals, away_goals))


@pytest.mark.parametrize(
    "text", ["ada 2:1 unión  huaral", " ADA 2 - 1 Unión Huaral", "ADA 2\u20131 Unión Huaral"]
)
def test_case_spaces_and_the_kind_of_dash_do_not_matter(text):
    (read,) = read_results(named(CLUBS, (0, 1)), [text])
    assert read.goals == (2, 1)


def test_of_equal_fixtures_the_next_that_is_left_is_meant():
    plan = named(CLUBS, (0, 1), (0, 1), (0, 1))
    first, *others = plan.matches
    rounds = [replace(each, round=number) for each, number in zip(others, (4, 2), strict=True)]
    plan = replace(plan, matches=(replace(first, home_goals=0, away_goals=0), *rounds))
    one, two = read_results(plan, ["ADA 2-1 Unión Huaral", "ADA 0-0 Unión Huaral"])
    assert (one.match, one.goals) == (2, (2, 1))
    assert (two.match, two.goals) == (1, (0, 0))


def test_zeros_before_a_number_do_not_count():
    (read,) = read_results(named(CLUBS, (0, 1)), ["ADA 0012-00 Unión Huaral"])
    assert read.goals == (12, 0)


FAULTS = [
    ("ADA 2-1 Union Huaral", 'found "Union Huaral" (did you mean "Unión Huaral"?)'),
    ("ADO 2-1 Ñuñua", '(did you mean "ADA"?) and "Ñuñua" (did you mean "Ñuñoa"?)'),
    ("Unión Huaral 1-2 ADA", "no such match is left; allowed ADA v Unión Huaral (league)"),
    ("ADA 1-2 Ñuñoa", "no such match is left; left of ADA: ADA v Unión Huaral (league)"),
    ("Ñuñoa 1-2 Unión Huaral", "a match of league that is over (1-1)"),
    ("ADA 100-0 Unión Huaral", "goals from 0 to 99"),
    ("ADA 1.5-0 Unión Huaral", "HOME 2-1 AWAY"),
    ("ADA x-0 Unión Huaral", "HOME 2-1 AWAY"),
    ("ADA Unión Huaral", "HOME 2-1 AWAY"),
    ("", "found an empty text"),
    ("\x1b[31m 1-0 ADA", "\\x1b[31m"),
]


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_what_is_no_result_of_a_match_left_is_said_plainly(text, said):
    plan = named(CLUBS, (0, 1), (3, 1))
    known = replace(plan.matches[1], home_goals=1, away_goals=1)
    plan = replace(plan, matches=(plan.matches[0], known))
    with pytest.raises(ConfigError) as caught:
        read_results(plan, [text])
    assert said in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_every_wrong_result_is_named_and_none_may_be_supposed_twice():
    plan = named(CLUBS, (0, 1))
    with pytest.raises(ConfigError) as caught:
        read_results(plan, ["ADA 1-0 Unión Huaral", "ADA 2-0 Unión Huaral", "x"])
    assert len(str(caught.value).splitlines()) == 2
    assert "supposed before" in str(caught.value)


def test_a_text_that_names_two_fixtures_is_refused():
    plan = named(("A", "A 1-0", "B", "1-0 B"), (0, 3), (1, 2))
    with pytest.raises(ConfigError, match="names 2 fixtures"):
        read_results(plan, ["A 1-0 1-0 B"])


def test_a_supposed_result_changes_the_hash_and_nothing_else_of_the_plan(tmp_path):
    (config,) = write_cup(tmp_path)
    plan = load(config)
    supposed = with_results(plan, read_results(plan, ["ADA 3-0 Ñuñoa"]))
    assert supposed.source.config_hash != plan.source.config_hash
    changed = [m for m, other in zip(supposed.matches, plan.matches, strict=True) if m != other]
    assert [(m.home_goals, m.away_goals, m.supposed) for m in changed] == [(3, 0, True)]


def test_a_supposed_result_settles_its_tie_unless_it_is_level():
    final = knockout("final", Places("teams", 1, 2), legs=2)
    legs = [
        match("final", 0, 1, leg=1, home_goals=0, away_goals=1),
        match("final", 1, 0, leg=2),
    ]
    champion = [outcome("champion", Places("final", 1, 1))]
    plan = make_plan([final], legs, 2, outcomes=champion, start="final", bracket=((0, 1),))

    def statuses(text):
        return [v.status for v in prove(supposing(plan, text))]

    assert statuses("Team 1 0-2 Team 0") == ["certain", "impossible"]
    assert statuses("Team 1 0-0 Team 0") == ["impossible", "certain"]
    assert statuses("Team 1 0-1 Team 0") == ["open", "open"]


def league_plan(stage, fixtures, teams=4):
    outcomes = [outcome(f"{stage}_first", Places(stage, 1, 1))]
    return make_plan([table(stage, teams, "points")], fixtures, teams, outcomes=outcomes)


FROZEN = Posterior(np.ones(1), np.zeros((1, 10)), np.zeros((1, 10, 0)), 0.45)
ROUND_ROBIN = [(0, 1), (2, 3), (0, 2), (1, 3), (0, 3), (1, 2)]


def simulated(plan):
    return simulate(lower(plan, 0.45), FROZEN, rng_seed=1, replicates=2)


def test_supposing_the_last_fixture_is_the_same_as_knowing_it():
    """No later fixture is there whose random numbers could move."""
    fixtures = [match("league", *pair) for pair in ROUND_ROBIN]
    known = replace(fixtures[-1], home_goals=2, away_goals=1)
    plans = [
        league_plan("league", [*fixtures[:-1], replace(known, supposed=supposed)])
        for supposed in (True, False)
    ]
    one, two = (simulated(plan).occupancy for plan in plans)
    assert np.array_equal(one, two)


def test_all_other_matches_keep_their_random_numbers():
    """The first match supposed leaves a table of others as it was, run for run."""
    fixtures = [match("league", 0, 1), *(match("other", *pair) for pair in ROUND_ROBIN)]
    stages = [table("league", 4, "points"), table("other", 4, "points")]
    outcomes = [outcome("first", Places("other", 1, 1)), outcome("top", Places("league", 1, 1))]
    plan = make_plan(stages, fixtures, 4, outcomes=outcomes)
    plain = replace(fixtures[0], home_goals=2, away_goals=1)
    pairs = [
        simulate_pair(
            (lower(plan, 0.45), lower(replace(plan, matches=(first, *plan.matches[1:])), 0.45)),
            (FROZEN, FROZEN),
            rng_seed=1,
            replicates=2,
            workers=2,
        )
        for first in (replace(plain, supposed=True), plain)
    ]
    assert (pairs[0].difference_squares[0] == 0).all()
    assert (pairs[0].difference_squares[1] > 0).any()
    assert (pairs[1].difference_squares[0] > 0).any()  # what it would be without


def test_played_matches_keep_the_random_numbers_of_their_first_halves():
    """Also where the match supposed stands before them; known instead, it takes their numbers."""
    left = match("league", 0, 1)
    played = [match("other", *pair, home_goals=3, away_goals=2) for pair in ROUND_ROBIN]
    stages = [table("league", 4, "points"), table("other", 4, "first_half_points")]
    outcomes = [outcome("first", Places("other", 1, 1))]
    plan = make_plan(stages, [left, *played], 4, outcomes=outcomes)
    known = replace(left, home_goals=2, away_goals=1)
    before, supposed, after = (
        simulated(replace(plan, matches=(first, *plan.matches[1:]))).outcomes.tolist()
        for first in (left, replace(known, supposed=True), known)
    )
    assert before == supposed != after


def test_the_pair_sums_are_those_of_its_replicates():
    plan = league_plan("league", [match("league", *pair) for pair in ROUND_ROBIN])
    seasons = lower(plan, 0.45), lower(supposing(plan, "Team 0 3-0 Team 1"), 0.45)
    pair = simulate_pair(seasons, (FROZEN, FROZEN), rng_seed=1, replicates=3, workers=2)
    each = [
        [
            simulate(season, FROZEN, rng_seed=1, first=replicate, replicates=1).outcomes
            for replicate in range(3)
        ]
        for season in seasons
    ]
    assert np.array_equal(pair.first, sum(each[0]))
    assert np.array_equal(pair.second, sum(each[1]))
    squares = sum((two - one) ** 2 for one, two in zip(*each, strict=True))
    assert np.array_equal(pair.difference_squares, squares)
    assert pair.first.sum() == 3 * DRAWS_PER_REPLICATE * 64


def test_the_forecast_without_is_that_of_a_run_and_the_fit_learns_from_what_is_supposed(tmp_path):
    (config,) = write_cup(tmp_path)
    plan = load(config)
    compared = fc.what_if(plan, ["ADA 9-0 Ñuñoa"])
    outcomes = fc.run(plan).outcomes
    assert compared.changes["hits"].to_list() == outcomes["hits"].to_list()
    assert compared.changes["std_error"].to_list() == outcomes["std_error"].to_list()
    first = compared.changes.row(1, named=True)
    assert (first["team"], first["outcome"]) == ("ADA", "champion")
    assert first["change"] == pytest.approx(
        first["supposed_probability"] - first["probability"], abs=1e-12
    )
    # Three points alone cannot do it: the final is on neutral ground between two teams.
    assert first["supposed_probability"] > 0.6
    errors = compared.changes.select("std_error", "supposed_std_error").max_horizontal()
    assert (compared.changes["change_error"] < 3 * errors).all()


def test_a_target_error_holds_for_both_forecasts_and_extends_the_same_replicates(tmp_path):
    (config,) = write_cup(tmp_path)
    supposed = ["ADA 1-0 Ñuñoa"]
    errors = pl.col("std_error", "supposed_std_error")
    sixteen = fc.what_if(load(config), supposed).changes.select(errors.max())
    for target in (0.9 * sixteen.item(0, 0), 0.9 * sixteen.item(0, 1)):
        plan = load(config, Overrides(target_error=target))
        changes = fc.what_if(plan, supposed).changes
        assert max(changes.select(errors.max()).row(0)) <= target
        (runs,) = changes["runs"].unique()
        asked = load(config, Overrides(runs=runs))
        assert runs > load(config).simulation.runs
        assert changes.equals(fc.what_if(asked, supposed).changes)


@pytest.mark.usefixtures("former_signals")
def test_the_verb_prints_both_and_writes_nothing(tmp_path, capsys):
    (config,) = write_cup(tmp_path)
    before = sorted(tmp_path.rglob("*"))

    def forecast(*arguments):
        return exit_code(lambda: app([str(argument) for argument in arguments]))

    assert forecast("what-if", config, "--result", "ADA 3-0 Ñuñoa") == 0
    printed, said = capsys.readouterr()
    assert "Supposed: ADA 3-0 Ñuñoa" in printed
    assert said.startswith("note: No known match links")
    lines = [line.split()[0] for line in printed.splitlines()[4:6]]
    assert lines == ["ADA", "Ñuñoa"]
    assert forecast("what-if", config, "--result", "ADA 3-0 Nunoa") == 2
    assert 'did you mean "Ñuñoa"?' in capsys.readouterr().err
    assert forecast("what-if", config) == 2
    assert sorted(tmp_path.rglob("*")) == before
    write_cup(tmp_path, ["one", "two"])
    assert forecast("what-if", tmp_path, "--result", "ADA 3-0 Ñuñoa") == 2
    assert "found 3 configs" in capsys.readouterr().err
