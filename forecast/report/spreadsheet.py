"""`forecast.xlsx`: a sheet a table, and one that says what they mean.

Every text stays a text: nothing becomes a formula, a link or a number by what it looks like.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import polars as pl

from forecast.report.files import DECIMALS
from forecast.tables.meanings import TABLES, Field, fields_of

__all__ = ["spreadsheet_bytes"]

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": "yyyy-mm-dd",
}
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""Workbooks hold a date of their making; equal forecasts are equal bytes."""

_WIDE = {"outcomes": "outcomes_wide", "places": "places_wide"}
"""Sheet → the view that it shows, since a long table of places can have a million rows."""

_FORMS = (("probability, ", "0.0%"), ("probability", "0.00%"), ("goals", "0.00"), ("log", "0.00"))
"""Beginning of a unit → how Excel shows numbers of it; the cells hold them in full."""

_LEAST_WIDTH, _MOST_WIDTH = 9, 40
"""Characters of a column; longer cells are there in full, only not in sight."""

_FACTS = ("forecast_id", "competition", "as_of", "strength", "runs", "replicates", "rng_seed",
          "config_hash", "notes", "warnings")  # fmt: skip
"""What the sheet about the method says of `forecast.json`."""

_A4 = 9
"""What the file format calls the paper."""


def spreadsheet_bytes(head: Mapping[str, object], tables: Mapping[str, pl.DataFrame]) -> bytes:
    """Return the workbook.

    Parameters
    ----------
    head : mapping
        What `forecast.json` says beside the tables.
    tables : mapping
        Name → frame, wide views included.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 (takes time, and most verbs make none)

    buffer = io.BytesIO()
    shown = {sheet: _WIDE.get(sheet, sheet) for sheet in _sheets(tables)}
    with Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"title": str(head["forecast_id"]), "created": _CREATED})
        for sheet, table in shown.items():
            _write_table(book, sheet, table, tables[table])
        _write_method(book, head, _meanings(shown, tables))
    return buffer.getvalue()


def _sheets(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """Return the sheets in their order: what a desk opens the file for comes first."""
    first = ["outcomes", "places", "matches"]
    return [*first, *(name for name in tables if name not in {*first, *_WIDE.values()})]


def _write_table(book: Any, sheet: str, table: str, frame: pl.DataFrame) -> None:  # noqa: ANN401 (an untyped library)
    page = _add_page(book, sheet)
    bold = _bold(book)
    for number, field in enumerate(fields_of(table, frame.schema)):
        column = frame[field.name]
        page.set_column(number, number, _width(column), book.add_format(_form(field)))
        page.write_string(0, number, field.name, bold)
        for row, value in enumerate(_values(column), start=1):
            _write(page, row, number, value)
    page.freeze_panes(1, frame.get_column_index("team") + 1 if "team" in frame.columns else 0)
    page.autofilter(0, 0, frame.height, frame.width - 1)


def _write_method(book: Any, head: Mapping[str, object], meanings: Iterable[Sequence[str]]) -> None:  # noqa: ANN401 (same)
    page = _add_page(book, "method")
    bold = _bold(book)
    page.set_column(0, 2, _MOST_WIDTH / 2)
    page.set_column(3, 3, 2 * _MOST_WIDTH, book.add_format({"text_wrap": True}))
    row = 0
    for row, (fact, said) in enumerate(_facts(head)):
        page.write_string(row, 0, fact, bold)
        page.write_string(row, 1, said)
    for below, texts in enumerate([("sheet", "column", "unit", "meaning"), *meanings], row + 2):
        for column, text in enumerate(texts):
            page.write_string(below, column, text, bold if below == row + 2 else None)


def _facts(head: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Say what the forecast is, a row a fact; of lists and tables a row an element."""
    for key in _FACTS:
        value, name = head[key], key.replace("_", " ")
        if isinstance(value, Mapping):
            yield from ((f"{name}: {part}", _said(said)) for part, said in value.items())
        elif isinstance(value, list | tuple):
            yield from ((name, _said(said)) for said in value)
        else:
            yield name, _said(value)


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {text}" for key, text in value.items())
    return "" if value is None else str(value)


def _meanings(
    shown: Mapping[str, str], tables: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[str, str, str, str]]:
    """Say what sheets and columns hold; neighbours that mean the same share a row."""
    for sheet, table in shown.items():
        yield sheet, "", "", TABLES[table].description
        fields = fields_of(table, tables[table].schema)
        for (text, unit), same in groupby(fields, lambda field: (field.description, field.unit)):
            names = [field.name for field in same]
            yield sheet, " … ".join(dict.fromkeys([names[0], names[-1]])), unit or "", text


def _add_page(book: Any, sheet: str) -> Any:  # noqa: ANN401 (same)
    page = book.add_worksheet(sheet)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)  # one page wide, as many as it takes high
    page.repeat_rows(0)
    return page


def _bold(book: Any) -> Any:  # noqa: ANN401 (same)
    return book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})


def _write(page: Any, row: int, column: int, value: object) -> None:  # noqa: ANN401 (same)
    """Write a cell by the type of its value, never by what a text looks like."""
    if isinstance(value, str):
        page.write_string(row, column, value)
    elif value is not None:
        page.write(row, column, value)


def _values(column: pl.Series) -> list[object]:
    return (column.round(DECIMALS) if column.dtype.is_float() else column).to_list()


def _form(field: Field) -> dict[str, str]:
    if field.kind == "date":
        return {"num_format": "yyyy-mm-dd"}
    if field.kind != "number":
        return {}
    unit = field.unit or ""
    forms = (form for start, form in _FORMS if unit.startswith(start))
    return {"num_format": next(forms, "General")}


def _width(column: pl.Series) -> int:
    widest = column.str.len_chars().max() if column.dtype == pl.String else 0
    assert widest is None or isinstance(widest, int)
    return min(max(widest or 0, _LEAST_WIDTH) + 2, _MOST_WIDTH)
