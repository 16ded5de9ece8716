"""Fixtures and played results of the tables as flat lists a table row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import Fixtures
from forecast.plan import Match, Plan, PointsRule, TableStage

__all__ = ["TableMatches", "flatten", "lower_matches"]


@dataclass(frozen=True, slots=True)
class TableMatches:
    """The matches of all tables.

    Attributes
    ----------
    fixtures : Fixtures
    arrays : dict
        The fields of `Tables` that list matches.
    played : int64, shape (table rows, 8)
        The eight counters over the played matches.
    total, away_total : int64, shape (table rows,)
        All matches of the team in the table, played or not; those away from home.
    left : int64, shape (2, table rows)
        How many matches are left at home, and away.
    """

    fixtures: Fixtures
    arrays: dict[str, Any]
    played: NDArray[np.int64]
    total: NDArray[np.int64]
    away_total: NDArray[np.int64]
    left: NDArray[np.int64]


def flatten(lists: Iterable[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return `start` and `values` of a list of lists."""
    rows = [list(row) for row in lists]
    start = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    return start, np.array([value for row in rows for value in row], np.int64)


def half_points(match: Match, rule: PointsRule) -> tuple[int, int]:
    """Return the points of both sides for a known half-time score."""
    assert match.half_time is not None
    home, away = match.half_time
    if home == away:
        return rule.draw, rule.draw
    return (rule.win, rule.loss) if home > away else (rule.loss, rule.win)


def hidden_halves(plan: Plan, table_row: Mapping[str, int], rows: int) -> dict[str, Any]:
    """Return the fields of `Tables` on known matches whose half-time score is not known.

    Those supposed come last, so that the others keep their numbers, and their random ones.
    """
    hidden: list[list[int]] = [[] for _ in range(rows)]
    goals: list[tuple[int, int]] = []
    for match in sorted(plan.matches, key=lambda match: match.supposed):
        if match.home_goals is None or match.away_goals is None:
            continue
        if match.stage not in table_row or match.half_time is not None:
            continue
        first = table_row[match.stage]
        hidden[first + match.home].append(2 * len(goals))
        hidden[first + match.away].append(2 * len(goals) + 1)
        goals.append((match.home_goals, match.away_goals))
    start, values = flatten(hidden)
    known = np.array(goals, np.int64).reshape(-1, 2)
    return {"hidden_start": start, "hidden_list": values, "hidden_goals": known}


def in_tables(plan: Plan, table_row: Mapping[str, int]) -> Iterator[tuple[Match, int, int]]:
    """Yield the matches of tables with the table rows of both sides."""
    for match in plan.matches:
        if match.stage in table_row:
            first = table_row[match.stage]
            yield match, first + match.home, first + match.away


def lower_left(
    plan: Plan, table_row: Mapping[str, int], rows: int
) -> tuple[Fixtures, dict[str, NDArray[np.int64]]]:
    """Return the fixtures left, and the fields of `Tables` that list their sides.

    A supposed result leaves its fixture to no team: it only keeps the numbers of later sides.
    """
    sides: list[list[int]] = [[] for _ in range(rows)]
    left: list[Match] = []
    for match, home, away in in_tables(plan, table_row):
        if not match.played:
            sides[home].append(2 * len(left))
            sides[away].append(2 * len(left) + 1)
        if not match.played or match.supposed:
            left.append(match)
    start, values = flatten(sorted(row, key=lambda side: side & 1) for row in sides)
    at_home = np.array([sum(1 - (side & 1) for side in row) for row in sides], np.int64)
    across = [left[s >> 1].home if s & 1 else left[s >> 1].away for s in values.tolist()]
    fixtures = Fixtures(
        home=np.array([match.home for match in left], np.int64),
        away=np.array([match.away for match in left], np.int64),
        neutral=np.array([match.neutral for match in left], np.bool_),
    )
    return fixtures, {
        "side_start": start,
        "side_list": values,
        "side_away": start[:-1] + at_home,
        "side_rival": np.array(across, np.int64),
    }


def lower_played(
    plan: Plan, table_row: Mapping[str, int], rows: int
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.int64]]]:
    """Return `TableMatches.played`, and the fields of `Tables` on results that are known."""
    met: list[list[tuple[int, int, int]]] = [[] for _ in range(rows)]
    played = np.zeros((rows, 8), np.int64)
    half_constant = np.zeros(rows, np.int64)
    for match, home, away in in_tables(plan, table_row):
        if match.home_goals is None or match.away_goals is None:
            continue
        scored, conceded = match.home_goals, match.away_goals
        met[home].append((match.away, scored, conceded))
        met[away].append((match.home, conceded, scored))
        level = scored == conceded
        played[home, :4] += (scored > conceded, level, scored, conceded)
        played[away, 4:] += (scored < conceded, level, conceded, scored)
        if match.half_time is not None:
            points = half_points(match, plan.competition.points)
            half_constant[home] += points[0]
            half_constant[away] += points[1]
    known = np.array([each for row in met for each in row], np.int64).reshape(-1, 3)
    return played, {
        "met_start": np.cumsum([0, *map(len, met)], dtype=np.int64),
        "met_rival": known[:, 0].copy(),
        "met_goals": known[:, 1:].copy(),
        "half_constant": half_constant,
    }


def lower_matches(plan: Plan, tables: Sequence[TableStage]) -> TableMatches:
    """Sort the matches of the tables into fixtures left, played counters and hidden half-times."""
    teams = len(plan.competition.teams)
    rows = len(tables) * teams
    table_row = {table.id: k * teams for k, table in enumerate(tables)}
    rivals: list[list[int]] = [[] for _ in range(rows)]
    away_total = np.zeros(rows, np.int64)
    for match, home, away in in_tables(plan, table_row):
        rivals[home].append(match.away)
        rivals[away].append(match.home)
        away_total[away] += 1
    rival_start, rival_list = flatten(rivals)
    fixtures, sides = lower_left(plan, table_row, rows)
    played, results = lower_played(plan, table_row, rows)
    home_start, away_start = sides["side_start"], sides["side_away"]
    return TableMatches(
        fixtures=fixtures,
        arrays={
            **sides,
            **results,
            **hidden_halves(plan, table_row, rows),
            "rival_start": rival_start,
            "rival_list": rival_list,
        },
        played=played,
        total=np.diff(rival_start),
        away_total=away_total,
        left=np.stack([away_start - home_start[:-1], home_start[1:] - away_start]),
    )
