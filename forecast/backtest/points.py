"""How many points each team may end with, as distributions.

The counts of the engine hold points by place, not by team; so a few thousand seasons are played
here in plain numpy, from the same draws of strengths. Goals of the two sides are independent given
the strengths, which is exact for the Poisson and close for its relatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import FIRST_TEAM, MAX_RATE
from forecast.plan import Match, Plan, TableStage

__all__ = ["PointsChances", "points_chances"]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

RUNS_PER_DRAW = 8


@dataclass(frozen=True, slots=True)
class PointsChances:
    """Column k of `p`, float64 of shape (teams, totals), is the chance of `lowest + k` points."""

    lowest: int
    p: Float64

    def column(self, points: Int64) -> Int64:
        """Return the columns of totals; one that was never simulated is put at the nearest end."""
        return np.clip(points - self.lowest, 0, self.p.shape[1] - 1)


def points_chances(
    plan: Plan, stage: TableStage, strengths: Float64, *, rng_seed: int
) -> PointsChances:
    """Play the matches left of a table under each row of `strengths`, several times."""
    teams = len(plan.competition.teams)
    runs = RUNS_PER_DRAW * len(strengths)
    total = np.zeros((runs, teams), dtype=np.int64)
    for adjustment in stage.adjustments:
        total[:, adjustment.team] += adjustment.points
    rng = np.random.default_rng([rng_seed, FIRST_TEAM])
    rows = np.repeat(strengths, RUNS_PER_DRAW, axis=0)
    for match in plan.matches:
        if match.stage == stage.id:
            home, away = _goals(match, rows, teams, rng)
            _award(plan, match, home - away, total)
    lowest, highest = int(total.min()), int(total.max())
    p = np.stack(
        [np.bincount(column - lowest, minlength=highest - lowest + 1) for column in total.T]
    )
    return PointsChances(lowest, p / runs)


def _goals(
    match: Match, rows: Float64, teams: int, rng: np.random.Generator
) -> tuple[Int64 | int, Int64 | int]:
    """Return the goals of a match in every run, or those that are known."""
    if match.home_goals is not None and match.away_goals is not None:
        return match.home_goals, match.away_goals
    attack = rows[:, [FIRST_TEAM + match.home, FIRST_TEAM + match.away]]
    defence = rows[:, [FIRST_TEAM + teams + match.away, FIRST_TEAM + teams + match.home]]
    log_rates = rows[:, :1] + attack - defence
    log_rates[:, 0] += 0.0 if match.neutral else rows[:, 1]
    home, away = rng.poisson(np.exp(np.minimum(log_rates, np.log(MAX_RATE)))).T
    return home, away


def _award(plan: Plan, match: Match, margin: Int64 | int, total: Int64) -> None:
    """Add the points of a match to `total`, shape (runs, teams)."""
    rule = plan.competition.points
    points = np.array([rule.loss, rule.draw, rule.win])
    total[:, match.home] += points[np.sign(margin) + 1]
    total[:, match.away] += points[1 - np.sign(margin)]
