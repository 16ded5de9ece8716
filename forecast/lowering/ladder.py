"""Ladders as linear forms, and their leading rungs packed into one sort key."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import (
    LADDER_ADDITIVE,
    LADDER_FIRST_HALF,
    LADDER_HEAD_TO_HEAD,
    LADDER_LOTS,
    LADDER_OPPONENTS,
    UNKNOWN,
    PointsBins,
    key_type,
)
from forecast.columns import HEAD_TO_HEAD, OPPONENTS, column_weights
from forecast.lowering.matches import TableMatches
from forecast.plan import Plan, PointsRule, TableStage

__all__ = ["Rung", "lower_ladders"]

VALUE_BITS = 62
"""Bits of a value that the exact ladder compares."""

MOST_GOALS = 255
"""Most goals of a side that any goal model can make."""

KEY_GOALS = range(31, 128)
"""Goals of a side a match for which a sort key may be laid out: the most that leave as many rungs
room as the least."""

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of a ladder: `constant[team] + weight . counters`, of a team or of its rivals."""

    kind: int
    weight: Int64
    constant: Int64


def additive_rung(
    plan: Plan, table: TableStage, name: str, matches: TableMatches, row: int
) -> Rung:
    """Return a column of results, or an integer column of teams.csv, as a rung."""
    teams = len(plan.competition.teams)
    weights = column_weights(name, plan.competition.points)
    if weights is None:
        values = np.array([int(text) for text in plan.competition.team_columns[name]], np.int64)
        dense = np.unique(values, return_inverse=True)[1].astype(np.int64)
        return Rung(LADDER_ADDITIVE, np.zeros(8, np.int64), dense)
    weight = np.array(weights, np.int64)
    rows = slice(row, row + teams)
    constant = matches.played[rows] @ weight
    if name == "points":
        constant += plan.competition.points.loss * matches.total[rows]
        for adjustment in table.adjustments:
            constant[adjustment.team] += adjustment.points
    if name == "away_points":
        constant += plan.competition.points.loss * matches.away_total[rows]
    return Rung(LADDER_ADDITIVE, weight, constant)


def make_rung(plan: Plan, table: TableStage, name: str, matches: TableMatches, row: int) -> Rung:
    """Return one rung of a ladder by its name."""
    empty = np.zeros(8, np.int64), np.zeros(len(plan.competition.teams), np.int64)
    if name == "lots":
        return Rung(LADDER_LOTS, *empty)
    if name == "first_half_points":
        return Rung(LADDER_FIRST_HALF, *empty)
    if name.startswith(HEAD_TO_HEAD) and name not in plan.competition.team_columns:
        weight = column_weights(name.removeprefix(HEAD_TO_HEAD), plan.competition.points)
        each = plan.competition.points.loss if name.endswith("points") else 0
        return Rung(LADDER_HEAD_TO_HEAD, np.array(weight, np.int64), empty[1] + each)
    if name.startswith(OPPONENTS) and name not in plan.competition.team_columns:
        rivals = additive_rung(plan, table, name.removeprefix(OPPONENTS), matches, row)
        return Rung(LADDER_OPPONENTS, rivals.weight, rivals.constant)
    return additive_rung(plan, table, name, matches, row)


def value_range(rung: Rung, left: Int64, goals: int) -> tuple[int, int]:
    """Return the least and largest value of an additive rung over all teams and results.

    `left` has shape (2, teams): how many matches each has left at home, and away.
    """
    least, largest = rung.constant, rung.constant
    for matches, weight in zip(left, rung.weight.reshape(2, 4).tolist(), strict=True):
        win, draw, scored, conceded = weight
        low, high = min(scored, 0) + min(conceded, 0), max(scored, 0) + max(conceded, 0)
        least = least + matches * (min(win, draw, 0) + goals * low)
        largest = largest + matches * (max(win, draw, 0) + goals * high)
    return int(least.min()), int(largest.max())


