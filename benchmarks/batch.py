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
from time import perf_counter, thread_time

import typer

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
        wall, own = run_batch(configs, out)
        steps = [json.loads(path.read_bytes())["elapsed_seconds"] for path in provenances(out)]
    print(report(steps, wall=wall, own=own))


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


def run_batch(configs: Path, out: Path) -> tuple[float, float]:
    """Return wall time, and CPU time of the main thread, which does all but the simulation."""
    from forecast.cli.verbs import run  # noqa: PLC0415 (importing it is part of the cost)

    with open("/dev/null", "w", encoding="utf-8") as null, redirect_stdout(null):  # noqa: PTH123 (a device)
        before, before_own = perf_counter(), thread_time()
        with redirect_stderr(null), suppress(typer.Exit):
            run([configs], out=out, report=False)
        return perf_counter() - before, thread_time() - before_own


def provenances(out: Path) -> list[Path]:
    """Return the provenance of each forecast, in the order of the batch."""
    return sorted(out.glob("*/provenance.json"))


def report(steps: list[dict[str, float]], *, wall: float, own: float) -> str:
    """Return the figures as text."""
    count = len(steps)
    simulated = sum(each["simulate"] for each in steps)
    first = steps[0]["simulate"] - median(each["simulate"] for each in steps)
    parts = ", ".join(f"{name} {1e3 * median(s[name] for s in steps):.0f}" for name in steps[0])
    beyond = (wall - simulated) / count
    return (
        f"{count} forecasts in {wall:.1f} s, {simulated:.1f} s of it simulation; the first waited "
        f"{max(first, 0):.1f} s for compiled code\n"
        f"beyond the simulation, a forecast: {beyond:.3f} s wall, {own / count:.3f} s CPU of the "
        f"main thread (goal {GOAL} s: {'met' if beyond <= GOAL else 'MISSED'})\n"
        f"medians of its steps in ms: {parts}"
    )


if __name__ == "__main__":
    main()
