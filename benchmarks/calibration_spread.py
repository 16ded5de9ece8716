"""Where `low` and `high` should be: the chance under every draw of strengths, by itself.

    uv run python -m benchmarks.calibration_spread [--seasons N]

A forecast sees each draw through 64 runs and reads its points off a Beta distribution. Here every
draw of one replicate is played 4,096 times, so that the points of the chances are there to be
counted. Both are held against the true chance of seasons drawn from the model (Poisson, as of half
a season), for forecasts from 2 % to 98 %. A third pair is that of another family with the same mean
and variance: a run succeeds if a normal number exceeds a bound, and a share of its variance is the
strengths' (Vasicek, Risk 2002;15(12):160).
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy; small matrices want one thread

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, owens_t

from benchmarks.calibration_checks import SEEN
from benchmarks.calibration_seasons import (
    FORECAST_SEED,
    OUTCOMES,
    REPLICATES,
    Simulated,
    by_outcome,
    fitted,
    shape,
    simulated,
    true_chances,
)
from forecast.arrays import DRAWS_PER_REPLICATE, TILE
from forecast.lowering import lower
from forecast.simulate import draws, simulate
from forecast.simulate.threads import play_strengths
from forecast.tables import spread
from forecast.tables.uncertainty import HIGH, LOW

Float64 = NDArray[np.float64]

TILES = 64
"""Of each draw: its chances are known to 0.008 at one half."""

HALVINGS = 50


def points_of_a_normal(mean: Float64, square: Float64) -> tuple[Float64, Float64]:
    """Return the points of p with these means of p and p², if its probit is normal.

    The mean of p² is the chance that two normal numbers with correlation r stay below one bound,
    mean - 2 T(bound, sqrt((1 - r) / (1 + r))) with Owen's T.
    """
    bound, wanted = ndtri(mean), (mean - square) / 2.0
    least, most = np.zeros_like(mean), np.ones_like(mean)
    for _ in range(HALVINGS):
        middle = (least + most) / 2.0
        above = owens_t(bound, middle) > wanted
        least, most = np.where(above, least, middle), np.where(above, middle, most)
    r = (1.0 - middle**2) / (1.0 + middle**2)
    low, high = (ndtr((bound + np.sqrt(r) * ndtri(p)) / np.sqrt(1.0 - r)) for p in (LOW, HIGH))
    return low, high


def points(season: Simulated) -> dict[str, dict[str, Float64]]:
    """Return for each outcome (low, high, true chance) by each way, for forecasts that count.

    Each value has the shape (3, teams), true chances the last.
    """
    plan = season.plans["half"]
    posterior = fitted(plan)
    program = lower(plan, posterior.first_half_share)
    counts = simulate(program, posterior, rng_seed=FORECAST_SEED, replicates=REPLICATES)
    mean = counts.outcomes / counts.runs
    square = counts.products / (REPLICATES * DRAWS_PER_REPLICATE * (TILE // 2) ** 2)
    beta = spread(hits=counts.outcomes, products=counts.products, replicates=REPLICATES)
    counted = np.empty((DRAWS_PER_REPLICATE, *mean.shape))
    rows = draws(posterior, rng_seed=FORECAST_SEED, replicate=REPLICATES)
    for draw, row in enumerate(rows):
        same = np.repeat(row[np.newaxis], TILES, axis=0)
        played = play_strengths(program, same, rng_seed=FORECAST_SEED, replicate=draw)
        counted[draw] = played.outcomes / (TILES * TILE)
    with np.errstate(divide="ignore"):  # certain chances are not looked at
        ways = {
            "counted": tuple(np.quantile(counted, [LOW, HIGH], axis=0)),
            "Beta": beta,
            "normal": points_of_a_normal(mean, square),
        }
    p, true = by_outcome(program, mean), true_chances(program, season.row)
    named = {way: [by_outcome(program, end) for end in ends] for way, ends in ways.items()}
    return {
        name: {
            way: np.stack([low[name], high[name], true[name]])[
                :, (p[name] >= SEEN) & (p[name] <= 1 - SEEN)
            ]
            for way, (low, high) in named.items()
        }
        for name in OUTCOMES
    }


def line(ways: list[dict[str, Float64]], way: str) -> str:
    """Say how one way did: means over seasons with their errors, in per cent and points."""
    seasons = [each for each in ways if each[way].size]
    rows = []
    for each in seasons:
        (low, high, true), (best_low, best_high, _) = each[way], each["counted"]
        figures = (true < low, true > high, low - best_low, high - best_high)
        rows.append([100.0 * float(figure.mean()) for figure in figures])
    mean = np.mean(rows, axis=0)
    error = np.std(rows, axis=0, ddof=1) / np.sqrt(len(rows))
    return "".join(f"{m:8.2f} ± {e:.2f}" for m, e in zip(mean, error, strict=True))


def main() -> None:
    """Print a line an outcome and way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seasons", type=int, default=40)
    parser.add_argument("--rng-seed", type=int, default=2023)
    said = parser.parse_args()
    plan = shape("poisson")
    found = [
        points(simulated(plan, rng_seed=said.rng_seed, season=season))
        for season in range(said.seasons)
    ]
    print(f"{said.seasons} seasons: % of true chances below low, above high (5 each if right);")
    print("low and high less those counted, in percentage points")
    for name in OUTCOMES:
        ways = [season[name] for season in found]
        for way in ways[0]:
            print(f"{name:10} {way:8} {line(ways, way)}")


if __name__ == "__main__":
    main()
