"""Poisson goals with more or fewer of the four lowest scores (Dixon and Coles, 1997).

The chances of 0-0, 0-1, 1-0 and 1-1 are those of independent Poissons times tau::

    1 - home * away * rho    1 + home * rho    1 + away * rho    1 - rho

(JRSS C 46:265). Both sides' own goals stay Poisson. The shape is rho. No tau of a pairing may be
negative, so in every draw and for every pairing that is forecast rho is held inside that pairing's
own bounds (`held`); the fit refuses strengths that make a score that was played impossible.
"""

from __future__ import annotations

import numpy as np

from forecast.strength.goals import poisson
from forecast.strength.goals.terms import Float64, Int64, Terms

__all__ = ["draw_scores", "held", "mean_scores", "shape_of", "terms"]

MOST = 0.2
CENTRE, SPREAD = -0.25, 0.5
"""rho = 0.2 tanh(normal(-0.25, 0.5)): about -0.05, from -0.17 to 0.13 at two standard deviations.
Dixon and Coles found -0.13 in England; later leagues lie between that and zero."""


def shape_of(unit: float) -> float:
    """Return rho at a point of the standard normal prior."""
    return MOST * float(np.tanh(CENTRE + SPREAD * unit))


def held(rho: Float64, home: Float64, away: Float64) -> Float64:
    """Return rho, or the nearest one with which no tau of these rates is negative.

    All are of one shape, or broadcast to it; rates are in goals per 90 minutes.
    """
    lowest = -1.0 / np.maximum(home, away)
    highest = 1.0 / np.maximum(home * away, 1.0)
    inside: Float64 = np.clip(rho, lowest, highest)
    return inside


def terms(goals: Float64, log_rates: Float64, shape: float) -> Terms:
    """Return the log-likelihood and its derivatives, those of tau included."""
    value, slope, bend = poisson.terms(goals, log_rates)
    with np.errstate(over="ignore"):
        home, away = np.exp(log_rates)
        both = home * away
    none, one = goals == 0.0, goals == 1.0
    cells = (
        (none[0] & none[1], -shape * both, (1.0, 1.0)),
        (none[0] & one[1], shape * home, (1.0, 0.0)),
        (one[0] & none[1], shape * away, (0.0, 1.0)),
        (one[0] & one[1], np.full_like(home, -shape), (0.0, 0.0)),
    )
    for here, excess, (by_home, by_away) in cells:
        # tau = 1 + excess, and excess is a product of the rates that it depends on
        tau = 1.0 + excess[here]
        with np.errstate(divide="ignore", invalid="ignore"):
            value[here] += np.where(tau > 0.0, np.log(np.maximum(tau, 0.0)), -np.inf)
            first, second = excess[here] / tau, excess[here] / tau**2
        slope[0, here] += by_home * first
        slope[1, here] += by_away * first
        bend[0, here] += by_home * second
        bend[1, here] += by_away * second
        bend[2, here] += by_home * by_away * second
    return Terms(value, slope, bend)


def mean_scores(log_rates: Float64, shapes: Float64) -> Float64:
    """Return the joint probabilities of (home goals, away goals), averaged over draws."""
    scores = poisson.mean_scores(log_rates, shapes)
    home, away = np.exp(np.minimum(log_rates, np.log(poisson.HIGHEST_RATE))).T
    moved = np.exp(-home - away) * home * away * held(shapes, home, away)
    scores[:2, :2] += moved.mean() * np.array([[-1.0, 1.0], [1.0, -1.0]])
    return scores


def draw_scores(rng: np.random.Generator, rates: Float64, shapes: Float64) -> Int64:
    """Draw one score for each pair of rates.

    Poisson scores that tau makes rarer move to a neighbour as often as it says: with rho above 0
    from 0-0 to 0-1 and from 1-1 to 1-0, below 0 from 0-1 to 0-0 and from 1-0 to 1-1. Every move
    takes or gives the away side one goal.
    """
    scores = rng.poisson(rates)
    home, away = rates.T
    rho = held(shapes, home, away)
    tau_less_one = np.array([[-rho * home * away, rho * home], [rho * away, -rho]])
    low = (scores <= 1).all(axis=1)
    excess = np.where(low, tau_less_one[*np.minimum(scores, 1).T, np.arange(len(scores))], 0.0)
    moves = rng.random(len(scores)) < -excess
    scores[moves, 1] = 1 - scores[moves, 1]
    return scores
