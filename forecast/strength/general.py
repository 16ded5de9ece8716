"""The fit for any goal model and any beliefs: the same steps as `laplace`, on dense matrices.

A match brings a two by two block of second derivatives, for the log-rates of its sides; the prior
is a full covariance. Where some block is not concave (a goal model may have such scores) and with
it the whole is not, Newton's method takes the concave part of the blocks instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import FIRST_TEAM
from forecast.errors import ModelError
from forecast.strength.beliefs import Beliefs
from forecast.strength.goals import GoalModel, Terms
from forecast.strength.laplace import (
    CLOSE_ENOUGH,
    MOST_HALVINGS,
    MOST_STEPS,
    NEAR,
    Results,
    Top,
)
from forecast.strength.nodes import SCALES, prior_of

__all__ = ["General", "Known"]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

SHARE_CENTRE = -1.0
"""Logit of the share of variance within groups, sd 1: about a quarter, from 5 % to 73 %."""

DIFFERENCE = 1e-4
"""Step in log-rates of the difference that gives third derivatives."""


@dataclass(frozen=True, slots=True)
class Known:
    """Results as matches, each with the entries of a row that make up its two log-rates.

    Attributes
    ----------
    goals : float64, shape (2, matches)
    weight : float64, shape (matches,)
        How much a match counts, 1 for a full one.
    index : int64, shape (2, matches, 5)
    factor : float64, shape (2, matches, 5)
        A log-rate is the sum of `factor * row[index]`.
    """

    goals: Float64
    weight: Float64
    index: Int64
    factor: Float64

    @classmethod
    def of(cls, results: Results, *, weight: Float64, earlier: NDArray[np.bool_]) -> Known:
        """Collect matches; those of `earlier` stages have an intercept of their own."""
        matches = len(weight)
        one, zero = np.ones(2 * matches), np.zeros(2 * matches, np.int64)
        defence = FIRST_TEAM + results.teams + results.conceder
        last = np.where(np.tile(earlier, 2), FIRST_TEAM + 2 * results.teams, 0)
        entries = (zero, zero + 1, FIRST_TEAM + results.scorer, defence, last)
        factors = (one, results.at_home, one, -one, np.tile(earlier, 2).astype(np.float64))
        return cls(
            goals=results.goals.reshape(2, matches),
            weight=weight,
            index=np.stack(entries, axis=-1).reshape(2, matches, len(entries)),
            factor=np.stack(factors, axis=-1).reshape(2, matches, len(factors)),
        )

    def log_rates(self, row: Float64) -> Float64:
        """Return the log-rates of both sides, shape (2, matches)."""
        found: Float64 = (self.factor * row[self.index]).sum(axis=-1)
        return found

    def spread(self, sides: Float64, size: int) -> Float64:
        """Add up one number a side into a row: the transpose of `log_rates`."""
        weighted = self.factor * sides[..., np.newaxis]
        total = np.bincount(self.index.ravel(), weighted.ravel(), size)
        return total.astype(np.float64, copy=False)

    def spread_blocks(self, blocks: Float64, size: int) -> Float64:
        """Add up one block a match (home, away, both) into a matrix over the row."""
        total = np.zeros(size * size)
        for one, two, block in ((0, 0, blocks[0]), (1, 1, blocks[1]), (0, 1, blocks[2])):
            rows = self.index[one][:, :, np.newaxis] * size + self.index[two][:, np.newaxis, :]
            values = self.factor[one][:, :, np.newaxis] * self.factor[two][:, np.newaxis, :]
            values = values * block[:, np.newaxis, np.newaxis]
            total += np.bincount(rows.ravel(), values.ravel(), size * size)
            if one != two:
                rows = self.index[two][:, np.newaxis, :] * size + self.index[one][:, :, np.newaxis]
                total += np.bincount(rows.ravel(), values.ravel(), size * size)
        return total.reshape(size, size)

    def blocks_of(self, matrix: Float64) -> Float64:
        """Return the blocks (home, away, both) of the log-rates' covariance under `matrix`."""
        found = np.zeros((3, len(self.weight)))
        for k, (one, two) in enumerate(((0, 0), (1, 1), (0, 1))):
            entries = matrix[self.index[one][:, :, np.newaxis], self.index[two][:, np.newaxis, :]]
            found[k] = np.einsum("mi,mij,mj->m", self.factor[one], entries, self.factor[two])
        return found


