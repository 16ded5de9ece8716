"""Expected goals, outcome probabilities and the likeliest score of single matches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import FIRST_TEAM

__all__ = ["ExpectedMatches", "expected"]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

HIGHEST_RATE = 300.0
"""Above it the probabilities (not the mean rates) treat a side's rate as this one; nobody's
outcome depends on whether a side expects 300 goals or more."""


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


def expected(strengths: Float64, *, home: Int64, away: Int64, neutral: Bool) -> ExpectedMatches:
    """Average the exact Poisson probabilities of each match over draws of the strengths.

    Scores are cut where less than 1e-12 is missed.

    Parameters
    ----------
    strengths : float64, shape (draws, 2 + 2 * teams)
        Log-rates, rows as in `Posterior`.
    home, away : int64, shape (matches,)
    neutral : bool, shape (matches,)
    """
    teams = (strengths.shape[1] - FIRST_TEAM) // 2
    probabilities = np.empty((3, len(home)))
    rates = np.empty((2, len(home)))
    likeliest = np.empty((2, len(home)), dtype=np.int64)
    for i, (host, guest) in enumerate(zip(home, away, strict=True)):
        attack = strengths[:, [FIRST_TEAM + host, FIRST_TEAM + guest]]
        defence = strengths[:, [FIRST_TEAM + teams + guest, FIRST_TEAM + teams + host]]
        log_rates = strengths[:, :1] + attack - defence
        log_rates[:, 0] += 0.0 if neutral[i] else strengths[:, 1]
        with np.errstate(over="ignore"):
            rates[:, i] = np.exp(log_rates).mean(axis=0)
        score = _mean_scores(np.minimum(log_rates, np.log(HIGHEST_RATE)))
        probabilities[:, i] = np.tril(score, -1).sum(), np.trace(score), np.triu(score, 1).sum()
        likeliest[:, i] = np.unravel_index(np.argmax(score), score.shape)
    return ExpectedMatches(*rates, *probabilities, *likeliest)


def _mean_scores(log_rates: Float64) -> Float64:
    """Return the joint probabilities of (home goals, away goals), averaged over draws.

    Parameters
    ----------
    log_rates : float64, shape (draws, 2)
    """
    home, away = (_goals(log_rates[:, side]) for side in (0, 1))
    scores: Float64 = home.T @ away / len(log_rates)
    return scores


def _goals(log_rates: Float64) -> Float64:
    """Return Poisson probabilities, shape (draws, goals), up to a tail below 1e-12.

    P(X >= rate + t) <= exp(-t² / (2 (rate + t / 3))), Bernstein's bound; here it is 1e-13.
    """
    rate = float(np.exp(log_rates.max()))
    exponent = 13.0 * np.log(10.0)
    beyond = exponent / 3.0 + np.sqrt(exponent**2 / 9.0 + 2.0 * exponent * rate)
    goals = np.arange(int(rate + beyond) + 2)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(goals[1:]))])
    by_goals = np.outer(log_rates, goals) - np.exp(log_rates)[:, np.newaxis] - log_factorial
    probabilities: Float64 = np.exp(by_goals)
    return probabilities
