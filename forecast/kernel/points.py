"""How often each total of points was reached in a table, and was enough for each cut.

The teams in one place of a table have much the same points in all runs of a tile: eight bins from
the least of them on are nearly always enough, and a byte counts in each how many places had it.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE, UNKNOWN, Tables
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.ladder import points_bin
from forecast.kernel.rows import ROW, ROW_2, ROW_3, ROW_4, ROW_5, ROW_6, ROW_7
from forecast.kernel.types import TEAM, Flag, Integer, TableWork

__all__ = ["BINS_AT_ONCE", "count_points"]

BINS_AT_ONCE = 8

PLACES_AT_ONCE = np.uint64(255)
"""Places that a byte counts; then all are added up."""

ONE = np.uint64(1)

ELSEWHERE = np.uint32(255)
"""What stands for any bin beyond those that are counted."""

EVEN_BYTES, SUM_OF_PAIRS = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0001000100010001)


@jit_inline
def read_keys(
    keys: np.ndarray, place: Integer, shift: Integer, mask: Integer, bins: np.ndarray
) -> tuple[np.uint32, np.uint32]:
    """Fill `bins[run]` (uint32) from a field of the keys; return the least and the largest.

    `within` is 31 for keys of 32 bits and 63 for wide ones: it changes no shift, but tells the
    compiler that each is less than the width of a key.
    """
    low, high, first = np.uint32(mask), np.uint32(0), ROW * np.uint64(place)
    kind = keys.dtype.type
    widest = np.uint64(kind(np.int64(-1))) >> np.uint64(32)  # what keys have beyond 32 bits
    within = (widest & np.uint64(32)) | np.uint64(31)
    by = np.uint64(shift) & within  # else the compiler would shift numbers of 64 bits
    for run in range(ROW):
        bin_ = np.uint32(np.uint32(keys[first + run] >> by) & np.uint32(mask))
        bins[run] = bin_
        low, high = min(low, bin_), max(high, bin_)
    return low, high


@jit_inner
def read_goals(
    tables: Tables,
    table: Integer,
    place: Integer,
    goals: np.ndarray,
    order: np.ndarray,
    bins: np.ndarray,
) -> tuple[np.uint32, np.uint32]:
    """Fill `bins[run]` (uint32) from the goals; return the least and the largest."""
    first = tables.points_first[table]
    low, high = np.uint32(0xFFFFFFFF), np.uint32(0)
    for run in range(TILE):
        team = np.int64(order[place, run] & TEAM)
        bin_ = np.uint32(points_bin(tables, table, team, run, goals) - first)
        bins[run] = bin_
        low, high = min(low, bin_), max(high, bin_)
    return low, high


@jit_inline
def count_bins(bins: np.ndarray, start: Integer, near: np.ndarray, found: np.ndarray) -> None:
    """Add to `found[TILE * b + run]` whether the run is in bin b, of eight from `start` on.

    `near` is work: in one loop all would be compared as numbers of 32 bits.
    """
    for run in range(TILE):
        near[run] = np.uint8(min(np.uint32(bins[run] - np.uint32(start)), ELSEWHERE))
    first = ROW * start
    for run in range(ROW):
        bin_, at = near[run], first + run
        found[at] += np.uint8(bin_ == 0)
        found[at + ROW] += np.uint8(bin_ == 1)
        found[at + ROW_2] += np.uint8(bin_ == 2)
        found[at + ROW_3] += np.uint8(bin_ == 3)
        found[at + ROW_4] += np.uint8(bin_ == 4)
        found[at + ROW_5] += np.uint8(bin_ == 5)
        found[at + ROW_6] += np.uint8(bin_ == 6)
        found[at + ROW_7] += np.uint8(bin_ == 7)


@jit_inline
def add_places(words: np.ndarray, total: np.ndarray) -> None:
    """Add all that was found (`found_words`) to `total[bin]` (int64) and begin anew."""
    for b in range(np.uint64(total.size)):
        pairs, first = np.uint64(0), np.uint64(TILE // 8) * b
        for i in range(np.uint64(TILE // 8)):
            word = words[first + i]
            pairs += (word & EVEN_BYTES) + ((word >> np.uint64(8)) & EVEN_BYTES)
            words[first + i] = np.uint64(0)
        total[b] += np.int64((pairs * SUM_OF_PAIRS) >> np.uint64(48))


@jit_inline
def count_place(
    tables: Tables,
    table: Integer,
    exact: Flag,
    place: Integer,
    goals: np.ndarray,
    order: np.ndarray,
    work: TableWork,
) -> None:
    """Add the points of one place to `work.found`; `exact` says that the keys do not hold them."""
    if tables.points_rung[table] != UNKNOWN and not exact:
        shift, mask = tables.points_field[table, 0], tables.points_field[table, 1]
        low, high = read_keys(work.keys, place, shift, mask, work.bins)
    else:
        low, high = read_goals(tables, table, place, goals, order, work.bins)
    for start in range(np.uint64(low), np.uint64(high) + ONE, np.uint64(BINS_AT_ONCE)):
        count_bins(work.bins, start, work.near, work.found)


@jit_inner
def count_points(
    tables: Tables,
    table: Integer,
    exact: Flag,
    goals: np.ndarray,
    order: np.ndarray,
    work: TableWork,
    tally: np.ndarray,
) -> None:
    """Add to `tally[0, bin]` (int64) the teams with the points, to `tally[1 + c, bin]` above cut c.

    `exact` says that the keys do not hold the points. Cuts of a table come from the top down.
    """
    first, cuts, teams = tables.points_first[table], tables.cut_table.size, order.shape[0]
    found, total = work.found_words, work.total[: tables.points_last[table] - first]
    found[:] = 0
    total[:] = 0
    done = np.int64(0)
    for cut in range(cuts + 1):  # at last, the whole table
        if cut < cuts and tables.cut_table[cut] != table:
            continue
        last, row = (tables.cut_place[cut], cut + 1) if cut < cuts else (teams, 0)
        for place in range(np.uint64(done), np.uint64(last)):
            count_place(tables, table, exact, place, goals, order, work)
            if place % PLACES_AT_ONCE == PLACES_AT_ONCE - ONE:
                add_places(found, total)
        add_places(found, total)
        for b in range(total.size):
            tally[row, first + b] += total[b]
        done = last
