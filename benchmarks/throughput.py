"""Throughput of the kernel beside two plain peers, in one run.

    uv run python -m benchmarks.throughput [CONFIG] [--json FILE]

Goal: at least 500,000 runs/s on two cores with a fresh draw of strengths every 64 runs, and ten
times plain numba, which plays with frozen strengths. Each figure is a median after a warm-up; a
time a run is CPU time of one thread, so that other work on the machine weighs little. All sides
count every place of the table and of every knockout round; the kernel also counts outcomes,
points, cuts and the spread over strengths.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from time import thread_time

from benchmarks import plain_numba, vectorised_numpy
from benchmarks.shape import Season, season_from_arrays
from forecast.arrays import FIRST_TEAM
from forecast.bench import bench, median_seconds
from forecast.config import load
from forecast.plan import Plan
from forecast.strength import fit

CONFIG = "configs/copa_peru_2023/pre_tournament.toml"
PEER_RUNS = 20_000
PEER_REPEATS = 5

FIRST_CALL = """
import sys
from forecast.bench import bench
from forecast.config import load
print(bench(load(sys.argv[1]), workers=1).first_call_seconds)
"""


def peer_season(plan: Plan) -> Season:
    """Return the plan's fixtures with the strengths frozen at their posterior mean."""
    posterior = fit(plan).posterior
    mean = posterior.weights @ posterior.mean
    teams = len(plan.competition.teams)
    table = plan.competition.stages[0].id
    fixtures = [match for match in plan.matches if match.stage == table and not match.played]
    return season_from_arrays(
        [match.home for match in fixtures],
        [match.away for match in fixtures],
        intercept=float(mean[0]),
        home_advantage=float(mean[1]),
        attack=mean[FIRST_TEAM : FIRST_TEAM + teams],
        defence=mean[FIRST_TEAM + teams :],
        first_half_share=posterior.first_half_share,
    )


def peer_ns_per_run(simulate: object, season: Season) -> float:
    """Return a peer's CPU time a run, warm, in ns."""
    assert callable(simulate)
    simulate(season, runs=64, rng_seed=1)
    seconds = median_seconds(
        lambda: simulate(season, runs=PEER_RUNS, rng_seed=2), thread_time, PEER_REPEATS
    )
    return seconds / PEER_RUNS * 1e9


def first_calls(config: str) -> tuple[float, float]:
    """Return the seconds of the first call in new processes: cache empty, then filled."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "FORECAST_CACHE_DIR": cache}
        cold, cached = (
            float(
                subprocess.run(  # noqa: S603 (our own interpreter and text)
                    [sys.executable, "-c", FIRST_CALL, config],
                    env=environment,
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
            )
            for _ in range(2)
        )
    return cold, cached


def measure(config: str) -> dict[str, object]:
    """Measure everything for one config."""
    plan = load(config)
    ours = bench(plan, workers=len(os.sched_getaffinity(0)))
    season = peer_season(plan)
    numba_ns = peer_ns_per_run(plain_numba.simulate, season)
    numpy_ns = peer_ns_per_run(vectorised_numpy.simulate, season)
    cold, cached = first_calls(config)
    return {
        **asdict(ours),
        "first_call_cold_seconds": cold,
        "first_call_cached_seconds": cached,
        "plain_numba_ns_per_run": numba_ns,
        "vectorised_numpy_ns_per_run": numpy_ns,
        "ratio_to_plain_numba": numba_ns / ours.ns_per_run,
        "ratio_to_vectorised_numpy": numpy_ns / ours.ns_per_run,
    }


def show(figures: dict[str, object]) -> None:
    """Print the figures, a line each."""
    for name, value in figures.items():
        if name == "scaling":
            for row in value:  # type: ignore[attr-defined]
                print(
                    f"{row['workers']} workers: {row['runs_per_second']:,.0f} runs/s, "
                    f"{row['matches_per_second']:,.0f} matches/s, "
                    f"efficiency {row['efficiency']:.2f}"
                )
        else:
            print(f"{name:30} {value:,.2f}" if isinstance(value, float) else f"{name:30} {value}")


def main() -> None:
    """Measure, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", nargs="?", default=CONFIG)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures = measure(arguments.config)
    show(figures)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
