"""The strengths for given scales and correlation: mode, curvature, marginal likelihood.

The precision of a normal approximation has a shape worth using: no term of the likelihood joins
two defences, so their block is diagonal and is eliminated by a division; what remains to be
factored has one row a team instead of two. That makes 1,000 teams eight times cheaper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import FIRST_TEAM
from forecast.errors import ModelError
from forecast.strength.triangular import covariance_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecast.plan import Match

__all__ = ["Precision", "Prior", "Results", "Top", "curvature", "find_top"]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

MEAN_RATE = 1.2
"""Goals of an away side, averaged over the teams; the package's docstring has the sources."""

INTERCEPT_SD = 0.3
HOME_ADVANTAGE = (0.2, 0.2)
"""Mean and standard deviation."""

MOST_STEPS = 100
MOST_HALVINGS = 50
CLOSE_ENOUGH = 1e-9
"""Squared length of the last Newton step, in posterior standard deviations; the error that is left
after it is of the order of this square, 1e-9 standard deviations."""

NEAR = 1e-6
"""The same, of a step that needs no check: its gain in the loss would drown in rounding."""


@dataclass(frozen=True, slots=True)
class Results:
    """Known results as sides: first the home side of every match, then the away side.

    Attributes
    ----------
    teams : int
    scorer, conceder : int64, shape (2 * matches,)
    at_home : float64, shape (2 * matches,)
        1 for a home side at its own venue, else 0.
    goals : float64, shape (2 * matches,)
    """

    teams: int
    scorer: Int64
    conceder: Int64
    at_home: Float64
    goals: Float64

    @classmethod
    def of(cls, matches: Sequence[Match], *, teams: int) -> Results:
        """Collect the sides of `matches`, all of them played."""
        home = np.array([match.home for match in matches], dtype=np.int64)
        away = np.array([match.away for match in matches], dtype=np.int64)
        own_venue = np.array([not match.neutral for match in matches], dtype=np.float64)
        goals = [match.home_goals for match in matches] + [match.away_goals for match in matches]
        return cls(
            teams=teams,
            scorer=np.concatenate([home, away]),
            conceder=np.concatenate([away, home]),
            at_home=np.concatenate([own_venue, np.zeros_like(own_venue)]),
            goals=np.array(goals, dtype=np.float64),
        )

    def and_sides(self, further: Int64) -> Results:
        """Return these results and `further` ones, rows of home, away and the goals of both."""
        home, away, home_goals, away_goals = further.T
        own = len(self.goals) // 2

        def joined(sides: Float64 | Int64, first: Int64, second: Int64) -> NDArray[Any]:
            return np.concatenate([sides[:own], first, sides[own:], second])

        return Results(
            teams=self.teams,
            scorer=joined(self.scorer, home, away),
            conceder=joined(self.conceder, away, home),
            at_home=joined(self.at_home, np.ones_like(home), np.zeros_like(home)),
            goals=joined(self.goals, home_goals, away_goals),
        )

    def log_rates(self, strengths: Float64) -> Float64:
        """Return the log-rate of every side under one row of strengths."""
        attack = strengths[FIRST_TEAM : FIRST_TEAM + self.teams]
        defence = strengths[FIRST_TEAM + self.teams :]
        shared = strengths[0] + strengths[1] * self.at_home
        log_rates: Float64 = shared + attack[self.scorer] - defence[self.conceder]
        return log_rates

    def spread(self, sides: Float64) -> Float64:
        """Add up one number a side into a row of strengths: the transpose of `log_rates`."""
        shared = [sides.sum(), sides @ self.at_home]
        attack = _totals(self.scorer, sides, self.teams)
        defence = _totals(self.conceder, sides, self.teams)
        return np.concatenate([shared, attack, -defence])

    def variances(self, covariance: Float64) -> Float64:
        """Return the variance of every side's log-rate under a `covariance` of the strengths."""
        zero = np.zeros_like(self.scorer)
        rows = (zero, zero + 1, FIRST_TEAM + self.scorer, FIRST_TEAM + self.teams + self.conceder)
        one = np.ones_like(self.at_home)
        signs = (one, self.at_home, one, -one)
        total = np.zeros(len(self.scorer))
        for row, row_sign in zip(rows, signs, strict=True):
            for column, column_sign in zip(rows, signs, strict=True):
                total += row_sign * column_sign * covariance[row, column]
        return total


