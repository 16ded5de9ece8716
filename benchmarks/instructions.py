"""Instructions of a run: a figure that no load of the machine can move.

    uv run python -m benchmarks.instructions [--write]

Valgrind's callgrind counts what the kernel executes. Two processes play TILES and twice as many
tiles of the shipped season with given strengths. Callgrind sums up by object, and compiled kernels
are the only code without a file, so the difference of those sums is the kernel's alone. It hangs on
the versions of numba and llvmlite and on the processor that is compiled for, here x86-64 of 2013,
which valgrind knows; nothing else of the machine enters. The figure is printed beside the committed
one, which `--write` replaces. It needs valgrind (`apt-get install valgrind`) and a few minutes of
two cores, and compiles once more for that processor.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.rows import Row, show
from forecast.arrays import SAMPLED_TILES, STREAM_VERSION, TILE
from forecast.config import load
from forecast.lowering import lower
from forecast.simulate.threads import play_strengths

CONFIG = "configs/copa_peru_2023/pre_tournament.toml"
COMMITTED = Path(__file__).parent / "results/instructions.json"
TILES = SAMPLED_TILES
"""Of which one is sampled for needs, as in a whole replicate."""

PROCESSOR = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": ""}
WITHOUT_FILE = "???"

MEASURE = "instructions"


def play_tiles(tiles: int) -> None:
    """Play so many tiles with strengths of the usual spread, the same on every machine."""
    plan = load(CONFIG)
    season = lower(plan, 0.45)
    rng = np.random.default_rng(1)
    strengths = rng.normal(0.0, 0.3, (2 * TILES, 2 + 2 * season.teams))
    strengths[:, :2] = 0.15, 0.4
    play_strengths(season, strengths[:tiles], rng_seed=1, replicate=0)


def instructions_by_object(lines: Iterable[str]) -> Counter[str]:
    """Add up the instructions of each object in a file of callgrind.

    A line of cost is a position and a count; the one after `calls=` is the cost of the called,
    which is counted where it is spent. An object is `(number) name` at first, then `(number)`.
    """
    names: dict[str, str] = {}
    found: Counter[str] = Counter()
    number, skip = "", False
    for line in lines:
        if match := re.match(r"c?ob=\((\d+)\)(?: (.*))?", line):
            if match[2]:
                names[match[1]] = match[2].strip()
            if line.startswith("ob="):
                number = match[1]
        elif line.startswith("calls="):
            skip = True
        elif re.match(r"[+\-*\d]", line):
            if not skip:
                found[number] += int(line.split()[1])
            skip = False
    return Counter({names[key]: value for key, value in found.items()})


def kernel_instructions(tiles: int, cache: str, folder: Path) -> int:
    """Return the instructions without a file of a process that plays so many tiles."""
    out = folder / f"{tiles}.callgrind"
    valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
    in_new_process(tiles, cache, valgrind)
    with out.open(encoding="utf-8") as lines:
        return instructions_by_object(lines)[WITHOUT_FILE]


def in_new_process(tiles: int, cache: str, before: list[str]) -> None:
    """Play so many tiles in a new process, with some program before the interpreter."""
    command = [*before, sys.executable, "-m", "benchmarks.instructions", "--tiles", str(tiles)]
    environment = {"FORECAST_CACHE_DIR": cache, "PYTHONHASHSEED": "0", **PROCESSOR}
    environment = {**os.environ, **environment}
    subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603 (ours)


def measure() -> list[Row]:
    """Count the instructions of a run."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        cache = str(Path(folder) / "cache")
        in_new_process(TILES, cache, [])  # compiles
        counts = pool.map(
            lambda tiles: kernel_instructions(tiles, cache, Path(folder)), (TILES, 2 * TILES)
        )
        once, twice = counts
    return [Row(MEASURE, "a run, strengths given", (twice - once) / (TILES * TILE), "instructions")]


def main() -> None:
    """Count, print beside what is committed, and write if asked."""
    if "--tiles" in sys.argv:
        play_tiles(int(sys.argv[-1]))
        return
    found = measure()
    document = {
        "command": "uv run python -m benchmarks.instructions --write",
        "instructions_per_run": round(found[0].value, 1),
        "processor": PROCESSOR["NUMBA_CPU_NAME"],
        "stream_version": STREAM_VERSION,
        **{name: version(name) for name in ("numba", "llvmlite")},
    }
    if COMMITTED.exists():
        before = json.loads(COMMITTED.read_text("utf-8"))
        found.append(Row(MEASURE, "committed", before["instructions_per_run"], "instructions"))
        change = found[0].value / before["instructions_per_run"]
        found.append(Row(MEASURE, "found over committed", change, ""))
    show(found)
    if "--write" in sys.argv:
        COMMITTED.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
