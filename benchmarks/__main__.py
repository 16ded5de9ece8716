"""All measures of the kernel in one table.

    uv run python -m benchmarks [--json FILE]

Some minutes. Each measure is also a command of its own, `python -m benchmarks.stages` and so on,
and says there how it measures. The JSON holds the same rows with the machine, the versions and the
load of the machine before and after; `python -m benchmarks.picture` draws it.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from benchmarks import precision, scaling, stages, start_up, throughput
from benchmarks.rows import Row, show, write

MEASURES = (precision, throughput, stages, scaling, start_up)


def main() -> None:
    """Measure, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    before, rows = os.getloadavg()[0], list[Row]()
    for each in MEASURES:
        print(f"{each.MEASURE} …", file=sys.stderr, flush=True)
        rows += each.measure()
    show(rows)
    if arguments.json:
        command = "uv run python -m benchmarks"
        write(arguments.json, rows, command=command, loads=(before, os.getloadavg()[0]))


if __name__ == "__main__":
    main()
