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

__all__ = ["play_table"]

COUNTER_MAX = 255
ONE = np.uint64(1)
HOME, AWAY = 0, 4
"""First counter of a venue."""


@jit_inline
def count_venue(
    goals: np.ndarray,
    sides: np.ndarray,
    first: Integer,
    last: Integer,
    counters: np.ndarray,
    venue: int,
) -> None:
    """Fill the four counters of a venue (uint8, a row each) from a team's sides of it."""
    wins, draws, scored, conceded = venue, venue + 1, venue + 2, venue + 3
    if first == last:
        counters[wins : conceded + 1] = 0
        return
    side, rival = np.uint64(sides[first]), np.uint64(sides[first] ^ 1)
    for run in range(TILE):
        counters[wins, run] = goals[side, run] > goals[rival, run]
        counters[draws, run] = goals[side, run] == goals[rival, run]
        counters[scored, run] = goals[side, run]
        counters[conceded, run] = goals[rival, run]
    for i in range(first + 1, last):
        side, rival = np.uint64(sides[i]), np.uint64(sides[i] ^ 1)
        for run in range(TILE):
            counters[wins, run] += np.uint8(goals[side, run] > goals[rival, run])
            counters[draws, run] += np.uint8(goals[side, run] == goals[rival, run])
            counters[scored, run] += goals[side, run]
            counters[conceded, run] += goals[rival, run]


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
    """Add weights times counters to `keys[team, run]` (uint64), or to `before` if it is fresh."""
    w0, w1, w2, w3 = weight[table, 0], weight[table, 1], weight[table, 2], weight[table, 3]
    w4, w5, w6, w7 = weight[table, 4], weight[table, 5], weight[table, 6], weight[table, 7]
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
        keys[team, run] = (before if fresh else keys[team, run]) + (home + away)


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
    sides, starts, aways = tables.side_list, tables.side_start, tables.side_away
    weight, constant = tables.key_weight, tables.key_constant
    room = COUNTER_MAX // max(most_goals, 1)
    teams = keys.shape[0]
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
def sort_keys(tables: Tables, keys: np.ndarray) -> None:
    """Sort every column of `keys` downwards with a network of compare-exchanges over its rows."""
    firsts, seconds = tables.network_first, tables.network_second
    for c in range(firsts.size):
        high, low = np.uint64(firsts[c]), np.uint64(seconds[c])
        for run in range(TILE):
            x, y = keys[high, run], keys[low, run]
            keys[high, run] = max(x, y)
            keys[low, run] = min(x, y)


@jit_inline
def any_level(keys: np.ndarray, place: Integer, least: np.uint64) -> Flag:
    """Return whether a place and the next differ by less than the least packed step in any run."""
    agree = False
    for run in range(TILE):
        agree |= (keys[place, run] ^ keys[place + ONE, run]) < least
    return agree


@jit_inline
def level_runs(keys: np.ndarray, place: Integer, least: np.uint64) -> np.uint64:
    """Return a bit for every run in which a place and the next agree on every packed rung."""
    runs = np.uint64(0)
    for run in range(np.uint64(TILE)):
        agree = (keys[place, run] ^ keys[place + ONE, run]) < least
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
    last_place = np.int64(keys.shape[0] - 1)
    bits = np.uint64(tables.key_bits)
    least = ONE << bits
    for place in range(last_place):
        if not any_level(keys, np.uint64(place), least):
            continue
        runs = level_runs(keys, np.uint64(place), least)
        while runs != 0:
            run = lowest_bit(runs)
            runs &= runs - ONE
            group = keys[place, run] >> bits
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
        place = np.uint64(tables.cut_place[cut])
        for run in range(TILE):
            difference = keys[place - ONE, run] ^ keys[place, run]
            if difference >> bits == 0:
                continue  # counted by the exact ladder
            rung = 0
            while difference >> tables.rung_shift[table, rung] == 0:
                rung += 1
            rungs[cut, rung] += 1


@jit_inline
def highest(goals: np.ndarray, side: Integer) -> np.int64:
    """Return the most goals of a side in any run."""
    most = np.uint8(0)
    for run in range(TILE):
        most = max(most, goals[side, run])
    return np.int64(most)


@jit_inner
def may_leave_key(
    goals: np.ndarray,
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
                scored += highest(goals, np.uint64(sides[i]))
                conceded += highest(goals, np.uint64(sides[i] ^ 1))
            if max(scored, conceded) > room * (last - first):
                return True
    return False


@jit_inline
def no_keys(keys: np.ndarray) -> None:
    """Leave all teams level: a key is the team's index alone."""
    for team in range(np.uint64(keys.shape[0])):
        for run in range(TILE):
            keys[team, run] = team


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
        exact = may_leave_key(goals, *lists, rows, room)
    if exact:
        packed = np.int64(0)
        no_keys(keys)
    else:
        fill_keys(tables, table, goals, most_goals, work.counters, keys)
        sort_keys(tables, keys)
        count_rungs(tables, table, keys, rungs)
    mask = (ONE << np.uint64(tables.key_bits)) - ONE
    for place in range(np.uint64(keys.shape[0])):
        for run in range(TILE):
            order[place, run] = np.uint16(keys[place, run] & mask)
    settle_level(tables, table, key, packed, keys, goals, order, work.ladder, rungs)
    count_points(tables, table, exact, goals, order, work, points)
    return exact
