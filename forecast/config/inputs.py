"""All files of one forecast, each read and checked on its own, then against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from forecast.config.day import Day, View, find_day
from forecast.config.documents import Document, read_document
from forecast.config.files import InputFile
from forecast.config.fixtures import RowChecker
from forecast.config.match_rows import MatchFile, MatchRow, read_matches
from forecast.config.models import CompetitionFile, ForecastFile, KnockoutFile, TableFile
from forecast.config.problems import Problems, join_words, nearest, show
from forecast.config.rules import check_rules, has_dated_rules
from forecast.config.strengths import read_strengths
from forecast.config.structure import Structure, check_structure
from forecast.config.team_rows import Teams, read_teams
from forecast.plan import StrengthPlan

__all__ = ["Inputs", "read_inputs"]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a plan is made from; `rows` are those of stages that exist."""

    forecast: Document[ForecastFile]
    competition: Document[CompetitionFile]
    teams: Teams
    rows: tuple[MatchRow, ...]
    structure: Structure
    day: Day
    checker: RowChecker
    strength: StrengthPlan
    files: tuple[tuple[str, InputFile], ...]

    @property
    def said(self) -> ForecastFile:
        """The forecast as written."""
        assert self.forecast.model is not None
        return self.forecast.model

    @property
    def rules(self) -> CompetitionFile:
        """The competition as written."""
        assert self.competition.model is not None
        return self.competition.model


def read_inputs(path: Path, problems: Problems, view: View | None = None) -> Inputs:
    """Read a forecast and all that it names, as of the day of a `view` if there is one.

    Raises
    ------
    ConfigError
        With every problem that could be found.
    """
    forecast = read_document(path, ForecastFile, problems)
    if view and forecast and forecast.model:
        forecast = replace(forecast, model=view.of(forecast.model))
    competition_path = _named_path(forecast, "competition", problems)
    competition = competition_path and read_document(competition_path, CompetitionFile, problems)
    competition = competition or None
    teams_path = _named_path(competition, "teams", problems)
    teams = read_teams(teams_path, problems) if teams_path else None
    matches_path = _named_path(competition, "matches", problems)
    matches = read_matches(matches_path, problems) if matches_path else None
    structure = _check_competition(competition, teams, problems)
    strength = None
    if forecast and forecast.model:
        _check_runs(forecast, problems)
        if teams:
            strength = read_strengths(forecast, teams, problems)
    rows = _check_stages(competition, matches, problems)
    read = rows if matches else None
    day = _check_forecast(forecast, competition, structure, read, problems)
    checker = RowChecker(matches, teams, day, problems) if matches and teams and day else None
    if checker and structure and competition and forecast:
        _check_rows(checker, rows, structure, competition, forecast)
    problems.raise_any()
    assert forecast
    assert competition
    assert teams
    assert matches
    assert structure
    assert strength
    assert day
    assert checker
    files = _files(forecast, competition, teams, matches, strength[1])
    return Inputs(forecast, competition, teams, rows, structure, day, checker, strength[0], files)


def _named_path(
    document: Document[ForecastFile] | Document[CompetitionFile] | None,
    key: str,
    problems: Problems,
) -> Path | None:
    """Return the path under a key, also of a document with problems elsewhere.

    A file that is not there is noted where it is named.
    """
    name = document.said.get(key) if document else None
    if not document or not isinstance(name, str) or not name:
        return None
    path = document.path.parent / name
    try:
        path.stat()
    except FileNotFoundError:
        allowed = "the path of a file, relative to this file"
        document.note(problems, (key,), found=f"{show(name)}, no such file", allowed=allowed)
        return None
    except (OSError, ValueError):
        pass  # said by whoever reads it
    return path


def _check_competition(
    competition: Document[CompetitionFile] | None, teams: Teams | None, problems: Problems
) -> Structure | None:
    """Check rules and structure of a competition."""
    if competition is None or competition.model is None:
        return None
    check_rules(competition, problems)
    return check_structure(competition, teams, problems) if teams else None


def _check_runs(forecast: Document[ForecastFile], problems: Problems) -> None:
    """Note a forecast that says twice how much to simulate."""
    assert forecast.model is not None
    said = forecast.model.simulation
    if said.runs is not None and said.target_error is not None:
        found = f"runs = {said.runs} beside target_error = {said.target_error}"
        path = ("simulation", "target_error")
        forecast.note(problems, path, found=found, allowed="one of the two")


def _check_stages(
    competition: Document[CompetitionFile] | None, matches: MatchFile | None, problems: Problems
) -> tuple[MatchRow, ...]:
    """Note rows of stages that do not exist, and return the others."""
    if competition is None or competition.model is None or matches is None:
        return ()
    ids = [stage.id for stage in competition.model.stage]
    for row in matches.rows:
        if row.stage not in ids:
            found = f"{show(row.stage)}{nearest(row.stage, ids)}"
            problems.add(
                matches.file.shown, row.line, "stage", found=found, allowed=join_words(ids)
            )
    return tuple(row for row in matches.rows if row.stage in ids)


def _check_forecast(
    forecast: Document[ForecastFile] | None,
    competition: Document[CompetitionFile] | None,
    structure: Structure | None,
    rows: Sequence[MatchRow] | None,
    problems: Problems,
) -> Day | None:
    """Note a start or a day that the competition does not have; return the day.

    Without `rows`, which could not be read, there is no day.
    """
    if not (forecast and forecast.model and competition and competition.model and structure):
        return None
    start = forecast.model.start
    knockouts = [s.id for s in competition.model.stage if isinstance(s, KnockoutFile)]
    if start is not None and start not in knockouts:
        found = f"{show(start)}{nearest(start, knockouts)}"
        allowed = f"a knockout stage: {join_words(knockouts)}" if knockouts else "no start"
        forecast.note(problems, ("start",), found=found, allowed=allowed)
        return None
    if rows is None:
        return None
    return find_day(
        forecast,
        rows,
        structure.order,
        rules_need_date=has_dated_rules(competition.model),
        problems=problems,
    )


def _check_rows(
    checker: RowChecker,
    rows: Sequence[MatchRow],
    structure: Structure,
    competition: Document[CompetitionFile],
    forecast: Document[ForecastFile],
) -> None:
    """Check the rows that the forecast uses.

    Without `start` these are those of tables; with it those up to the start, and what was known
    of later stages.
    """
    assert competition.model is not None
    assert forecast.model is not None
    tables = [s.id for s in competition.model.stage if isinstance(s, TableFile)]
    order, start = structure.order, forecast.model.start
    if start is None:
        used = [row for row in rows if row.stage in tables]
        checker.check(used, tables=tables, simulated=())
        if checker.file.complete:
            checker.check_all_play(used, tables)
        return
    used = [
        row
        for row in rows
        if order[row.stage] <= order[start]
        or (row.date is None and row.says_result)
        or checker.day.knows(row, order)
    ]
    simulated = [stage for stage, number in order.items() if number >= order[start]]
    checker.check(used, tables=tables, simulated=simulated)


def _files(
    forecast: Document[ForecastFile],
    competition: Document[CompetitionFile],
    teams: Teams,
    matches: MatchFile,
    strengths: tuple[tuple[str, InputFile], ...],
) -> tuple[tuple[str, InputFile], ...]:
    """Return each file that was read under the name by which a config calls it."""
    assert forecast.model is not None
    assert competition.model is not None
    files = [
        (forecast.path.name, forecast.file),
        (forecast.model.competition, competition.file),
        (competition.model.teams, teams.file),
        (competition.model.matches, matches.file),
    ]
    return (*files, *strengths)
