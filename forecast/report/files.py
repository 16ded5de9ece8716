"""Frames to bytes: CSV, Parquet and JSON that depend on nothing but the frame."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

import polars as pl

__all__ = ["csv_bytes", "document_bytes", "json_bytes", "parquet_bytes"]

DECIMALS = 6
"""Digits after the point of every number in a text file."""

_SEPARATOR = "\x1f"
"""Stands between the pieces of a record while it is made; JSON escapes it inside any text."""


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
    """Return JSON of a document without tables: a line a key, and a line an element of a list."""
    lines = [f"{_json(key)}: {_listed(value)}" for key, value in document.items()]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _listed(value: object) -> str:
    if not isinstance(value, list) or not value:
        return _json(value)
    return "[\n" + ",\n".join(_json(each) for each in value) + "\n]"


def _records(frame: pl.DataFrame) -> str:
    """Return the rows as JSON objects, a line each.

    Polars writes the numbers, as it does for CSV: a table of ten thousand rows takes milliseconds.
    """
    if frame.is_empty():
        return ""
    pieces: list[pl.Expr] = []
    for column in frame.iter_columns():
        pieces += _pieces(column, f"{', ' if pieces else '{'}{_json(column.name)}: ")
    text = (
        _without_negative_zero(frame)
        .select(*pieces, pl.lit("}").alias(_SEPARATOR))
        .write_csv(
            include_header=False,
            separator=_SEPARATOR,
            line_terminator=",\n",
            quote_style="never",
            float_precision=DECIMALS,
            null_value="null",
        )
    )
    return text.replace(_SEPARATOR, "").removesuffix(",\n")


def _pieces(column: pl.Series, key: str) -> list[pl.Expr]:
    """Return `key` and values of a column; a table repeats few texts and dates many times."""
    values = pl.col(column.name)
    if column.dtype not in {pl.String, pl.Date}:
        return [pl.lit(key).alias(f"{_SEPARATOR}{column.name}"), values]
    found = column.unique().drop_nulls()
    said = [f"{key}{_json(str(each))}" for each in found]
    nothing = pl.lit(f"{key}null")
    return [values.replace_strict(found, said, default=nothing, return_dtype=pl.String)]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _without_negative_zero(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace what would print as `-0.000000` by zero."""
    rounds_to_zero = pl.col(pl.Float64).abs() <= 0.5 * 10.0**-DECIMALS
    return frame.with_columns(
        pl.when(rounds_to_zero).then(0.0).otherwise(pl.col(pl.Float64)).name.keep()
    )
