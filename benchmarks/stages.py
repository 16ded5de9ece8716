"""CPU time of a run by stage.

    uv run python -m benchmarks.stages

Every step of `play_tile` is put into a wrapper that can play it several times over, and what a run
then costs more is the step's cost; playing it again changes nothing but sums that nobody reads. All
steps are measured in turn, in one process whose kernel is compiled for this alone. `whole` is what
a run takes there with every step played once, so `rest` is what the sum of the steps leaves over:
factors, seating, and what repeating a step with warm caches hides.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from time import thread_time

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from benchmarks.rows import NOTHING, Row, show
from forecast.arrays import RUNS_PER_REPLICATE
from forecast.config import load
from forecast.jit import jit_inner
from forecast.kernel import knockout, needs, scores, season, table
from forecast.lowering import lower
from forecast.simulate import compiling, draws
from forecast.simulate.threads import play_strengths
from forecast.strength import fit

CONFIG = "configs/copa_peru_2023/pre_tournament.toml"
STAGES = {
    "rates and goals": (scores, "draw_goals"),
    "table, ladder, points": (table, "play_table"),
    "knockout": (knockout, "play_knockout"),
    "who is in which place": (season, "count_slots"),
    "places": (season, "count_places"),
    "outcomes, spread": (season, "count_outcomes"),
    "needs": (needs, "count_needs"),
}
TIMES = 4
ROUNDS = 15

MEASURE = "stages"


@intrinsic
def read_integer(_context: object, address: types.Type) -> tuple[object, object]:
    """Read the int64 at an address: a constant of compiled code whose value Python may change."""

    def generate(
        _context: object, builder: ir.IRBuilder, _signature: object, given: list
    ) -> ir.Value:
        return builder.load(builder.inttoptr(given[0], ir.IntType(64).as_pointer()))

    return types.int64(address), generate


def repeated(step: object, address: int) -> Callable[..., object]:
    """Return a step of the kernel that is played as often as the integer at `address` says."""
    inner = jit_inner(step.py_func)  # as a function of its own, wherever it is inlined

    def again(*arguments: object) -> object:
        for _ in range(1, read_integer(address)):
            inner(*arguments)
        return inner(*arguments)

    return jit_inner(again)


def in_this_process() -> dict[str, float]:
    """Return the ns of each stage, of the whole, of the draws; changes the kernel for good."""
    times = np.ones(len(STAGES), np.int64)
    compiling.HELPED = ()  # another process would compile the steps as they are
    for k, (module, name) in enumerate(STAGES.values()):
        address = times.ctypes.data + k * times.itemsize
        setattr(module, name, repeated(getattr(module, name), address))
    plan = load(CONFIG)
    posterior = fit(plan).posterior
    lowered = lower(plan, posterior.first_half_share)
    strengths = draws(posterior, rng_seed=1, replicate=0)

    def nanoseconds(call: Callable[[], object]) -> float:
        before = thread_time()
        call()
        return (thread_time() - before) / RUNS_PER_REPLICATE * 1e9

    def play() -> None:
        play_strengths(lowered, strengths, rng_seed=1, replicate=0)

    play()
    found: dict[str, list[float]] = {}
    for number in range(ROUNDS):
        once = nanoseconds(play)
        found.setdefault("whole", []).append(once)
        ns = nanoseconds(lambda n=number: draws(posterior, rng_seed=1, replicate=n))
        found.setdefault("draws of strengths", []).append(ns)
        for k, label in enumerate(STAGES):
            times[k] = TIMES
            found.setdefault(label, []).append((nanoseconds(play) - once) / (TIMES - 1))
            times[k] = 1
    return {name: statistics.median(values) for name, values in found.items()}


def measure() -> list[Row]:
    """Measure in a process of its own, with a cache of its own."""
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.stages", "--here"],
            env={**os.environ, "FORECAST_CACHE_DIR": cache},
            check=True,
            capture_output=True,
            text=True,
        )
    found = json.loads(done.stdout)
    whole = found.pop("whole")
    found["rest"] = whole - sum(found[label] for label in STAGES)
    rows = [Row(MEASURE, name, ns, "ns CPU a run", NOTHING) for name, ns in found.items()]
    return [*rows, Row(MEASURE, "whole, without draws", whole, "ns CPU a run")]


if __name__ == "__main__":
    if "--here" in sys.argv:
        print(json.dumps(in_this_process()))
    else:
        show(measure())
