"""CPU seconds of one core until every published chance is known to 0.1 point.

    uv run python -m benchmarks.precision [--seeds N]

Goal: at most 0.15 s for the shipped forecast before the tournament, strengths redrawn every 64
runs, every place, outcome, cut, point total and the spread over strengths counted. The forecast is
made with N seeds; a cell's error is the spread of its chance over them, which no estimate of the
program enters. Errors fall with the root of the runs, so the seconds are those of one forecast
times (worst error / 0.001) squared. The worst of some hundred estimated spreads overstates: with 64
seeds by about a quarter. Beside it stands how honest the published errors are: over cells, the
ratio of their root mean square to the observed spread.
"""

from __future__ import annotations

import argparse
import statistics
from time import thread_time

import numpy as np
from numpy.typing import NDArray

from benchmarks.rows import EVERYTHING, Row, show
from forecast.arrays import RUNS_PER_REPLICATE, Counts, Posterior, Season
from forecast.config import load
from forecast.counts import add
from forecast.lowering import lower
from forecast.plan import LEAST_REPLICATES
from forecast.simulate.threads import play
from forecast.strength import fit
from forecast.tables import standard_error

CONFIG = "configs/copa_peru_2023/pre_tournament.toml"
SEEDS = 64
TARGET = 0.001
LEAST_CHANCE = 0.001
"""Rarer cells are left out of the ratios: their few hits have no normal spread."""

MEASURE = "precision"

Float64 = NDArray[np.float64]


def simulated(season: Season, posterior: Posterior, rng_seed: int) -> tuple[Counts, float]:
    """Return the counts of the least forecast and its CPU seconds."""
    before = thread_time()
    parts = [
        play(season, posterior, rng_seed=rng_seed, replicate=replicate)
        for replicate in range(LEAST_REPLICATES)
    ]
    seconds = thread_time() - before
    total = parts[0]
    for part in parts[1:]:
        total = add(total, part)
    return total, seconds


def observe(seeds: int) -> tuple[Float64, Float64, Float64, float]:
    """Return each cell's chance, its published error, its observed one, and CPU seconds."""
    plan = load(CONFIG)
    posterior = fit(plan).posterior
    season = lower(plan, posterior.first_half_share)
    simulated(season, posterior, seeds)  # compiles
    chances, errors, seconds = [], [], []
    for seed in range(seeds):
        total, spent = simulated(season, posterior, seed)
        chances.append(total.outcomes / total.runs)
        errors.append(
            standard_error(
                hits=total.outcomes, squares=total.outcome_squares, replicates=total.replicates
            )
        )
        seconds.append(spent)
    published = np.sqrt(np.mean(np.square(errors), axis=0))
    observed: Float64 = np.std(chances, axis=0, ddof=1)
    return np.mean(chances, axis=0), published, observed, statistics.median(seconds)


def measure(seeds: int = SEEDS) -> list[Row]:
    """Forecast with many seeds and compare."""
    chance, published, observed, seconds = observe(seeds)
    usual = (chance >= LEAST_CHANCE) & (observed > 0)
    ratio = published[usual] / observed[usual]
    worst = float(observed.max())
    figures = [
        ("to 0.1 point in every cell", seconds * (worst / TARGET) ** 2, "s CPU", EVERYTHING),
        ("one forecast", seconds, "s CPU", EVERYTHING),
        ("its runs", LEAST_REPLICATES * RUNS_PER_REPLICATE, "runs", EVERYTHING),
        ("its worst error", worst, "chance", "outcomes"),
        ("its median error", float(np.median(observed)), "chance", "outcomes"),
        ("published over observed error, least", float(ratio.min()), "", "outcomes"),
        ("published over observed error, median", float(np.median(ratio)), "", "outcomes"),
        ("published over observed error, largest", float(ratio.max()), "", "outcomes"),
        ("seeds", seeds, "", "outcomes"),
    ]
    return [Row(MEASURE, *figure) for figure in figures]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    show(measure(parser.parse_args().seeds))


if __name__ == "__main__":
    main()
