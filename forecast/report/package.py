"""The data files of one forecast, made from its tables, and their description."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import polars as pl

from forecast.report.files import csv_bytes, document_bytes, json_bytes, parquet_bytes
from forecast.report.spreadsheet import spreadsheet_bytes
from forecast.tables.meanings import TABLES, Field, fields_of
from forecast.tables.wide import outcomes_wide, places_wide

__all__ = ["data_files", "table_files"]

_SAID = ("competition", "as_of", "headline", "outcomes", "strength", "runs", "rng_seed",
         "config_hash", "notes")  # fmt: skip
"""What the package says of the forecast itself, and an index reads; `forecast.json` has all."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Excel takes a CSV file for UTF-8 only if it begins with these bytes."""


def table_files(tables: Mapping[str, pl.DataFrame]) -> dict[str, bytes]:
    """Return every table as CSV and Parquet, by name of the file."""
    files: dict[str, bytes] = {}
    for name, frame in tables.items():
        files[f"{name}.csv"] = csv_bytes(frame)
        files[f"{name}.parquet"] = parquet_bytes(frame)
    return files


def data_files(
    head: Mapping[str, object], tables: Mapping[str, pl.DataFrame], *, desk: bool
) -> dict[str, bytes]:
    """Return all data files of a forecast, by name of the file.

    Parameters
    ----------
    head : mapping
        What `forecast.json` says beside the tables.
    tables : mapping
        Name → frame; each name is known to `forecast.tables.meanings`.
    desk : bool
        Whether to add what people open in a spreadsheet: wide views, a copy of every CSV file
        under `excel/` that Excel reads with its accents, and `forecast.xlsx`.
    """
    views = _views(tables) if desk else {}
    files = table_files(tables)
    files |= {f"{name}.csv": csv_bytes(frame) for name, frame in views.items()}
    files["datapackage.json"] = _package_bytes(head, {**tables, **views}, files)
    files["forecast.json"] = document_bytes(head, tables)
    if desk:
        texts = [name for name in files if name.endswith(".csv")]
        files |= {f"excel/{name}": _BYTE_ORDER_MARK + files[name] for name in texts}
        files["forecast.xlsx"] = spreadsheet_bytes(head, {**tables, **views})
    return files


def _views(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {
        "outcomes_wide": outcomes_wide(tables["outcomes"]),
        "places_wide": places_wide(tables["places"]),
    }


def _package_bytes(
    head: Mapping[str, object], tables: Mapping[str, pl.DataFrame], files: Mapping[str, bytes]
) -> bytes:
    """Return `datapackage.json`, the Frictionless description of every CSV file.

    Parameters
    ----------
    head, tables
        As in `data_files`.
    files : mapping
        Holds `<table>.csv` for each table.
    """
    package = {
        "profile": "tabular-data-package",
        "name": head["forecast_id"],
        "title": f"{_named(head['competition'])} ({head['forecast_id']})",
        "forecast": {key: head[key] for key in _SAID},
        "resources": [
            _resource(name, frame, files[f"{name}.csv"]) for name, frame in tables.items()
        ],
    }
    return json_bytes(package)


def _named(competition: object) -> object:
    assert isinstance(competition, Mapping)
    return competition["name"]


def _resource(name: str, frame: pl.DataFrame, content: bytes) -> dict[str, object]:
    table = TABLES[name]
    schema: dict[str, object] = {
        "fields": [_described(field) for field in fields_of(name, frame.schema)],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
    }


def _described(field: Field) -> dict[str, object]:
    """Return a field of a Table Schema; `unit` is our own word, which the standard allows."""
    said: dict[str, object] = {
        "name": field.name,
        "type": field.kind,
        "description": field.description,
    }
    if field.unit:
        said["unit"] = field.unit
    if field.required:
        said["constraints"] = {"required": True}
    return said
