"""The table of a tile: additive columns packed into one integer a team and run, then sorted.

Every packed rung is a linear form in the eight counters of a team, and a shift is a product, so
the whole sort key is one linear form: constant + weights . counters. It is exact as long as no
field leaves its width, which lowering guarantees while no side scores more than `key_goals` in a
match. Teams level on every packed rung are neighbours afterwards and are settled by `ladder`.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE, UNKNOWN, Tables
from forecast.jit import jit_inner
from forecast.kernel.ladder import points_bin, rank_exactly
from forecast.kernel.types import Flag, Integer, LadderWork, TableWork

__all__ = ["play_table"]

COUNTER_MAX = 255


@jit_inner
def count_side(goals: np.ndarray, side: Integer, counters: np.ndarray) -> None:
    """Add one side's match to `counters[counter, run]` (uint8, eight rows)."""
    venue = 4 * (side & 1)
    own, rival = goals[side], goals[side ^ 1]
    wins, draws = counters[venue], counters[venue + 1]
    scored, conceded = counters[venue + 2], counters[venue + 3]
    # One loop a counter: together they would need too many checks that no arrays overlap.
    for run in range(TILE):
        wins[run] += np.uint8(own[run] > rival[run])
    for run in range(TILE):
        draws[run] += np.uint8(own[run] == rival[run])
    for run in range(TILE):
        scored[run] += own[run]
    for run in range(TILE):
        conceded[run] += rival[run]


@jit_inner
def empty_counters(weight: np.ndarray, counters: np.ndarray, key: np.ndarray) -> None:
    """Add weights times counters to `key[run]` (uint64) and set the counters to zero."""
    w0, w1, w2, w3 = weight[0], weight[1], weight[2], weight[3]
    w4, w5, w6, w7 = weight[4], weight[5], weight[6], weight[7]
    for run in range(TILE):
        home = (
            w0 * np.uint64(counters[0, run])
            + w1 * np.uint64(counters[1, run])
            + w2 * np.uint64(counters[2, run])
            + w3 * np.uint64(counters[3, run])
        )
        away = (
            w4 * np.uint64(counters[4, run])
            + w5 * np.uint64(counters[5, run])
            + w6 * np.uint64(counters[6, run])
            + w7 * np.uint64(counters[7, run])
        )
        key[run] += home + away
    counters[:] = 0


@jit_inner
def fill_keys(
    tables: Tables,
    table: Integer,
    goals: np.ndarray,
    most_goals: Integer,
    counters: np.ndarray,
    keys: np.ndarray,
) -> None:
    """Fill `keys[team, run]` (uint64), the packed rungs of every team above its index.

    The counters have eight bits, so that one instruction counts 64 runs; they are emptied into
    the keys before they can be full.
    """
    teams = keys.shape[0]
    room = COUNTER_MAX // max(most_goals, 1)
    counters[:] = 0
    for team in range(teams):
        key, constant = keys[team], tables.key_constant[table, team]
        for run in range(TILE):
            key[run] = constant
        row = table * teams + team
        first, last = tables.side_start[row], tables.side_start[row + 1]
        for i in range(first, last):
            count_side(goals, tables.side_list[i], counters)
            if (i - first) % room == room - 1 or i == last - 1:
                empty_counters(tables.key_weight[table], counters, key)


@jit_inner
def sort_keys(tables: Tables, keys: np.ndarray) -> None:
    """Sort every column of `keys` downwards with a network of compare-exchanges over its rows."""
    for c in range(tables.network_first.size):
        high, low = keys[tables.network_first[c]], keys[tables.network_second[c]]
        for run in range(TILE):
            x, y = high[run], low[run]
            high[run] = max(x, y)
            low[run] = min(x, y)


@jit_inner
def any_level(upper: np.ndarray, lower: np.ndarray, bits: np.uint64) -> Flag:
    """Return whether two neighbouring rows of keys agree on every packed rung in any run."""
    agree = False
    for run in range(TILE):
        agree |= (upper[run] ^ lower[run]) >> bits == 0
    return agree


