"""Poisson goals of each side, and common ones that both score (Karlis and Ntzoufras, 2003).

With independent Poissons X, Y and Z the score is X + Z to Y + Z (The Statistician 52:381). The
rates of the strengths are those of X and Y; the shape is the rate of Z, the covariance of the
sides' goals. The goal difference, and with it who wins, depends on X and Y alone.
"""

from __future__ import annotations

import numpy as np

from forecast.strength.goals import poisson
from forecast.strength.goals.terms import Float64, Int64, Terms

__all__ = ["draw_scores", "mean_goals", "mean_scores", "shape_of", "terms"]

CENTRE, SPREAD = np.log(0.1), 0.7
"""log covariance: about 0.1, from 0.025 to 0.4 at two standard deviations. Karlis and Ntzoufras
found 0.1 to 0.2 in Italy."""


def shape_of(unit: float) -> float:
    """Return the rate of common goals at a point of the standard normal prior."""
    return float(np.exp(CENTRE + SPREAD * unit))


def mean_goals(rates: Float64, shapes: Float64) -> Float64:
    """Return the expected goals of a side."""
    expected: Float64 = rates + shapes
    return expected


def draw_scores(rng: np.random.Generator, rates: Float64, shapes: Float64) -> Int64:
    """Draw one score for each pair of rates: own goals and common ones."""
    return rng.poisson(rates) + rng.poisson(shapes)[:, np.newaxis]


def terms(goals: Float64, log_rates: Float64, shape: float) -> Terms:
    """Return the log-likelihood and its derivatives.

    Given a score, the number of common goals has weights, a mean and a variance; the derivatives
    are those of Poisson sides whose own goals are the rest.
    """
    most = int(goals.min(axis=0).max(initial=0.0))
    common = np.arange(most + 1)[:, np.newaxis]
    left = goals[:, np.newaxis, :] - common
    possible = (left >= 0.0).all(axis=0)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1.0, goals.max() + 1.0)))])
    of_left = log_factorial[np.maximum(left, 0.0).astype(np.int64)].sum(axis=0)
    # the terms that stay if nothing is common are those of the Poisson model
    of_all = log_factorial[goals.astype(np.int64)].sum(axis=0)
    exponent = common * (np.log(shape) - log_rates.sum(axis=0))
    exponent = exponent + of_all - of_left - log_factorial[common]
    weight = np.where(possible, exponent, -np.inf)
    highest = weight.max(axis=0)
    weight = np.exp(weight - highest)
    total = weight.sum(axis=0)
    mean = (weight * common).sum(axis=0) / total
    variance = (weight * (common - mean) ** 2).sum(axis=0) / total
    value, slope, bend = poisson.terms(goals, log_rates)
    return Terms(value + highest + np.log(total) - shape, slope - mean, bend + variance)


def mean_scores(log_rates: Float64, shapes: Float64) -> Float64:
    """Return the joint probabilities of (home goals, away goals), averaged over draws."""
    log_rates = np.minimum(log_rates, np.log(poisson.HIGHEST_RATE))
    home, away = (poisson.probabilities(log_rates[:, side]) for side in (0, 1))
    common = poisson.probabilities(np.log(shapes))
    most = common.shape[1] - 1
    scores = np.zeros((home.shape[1] + most, away.shape[1] + most))
    for both, chance in enumerate(common.T / len(log_rates)):
        part = (home * chance[:, np.newaxis]).T @ away
        scores[both : both + part.shape[0], both : both + part.shape[1]] += part
    return scores
