"""The fit of `general` where strengths outnumber results: the same steps, a number a side.

Under independent Poisson goals each of Newton's steps leads to a row of strengths

    centre + covariance @ loadings' @ pulls

with a pull a side (at the top its goals less its rate) and the row of loadings that makes up its
log-rate. So all work is done on log-rates and pulls instead of rows; the prior enters as the
covariance of the log-rates, which is linear in what hyperparameters say of it. The largest matrix
has a row a side: fifty clubs after one round have 170 strengths and 90 sides. (Rasmussen and
Williams, Gaussian Processes for Machine Learning, 2006, algorithm 3.1.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import FIRST_TEAM
from forecast.errors import ModelError
from forecast.strength.general import General
from forecast.strength.laplace import CLOSE_ENOUGH, MOST_HALVINGS, MOST_STEPS, NEAR, Prior, Top
from forecast.strength.nodes import prior_of
from forecast.strength.triangular import solve_factored

__all__ = ["Sides", "by_sides"]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


def by_sides(problem: General) -> General | Sides:
    """Return the problem in the form whose matrices are smaller."""
    poisson = problem.model.shape_of is None
    fewer = 0 < problem.known.goals.size < problem.beliefs.size
    return Sides.of(problem) if poisson and fewer else problem


@dataclass(frozen=True, slots=True)
class Sides:
    """One fit; `dense` is its definition.

    Attributes
    ----------
    loadings : float64, shape (sides, row)
        A log-rate is the sum of `loadings * row`; home sides first, then away sides.
    goals, weight : float64, shape (sides,)
    parts : float64, shape (parts, sides, sides)
        The prior covariance of the log-rates is a sum of these, each times a number.
    """

    dense: General
    loadings: Float64
    goals: Float64
    weight: Float64
    parts: Float64

    @classmethod
    def of(cls, dense: General) -> Self:
        """Collect the sides of a problem with independent Poisson goals."""
        known, size = dense.known, dense.beliefs.size
        sides = 2 * len(known.weight)
        loadings = np.zeros((sides, size))
        entries = known.index.reshape(sides, -1)
        np.add.at(
            loadings,
            (np.arange(sides)[:, np.newaxis], entries),
            known.factor.reshape(entries.shape),
        )
        fixed = loadings @ dense.beliefs.covariance(Prior(0.0, 0.0, 0.0), 0.0) @ loadings.T
        attack, defence = np.split(
            loadings[:, FIRST_TEAM : FIRST_TEAM + 2 * dense.teams], 2, axis=1
        )
        parts = [fixed]
        for related in (np.eye(dense.teams), dense.beliefs.kin):
            if related is not None:
                both = attack @ related @ defence.T
                parts += [attack @ related @ attack.T, both + both.T, defence @ related @ defence.T]
        goals, weight = known.goals.ravel(), np.tile(known.weight, 2)
        return cls(dense, loadings, goals, weight, np.array(parts))

    @property
    def teams(self) -> int:
        """Teams of the row, those of earlier stages included."""
        return self.dense.teams

    @property
    def dimensions(self) -> int:
        """Scales and correlation; then the share of groups, if there are any."""
        return self.dense.dimensions

    def centre(self, units: Float64) -> Float64:
        """Return the log-rates expected before the first match."""
        centre: Float64 = self.loadings @ self.dense.centre(units)
        return centre

    def _prior(self, units: Float64) -> tuple[Float64, Float64]:
        """Return mean and covariance of the log-rates before the first match."""
        prior, share = prior_of(units), self.dense.share(units)
        both = prior.correlation * prior.sd_attack * prior.sd_defence
        of_team = np.array([prior.sd_attack**2, both, prior.sd_defence**2])
        numbers = np.concatenate([[1.0], (1.0 - share) * of_team, share * of_team])
        covariance = np.tensordot(numbers[: len(self.parts)], self.parts, axes=1)
        return self.centre(units), covariance

    def _newton(
        self, log_rates: Float64, given: tuple[Float64, Float64]
    ) -> tuple[Float64, Float64]:
        """Return the pulls to which a whole Newton step leads, and the balance's factor there."""
        mean, covariance = given
        rates = self.weight * np.exp(log_rates)
        root, balance = _balance(rates, covariance)
        factor = _factor(balance)
        pulls = rates * (log_rates - mean) + self.weight * self.goals - rates
        known = root * (covariance @ pulls)
        solve_factored(factor, known)
        return pulls - root * known, factor

    def top(self, units: Float64, start: Float64) -> Top:
        """Find the most probable row at a point of the hyperprior, and the marginal likelihood.

        The `strengths` of the result, as of `start`, are log-rates.

        Raises
        ------
        ModelError
            If the steps do not become small.
        """
        given = mean, covariance = self._prior(units)
        with np.errstate(over="ignore"):
            sane = np.isfinite(np.exp(start)).all()
        pulls, _ = self._newton(start if sane else mean, given)
        nothing = np.zeros_like(pulls)
        if not self._loss(pulls, given) < self._loss(nothing, given):
            pulls = nothing
        for _ in range(MOST_STEPS):
            log_rates = mean + covariance @ pulls
            goal, factor = self._newton(log_rates, given)
            step = goal - pulls
            move = covariance @ step
            length = step @ move + move @ (self.weight * np.exp(log_rates) * move)
            if length < CLOSE_ENOUGH:
                volume = 2.0 * np.log(np.diagonal(factor)).sum()
                return Top(log_rates + move, float(-0.5 * volume - self._loss(goal, given)))
            pulls = goal if length < NEAR else self._damped(pulls, step, given)
        raise ModelError(
            "The strengths could not be fitted: Newton's method did not settle in "
            f"{MOST_STEPS} steps.",
        )

    def _loss(self, pulls: Float64, given: tuple[Float64, Float64]) -> float:
        """Return the negative log posterior; infinite where a rate overflows."""
        mean, covariance = given
        move = covariance @ pulls
        with np.errstate(over="ignore"):
            rates = np.exp(mean + move)
        value = self.weight @ (self.goals * (mean + move) - rates)
        return float(0.5 * pulls @ move - value)

    def _damped(self, pulls: Float64, step: Float64, given: tuple[Float64, Float64]) -> Float64:
        """Return `pulls + step`, the step halved until the loss falls."""
        before = self._loss(pulls, given)
        for _ in range(MOST_HALVINGS):
            if self._loss(pulls + step, given) < before:
                return pulls + step
            step = step / 2.0
        raise ModelError(
            "The strengths could not be fitted: no step of Newton's method improves them."
        )

    def normal(self, units: Float64, top: Float64, kept: Int64) -> tuple[Float64, Float64]:
        """Return mean and covariance of the `kept` entries of the row around its top.

        The mean is the top moved by the skewness of the likelihood, as in `mixture`.
        """
        mean, covariance = self._prior(units)
        rates = self.weight * np.exp(top)
        root, balance = _balance(rates, covariance)
        inverse = np.linalg.inv(balance)
        known = root[:, np.newaxis] * inverse * root
        skew = np.diagonal(inverse) - 1.0  # less each rate times the variance of its log-rate
        pulls = rates * (top - mean) + self.weight * self.goals - rates + 0.5 * skew
        pulls -= known @ (covariance @ pulls)
        of_row = self.dense.covariance(units)[kept]
        gain = of_row @ self.loadings.T
        row = self.dense.centre(units)[kept] + gain @ pulls
        return row, of_row[:, kept] - gain @ known @ gain.T


def _balance(rates: Float64, covariance: Float64) -> tuple[Float64, Float64]:
    """Return the roots of the rates, and by how much results sharpen the prior, symmetric."""
    root = np.sqrt(rates)
    balance = root[:, np.newaxis] * covariance * root
    balance[np.diag_indices_from(balance)] += 1.0
    return root, balance


def _factor(balance: Float64) -> Float64:
    """Return the lower Cholesky factor; where rates are too absurd for one, no number at all."""
    try:
        return np.linalg.cholesky(balance).astype(np.float64, copy=False)
    except np.linalg.LinAlgError:
        return np.full_like(balance, np.nan)
