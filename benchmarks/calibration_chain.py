"""What the approximations of the fit cost: its posterior beside a long Markov chain's.

    uv run python -m benchmarks.calibration_chain [--model MODEL …] [--seasons N] [--json FILE]

The chain needs the log posterior only, so it serves every goal model and knows no normal
distribution, no nodes and no correction of the mean. It moves the strengths by Hamiltonian steps
(Neal, Handbook of Markov Chain Monte Carlo, 2011, chapter 5), in the coordinates in which the
fit's posterior is a standard normal; and the hyperparameters by random steps in two ways, the
strengths held, and the strengths scaled along with their prior: what one does slowly, the other
does fast (Yu and Meng, JCGS 2011;20:531).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy; small matrices want one thread

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from benchmarks.calibration_oracle import GOALS
from benchmarks.calibration_seasons import AS_OF, OUTCOMES, Simulated, fitted, shape, simulated
from forecast.arrays import DRAWS_PER_REPLICATE, Posterior
from forecast.counts import add
from forecast.lowering import lower
from forecast.plan import LEAST_REPLICATES, Plan
from forecast.simulate import simulate
from forecast.simulate.threads import play_strengths
from forecast.strength import summarise
from forecast.strength.general import General
from forecast.strength.informed import general_problem

__all__ = ["Chain", "compare", "sample"]

Float64 = NDArray[np.float64]

LEAP = 0.35
MOST_LEAPS = 8
"""Hamiltonian steps, in posterior standard deviations: nine in ten are taken, and a quarter turn
around a standard normal, after which nothing is remembered, is four or five of them."""

STEP = 0.6
"""Of the hyperparameters, in prior standard deviations: about a third of the steps are taken."""

CHAINS = 4
DRAWS = 3_000
WARM_UP = 200
STRETCHES = 20
"""Whose means give the error of a chain's mean; each is long beside the memory of a chain."""


@dataclass(slots=True)
class Walker:
    """One chain, and where it is.

    Attributes
    ----------
    problem : General
    mean, factor : float64
        The fit's posterior as one normal.
    units : float64, shape (hyperparameters,)
    row : float64, shape (2 + 2 * teams,)
    root : float64
        Cholesky factor of the prior covariance at `units`.
    """

    rng: np.random.Generator
    problem: General
    mean: Float64
    factor: Float64
    units: Float64
    row: Float64
    root: Float64

    def likelihood(self, row: Float64, units: Float64) -> float:
        """Return the log-likelihood, -inf where a score is impossible."""
        with np.errstate(all="ignore"):
            value = float(self.problem.terms(row, self.problem.shape(units)).value.sum())
        return value if np.isfinite(value) else -np.inf

    def slope(self, row: Float64) -> Float64:
        """Return the gradient of the log posterior by the strengths."""
        with np.errstate(all="ignore"):
            terms = self.problem.terms(row, self.problem.shape(self.units))
        apart = standard(self.root, row - self.problem.centre(self.units))
        pull = solve_triangular(self.root, apart, lower=True, trans="T", check_finite=False)
        return self.problem.known.spread(np.nan_to_num(terms.slope), len(row)) - pull

    def height(self, row: Float64) -> float:
        """Return the log posterior of the strengths at these hyperparameters, less a constant."""
        apart = standard(self.root, row - self.problem.centre(self.units))
        return self.likelihood(row, self.units) - 0.5 * float(apart @ apart)

    def leap(self) -> None:
        """Move the strengths."""
        speed = self.rng.standard_normal(len(self.row))
        start = self.height(self.row) - 0.5 * float(speed @ speed)
        row = self.row
        leap = LEAP * self.rng.uniform(0.5, 1.0)
        speed = speed + 0.5 * leap * self.factor.T @ self.slope(row)
        with np.errstate(all="ignore"):  # a path that leaves all bounds ends at nan: not taken
            for left in range(int(self.rng.integers(1, MOST_LEAPS + 1)), 0, -1):
                row = row + leap * self.factor @ speed
                speed = speed + (leap if left > 1 else 0.5 * leap) * self.factor.T @ self.slope(row)
            end = self.height(row) - 0.5 * float(speed @ speed)
        if start - end < self.rng.standard_exponential():
            self.row = row

    def step(self, *, scaled: bool) -> None:
        """Move the hyperparameters, with the strengths held or scaled along."""
        units = self.units + STEP * self.rng.standard_normal(len(self.units))
        root = np.linalg.cholesky(self.problem.covariance(units))
        now = standard(self.root, self.row - self.problem.centre(self.units))
        if scaled:
            row, gain = self.problem.centre(units) + root @ now, 0.0
        else:
            row, then = self.row, standard(root, self.row - self.problem.centre(units))
            shrunk = np.log(np.diagonal(self.root) / np.diagonal(root)).sum()
            gain = 0.5 * float(now @ now - then @ then) + float(shrunk)
        gain += 0.5 * float(self.units @ self.units - units @ units)
        gain += self.likelihood(row, units) - self.likelihood(self.row, self.units)
        if -gain < self.rng.standard_exponential():
            self.units, self.row, self.root = units, row, root


def standard(root: Float64, apart: Float64) -> Float64:
    """Return root⁻¹ @ apart."""
    solved: Float64 = solve_triangular(root, apart, lower=True, check_finite=False)
    return solved


@dataclass(frozen=True, slots=True)
class Chain:
    """Draws of the posterior without approximation, those of one chain after the other.

    Attributes
    ----------
    units : float64, shape (draws, hyperparameters)
    rows : float64, shape (draws, 2 + 2 * teams)
    """

    units: Float64
    rows: Float64

    def error(self) -> Float64:
        """Return the error of the mean of every strength, in its standard deviations."""
        means = np.array([part.mean(axis=0) for part in np.array_split(self.rows, STRETCHES)])
        error: Float64 = means.std(axis=0, ddof=1) / np.sqrt(STRETCHES) / self.rows.std(axis=0)
        return error


