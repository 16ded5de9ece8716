"""A cup of four teams, played by numpy alone: every count beside the runs that it sums up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from forecast.arrays import (
    DRAWS_PER_REPLICATE,
    MARGIN,
    RUNS_PER_REPLICATE,
    SAMPLED_TILES,
    TILE,
    Counts,
    Cut,
    Event,
    Layout,
    OutcomeSlots,
    PointsBins,
    StageSlots,
)
from forecast.plan import (
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

TEAMS = ("ADA", "Unión [red]Huaral[/red]", "Bolívar \x1b[31m", "Carlos A. Mannucci")
LADDER = ("points", "goal_difference", "lots")
LOWEST = -3


def fixture(stage="league", home=0, away=1, **known):
    fields = {
        "stage": stage, "round": 1, "leg": None, "date": date(2023, 9, 20), "home": home,
        "away": away, "neutral": False, "home_goals": None, "away_goals": None,
        "half_time": None, "winner": None, "awarded": False, "line": 2,
    }  # fmt: skip
    return Match(**{**fields, **known})


def cup_plan(matches=(), start=None, bracket=None, **changes):
    """A league of four, its first two in a final, its champion and its finalists."""
    league = TableStage("league", (Places("teams", 1, 4),), LADDER, ())
    final = KnockoutStage(
        "final", (Places("league", 1, 2),), "fold", 1, True, "better_place", ("penalties",)
    )
    outcomes = (
        Outcome("finalist", {"es": "Finalista"}, (Places("league", 1, 2),)),
        Outcome("champion", {"es": "Campeón"}, (Places("final", 1, 1),)),
    )
    fields = {
        "id": "cup",
        "as_of": date(2023, 9, 15),
        "competition": Competition(
            "cup", "Cup [bold]of[/bold] four", TEAMS, {}, PointsRule(3, 1, 0), (league, final),
            outcomes,
        ),
        "matches": tuple(matches),
        "start": start,
        "bracket": bracket,
        "strength": StrengthPlan("poisson", "posterior", 0.45, None),
        "simulation": Simulation(524_288, None, 2023),
        "warnings": (),
        "source": Source("cup.toml", '{"id": "cup"}', "a" * 64, (("teams.csv", "b" * 64),)),
    }  # fmt: skip
    return Plan(**{**fields, **changes})


CUP_LAYOUT = Layout(
    stages=(StageSlots("league", 4, 4, True), StageSlots("final", 8, 2, True)),
    outcomes=(OutcomeSlots("finalist", (4, 5)), OutcomeSlots("champion", (8,))),
    cuts=(Cut("league", 2, LADDER),),
    points=(PointsBins("league", LOWEST, 0, 22),),
    events=(Event(0, tie=False),),
)


@dataclass(frozen=True)
class Played:
    """`order[run, place]` is a team, `points[run, place]` its total, `champion[run]` a team.

    `result[run]` is 0, 1 or 2 for a home win, draw or away win of team 0 against team 1, and
    `margins[run, place]` a goal difference.
    """

    order: np.ndarray
    points: np.ndarray
    champion: np.ndarray
    rung: np.ndarray
    result: np.ndarray
    margins: np.ndarray
    replicates: int


def play_cup(replicates=3, spread=1.0, seed=5):
    rng = np.random.default_rng(seed)
    tiles = replicates * DRAWS_PER_REPLICATE
    strength = np.array([1.5, 0.5, 0.0, -2.0]) + spread * rng.standard_normal((tiles, 4))
    runs = replicates * RUNS_PER_REPLICATE
    form = np.repeat(strength, TILE, axis=0) + rng.gumbel(size=(runs, 4))
    order = np.argsort(-form, axis=1)
    points = -np.sort(-rng.integers(LOWEST, LOWEST + 22, size=(runs, 4)), axis=1)
    champion = np.where(rng.random(runs) < 0.6, order[:, 0], order[:, 1])
    level = points[:, 1] == points[:, 2]
    rung = np.where(level, rng.integers(1, 3, size=runs), 0)
    result = np.where(rng.random(runs) < 0.2, 1, np.where(form[:, 0] > form[:, 1], 0, 2))
    margins = rng.integers(-MARGIN, MARGIN + 1, size=(runs, 4))
    return Played(order, points, champion, rung, result, margins, replicates)


def count_cup(played):
    """Add up the runs one array at a time, as plainly as can be."""
    runs = len(played.order)
    is_place = np.zeros((10, 4, runs), bool)
    for team in range(4):
        is_place[team, team] = True
        for place in range(4):
            is_place[4 + place, team] = played.order[:, place] == team
        is_place[8, team] = played.champion == team
        in_final = is_place[4, team] | is_place[5, team]
        is_place[9, team] = in_final & ~is_place[8, team]
    outcomes = np.array([is_place[4] | is_place[5], is_place[8]])
    by_replicate = (*is_place.shape[:2], played.replicates, RUNS_PER_REPLICATE)
    hits = is_place.reshape(by_replicate).sum(axis=3)
    outcome_hits = outcomes.reshape(2, 4, played.replicates, RUNS_PER_REPLICATE).sum(axis=3)
    halves = outcomes.reshape(2, 4, -1, 2, TILE // 2).sum(axis=4)
    points = np.array(
        [[(played.points == t).sum(), (played.points[:, :2] == t).sum()]
         for t in range(LOWEST, LOWEST + 22)]
    )  # fmt: skip
    return Counts(
        replicates=played.replicates,
        occupancy=hits.sum(axis=2),
        occupancy_squares=(hits**2).sum(axis=2),
        outcomes=outcome_hits.sum(axis=2),
        outcome_squares=(outcome_hits**2).sum(axis=2),
        products=(halves[..., 0] * halves[..., 1]).sum(axis=2),
        points=points,
        rungs=np.bincount(played.rung, minlength=3)[np.newaxis],
        **count_needs(played, outcomes),
        exact_tiles=0,
        capped_tiles=0,
    )


def count_needs(played, outcomes):
    """Count, on every sampled tile, what the first match led to, and margins at the cut."""
    tiles = np.arange(len(played.order) // TILE)
    runs = np.repeat(tiles % SAMPLED_TILES == 0, TILE)
    given = played.result[:, np.newaxis] == np.arange(3)
    joint = given[:, :, np.newaxis, np.newaxis] & outcomes[:, [0, 1]].T[:, np.newaxis]
    shape = (played.replicates, RUNS_PER_REPLICATE)
    given, joint = (
        (x & runs.reshape(-1, *[1] * (x.ndim - 1))).reshape(*shape, *x.shape[1:]).sum(axis=1)
        for x in (given, joint)
    )
    margins = np.zeros((1, 2, 22, 2 * MARGIN + 1), np.int64)
    below = np.broadcast_to(np.arange(4) < 2, played.points.shape)[runs].astype(int)
    at = (0, below, played.points[runs] - LOWEST, played.margins[runs] + MARGIN)
    np.add.at(margins, at, 1)
    return {
        "given": given.sum(axis=0)[np.newaxis],
        "given_squares": (given**2).sum(axis=0)[np.newaxis],
        "joint": joint.sum(axis=0)[np.newaxis],
        "joint_squares": (joint**2).sum(axis=0)[np.newaxis],
        "joint_given": (joint * given[:, :, np.newaxis, np.newaxis]).sum(axis=0)[np.newaxis],
        "margins": margins,
        "sampled_tiles": int(runs.sum()) // TILE,
    }
