"""What `[strength]` may know beyond the results: groups, covariates, earlier stages, decay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forecast.config.csv_rows import CsvRow, CsvTable, read_csv
from forecast.config.documents import Document
from forecast.config.files import InputFile
from forecast.config.match_rows import AWARDED, plain_note
from forecast.config.models import CovariateFile, EarlierFile, ForecastFile
from forecast.config.problems import Problems, nearest, show
from forecast.config.team_rows import Teams
from forecast.plan import MAX_GOALS, MAX_TEAMS, Covariate, EarlierStages

__all__ = ["Information", "read_information"]

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?")
_RESULT = ("home", "away", "home_goals", "away_goals")
_AGGREGATE = "agg"
"""A `leg` of earlier stages that is the sum of two; it is no match and is left out."""


@dataclass(frozen=True, slots=True)
class Information:
    """What the strengths are told, and the files that it was read from, by name."""

    groups: tuple[str, ...]
    covariates: tuple[Covariate, ...]
    earlier: EarlierStages | None
    half_life: float | None
    files: tuple[tuple[str, InputFile], ...]


def read_information(
    document: Document[ForecastFile], teams: Teams, problems: Problems
) -> Information:
    """Return what the config asks the fit to know; what cannot be read is noted."""
    assert document.model is not None
    said = document.model.strength
    files: dict[str, InputFile] = {}
    for number, column in enumerate(said.groups):
        if column not in teams.columns:
            path = ("strength", "groups", number)
            found = f"{show(column)}{nearest(column, teams.columns)}"
            document.note(problems, path, found=found, allowed="a column of teams.csv")
    covariates = []
    for number, each in enumerate(said.covariate):
        cells = _cells(document, number, each, teams, files=files, problems=problems)
        if cells is not None:
            covariates.append(
                _covariate(document, number, each, teams, cells=cells, problems=problems)
            )
    earlier = _earlier(document, said.earlier, teams, files, problems) if said.earlier else None
    return Information(
        tuple(said.groups), tuple(covariates), earlier, said.half_life_days, tuple(files.items())
    )


def _cells(
    document: Document[ForecastFile],
    number: int,
    said: CovariateFile,
    teams: Teams,
    *,
    files: dict[str, InputFile],
    problems: Problems,
) -> Mapping[str, str] | None:
    """Return the cell of every team in the covariate's column, or None after noting problems."""
    if said.table is None:
        if said.column in teams.columns:
            return dict(zip(teams.names, teams.columns[said.column], strict=True))
        path = ("strength", "covariate", number, "column")
        found = f"{show(said.column)}{nearest(said.column, teams.columns)}"
        document.note(problems, path, found=found, allowed="a column of teams.csv")
        return None
    required = ("team", said.column)
    path_of = document.path.parent / said.table
    table = read_csv(path_of, required=required, known=None, problems=problems)
    if table is None:
        return None
    files[said.table] = table.file
    cells: dict[str, str] = {}
    for row in table.rows:
        if row.cells["team"] in cells and row.cells["team"] in teams.index:
            found, allowed = f"{show(row.cells['team'])} again", "one row a team"
            problems.add(table.file.shown, row.line, "team", found=found, allowed=allowed)
        cells[row.cells["team"]] = row.cells[said.column]
    missing = [name for name in teams.names if name not in cells]
    if missing:
        found = f"no row for {show(missing[0])}"
        allowed = "a row for every team of the competition"
        problems.add(table.file.shown, 1, "team", found=found, allowed=allowed)
        return None
    return cells


def _covariate(
    document: Document[ForecastFile],
    number: int,
    said: CovariateFile,
    teams: Teams,
    *,
    cells: Mapping[str, str],
    problems: Problems,
) -> Covariate:
    """Return a covariate with a number for every team; a cell that is none is noted."""
    if said.value is not None:
        values = tuple(float(cells[name] == said.value) for name in teams.names)
        if sum(values) in {0.0, float(len(values))}:
            path = ("strength", "covariate", number, "value")
            allowed = "a value that some teams have and others have not"
            document.note(problems, path, found=show(said.value), allowed=allowed)
        return Covariate(said.column, values, said.mean, said.sd)
    bad = [name for name in teams.names if not _NUMBER.fullmatch(cells[name].strip())]
    if bad:
        path = ("strength", "covariate", number, "column")
        found = f"{show(cells[bad[0]])} for {show(bad[0])}"
        document.note(problems, path, found=found, allowed="a number for every team")
        return Covariate(said.column, (0.0,) * len(teams.names), said.mean, said.sd)
    values = tuple(float(cells[name]) / said.unit for name in teams.names)
    return Covariate(said.column, values, said.mean, said.sd)


def _earlier(
    document: Document[ForecastFile],
    said: EarlierFile,
    teams: Teams,
    files: dict[str, InputFile],
    problems: Problems,
) -> EarlierStages | None:
    """Return the matches of earlier stages whose score is known."""
    path = document.path.parent / said.results
    table = read_csv(path, required=_RESULT, known=None, problems=problems)
    if table is None:
        return None
    files[said.results] = table.file
    index = dict(teams.index)
    matches = []
    for row in table.rows:
        goals = _goals(table, row, problems)
        if goals is None or row.cells.get("leg") == _AGGREGATE:
            continue
        if plain_note(row.cells).startswith(AWARDED):
            continue
        home, away = (
            index.setdefault(row.cells[side].strip(), len(index)) for side in ("home", "away")
        )
        if home == away:
            found, allowed = f"{show(row.cells['home'])} against itself", "two clubs"
            problems.add(table.file.shown, row.line, "away", found=found, allowed=allowed)
        matches.append((home, away, *goals))
    _check_clubs(table, index, problems)
    clubs = tuple(index)[len(teams.names) :]
    return EarlierStages(clubs, tuple(matches), said.weight)


def _goals(table: CsvTable, row: CsvRow, problems: Problems) -> tuple[int, int] | None:
    """Return a row's score, or None if it has none."""
    cells = [row.cells[column].strip() for column in _RESULT[2:]]
    if cells == ["", ""]:
        return None
    for column, cell in zip(_RESULT[2:], cells, strict=True):
        if not (cell.isascii() and cell.isdigit() and len(cell) < 3):
            allowed = f"goals from 0 to {MAX_GOALS}, or no score"
            problems.add(table.file.shown, row.line, column, found=show(cell), allowed=allowed)
            return None
    return int(cells[0]), int(cells[1])


def _check_clubs(
    table: CsvTable, names: Sequence[str] | Mapping[str, int], problems: Problems
) -> None:
    """Note blank names, and more clubs than a fit can hold."""
    if "" in names:
        problems.add(table.file.shown, 1, "home", found="a row without a club", allowed="two names")
    if len(names) > MAX_TEAMS:
        found, allowed = f"{len(names):,} clubs in all", f"at most {MAX_TEAMS:,}"
        problems.add(table.file.shown, 1, "home", found=found, allowed=allowed)
