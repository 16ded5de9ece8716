"""Goals that vary more than a Poisson: negative binomial, independent between the sides.

The variance of a side's goals is rate + shape * rate². The shape, the dispersion, is the squared
relative spread of what a side's rate would be on different days (Lawless, Canadian Journal of
Statistics 1987;15:209, parametrised by the mean).
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import MAX_RATE
from forecast.strength.goals.terms import Float64, Int64, Terms

__all__ = ["draw_scores", "mean_scores", "shape_of", "terms"]

CENTRE, SPREAD = np.log(0.05), 0.8
"""log dispersion: about 0.05, from 0.01 to 0.25 at two standard deviations. Professional leagues
are close to Poisson once strengths are fitted; amateur ones need not be."""

SHORT = 1e-12
"""What a table of scores may miss of a side's goals."""


def shape_of(unit: float) -> float:
    """Return the dispersion at a point of the standard normal prior."""
    return float(np.exp(CENTRE + SPREAD * unit))


def terms(goals: Float64, log_rates: Float64, shape: float) -> Terms:
    """Return the log-likelihood and its derivatives."""
    with np.errstate(over="ignore"):
        rates = np.exp(log_rates)
    over = 1.0 + shape * rates
    # log of gamma(goals + 1 / shape) / gamma(1 / shape) * shape^goals, as a product
    rising = np.cumsum(np.log1p(shape * np.arange(goals.max(initial=0.0))))
    rising = np.concatenate([[0.0], rising])[goals.astype(np.int64)]
    value = rising + goals * log_rates - (goals + 1.0 / shape) * np.log(over)
    with np.errstate(invalid="ignore"):
        slope = (goals - rates) / over
        bend = -rates * (1.0 + shape * goals) / over**2
    return Terms(value.sum(axis=0), slope, np.stack([*bend, np.zeros_like(bend[0])]))


def mean_scores(log_rates: Float64, shapes: Float64) -> Float64:
    """Return the joint probabilities of (home goals, away goals), averaged over draws.

    Rates are held at `MAX_RATE`, as in the simulation: the tail of a larger one has no end.
    """
    rates = np.minimum(np.exp(log_rates), MAX_RATE)
    home, away = (_probabilities(rates[:, side], shapes) for side in (0, 1))
    scores: Float64 = home.T @ away / len(log_rates)
    return scores


def draw_scores(rng: np.random.Generator, rates: Float64, shapes: Float64) -> Int64:
    """Draw one score for each pair of rates: the rates of a day vary, then goals are Poisson."""
    of_day = rng.gamma(1.0 / shapes, shapes, rates.T.shape).T
    return rng.poisson(rates * of_day)


def _probabilities(rates: Float64, shapes: Float64) -> Float64:
    """Return the probabilities of 0, 1, … goals, shape (draws, goals), up to a tail of SHORT."""
    share = shapes * rates / (1.0 + shapes * rates)
    found = [np.exp(-np.log1p(shapes * rates) / shapes)]
    left = 1.0 - found[0]
    while left.max() > SHORT:
        k = len(found)
        found.append(found[-1] * share * (1.0 / shapes + k - 1.0) / k)
        left = left - found[-1]
        if found[-1].max() < SHORT * 1e-3 and k > rates.max():
            break  # the rest is rounding
    return np.stack(found, axis=1)
