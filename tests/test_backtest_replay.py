"""A replay sees only its past, its baselines are what they say, and its files are whole."""

import json
from dataclasses import replace
from datetime import date
from itertools import permutations

import numpy as np
import polars as pl
import pytest
from competitions import make_plan, match, table

from forecast.backtest import backtest
from forecast.backtest.baselines import equal_strengths, running_shares, unpenalised
from forecast.backtest.points import points_chances
from forecast.backtest.replaying import EQUAL, SHARES, UNPENALISED
from forecast.cli import main
from forecast.config import find_moments, load

CLUBS = ("ADA", "Bolívar", "Cusco", "Deportivo")
HEADER = "stage,round,leg,date,home,away,neutral,home_goals,away_goals"
COMPETITION = """
schema_version = 1
id = "cup"
name = "Cup"
teams = "teams.csv"
matches = "matches.csv"

[[stage]]
id = "league"
kind = "table"
entrants = ["teams"]
tie_breaks = ["points", "goal_difference", "lots"]
adjustments = [{ team = "ADA", points = -9, from = 2024-03-10, reason = "a ruling" }]

[[stage]]
id = "final"
kind = "knockout"
entrants = ["league:1-2"]
pairing = "fold"
legs = 1
venue = "neutral"
level = ["penalties"]

[[outcome]]
id = "finalist"
places = ["league:1-2"]

[[outcome]]
id = "champion"
places = ["final:1"]
"""
FORECAST = """
schema_version = 1
id = "{id}"
competition = "competition.toml"
as_of = 2024-03-02
[strength]
uncertainty = "{uncertainty}"
[simulation]
runs = 1000
rng_seed = 7
"""
ROUNDS = (
    ("ADA", "Bolívar", 2, 1, "Cusco", "Deportivo", 0, 0),
    ("Bolívar", "Cusco", 3, 0, "Deportivo", "ADA", 1, 1),
    ("ADA", "Cusco", 1, 0, "Bolívar", "Deportivo", 2, 2),
)


def rows_of(rounds=ROUNDS, *, numbered=True, dated=True):
    """Return a league of one round a week from 1 March on, and its final."""
    rows = []
    for number, (*first, h1, a1, third, fourth, h2, a2) in enumerate(
        [(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]) for r in rounds], 1
    ):
        day = date(2024, 3, 7 * number - 6) if dated else ""
        nth = number if numbered else ""
        rows += [
            f"league,{nth},,{day},{first[0]},{first[1]},,{h1},{a1}",
            f"league,{nth},,{day},{third},{fourth},,{h2},{a2}",
        ]
    return rows


