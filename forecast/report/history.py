"""The history of forecasts: one immutable Parquet file each, under OUT/history/.

They are `OUT/history/competition=<id>/forecast=<id>/<hash>.parquet`, by the hash of the config, so
that `polars.scan_parquet("OUT/history")` is the whole history. Nothing there is ever replaced: if
another version of the program finds other numbers for a config, they are kept beside the former.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import polars as pl

from forecast.errors import OutputError
from forecast.plan import HISTORY_FOLDER, Plan
from forecast.report.disk import as_output_error, write_once
from forecast.report.files import parquet_bytes
from forecast.report.folder import Folder
from forecast.report.text import shown
from forecast.tables import HISTORY, history_table

__all__ = ["NO_HISTORY", "competitions", "read_history", "record", "remember"]

NO_HISTORY = pl.DataFrame(schema=HISTORY)
"""What is remembered of a competition before its first forecast."""

_KEPT = ("outcomes", "status")
"""The tables that a history is made of."""

_HASH_DIGITS = 16
"""Of the hash in the name of a file; the whole hash is inside."""


def record(out: Path, plan: Plan, outcomes: pl.DataFrame, status: pl.DataFrame) -> Path:
    """Keep a forecast in the history of OUT and return its file; one that is there stays.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    path = _path(out, plan)
    table = history_table(outcomes, status, plan.source.config_hash)
    content = parquet_bytes(table)
    if path.exists() and not _holds(path, table):
        digest = hashlib.sha256(content).hexdigest()
        path = path.with_stem(f"{path.stem}-{digest[:_HASH_DIGITS]}")
    write_once(path, content)
    with as_output_error(path):
        os.utime(path)  # the last that was kept, from now on
    return path


def remember(folder: Folder, plan: Plan) -> None:
    """Keep a forecast that is in its folder, if its run was stopped before it did.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    if not _path(folder.out, plan).exists():
        tables = (pl.read_parquet(folder.path / f"{name}.parquet") for name in _KEPT)
        record(folder.out, plan, *tables)


def read_history(out: Path, competition: str) -> pl.DataFrame:
    """Return the forecasts of a competition that OUT remembers, schema `HISTORY`; perhaps none.

    Of several of one id and day only one counts, for the others were replaced: that of the config
    which `OUT/<id>/` holds, or else the one that was kept last. Forecasts without a day all count:
    they may know different rounds.

    Raises
    ------
    OutputError
        If a file of the history is not one that was written there.
    """
    paths = _folder(out, competition).glob("forecast=*/*.parquet")
    kept: dict[object, pl.DataFrame] = {}
    for path in sorted(paths, key=lambda path: _when_kept(out, path)):
        frame = _read(path)
        for name, day in frame.select("forecast_id", "as_of").head(1).iter_rows():
            kept[(name, day) if day else path] = frame
    return pl.concat(kept.values()) if kept else NO_HISTORY


def competitions(out: Path) -> list[str]:
    """Return the competitions that OUT remembers."""
    found = sorted((out / HISTORY_FOLDER).glob("competition=*"))
    return [path.name.removeprefix("competition=") for path in found]


def _path(out: Path, plan: Plan) -> Path:
    name = f"{plan.source.config_hash[:_HASH_DIGITS]}.parquet"
    return _folder(out, plan.competition.id) / f"forecast={plan.id}" / name


def _folder(out: Path, competition: str) -> Path:
    return out / HISTORY_FOLDER / f"competition={competition}"


def _when_kept(out: Path, path: Path) -> tuple[bool, int, str]:
    """Return what sorts the files of a forecast by the time from which they counted."""
    held = Folder(out, path.parent.name.removeprefix("forecast=")).config_hash or "none"
    in_force = path.name.startswith(held[:_HASH_DIGITS])
    with as_output_error(path):
        return in_force, path.stat().st_mtime_ns, path.name


def _holds(path: Path, table: pl.DataFrame) -> bool:
    """Return whether a file has just these numbers; a damaged one has not."""
    try:
        return _read(path).equals(table)
    except OutputError:
        return False


def _read(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path, hive_partitioning=False)
        return frame.select(pl.col(name).cast(kind) for name, kind in HISTORY.items())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise OutputError(f"{shown(str(path))}: no file of a history: {error}") from error
