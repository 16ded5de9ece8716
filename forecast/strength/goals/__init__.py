"""Goal models: the law of a score given both rates, a file each.

A model has at most one number beyond the rates, its shape: rho, common goals, or dispersion. The
shape's prior is a standard normal in `units`, like those of the scales, and the fit puts it on the
same grid of nodes, so that every node, and with it every draw, has its own.

`terms` are what the fit needs of a match, `mean_scores` is the table of scorelines. Poisson has no
`terms` here: its fit has a faster way (`laplace`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecast.strength.goals import bivariate_poisson, dixon_coles, negative_binomial, poisson
from forecast.strength.goals.terms import Float64, Int64, Terms

__all__ = ["GOAL_MODELS", "GoalModel", "Terms"]


@dataclass(frozen=True, slots=True)
class GoalModel:
    """One law of scores.

    Attributes
    ----------
    terms : callable
        (goals, log-rates, shape) → `Terms`; goals and log-rates of shape (2, matches), home first.
    mean_scores : callable
        (log-rates of shape (draws, 2), shapes of shape (draws,)) → probabilities of (home goals,
        away goals), averaged over draws, short of 1 by less than 1e-11.
    mean_goals : callable
        (rates, shapes) → expected goals.
    draw_scores : callable
        (rng, rates of shape (draws, 2), shapes of shape (draws,)) → one score for each, int64 of
        shape (draws, 2); rates are those of the model's own goals, at most `MAX_RATE`.
    shape_of : callable or None
        From units of the prior to the shape; None for a model without one.
    """

    terms: Callable[[Float64, Float64, float], Terms]
    mean_scores: Callable[[Float64, Float64], Float64]
    mean_goals: Callable[[Float64, Float64], Float64]
    draw_scores: Callable[[np.random.Generator, Float64, Float64], Int64]
    shape_of: Callable[[float], float] | None


def _rates(rates: Float64, shapes: Float64) -> Float64:  # noqa: ARG001 (the signature of a model)
    """Return the rates: they are the expected goals of most models."""
    return rates


GOAL_MODELS: Final = {
    "poisson": GoalModel(poisson.terms, poisson.mean_scores, _rates, poisson.draw_scores, None),
    "dixon_coles": GoalModel(
        dixon_coles.terms,
        dixon_coles.mean_scores,
        _rates,
        dixon_coles.draw_scores,
        dixon_coles.shape_of,
    ),
    "bivariate_poisson": GoalModel(
        bivariate_poisson.terms,
        bivariate_poisson.mean_scores,
        bivariate_poisson.mean_goals,
        bivariate_poisson.draw_scores,
        bivariate_poisson.shape_of,
    ),
    "negative_binomial": GoalModel(
        negative_binomial.terms,
        negative_binomial.mean_scores,
        _rates,
        negative_binomial.draw_scores,
        negative_binomial.shape_of,
    ),
}
