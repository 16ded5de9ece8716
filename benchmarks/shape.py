"""The season that the baselines play: fixtures of one table and frozen strengths.

The table's first 32 enter a knockout of five rounds. Both baselines count in the same rows: first
the places of the table, then round by round the places of the knockout, where the winner of tie k
takes place k and its loser place `ties + k`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["KNOCKOUT_PLACES", "LADDER", "QUALIFIED", "Season", "season_from_arrays"]

QUALIFIED = 32
KNOCKOUT_PLACES = 32 + 16 + 8 + 4 + 2

LADDER = (
    "points",
    "goal_difference",
    "goals_for",
    "away_points",
    "away_goal_difference",
    "away_goals_for",
    "first_half_points",
    "lots",
)

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Season:
    """Fixtures and strengths, the same in every run.

    Attributes
    ----------
    home, away : int64, shape (fixtures,)
        Teams of each fixture of the table.
    intercept, home_advantage : float
        Log-rates, goals per 90 min.
    attack, defence : float64, shape (teams,)
        Log-rates; more defence means fewer goals conceded.
    first_half_share : float
        Chance that a goal falls in the first half.
    """

    home: Int64
    away: Int64
    intercept: float
    home_advantage: float
    attack: Float64
    defence: Float64
    first_half_share: float

    @property
    def teams(self) -> int:
        """Number of teams in the table."""
        return self.attack.size

    @property
    def rate_away(self) -> Float64:
        """Goals per 90 min by team i away to team j, or against it at a neutral venue."""
        return np.exp(self.intercept + self.attack[:, None] - self.defence[None, :])

    @property
    def rate_at_home(self) -> Float64:
        """Goals per 90 min by team i at home to team j."""
        rates: Float64 = self.rate_away * np.exp(self.home_advantage)
        return rates


def season_from_arrays(
    home: ArrayLike,
    away: ArrayLike,
    *,
    intercept: float,
    home_advantage: float,
    attack: ArrayLike,
    defence: ArrayLike,
    first_half_share: float,
) -> Season:
    """Return the season with its arrays as contiguous int64 and float64.

    Parameters
    ----------
    home, away : array_like of int, shape (fixtures,)
        Teams, 0-based.
    intercept, home_advantage : float
        Log-rates, goals per 90 min.
    attack, defence : array_like of float, shape (teams,)
        Log-rates.
    first_half_share : float
        Chance that a goal falls in the first half.

    Raises
    ------
    ValueError
        If shapes differ, a fixture names an unknown team, or fewer than 32 teams are given.
    """
    season = Season(
        home=np.ascontiguousarray(home, dtype=np.int64),
        away=np.ascontiguousarray(away, dtype=np.int64),
        intercept=intercept,
        home_advantage=home_advantage,
        attack=np.ascontiguousarray(attack, dtype=np.float64),
        defence=np.ascontiguousarray(defence, dtype=np.float64),
        first_half_share=first_half_share,
    )
    if season.home.shape != season.away.shape or season.home.ndim != 1:
        raise ValueError("home and away must be two equally long lists of teams")
    if season.attack.shape != season.defence.shape or season.attack.ndim != 1:
        raise ValueError("attack and defence must be two equally long lists of log-rates")
    if season.teams < QUALIFIED:
        raise ValueError(f"{season.teams} teams given, at least {QUALIFIED} needed")
    entries = np.concatenate([season.home, season.away])
    if entries.size and not 0 <= entries.min() <= entries.max() < season.teams:
        raise ValueError(f"fixtures must name teams 0 to {season.teams - 1}")
    return season
