"""Frames to bytes: CSV, Parquet and JSON that depend on nothing but the frame."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

import polars as pl

__all__ = ["csv_bytes", "document_bytes", "json_bytes", "parquet_bytes"]

DECIMALS = 6
"""Digits after the point of every number in a text file."""


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Return UTF-8 CSV: LF, a decimal point, six decimals, ISO dates, empty for null."""
    text = _without_negative_zero(frame).write_csv(
        line_terminator="\n", float_precision=DECIMALS, null_value=""
    )
    return text.encode()


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """Return Parquet with every digit of the frame, in one row group."""
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(
        buffer, compression="zstd", statistics=True, row_group_size=max(frame.height, 1)
    )
    return buffer.getvalue()


def document_bytes(head: Mapping[str, object], tables: Mapping[str, pl.DataFrame]) -> bytes:
    """Return `forecast.json`: the keys of `head`, then `tables`, each a list of records.

    Written by hand rather than by `json`, which has no fixed number of decimals; one record a
    line keeps two forecasts comparable by eye.
    """
    lines = [f"{_json(key)}: {_json(value)}" for key, value in head.items()]
    bodies = [f"{_json(name)}: [\n{_records(frame)}\n]" for name, frame in tables.items()]
    body = '"tables": {\n' + ",\n".join(bodies) + "\n}"
    return ("{\n" + ",\n".join([*lines, body]) + "\n}\n").encode()


def json_bytes(document: Mapping[str, object]) -> bytes:
    """Return readable JSON of a document without tables."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _records(frame: pl.DataFrame) -> str:
    columns = [
        [f"{_json(column.name)}: {value}" for value in _cells(column)]
        for column in _without_negative_zero(frame).iter_columns()
    ]
    return ",\n".join("{" + ", ".join(row) + "}" for row in zip(*columns, strict=True))


def _cells(column: pl.Series) -> list[str]:
    if column.dtype.is_float():
        return ["null" if value is None else f"{value:.{DECIMALS}f}" for value in column]
    if column.dtype == pl.Date:
        column = column.dt.to_string("iso")
    return [_json(value) for value in column]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _without_negative_zero(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace what would print as `-0.000000` by zero."""
    rounds_to_zero = pl.col(pl.Float64).abs() <= 0.5 * 10.0**-DECIMALS
    return frame.with_columns(
        pl.when(rounds_to_zero).then(0.0).otherwise(pl.col(pl.Float64)).name.keep()
    )
