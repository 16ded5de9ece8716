"""Expected goals, outcome probabilities and the likeliest score of single matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import FIRST_TEAM
from forecast.strength.goals import GOAL_MODELS

if TYPE_CHECKING:
    from forecast.plan import GoalModelName

__all__ = ["ExpectedMatches", "expected", "log_rates_of"]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ExpectedMatches:
    """Forecasts of single matches, averaged over draws of the strengths.

    Attributes
    ----------
    rate_home, rate_away : float64, shape (matches,)
        Goals per 90 minutes.
    p_home, p_draw, p_away : float64, shape (matches,)
    likeliest_home, likeliest_away : int64, shape (matches,)
        Goals of the single most probable score.
    """

    rate_home: Float64
    rate_away: Float64
    p_home: Float64
    p_draw: Float64
    p_away: Float64
    likeliest_home: Int64
    likeliest_away: Int64


def log_rates_of(strengths: Float64, home: int, away: int, *, neutral: bool) -> Float64:
    """Return the log-rates of both sides of a match under each draw, shape (draws, 2)."""
    teams = (strengths.shape[1] - FIRST_TEAM) // 2
    attack = strengths[:, [FIRST_TEAM + home, FIRST_TEAM + away]]
    defence = strengths[:, [FIRST_TEAM + teams + away, FIRST_TEAM + teams + home]]
    log_rates: Float64 = strengths[:, :1] + attack - defence
    log_rates[:, 0] += 0.0 if neutral else strengths[:, 1]
    return log_rates


def expected(
    strengths: Float64,
    *,
    home: Int64,
    away: Int64,
    neutral: Bool,
    model: GoalModelName = "poisson",
) -> ExpectedMatches:
    """Average the exact probabilities of each match over draws of the strengths.

    Scores are cut where less than 1e-11 is missed.

    Parameters
    ----------
    strengths : float64, shape (draws, 2 + 2 * teams)
        Log-rates, rows as in `Posterior`; one more column, the shape, for a model that has one.
    home, away : int64, shape (matches,)
    neutral : bool, shape (matches,)
    model : str
        The law of the goals.
    """
    law = GOAL_MODELS[model]
    shapes = strengths[:, -1]
    probabilities = np.empty((3, len(home)))
    rates = np.empty((2, len(home)))
    likeliest = np.empty((2, len(home)), dtype=np.int64)
    for i, (host, guest) in enumerate(zip(home, away, strict=True)):
        log_rates = log_rates_of(strengths, host, guest, neutral=bool(neutral[i]))
        with np.errstate(over="ignore"):
            goals = law.mean_goals(np.exp(log_rates), shapes[:, np.newaxis])
        rates[:, i] = goals.mean(axis=0)
        score = law.mean_scores(log_rates, shapes)
        probabilities[:, i] = np.tril(score, -1).sum(), np.trace(score), np.triu(score, 1).sum()
        likeliest[:, i] = np.unravel_index(np.argmax(score), score.shape)
    return ExpectedMatches(*rates, *probabilities, *likeliest)
