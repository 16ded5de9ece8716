"""Independent Poisson goals (Maher, Statistica Neerlandica 1982;36:109)."""

from __future__ import annotations

import numpy as np

from forecast.jit import jit
from forecast.strength.goals.terms import Float64, Int64, Terms

__all__ = ["draw_scores", "mean_scores", "probabilities", "terms"]

HIGHEST_RATE = 300.0
"""Above it the probabilities (not the mean rates) treat a side's rate as this one; nobody's
outcome depends on whether a side expects 300 goals or more."""

_NOTHING = 1e-20
"""A smaller chance counts as none: numbers near the end of float64 are slow to multiply."""


def terms(goals: Float64, log_rates: Float64, shape: float = 0.0) -> Terms:  # noqa: ARG001
    """Return the log-likelihood and its derivatives."""
    with np.errstate(over="ignore"):
        rates = np.exp(log_rates)
    value = (goals * log_rates - rates).sum(axis=0)
    bend = np.stack([-rates[0], -rates[1], np.zeros_like(value)])
    return Terms(value, goals - rates, bend)


def mean_scores(log_rates: Float64, shapes: Float64) -> Float64:  # noqa: ARG001
    """Return the joint probabilities of (home goals, away goals), averaged over draws."""
    log_rates = np.minimum(log_rates, np.log(HIGHEST_RATE))
    home, away = (probabilities(log_rates[:, side]) for side in (0, 1))
    scores: Float64 = home.T @ away / len(log_rates)
    return scores


def draw_scores(rng: np.random.Generator, rates: Float64, shapes: Float64) -> Int64:  # noqa: ARG001
    """Draw one score for each pair of rates."""
    return rng.poisson(rates)


def probabilities(log_rates: Float64) -> Float64:
    """Return Poisson probabilities, shape (draws, goals), up to a tail below 1e-12.

    P(X >= rate + t) <= exp(-t² / (2 (rate + t / 3))), Bernstein's bound; here it is 1e-13.
    """
    rates = np.exp(log_rates)
    highest = float(rates.max())
    exponent = 13.0 * np.log(10.0)
    beyond = exponent / 3.0 + np.sqrt(exponent**2 / 9.0 + 2.0 * exponent * highest)
    found = np.zeros((len(rates), int(highest + beyond) + 2))
    _fill(rates, found)
    return found


@jit
def _fill(rates: Float64, out: Float64) -> None:
    """Write the probabilities of each rate to its row of `out`, which holds zeros."""
    for draw in range(rates.size):
        rate = rates[draw]
        chance = np.exp(-rate)
        for goals in range(out.shape[1]):
            if chance < _NOTHING and goals > rate:
                break
            out[draw, goals] = chance
            chance *= rate / (goals + 1)
