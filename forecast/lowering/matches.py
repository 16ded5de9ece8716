"""Fixtures and played results of the tables as flat lists a table row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def hidden_halves(plan: Plan, table_row: dict[str, int], rows: int) -> dict[str, Any]:
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


def lower_matches(plan: Plan, tables: Sequence[TableStage]) -> TableMatches:
    """Sort the matches of the tables into fixtures left, played counters and hidden half-times."""
    teams = len(plan.competition.teams)
    rows = len(tables) * teams
    table_row = {table.id: k * teams for k, table in enumerate(tables)}
    sides: list[list[int]] = [[] for _ in range(rows)]
    rivals: list[list[int]] = [[] for _ in range(rows)]
    met: list[list[tuple[int, int, int]]] = [[] for _ in range(rows)]
    played = np.zeros((rows, 8), np.int64)
    away_total = np.zeros(rows, np.int64)
    half_constant = np.zeros(rows, np.int64)
    left: list[Match] = []
    for match in plan.matches:
        if match.stage not in table_row:
            continue
        home, away = table_row[match.stage] + match.home, table_row[match.stage] + match.away
        rivals[home].append(match.away)
        rivals[away].append(match.home)
        away_total[away] += 1
        if match.home_goals is None or match.away_goals is None:
            sides[home].append(2 * len(left))
            sides[away].append(2 * len(left) + 1)
            left.append(match)
            continue
        if match.supposed:
            left.append(match)  # of no team: it only keeps the numbers of later sides
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
    for row in sides:
        row.sort(key=lambda side: side & 1)
    side_start, side_list = flatten(sides)
    at_home = np.array([sum(1 - (side & 1) for side in row) for row in sides], np.int64)
    rival_start, rival_list = flatten(rivals)
    met_start = np.cumsum([0, *map(len, met)], dtype=np.int64)
    known = np.array([each for row in met for each in row], np.int64).reshape(-1, 3)
    across = [left[s >> 1].home if s & 1 else left[s >> 1].away for s in side_list.tolist()]
    return TableMatches(
        fixtures=Fixtures(
            home=np.array([m.home for m in left], np.int64),
            away=np.array([m.away for m in left], np.int64),
            neutral=np.array([m.neutral for m in left], np.bool_),
        ),
        arrays={
            "side_start": side_start,
            "side_list": side_list,
            "side_away": side_start[:-1] + at_home,
            "side_rival": np.array(across, np.int64),
            "met_start": met_start,
            "met_rival": known[:, 0].copy(),
            "met_goals": known[:, 1:].copy(),
            "rival_start": rival_start,
            "rival_list": rival_list,
            **hidden_halves(plan, table_row, rows),
            "half_constant": half_constant,
        },
        played=played,
        total=np.diff(rival_start),
        away_total=away_total,
        left=np.stack([at_home, np.diff(side_start) - at_home]),
    )