def pack(
    rungs: Sequence[Rung], left: Int64, bits: int, goals: int, most: int
) -> tuple[int, list[tuple[int, int]]]:
    """Return how many leading rungs fit above `bits` low bits, and (shift, least value) of each.

    All together have at most `most` bits.
    """
    widths = []
    for rung in rungs:
        if rung.kind != LADDER_ADDITIVE:
            break
        least, largest = value_range(rung, left, goals)
        widths.append((max((largest - least).bit_length(), 1), least))
        if bits + sum(width for width, _ in widths) > most:
            widths.pop()
            break
    shift = bits + sum(width for width, _ in widths)
    fields = []
    for width, least in widths:
        shift -= width
        fields.append((shift, least))
    return len(fields), fields


def choose_packing(
    rungs: Sequence[Rung], left: Int64, bits: int, most: int
) -> tuple[int, int, list[tuple[int, int]]]:
    """Return the goals bound, the number of packed rungs and their fields."""

    def layout(goals: int) -> tuple[int, list[tuple[int, int]]]:
        return pack(rungs, left, bits, goals, most)

    packed, _ = layout(KEY_GOALS[0])
    goals = KEY_GOALS[bisect(KEY_GOALS, -packed, key=lambda goals: -layout(goals)[0]) - 1]
    return goals, *layout(goals)


def empty_fields(plan: Plan, tables: Sequence[TableStage]) -> dict[str, Any]:
    """Return the fields of `Tables` for all ladders, to be filled table by table."""
    teams, count = len(plan.competition.teams), len(tables)
    most = max((len(table.tie_breaks) for table in tables), default=0)
    rule, kind = plan.competition.points, key_type(teams)
    return {
        "rung_count": np.zeros(count, np.int64),
        "packed_count": np.zeros(count, np.int64),
        "rung_kind": np.zeros((count, most), np.int64),
        "rung_weight": np.zeros((count, most, 8), np.int64),
        "rung_constant": np.zeros((count, most, teams), np.int64),
        "rung_block": np.zeros((count, most), np.int64),
        "block_shift": np.zeros((count, most), np.int64),
        "rung_shift": np.zeros((count, most), kind),
        "key_weight": np.zeros((count, 8), kind),
        "key_others": np.zeros(count, np.bool_),
        "key_constant": np.zeros((count, teams), kind),
        "key_bits": max(1, (teams - 1).bit_length()),
        "key_goals": np.zeros(count, np.int64),
        "points_weight": np.zeros((count, 8), np.int64),
        "points_constant": np.zeros((count, teams), np.int64),
        "points_value": np.tile(np.array([rule.win, rule.draw, rule.loss], np.int64), (count, 1)),
        "points_first": np.zeros(count, np.int64),
        "points_last": np.zeros(count, np.int64),
        "points_bin": np.zeros(count, np.int64),
        "points_rung": np.full(count, UNKNOWN, np.int64),
        "points_field": np.zeros((count, 2), kind),
    }


