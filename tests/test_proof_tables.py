"""Where a team can end in a table: against every completion, played out one by one."""

import itertools
import random
from dataclasses import replace

import pytest
from competitions import RULES, make_plan, match, table
from hypothesis import given, settings
from hypothesis import strategies as st
from twin import Line, column

from forecast.plan import Adjustment
from forecast.proof import solver
from forecast.proof.reach import Reach
from forecast.proof.standings import Standings

SCORES = ((0, 0), (1, 0), (0, 1), (40, 0), (0, 40), (30, 30))
"""Enough to change any order that margins and goals can change in the tables below."""

RUNGS = (
    "goal_difference",
    "goals_for",
    "wins",
    "away_points",
    "away_goals_for",
    "opponents_points",
    "opponents_goal_difference",
    "drawn_number",
)


@st.composite
def leagues(draw):
    """Draw a table of three to five teams with up to three matches left."""
    teams = draw(st.integers(3, 5))
    rng = random.Random(draw(st.integers(0, 2**32)))
    rungs = ["points", *rng.sample(RUNGS, rng.randint(0, 3))]
    rungs += rng.choice(((), (), ("first_half_points",)))
    if rng.random() < 0.1:
        rng.shuffle(rungs)
    matches = []
    for number in range(teams + 3):
        m = match("league", *rng.sample(range(teams), 2))
        if number >= draw(st.integers(0, 3)):
            m = replace(m, home_goals=rng.randint(0, 2), away_goals=rng.randint(0, 2))
        matches.append(m)
    adjustments = [Adjustment(rng.randrange(teams), rng.randint(-3, 3), "a ruling")]
    return make_plan(
        [table("league", teams, *rungs, adjustments=adjustments)],
        matches,
        teams,
        rule=rng.choice((RULES[0], *RULES)),
        columns={"drawn_number": tuple(str(rng.randint(0, 1)) for _ in range(teams))},
    )


def played_out(plan, scores):
    """Return each team's columns without lots and half-times, as the twin has them."""
    stage, teams = plan.competition.stages[0], range(len(plan.competition.teams))
    lines = [[] for _ in teams]
    left = iter(scores)
    for m in plan.matches:
        goals = (m.home_goals, m.away_goals) if m.played else next(left)
        lines[m.home].append(Line(m.away, False, goals, (0, 0)))
        lines[m.away].append(Line(m.home, True, goals[::-1], (0, 0)))
    rungs = [name for name in stage.tie_breaks if name not in {"lots", "first_half_points"}]
    return [tuple(column(name, team, lines, plan, stage) for name in rungs) for team in teams]


def span_of(standings, team):
    """Return the places that a team shares with those that it is level with."""
    own = standings[team]
    return sum(row > own for row in standings) + 1, sum(row >= own for row in standings)


def every_end(plan):
    """Return for each team the spans of places in which some completion leaves it."""
    left = sum(not m.played for m in plan.matches)
    ends = [set() for _ in plan.competition.teams]
    for scores in itertools.product(SCORES, repeat=left):
        standings = played_out(plan, scores)
        for team, seen in enumerate(ends):
            seen.add(span_of(standings, team))
    return ends


@settings(max_examples=60, deadline=None)
@given(leagues())
def test_every_span_of_places_is_reached_exactly_if_a_completion_does(plan):
    standings = Standings(plan, plan.competition.stages[0])
    reach, ends = Reach(standings), every_end(plan)
    teams = len(plan.competition.teams)
    for team, (first, last) in itertools.product(
        range(teams), itertools.combinations_with_replacement(range(1, teams + 1), 2)
    ):
        answer = reach.answer(team, first, last)
        inside = {end for end in ends[team] if first <= end[0] and end[1] <= last}
        touching = {end for end in ends[team] if end[0] <= last and first <= end[1]}
        if answer.can is False:
            assert not (touching if standings.fair else inside), (team, first, last, answer)
        elif answer.can:
            found = span_of(played_out(plan, answer.scores), team)
            assert found[0] <= last
            assert first <= found[1]
            assert standings.fair or (first <= found[0] and found[1] <= last)
        else:
            assert not standings.fair
            assert not inside


