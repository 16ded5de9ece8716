"""The fit: from a plan to what is known of its strengths, and what to tell the user about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import Posterior
from forecast.strength.informed import general_posterior, general_problem
from forecast.strength.laplace import Results
from forecast.strength.mixture import find_nodes, spread_around
from forecast.strength.nodes import explore, prior_nodes
from forecast.strength.notes import notes
from forecast.strength.sides import by_sides

if TYPE_CHECKING:
    from forecast.plan import GivenStrengths, Match, Plan
    from forecast.strength.nodes import Nodes

__all__ = ["Fit", "Hyperparameters", "fit"]

Float64 = NDArray[np.float64]

SHARE_PRIOR_GOALS = 100
"""Goals that the configured first-half share is worth: a standard deviation of 0.05 around it,
wider than leagues differ, so that a dozen half-time scores cannot give 0.3 or 0.6."""


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """Scales of the teams' attacks and defences (log-rates) and their correlation."""

    sd_attack: float
    sd_defence: float
    correlation: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Fitted strengths.

    `notes` are sentences for the user. `hyperparameters` are posterior means; None if the
    strengths were given.
    """

    posterior: Posterior
    matches_used: int
    notes: tuple[str, ...]
    hyperparameters: Hyperparameters | None


def fit(plan: Plan) -> Fit:
    """Fit the plan's goal model to its known results, or take the strengths that it gives.

    Results are the matches that were played and not awarded. With `uncertainty = "none"` the
    posterior mean is taken for the truth.

    Raises
    ------
    ModelError
        If the fit does not settle.
    """
    strength = plan.strength
    if strength.given is not None:
        return _given(strength.given, strength.first_half_share)
    known = tuple(match for match in plan.matches if match.played and not match.awarded)
    share = _first_half_share(known, strength.first_half_share)
    if strength.is_plain:
        results = Results.of(known, teams=len(plan.competition.teams))
        nodes = find_nodes(results)
        posterior = spread_around(results, nodes, first_half_share=share)
    else:
        dense = general_problem(plan, known)
        problem = by_sides(dense)
        nodes = explore(problem) if dense.known.weight.size else prior_nodes(dense)
        posterior = general_posterior(plan, problem, nodes, first_half_share=share)
    sentences = notes(plan, known, posterior)
    if strength.uncertainty == "none":
        posterior = _point(posterior)
    return Fit(posterior, len(known), sentences, _hyperparameters(nodes))


def _point(posterior: Posterior) -> Posterior:
    """Return the posterior mean as if it were known."""
    mean, shape = posterior.weights @ posterior.mean, posterior.shape
    return Posterior(
        weights=np.ones(1),
        mean=mean[np.newaxis],
        factor=np.zeros((1, len(mean), 0)),
        first_half_share=posterior.first_half_share,
        shape=None if shape is None else np.array([posterior.weights @ shape]),
    )


def _given(given: GivenStrengths, first_half_share: float) -> Fit:
    """Take the strengths as they are."""
    row = [given.intercept, given.home_advantage, *given.attack, *given.defence]
    mean = np.array([row], dtype=np.float64)
    known = Posterior(np.ones(1), mean, np.zeros((1, len(row), 0)), first_half_share)
    return Fit(known, 0, (), None)


def _first_half_share(known: tuple[Match, ...], configured: float) -> float:
    """Return the mean of a Beta posterior; without half-time scores the configured share."""
    goals = before = 0
    for match in known:
        if match.half_time is not None:
            goals += (match.home_goals or 0) + (match.away_goals or 0)
            before += sum(match.half_time)
    return (before + configured * SHARE_PRIOR_GOALS) / (goals + SHARE_PRIOR_GOALS)


def _hyperparameters(nodes: Nodes) -> Hyperparameters:
    """Average scales and correlation over the nodes."""
    of_nodes = [(prior.sd_attack, prior.sd_defence, prior.correlation) for prior in nodes.priors]
    sd_attack, sd_defence, correlation = nodes.weights @ np.array(of_nodes)
    return Hyperparameters(float(sd_attack), float(sd_defence), float(correlation))
