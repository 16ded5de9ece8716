"""Writes the description of every table: `python -m forecast.tables.export_docs`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from forecast.tables import schemas
from forecast.tables.meanings import TABLES, fields_of

__all__ = ["DOCS", "docs_text"]

DOCS = Path("docs/tables.md")

_HEAD = """\
# Tables

Made by `python -m forecast.tables.export_docs` from what `datapackage.json` says of each forecast.
Data files are UTF-8 with LF, a decimal point, six decimals and ISO dates, and an empty cell for
what is missing, whatever the language of the pages. Columns are only ever added.
"""


def docs_text() -> str:
    """Return the document: a section a table, a line a column."""
    return "\n".join([_HEAD, *(line for name in TABLES for line in _section(name))])


def _section(name: str) -> Iterator[str]:
    schema = getattr(schemas, name.upper(), None)
    if not isinstance(schema, pl.Schema):
        return  # a view, whose columns are those of its long table
    yield from (f"## `{name}`", "", TABLES[name].description, "")
    if TABLES[name].key:
        yield from (f"Key: {', '.join(f'`{column}`' for column in TABLES[name].key)}.", "")
    yield from ("| column | type | unit | meaning |", "|---|---|---|---|")
    for field in fields_of(name, schema):
        yield f"| `{field.name}` | {field.kind} | {field.unit or ''} | {field.description} |"
    yield ""


if __name__ == "__main__":
    DOCS.write_text(docs_text(), encoding="utf-8")
