"""The table of a tile: additive columns packed into one integer a team and run, then sorted.

Every packed rung is a linear form in the eight counters of a team, and a shift is a product, so
the whole sort key is one linear form: constant + weights . counters. It is exact as long as no
field leaves its width, which lowering guarantees while no side scores more than `key_goals` in a
match. Teams level on every packed rung are neighbours afterwards and are settled by `ladder`.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE, Program
from forecast.jit import jit
from forecast.kernel.ladder import rank_exactly

__all__ = ["count_points", "count_rungs", "fill_keys", "play_table", "sort_keys"]


@jit
def count_sides(program: Program, table_row: int, goals: np.ndarray, counters: np.ndarray) -> None:
    """Fill `counters[counter, run]` (uint16, eight rows) of one team from its sides' goals."""
    for i in range(counters.size):
        counters.flat[i] = 0
    for i in range(program.side_start[table_row], program.side_start[table_row + 1]):
        side = program.side_list[i]
        venue = 4 * (side & 1)
        own, rival = goals[side], goals[side ^ 1]
        wins, draws = counters[venue], counters[venue + 1]
        scored, conceded = counters[venue + 2], counters[venue + 3]
        for run in range(TILE):
            wins[run] += np.uint16(own[run] > rival[run])
            draws[run] += np.uint16(own[run] == rival[run])
            scored[run] += np.uint16(own[run])
            conceded[run] += np.uint16(rival[run])


@jit
def fill_keys(
    program: Program,
    table: int,
    goals: np.ndarray,
    counters: np.ndarray,
    keys: np.ndarray,
    points: np.ndarray,
) -> None:
    """Fill `keys[team, run]` (uint64) and `points[team, run]` (int32: row in the points bins)."""
    teams = keys.shape[0]
    bin_of_zero = program.points_first[table] - program.points_lowest[table]
    for team in range(teams):
        count_sides(program, table * teams + team, goals, counters)
        key, total = keys[team], points[team]
        constant = program.key_constant[table, team]
        first = np.int32(program.points_constant[table, team] + bin_of_zero)
        for run in range(TILE):
            key[run] = constant
            total[run] = first
        for c in range(8):
            row = counters[c]
            weight = program.key_weight[table, c]
            value = np.int32(program.points_weight[table, c])
            if weight != 0:
                for run in range(TILE):
                    key[run] += weight * np.uint64(row[run])
            if value != 0:
                for run in range(TILE):
                    total[run] += value * np.int32(row[run])


@jit
def sort_keys(program: Program, keys: np.ndarray) -> None:
    """Sort every column of `keys` downwards with a network of compare-exchanges over its rows."""
    for c in range(program.network_first.size):
        high, low = keys[program.network_first[c]], keys[program.network_second[c]]
        for run in range(TILE):
            x, y = high[run], low[run]
            high[run] = max(x, y)
            low[run] = min(x, y)


@jit
def mark_level(program: Program, keys: np.ndarray, level: np.ndarray) -> None:
    """Set `level[run]` (uint8) where any neighbours agree on every packed rung."""
    bits = np.uint64(program.key_bits)
    for run in range(TILE):
        level[run] = 0
    for place in range(keys.shape[0] - 1):
        upper, lower = keys[place], keys[place + 1]
        for run in range(TILE):
            level[run] |= np.uint8((upper[run] ^ lower[run]) >> bits == 0)


@jit
def count_rungs(
    program: Program, table: int, keys: np.ndarray, rungs: np.ndarray
) -> None:
    """Add to `rungs[cut, rung]` the packed rung that separated the two teams at each cut."""
    bits = np.uint64(program.key_bits)
    for cut in range(program.cut_table.size):
        if program.cut_table[cut] != table:
            continue
        place = program.cut_place[cut]
        upper, lower = keys[place - 1], keys[place]
        for run in range(TILE):
            difference = upper[run] ^ lower[run]
            if difference >> bits == 0:
                continue  # counted by the exact ladder
            rung = 0
            while difference >> program.rung_shift[table, rung] == 0:
                rung += 1
            rungs[cut, rung] += 1


@jit
def count_points(order: np.ndarray, points: np.ndarray, tally: np.ndarray) -> None:
    """Add to `tally[place, bin]` (uint32) the points of the team in each place."""
    for place in range(order.shape[0]):
        row, counted = order[place], tally[place]
        for run in range(TILE):
            counted[points[row[run], run]] += np.uint32(1)


@jit
def play_table(
    program: Program,
    table: int,
    key: np.uint64,
    goals: np.ndarray,
    most_goals: int,
    work: tuple,
    order: np.ndarray,
    rungs: np.ndarray,
) -> bool:
    """Fill `order[place, run]` (uint16 teams); return whether the exact ladder ranked every run.

    `work` is (counters, keys, points, level, values, split), see `season`.
    """
    counters, keys, points, level, values, split = work
    teams = keys.shape[0]
    fill_keys(program, table, goals, counters, keys, points)
    if most_goals > program.key_goals[table]:
        for run in range(TILE):
            for team in range(teams):
                order[team, run] = team
            rank_exactly(program, table, key, run, 0, keys, goals, order, values, split, rungs)
        return True
    sort_keys(program, keys)
    mask = (np.uint64(1) << np.uint64(program.key_bits)) - np.uint64(1)
    for place in range(teams):
        for run in range(TILE):
            order[place, run] = np.uint16(keys[place, run] & mask)
    count_rungs(program, table, keys, rungs)
    mark_level(program, keys, level)
    packed = program.packed_count[table]
    for run in range(TILE):
        if level[run]:
            rank_exactly(program, table, key, run, packed, keys, goals, order, values, split, rungs)
    return False
