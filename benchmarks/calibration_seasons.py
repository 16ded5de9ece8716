"""Simulated seasons and what the forecast said of them: the observations of the calibration.

A season's truth is drawn from the priors of the model, its matches from the oracle. The fit is
asked as of half of the season and of all of it; the whole forecast is made as of half.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.calibration_oracle import Tournament, World, play_table
from forecast.arrays import DRAWS_PER_REPLICATE, FIRST_TEAM, Posterior, Season
from forecast.config import load
from forecast.counts import add
from forecast.lowering import lower
from forecast.plan import Plan
from forecast.simulate import draws, simulate
from forecast.simulate.threads import play_strengths
from forecast.strength import fit
from forecast.strength.informed import general_problem
from forecast.strength.laplace import Results
from forecast.tables import spread

__all__ = [
    "AS_OF",
    "OUTCOMES",
    "Observation",
    "Simulated",
    "by_outcome",
    "chances",
    "fitted",
    "known",
    "observe",
    "ranked",
    "shape",
    "simulated",
    "true_chances",
]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]
Ranks = Mapping[str, Float64]

CONFIG = "configs/copa_peru_2023/pre_tournament.toml"
AS_OF = {"half": 3, "whole": 6}
"""Last round that the fit knows."""

OUTCOMES = {"qualified": 32, "promoted": 4, "champion": 1}
"""Teams that reach each of them."""

REPLICATES = 2
"""Of a forecast, 1,024 draws of strengths, and of a true chance: with 65,536 runs each they are off
by 0.002 at a chance of one half, far less than chances are uncertain."""

FORECAST_SEED, TRUTH_SEED, RANK_SEED = 1, 2, 3
"""Of the random streams within a season."""


@dataclass(frozen=True, slots=True)
class Chances:
    """One outcome as of half of a season, an entry a team.

    Attributes
    ----------
    p, low, high : float64
        The forecast's probability, and its 5 % and 95 % points over strengths.
    true : float64
        The probability under the true strengths.
    reached : bool
        What happened.
    """

    p: Float64
    low: Float64
    high: Float64
    true: Float64
    reached: Bool


@dataclass(frozen=True, slots=True)
class Simulated:
    """One season: its truth, what happened, and what was known on the way.

    Attributes
    ----------
    key : tuple of int
        Of its random streams.
    row : float64, shape (2 + 2 * teams,)
        The true strengths.
    left : int64, shape (teams,)
        How far each team came, as in `Tournament`.
    plans : mapping
        The plan as of each of `AS_OF`.
    """

    key: tuple[int, int]
    row: Float64
    left: Int64
    plans: Mapping[str, Plan]


@dataclass(frozen=True, slots=True)
class Observation:
    """One season.

    `ranks[as of][quantity]` (float64, one entry a team, a fixture, or a season) is the share of
    posterior draws below the truth; `chances[outcome]` is what became of the forecast. `shapes[as
    of]` is, for a model with a shape, the truth less the posterior mean, and the posterior
    variance: on its few nodes a shape has no ranks.
    """

    ranks: Mapping[str, Ranks]
    chances: Mapping[str, Chances]
    shapes: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def shape(model: str, config: str = CONFIG) -> Plan:
    """Return the season's plan, nothing played, its strengths to be fitted by `model` alone."""
    plan = load(config)
    alone = replace(plan.strength, model=model, covariates=(), earlier=None)
    return replace(plan, strength=alone)


def truth(rng: np.random.Generator, plan: Plan) -> Float64:
    """Draw hyperparameters and a row of strengths from the priors of the fit.

    As in the draws of a posterior, a model's shape is one more entry, the last.
    """
    problem = general_problem(plan, ())
    units = rng.standard_normal(problem.dimensions)
    factor = np.linalg.cholesky(problem.covariance(units))
    row = problem.centre(units) + factor @ rng.standard_normal(len(factor))
    return row if problem.model.shape_of is None else np.append(row, problem.shape(units))


def world(plan: Plan, row: Float64) -> World:
    """Hand a row of strengths to the oracle."""
    teams = len(plan.competition.teams)
    attack, defence, shape = np.split(row[FIRST_TEAM:], [teams, 2 * teams])
    return World(plan.strength.model, row[0], row[1], attack, defence, float(shape.sum()))


def known(plan: Plan, tournament: Tournament, *, rounds: int) -> Plan:
    """Return the plan as it stood after some rounds."""
    matches = tuple(
        replace(match, home_goals=int(scored), away_goals=int(conceded))
        if match.round is not None and match.round <= rounds
        else match
        for match, scored, conceded in zip(
            plan.matches, tournament.scored, tournament.conceded, strict=True
        )
    )
    return replace(plan, matches=matches)


