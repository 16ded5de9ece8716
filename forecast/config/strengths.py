"""`[strength]` of a forecast: a model to fit, or strengths that are given in a table."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from forecast.config.csv_rows import CsvTable, read_csv
from forecast.config.documents import Document
from forecast.config.files import InputFile
from forecast.config.information import read_information
from forecast.config.models import ForecastFile
from forecast.config.problems import Problems, nearest, show
from forecast.config.team_rows import Teams
from forecast.plan import GivenStrengths, StrengthPlan

__all__ = ["MOST_RATE", "read_strengths"]

MOST_RATE = 40
"""Goals per 90 minutes; a larger rate is a slip, and the kernel's series would grow long."""

_MOST_LOG = 10
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_COLUMNS = ("team", "attack", "defence")
_GIVEN = ("table", "intercept", "home_advantage")
_BEYOND = ("groups", "covariate", "earlier", "half_life_days")


def read_strengths(
    document: Document[ForecastFile], teams: Teams, problems: Problems
) -> tuple[StrengthPlan, tuple[tuple[str, InputFile], ...]] | None:
    """Return how strengths are found and the files that were read, or None after problems."""
    assert document.model is not None
    said = document.model.strength
    before = problems.count
    for key in _GIVEN:
        value = getattr(said, key)
        if said.model == "given" and value is None:
            allowed = 'a value, since model = "given"'
            document.note(problems, ("strength", key), found="nothing", allowed=allowed)
        if said.model != "given" and value is not None:
            allowed = 'the key only with model = "given"'
            document.note(problems, ("strength", key), found=show(value), allowed=allowed)
    if said.model == "given" and said.uncertainty == "posterior":
        allowed = '"none", since given strengths have no uncertainty'
        document.note(problems, ("strength", "uncertainty"), found='"posterior"', allowed=allowed)
    for key in _BEYOND if said.model == "given" else ():
        value = getattr(said, key)
        if value:
            allowed = "the key only where strengths are fitted"
            document.note(problems, ("strength", key), found="a value", allowed=allowed)
    if problems.count > before:
        return None
    share = said.first_half_share
    if said.table is None or said.intercept is None or said.home_advantage is None:
        return _fitted(document, teams, problems)
    path = document.path.parent / said.table
    table = read_csv(path, required=_COLUMNS, known=_COLUMNS, problems=problems)
    values = None if table is None else _values(table, teams, problems)
    if table is None or values is None:
        return None
    given = GivenStrengths(
        intercept=said.intercept,
        home_advantage=said.home_advantage,
        attack=tuple(values[name][0] for name in teams.names),
        defence=tuple(values[name][1] for name in teams.names),
    )
    _check_rate(document, given, problems)
    return StrengthPlan("given", "none", share, given), ((said.table, table.file),)


def _fitted(
    document: Document[ForecastFile], teams: Teams, problems: Problems
) -> tuple[StrengthPlan, tuple[tuple[str, InputFile], ...]]:
    """Return strengths that are fitted, and what the fit is told beyond the results."""
    assert document.model is not None
    said = document.model.strength
    known = read_information(document, teams, problems)
    plan = StrengthPlan(
        model=said.model,
        uncertainty=said.uncertainty or "posterior",
        first_half_share=said.first_half_share,
        given=None,
        groups=known.groups,
        covariates=known.covariates,
        earlier=known.earlier,
        half_life=known.half_life,
    )
    return plan, known.files


def _values(
    table: CsvTable, teams: Teams, problems: Problems
) -> dict[str, tuple[float, float]] | None:
    """Return attack and defence of every team, or None after noting problems."""
    before = problems.count
    values: dict[str, tuple[float, float]] = {}
    for row in table.rows:
        name = row.cells["team"]
        if name in values or name not in teams.index:
            again = " again" if name in values else nearest(name, teams.names)
            allowed = "each team of the competition once"
            found = f"{show(name)}{again}"
            problems.add(table.file.shown, row.line, "team", found=found, allowed=allowed)
        numbers = [_number(row.cells[column]) for column in _COLUMNS[1:]]
        for column, number in zip(_COLUMNS[1:], numbers, strict=True):
            if number is None:
                found, allowed = show(row.cells[column]), "a log-rate from -10 to 10"
                problems.add(table.file.shown, row.line, column, found=found, allowed=allowed)
        values[name] = (numbers[0] or 0.0, numbers[1] or 0.0)
    missing = [name for name in teams.names if name not in values]
    if missing:
        found = f"no row for {show(missing[0])}"
        if len(missing) > 1:
            found += f" and {len(missing) - 1} more"
        allowed = "a row for every team of the competition"
        problems.add(table.file.shown, 1, "team", found=found, allowed=allowed)
    return values if problems.count == before else None


def _number(text: str) -> float | None:
    """Return a decimal number within the range of log-rates."""
    if len(text) > 40 or not _NUMBER.fullmatch(text.strip(" ")):
        return None
    number = float(text)
    return number if abs(number) <= _MOST_LOG else None


def _check_rate(
    document: Document[ForecastFile], given: GivenStrengths, problems: Problems
) -> None:
    """Note strengths with which two teams could reach an absurd rate."""
    contrast = _largest_contrast(given.attack, given.defence)
    most = given.intercept + max(given.home_advantage, 0.0) + contrast
    if most > math.log(MOST_RATE):
        rate = f"{math.exp(most):.0f}" if most < 20 else "millions of"
        found = f"strengths with a largest rate of {rate} goals"
        allowed = f"rates up to {MOST_RATE} goals per 90 minutes"
        document.note(problems, ("strength", "table"), found=found, allowed=allowed)


def _largest_contrast(attack: Sequence[float], defence: Sequence[float]) -> float:
    """Return the largest attack of one team minus defence of another.

    Only the two best attacks and the two worst defences can take part.
    """
    best = sorted(range(len(attack)), key=lambda team: -attack[team])[:2]
    worst = sorted(range(len(defence)), key=lambda team: defence[team])[:2]
    return max(attack[i] - defence[j] for i in best for j in worst if i != j)
