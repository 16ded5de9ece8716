"""How fast this machine simulates a forecast: first call, steady speed, one to all workers."""

from __future__ import annotations

import json
import platform
import resource
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, thread_time

import numba
import numpy as np

from forecast.arrays import RUNS_PER_REPLICATE, TILE, Counts, Posterior, Season
from forecast.left import left_of
from forecast.lowering import lower
from forecast.plan import Plan
from forecast.simulate import draws, simulate
from forecast.simulate.threads import play, play_strengths
from forecast.strength import fit

__all__ = [
    "Bench",
    "Scaling",
    "bench",
    "machine",
    "matches_per_run",
    "median_seconds",
    "peak_memory_mb",
]

REPEATS = 5
REPLICATES_A_WORKER = 8


@dataclass(frozen=True, slots=True)
class Scaling:
    """Wall time on some workers: the median over `REPEATS` calls."""

    workers: int
    runs_per_second: float
    matches_per_second: float
    efficiency: float
    """Speed over that of one worker, a worker."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What was measured; times in nanoseconds are CPU time of one thread, a run.

    `draw_ns_per_run` is the share of `ns_per_run` that draws the strengths (Sobol points, inverse
    normal, Cholesky factor). With `frozen_ns_per_run` all tiles share one row of strengths.
    """

    forecast_id: str
    teams: int
    matches_per_run: int
    first_call_seconds: float
    ns_per_run: float
    draw_ns_per_run: float
    frozen_ns_per_run: float
    peak_memory_mb: float
    scaling: tuple[Scaling, ...]
    machine: dict[str, str | int]

    def json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    def text(self) -> str:
        """Return everything as lines for people."""
        lines = [
            f"{self.forecast_id}: {self.teams} teams, {self.matches_per_run} matches a run",
            f"first call      {self.first_call_seconds:8.2f} s",
            f"one run         {self.ns_per_run:8.0f} ns of one core, a draw every {TILE} runs",
            f"  of it draws   {self.draw_ns_per_run:8.0f} ns",
            f"frozen          {self.frozen_ns_per_run:8.0f} ns with the same strengths in all runs",
            f"peak memory     {self.peak_memory_mb:8.0f} MB",
        ]
        lines += [
            f"workers {row.workers:<3}     {row.runs_per_second:12,.0f} runs/s "
            f"{row.matches_per_second:15,.0f} matches/s   efficiency {row.efficiency:.2f}"
            for row in self.scaling
        ]
        return "\n".join([*lines, ", ".join(f"{k} {v}" for k, v in self.machine.items())]) + "\n"


def machine() -> dict[str, str | int]:
    """Return what a figure depends on."""
    return {
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 (a pseudo-file)
            return next(line.split(":")[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def matches_per_run(plan: Plan) -> int:
    """Return the matches that a run simulates: fixtures left and legs of ties."""
    return sum(left_of(plan, stage) for stage in plan.competition.stages)


def median_seconds(call: Callable[[], object], clock: Callable[[], float], repeats: int) -> float:
    """Return the median seconds of a call by `clock`."""
    times = []
    for _ in range(repeats):
        before = clock()
        call()
        times.append(clock() - before)
    return statistics.median(times)


def bench(plan: Plan, *, workers: int) -> Bench:
    """Measure a plan's simulation with a fresh draw of strengths every tile.

    The first call compiles, or loads what an earlier process compiled.
    """
    posterior = fit(plan).posterior
    season = lower(plan, posterior.first_half_share)
    seed = plan.simulation.rng_seed
    strengths = draws(posterior, rng_seed=seed, replicate=0)
    before = perf_counter()
    play_strengths(season, strengths, rng_seed=seed, replicate=0)
    first = perf_counter() - before
    frozen = np.repeat(strengths[:1], len(strengths), axis=0)

    def nanoseconds(call: Callable[[], Counts | object]) -> float:
        return median_seconds(call, thread_time, REPEATS) / RUNS_PER_REPLICATE * 1e9

    return Bench(
        forecast_id=plan.id,
        teams=season.teams,
        matches_per_run=matches_per_run(plan),
        first_call_seconds=first,
        ns_per_run=nanoseconds(lambda: play(season, posterior, rng_seed=seed, replicate=0)),
        draw_ns_per_run=nanoseconds(lambda: draws(posterior, rng_seed=seed, replicate=0)),
        frozen_ns_per_run=nanoseconds(
            lambda: play_strengths(season, frozen, rng_seed=seed, replicate=0)
        ),
        scaling=_scale(season, posterior, seed, matches=matches_per_run(plan), most=workers),
        peak_memory_mb=peak_memory_mb(),
        machine={**machine(), "workers": workers},
    )


def _scale(
    season: Season, posterior: Posterior, seed: int, *, matches: int, most: int
) -> tuple[Scaling, ...]:
    speeds = []
    for workers in range(1, most + 1):
        replicates = REPLICATES_A_WORKER * workers
        seconds = median_seconds(
            lambda w=workers, r=replicates: simulate(  # type: ignore[misc]
                season, posterior, rng_seed=seed, replicates=r, workers=w
            ),
            perf_counter,
            REPEATS,
        )
        speeds.append(replicates * RUNS_PER_REPLICATE / seconds)
    return tuple(
        Scaling(k + 1, speed, speed * matches, speed / speeds[0] / (k + 1))
        for k, speed in enumerate(speeds)
    )


def peak_memory_mb() -> float:
    """Return the most memory that this process ever had.

    Linux hands what `getrusage` says on from the process that started this one; VmHWM it does not.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    except (OSError, IndexError):
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
