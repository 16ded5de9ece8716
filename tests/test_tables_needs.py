"""What each club needs: conditional chances, leverage and margins, against plain counting."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from competitions import knockout, make_plan, match, outcome, table
from scipy.special import ive, ndtri
from tables_builders import CUP_LAYOUT, LOWEST, TEAMS, count_cup, cup_plan, fixture, play_cup

from forecast.arrays import MAX_RATE, RUNS_PER_REPLICATE, SAMPLED_TILES, TILE, Posterior
from forecast.lowering import lower
from forecast.plan import Places
from forecast.simulate import simulate
from forecast.tables import (
    BrokenCountsError,
    check_counts,
    fixtures_left,
    leverage_table,
    margin_table,
    next_result_table,
)
from forecast.tables.needs import conditional_chances
from forecast.tables.schemas import MATCHES


def blank(rows):
    """Return that many matches with nothing in them that leverage would read."""
    fill = {pl.String: "", pl.Float64: 0.0, pl.Int64: 0, pl.Boolean: False}
    row = {name: fill.get(kind) for name, kind in MATCHES.items()}
    return pl.DataFrame([row] * rows, schema=MATCHES)


@pytest.fixture(scope="module")
def played():
    return play_cup(replicates=4)


@pytest.fixture(scope="module")
def counts(played):
    return count_cup(played)


def sampled(played):
    """Return which runs are on sampled tiles, and the replicate of each run."""
    tile = np.arange(len(played.order)) // TILE
    return tile % SAMPLED_TILES == 0, tile // (RUNS_PER_REPLICATE // TILE)


def test_a_chance_given_a_result_and_its_error_are_those_of_the_runs(played, counts):
    on_tile, replicate = sampled(played)
    chance, error = conditional_chances(counts)
    champion, won = played.champion == 1, played.result == 2
    mine = on_tile & won
    assert chance[0, 2, 1, 1] == pytest.approx(champion[mine].mean(), abs=1e-12)
    residual = [(champion[mine & (replicate == r)] - chance[0, 2, 1, 1]).sum() for r in range(4)]
    expected = np.sqrt(4 / 3 * np.square(residual).sum()) / mine.sum()
    assert error[0, 2, 1, 1] == pytest.approx(expected, rel=1e-9)


def test_the_error_of_a_chance_is_the_spread_that_other_seeds_show():
    """Over 24 simulations; the error of independent runs, as a planted bug, is far too small."""
    made = [count_cup(play_cup(replicates=4, spread=9.0, seed=seed)) for seed in range(24)]
    tables = [conditional_chances(counts) for counts in made]
    chance = np.array([chance[0, 1, 1, 1] for chance, _ in tables])
    claimed = np.array([error[0, 1, 1, 1] for _, error in tables])
    runs = np.array([counts.given[0, 1] for counts in made])
    independent = (chance * (1 - chance) / runs).mean()

    def agrees(variance):  # chi-square with 23 degrees at 1e-6, widened for four replicates
        return 0.25 < chance.var(ddof=1) / variance < 3.0

    assert agrees(np.square(claimed).mean())
    assert not agrees(independent)


def test_next_results_have_a_row_for_each_result_from_both_sides(counts):
    frame = next_result_table(cup_plan([fixture()]), CUP_LAYOUT, counts)
    assert frame.height == 2 * 2 * 3
    assert frame["result"].to_list()[:3] == ["win", "draw", "loss"]
    mine = frame.filter(pl.col("outcome") == "champion")
    first, second = (mine.filter(pl.col("team") == team) for team in TEAMS[:2])
    assert first["runs"].to_list() == second["runs"].to_list()[::-1]
    assert first["runs"].sum() == counts.sampled_tiles * TILE
    assert first["hits"].to_list() == counts.joint[0, :, 0, 1].tolist()
    assert second["hits"].to_list() == counts.joint[0, ::-1, 1, 1].tolist()


def test_leverage_is_the_larger_gap_of_the_two_teams(counts):
    plan = cup_plan([fixture()])
    fixtures = fixtures_left(plan)
    frame = leverage_table(blank(1), fixtures, plan, CUP_LAYOUT, counts)
    chance, error = conditional_chances(counts)
    gaps = np.abs(chance[0, 0] - chance[0, 2])  # team, outcome
    for k, name in enumerate(("finalist", "champion")):
        team = gaps[:, k].argmax()
        assert frame[f"leverage_{name}"][0] == gaps[team, k]
        assert frame[f"error_leverage_{name}"][0] == error[0, 0, team, k] + error[0, 2, team, k]
        assert frame[f"team_leverage_{name}"][0] == TEAMS[team]


def test_a_result_that_never_happened_has_no_chance_and_no_leverage(counts):
    given, joint = counts.given.copy(), counts.joint.copy()
    given[0, 2], joint[0, 2] = 0, 0
    never = replace(counts, given=given, joint=joint)
    plan = cup_plan([fixture()])
    assert set(next_result_table(plan, CUP_LAYOUT, never)["result"][:2]) == {"win", "draw"}
    frame = leverage_table(blank(1), fixtures_left(plan), plan, CUP_LAYOUT, never)
    assert frame["leverage_champion"].to_list() == [None]
    assert frame["error_leverage_champion"].to_list() == [None]
    assert frame["team_leverage_champion"].to_list() == [None]


def test_margins_count_teams_by_points_and_goal_difference(played, counts):
    frame = margin_table(CUP_LAYOUT, counts)
    runs, _ = sampled(played)
    assert frame["reached"].sum() == 4 * runs.sum()
    assert frame["enough"].sum() == 2 * runs.sum()
    row = frame.filter(pl.col("reached") == pl.col("reached").max()).row(0, named=True)
    here = (played.points[runs] == row["points"]) & (played.margins[runs] == row["goal_difference"])
    assert row["reached"] == here.sum()
    assert row["enough"] == here[:, :2].sum()
    assert row["probability"] == here[:, :2].sum() / here.sum()
    assert (frame["std_error"] > 0).all()
    assert frame["points"].min() >= LOWEST


def test_a_table_with_two_cuts_counts_both():
    teams, cuts = 4, (1, 3)
    outcomes = [outcome(f"top{cut}", Places("league", 1, cut)) for cut in cuts]
    fixtures = [match("league", *pair) for pair in ((0, 1), (2, 3), (0, 2), (1, 3))]
    plan = make_plan([table("league", teams, "points")], fixtures, teams, outcomes=outcomes)
    counts, layout = played_out(plan)
    frame = margin_table(layout, counts)
    runs = counts.sampled_tiles * TILE
    sums = frame.group_by("cut").agg(pl.col("reached", "enough").sum()).sort("cut")
    assert sums.rows() == [(1, 4 * runs, runs), (3, 4 * runs, 3 * runs)]
    most = frame.filter((pl.col("cut") == 3) & (pl.col("points") == 6))
    assert (most["probability"] == 1.0).all()


def played_out(plan, replicates=4):
    """Return counts and layout of a plan between equal teams without home advantage."""
    rows = 2 + 2 * len(plan.competition.teams)
    level = Posterior(np.ones(1), np.zeros((1, rows)), np.zeros((1, rows, 0)), 0.45)
    season = lower(plan, 0.45)
    return simulate(season, level, rng_seed=3, replicates=replicates), season.layout


def test_a_last_match_between_two_teams_decides_all():
    """A win makes a team first, a defeat second, a draw leaves it to lots."""
    league = table("league", 2, "points")
    first = [outcome("first", Places("league", 1, 1))]
    plan = make_plan([league], [match("league", 0, 1)], 2, outcomes=first)
    counts, layout = played_out(plan)
    frame = next_result_table(plan, layout, counts)
    by_result = dict(zip(frame["result"][:3], frame["probability"][:3], strict=True))
    assert (by_result["win"], by_result["loss"]) == (1.0, 0.0)
    assert by_result["draw"] == pytest.approx(0.5, abs=0.04)  # five errors of 1,250 draws
    frame = leverage_table(blank(1), plan.matches, plan, layout, counts)
    assert frame["leverage_first"].to_list() == [1.0]
    assert 0 < frame["error_leverage_first"][0] < 0.003


def test_a_semi_final_of_equals_is_worth_a_final_and_half_a_title():
    stages = [
        knockout("semi", Places("teams", 1, 4), neutral=True),
        knockout("final", Places("semi", 1, 2), neutral=True),
    ]
    fixtures = [match("semi", 0, 1, neutral=True), match("semi", 2, 3, neutral=True)]
    outcomes = [outcome("final", Places("semi", 1, 2)), outcome("title", Places("final", 1, 1))]
    bracket = ((0, 1), (2, 3))
    plan = make_plan(stages, fixtures, 4, outcomes=outcomes, start="semi", bracket=bracket)
    counts, layout = played_out(plan)
    frame = leverage_table(blank(2), fixtures_left(plan), plan, layout, counts)
    assert frame["leverage_final"].to_list() == [1.0, 1.0]
    for gap in frame["leverage_title"]:
        assert gap == pytest.approx(0.5, abs=0.06)  # five errors of 2,048 runs that went through
    frame = next_result_table(plan, layout, counts)
    assert set(frame["result"]) == {"through", "out"}
    sure = frame.filter((pl.col("outcome") == "final") & (pl.col("result") == "through"))
    assert sure["probability"].to_list() == [1.0] * 4


def test_the_next_match_is_the_first_by_round_then_day():
    fixtures = [
        match("league", 0, 1, round=3),
        match("league", 0, 2, round=2, date=date(2023, 9, 25)),
        match("league", 1, 0, round=2, date=date(2023, 9, 24)),
        match("league", 2, 0, round=1, home_goals=0, away_goals=0),
    ]
    first = [outcome("first", Places("league", 1, 1))]
    plan = make_plan([table("league", 3, "points")], fixtures, 3, outcomes=first)
    counts, layout = played_out(plan)
    frame = next_result_table(plan, layout, counts)
    mine = frame.filter(pl.col("team") == "Team 0").select("home", "away").unique()
    assert mine.rows() == [("Team 1", "Team 0")]


@pytest.mark.parametrize("field", ["given", "joint", "margins"])
def test_broken_counts_are_refused(counts, field):
    wrong = getattr(counts, field).copy()
    wrong.flat[np.flatnonzero(wrong)[0]] += 10**6
    with pytest.raises(BrokenCountsError):
        check_counts(CUP_LAYOUT, replace(counts, **{field: wrong}))


def one_match(mean, factor, weights, replicates):
    """Return counts of a table of two with one match, strengths of these nodes."""
    posterior = Posterior(weights, mean, factor, 0.45)
    league, first = table("league", 2, "points"), outcome("first", Places("league", 1, 1))
    plan = make_plan([league], [match("league", 0, 1)], 2, outcomes=[first])
    return simulate(lower(plan, 0.45), posterior, rng_seed=3, replicates=replicates)


def test_sampled_tiles_meet_every_node_by_its_weight():
    """Without goals but in one node, of weight 0.02, where the home side always wins.

    Its ten or eleven draws are in one block of sixteen, which one of 32 replicates samples. Tiles
    0, 32, 64, … would never be among them.
    """
    mean = np.zeros((2, 6))
    mean[:, 0] = -40.0
    mean[1, 2] = 42.0  # a rate of e^2: goalless once in 1,600 runs
    counts = one_match(mean, np.zeros((2, 6, 6)), np.array([0.98, 0.02]), replicates=128)
    tiles = counts.given[0, 0] / TILE
    assert 40 * 0.99 < tiles <= 44


def test_sampled_tiles_are_even_in_the_strengths():
    """Two equal sides whose rate may be anything: how often do they draw?

    Of 16,384 independent runs five errors would be 0.02, of 256 independent draws with one run
    each 0.16. Every 32nd draw of a set is almost the same one in its first coordinate.
    """
    factor = np.zeros((1, 6, 6))
    factor[0, 0, 0] = 3.0
    counts = one_match(np.zeros((1, 6)), factor, np.ones(1), replicates=16)
    rates = np.minimum(np.exp(3.0 * ndtri((np.arange(100_000) + 0.5) / 100_000)), MAX_RATE)
    draws = ive(0, 2 * rates).mean()  # the chance of 0 of a Skellam number
    assert counts.given[0, 1] / (counts.sampled_tiles * TILE) == pytest.approx(draws, abs=0.02)
