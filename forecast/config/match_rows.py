"""matches.csv: each row checked on its own, before anything is known of stages and days."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from forecast.config.csv_rows import CsvRow, read_csv
from forecast.config.files import InputFile
from forecast.config.models import name_fault
from forecast.config.problems import Problems, show
from forecast.plan import MAX_GOALS

__all__ = ["AWARDED", "MatchFile", "MatchRow", "plain_note", "read_matches"]

COLUMNS = (
    "stage",
    "round",
    "leg",
    "date",
    "home",
    "away",
    "neutral",
    "home_goals",
    "away_goals",
    "home_goals_ht",
    "away_goals_ht",
    "home_goals_et",
    "away_goals_et",
    "home_pens",
    "away_pens",
    "winner",
    "note",
)
_REQUIRED = ("stage", "home", "away", "home_goals", "away_goals")
AWARDED = "awarded"
"""The `note` of a result that a ruling gave, which says nothing of strengths."""

_MOST_ROUND = 999
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

T = TypeVar("T")
Pair = tuple[int, int]


def plain_note(cells: Mapping[str, str]) -> str:
    """Return the note of a row without capitals or space around it."""
    return cells.get("note", "").strip().casefold()


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One row as written; teams still by name, pairs of goals as (home, away)."""

    line: int
    stage: str
    round: int | None
    leg: int | None
    date: date | None
    home: str
    away: str
    neutral: bool
    goals: Pair | None
    half_time: Pair | None
    extra_time: Pair | None
    shoot_out: Pair | None
    winner: str | None
    awarded: bool

    @property
    def says_result(self) -> bool:
        """Whether the row holds a score or a winner."""
        return self.goals is not None or self.winner is not None


@dataclass(frozen=True, slots=True)
class MatchFile:
    """The rows that are fine on their own; `complete` if all are."""

    file: InputFile
    rows: tuple[MatchRow, ...]
    complete: bool


def read_matches(path: Path, problems: Problems) -> MatchFile | None:
    """Return the rows of matches.csv, or None after noting why there are none."""
    before = problems.count
    table = read_csv(path, required=_REQUIRED, known=COLUMNS, problems=problems)
    if table is None:
        return None
    rows = []
    for row in table.rows:
        seen = problems.count
        parsed = _Cells(row, table.file.shown, problems).parse()
        if problems.count == seen:
            rows.append(parsed)
    return MatchFile(table.file, tuple(rows), complete=problems.count == before)


class _Cells:
    """The cells of one row, and where their problems go."""

    def __init__(self, row: CsvRow, file: str, problems: Problems) -> None:
        self.cells: Mapping[str, str] = row.cells
        self.line = row.line
        self.file = file
        self.problems = problems

    def note(self, column: str, found: str, allowed: str) -> None:
        self.problems.add(self.file, self.line, column, found=found, allowed=allowed)

    def parse(self) -> MatchRow:
        """Return the row; what is wrong in it is noted and left blank."""
        goals = self.pair("home_goals", "away_goals")
        half_time = self.pair("home_goals_ht", "away_goals_ht")
        extra_time = self.pair("home_goals_et", "away_goals_et")
        shoot_out = self.pair("home_pens", "away_pens")
        self.check_scores(goals, half_time, extra_time, shoot_out)
        return MatchRow(
            line=self.line,
            stage=self.name("stage"),
            round=self.read("round", _up_to(_MOST_ROUND), f"an integer from 1 to {_MOST_ROUND}"),
            leg=self.read("leg", _up_to(2), "1 or 2"),
            date=self.read("date", _date, "a date such as 2023-09-17"),
            home=self.name("home"),
            away=self.name("away"),
            neutral=bool(self.read("neutral", {"0": 0, "1": 1}.get, "0 or 1")),
            goals=goals,
            half_time=half_time,
            extra_time=extra_time,
            shoot_out=shoot_out,
            winner=self.cells.get("winner") or None,
            awarded=self.awarded(),
        )

    def read(self, column: str, reader: Callable[[str], T | None], allowed: str) -> T | None:
        """Return the value of a cell, None if it is blank or wrong."""
        text = self.cells.get(column, "").strip(" ")
        if not text:
            return None
        value = reader(text)
        if value is None:
            self.note(column, show(text), f"{allowed}, or a blank")
        return value

    def name(self, column: str) -> str:
        """Return a cell that must hold a name."""
        text = self.cells[column]
        fault = name_fault(text)
        if fault:
            self.note(column, fault, "a name")
        return text

    def pair(self, home: str, away: str) -> Pair | None:
        """Return the goals of both sides, None if both are blank."""
        allowed = f"an integer from 0 to {MAX_GOALS}"
        blank = [column for column in (home, away) if not self.cells.get(column, "").strip(" ")]
        first, second = (self.read(column, _goals, allowed) for column in (home, away))
        if len(blank) == 1:
            self.note(blank[0], "a blank beside the goals of the other side", allowed)
        return None if first is None or second is None else (first, second)

    def check_scores(
        self, goals: Pair | None, half_time: Pair | None, extra_time: Pair | None, pens: Pair | None
    ) -> None:
        """Note scores of parts of a match that contradict the whole."""
        later = (("home_goals_ht", half_time), ("home_goals_et", extra_time), ("home_pens", pens))
        for column, score in later:
            if score is not None and goals is None:
                allowed = "a blank while home_goals and away_goals are blank"
                self.note(column, _score(score), allowed)
        if goals and half_time and (half_time[0] > goals[0] or half_time[1] > goals[1]):
            self.note("home_goals_ht", _score(half_time), f"at most the full time, {_score(goals)}")
        if goals and extra_time and (extra_time[0] < goals[0] or extra_time[1] < goals[1]):
            allowed = f"the score after extra time, at least {_score(goals)}"
            self.note("home_goals_et", _score(extra_time), allowed)
        if pens and pens[0] == pens[1]:
            self.note("home_pens", _score(pens), "a shoot-out with a winner")

    def awarded(self) -> bool:
        """Return whether a ruling gave the result."""
        note = plain_note(self.cells)
        if note.startswith(AWARDED) and note != AWARDED:
            self.note(
                "note", show(self.cells["note"]), f'exactly "{AWARDED}", or another word first'
            )
        return note == AWARDED


def _score(pair: Pair) -> str:
    return f"{pair[0]}-{pair[1]}"


def _up_to(most: int) -> Callable[[str], int | None]:
    """Return a reader of integers from 1 to `most`."""
    return lambda text: number if (number := _digits(text)) and number <= most else None


def _goals(text: str) -> int | None:
    number = _digits(text)
    return None if number is None or number > MAX_GOALS else number


def _digits(text: str) -> int | None:
    """Return a number of at most four ASCII digits."""
    plain = text.isascii() and text.isdigit() and len(text) <= 4
    return int(text) if plain else None


def _date(text: str) -> date | None:
    """Return a date written as year-month-day."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
