"""Head-to-head rungs: among level teams only, in blocks, begun anew after a partial split."""

import numpy as np
import pytest
from competitions import HEAD_TO_HEAD, make_plan, match, outcome, table
from twin_counts import assert_equal

from forecast.arrays import TILE
from forecast.lowering import lower
from forecast.plan import Places
from forecast.simulate.threads import play_strengths

A, B, C, D = range(4)


def score(home, away, goals, rival_goals):
    return match("league", home, away, home_goals=goals, away_goals=rival_goals)


def play(matches, teams, *ladder):
    """Return the teams by place if they are settled, and the rung below each place."""
    outcomes = [outcome(f"place{n}", Places("league", n, n)) for n in range(1, teams + 1)]
    plan = make_plan([table("league", teams, *ladder)], matches, teams, outcomes=outcomes)
    season = lower(plan, 0.45)
    counts = play_strengths(season, np.zeros((1, 2 + 2 * teams)), rng_seed=1, replicate=0)
    first = season.layout.stages[0].first
    places = counts.occupancy[first : first + teams]
    settled = [int(row.argmax()) if row.max() == TILE else None for row in places]
    rungs = [[*ladder, "lots"][int(row.argmax())] for row in counts.rungs[: teams - 1]]
    return settled, rungs


@pytest.mark.parametrize("relabel", [[0, 1, 2, 3], [3, 2, 1, 0]])
def test_the_matches_between_level_teams_decide_before_all_others(relabel):
    one, two, three, four = relabel
    matches = [score(one, two, 1, 0), score(two, three, 5, 0), score(three, four, 0, 9)]
    matches += [score(four, one, 9, 0)]
    order, rungs = play(matches, 4, "points", "head_to_head_points", "goal_difference")
    assert order == [four, one, two, three]
    assert rungs[1] == "head_to_head_points"


def test_without_the_rung_the_same_table_goes_by_goal_difference():
    matches = [score(A, B, 1, 0), score(B, C, 5, 0), score(C, D, 0, 9), score(D, A, 9, 0)]
    assert play(matches, 4, "points", "goal_difference")[0] == [D, B, A, C]


def test_rivals_that_did_not_meet_add_nothing():
    matches = [score(A, C, 1, 0), score(B, D, 2, 0)]
    order, rungs = play(matches, 4, "points", *HEAD_TO_HEAD, "goal_difference")
    assert order[:2] == [B, A]
    assert rungs[0] == "goal_difference"


# Of the four, B, C and D are level on points among all; B and C on goals, too. B beat C.
ALL_MEET = [
    score(A, B, 2, 1),
    score(A, C, 2, 0),
    score(A, D, 2, 1),
    score(B, C, 2, 1),
    score(B, D, 0, 1),
    score(C, D, 2, 0),
]


def test_a_block_is_applied_whole_and_begun_anew_among_those_it_leaves_level():
    order, rungs = play(ALL_MEET, 4, *HEAD_TO_HEAD, "points")
    # Begun anew after its first rung, it would compare B, C and D: C has the best goals of them.
    assert order == [A, B, C, D]
    assert rungs == ["head_to_head_points", "head_to_head_points", "head_to_head_goal_difference"]


def test_rungs_with_another_one_between_them_are_no_block():
    order, rungs = play(
        ALL_MEET, 4, "head_to_head_points", "goals_for", *HEAD_TO_HEAD[1:], "points"
    )
    assert order[0] == A
    assert rungs[0] == "head_to_head_points"
    assert "goals_for" in rungs


def test_goal_difference_and_goals_are_those_of_the_matches_between_them():
    twice = [score(A, B, 2, 0), score(B, A, 1, 0), score(B, C, 9, 0), score(C, A, 0, 0)]
    rungs = ("head_to_head_goal_difference", "goals_for", "points")
    assert play([*twice, score(C, B, 0, 0)], 3, *rungs)[0] == [B, A, C]
    assert play([*twice[:2]], 2, *rungs)[0] == [A, B]
    drawn = [score(A, B, 1, 1), score(B, A, 2, 2), score(A, C, 0, 0)]
    assert play(drawn, 3, "head_to_head_goals_for", "points")[0] == [A, B, C]


def test_simulated_matches_count_like_known_ones():
    fixtures = [match("league", A, B), match("league", B, A), match("league", B, C)]
    outcomes = [outcome("first", Places("league", 1, 1))]
    plan = make_plan([table("league", 3, *HEAD_TO_HEAD, "points")], fixtures, 3, outcomes=outcomes)
    rows = np.random.default_rng(3).normal(0.2, 0.3, (2, 8))
    assert_equal(plan, 0.45, rows)
