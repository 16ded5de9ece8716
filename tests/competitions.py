"""Hypothesis strategies for small random competitions, as plans of every shape that is allowed."""

import random
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from forecast.plan import (
    ENTRY,
    Adjustment,
    Competition,
    KnockoutStage,
    Match,
    Outcome,
    Places,
    Plan,
    PointsRule,
    Simulation,
    Source,
    StrengthPlan,
    TableStage,
)

ADDITIVE = (
    "points",
    "goal_difference",
    "goals_for",
    "wins",
    "away_points",
    "away_goal_difference",
    "away_goals_for",
    "away_wins",
)
"""Columns that are packed into one key: all of them leave no room for the highest scores."""

COLUMNS = (
    *ADDITIVE,
    "first_half_points",
    "opponents_points",
    "opponents_goal_difference",
    "opponents_goals_for",
)
HEAD_TO_HEAD = (
    "head_to_head_points",
    "head_to_head_goal_difference",
    "head_to_head_goals_for",
)
TEAM_COLUMNS = ("altitude", "drawn_number")
RULES = ((3, 1, 0), (2, 1, 0), (3, 2, 1), (1, 0, 0), (4, 1, 2), (0, 1, 0))
LEVELS = (
    ("penalties",),
    ("away_goals", "penalties"),
    ("better_place",),
    ("away_goals", "better_place"),
    ("extra_time", "penalties"),
    ("away_goals", "extra_time", "penalties"),
    ("extra_time", "better_place"),
)


def match(stage, home, away, **known):
    """Return a fixture; its score and the rest may be given by name."""
    blank = Match(stage, None, None, None, home, away, False, None, None, None, None, False, 0)
    return replace(blank, **known)


def make_plan(stages, matches, teams, *, rule=(3, 1, 0), columns=None, **more):
    """Return a plan; `more` may hold outcomes, start, bracket and the goal model."""
    competition = Competition(
        id="made",
        name="Made",
        teams=tuple(f"Team {number}" for number in range(teams)),
        team_columns=columns or {},
        points=PointsRule(*rule),
        stages=tuple(stages),
        outcomes=tuple(more.get("outcomes", ())),
    )
    return Plan(
        id="made",
        as_of=None,
        competition=competition,
        matches=tuple(replace(m, line=line) for line, m in enumerate(matches, 2)),
        start=more.get("start"),
        bracket=more.get("bracket"),
        strength=StrengthPlan(more.get("model", "poisson"), "posterior", 0.45, None),
        simulation=Simulation(1, None, 1),
        warnings=(),
        source=Source("", "", "", ()),
    )


def table(stage, teams, *tie_breaks, adjustments=()):
    """Return a table stage of all teams, with lots at the end of its ladder."""
    entrants = (Places(ENTRY, 1, teams),)
    return TableStage(stage, entrants, (*tie_breaks, "lots"), tuple(adjustments))


def knockout(stage, *entrants, **rules):
    """Return a knockout stage; `rules` replace the usual ones, one match and penalties."""
    usual = {"pairing": "fold", "legs": 1, "neutral": False, "second_leg_host": "better_place"}
    return KnockoutStage(stage, entrants, **(usual | {"level": ("penalties",)} | rules))


def outcome(name, *places):
    """Return an outcome without a label."""
    return Outcome(name, {}, places)


def some_goals(rng):
    """Return the goals of one side: mostly usual, rarely huge."""
    return rng.randint(0, 3) if rng.random() < 0.8 else rng.choice((0, 9, 15, 16, 31, 99))


