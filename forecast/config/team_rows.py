"""teams.csv: the names of the teams, and further columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from forecast.config.csv_rows import CsvTable, read_csv
from forecast.config.files import InputFile
from forecast.config.models import formula_fault, name_fault
from forecast.config.problems import Problems, show
from forecast.plan import MAX_TEAMS

__all__ = ["Teams", "read_teams"]

_TEAM = "team"
_INTEGER = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Teams:
    """The teams in the order of their file."""

    file: InputFile
    names: tuple[str, ...]
    lines: tuple[int, ...]
    columns: Mapping[str, tuple[str, ...]]
    index: Mapping[str, int]

    def integer_fault(self, column: str) -> tuple[int, str] | None:
        """Return line and text of the first cell of a column that is no integer, or None."""
        for line, text in zip(self.lines, self.columns[column], strict=True):
            if not _INTEGER.fullmatch(text):
                return line, text
        return None


def read_teams(path: Path, problems: Problems) -> Teams | None:
    """Return the teams, or None after noting problems."""
    before = problems.count
    table = read_csv(path, required=[_TEAM], known=None, problems=problems)
    if table is None:
        return None
    for number, column in enumerate(table.columns, 1):  # a tie-break becomes a cell of our tables
        if fault := formula_fault(column):
            allowed, key = "a name that no spreadsheet calculates", f"column {number}"
            problems.add(table.file.shown, table.line, key, found=fault, allowed=allowed)
    _note_faults(table, problems)
    if problems.count > before:
        return None
    names = tuple(row.cells[_TEAM] for row in table.rows)
    further = [column for column in table.columns if column != _TEAM]
    return Teams(
        file=table.file,
        names=names,
        lines=tuple(row.line for row in table.rows),
        columns={column: tuple(row.cells[column] for row in table.rows) for column in further},
        index={name: number for number, name in enumerate(names)},
    )


def _note_faults(table: CsvTable, problems: Problems) -> None:
    """Note names that cannot be used, and names that two teams share."""
    count = len(table.rows)
    if not 2 <= count <= MAX_TEAMS:
        allowed = f"2 to {MAX_TEAMS:,} teams"
        problems.add(table.file.shown, 1, _TEAM, found=f"{count:,} teams", allowed=allowed)
        return
    first: dict[str, int] = {}
    for row in table.rows:
        name = row.cells[_TEAM]
        fault = _team_fault(name)
        if fault:
            allowed = "a name of 1 to 200 characters that is no formula"
            problems.add(table.file.shown, row.line, _TEAM, found=fault, allowed=allowed)
            continue
        same = first.setdefault(_folded(name), row.line)
        if same != row.line:
            found = f"{show(name)} again, as on line {same}"
            allowed = "each team once, also in other letters or accents"
            problems.add(table.file.shown, row.line, _TEAM, found=found, allowed=allowed)


def _team_fault(name: str) -> str | None:
    """Return what forbids a name of a team, or None."""
    if name != name.strip():
        return formula_fault(name) or f"{show(name)}, with space around it"
    return formula_fault(name) or name_fault(name)


def _folded(name: str) -> str:
    """Return a name without differences that a reader cannot see."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())
