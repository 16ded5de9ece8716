"""How many points each team may end with, as distributions.

The counts of the engine hold points by place, not by team; so a few thousand seasons are played
here in plain numpy, from the same draws of strengths and by the goal model's own law.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import FIRST_TEAM, MAX_RATE
from forecast.plan import Match, Plan, TableStage
from forecast.strength import log_rates_of
from forecast.strength.goals import GOAL_MODELS

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
    """Play the matches left of a table under each row of `strengths`, several times.

    `strengths` are draws as `simulate.draws` gives them: float64, shape (draws, 2 + 2 * teams), log
    rates, with the shape of the goal model in one more column where it has one.
    """
    teams = len(plan.competition.teams)
    runs = RUNS_PER_DRAW * len(strengths)
    total = np.zeros((runs, teams), dtype=np.int64)
    for adjustment in stage.adjustments:
        total[:, adjustment.team] += adjustment.points
    rng = np.random.default_rng([rng_seed, FIRST_TEAM])
    rows = np.repeat(strengths, RUNS_PER_DRAW, axis=0)
    for match in plan.matches:
        if match.stage == stage.id:
            home, away = _goals(plan, match, rows, rng)
            _award(plan, match, home - away, total)
    lowest, highest = int(total.min()), int(total.max())
    p = np.stack(
        [np.bincount(column - lowest, minlength=highest - lowest + 1) for column in total.T]
    )
    return PointsChances(lowest, p / runs)


def _goals(
    plan: Plan, match: Match, rows: Float64, rng: np.random.Generator
) -> tuple[Int64 | int, Int64 | int]:
    """Return the goals of a match in every run, or those that are known."""
    if match.home_goals is not None and match.away_goals is not None:
        return match.home_goals, match.away_goals
    log_rates = log_rates_of(rows, match.home, match.away, neutral=match.neutral)
    rates = np.exp(np.minimum(log_rates, np.log(MAX_RATE)))
    home, away = GOAL_MODELS[plan.strength.goals].draw_scores(rng, rates, rows[:, -1]).T
    return home, away


def _award(plan: Plan, match: Match, margin: Int64 | int, total: Int64) -> None:
    """Add the points of a match to `total`, shape (runs, teams)."""
    rule = plan.competition.points
    points = np.array([rule.loss, rule.draw, rule.win])
    total[:, match.home] += points[np.sign(margin) + 1]
    total[:, match.away] += points[1 - np.sign(margin)]