def quantities(rows: Float64, sides: Results) -> dict[str, Float64]:
    """Return what is ranked for every row of strengths, each of shape (rows, entries)."""
    teams = sides.teams
    rows = rows[:, : FIRST_TEAM + 2 * teams]
    attack, defence = np.split(rows[:, FIRST_TEAM:], 2, axis=1)
    host, guest = np.split(np.array([sides.log_rates(row) for row in rows]), 2, axis=1)
    return {
        "intercept": rows[:, :1],
        "home_advantage": rows[:, 1:2],
        "attack": attack,
        "defence": defence,
        "attack_plus_defence": attack + defence,
        "lead_of_home_side": host - guest,
        "goals_of_match": host + guest,
        "spread_of_attack": attack.std(axis=1, keepdims=True),
        "spread_of_defence": defence.std(axis=1, keepdims=True),
        "best_team": (attack + defence).max(axis=1, keepdims=True),
    }


def ranks(
    rng: np.random.Generator, posterior: Posterior, row: Float64, sides: Results
) -> dict[str, Float64]:
    """Return the rank of the truth among one replicate of draws, as a number from 0 to 1.

    Of n draws and the truth together, the truth's place is equally likely to be any of n + 1; a
    uniform number spreads it over its place.
    """
    drawn = quantities(draws(posterior, rng_seed=RANK_SEED, replicate=0), sides)
    true = quantities(row[np.newaxis], sides)
    return {
        name: ((values < true[name]).sum(axis=0) + rng.random(values.shape[1])) / (len(values) + 1)
        for name, values in drawn.items()
    }


def shape_error(posterior: Posterior, row: Float64) -> tuple[float, float]:
    """Return the true shape less its posterior mean, and its posterior variance."""
    assert posterior.shape is not None
    mean = float(posterior.weights @ posterior.shape)
    return float(row[-1]) - mean, float(posterior.weights @ (posterior.shape - mean) ** 2)


def true_chances(season: Season, row: Float64) -> dict[str, Float64]:
    """Return the probability of every outcome if the strengths are known to be `row`."""
    rows = np.repeat(row[np.newaxis], DRAWS_PER_REPLICATE, axis=0)
    counts = play_strengths(season, rows, rng_seed=TRUTH_SEED, replicate=0)
    for replicate in range(1, REPLICATES):
        counts = add(counts, play_strengths(season, rows, rng_seed=TRUTH_SEED, replicate=replicate))
    return by_outcome(season, counts.outcomes / counts.runs)


def by_outcome(season: Season, values: Float64) -> dict[str, Float64]:
    """Name the rows."""
    return {o.id: values[k] for k, o in enumerate(season.layout.outcomes) if o.id in OUTCOMES}


def chances(season: Simulated, posterior: Posterior) -> dict[str, Chances]:
    """Forecast the second half of a season and compare."""
    program = lower(season.plans["half"], posterior.first_half_share)
    counts = simulate(program, posterior, rng_seed=FORECAST_SEED, replicates=REPLICATES)
    low, high = spread(hits=counts.outcomes, products=counts.products, replicates=REPLICATES)
    true = true_chances(program, season.row)
    p, lows, highs = (
        by_outcome(program, values) for values in (counts.outcomes / counts.runs, low, high)
    )
    return {
        name: Chances(p[name], lows[name], highs[name], true[name], season.left <= most)
        for name, most in OUTCOMES.items()
    }


def fitted(plan: Plan) -> Posterior:
    """Return the posterior of the fit under test."""
    return fit(plan).posterior


def simulated(plan: Plan, *, rng_seed: int, season: int) -> Simulated:
    """Draw a truth and play a season of it.

    Parameters
    ----------
    plan : Plan
        From `shape`.
    rng_seed, season : int
        Together they are the season.
    """
    rng = np.random.default_rng([rng_seed, season])
    row = truth(rng, plan)
    home = np.array([match.home for match in plan.matches])
    away = np.array([match.away for match in plan.matches])
    tournament = play_table(rng, world(plan, row), home, away)
    plans = {name: known(plan, tournament, rounds=last) for name, last in AS_OF.items()}
    return Simulated((rng_seed, season), row, tournament.left, plans)


def ranked(season: Simulated, posteriors: Mapping[str, Posterior]) -> Mapping[str, Ranks]:
    """Return the ranks of a season's truth in the posterior as of each day."""
    rng = np.random.default_rng([*season.key, RANK_SEED])
    matches = season.plans["whole"].matches
    sides = Results.of(matches, teams=len(season.left))
    return {name: ranks(rng, post, season.row, sides) for name, post in posteriors.items()}


def observe(season: Simulated) -> Observation:
    """Ask the fit and the forecast about a season."""
    posteriors = {name: fitted(plan) for name, plan in season.plans.items()}
    return Observation(
        ranks=ranked(season, posteriors),
        chances=chances(season, posteriors["half"]),
        shapes={
            name: shape_error(posterior, season.row)
            for name, posterior in posteriors.items()
            if posterior.shape is not None
        },
    )