@jit_inner
def settle_level(
    tables: Tables,
    table: Integer,
    key: np.uint64,
    keys: np.ndarray,
    goals: np.ndarray,
    order: np.ndarray,
    work: LadderWork,
    rungs: np.ndarray,
) -> None:
    """Rank exactly, run by run, every group of neighbours that the packed rungs leave level."""
    bits, last_place = np.uint64(tables.key_bits), keys.shape[0] - 1
    packed = tables.packed_count[table]
    for place in range(last_place):
        if not any_level(keys[place], keys[place + 1], bits):
            continue
        for run in range(TILE):
            group = keys[place, run] >> bits
            if keys[place + 1, run] >> bits != group:
                continue
            if place > 0 and keys[place - 1, run] >> bits == group:
                continue  # settled with the group's first place
            last = place + 1
            while last < last_place and keys[last + 1, run] >> bits == group:
                last += 1
            span = (place, last)
            rank_exactly(tables, table, key, run, span, packed, goals, order, work, rungs)


@jit_inner
def count_rungs(tables: Tables, table: Integer, keys: np.ndarray, rungs: np.ndarray) -> None:
    """Add to `rungs[cut, rung]` the packed rung that separated the two teams at each cut."""
    bits = np.uint64(tables.key_bits)
    for cut in range(tables.cut_table.size):
        if tables.cut_table[cut] != table:
            continue
        place = tables.cut_place[cut]
        upper, lower = keys[place - 1], keys[place]
        for run in range(TILE):
            difference = upper[run] ^ lower[run]
            if difference >> bits == 0:
                continue  # counted by the exact ladder
            rung = 0
            while difference >> tables.rung_shift[table, rung] == 0:
                rung += 1
            rungs[cut, rung] += 1


@jit_inner
def count_points(
    tables: Tables,
    table: Integer,
    exact: Flag,
    goals: np.ndarray,
    keys: np.ndarray,
    order: np.ndarray,
    tally: np.ndarray,
) -> None:
    """Add to `tally[place, bin]` (uint32) the points of the team in each place."""
    first = np.uint64(tables.points_first[table])
    shift, mask = tables.points_field[table, 0], tables.points_field[table, 1]
    packed = tables.points_rung[table] != UNKNOWN and not exact
    for place in range(order.shape[0]):
        counted, key, ranked = tally[place], keys[place], order[place]
        if packed:
            for run in range(TILE):
                counted[((key[run] >> shift) & mask) + first] += np.uint32(1)
        else:
            for run in range(TILE):
                counted[points_bin(tables, table, np.int64(ranked[run]), run, goals)] += np.uint32(
                    1
                )


@jit_inner
def rank_table(
    tables: Tables,
    table: Integer,
    key: np.uint64,
    goals: np.ndarray,
    most_goals: Integer,
    work: TableWork,
    order: np.ndarray,
    rungs: np.ndarray,
) -> None:
    """Fill `order[place, run]` from the packed keys, and settle exactly who they leave level."""
    keys = work.keys
    fill_keys(tables, table, goals, most_goals, work.counters, keys)
    sort_keys(tables, keys)
    mask = (np.uint64(1) << np.uint64(tables.key_bits)) - np.uint64(1)
    for place in range(keys.shape[0]):
        sorted_keys, ranked = keys[place], order[place]
        for run in range(TILE):
            ranked[run] = np.uint16(sorted_keys[run] & mask)
    count_rungs(tables, table, keys, rungs)
    settle_level(tables, table, key, keys, goals, order, work.ladder, rungs)


@jit_inner
def play_table(
    tables: Tables,
    table: Integer,
    key: np.uint64,
    goals: np.ndarray,
    most_goals: Integer,
    work: TableWork,
    order: np.ndarray,
    rungs: np.ndarray,
    points: np.ndarray,
) -> Flag:
    """Fill `order[place, run]` (uint16 teams); return whether every run was ranked exactly.

    `rungs` and `points` are tallies.
    """
    exact = most_goals > tables.key_goals[table]
    if exact:
        for run in range(TILE):
            for team in range(order.shape[0]):
                order[team, run] = team
            span = (0, order.shape[0] - 1)
            rank_exactly(tables, table, key, run, span, 0, goals, order, work.ladder, rungs)
    else:
        rank_table(tables, table, key, goals, most_goals, work, order, rungs)
    count_points(tables, table, exact, goals, work.keys, order, points)
    return exact
