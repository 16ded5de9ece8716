"""The ladder of tie-breaks, exactly: rung by rung among the teams that are still level.

It settles the few teams that the packed keys leave level, and ranks whole tables whose scores
could leave a packed field. Each rung is one integer a team, more is better.

It climbs from block to block (`Tables.rung_block`). Of a ladder of points, goal difference, goals,
away goals, head-to-head points and lots the key may hold the first two (`packed_count`); then the
blocks are goals with away goals as one value, head-to-head points, and lots. Additive rungs that
follow each other are one block, as many as fit 62 bits: `block_shift` finds in a difference of two
values which rung it was.

What every level group needs is compiled into the one loop of `table` that settles them.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import (
    LADDER_ADDITIVE,
    LADDER_FIRST_HALF,
    LADDER_HEAD_TO_HEAD,
    LADDER_OPPONENTS,
    Tables,
)
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.half_time import first_half_points
from forecast.kernel.types import PLACE, TEAM, Flag, Integer, LadderWork
from forecast.kernel.words import FOR_LOTS, word

__all__ = ["points_bin", "rank_exactly"]

ZERO, ONE, TWO, THREE, FOUR = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)

LEVEL = -1
"""Entry of `split` for neighbours that no rung has separated yet."""


@jit_inline
def match_value(weight: np.ndarray, venue: Integer, own: Integer, rival: Integer) -> np.int64:
    """Return weights times the counters of one match; `venue` is their first one."""
    first = np.uint64(venue)
    won, drawn = np.int64(own > rival), np.int64(own == rival)
    result = won * weight[first] + drawn * weight[first + ONE]
    return np.int64(result + own * weight[first + TWO] + rival * weight[first + THREE])


@jit_inline
def weighted_sum(
    tables: Tables,
    table: Integer,
    weight: np.ndarray,
    team: Integer,
    run: Integer,
    goals: np.ndarray,
) -> Integer:
    """Return weights times the counters of one team in one run."""
    value = np.int64(0)
    row = table * tables.rung_constant.shape[2] + team
    starts, sides = tables.side_start, tables.side_list
    for i in range(np.uint64(starts[row]), np.uint64(starts[row + 1])):
        side = np.uint64(sides[i])
        own, rival = np.int64(goals[side, run]), np.int64(goals[side ^ ONE, run])
        value += match_value(weight, FOUR * (side & ONE), own, rival)
    return value


@jit_inline
def additive_value(
    tables: Tables, table: Integer, rung: Integer, team: Integer, run: Integer, goals: np.ndarray
) -> Integer:
    """Return a rung that is a constant plus weights times the counters."""
    weight = tables.rung_weight[table, rung]
    constant = tables.rung_constant[table, rung, team]
    return constant + weighted_sum(tables, table, weight, team, run, goals)


@jit_inline
def points_bin(
    tables: Tables, table: Integer, team: Integer, run: Integer, goals: np.ndarray
) -> Integer:
    """Return the row of a team's points in the points bins."""
    won = weighted_sum(tables, table, tables.points_weight[table], team, run, goals)
    return tables.points_constant[table, team] + won + tables.points_bin[table]


@jit_inline
def is_among(order: np.ndarray, run: Integer, span: tuple[Integer, Integer], team: Integer) -> Flag:
    """Return whether a team holds one of a span of places."""
    for place in range(span[0], span[1] + 1):  # noqa: SIM110 (any() takes no generator here)
        if order[place, run] & TEAM == team:
            return True
    return False


@jit_inner
def head_to_head(
    tables: Tables,
    table: Integer,
    rung: Integer,
    team: Integer,
    run: Integer,
    span: tuple[Integer, Integer],
    goals: np.ndarray,
    order: np.ndarray,
) -> Integer:
    """Return a team's value over its matches with the teams in a span of places."""
    weight, each = tables.rung_weight[table, rung], tables.rung_constant[table, rung, team]
    row = table * tables.rung_constant.shape[2] + team
    value = np.int64(0)
    starts, sides, rivals = tables.side_start, tables.side_list, tables.side_rival
    for i in range(starts[row], starts[row + 1]):
        if is_among(order, run, span, rivals[i]):
            side = sides[i]
            own, rival = np.int64(goals[side, run]), np.int64(goals[side ^ 1, run])
            value += each + match_value(weight, ZERO, own, rival)
    starts, rivals, scores = tables.met_start, tables.met_rival, tables.met_goals
    for i in range(starts[row], starts[row + 1]):
        if is_among(order, run, span, rivals[i]):
            own, rival = scores[i, 0], scores[i, 1]
            value += each + match_value(weight, ZERO, own, rival)
    return value


