"""The table of a tile: additive columns packed into one integer a team and run, then sorted.

Every packed rung is a linear form in the eight counters of a team, and a shift is a product, so
the whole sort key is one linear form: constant + weights . counters. It is exact as long as no
field leaves its width, which lowering guarantees while no team has more than `key_goals` a match,
for or against, at home or away. Teams level on every packed rung are neighbours afterwards and are
settled by `ladder`.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE, Tables
from forecast.jit import jit_inline, jit_inner, jit_step
from forecast.kernel.ladder import rank_exactly
from forecast.kernel.points import count_points
from forecast.kernel.types import Flag, Integer, LadderWork, TableWork

__all__ = ["play_table", "sort_keys"]

COUNTER_MAX = 255
ONE = np.uint64(1)
BLOCK = 8 * TILE
"""Keys that are sorted in registers: those of eight rows."""

HOME, AWAY = np.uint64(0), np.uint64(4 * TILE)
"""First counter of a venue."""

ROW, ROW_2, ROW_3 = np.uint64(TILE), np.uint64(2 * TILE), np.uint64(3 * TILE)
ROW_4, ROW_5, ROW_6 = np.uint64(4 * TILE), np.uint64(5 * TILE), np.uint64(6 * TILE)
ROW_7 = np.uint64(7 * TILE)
"""So far on in a flat array is so many rows on. Rows of which several are written in one loop are
flat: where their distance is no constant, every such loop first tests whether they overlap."""


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
    """Add weights times counters to a team's keys (flat uint32), or to `before` if it is fresh."""
    w0, w1, w2, w3 = weight[table, 0], weight[table, 1], weight[table, 2], weight[table, 3]
    w4, w5, w6, w7 = weight[table, 4], weight[table, 5], weight[table, 6], weight[table, 7]
    first = ROW * np.uint64(team)
    for i in range(ROW):
        results = np.uint32(w0 * np.uint32(counters[i]) + w1 * np.uint32(counters[i + ROW]))
        scores = np.uint32(
            w2 * np.uint32(counters[i + ROW_2]) + w3 * np.uint32(counters[i + ROW_3])
        )
        home = np.uint32(results + scores)
        results = np.uint32(
            w4 * np.uint32(counters[i + ROW_4]) + w5 * np.uint32(counters[i + ROW_5])
        )
        scores = np.uint32(
            w6 * np.uint32(counters[i + ROW_6]) + w7 * np.uint32(counters[i + ROW_7])
        )
        away = np.uint32(results + scores)
        keys[first + i] = np.uint32((before if fresh else keys[first + i]) + home + away)


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
    """Fill `keys[TILE * team + run]` (uint32), the packed rungs of every team above its index.

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


@jit_inline
def sort_block(keys: np.ndarray, first: np.uint64) -> None:
    """Sort eight rows, the first of which begins at `first`, by 19 compare-exchanges."""
    for run in range(ROW):
        at = first + run
        a, b, c, d = keys[at], keys[at + ROW], keys[at + ROW_2], keys[at + ROW_3]
        e, f, g, h = keys[at + ROW_4], keys[at + ROW_5], keys[at + ROW_6], keys[at + ROW_7]
        a, c = max(a, c), min(a, c)
        b, d = max(b, d), min(b, d)
        e, g = max(e, g), min(e, g)
        f, h = max(f, h), min(f, h)
        a, e = max(a, e), min(a, e)
        b, f = max(b, f), min(b, f)
        c, g = max(c, g), min(c, g)
        d, h = max(d, h), min(d, h)
        a, b = max(a, b), min(a, b)
        c, d = max(c, d), min(c, d)
        e, f = max(e, f), min(e, f)
        g, h = max(g, h), min(g, h)
        c, e = max(c, e), min(c, e)
        d, f = max(d, f), min(d, f)
        b, e = max(b, e), min(b, e)
        d, g = max(d, g), min(d, g)
        b, c = max(b, c), min(b, c)
        d, e = max(d, e), min(d, e)
        f, g = max(f, g), min(f, g)
        keys[at], keys[at + ROW], keys[at + ROW_2], keys[at + ROW_3] = a, b, c, d
        keys[at + ROW_4], keys[at + ROW_5], keys[at + ROW_6], keys[at + ROW_7] = e, f, g, h


@jit_inline
def merge_block(keys: np.ndarray, first: np.uint64) -> None:
    """Sort eight rows that fall and then rise, or rise and then fall."""
    for run in range(ROW):
        at = first + run
        a, b, c, d = keys[at], keys[at + ROW], keys[at + ROW_2], keys[at + ROW_3]
        e, f, g, h = keys[at + ROW_4], keys[at + ROW_5], keys[at + ROW_6], keys[at + ROW_7]
        a, e = max(a, e), min(a, e)
        b, f = max(b, f), min(b, f)
        c, g = max(c, g), min(c, g)
        d, h = max(d, h), min(d, h)
        a, c = max(a, c), min(a, c)
        b, d = max(b, d), min(b, d)
        e, g = max(e, g), min(e, g)
        f, h = max(f, h), min(f, h)
        a, b = max(a, b), min(a, b)
        c, d = max(c, d), min(c, d)
        e, f = max(e, f), min(e, f)
        g, h = max(g, h), min(g, h)
        keys[at], keys[at + ROW], keys[at + ROW_2], keys[at + ROW_3] = a, b, c, d
        keys[at + ROW_4], keys[at + ROW_5], keys[at + ROW_6], keys[at + ROW_7] = e, f, g, h


@jit_inline
def exchange_mirrored(upper: np.ndarray, lower: np.ndarray) -> None:
    """Compare and exchange the rows of two blocks, the first with the last and so on."""
    for row in range(np.uint64(BLOCK // TILE)):
        for run in range(ROW):
            i, j = ROW * row + run, ROW_7 - ROW * row + run
            x, y = upper[i], lower[j]
            upper[i], lower[j] = max(x, y), min(x, y)


@jit_inline
def exchange_blocks(upper: np.ndarray, lower: np.ndarray) -> None:
    """Compare and exchange the rows of two blocks, the first with the first and so on."""
    for i in range(np.uint64(BLOCK)):
        x, y = upper[i], lower[i]
        upper[i], lower[i] = max(x, y), min(x, y)


@jit_inner
def merge_blocks(keys: np.ndarray, first: Integer, size: Integer) -> None:
    """Merge `size` sorted blocks with as many behind them, or as there are."""
    last = min(first + 2 * size, keys.size // BLOCK)
    for b in range(first + size, last):
        up, down = BLOCK * (2 * (first + size) - 1 - b), BLOCK * b
        exchange_mirrored(keys[up : up + BLOCK], keys[down : down + BLOCK])
    distance = size >> 1
    while distance > 0:
        for b in range(first, last - distance):
            if b & distance == 0:
                up, down = BLOCK * b, BLOCK * (b + distance)
                exchange_blocks(keys[up : up + BLOCK], keys[down : down + BLOCK])
        distance >>= 1
    for b in range(first, last):
        merge_block(keys, np.uint64(BLOCK * b))


@jit_inner
def sort_keys(keys: np.ndarray) -> None:
    """Sort the rows of every run downwards: Batcher's bitonic network, in blocks of eight rows.

    Within a block keys stay in registers: a network that goes through memory with every
    compare-exchange is bound by its stores. Source: Knuth, The Art of Computer Programming 3,
    5.3.4; the larger key always goes up, so that rows behind the last would never move.
    """
    blocks = keys.size // BLOCK
    for b in range(blocks):
        sort_block(keys, np.uint64(BLOCK * b))
    size = 1
    while size < blocks:
        for first in range(0, blocks - size, 2 * size):
            merge_blocks(keys, first, size)
        size *= 2


@jit_inline
def any_level(keys: np.ndarray, place: Integer, least: np.uint32) -> Flag:
    """Return whether a place and the next differ by less than the least packed step in any run."""
    agree, first = False, ROW * np.uint64(place)
    for run in range(ROW):
        agree |= (keys[first + run] ^ keys[first + ROW + run]) < least
    return agree


@jit_inline
def level_runs(keys: np.ndarray, place: Integer, least: np.uint32) -> np.uint64:
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
def settle_level(
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
    """Rank exactly, run by run, every group of neighbours that the packed rungs leave level."""
    last_place = np.int64(order.shape[0] - 1)
    bits = np.uint32(tables.key_bits)
    least = np.uint32(np.uint32(1) << bits)
    for place in range(last_place):
        if not any_level(keys, np.uint64(place), least):
            continue
        runs = level_runs(keys, np.uint64(place), least)
        while runs != 0:
            run = lowest_bit(runs)
            runs &= runs - ONE
            at = np.uint64(TILE * place) + run
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
    bits = np.uint32(tables.key_bits)
    for cut in range(tables.cut_table.size):
        if tables.cut_table[cut] != table:
            continue
        first = ROW * np.uint64(tables.cut_place[cut])
        for run in range(ROW):
            difference = np.uint32(keys[first - ROW + run] ^ keys[first + run])
            if difference >> bits == 0:
                continue  # counted by the exact ladder
            rung = 0
            while difference >> tables.rung_shift[table, rung] == 0:
                rung += 1
            rungs[cut, rung] += 1


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


@jit_step
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
    keys, packed = work.keys, tables.packed_count[table]
    exact: Flag = False
    if most_goals > tables.key_goals[table]:
        teams, room = order.shape[0], tables.key_goals[table]
        rows = table * teams, (table + 1) * teams
        lists = tables.side_list, tables.side_start, tables.side_away
        find_highest(goals, work.highest)
        exact = may_leave_key(work.highest, *lists, rows, room)
    if exact:
        packed = np.int64(0)
        no_keys(keys)
    else:
        fill_keys(tables, table, goals, most_goals, work.counters, order.shape[0], keys)
        sort_keys(keys)
        count_rungs(tables, table, keys, rungs)
    mask = np.uint32((ONE << np.uint64(tables.key_bits)) - ONE)
    for place in range(np.uint64(order.shape[0])):
        for run in range(ROW):
            order[place, run] = np.uint16(keys[ROW * place + run] & mask)
    settle_level(tables, table, key, packed, keys, goals, order, work.ladder, rungs)
    count_points(tables, table, exact, goals, order, work, points)
    return exact