def _totals(index: Int64, values: Float64, size: int) -> Float64:
    """Add up `values` by their `index`."""
    return np.bincount(index, values, size).astype(np.float64, copy=False)


@dataclass(frozen=True, slots=True)
class Prior:
    """One bivariate normal for the (attack, defence) of every team."""

    sd_attack: float
    sd_defence: float
    correlation: float

    def centre(self, teams: int) -> Float64:
        """Return the row of strengths expected before the first match.

        Unequal teams score more than equal ones, by the factor exp(variance / 2) on average. The
        mean rate is what is known of football, so the intercept makes up for it.
        """
        centre = np.zeros(FIRST_TEAM + 2 * teams)
        centre[0] = np.log(MEAN_RATE) - 0.5 * (self.sd_attack**2 + self.sd_defence**2)
        centre[1] = HOME_ADVANTAGE[0]
        return centre

    def team_precision(self) -> tuple[float, float, float]:
        """Return the precision of (attack, defence): two diagonal entries, then the joint one."""
        free = 1.0 - self.correlation**2
        joint = -self.correlation / (self.sd_attack * self.sd_defence * free)
        return 1.0 / (self.sd_attack**2 * free), 1.0 / (self.sd_defence**2 * free), joint

    def pull(self, deviation: Float64) -> Float64:
        """Return precision @ `deviation`, a row of strengths less the prior mean."""
        attack, defence = np.split(deviation[FIRST_TEAM:], 2)
        on_attack, on_defence, joint = self.team_precision()
        shared = [deviation[0] / INTERCEPT_SD**2, deviation[1] / HOME_ADVANTAGE[1] ** 2]
        return np.concatenate(
            [shared, on_attack * attack + joint * defence, on_defence * defence + joint * attack],
        )

    def write_factor(self, teams: int, *, out: Float64) -> None:
        """Write the lower Cholesky factor of the prior covariance to `out`, which holds zeros."""
        attacks = np.arange(FIRST_TEAM, FIRST_TEAM + teams)
        out[0, 0], out[1, 1] = INTERCEPT_SD, HOME_ADVANTAGE[1]
        out[attacks, attacks] = self.sd_attack
        out[attacks + teams, attacks] = self.correlation * self.sd_defence
        out[attacks + teams, attacks + teams] = self.sd_defence * np.sqrt(1 - self.correlation**2)

    def log_determinant(self, teams: int) -> float:
        """Return the log-determinant of the prior precision of a row of strengths."""
        free = 1.0 - self.correlation**2
        team = np.log(self.sd_attack**2 * self.sd_defence**2 * free)
        return float(-teams * team - 2.0 * np.log(INTERCEPT_SD * HOME_ADVANTAGE[1]))


@dataclass(frozen=True, slots=True)
class Precision:
    """A precision matrix whose defences are joined to the rest only.

    Attributes
    ----------
    upper : float64, shape (2 + teams, 2 + teams)
        Rows and columns of the shared terms and the attacks.
    joint : float64, shape (2 + teams, teams)
        Their columns of the defences.
    defence : float64, shape (teams,)
        Diagonal of the block of the defences, which has nothing else.
    """

    upper: Float64
    joint: Float64
    defence: Float64

    def reduced(self) -> Float64:
        """Return the precision of shared terms and attacks once the defences are averaged out."""
        scaled = self.joint / np.sqrt(self.defence)
        reduced: Float64 = self.upper - scaled @ scaled.T
        return reduced

    def solve(self, right: Float64) -> Float64:
        """Return precision⁻¹ @ `right`."""
        size = len(self.upper)
        above = np.linalg.solve(
            self.reduced(), right[:size] - self.joint @ (right[size:] / self.defence)
        )
        return np.concatenate([above, (right[size:] - self.joint.T @ above) / self.defence])

    def log_determinant(self) -> float:
        """Return the log-determinant of the whole matrix."""
        pivots = np.diagonal(np.linalg.cholesky(self.reduced()))
        return float(2.0 * np.log(pivots).sum() + np.log(self.defence).sum())

    def write_factor(self, *, out: Float64) -> None:
        """Write the lower Cholesky factor of the covariance to `out`, which holds zeros."""
        size = len(self.upper)
        above = covariance_factor(self.reduced())
        out[:size, :size] = above
        out[size:, :size] = -(self.joint / self.defence).T @ above
        rest = np.arange(size, len(out))
        out[rest, rest] = 1.0 / np.sqrt(self.defence)


