"""The kernel against its readable twin: equal integers on random competitions."""

from unittest.mock import patch

import numpy as np
import pytest
from competitions import ADDITIVE, knockout, make_plan, match, outcome, plans, strengths, table
from hypothesis import event, given, settings
from hypothesis import strategies as st
from twin_counts import assert_equal

from forecast.arrays import key_type
from forecast.plan import ENTRY, Places

SHARES = st.sampled_from((0.45, 0.05, 0.9))
RNG_SEEDS = st.sampled_from((0, 1, 2023, 2**63 - 1))


@st.composite
def problems(draw):
    plan = draw(plans())
    rows = draw(strengths(len(plan.competition.teams)))
    return plan, draw(SHARES), rows, draw(RNG_SEEDS), draw(st.integers(0, 5))


def check(problem):
    counts = assert_equal(*problem)
    event(f"exact {counts.exact_tiles > 0}, capped {counts.capped_tiles > 0}")


@given(problems())
@settings(max_examples=300)
def test_the_kernel_equals_its_twin(problem):
    check(problem)


@pytest.mark.slow
@given(problems())
@settings(max_examples=1000)
def test_the_kernel_equals_its_twin_at_length(problem):
    check(problem)


@pytest.mark.slow
@given(problems())
@settings(max_examples=300)
def test_the_kernel_with_wide_keys_equals_its_twin(problem):
    """Keys of 64 bits, which only large competitions have, on small ones."""
    with patch("forecast.arrays.NARROW_TEAMS", 0):
        assert key_type(2) is np.uint64
        check(problem)


def level_strengths(teams, intercept):
    rows = np.zeros((1, 2 + 2 * teams))
    rows[0, :3] = intercept, 0.3, 0.2
    return rows


@pytest.mark.slow
def test_a_large_competition_equals_its_twin():
    teams = 140
    fixtures = [match("league", k, (k + step) % teams) for k in range(teams) for step in (1, 2, 5)]
    outcomes = (outcome("through", Places("league", 1, 70)),)
    plan = make_plan([table("league", teams, *ADDITIVE)], fixtures, teams, outcomes=outcomes)
    rows = np.random.default_rng(1).normal(0.0, 0.4, (3, 2 + 2 * teams))
    assert assert_equal(plan, 0.45, rows).exact_tiles == 0


def two_teams(*stages, matches=(), start=None):
    bracket = ((0, 1),) if start else None
    outcomes = (outcome("won", Places(stages[-1].id, 1, 1)),)
    return make_plan(stages, matches, 2, outcomes=outcomes, start=start, bracket=bracket)


FINISHED = (match("league", 0, 1, home_goals=1, away_goals=0),)
LEAGUE = table("league", 2, "points")


@pytest.mark.parametrize("intercept", [0.2, 3.3, 3.7, 4.4, 6.0])
@pytest.mark.parametrize("legs", [1, 2])
@pytest.mark.parametrize("level", ["penalties", "better_place"])
def test_the_chart_never_decides_against_the_series_where_rates_are_held(intercept, legs, level):
    final = knockout("final", Places("league", 1, 2), legs=legs, level=(level,))
    assert_equal(two_teams(LEAGUE, final), 0.45, level_strengths(2, intercept))


def test_away_goals_are_no_rung_of_a_single_leg():
    level = ("away_goals", "better_place")
    final = knockout("final", Places("league", 1, 2), legs=1, level=level)
    plan = two_teams(LEAGUE, final, matches=FINISHED)
    counts = assert_equal(plan, 0.45, level_strengths(2, -60.0))
    assert counts.outcomes.tolist() == [[64, 0]]


@pytest.mark.parametrize("home", [0, 1])
@pytest.mark.parametrize("leg", [1, 2])
def test_the_leg_without_a_row_is_at_home_to_the_side_that_travels_in_the_other(home, leg):
    final = knockout("final", Places("league", 1, 2), legs=2, level=("away_goals", "penalties"))
    played = match("final", home, 1 - home, leg=leg, home_goals=1, away_goals=1)
    plan = two_teams(LEAGUE, final, matches=(*FINISHED, played), start="final")
    counts = assert_equal(plan, 0.45, level_strengths(2, -60.0))
    assert counts.outcomes[0, 1 - home] == 64  # its goal away counts after a second leg of 0-0


def test_a_round_of_all_teams_needs_no_table():
    final = knockout("final", Places(ENTRY, 1, 2), neutral=True)
    assert_equal(two_teams(final), 0.45, level_strengths(2, 0.2))


@pytest.mark.parametrize("source", [ENTRY, "league", "semi"])
def test_the_better_place_is_that_of_the_last_table_wherever_teams_come_from(source):
    semi = knockout("semi", Places("league", 1, 2), legs=2, level=("better_place",))
    final = knockout("final", Places(source, 1, 2), neutral=True, level=("better_place",))
    cup = table("cup", 2, "points")
    reversed_score = match("cup", 0, 1, home_goals=0, away_goals=1)
    plan = two_teams(LEAGUE, semi, cup, final, matches=(*FINISHED, reversed_score))
    counts = assert_equal(plan, 0.45, level_strengths(2, -60.0))
    assert counts.outcomes.tolist() == [[0, 64]]


def test_a_rung_without_width_may_stand_above_a_full_key():
    others = ("points", "goal_difference", "goals_for", "away_goals_for", "away_goal_difference")
    rungs = ("altitude", *others, "wins", "away_points", "away_wins", *(f"c{k}" for k in range(3)))
    columns = {"altitude": ("0", "0")} | {f"c{k}": ("0", "1") for k in range(3)}
    fixtures = [match("league", k % 2, 1 - k % 2) for k in range(9)]
    outcomes = (outcome("won", Places("league", 1, 1)),)
    league = table("league", 2, *rungs)
    plan = make_plan([league], fixtures, 2, columns=columns, outcomes=outcomes)
    assert_equal(plan, 0.45, level_strengths(2, 0.2))


@pytest.mark.parametrize("rung", ["points", "goal_difference", "away_wins"])
def test_scores_that_leave_the_key_are_ranked_exactly(rung, monkeypatch):
    monkeypatch.setattr("forecast.lowering.ladder.KEY_GOALS", (15,))
    rungs = (rung, *(name for name in ADDITIVE if name != rung))
    fixtures = [match("league", k % 3, (k + 1) % 3) for k in range(60)]
    plan = make_plan(
        [table("league", 3, *rungs)],
        fixtures,
        3,
        outcomes=(outcome("won", Places("league", 1, 1)),),
    )
    for intercept in (3.0, 3.7):
        counts = assert_equal(plan, 0.45, level_strengths(3, intercept))
        assert counts.exact_tiles == 1
