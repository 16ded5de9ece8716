"""Writes the description of every table: `python -m forecast.tables.export_docs`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from forecast.tables import schemas
from forecast.tables.document_keys import FORECAST_KEYS, PROVENANCE_KEYS
from forecast.tables.meanings import TABLES, fields_of

__all__ = ["DOCS", "PLACES_OF_TABLES", "docs_text", "schema_of"]

DOCS = Path("docs/tables.md")

_HEAD = """\
# Tables

Made by `python -m forecast.tables.export_docs` from what `datapackage.json` says of each forecast.
Data files are UTF-8 with LF, a decimal point, six decimals and ISO dates, and an empty cell for
what is missing, whatever the language of the pages. Columns are only ever added. In names of
columns `<outcome>` stands for the id of every outcome, `<place>` for 1, 2, 3, …

## Where they are
"""

PLACES_OF_TABLES: dict[tuple[str, ...], str] = {
    ("outcomes", "places"): "`OUT/<id>/`: CSV, Parquet, `forecast.json`.",
    (
        "points",
        "tie_breaks",
        "matches",
        "strengths",
        "standings",
        "results",
        "status",
        "margins",
        "next_results",
    ): "`OUT/<id>/`: CSV, Parquet, `forecast.json`, a sheet of `forecast.xlsx`.",
    ("outcomes_wide", "places_wide"): (
        "`OUT/<id>/`: CSV; they are the sheets `outcomes` and `places` of `forecast.xlsx`. "
        "Not with `--no-report`."
    ),
    ("history",): (
        "`OUT/history/competition=<id>/forecast=<id>/<hash>.parquet`, a file a forecast; "
        "`forecast history` prints it."
    ),
    ("movement",): "In no file: the page shows what changed.",
    ("what_if",): "In no file: `forecast what-if` prints it, `fc.what_if(…).changes` returns it.",
}
"""Tables → where a reader finds them."""

_ELSEWHERE = """\
`excel/` holds a copy of every CSV file with the mark by which Excel knows UTF-8; it and
`forecast.xlsx` are left out with `--no-report`. `datapackage.json` describes every CSV file.
`OUT/<id>.fit/`, which `forecast fit` writes, has `strengths` alone. The tables of a replay in
`OUT/<id>.backtest/` are others.
"""

_FORECAST_HEAD = """\
## `forecast.json`

The tables and what they were made from, in one file. Places are written as in a config
([config.md](config.md)), teams by name; rules are those in force on the day.
"""

_PROVENANCE_HEAD = """\
## `provenance.json`

What it takes to make a forecast again, and when it was made. It differs from run to run; the data
files of one config are the same, byte for byte. `forecast fit` writes one without `proof`, with 0
`runs`; that of a replay has `configs`, `models` and `moments` instead of `config`, `tiles` and
`proof`.
"""


def docs_text() -> str:
    """Return the document: a section a table, a line a column; then the JSON documents."""
    lines = [
        _HEAD,
        *_whereabouts(),
        _ELSEWHERE,
        *(line for name in TABLES for line in _section(name)),
        *_keys(_FORECAST_HEAD, FORECAST_KEYS),
        *_keys(_PROVENANCE_HEAD, PROVENANCE_KEYS),
    ]
    return "\n".join(lines)


def schema_of(name: str) -> pl.Schema:
    """Return the columns of a table, those of every outcome or place once."""
    if name == "matches":
        return schemas.with_leverage(["<outcome>"])
    if name == "outcomes_wide":
        chance = {"p_<outcome>": pl.Float64(), "std_error_<outcome>": pl.Float64()}
        return pl.Schema({"team": pl.String(), **chance})
    if name == "places_wide":
        texts = {"stage": pl.String(), "team": pl.String()}
        return pl.Schema({**texts, "largest_std_error": pl.Float64(), "p_<place>": pl.Float64()})
    schema: pl.Schema = getattr(schemas, name.upper())
    return schema


def _whereabouts() -> Iterator[str]:
    yield from ("| tables | where |", "|---|---|")
    for names, where in PLACES_OF_TABLES.items():
        yield f"| {', '.join(f'`{name}`' for name in names)} | {where} |"
    yield ""


def _section(name: str) -> Iterator[str]:
    yield from (f"## `{name}`", "", TABLES[name].description, "")
    if TABLES[name].key:
        yield from (f"Key: {', '.join(f'`{column}`' for column in TABLES[name].key)}.", "")
    yield from ("| column | type | unit | meaning |", "|---|---|---|---|")
    for field in fields_of(name, schema_of(name)):
        meaning = field.description.replace("<outcome>", "`<outcome>`")
        yield f"| `{field.name}` | {field.kind} | {field.unit or ''} | {meaning} |"
    yield ""


def _keys(head: str, keys: Mapping[str, str]) -> Iterator[str]:
    yield from (head, "| key | meaning |", "|---|---|")
    yield from (f"| `{key}` | {meaning} |" for key, meaning in keys.items())
    yield ""


if __name__ == "__main__":
    DOCS.write_text(docs_text(), encoding="utf-8")