@jit_inline
def rung_value(
    tables: Tables,
    table: Integer,
    rung: Integer,
    team: Integer,
    key: np.uint64,
    run: Integer,
    span: tuple[Integer, Integer],
    goals: np.ndarray,
    order: np.ndarray,
) -> Integer:
    """Return one team's value on one rung in one run; head to head among a span of places."""
    kind = tables.rung_kind[table, rung]
    row = table * tables.rung_constant.shape[2] + team
    if kind == LADDER_ADDITIVE:
        return additive_value(tables, table, rung, team, run, goals)
    if kind == LADDER_OPPONENTS:
        value = np.int64(0)
        for i in range(tables.rival_start[row], tables.rival_start[row + 1]):
            value += additive_value(tables, table, rung, tables.rival_list[i], run, goals)
        return value
    if kind == LADDER_HEAD_TO_HEAD:
        return head_to_head(tables, table, rung, team, run, span, goals, order)
    if kind == LADDER_FIRST_HALF:
        return first_half_points(tables, table, team, key, run, goals)
    return np.int64(word(key, FOR_LOTS, 64 * row + run) >> np.uint64(1))


@jit_inner
def sort_segment(
    order: np.ndarray, run: Integer, values: np.ndarray, first: Integer, last: Integer
) -> None:
    """Sort places `first` to `last` of one run downwards by `values`, keeping equals in order."""
    for place in range(first + 1, last + 1):
        occupant, value = order[place, run], values[place]
        free = place
        while free > first and values[free - 1] < value:
            order[free, run] = order[free - 1, run] + PLACE
            values[free] = values[free - 1]
            free -= 1
            occupant -= PLACE
        order[free, run] = occupant
        values[free] = value


@jit_inline
def highest_rung(tables: Tables, table: Integer, rung: Integer, difference: np.int64) -> Integer:
    """Return the first rung of a block whose field in its value is not the same."""
    while difference >> tables.block_shift[table, rung] == 0:
        rung += 1
    return rung


@jit_inline
def apply_rung(
    tables: Tables,
    table: Integer,
    rung: Integer,
    key: np.uint64,
    run: Integer,
    span: tuple[Integer, Integer],
    goals: np.ndarray,
    order: np.ndarray,
    work: LadderWork,
) -> Flag:
    """Apply a rung to every level group in a span of places; return whether any is left.

    With an additive one that is its whole block, whose value `Tables.rung_weight` gives there.
    """
    values, split = work.values, work.split
    left = False
    first = span[0]
    while first < span[1]:
        last = first
        while last < span[1] and split[last] == LEVEL:
            last += 1
        if last > first:
            for place in range(first, last + 1):
                team = np.int64(order[place, run] & TEAM)
                values[place] = rung_value(tables, table, rung, team, key, run, span, goals, order)
            sort_segment(order, run, values, first, last)
            for place in range(first, last):
                difference = values[place] ^ values[place + 1]
                if difference != 0:
                    split[place] = highest_rung(tables, table, rung, difference)
                else:
                    left = True
        first = last + 1
    return left


@jit_inner
def apply_head_to_head(
    tables: Tables,
    table: Integer,
    rung: Integer,
    key: np.uint64,
    run: Integer,
    span: tuple[Integer, Integer],
    goals: np.ndarray,
    order: np.ndarray,
    work: LadderWork,
) -> Flag:
    """Apply a block of head-to-head rungs to every level group; return whether any is left.

    The whole block looks at the matches among one group. Those that it leaves level, if they are
    fewer, go through it again among themselves.
    """
    split = work.split
    left: Flag = False
    first = span[0]
    while first < span[1]:
        last = first
        while last < span[1] and split[last] == LEVEL:
            last += 1
        for each in range(rung, tables.rung_block[table, rung]):
            apply_rung(tables, table, each, key, run, (first, last), goals, order, work)
        whole: Flag = True
        for place in range(first, last):
            whole &= split[place] == LEVEL
        if whole:
            left |= last > first
            first = last + 1
    return left


@jit_inline
def rank_exactly(
    tables: Tables,
    table: Integer,
    key: np.uint64,
    run: Integer,
    span: tuple[Integer, Integer],
    first_rung: Integer,
    goals: np.ndarray,
    order: np.ndarray,
    work: LadderWork,
    rungs: np.ndarray,
) -> None:
    """Rank the places of a span, all level so far, from a rung on; count the rungs at the cuts.

    `span` is (first, last) place in one run of `order`, the table's slots; `work` are `values` and
    `split`, int64, an entry a place: `split[p]` is the rung between places p and p + 1.
    """
    split = work.split
    for place in range(span[0], span[1]):
        split[place] = LEVEL
    rung = first_rung
    left: Flag = True
    while left and rung < tables.rung_count[table]:
        if tables.rung_kind[table, rung] == LADDER_HEAD_TO_HEAD:
            left = apply_head_to_head(tables, table, rung, key, run, span, goals, order, work)
        else:
            left = apply_rung(tables, table, rung, key, run, span, goals, order, work)
        rung = tables.rung_block[table, rung]
    for cut in range(tables.cut_table.size):
        place = tables.cut_place[cut] - 1
        if tables.cut_table[cut] == table and span[0] <= place < span[1]:
            rungs[cut, split[place]] += 1