def combine(
    rungs: Sequence[Rung], fields: Sequence[tuple[int, int]], dtype: type[np.integer[Any]]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the weights and the constants of rungs as one linear form with these fields.

    Negative weights wrap in an unsigned type; the sum is right modulo its size, and no field is
    negative.
    """
    weight = np.zeros(8, dtype)
    constant = np.zeros(rungs[0].constant.size, dtype)
    for rung, (shift, least) in zip(rungs, fields, strict=False):
        unit = dtype(1 << shift)
        weight += rung.weight.astype(dtype) * unit
        constant += (rung.constant - least).astype(dtype) * unit
    return weight, constant


def over_sums(rung: Rung, left: Int64, rule: PointsRule) -> Rung:
    """Return the same rung of the matches left as a form in the sums of the sort key.

    They are points, away points, goals for, goals against, wins, away wins, away goals for and away
    goals against; points here contain those of losses. A rung weighs draws in proportion to points,
    or not at all.
    """

    def over_venue(weight: Int64) -> tuple[int, int, int, int]:
        win, draw, scored, conceded = (int(w) for w in weight)
        points = draw // (rule.draw - rule.loss) if draw else 0
        assert points * (rule.draw - rule.loss) == draw, "draws need a counter in kernel/keys"
        return points, scored, conceded, win - points * (rule.win - rule.loss)

    points, scored, conceded, wins = over_venue(rung.weight[:4])
    away = over_venue(rung.weight[4:] - rung.weight[:4])
    weight = (points, away[0], scored, conceded, wins, away[3], away[1], away[2])
    losses = rule.loss * (points * left.sum(axis=0) + away[0] * left[1])
    return Rung(rung.kind, np.array(weight, np.int64), rung.constant - losses)


def fill_block(
    out: dict[str, Any],
    t: int,
    rungs: Sequence[Rung],
    span: tuple[int, int],
    left: Int64,
) -> int:
    """Fill a block of rungs, from the first to before the last at most; return where it ends.

    Additive rungs become one value, as many as fit; head-to-head ones look at the same matches.
    """
    first, last = span
    kind, end = rungs[first].kind, first + 1
    weight, constant = rungs[first].weight, rungs[first].constant
    if kind == LADDER_ADDITIVE:
        count, fields = pack(rungs[first:last], left, 0, MOST_GOALS, VALUE_BITS)
        if count > 1:
            end = first + count
            weight, constant = combine(rungs[first:end], fields, np.int64)
            out["block_shift"][t, first:end] = [shift for shift, _ in fields]
    while kind == LADDER_HEAD_TO_HEAD and rungs[end].kind == LADDER_HEAD_TO_HEAD:
        end += 1
    for k in range(first, end):
        out["rung_kind"][t, k] = kind
        out["rung_weight"][t, k] = rungs[k].weight
        out["rung_constant"][t, k] = rungs[k].constant
        out["rung_block"][t, k] = end
    out["rung_weight"][t, first], out["rung_constant"][t, first] = weight, constant
    return end


def fill_rungs(
    out: dict[str, Any],
    t: int,
    rungs: Sequence[Rung],
    left: Int64,
    rule: PointsRule,
) -> list[tuple[int, int]]:
    """Fill the ladder of table `t` and its sort key; return (shift, least value) of its fields."""
    kind = out["key_weight"].dtype.type
    goals, packed, fields = choose_packing(rungs, left, out["key_bits"], kind(0).nbytes * 8)
    out["key_goals"][t], out["packed_count"][t], out["rung_count"][t] = goals, packed, len(rungs)
    out["rung_shift"][t, :packed] = [shift for shift, _ in fields]
    weight, constant = combine([over_sums(rung, left, rule) for rung in rungs], fields, kind)
    out["key_weight"][t], out["key_others"][t] = weight, weight[4:].any()
    out["key_constant"][t] = constant + np.arange(constant.size, dtype=kind)
    first = 0
    while first < len(rungs):
        last = packed if first < packed else len(rungs)
        first = fill_block(out, t, rungs, (first, last), left)
    return fields


def lower_ladders(
    plan: Plan, tables: Sequence[TableStage], matches: TableMatches
) -> tuple[dict[str, Any], tuple[PointsBins, ...]]:
    """Return the fields of `Tables` for all ladders, and the bins of points."""
    out = empty_fields(plan, tables)
    teams = len(plan.competition.teams)
    bins: list[PointsBins] = []
    first = 0
    for t, table in enumerate(tables):
        row = t * teams
        left = matches.left[:, row : row + teams]
        rungs = [make_rung(plan, table, name, matches, row) for name in table.tie_breaks]
        fields = fill_rungs(out, t, rungs, left, plan.competition.points)
        points = make_rung(plan, table, "points", matches, row)
        lowest, highest = value_range(points, left, 0)
        out["points_weight"][t], out["points_constant"][t] = points.weight, points.constant
        out["points_first"][t], out["points_bin"][t] = first, first - lowest
        if "points" in table.tie_breaks[: len(fields)]:
            at = table.tie_breaks.index("points")
            out["points_rung"][t] = at
            out["points_field"][t] = fields[at][0], (1 << (highest - lowest).bit_length()) - 1
        bins.append(PointsBins(table.id, lowest, first, highest - lowest + 1))
        first += bins[-1].size
        out["points_last"][t] = first
    return out, tuple(bins)
