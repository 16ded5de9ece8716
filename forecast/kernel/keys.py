"""Sort keys: the leading rungs of every team, packed into one integer a run.

Every packed rung is a linear form in eight sums of a team (`Tables.key_weight`), and a shift is a
product, so the whole sort key is one linear form: constant + weights . sums. Four of them, points,
away points and goals for and against, are all that most ladders begin with; the others are weighed,
and wins counted, only where they have a weight. A key is exact as long as no field leaves its
width, which lowering guarantees while no team has more than `key_goals` a match, for or against,
at home or away.

Keys are uint32, in large competitions uint64 (`arrays.key_type`): their dtype is that of the sums.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE, Tables
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.rows import ROW, ROW_3
from forecast.kernel.types import Flag, Integer

__all__ = ["fill_keys", "may_leave_key", "no_keys"]

COUNTER_MAX = 255

POINTS, SCORED, CONCEDED, AWAY_POINTS, AWAY_SCORED, AWAY_CONCEDED, WINS, AWAY_WINS = (
    np.uint64(k * TILE) for k in range(8)
)
"""Where each of the counters begins. The first three are of home sides until those away are added;
wins are counted only if a packed rung needs them."""


@jit_inline
def result_points(
    own: np.uint8, rival: np.uint8, beyond_loss: tuple[np.uint8, np.uint8]
) -> np.uint8:
    """Return what a score gives beyond a loss, modulo 256; `beyond_loss` is of a win and a draw."""
    win, draw = beyond_loss
    return np.uint8(win if own > rival else np.uint8(draw if own == rival else np.uint8(0)))


@jit_inline
def count_venue(
    goals: np.ndarray,
    sides: np.ndarray,
    span: tuple[Integer, Integer],
    value: tuple[Integer, Integer, Integer],
    counters: np.ndarray,
    venue: np.uint64,
) -> None:
    """Fill points, goals for and goals against from a team's sides at one venue.

    The sides are those of `span`, the last excluded; `value` is what a win, a draw and a loss are
    worth. Points are counted modulo 256: on the way a sum may be negative.
    """
    first, last = span
    win, draw, loss = value
    beyond_loss = np.uint8(win - loss), np.uint8(draw - loss)
    if first == last:
        for i in range(ROW_3):
            counters[venue + i] = 0
        return
    losses = np.uint8(loss * (last - first))
    side, rival = np.uint64(sides[first]), np.uint64(sides[first] ^ 1)
    for run in range(ROW):
        at, own, other = venue + run, goals[side, run], goals[rival, run]
        counters[at + POINTS] = np.uint8(losses + result_points(own, other, beyond_loss))
        counters[at + SCORED] = own
        counters[at + CONCEDED] = other
    for i in range(first + 1, last):
        side, rival = np.uint64(sides[i]), np.uint64(sides[i] ^ 1)
        for run in range(ROW):
            at, own, other = venue + run, goals[side, run], goals[rival, run]
            counters[at + POINTS] += result_points(own, other, beyond_loss)
            counters[at + SCORED] += own
            counters[at + CONCEDED] += other


@jit_inline
def count_wins(
    goals: np.ndarray,
    sides: np.ndarray,
    span: tuple[Integer, Integer],
    counters: np.ndarray,
    venue: np.uint64,
) -> None:
    """Fill `WINS` or `AWAY_WINS` from a team's sides at one venue, those of `span`."""
    for run in range(ROW):
        counters[venue + run] = 0
    for i in range(span[0], span[1]):
        side, rival = np.uint64(sides[i]), np.uint64(sides[i] ^ 1)
        for run in range(ROW):
            counters[venue + run] += np.uint8(goals[side, run] > goals[rival, run])


@jit_inline
def add_rows(counters: np.ndarray, rows: np.uint64, others: np.uint64, size: np.uint64) -> None:
    """Add `size` counters from `others` on to those from `rows` on."""
    for i in range(size):
        counters[rows + i] += counters[others + i]