def curvature(results: Results, prior: Prior, strengths: Float64) -> Precision:
    """Return the exact Hessian of the negative log posterior at `strengths`."""
    teams = results.teams
    rates = np.exp(results.log_rates(strengths))
    at_home = rates * results.at_home
    on_attack, on_defence, joint_precision = prior.team_precision()
    of_scorer = _totals(results.scorer, rates, teams)
    upper = np.zeros((FIRST_TEAM + teams, FIRST_TEAM + teams))
    joint = np.empty((FIRST_TEAM + teams, teams))
    upper[0, 0], upper[1, 1] = rates.sum(), (at_home * results.at_home).sum()
    upper[0, 1] = upper[1, 0] = at_home.sum()
    upper[0, FIRST_TEAM:] = upper[FIRST_TEAM:, 0] = of_scorer
    at_home_scored = _totals(results.scorer, at_home, teams)
    upper[1, FIRST_TEAM:] = upper[FIRST_TEAM:, 1] = at_home_scored
    attacks = np.arange(FIRST_TEAM, FIRST_TEAM + teams)
    upper[attacks, attacks] = of_scorer + on_attack
    upper[0, 0] += 1.0 / INTERCEPT_SD**2
    upper[1, 1] += 1.0 / HOME_ADVANTAGE[1] ** 2
    of_conceder = _totals(results.conceder, rates, teams)
    joint[0] = -of_conceder
    joint[1] = -_totals(results.conceder, at_home, teams)
    pairs = _totals(results.scorer * teams + results.conceder, rates, teams * teams)
    joint[FIRST_TEAM:] = -pairs.reshape(teams, teams)
    joint[attacks, attacks - FIRST_TEAM] += joint_precision
    return Precision(upper=upper, joint=joint, defence=of_conceder + on_defence)


@dataclass(frozen=True, slots=True)
class Top:
    """The most probable strengths for one prior, and its log marginal likelihood.

    `strengths` are a row as in `Posterior.mean`. `log_marginal` is Laplace's approximation, less a
    constant that depends on the goals only.
    """

    strengths: Float64
    log_marginal: float


def _loss(results: Results, prior: Prior, strengths: Float64) -> float:
    """Return the negative log posterior without constants; infinite where a rate overflows."""
    log_rates = results.log_rates(strengths)
    with np.errstate(over="ignore"):
        rates = np.exp(log_rates)
    deviation = strengths - prior.centre(results.teams)
    likelihood = rates.sum() - results.goals @ log_rates
    return float(likelihood + 0.5 * deviation @ prior.pull(deviation))


def _damped(results: Results, prior: Prior, strengths: Float64, step: Float64) -> Float64:
    """Return `strengths - step`, the step halved until the loss falls."""
    before = _loss(results, prior, strengths)
    for _ in range(MOST_HALVINGS):
        if _loss(results, prior, strengths - step) < before:
            return strengths - step
        step = step / 2.0
    raise ModelError("The strengths could not be fitted: no step of Newton's method improves them.")


def find_top(results: Results, prior: Prior, start: Float64) -> Top:
    """Find the most probable strengths by damped Newton steps with the exact Hessian.

    Parameters
    ----------
    start : float64, shape (2 + 2 * teams,)
        Any strengths; near ones save steps.

    Raises
    ------
    ModelError
        If the steps do not become small.
    """
    strengths, centre = start, prior.centre(results.teams)
    for _ in range(MOST_STEPS):
        rates = np.exp(results.log_rates(strengths))
        slope = results.spread(rates - results.goals) + prior.pull(strengths - centre)
        precision = curvature(results, prior, strengths)
        step = precision.solve(slope)
        if slope @ step < CLOSE_ENOUGH:
            top = strengths - step
            volume = prior.log_determinant(results.teams) - precision.log_determinant()
            return Top(top, 0.5 * volume - _loss(results, prior, top))
        near = slope @ step < NEAR
        strengths = strengths - step if near else _damped(results, prior, strengths, step)
    raise ModelError(
        f"The strengths could not be fitted: Newton's method did not settle in {MOST_STEPS} steps.",
    )
