"""Each rung of a ladder alone decides a handmade table of two teams level on all others."""

import random

import numpy as np
import pytest
from competitions import COLUMNS, make_plan, match, outcome, table
from twin import Line, column

from forecast.arrays import TILE
from forecast.lowering import lower
from forecast.plan import Adjustment, Places
from forecast.simulate.threads import play_strengths

A, B = 0, 1
RIVAL_OF_A, RIVAL_OF_B, THIRD = 2, 8, 14
TEAMS = 17
LADDER = (*COLUMNS, "altitude")
LOST = (0, 1)


def score(home, away, goals, rival_goals, half=(0, 0)):
    return match("league", home, away, home_goals=goals, away_goals=rival_goals, half_time=half)


def series(team, first_rival, home, away):
    rivals = iter(range(first_rival, first_rival + 6))
    made = [score(team, next(rivals), *goals) for goals in home]
    return made + [score(next(rivals), team, *goals[::-1]) for goals in away]


def both(of_a, of_b):
    """Return the matches of A and B, each against rivals of its own.

    A series is (scores at home, scores away), each score (its own goals, its rival's).
    """
    return series(A, RIVAL_OF_A, *of_a) + series(B, RIVAL_OF_B, *of_b)


def third(of_a, of_b):
    """Return what the first rivals of A and of B score against a third team."""
    return [score(RIVAL_OF_A, THIRD, *of_a), score(RIVAL_OF_B, THIRD, *of_b)]


ONE_DRAW = both(([(1, 1)], []), ([(1, 1)], []))
THREE_DRAWS, WIN_AND_LOSSES = [(1, 1), (1, 1), (0, 0)], [(2, 0), LOST, LOST]
DRAW_AND_LOSS, LOSSES = [(0, 0), (0, 2)], [LOST, LOST]
CASES = {
    "points": ([], {A: 1}),
    "goal_difference": (both(([(2, 0)], []), ([(2, 1)], [])) + third((2, 0), (1, 0)), {}),
    "goals_for": (both(([(2, 1)], []), ([(1, 0)], [])) + third((1, 0), (2, 1)), {}),
    "wins": (both((WIN_AND_LOSSES, []), (THREE_DRAWS, [])), {RIVAL_OF_B: 3}),
    "away_points": (both((LOSSES, DRAW_AND_LOSS), (DRAW_AND_LOSS, LOSSES)), {}),
    "away_goal_difference": (both(([(0, 2)], [LOST]), ([LOST], [(0, 2)])), {}),
    "away_goals_for": (both(([LOST], [(1, 2)]), ([(1, 2)], [LOST])), {}),
    "away_wins": (both((THREE_DRAWS, WIN_AND_LOSSES), (WIN_AND_LOSSES, THREE_DRAWS)), {}),
    "first_half_points": (
        [score(A, RIVAL_OF_A, 1, 1, half=(1, 0)), score(B, RIVAL_OF_B, 1, 1)],
        {},
    ),
    "opponents_points": (ONE_DRAW, {RIVAL_OF_A: 1}),
    "opponents_goal_difference": (ONE_DRAW + third((2, 0), (2, 1)), {}),
    "opponents_goals_for": (ONE_DRAW + third((2, 1), (1, 0)), {}),
    "altitude": (ONE_DRAW, {}),
}
"""Matches, and points by ruling, that put A before B on this rung alone."""


def only_rung_plan(rung, ladder, relabel, *, wild):
    """Return a plan in which all other teams are far behind; `wild` leaves a high score to play."""
    matches, points = CASES[rung]
    ruled = {team: points.get(team, 0) - 500 * (team > B) for team in range(TEAMS)}
    if wild:
        matches = [*matches, *[match("league", TEAMS - 1, TEAMS - 2)] * 40]
    altitude = ["1" if (rung, team) == ("altitude", A) else "0" for team in range(TEAMS)]
    league = table(
        "league",
        TEAMS,
        *ladder,
        adjustments=[Adjustment(relabel[team], n, "a ruling") for team, n in ruled.items()],
    )
    return make_plan(
        [league],
        [
            match(
                "league",
                relabel[m.home],
                relabel[m.away],
                home_goals=m.home_goals,
                away_goals=m.away_goals,
                half_time=m.half_time,
            )
            for m in matches
        ],
        TEAMS,
        columns={"altitude": tuple(altitude[relabel.index(team)] for team in range(TEAMS))},
        outcomes=[outcome("first", Places("league", 1, 1))],
    )


def lines_of(plan):
    lines = [[] for _ in range(TEAMS)]
    for m in plan.matches:
        goals, half = (m.home_goals, m.away_goals), m.half_time
        lines[m.home].append(Line(m.away, False, goals, half))
        lines[m.away].append(Line(m.home, True, goals[::-1], half[::-1]))
    return lines


def high_rates():
    strengths = np.zeros((1, 2 + 2 * TEAMS))
    strengths[0, 0] = 3.5
    return strengths


SAME, REVERSED = list(range(TEAMS)), list(reversed(range(TEAMS)))


def test_every_rung_has_its_table():
    assert set(CASES) == set(LADDER)


@pytest.mark.parametrize("rung", LADDER)
def test_the_two_teams_differ_on_one_rung_only(rung):
    plan = only_rung_plan(rung, LADDER, SAME, wild=False)
    lines, league = lines_of(plan), plan.competition.stages[0]
    better = {
        name: column(name, A, lines, plan, league) - column(name, B, lines, plan, league)
        for name in LADDER
    }
    assert better.pop(rung) > 0
    assert set(better.values()) == {0}


@pytest.mark.parametrize("wild", [False, True], ids=["packed", "exact"])
@pytest.mark.parametrize("relabel", [SAME, REVERSED], ids=["same", "reversed"])
@pytest.mark.parametrize("rung", LADDER)
def test_a_rung_alone_decides_wherever_it_stands(rung, relabel, wild, monkeypatch):
    if wild:
        monkeypatch.setattr("forecast.lowering.ladder.KEY_GOALS", (15,))
    later = [name for name in LADDER if name != "points"]
    shuffled = random.Random(rung).sample(later, len(later))
    packed_first = sorted(later, key=lambda name: name.startswith(("opp", "first")))
    for ladder in (LADDER, ("points", *shuffled), ("points", *packed_first)):
        plan = only_rung_plan(rung, ladder, relabel, wild=wild)
        season = lower(plan, 0.45)
        counts = play_strengths(season, high_rates(), rng_seed=1, replicate=0)
        assert counts.outcomes[0, relabel[A]] == TILE
        assert counts.occupancy[season.layout.stages[0].first + 1, relabel[B]] == TILE
        assert counts.rungs[0].tolist() == [TILE * (name == rung) for name in (*ladder, "lots")]
        assert counts.exact_tiles == wild