@jit_inline
def weigh_counters(
    weight: np.ndarray,
    table: Integer,
    counters: np.ndarray,
    before: Integer,
    fresh: Flag,
    keys: np.ndarray,
    team: Integer,
) -> None:
    """Add weights times the four counters that most ladders begin with to a team's keys.

    If it is fresh, to `before` instead.
    """
    w0, w1, w2, w3 = weight[table, 0], weight[table, 1], weight[table, 2], weight[table, 3]
    kind, first = keys.dtype.type, ROW * np.uint64(team)
    for i in range(ROW):
        points = kind(w0 * kind(counters[i + POINTS]) + w1 * kind(counters[i + AWAY_POINTS]))
        scores = kind(w2 * kind(counters[i + SCORED]) + w3 * kind(counters[i + CONCEDED]))
        keys[first + i] = kind((before if fresh else keys[first + i]) + points + scores)


@jit_inline
def weigh_others(
    weight: np.ndarray, table: Integer, counters: np.ndarray, keys: np.ndarray, team: Integer
) -> None:
    """Add weights times the other four counters to a team's keys."""
    w4, w5, w6, w7 = weight[table, 4], weight[table, 5], weight[table, 6], weight[table, 7]
    kind, first = keys.dtype.type, ROW * np.uint64(team)
    for i in range(ROW):
        wins = kind(w4 * kind(counters[i + WINS]) + w5 * kind(counters[i + AWAY_WINS]))
        scored, conceded = counters[i + AWAY_SCORED], counters[i + AWAY_CONCEDED]
        scores = kind(w6 * kind(scored) + w7 * kind(conceded))
        keys[first + i] += kind(wins + scores)


@jit_inner
def fill_keys(
    tables: Tables,
    table: Integer,
    goals: np.ndarray,
    most_goals: Integer,
    counters: np.ndarray,
    teams: Integer,
    keys: np.ndarray,
) -> None:
    """Fill `keys[TILE * team + run]`, the packed rungs of every team above its index.

    Rows that fill up the last block of eight are 0, no more than any key.

    The counters have eight bits, so that one instruction counts 64 runs; they are emptied into
    the keys before they can be full.
    """
    sides, starts, aways = tables.side_list, tables.side_start, tables.side_away
    weight, constant, points = tables.key_weight, tables.key_constant, tables.points_value
    value = points[table, 0], points[table, 1], points[table, 2]
    room = COUNTER_MAX // max(most_goals, value[0], value[1], value[2], 1)
    for i in range(ROW * np.uint64(teams), np.uint64(keys.size)):
        keys[i] = 0
    for team in range(np.uint64(teams)):
        row = table * teams + np.int64(team)
        home, away, last = starts[row], aways[row], starts[row + 1]
        middle, fresh = away, True
        while fresh or home < middle or away < last:
            at_home = home, min(home + room, middle)
            abroad = away, min(away + room - (at_home[1] - home), last)
            count_venue(goals, sides, at_home, value, counters, POINTS)
            count_venue(goals, sides, abroad, value, counters, AWAY_POINTS)
            add_rows(counters, POINTS, AWAY_POINTS, ROW_3)
            weigh_counters(weight, table, counters, constant[table, team], fresh, keys, team)
            if tables.key_others[table]:
                count_wins(goals, sides, at_home, counters, WINS)
                count_wins(goals, sides, abroad, counters, AWAY_WINS)
                add_rows(counters, WINS, AWAY_WINS, ROW)
                weigh_others(weight, table, counters, keys, team)
            home, away, fresh = at_home[1], abroad[1], False


@jit_inner
def may_leave_key(
    most: np.ndarray,
    sides: np.ndarray,
    starts: np.ndarray,
    aways: np.ndarray,
    rows: tuple[Integer, Integer],
    room: Integer,
) -> Flag:
    """Return whether some sum of goals could be too large for the fields of the keys.

    They have room for so many goals a match, for and against, at home and away; `sides`, `starts`
    and `aways` are lists of `Tables`, `rows` the first table row and the one after the last.
    """
    for row in range(rows[0], rows[1]):
        for first, last in ((starts[row], aways[row]), (aways[row], starts[row + 1])):
            scored = conceded = np.int64(0)
            for i in range(first, last):
                scored += most[sides[i]]
                conceded += most[sides[i] ^ 1]
            if max(scored, conceded) > room * (last - first):
                return True
    return False


@jit_inline
def no_keys(keys: np.ndarray) -> None:
    """Leave all teams level: a key is the team's index alone."""
    for i in range(np.uint64(keys.size)):
        keys[i] = i // ROW