def write(folder, rows, ids=("cup",), uncertainty=("posterior",)):
    folder.mkdir(exist_ok=True)
    (folder / "matches.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    (folder / "teams.csv").write_text("\n".join(["team", *CLUBS]) + "\n", encoding="utf-8")
    (folder / "competition.toml").write_text(COMPETITION, encoding="utf-8")
    paths = [folder / f"{name}.toml" for name in ids]
    for name, path, spread in zip(ids, paths, uncertainty, strict=True):
        path.write_text(FORECAST.format(id=name, uncertainty=spread), encoding="utf-8")
    return paths


FINAL = "final,,,2024-03-30,Bolívar,Deportivo,1,1,0"


def test_every_match_is_next_exactly_once_and_never_known(tmp_path):
    [path] = write(tmp_path, [*rows_of(), FINAL])
    replay = find_moments(path)
    assert [m.before for m in replay.moments] == [
        *(f"league, round {number}" for number in (1, 2, 3)),
        "final",
    ]
    lines = [line for moment in replay.moments for line in moment.lines]
    assert sorted(lines) == sorted(set(lines)) == sorted(replay.scores)
    for moment in replay.moments:
        plan = load(path, view=moment.view)
        assert not any(m.played for m in plan.matches if m.line in moment.lines)


def test_without_rounds_days_are_gathered_until_a_team_plays_again(tmp_path):
    [path] = write(tmp_path, rows_of(numbered=False))
    assert [m.before for m in find_moments(path).moments] == [
        f"league, matchday {number}" for number in (1, 2, 3)
    ]


def test_a_postponed_match_is_forecast_from_what_was_known_before_its_own_day(tmp_path):
    rows = rows_of()
    rows[1] = rows[1].replace("2024-03-01", "2024-03-12")  # of round 1, played after round 2
    [path] = write(tmp_path, rows)
    moments = find_moments(path).moments
    assert [len(m.lines) for m in moments] == [1, 3, 2]
    assert moments[1].view.date == date(2024, 3, 7)


def test_a_match_brought_forward_does_not_begin_its_round(tmp_path):
    rows = rows_of()
    rows[4] = rows[4].replace("2024-03-15", "2024-02-27")  # of round 3, before everything
    [path] = write(tmp_path, rows)
    moments = find_moments(path).moments
    assert [m.view.date for m in moments][1:] == [date(2024, 3, 7), date(2024, 3, 14)]


def test_without_dates_rounds_tell_what_was_known(tmp_path):
    rows = [row.replace("final,,,2024-03-30", "final,,,") for row in rows_of(dated=False)]
    folder = tmp_path / "cup"
    [path] = write(folder, rows)
    text = COMPETITION.replace(", from = 2024-03-10", "")
    (folder / "competition.toml").write_text(text, encoding="utf-8")
    assert [m.view.after for m in find_moments(path).moments] == [("league", 1), ("league", 2)]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cup")
    return backtest(write(folder, [*rows_of(), FINAL]), workers=2)


def chances(result, moment):
    step = result.replayed.steps[moment]
    return {name: (said.matches, said.outcomes) for name, said in step.forecasts.items()}


def same(one, two):
    return all(
        np.array_equal(mine, yours)
        for name in one
        for ours, others in zip(one[name], two[name], strict=True)
        for mine, yours in zip(ours.values(), others.values(), strict=True)
    )


def test_a_later_result_never_changes_an_earlier_forecast(tmp_path, replayed):
    changed = [row.replace(",,1,0", ",,0,9").replace(",,2,2", ",,9,0") for row in rows_of()]
    assert changed != rows_of()
    other = backtest(write(tmp_path, [*changed, FINAL]), workers=2)
    for moment in range(3):
        assert same(chances(replayed, moment), chances(other, moment))
    # and the comparison would find a leak: an earlier result does change a later forecast
    leak = [row.replace(",,2,1", ",,9,1") for row in rows_of()]
    leaked = backtest(write(tmp_path, [*leak, FINAL]), workers=2)
    assert same(chances(replayed, 0), chances(leaked, 0))
    assert not same(chances(replayed, 1), chances(leaked, 1))


def test_a_ruling_counts_from_its_day_on(replayed):
    by_moment = [bool(s.plan.competition.stages[0].adjustments) for s in replayed.replayed.steps]
    assert by_moment == [False, False, True, True]


def test_scores_are_of_the_truth(replayed):
    truth = replayed.replayed.truth
    # Bolívar 4, Deportivo 3, Cusco 1, ADA 7 less 9
    assert truth.points["league"].tolist() == [-2, 4, 1, 3]
    assert truth.places["league"].tolist() == [3, 0, 2, 1]
    assert truth.outcomes["finalist"].tolist() == [False, True, False, True]
    assert truth.outcomes["champion"].tolist() == [False, True, False, False]
    mine = replayed.matches.filter(pl.col("source") == "cup")
    assert mine.height == 7
    assert mine["known"].to_list() == [0, 0, 2, 2, 4, 4, 6]
    for p, goals in zip(
        mine.select("p_home", "p_draw", "p_away").rows(),
        mine.select("home_goals", "away_goals", "log_loss").rows(),
        strict=True,
    ):
        home, away, log_loss = goals
        assert log_loss == pytest.approx(-np.log(p[0 if home > away else 1 if home == away else 2]))


def test_the_previous_forecast_is_that_of_the_moment_before(replayed):
    first, second, *_ = replayed.replayed.steps
    assert second.forecasts["previous cup"] is first.forecasts["cup"]
    assert "previous cup" not in first.forecasts


def test_differences_are_paired_means_of_the_forecasts(replayed):
    known = replayed.matches.filter(pl.col("known") > 0).pivot(
        "source", index="line", values="log_loss"
    )
    for against in (SHARES, EQUAL, UNPENALISED):
        row = replayed.differences.row(
            by_predicate=(pl.col("what") == "matches")
            & (pl.col("part") == "all")
            & (pl.col("against") == against)
            & (pl.col("measure") == "log_loss"),
            named=True,
        )
        assert row["difference"] == pytest.approx((known["cup"] - known[against]).mean())
        assert row["low"] <= row["difference"] <= row["high"]
        assert row["forecasts"] == 5


def some_results(*scores):
    played = [
        match("league", home, away, home_goals=h, away_goals=a) for home, away, h, a in scores
    ]
    return make_plan([table("league", 3, "points")], played, 3, outcomes=[])


def test_running_shares_by_hand():
    plan = some_results((0, 1, 2, 0), (1, 2, 1, 1), (2, 0, 3, 1), (0, 2, 0, 1))
    assert running_shares(plan) == pytest.approx([3 / 7, 2 / 7, 2 / 7])
    assert running_shares(some_results()) == pytest.approx([1 / 3] * 3)


def test_awarded_results_are_no_results():
    plan = some_results((0, 1, 2, 0))
    ruled = replace(plan, matches=(replace(plan.matches[0], awarded=True),))
    assert running_shares(ruled) == pytest.approx([1 / 3] * 3)
    assert equal_strengths(ruled) == equal_strengths(some_results())


def test_equal_strengths_are_the_mean_goals():
    given = equal_strengths(some_results((0, 1, 6, 2), (1, 2, 4, 0)))
    assert np.exp(given.intercept) == pytest.approx((2 + 0 + 12) / 12)
    assert np.exp(given.intercept + given.home_advantage) == pytest.approx((6 + 4 + 15) / 12)
    assert set(given.attack + given.defence) == {0.0}


def test_the_unpenalised_fit_gives_back_the_goals_of_every_team():
    rng = np.random.default_rng(4)
    scores = [
        (home, away, int(rng.poisson(1.5 + home)), int(rng.poisson(1.2)))
        for home, away in permutations(range(3), 2)
        for _ in range(200)
    ]
    given = unpenalised(some_results(*scores))
    for team in range(3):
        scored = sum(
            (h if home == team else a) for home, away, h, a in scores if team in {home, away}
        )
        rates = sum(
            np.exp(
                given.intercept
                + (given.home_advantage if home == team else 0.0)
                + given.attack[team]
                - given.defence[away if home == team else home]
            )
            for home, away, _, _ in scores
            if team in {home, away}
        )
        # with hundreds of goals the ridge of 0.1 is lost: the likelihood equations hold
        assert rates == pytest.approx(scored, abs=0.3)


def test_points_are_those_of_the_matches_left():
    known = match("league", 0, 1, home_goals=2, away_goals=0)
    left = match("league", 0, 2)
    plan = make_plan([table("league", 3, "points")], [known, left], 3, outcomes=[])
    strengths = np.zeros((512, 8))
    strengths[:, 0] = np.log(1e-9)  # nobody scores
    chances = points_chances(plan, plan.competition.stages[0], strengths, rng_seed=1)
    expected = np.zeros((3, 5))
    expected[[0, 1, 2], [4, 0, 1]] = 1.0
    assert chances.lowest == 0
    assert np.array_equal(chances.p, expected)
    assert chances.column(np.array([-2, 9])).tolist() == [0, 4]


def test_the_verb_writes_whole_folders_and_compares_models(tmp_path, capsys):
    folder = tmp_path / "cup"
    paths = write(
        folder,
        rows_of(),
        ids=("cup", "frozen", "again"),
        uncertainty=("posterior", "none", "posterior"),
    )
    out = tmp_path / "out"
    ends = []
    for _ in range(2):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.argv", ["forecast", "backtest", *map(str, paths), "--out", str(out)])
            with pytest.raises(SystemExit) as end:
                main()
        ends.append((end.value.code, *capsys.readouterr()))
    (code, said, heard), (again, nothing, whole) = ends
    assert code == again == 0
    assert "previous cup" in said
    assert "frozen" in said
    assert "has the same strengths" in heard
    assert nothing == ""
    assert "already holds" in whole
    written = out / "cup.backtest"
    names = {path.name for path in written.iterdir()}
    tables = ("scores", "differences", "rounds", "reliability", "coverage", "matches")
    assert {f"{name}.{kind}" for name in tables for kind in ("csv", "parquet")} < names
    assert {"backtest.json", "provenance.json"} < names
    told = json.loads((written / "provenance.json").read_bytes())
    assert (told["runs"], told["replicates"]) == (131_072, 4)  # of each forecast
    assert set(told["configs"]) == {"cup", "frozen"}
    assert set(told["elapsed_seconds"]) == {"replay", "score"}
    differences = pl.read_csv(written / "differences.csv")
    assert ("cup", "frozen") in set(differences.select("source", "against").iter_rows())


def test_a_competition_without_a_result_is_refused(tmp_path, capsys):
    rows = [row.rsplit(",", 2)[0] + ",," for row in rows_of()]
    [path] = write(tmp_path, rows)
    with pytest.MonkeyPatch.context() as patch:
        argv = ["forecast", "backtest", str(path), "--out", str(tmp_path / "out")]
        patch.setattr("sys.argv", argv)
        with pytest.raises(SystemExit) as end:
            main()
    assert end.value.code == 2
    assert "found no played match" in capsys.readouterr().err


def test_the_places_of_outcomes_are_read_from_the_listed_bracket(tmp_path):
    # two teams level on everything: lots decide, and only the final's row says who entered
    rounds = (("ADA", "Bolívar", 0, 0, "Cusco", "Deportivo", 0, 0),)
    rows = [*rows_of(rounds), FINAL]
    result = backtest(write(tmp_path, rows), workers=2)
    assert result.replayed.truth.outcomes["finalist"].tolist() == [False, True, False, True]


def test_a_bad_config_of_a_folder_stops_no_other(tmp_path, capsys):
    write(tmp_path, [*rows_of(), FINAL])
    (tmp_path / "a_bad.toml").write_text('competition = "nowhere.toml"\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        argv = ["forecast", "backtest", str(tmp_path), "--record", "--out", str(tmp_path / "out")]
        patch.setattr("sys.argv", argv)
        with pytest.raises(SystemExit) as end:
            main()
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert "a_bad.toml" in said
    assert "the record is not kept" in said
    assert not (tmp_path / "calibration.json").exists()
    assert (tmp_path / "out" / "cup.backtest" / "scores.csv").exists()