def as_one_normal(posterior: Posterior) -> tuple[Float64, Float64]:
    """Return mean and Cholesky factor of the covariance of a mixture."""
    mean = posterior.weights @ posterior.mean
    apart = posterior.mean - mean
    covariance = (posterior.weights * apart.T) @ apart
    for weight, factor in zip(posterior.weights, posterior.factor, strict=True):
        covariance += weight * factor @ factor.T
    return mean, np.linalg.cholesky(covariance)


def sample(problem: General, posterior: Posterior, *, rng_seed: int, draws: int = DRAWS) -> Chain:
    """Sample the posterior of a fit; `posterior` is where the chains start and their scale.

    Parameters
    ----------
    draws : int
        Of each chain.
    """
    mean, factor = as_one_normal(posterior)
    units, rows = [], []
    for chain in range(CHAINS):
        rng = np.random.default_rng([rng_seed, chain])
        start = 0.5 * rng.standard_normal(problem.dimensions)
        root = np.linalg.cholesky(problem.covariance(start))
        row = mean + factor @ rng.standard_normal(len(mean))
        walker = Walker(rng, problem, mean, factor, start, row, root)
        for draw in range(-WARM_UP, draws):
            walker.leap()
            walker.step(scaled=False)
            walker.step(scaled=True)
            if draw >= 0:
                units.append(walker.units)
                rows.append(walker.row)
    return Chain(np.array(units), np.array(rows))


def chances_of(plan: Plan, problem: General, chain: Chain, share: float) -> dict[str, Float64]:
    """Forecast the rest of a season with the chain's draws."""
    thinned = np.linspace(0, len(chain.rows) - 1, LEAST_REPLICATES * DRAWS_PER_REPLICATE)
    rows, units = chain.rows[thinned.astype(int)], chain.units[thinned.astype(int)]
    if problem.model.shape_of is not None:
        rows = np.column_stack([rows, [problem.shape(point) for point in units]])
    season = lower(plan, share)
    parts = [
        play_strengths(season, part, rng_seed=2, replicate=replicate)
        for replicate, part in enumerate(np.split(rows, LEAST_REPLICATES))
    ]
    counts = parts[0]
    for part in parts[1:]:
        counts = add(counts, part)
    layout = season.layout.outcomes
    return {one.id: counts.outcomes[k] / counts.runs for k, one in enumerate(layout)}


def compare(season: Simulated, as_of: str, *, draws: int = DRAWS) -> dict[str, float]:
    """Return how far the fit is from the chain.

    Shifts are of the posterior means, in the chain's standard deviations; ratios are of standard
    deviations, the fit's over the chain's; chances are differences of probabilities.
    """
    plan = season.plans[as_of]
    posterior = fitted(plan)
    problem = general_problem(plan, tuple(match for match in plan.matches if match.played))
    chain = sample(problem, posterior, rng_seed=season.key[1], draws=draws)
    mean, sd = chain.rows.mean(axis=0), chain.rows.std(axis=0)
    found = summarise(posterior)
    shift, ratio = (found.mean - mean) / sd, found.sd / sd
    figures = {
        "shift_of_intercept": shift[0],
        "shift_of_home_advantage": shift[1],
        "shift_of_attacks": shift[2 : 2 + problem.teams].mean(),
        "shift_of_defences": shift[2 + problem.teams :].mean(),
        "shift_rms": np.sqrt((shift[2:] ** 2).mean()),
        "sd_ratio_of_intercept": ratio[0],
        "sd_ratio": ratio[2:].mean(),
        "divergence": (np.log(1 / ratio) + (ratio**2 + shift**2 - 1.0) / 2.0)[2:].mean(),
        "chain_error_rms": np.sqrt((chain.error() ** 2).mean()),
        "chain_error_of_intercept": chain.error()[0],
    }
    if any(not match.played for match in plan.matches):
        share = posterior.first_half_share
        counts = simulate(lower(plan, share), posterior, rng_seed=1, replicates=LEAST_REPLICATES)
        exact = chances_of(plan, problem, chain, share)
        for k, name in enumerate(exact):
            if name in OUTCOMES:
                apart = counts.outcomes[k] / counts.runs - exact[name]
                figures[f"{name}_rms"] = np.sqrt((apart**2).mean())
                figures[f"{name}_largest"] = np.abs(apart).max()
    return {name: float(value) for name, value in figures.items()}


def main() -> None:
    """Compare, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", nargs="+", choices=sorted(GOALS), default=sorted(GOALS))
    parser.add_argument("--seasons", type=int, default=4)
    parser.add_argument("--rng-seed", type=int, default=2023)
    parser.add_argument("--json", type=Path)
    said = parser.parse_args()
    document: dict[str, list[dict[str, float]]] = {}
    for model in said.model:
        plan = shape(model)
        seasons = [simulated(plan, rng_seed=said.rng_seed, season=k) for k in range(said.seasons)]
        for as_of in AS_OF:
            found = []
            for number, season in enumerate(seasons):
                found.append(compare(season, as_of))
                print(f"\r{model}, {as_of}: season {number + 1}", end="", file=sys.stderr)
            print(file=sys.stderr)
            document[f"{model}: {as_of}"] = found
            print(f"{model}, as of {as_of}, {said.seasons} seasons")
            for name in found[0]:
                row = "".join(f"{one[name]:9.4f}" for one in found)
                mean = np.mean([one[name] for one in found])
                print(f"  {name:26}{row}   mean {mean:8.4f}", flush=True)
    if said.json:
        said.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
