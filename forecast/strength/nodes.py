"""Scales and correlation of the strengths: where they are likely, as a few weighted nodes.

All work is done in standard units of the hyperprior (`units`): log scale of the attack, of the
defence, and atanh of their correlation, each less its prior mean and over its prior standard
deviation, so that the hyperprior is a standard normal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ModelError
from forecast.strength.laplace import Prior, Results, Top, find_top

__all__ = ["SCALES", "Nodes", "Plain", "Problem", "design", "explore", "prior_nodes", "prior_of"]

Float64 = NDArray[np.float64]

HYPERPRIOR_MEAN = np.array([np.log(0.35), np.log(0.35), 0.5])
HYPERPRIOR_SD = np.array([0.3, 0.3, 0.5])

MOST_TEAMS_FULL_DESIGN = 300
"""Above, six nodes: a node of 1,000 teams is a factor of 32 MB and the better part of a second."""

DIFFERENCE = 0.1
"""Step of the differences; rounding and curvature of the log posterior are both far below it."""

MOST_STEPS = 30
MOST_HALVINGS = 10
NEAR = 0.3
"""A step shorter than this, in posterior standard deviations, is the last: what it leaves is a
few hundredths, and the weights of the nodes make up for them."""

LONGEST = 2.0
"""Most units of a step: farther out, the differences say nothing, and absurd scales overflow."""

LEAST_CURVATURE = 0.5
"""Where results would widen the hyperprior, nodes spread at most 1.4 times its width."""


SCALES = 3
"""Hyperparameters of every fit: two scales and a correlation."""

MOST_NODES = 25


class Problem(Protocol):
    """A fit that depends on hyperparameters, a point in standard units."""

    @property
    def teams(self) -> int:
        """How many teams it has."""

    @property
    def dimensions(self) -> int:
        """How many hyperparameters it has."""

    def centre(self, units: Float64) -> Float64:
        """Return the strengths expected before the first match."""

    def top(self, units: Float64, start: Float64) -> Top:
        """Return the most probable strengths and their log marginal likelihood.

        They may be a row of strengths, or anything else that names one and moves smoothly.
        """


@dataclass(frozen=True, slots=True)
class Plain:
    """The fit of `laplace`: Poisson goals, and nothing known but the results."""

    results: Results

    @property
    def teams(self) -> int:
        """Teams of the results."""
        return self.results.teams

    @property
    def dimensions(self) -> int:
        """Two scales and a correlation."""
        return SCALES

    def centre(self, units: Float64) -> Float64:
        """Return the row of strengths expected before the first match."""
        return prior_of(units).centre(self.results.teams)

    def top(self, units: Float64, start: Float64) -> Top:
        """Return the most probable row of strengths and its log marginal likelihood."""
        return find_top(self.results, prior_of(units), start)


@dataclass(frozen=True, slots=True)
class Nodes:
    """Points of the hyperparameters with their posterior probabilities.

    `priors` are those of the strengths, `weights`, shape (nodes,), add up to 1, `tops` are the most
    probable strengths, each of shape (2 + 2 * teams,), `units` the points in standard units, shape
    (nodes, dimensions).
    """

    priors: tuple[Prior, ...]
    weights: Float64
    tops: tuple[Float64, ...]
    units: Float64 = field(default_factory=lambda: np.zeros((0, SCALES)))


def prior_of(units: Float64) -> Prior:
    """Return the prior of the strengths at a point in standard units."""
    log_attack, log_defence, atanh = HYPERPRIOR_MEAN + HYPERPRIOR_SD * units[:SCALES]
    return Prior(float(np.exp(log_attack)), float(np.exp(log_defence)), float(np.tanh(atanh)))


def design(teams: int, dimensions: int = SCALES) -> tuple[Float64, Float64]:
    """Return points and weights that integrate polynomials against a standard normal.

    The centre, the ends of the axes and the corners of a cube, all on one sphere, are exact to
    degree 5 (fifteen points in three dimensions, 25 in four); points on the axes alone, where
    those would be too many, to degree 3 (Stroud, Approximate Calculation of Multiple Integrals,
    1971, E_n^r2). They come by the sum of the two log scales, so that neighbouring nodes, and
    with them the draws, differ little.

    Returns
    -------
    points : float64, shape (nodes, dimensions)
    weights : float64, shape (nodes,)
    """
    n = dimensions
    axes = np.concatenate([np.eye(n), -np.eye(n)])
    if teams > MOST_TEAMS_FULL_DESIGN or 1 + 2 * n + 2**n > MOST_NODES:
        return _by_scale(np.sqrt(n) * axes, np.full(2 * n, 0.5 / n))
    corners = np.stack(np.meshgrid(*[[-1.0, 1.0]] * n), axis=-1).reshape(2**n, n)
    radius = np.sqrt(n + 2.0)
    points = np.concatenate([np.zeros((1, n)), radius * axes, radius / np.sqrt(n) * corners])
    square = (n + 2.0) ** 2
    weights = [2.0 / (n + 2.0), 1.0 / square, n**2 / square / 2**n]
    return _by_scale(points, np.repeat(weights, [1, 2 * n, 2**n]))


def _by_scale(points: Float64, weights: Float64) -> tuple[Float64, Float64]:
    """Sort points and weights by the sum of the first two coordinates."""
    order = np.argsort(points[:, 0] + points[:, 1], kind="stable")
    return points[order], weights[order]


def _evaluate(problem: Problem, units: Float64, start: Float64) -> tuple[float, Float64]:
    """Return the log posterior density of the hyperparameters, and the top of the strengths."""
    top = problem.top(units, start)
    return top.log_marginal - 0.5 * float(units @ units), top.strengths


def _derivatives(
    problem: Problem, units: Float64, value: float, start: Float64
) -> tuple[Float64, Float64]:
    """Return slope and curvature (less the Hessian) of the log posterior, from differences.

    The strengths' tops move almost linearly with `units`: starts are extrapolated, which halves
    the Newton steps.
    """
    arms = DIFFERENCE * np.eye(problem.dimensions)
    plus, tops = zip(*(_evaluate(problem, units + arm, start) for arm in arms), strict=True)
    moves = [top - start for top in tops]
    minus = [
        _evaluate(problem, units - arm, start - move)[0]
        for arm, move in zip(arms, moves, strict=True)
    ]
    slope = (np.array(plus) - minus) / (2.0 * DIFFERENCE)
    bend = np.diag(np.array(plus) + minus - 2.0 * value)
    for i, k in combinations(range(problem.dimensions), 2):
        both, _ = _evaluate(problem, units + arms[i] + arms[k], start + moves[i] + moves[k])
        bend[i, k] = bend[k, i] = both - plus[i] - plus[k] + value
    return slope, _at_least(-bend / DIFFERENCE**2)


def _at_least(curvature: Float64) -> Float64:
    """Raise the eigenvalues of `curvature` to LEAST_CURVATURE."""
    values, vectors = np.linalg.eigh(curvature)
    raised: Float64 = (vectors * np.maximum(values, LEAST_CURVATURE)) @ vectors.T
    return raised


def _climb(problem: Problem) -> tuple[Float64, Float64, Float64]:
    """Return the top of the hyperparameters, the curvature there, and the strengths there.

    Newton steps from differences, halved until they go up; the last one is not checked.
    """
    units = np.zeros(problem.dimensions)
    value, top = _evaluate(problem, units, problem.centre(units))
    for _ in range(MOST_STEPS):
        slope, curvature = _derivatives(problem, units, value, top)
        step = np.linalg.solve(curvature, slope)
        if slope @ step < NEAR**2:
            return units + step, curvature, top
        step = step * min(1.0, LONGEST / float(np.sqrt(step @ step)))
        for _ in range(MOST_HALVINGS):
            better, there = _evaluate(problem, units + step, top)
            if better > value:
                break
            step = step / 2.0
        else:
            return units, curvature, top  # no step goes up: rounding says that this is the top
        units, value, top = units + step, better, there
    raise ModelError(
        "The spread of the strengths could not be fitted: the search for the most probable "
        f"scales did not settle in {MOST_STEPS} steps.",
    )


def prior_nodes(problem: Problem) -> Nodes:
    """Return the nodes of the hyperprior itself: what is known before the first result."""
    points, weights = design(problem.teams, problem.dimensions)
    priors = tuple(prior_of(units) for units in points)
    return Nodes(priors, weights, tuple(problem.centre(units) for units in points), points)


def explore(problem: Problem) -> Nodes:
    """Find the likely hyperparameters and return them as weighted nodes.

    A node's weight is marginal likelihood x hyperprior x design weight, over the normal density
    that the design is made for: a skew posterior shifts the weights, not the places.

    Raises
    ------
    ModelError
        If either search does not settle.
    """
    points, weights = design(problem.teams, problem.dimensions)
    centre, curvature, start = _climb(problem)
    units = centre + points @ np.linalg.cholesky(np.linalg.inv(curvature)).T
    values, tops = zip(*(_evaluate(problem, point, start) for point in units), strict=True)
    log_weights = np.log(weights) + 0.5 * (points**2).sum(axis=1) + values
    relative = np.exp(log_weights - log_weights.max())
    priors = tuple(prior_of(point) for point in units)
    return Nodes(priors, relative / relative.sum(), tuple(tops), units)