def check_solver(plan):
    """Compare the solver, without the cheap answers that nearly always come first, with them."""
    standings = Standings(plan, plan.competition.stages[0])
    if not standings.left:
        return
    reach, teams = Reach(standings), standings.teams
    for team, place in itertools.product(range(teams), range(1, teams + 1)):
        solved = solver.place_within(standings, team, first=place, last=place, strict=False)
        can = reach.answer(team, place, place).can
        assert (solved == "none") == (can is False) or can is None
        if standings.ranks_by_points:
            most = solver.most_at_least(standings, team)
            fewest = solver.fewest_above(standings, team)
            refused = most.bound < place - 1 or fewest.bound > place - 1
            assert not refused or solved == "none"


@settings(max_examples=60)
@given(leagues())
def test_the_solver_alone_gives_the_same_answers(plan):
    check_solver(plan)


@pytest.mark.slow
@settings(max_examples=200)
@given(leagues())
def test_the_solver_alone_gives_the_same_answers_at_length(plan):
    check_solver(plan)


def chain(points, pairs):
    """Return standings of teams with these points and one match left a pair."""
    teams = len(points)
    rulings = [Adjustment(team, given, "known") for team, given in enumerate(points)]
    league = table("league", teams, "points", adjustments=rulings)
    plan = make_plan([league], [match("league", *pair) for pair in pairs], teams)
    return Standings(plan, league)


def test_rivals_that_meet_each_other_cannot_both_win():
    """Team 0 has 3 points; four rivals with 0 can all win, but they play each other."""
    standings = chain((3, 0, 0, 0, 0, 9), ((1, 2), (3, 4), (0, 5)))
    answer = Reach(standings).answer(0, 5, 6)
    assert standings.possibly_level(0) == 5
    assert (answer.can, answer.how, answer.rivals) == (False, "solver", 3)
    free = chain((3, 0, 0, 0, 0, 9), ((1, 5), (2, 5), (3, 5), (4, 5), (0, 5)))
    assert Reach(free).answer(0, 5, 6).can


def test_margins_decide_where_points_are_level():
    """Both end with 3 points; the loser of the last match cannot be above the winner of 9-0."""
    league = table("league", 2, "points", "goal_difference")
    known = match("league", 0, 1, home_goals=9, away_goals=0)
    plan = make_plan([league], [known, match("league", 1, 0)], 2)
    reach = Reach(Standings(plan, league))
    assert reach.answer(1, 1, 1).can
    far = replace(known, home_goals=99)
    plan = make_plan([league], [far, match("league", 1, 0)], 2)
    answer = Reach(Standings(plan, league)).answer(1, 1, 1)
    assert answer.can  # 99-0 makes them level, and lots decide
    above = make_plan([league], [far, match("league", 0, 1, home_goals=1, away_goals=0)], 2)
    assert Reach(Standings(above, league)).answer(1, 1, 1).can is False


def test_a_limit_of_nodes_leaves_a_question_undecided(monkeypatch):
    standings = chain((3, 0, 0, 0, 0, 9), ((1, 2), (3, 4), (0, 5)))
    monkeypatch.setattr(solver, "MOST_PAIRS", 17)
    answer = Reach(standings).answer(0, 5, 6)
    assert (answer.can, answer.how) == (None, "unknown")


@pytest.mark.parametrize(("points", "decided"), [((5, 3, 1), True), ((5, 2, 3), False)])
def test_a_table_that_is_over_decides_unless_lots_do(points, decided):
    rulings = [Adjustment(team, given, "known") for team, given in enumerate(points)]
    league = table("league", 3, "points", adjustments=rulings)
    played = match("league", 0, 1, home_goals=0, away_goals=0)
    reach = Reach(Standings(make_plan([league], [played], 3), league))
    assert reach.answer(1, 3, 3).can is not decided
    assert reach.answer(0, 2, 3).can is False
