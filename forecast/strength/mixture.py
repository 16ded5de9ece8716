"""The posterior of the strengths: a normal distribution around the top of every node."""

from __future__ import annotations

import numpy as np

from forecast.arrays import FIRST_TEAM, Posterior
from forecast.strength.laplace import Results, curvature
from forecast.strength.nodes import Nodes, explore, prior_nodes

__all__ = ["find_nodes", "spread_around"]


def find_nodes(results: Results) -> Nodes:
    """Return the likely hyperparameters; without a result those of the hyperprior."""
    return explore(results) if len(results.goals) else prior_nodes(results.teams)


def spread_around(results: Results, nodes: Nodes, *, first_half_share: float) -> Posterior:
    """Add to each node the spread of the strengths around its top.

    Without a result that is the prior's own factor, exactly and without any arithmetic on large
    matrices.
    """
    size = FIRST_TEAM + 2 * results.teams
    factor = np.zeros((len(nodes.weights), size, size))
    for out, prior, top in zip(factor, nodes.priors, nodes.tops, strict=True):
        if len(results.goals):
            curvature(results, prior, top).write_factor(out=out)
        else:
            prior.write_factor(results.teams, out=out)
    return Posterior(nodes.weights, np.array(nodes.tops), factor, first_half_share)
