"""How long the first forecast on a machine, and in a process, waits for compiled code.

    uv run python -m benchmarks.start_up

Wall time from a fitted plan to the counts of its first replicate, in new processes: the first finds
an empty cache and compiles, the second loads what the first has left. The last figures are the
steady time of a replicate, to be taken off, and the peak of memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from time import perf_counter

from benchmarks.rows import NOTHING, Row, show
from forecast.bench import peak_memory_mb
from forecast.config import load
from forecast.lowering import lower
from forecast.simulate.threads import play
from forecast.strength import fit

CONFIG = "configs/copa_peru_2023/pre_tournament.toml"

MEASURE = "start-up"


def first_call() -> dict[str, float]:
    """Return the seconds of the first and the second replicate of this process, and its peak."""
    plan = load(CONFIG)
    posterior = fit(plan).posterior
    moments = [perf_counter()]
    for _ in range(2):
        season = lower(plan, posterior.first_half_share)
        play(season, posterior, rng_seed=1, replicate=0)
        moments.append(perf_counter())
    peak = peak_memory_mb()
    return {"first": moments[1] - moments[0], "second": moments[2] - moments[1], "peak": peak}


def in_new_process(cache: str) -> dict[str, float]:
    """Return what `first_call` finds in a new process with a cache of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.start_up", "--here"],
        env={**os.environ, "FORECAST_CACHE_DIR": cache},
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure() -> list[Row]:
    """Measure with an empty cache, then with the one that it left."""
    with tempfile.TemporaryDirectory() as cache:
        cold, cached = in_new_process(cache), in_new_process(cache)
    return [
        Row(MEASURE, "first call, cold", cold["first"], "s"),
        Row(MEASURE, "first call, cached", cached["first"], "s"),
        Row(MEASURE, "steady replicate", cached["second"], "s"),
        Row(MEASURE, "peak memory, cold", cold["peak"], "MB", NOTHING),
        Row(MEASURE, "peak memory, cached", cached["peak"], "MB", NOTHING),
    ]


if __name__ == "__main__":
    if "--here" in sys.argv:
        print(json.dumps(first_call()))
    else:
        show(measure())
