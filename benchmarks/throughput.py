"""CPU time of a run and runs a second, beside two plain peers in the same process.

    uv run python -m benchmarks.throughput

Each figure is a median after a warm-up; a time a run is CPU time of one thread, so that other work
on the machine weighs little; runs a second are wall time. The peers play with frozen strengths.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from time import thread_time

import numpy as np
from numpy.typing import NDArray

from benchmarks import plain_numba, vectorised_numpy
from benchmarks.rows import EVERYTHING, PLACES, Row, show
from benchmarks.shape import Season, season_from_arrays
from forecast.arrays import FIRST_TEAM, Posterior
from forecast.bench import bench, median_seconds
from forecast.config import load
from forecast.plan import Plan
from forecast.strength import fit

CONFIG = "configs/copa_peru_2023/pre_tournament.toml"
PEER_RUNS = 20_000
PEER_REPEATS = 5

MEASURE = "throughput"


def frozen(posterior: Posterior) -> Posterior:
    """Return the strengths frozen at their posterior mean."""
    mean = posterior.weights @ posterior.mean
    return Posterior(
        weights=np.ones(1),
        mean=mean[np.newaxis],
        factor=np.zeros((1, mean.size, 0)),
        first_half_share=posterior.first_half_share,
    )


def peer_season(plan: Plan) -> Season:
    """Return the plan's fixtures with the strengths frozen at their posterior mean."""
    posterior = frozen(fit(plan).posterior)
    mean = posterior.mean[0]
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


def peer_ns_per_run(simulate: Callable[..., NDArray[np.int64]], season: Season) -> float:
    """Return a peer's CPU time a run, warm, in ns."""
    simulate(season, runs=64, rng_seed=1)
    seconds = median_seconds(
        lambda: simulate(season, runs=PEER_RUNS, rng_seed=2), thread_time, PEER_REPEATS
    )
    return seconds / PEER_RUNS * 1e9


def measure() -> list[Row]:
    """Measure the shipped forecast before the tournament, and the peers."""
    plan = load(CONFIG)
    ours = bench(plan, workers=len(os.sched_getaffinity(0)))
    season = peer_season(plan)
    peers = {
        "plain numba": peer_ns_per_run(plain_numba.simulate, season),
        "vectorised numpy": peer_ns_per_run(vectorised_numpy.simulate, season),
    }
    figures = [
        ("a run, a draw every 64 runs", ours.ns_per_run, "ns CPU", EVERYTHING),
        ("a run, frozen strengths", ours.frozen_ns_per_run, "ns CPU", EVERYTHING),
        *((f"a run of {name}", ns, "ns CPU", PLACES) for name, ns in peers.items()),
        *(
            (f"{name} over a run with draws", ns / ours.ns_per_run, "times", EVERYTHING)
            for name, ns in peers.items()
        ),
        *(
            (f"{name} over a frozen run", ns / ours.frozen_ns_per_run, "times", EVERYTHING)
            for name, ns in peers.items()
        ),
        *((f"workers: {s.workers}", s.runs_per_second, "runs/s", EVERYTHING) for s in ours.scaling),
        *(
            (f"efficiency of {s.workers} workers", s.efficiency, "", EVERYTHING)
            for s in ours.scaling[1:]
        ),
    ]
    return [Row(MEASURE, *figure) for figure in figures]


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    show(measure())
