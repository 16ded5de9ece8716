"""The table of a tile: keys sorted, and teams that they leave level settled by the exact ladder.

Teams level on every packed rung are neighbours after the sort.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from forecast.arrays import TILE, Tables
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.keys import fill_keys, may_leave_key, no_keys
from forecast.kernel.ladder import rank_exactly
from forecast.kernel.points import count_points
from forecast.kernel.rows import ROW
from forecast.kernel.sort import sort_keys
from forecast.kernel.types import PLACE, Flag, Integer, LadderWork, TableWork

__all__ = ["play_table"]

ONE = np.uint64(1)


@jit_inline
def any_level(keys: np.ndarray, place: Integer, least: np.unsignedinteger[Any]) -> Flag:
    """Return whether a place and the next agree on every packed rung in any run.

    Then their keys differ below `least`, the lowest bit of the packed rungs, at most.
    """
    agree, first = False, ROW * np.uint64(place)
    for run in range(ROW):
        agree |= (keys[first + run] ^ keys[first + ROW + run]) < least
    return agree


@jit_inline
def level_runs(keys: np.ndarray, place: Integer, least: np.unsignedinteger[Any]) -> np.uint64:
    """Return a bit for every run in which a place and the next agree on every packed rung."""
    runs, first = np.uint64(0), ROW * np.uint64(place)
    for run in range(ROW):
        agree = (keys[first + run] ^ keys[first + ROW + run]) < least
        runs |= np.uint64(agree) << run
    return runs


@jit_inline
def lowest_bit(bits: np.uint64) -> np.int64:
    """Return the number of the lowest bit that is set, from the exponent of its value."""
    lowest = np.float64(bits & (~bits + ONE))
    return np.int64((lowest.view(np.uint64) >> np.uint64(52)) - np.uint64(1023))


@jit_inner
def settle_neighbours(
    tables: Tables,
    table: Integer,
    key: np.uint64,
    packed: Integer,
    keys: np.ndarray,
    goals: np.ndarray,
    order: np.ndarray,
    work: LadderWork,
    rungs: np.ndarray,
) -> None:
    """Rank exactly, run by run, every group of neighbours that the packed rungs leave level.

    `keys[TILE * place + run]` are sorted; of the ladder, rungs from `packed` on are left.
    """
    last_place = np.int64(order.shape[0] - 1)
    kind = keys.dtype.type
    bits = kind(tables.key_bits)
    least = kind(kind(1) << bits)
    for place in range(last_place):
        if not any_level(keys, np.uint64(place), least):
            continue
        runs = level_runs(keys, np.uint64(place), least)
        while runs != 0:
            run = lowest_bit(runs)
            runs &= runs - ONE
            at = np.uint64(TILE * place) + np.uint64(run)
            group = keys[at] >> bits
            if place > 0 and keys[at - ROW] >> bits == group:
                continue  # settled with the group's first place
            last = place + 1
            while (
                last < last_place and keys[at + ROW * np.uint64(last + 1 - place)] >> bits == group
            ):
                last += 1
            span = (place, last)
            rank_exactly(tables, table, key, run, span, packed, goals, order, work, rungs)


@jit_inner
def count_rungs(tables: Tables, table: Integer, keys: np.ndarray, rungs: np.ndarray) -> None:
    """Add to `rungs[cut, rung]` the packed rung that separated the two teams at each cut."""
    kind = keys.dtype.type
    bits = kind(tables.key_bits)
    for cut in range(tables.cut_table.size):
        if tables.cut_table[cut] != table:
            continue
        first = ROW * np.uint64(tables.cut_place[cut])
        for run in range(ROW):
            difference = kind(keys[first - ROW + run] ^ keys[first + run])
            if difference >> bits == 0:
                continue  # counted by the exact ladder
            rung = 0
            while difference >> tables.rung_shift[table, rung] == 0:
                rung += 1
            rungs[cut, rung] += 1


@jit_inner
def play_table(
    tables: Tables,
    table: Integer,
    key: np.uint64,
    goals: np.ndarray,
    most: np.ndarray,
    most_goals: Integer,
    work: TableWork,
    order: np.ndarray,
    rungs: np.ndarray,
    points: np.ndarray,
) -> Flag:
    """Fill `order[place, run]`, the table's slots; return whether the ladder ranked without keys.

    `goals[side, run]` (uint8) are those of the fixtures, `most[side]` (uint8) the most that a side
    could score, `most_goals` the largest of them; `order` (uint32) are occupants; `rungs` and
    `points` those of `Tally`.
    """
    keys, packed = work.keys, tables.packed_count[table]
    exact: Flag = False
    if most_goals > tables.key_goals[table]:
        teams, room = order.shape[0], tables.key_goals[table]
        rows = table * teams, (table + 1) * teams
        lists = tables.side_list, tables.side_start, tables.side_away
        exact = may_leave_key(most, *lists, rows, room)
    if exact:
        packed = np.int64(0)
        no_keys(keys)
    else:
        fill_keys(tables, table, goals, most_goals, work.counters, order.shape[0], keys)
        sort_keys(keys)
        count_rungs(tables, table, keys, rungs)
    mask = np.uint32((ONE << np.uint64(tables.key_bits)) - ONE)
    for place in range(np.uint64(order.shape[0])):
        high = np.uint32(PLACE * np.uint32(place))
        for run in range(ROW):
            team = np.uint32(np.uint32(keys[ROW * place + run]) & mask)
            order[place, run] = np.uint32(high | team)
    settle_neighbours(tables, table, key, packed, keys, goals, order, work.ladder, rungs)
    count_points(tables, table, exact, goals, order, work, points)
    return exact
