"""CPU seconds of one core until every published chance is known to 0.1 point.

    uv run python -m benchmarks.precision [CONFIG] [--seeds N] [--json FILE]

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
import json
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from time import thread_time

import numpy as np

from forecast.arrays import RUNS_PER_REPLICATE, Counts
from forecast.bench import machine
from forecast.config import load
from forecast.counts import add
from forecast.lowering import lower
from forecast.plan import LEAST_REPLICATES
from forecast.simulate.threads import play
from forecast.strength import fit
from forecast.tables import standard_error

CONFIG = "configs/copa_peru_2023/pre_tournament.toml"
TARGET = 0.001
LEAST_CHANCE = 0.001
"""Rarer cells are left out of the ratios: their few hits have no normal spread."""


@dataclass(frozen=True, slots=True)
class Precision:
    """What was measured; errors are standard deviations of a chance."""

    forecast_id: str
    seeds: int
    runs: int
    cpu_seconds: float
    worst_error: float
    median_error: float
    cpu_seconds_to_target: float
    ratio_least: float
    ratio_median: float
    ratio_largest: float
    machine: dict[str, str | int]


def measure(config: str, seeds: int) -> Precision:
    """Forecast with many seeds and compare."""
    plan = load(config)
    posterior = fit(plan).posterior
    season = lower(plan, posterior.first_half_share)
    chances, errors, seconds = [], [], []
    for seed in range(seeds + 1):
        before = thread_time()
        parts = [
            play(season, posterior, rng_seed=seed, replicate=r) for r in range(LEAST_REPLICATES)
        ]
        seconds.append(thread_time() - before)
        total: Counts = parts[0]
        for part in parts[1:]:
            total = add(total, part)
        chances.append(total.outcomes / total.runs)
        errors.append(
            standard_error(
                hits=total.outcomes, squares=total.outcome_squares, replicates=total.replicates
            )
        )
    observed = np.std(chances[1:], axis=0, ddof=1)  # the first one compiled
    published = np.sqrt(np.mean(np.square(errors[1:]), axis=0))
    often = np.mean(chances[1:], axis=0) >= LEAST_CHANCE
    ratio = published[often & (observed > 0)] / observed[often & (observed > 0)]
    spent = statistics.median(seconds[1:])
    return Precision(
        forecast_id=plan.id,
        seeds=seeds,
        runs=LEAST_REPLICATES * RUNS_PER_REPLICATE,
        cpu_seconds=spent,
        worst_error=float(observed.max()),
        median_error=float(np.median(observed)),
        cpu_seconds_to_target=spent * (float(observed.max()) / TARGET) ** 2,
        ratio_least=float(ratio.min()),
        ratio_median=float(np.median(ratio)),
        ratio_largest=float(ratio.max()),
        machine=machine(),
    )


def main() -> None:
    """Measure, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", nargs="?", default=CONFIG)
    parser.add_argument("--seeds", type=int, default=64)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures = asdict(measure(arguments.config, arguments.seeds))
    for name, value in figures.items():
        print(f"{name:24} {value:,.6f}" if isinstance(value, float) else f"{name:24} {value}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
