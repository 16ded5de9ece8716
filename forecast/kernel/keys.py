"""Sort keys: the leading rungs of every team, packed into one integer a run.

Every packed rung is a linear form in the eight counters of a team, and a shift is a product, so
the whole sort key is one linear form: constant + weights . counters. It is exact as long as no
field leaves its width, which lowering guarantees while no team has more than `key_goals` a match,
for or against, at home or away.

Keys are uint32, in large competitions uint64 (`arrays.key_type`): their dtype is that of the sums.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE, Tables
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.rows import ROW, ROW_2, ROW_3, ROW_4, ROW_5, ROW_6, ROW_7
from forecast.kernel.types import Flag, Integer

__all__ = ["fill_keys", "find_highest", "may_leave_key", "no_keys"]

COUNTER_MAX = 255

HOME, AWAY = np.uint64(0), ROW_4
"""First counter of a venue."""


@jit_inline
def count_venue(
    goals: np.ndarray,
    sides: np.ndarray,
    first: Integer,
    last: Integer,
    counters: np.ndarray,
    venue: np.uint64,
) -> None:
    """Fill the four counters of a venue (flat uint8, TILE of each) from a team's sides of it."""
    if first == last:
        for i in range(ROW_4):
            counters[venue + i] = 0
        return
    side, rival = np.uint64(sides[first]), np.uint64(sides[first] ^ 1)
    for run in range(ROW):
        at = venue + run
        counters[at] = goals[side, run] > goals[rival, run]
        counters[at + ROW] = goals[side, run] == goals[rival, run]
        counters[at + ROW_2] = goals[side, run]
        counters[at + ROW_3] = goals[rival, run]
    for i in range(first + 1, last):
        side, rival = np.uint64(sides[i]), np.uint64(sides[i] ^ 1)
        for run in range(ROW):
            at = venue + run
            counters[at] += np.uint8(goals[side, run] > goals[rival, run])
            counters[at + ROW] += np.uint8(goals[side, run] == goals[rival, run])
            counters[at + ROW_2] += goals[side, run]
            counters[at + ROW_3] += goals[rival, run]


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
    """Add weights times counters to a team's keys, or to `before` if it is fresh."""
    w0, w1, w2, w3 = weight[table, 0], weight[table, 1], weight[table, 2], weight[table, 3]
    w4, w5, w6, w7 = weight[table, 4], weight[table, 5], weight[table, 6], weight[table, 7]
    kind, first = keys.dtype.type, ROW * np.uint64(team)
    for i in range(ROW):
        results = kind(w0 * kind(counters[i]) + w1 * kind(counters[i + ROW]))
        scores = kind(w2 * kind(counters[i + ROW_2]) + w3 * kind(counters[i + ROW_3]))
        home = kind(results + scores)
        results = kind(w4 * kind(counters[i + ROW_4]) + w5 * kind(counters[i + ROW_5]))
        scores = kind(w6 * kind(counters[i + ROW_6]) + w7 * kind(counters[i + ROW_7]))
        away = kind(results + scores)
        keys[first + i] = kind((before if fresh else keys[first + i]) + home + away)


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
    weight, constant = tables.key_weight, tables.key_constant
    room = COUNTER_MAX // max(most_goals, 1)
    for i in range(ROW * np.uint64(teams), np.uint64(keys.size)):
        keys[i] = 0
    for team in range(np.uint64(teams)):
        row = table * teams + np.int64(team)
        home, away, last = starts[row], aways[row], starts[row + 1]
        middle, fresh = away, True
        while fresh or home < middle or away < last:
            home_end, away_end = min(home + room, middle), min(away + room, last)
            count_venue(goals, sides, home, home_end, counters, HOME)
            count_venue(goals, sides, away, away_end, counters, AWAY)
            weigh_counters(weight, table, counters, constant[table, team], fresh, keys, team)
            home, away, fresh = home_end, away_end, False


@jit_inner
def find_highest(goals: np.ndarray, highest: np.ndarray) -> None:
    """Fill `highest[side]` (uint8) with the most goals of a side in any run."""
    for side in range(np.uint64(goals.shape[0])):
        most = np.uint8(0)
        for run in range(TILE):
            most = max(most, goals[side, run])
        highest[side] = most


@jit_inner
def may_leave_key(
    highest: np.ndarray,
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
                scored += highest[sides[i]]
                conceded += highest[sides[i] ^ 1]
            if max(scored, conceded) > room * (last - first):
                return True
    return False


@jit_inline
def no_keys(keys: np.ndarray) -> None:
    """Leave all teams level: a key is the team's index alone."""
    for i in range(np.uint64(keys.size)):
        keys[i] = i // ROW
