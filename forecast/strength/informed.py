"""From a plan that asks for more than Poisson goals and results to its fit and its posterior."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import FIRST_TEAM, Posterior
from forecast.strength.beliefs import Beliefs, Effect, kinship
from forecast.strength.general import General, Known
from forecast.strength.goals import GOAL_MODELS
from forecast.strength.laplace import Results
from forecast.strength.sides import Sides

if TYPE_CHECKING:
    from forecast.plan import Match, Plan
    from forecast.strength.nodes import Nodes

__all__ = ["general_posterior", "general_problem"]

Float64 = NDArray[np.float64]


def general_problem(plan: Plan, known: Sequence[Match]) -> General:
    """Collect what the plan asks the fit to know."""
    strength, teams = plan.strength, len(plan.competition.teams)
    earlier = strength.earlier
    clubs = len(earlier.clubs) if earlier else 0
    results = Results.of(known, teams=teams + clubs)
    weight = _weights(plan, known)
    before = np.zeros(len(known), dtype=np.bool_)
    if earlier:
        results = results.and_sides(np.array(earlier.matches, dtype=np.int64).reshape(-1, 4))
        weight = np.append(weight, np.full(len(earlier.matches), earlier.weight))
        before = np.append(before, np.ones(len(earlier.matches), dtype=np.bool_))
    columns = [(*plan.competition.team_columns[name], *[""] * clubs) for name in strength.groups]
    effects = tuple(
        Effect(np.append(_centred(covariate.values), np.zeros(clubs)), covariate.mean, covariate.sd)
        for covariate in strength.covariates
    )
    return General(
        known=Known.of(results, weight=weight, earlier=before),
        model=GOAL_MODELS[strength.goals],
        beliefs=Beliefs(
            teams=teams + clubs,
            kin=kinship(columns) if columns else None,
            effects=effects,
            earlier=earlier is not None,
        ),
    )


def _centred(values: tuple[float, ...]) -> Float64:
    """Return a covariate less its mean, so that it moves no intercept."""
    found = np.array(values)
    centred: Float64 = found - found.mean()
    return centred


def _weights(plan: Plan, known: Sequence[Match]) -> Float64:
    """Return how much each match counts: half as much for each half-life before the plan's day.

    Without that day the latest match is the last one; a match without a date counts in full.
    """
    weights = np.ones(len(known))
    days = [match.date for match in known if match.date is not None]
    if plan.strength.half_life is None or not days:
        return weights
    today = plan.as_of or max(days)
    for k, match in enumerate(known):
        if match.date is not None:
            weights[k] = 0.5 ** ((today - match.date).days / plan.strength.half_life)
    return weights


def general_posterior(
    plan: Plan, problem: General | Sides, nodes: Nodes, *, first_half_share: float
) -> Posterior:
    """Turn each node into a normal distribution of the strengths of the competition's teams."""
    teams = len(plan.competition.teams)
    shared, attacks = np.arange(FIRST_TEAM), FIRST_TEAM + np.arange(teams)
    kept = np.concatenate([shared, attacks, attacks + problem.teams])
    means, factors = [], []
    for units, top in zip(nodes.units, nodes.tops, strict=True):
        mean, covariance = problem.normal(units, top, kept)
        means.append(mean)
        factors.append(np.linalg.cholesky(covariance).astype(np.float64, copy=False))
    shape = None
    if isinstance(problem, General) and problem.model.shape_of is not None:
        shape = np.array([problem.shape(units) for units in nodes.units])
    return Posterior(nodes.weights, np.array(means), np.array(factors), first_half_share, shape)
