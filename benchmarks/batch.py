"""What a forecast of a batch costs beyond its simulation: `python -m benchmarks.batch`.

Two hundred configs of the shipped season, each with a seed of its own, go through `forecast run
--no-report` in one process. Goal: at most 0.15 s a forecast for reading, fitting, proofs, tables
and writing, beside the simulation, and one compilation for all.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import typer

from forecast.workers import available_workers

SEASON = Path("configs/copa_peru_2023")
FORECAST = SEASON / "after_round_1.toml"
GOAL = 0.15
"""Seconds."""


def main() -> None:
    """Run the batch and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forecasts", type=int, default=200)
    parser.add_argument("--config", type=Path, default=FORECAST)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        configs, out = Path(name) / "configs", Path(name) / "out"
        write_batch(configs, arguments.config, count=arguments.forecasts)
        wall = run_batch(configs, out)
        made = [json.loads(path.read_bytes()) for path in provenances(out)]
    print(report(made, wall=wall))


def write_batch(folder: Path, config: Path, *, count: int) -> None:
    """Write `count` configs that differ in id and seed, at the least number of runs."""
    shutil.copytree(config.parent, folder, ignore=shutil.ignore_patterns("*.toml"))
    shutil.copy(config.parent / "competition.toml", folder)
    lines = config.read_text("utf-8").splitlines()
    for number in range(count):
        own = [with_key(line, number) for line in lines]
        (folder / f"f{number:04d}.toml").write_text("\n".join(own) + "\n", "utf-8")


def with_key(line: str, number: int) -> str:
    """Return a line of a config with the id, seed and runs of forecast `number`."""
    key = line.partition("=")[0].strip()
    own = {"id": f'"batch-{number:04d}"', "rng_seed": f"{number}", "runs": "524_288"}
    return f"{key} = {own[key]}" if key in own else line


def run_batch(configs: Path, out: Path) -> float:
    """Return the wall time."""
    from forecast.cli.verbs import run  # noqa: PLC0415 (importing it is part of the cost)

    with open("/dev/null", "w", encoding="utf-8") as null, redirect_stdout(null):  # noqa: PTH123 (a device)
        before = perf_counter()
        with redirect_stderr(null), suppress(typer.Exit):
            run([configs], out=out, report=False)
        return perf_counter() - before


def provenances(out: Path) -> list[Path]:
    """Return the provenance of each forecast, in the order of the batch."""
    return sorted(out.glob("*/provenance.json"))


def report(made: list[dict[str, Any]], *, wall: float) -> str:
    """Return the figures as text.

    What the simulations alone would take is what they did take, spread evenly over all cores.
    """
    count, cores = len(made), available_workers()
    steps = [each["elapsed_seconds"] for each in made]
    alone = sum(each["elapsed_seconds"]["simulate"] * each["workers"] for each in made) / cores
    beyond = (wall - alone) / count
    parts = ", ".join(f"{name} {1e3 * median(s[name] for s in steps):.0f}" for name in steps[0])
    return (
        f"{count} forecasts in {wall:.1f} s on {cores} cores, {alone:.1f} s of it simulation\n"
        f"beyond the simulation, a forecast: {beyond:.3f} s "
        f"(goal {GOAL} s: {'met' if beyond <= GOAL else 'MISSED'})\n"
        f"medians of its steps in ms: {parts}"
    )


if __name__ == "__main__":
    main()
