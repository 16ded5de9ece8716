"""What the files that people open cost: pages, pictures and spreadsheets of one forecast.

    uv run python -m benchmarks.pages

Makes the forecast after round 1 once, at the least number of runs, without what people open. Then
processes of their own, a few times, read its folder and make all of that; the tables are there. The
CPU time of the drawing process is told apart; the wall time means something on an idle machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

FORECAST = Path("configs/copa_peru_2023/after_round_1.toml")
GOAL = 3.0
"""Seconds of wall time on an idle machine."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=FORECAST)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.folder:
        print(json.dumps(once(arguments.folder)))
        return
    with tempfile.TemporaryDirectory() as out:
        run = [
            "-m",
            "forecast",
            "run",
            arguments.config,
            "--runs",
            "1",
            "--no-report",
            "--out",
            out,
        ]
        called(run)
        (folder,) = (path.parent for path in Path(out).glob("*/provenance.json"))
        again = ["-m", "benchmarks.pages", "--folder", folder]
        found = [json.loads(called(again)) for _ in range(arguments.times)]
    print(report(found))


def called(arguments: list[object]) -> str:
    """Return what a Python process prints."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 (ours)


def once(folder: Path) -> dict[str, float]:
    """Make the files from a folder in this process; return seconds by step and kind of time."""
    times: dict[str, float] = {}
    began, before = perf_counter(), process_time()

    def lap(step: str) -> None:
        nonlocal before
        times[step], before = process_time() - before, process_time()

    from forecast.report.package import data_files  # noqa: PLC0415 (a part of the cost)
    from forecast.report.pages import reader_files  # noqa: PLC0415 (same)
    from forecast.report.stored import read_stored  # noqa: PLC0415 (same)

    lap("imports")
    stored = read_stored(folder)
    lap("reading")
    data_files(stored.facts, stored.tables, desk=True)
    lap("spreadsheets and copies of the tables")
    reader_files(stored, out=folder.parent)
    lap("page, and packing of pictures")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    times["drawing process"] = used.ru_utime + used.ru_stime
    return times | {"wall": perf_counter() - began}


def report(found: list[dict[str, float]]) -> str:
    """Return medians as text."""
    medians = {name: median(each[name] for each in found) for name in found[0]}
    wall = medians.pop("wall")
    lines = [f"{name:40} {seconds:6.2f} s CPU" for name, seconds in medians.items()]
    total = sum(medians.values())
    verdict = "met" if wall <= GOAL else "MISSED, or the machine was busy"
    last = f"{'together':40} {total:6.2f} s CPU, {wall:.2f} s wall (goal {GOAL:g} s: {verdict})"
    return "\n".join([*lines, last])


if __name__ == "__main__":
    main()
