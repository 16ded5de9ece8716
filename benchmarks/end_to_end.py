"""Where the time of a default forecast goes, from shell to shell.

    uv run python -m benchmarks.end_to_end [CONFIG]

Goal: under 3 s warm, with tables. Each figure is a median over new processes, after one that fills
the caches. The whole command is given as CPU time, its children's included, and as wall time, which
means something on a quiet machine only; the stages, of a process that takes them one after the
other on one thread (`end_to_end_stages`), as CPU time. Python must be allowed to keep its bytecode:
compiling every library from source at each start takes two seconds more.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from statistics import median
from time import perf_counter

from benchmarks.rows import NOTHING, Row, show

CONFIG = "configs/copa_peru_2023/pre_tournament.toml"
MEASURE = "end to end"
REPEATS = 5


def commands(config: str, *options: str, out: str) -> tuple[float, float]:
    """Return median CPU and wall seconds of `forecast run`, with options."""
    found = []
    for _ in range(REPEATS):
        spent, before = cpu_of_children(), perf_counter()
        in_new_process("forecast", "run", config, "--force", "--out", out, *options)
        found.append((cpu_of_children() - spent, perf_counter() - before))
    cpu, wall = zip(*found, strict=True)
    return median(cpu), median(wall)


def cpu_of_children() -> float:
    """Return the CPU seconds of all processes that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def stages(config: str) -> dict[str, float]:
    """Return the median CPU seconds of every stage, by name."""
    found = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as out:
            said = in_new_process("benchmarks.end_to_end_stages", config, out)
        found.append(json.loads(said))
    return {name: median(each[name] for each in found) for name in found[0]}


def in_new_process(module: str, *arguments: str) -> str:
    """Run a module of Python and return what it prints."""
    done = subprocess.run(  # noqa: S603 (our own interpreter and modules)
        [sys.executable, "-m", module, *arguments],
        env={
            **os.environ,
            "OPENBLAS_NUM_THREADS": "1",  # as `forecast.cli` sets it
            "PYTHONDONTWRITEBYTECODE": "",
        },
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def measure(config: str = CONFIG) -> list[Row]:
    """Measure the whole command with and without pages, and its stages."""
    with tempfile.TemporaryDirectory() as out:
        in_new_process("forecast", "run", config, "--force", "--out", out)
        tables_cpu, tables_wall = commands(config, "--no-report", out=out)
        all_cpu, all_wall = commands(config, out=out)
    rows = [
        Row(MEASURE, "with tables, CPU", tables_cpu, "s"),
        Row(MEASURE, "with tables, wall", tables_wall, "s"),
        Row(MEASURE, "with tables and pages, CPU", all_cpu, "s"),
        Row(MEASURE, "with tables and pages, wall", all_wall, "s"),
    ]
    return rows + [
        Row(MEASURE, name, seconds * 1e3, "ms CPU", NOTHING)
        for name, seconds in stages(config).items()
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", nargs="?", default=CONFIG)
    show(measure(parser.parse_args().config))