@dataclass(frozen=True, slots=True)
class General:
    """One fit: results, a goal model, and what is believed before."""

    known: Known
    model: GoalModel
    beliefs: Beliefs

    @property
    def teams(self) -> int:
        """Teams of the row, those of earlier stages included."""
        return self.beliefs.teams

    @property
    def dimensions(self) -> int:
        """Scales and correlation; then the shape and the share of groups, as far as there are."""
        return SCALES + (self.model.shape_of is not None) + (self.beliefs.kin is not None)

    def shape(self, units: Float64) -> float:
        """Return the goal model's shape at a point of the hyperprior, 0 if it has none."""
        return self.model.shape_of(float(units[SCALES])) if self.model.shape_of else 0.0

    def share(self, units: Float64) -> float:
        """Return the share of variance within groups, 0 without groups."""
        if self.beliefs.kin is None:
            return 0.0
        return float(1.0 / (1.0 + np.exp(-(SHARE_CENTRE + units[-1]))))

    def centre(self, units: Float64) -> Float64:
        """Return the row expected before the first match."""
        return self.beliefs.centre(prior_of(units))

    def covariance(self, units: Float64) -> Float64:
        """Return the prior covariance of the row."""
        return self.beliefs.covariance(prior_of(units), self.share(units))

    def terms(self, row: Float64, shape: float) -> Terms:
        """Return the weighted terms of the likelihood."""
        weight = self.known.weight
        terms = self.model.terms(self.known.goals, self.known.log_rates(row), shape)
        return Terms(weight * terms.value, weight * terms.slope, weight * terms.bend)

    def curvature(self, row: Float64, shape: float, precision: Float64) -> Float64:
        """Return the Hessian of the negative log posterior, exact if it is positive definite."""
        bend = -self.terms(row, shape).bend
        exact = precision + self.known.spread_blocks(bend, len(row))
        try:
            np.linalg.cholesky(exact)
        except np.linalg.LinAlgError:
            return precision + self.known.spread_blocks(_convex(bend), len(row))
        return exact

    def top(self, units: Float64, start: Float64) -> Top:
        """Find the most probable row at a point of the hyperprior, and the marginal likelihood.

        Raises
        ------
        ModelError
            If the steps do not become small.
        """
        shape, centre = self.shape(units), self.centre(units)
        precision = _inverse(self.covariance(units))
        row = start if np.isfinite(self._loss(start, shape, centre, precision)) else centre
        for _ in range(MOST_STEPS):
            terms = self.terms(row, shape)
            slope = precision @ (row - centre) - self.known.spread(terms.slope, len(row))
            hessian = self.curvature(row, shape, precision)
            step = np.linalg.solve(hessian, slope).astype(np.float64, copy=False)
            if slope @ step < CLOSE_ENOUGH:
                volume = np.linalg.slogdet(precision)[1] - np.linalg.slogdet(hessian)[1]
                loss = self._loss(row - step, shape, centre, precision)
                return Top(row - step, float(0.5 * volume - loss))
            row = row - self._damping(row, step, (shape, centre, precision)) * step
        raise ModelError(
            "The strengths could not be fitted: Newton's method did not settle in "
            f"{MOST_STEPS} steps.",
        )

    def _loss(self, row: Float64, shape: float, centre: Float64, precision: Float64) -> float:
        """Return the negative log posterior; infinite where a rate overflows."""
        with np.errstate(invalid="ignore"):
            value = float(self.terms(row, shape).value.sum())
        deviation = row - centre
        loss = 0.5 * float(deviation @ precision @ deviation) - value
        return loss if np.isfinite(loss) else np.inf

    def _damping(self, row: Float64, step: Float64, given: tuple[float, Float64, Float64]) -> float:
        """Return how much of a step to take: the whole, or halved until the loss falls."""
        before, part = self._loss(row, *given), 1.0
        for _ in range(MOST_HALVINGS):
            if self._loss(row - part * step, *given) < before + NEAR**2:
                return part
            part /= 2.0
        raise ModelError(
            "The strengths could not be fitted: no step of Newton's method improves them."
        )

    def normal(self, units: Float64, top: Float64, kept: Int64) -> tuple[Float64, Float64]:
        """Return mean and covariance of the `kept` entries of the row around its top.

        The mean is the top moved by the skewness of the likelihood, as in `mixture`; third
        derivatives are differences of the second ones.
        """
        chosen = np.ix_(kept, kept)
        if not self.known.weight.size:
            return top[kept], self.covariance(units)[chosen]
        shape = self.shape(units)
        precision = _inverse(self.covariance(units))
        covariance = _inverse(self.curvature(top, shape, precision))
        blocks = self.known.blocks_of(covariance)
        at = self.known.log_rates(top)
        third = np.empty_like(at)
        for side, arm in enumerate(DIFFERENCE * np.eye(2)):
            more, less = (
                self.model.terms(self.known.goals, at + sign * arm[:, np.newaxis], shape).bend
                for sign in (1.0, -1.0)
            )
            bend = (more - less) / (2.0 * DIFFERENCE)
            third[side] = (bend * blocks * [[1.0], [1.0], [2.0]]).sum(axis=0)
        shift = 0.5 * covariance @ self.known.spread(self.known.weight * third, len(top))
        return (top + shift)[kept], covariance[chosen]


def _inverse(matrix: Float64) -> Float64:
    return np.linalg.inv(matrix).astype(np.float64, copy=False)


def _convex(bend: Float64) -> Float64:
    """Return the blocks (home, away, both) with negative eigenvalues replaced by zero."""
    blocks = np.moveaxis(bend[[[0, 2], [2, 1]]], -1, 0)
    values, vectors = np.linalg.eigh(blocks)
    raised = np.einsum("mij,mj,mkj->mik", vectors, np.maximum(values, 0.0), vectors)
    return np.stack([raised[:, 0, 0], raised[:, 1, 1], raised[:, 0, 1]])