def table_matches(rng, stage, teams, *, each, complete):
    """Return fixtures of a table: uneven, repeated, neutral, played with and without half-time."""
    made = []
    states = ("full", "half") if complete else ("left", "left", "left", "left", "full", "half")
    for _ in range(each * teams // 2):
        home, away = rng.sample(range(teams), 2)
        m = match(stage, home, away, neutral=rng.random() < 0.2)
        state = rng.choice(states)
        if state != "left":
            score = some_goals(rng), some_goals(rng)
            half = tuple(min(own, some_goals(rng)) for own in score) if state == "half" else None
            m = replace(m, home_goals=score[0], away_goals=score[1], half_time=half)
            m = replace(m, supposed=rng.random() < 0.2)
        made.append(m)
    return made


def some_table(rng, stage, teams):
    """Return a table with any ladder, points in it, and adjustments."""
    columns = [*COLUMNS, *TEAM_COLUMNS]
    rungs = rng.sample(columns, rng.randint(1, len(columns)))
    if rng.random() < 0.3:
        rungs = rng.sample(ADDITIVE, len(ADDITIVE))
    if rng.random() < 0.4:
        block = rng.sample(HEAD_TO_HEAD, rng.randint(1, 3))
        at = [rng.randint(0, min(2, len(rungs)))] * rng.randint(1, len(block))
        for rung in block:
            rungs.insert(rng.choice([*at, rng.randint(0, len(rungs))]), rung)
    if "points" not in rungs:
        rungs.insert(rng.randrange(len(rungs)), "points")
    elif rng.random() < 0.5:
        rungs.sort(key="points".__ne__)
    adjustments = [
        Adjustment(rng.randrange(teams), rng.randint(-9, 9), "a ruling")
        for _ in range(rng.choice((0, 0, 1, 2)))
    ]
    return table(stage, teams, *rungs, adjustments=adjustments)


def some_pots(rng, entrants):
    """Return the same places, cut into pots in another order."""
    pots = []
    for places in entrants:
        first = places.first
        while first <= places.last:
            last = rng.randint(first, places.last)
            pots.append(Places(places.stage, first, last))
            first = last + 1
    rng.shuffle(pots)
    return tuple(pots)


def some_knockout(rng, stage, entrants, *, places_known):
    """Return a round with any rules; without places one that needs none."""
    legs = rng.choice((1, 2))
    host = rng.choice(("better_place", "lots"))
    needs_no_place = [ladder for ladder in LEVELS if "better_place" not in ladder]
    pairing = rng.choice(("fold", "adjacent", "drawn", "reseed"))
    pots = ()
    if pairing == "drawn":
        entrants = some_pots(rng, entrants)
        pots = [k for k, p in enumerate(entrants) for _ in range(p.first, p.last + 1)]
        rng.shuffle(pots)
    return knockout(
        stage,
        *entrants,
        pairing=pairing,
        pots=tuple(pots),
        legs=legs,
        neutral=rng.random() < 0.4 or (legs == 1 and host != "lots" and not places_known),
        second_leg_host=host,
        level=rng.choice(LEVELS if places_known else needs_no_place),
    )


def some_rounds(rng, prefix, entry, *, places_known, spare):
    """Return up to three rounds: the first from places of a stage, the next from the one before.

    The next round takes winners, losers, or all; or winners and, with `spare`, the next place
    of that stage with a bye. `entry` is the stage and its size.
    """
    source, size = entry
    first = rng.choice((1, 1, rng.randint(1, size - 1)))
    last = first - 1 + 2 * rng.randint(1, (size - first + 1) // 2)
    entrants = (Places(source, first, last),)
    if last - first >= 2 and rng.random() < 0.3:
        entrants = (Places(source, first + 1, last), Places(source, first, first))
    made = []
    ties = (last - first + 1) // 2
    for number in range(rng.randint(1, 3)):
        stage = f"{prefix}{number}"
        made.append(some_knockout(rng, stage, entrants, places_known=places_known))
        options = [((Places(stage, 1, 2 * ties),), ties)]
        if ties % 2 == 0:
            options += [((Places(stage, 1, ties),), ties // 2)] * 3
            options += [((Places(stage, ties + 1, 2 * ties),), ties // 2)]
        elif spare and last < size:
            bye = Places(source, last + 1, last + 1)
            options += [((bye, Places(stage, 1, ties)), (ties + 1) // 2)] * 3
            last += 1
        entrants, ties = rng.choice(options)
    return made


def some_outcomes(rng, stages):
    """Return outcomes, each of one or two disjoint ranges of places of one stage."""
    made = []
    for number in range(rng.randint(1, 3)):
        stage = rng.choice(stages)
        size = size_of(stage)
        first = rng.randint(1, size)
        last = rng.randint(first, size)
        places = [Places(stage.id, first, last)]
        if last < size and rng.random() < 0.3:
            places.append(Places(stage.id, size, size))
        made.append(outcome(f"outcome{number}", *places))
    return made


def size_of(stage):
    """Return how many places a stage has."""
    return sum(places.last - places.first + 1 for places in stage.entrants)


def listed_rows(rng, stage, one, two):
    """Return what matches.csv knows of a tie: hosts, scores, a winner, in rows by leg."""
    made = []
    legs = (1,) if stage.legs == 1 else rng.choice(((None,), (1,), (1, 2), (1, 2), (1, 2)))
    played = rng.randint(0, len(legs))
    balance = 0
    for number, leg in enumerate(legs):
        home, away = (one, two) if (number == 0) == (rng.random() < 0.85) else (two, one)
        neutral = stage.neutral == (rng.random() < 0.85)
        m = match(stage.id, home, away, leg=leg, neutral=neutral)
        if number < played and leg is not None:
            m = replace(m, home_goals=rng.randint(0, 3), away_goals=rng.randint(0, 3))
            balance += (m.home_goals - m.away_goals) * (1 if home == one else -1)
        made.append(m)
    known = played == stage.legs and None not in legs
    if known and not balance and rng.random() < 0.3:
        made[-1] = replace(made[-1], extra_time=(made[-1].home_goals, made[-1].away_goals))
    if rng.random() < 0.2:
        winner = rng.choice((one, two))
        if known and balance:
            winner = one if balance > 0 else two
        made[-1] = replace(made[-1], winner=winner)
    return made


def listed_stages(rng, stages, bracket):
    """Return the rows of the first stage's ties, and of some pairs of later knockouts."""
    made = []
    for k, stage in enumerate(s for s in stages if isinstance(s, KnockoutStage)):
        pairs = bracket
        if k > 0:
            shuffled = rng.sample([team for tie in bracket for team in tie], 2 * len(bracket))
            known = rng.randint(0, len(bracket))
            pairs = list(zip(shuffled[::2], shuffled[1::2], strict=True))[:known]
        for one, two in pairs:
            made += listed_rows(rng, stage, one, two)
    return made


SHAPES = (
    "table",
    "table rounds",
    "table rounds",
    "table table rounds",
    "table rounds table rounds",
    "rounds",
)


@st.composite
def plans(draw):
    """Draw a whole plan: tables and rounds in sequence, or begun at a listed bracket.

    Its size is drawn, so that it shrinks; all else hangs on one number, so that it varies.
    """
    teams = draw(st.sampled_from((2, 3, 4, 5, 6, 7, 8, 9, 20)))
    shape = draw(st.sampled_from(SHAPES)).split()
    begun = "rounds" in shape and draw(st.booleans())
    rng = random.Random(draw(st.integers(0, 2**32)))
    each = rng.choice((0, 1, 2, 3, 4, 4, 4 if teams > 5 else 14))
    complete = begun and rng.random() < 0.7
    stages, sources, fixtures, known = [], {ENTRY: teams}, [], False
    for number, kind in enumerate(shape):
        later = begun and "rounds" in shape[:number]
        if kind == "table":
            stages.append(some_table(rng, f"table{number}", teams))
            done = complete and not later
            fixtures += table_matches(rng, stages[-1].id, teams, each=each, complete=done)
            sources[stages[-1].id] = teams
            known = later or done or not begun
        else:
            source = rng.choice([*sources, *[list(sources)[-1]] * 3])
            made = some_rounds(
                rng,
                f"round{number}_",
                (source, sources[source]),
                places_known=known,
                spare=not begun,
            )
            stages += made
            sources = {} if begun else sources
            sources[made[-1].id] = size_of(made[-1])
    first, start, bracket = 0, None, None
    if begun:
        first = next(k for k, s in enumerate(stages) if isinstance(s, KnockoutStage))
        start = stages[first].id
        entered = rng.sample(range(teams), size_of(stages[first]))
        bracket = tuple(zip(entered[::2], entered[1::2], strict=True))
        fixtures += listed_stages(rng, stages[first:], bracket)
    rng.shuffle(fixtures)
    return make_plan(
        stages,
        fixtures,
        teams,
        rule=rng.choice(RULES),
        columns={
            name: tuple(str(rng.randint(-2, 2)) for _ in range(teams)) for name in TEAM_COLUMNS
        },
        outcomes=some_outcomes(rng, stages[first:]),
        start=start,
        bracket=bracket,
    )


@st.composite
def strengths(draw, teams):
    """Draw one or two rows of strengths: usual, goalless, high, or beyond the largest rate."""
    intercept = draw(st.sampled_from((0.2, 0.2, -60.0, -1.5, 2.0, 3.0, 3.6)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    spread = rng.choice((0.0, 0.4, 1.0))
    rows = rng.normal(0.0, spread, (draw(st.integers(1, 2)), 2 + 2 * teams))
    rows[:, 0] += intercept
    return rows
