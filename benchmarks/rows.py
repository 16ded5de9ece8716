"""What every measure returns: rows of figures, and how they are printed and written."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from forecast.arrays import STREAM_VERSION
from forecast.bench import machine

__all__ = ["EVERYTHING", "NOTHING", "PLACES", "Row", "describe_machine", "show", "write"]

EVERYTHING = "places, rounds, outcomes, cuts, points, spread over strengths, needs"
"""What the kernel counts, always; needs on every 32nd tile."""

PLACES = "places, rounds"
"""What the plain peers count."""

NOTHING = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `counted` says which counters were on while it was measured."""

    measure: str
    name: str
    value: float
    unit: str
    counted: str = EVERYTHING


def show(rows: Iterable[Row]) -> None:
    """Print the rows as a table, the measures one after the other."""
    table = Table("measure", "figure", box=box.SIMPLE_HEAD)
    table.add_column("value", justify="right")
    for title in ("unit", "counted"):
        table.add_column(title)
    measure = ""
    for row in rows:
        if measure not in {"", row.measure}:
            table.add_section()
        measure = row.measure
        counted = row.counted.replace(EVERYTHING, "everything")
        table.add_row(row.measure, row.name, readable(row.value), row.unit, counted)
    table.caption = f"everything: {EVERYTHING}"
    Console(width=None if os.isatty(1) else 120).print(table)


def readable(value: float) -> str:
    """Return a figure with four significant digits, or all those before the point."""
    digits = max(0, 4 - len(f"{abs(value):.0f}")) if abs(value) >= 1 else 5
    return f"{value:,.{digits}f}"


def describe_machine() -> dict[str, str | int]:
    """Return what figures depend on: processor, versions, the definition of the streams."""
    packages = ("llvmlite", "polars", "scipy", "forecast")
    return {
        **machine(),
        "cores": len(os.sched_getaffinity(0)),
        **caches(),
        **{name: version(name) for name in packages},
        "stream_version": STREAM_VERSION,
        "implementation": platform.python_implementation(),
    }


def caches() -> dict[str, str]:
    """Return the sizes of the first core's caches, as far as Linux tells them."""
    found = {}
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = (
            (index / name).read_text("ascii").strip() for name in ("level", "type", "size")
        )
        found[f"cache L{level} {kind.lower()}"] = size
    return found


def write(
    path: Path, rows: Sequence[Row], *, command: str, loads: tuple[float, float] | None = None
) -> None:
    """Write the rows with the machine, the command, and the load before and after, as JSON."""
    document: dict[str, object] = {"command": command, "machine": describe_machine()}
    if loads is not None:
        document["load_average"] = dict(zip(("before", "after"), loads, strict=True))
    document["rows"] = [asdict(row) for row in rows]
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
