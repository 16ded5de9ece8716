"""CSV text to rows of cells, or to problems with their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from forecast.config.files import CSV_LIMIT, InputFile, read_file
from forecast.config.models import name_fault
from forecast.config.problems import Problems, join_words, nearest, printable, show

__all__ = ["CsvRow", "CsvTable", "read_csv"]

_MOST_COLUMNS = 200
_MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One record; `line` is the line on which it begins."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file with a header, on `line`."""

    file: InputFile
    line: int
    columns: tuple[str, ...]
    rows: tuple[CsvRow, ...]


def read_csv(
    path: Path, *, required: Sequence[str], known: Sequence[str] | None, problems: Problems
) -> CsvTable | None:
    """Return the rows of a CSV file, or None after noting why it has none.

    `known` are the columns that it may have; None allows any. A row with too few or too many
    cells is noted and left out.
    """
    file = read_file(path, limit=CSV_LIMIT, problems=problems)
    if file is None:
        return None
    records = _records(file, problems)
    if not records:
        allowed = f"a header with the columns {join_words(required, last='and')}"
        problems.add(file.shown, 1, "header", found="nothing", allowed=allowed)
        return None
    head, header = records[0]
    if not _header_is_fine(file, head, header, required=required, known=known, problems=problems):
        return None
    rows = []
    for line, cells in records[1:]:
        if len(cells) == len(header):
            rows.append(CsvRow(line, dict(zip(header, cells, strict=True))))
        else:
            found, allowed = f"{len(cells)} cells", f"{len(header)}, as in the header"
            problems.add(file.shown, line, "row", found=found, allowed=allowed)
    return CsvTable(file, head, tuple(header), tuple(rows))


def _records(file: InputFile, problems: Problems) -> list[tuple[int, list[str]]]:
    """Return (line, cells) of all records that are not blank."""
    reader = csv.reader(io.StringIO(file.text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cells):
                records.append((line, cells))
            if len(records) > _MOST_ROWS + 1:  # and the header
                found, allowed = f"more than {_MOST_ROWS:,} rows", f"at most {_MOST_ROWS:,}"
                problems.add(file.shown, line, "row", found=found, allowed=allowed)
                break
            line = reader.line_num + 1
    except csv.Error as error:
        problems.add(file.shown, line, "row", found=printable(str(error)), allowed="CSV")
    return records


def _header_is_fine(
    file: InputFile,
    line: int,
    header: Sequence[str],
    *,
    required: Sequence[str],
    known: Sequence[str] | None,
    problems: Problems,
) -> bool:
    """Note what is wrong with the header; true if nothing is."""
    before = problems.count
    if len(header) > _MOST_COLUMNS:
        found, allowed = f"{len(header)} columns", f"at most {_MOST_COLUMNS}"
        problems.add(file.shown, line, "header", found=found, allowed=allowed)
        return False
    if len(header) == 1 and ";" in header[0]:
        found, allowed = "semicolons between the columns", "commas"
        problems.add(file.shown, line, "header", found=found, allowed=allowed)
        return False
    for column in required:
        if column not in header:
            found = f"no column {column}{nearest(column, header)}"
            problems.add(file.shown, line, "header", found=found, allowed=f"a column {column}")
    for number, column in enumerate(header):
        fault = name_fault(column)
        if fault or column in header[:number]:
            found = fault or f"the column {show(column)} twice"
            allowed = "columns with names, each once"
            problems.add(file.shown, line, f"column {number + 1}", found=found, allowed=allowed)
        elif known is not None and column not in known:
            found = f"an unknown column {show(column)}{nearest(column, known)}"
            problems.add(file.shown, line, "header", found=found, allowed=join_words(known))
    return problems.count == before
