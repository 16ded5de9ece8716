"""How often each total of points was reached in a table, and was enough for each cut."""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE, UNKNOWN, Tables
from forecast.jit import jit_inline, jit_inner, jit_step
from forecast.kernel.ladder import points_bin
from forecast.kernel.types import Flag, Integer, TableWork

__all__ = ["BINS_AT_ONCE", "count_points"]

BINS_AT_ONCE = 8

PAGE = 248
"""Bins whose numbers fit in a byte with one value to spare; a multiple of BINS_AT_ONCE."""

EVEN_BYTES, SUM_OF_PAIRS = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0001000100010001)

ELSEWHERE = 255
"""The byte of a team whose points are not in the page."""


@jit_step
def read_page(
    tables: Tables,
    table: Integer,
    exact: Flag,
    first: Integer,
    goals: np.ndarray,
    order: np.ndarray,
    work: TableWork,
) -> None:
    """Fill `work.points[place, run]`: which of the PAGE bins from `first` on has the points."""
    keys, points = work.keys, work.points
    shift, mask = tables.points_field[table, 0], tables.points_field[table, 1]
    before = np.uint64(first - tables.points_first[table])
    if tables.points_rung[table] != UNKNOWN and not exact:
        for place in range(np.uint64(order.shape[0])):
            for run in range(TILE):
                number = ((keys[place, run] >> shift) & mask) - before  # huge if below
                points[place, run] = np.uint8(min(number, np.uint64(ELSEWHERE)))
    else:
        for place in range(np.uint64(order.shape[0])):
            for run in range(TILE):
                team = np.int64(order[place, run])
                number = np.uint64(points_bin(tables, table, team, run, goals) - first)
                points[place, run] = np.uint8(min(number, np.uint64(ELSEWHERE)))


@jit_inline
def count_bins(points: np.ndarray, place: Integer, number: np.uint8, found: np.ndarray) -> None:
    """Add to `found[b, run]` (uint8) whether a place has the points of bin `number + b`."""
    for run in range(TILE):
        bin_ = np.uint8(points[place, run] - number)
        found[0, run] += np.uint8(bin_ == 0)
        found[1, run] += np.uint8(bin_ == 1)
        found[2, run] += np.uint8(bin_ == 2)
        found[3, run] += np.uint8(bin_ == 3)
        found[4, run] += np.uint8(bin_ == 4)
        found[5, run] += np.uint8(bin_ == 5)
        found[6, run] += np.uint8(bin_ == 6)
        found[7, run] += np.uint8(bin_ == 7)


@jit_inline
def sum_bytes(words: np.ndarray, row: Integer) -> np.int64:
    """Return the sum of all bytes in a row of TILE bytes, eight of them a word."""
    pairs = np.uint64(0)
    for i in range(np.uint64(TILE // 8)):
        pairs += (words[row, i] & EVEN_BYTES) + ((words[row, i] >> np.uint64(8)) & EVEN_BYTES)
    return np.int64((pairs * SUM_OF_PAIRS) >> np.uint64(48))


@jit_inner
def add_places(
    points: np.ndarray,
    first: Integer,
    last: Integer,
    number: Integer,
    found: np.ndarray,
    total: np.ndarray,
) -> None:
    """Add to `total` (int64) how often places `first` to `last - 1` have each of eight bins.

    A byte counts 255 places of a run; then all are added up.
    """
    words = found.view(np.uint64)
    for start in range(first, last, 255):
        found[:] = 0
        for place in range(np.uint64(start), np.uint64(min(start + 255, last))):
            count_bins(points, place, np.uint8(number), found)
        for b in range(np.uint64(BINS_AT_ONCE)):
            total[b] += sum_bytes(words, b)


@jit_step
def count_page(
    tables: Tables, table: Integer, first: Integer, work: TableWork, tally: np.ndarray
) -> None:
    """Add the bins of one page to the tally (`count_points`)."""
    points, found, total = work.points, work.found, work.total
    cut_table, cut_place = tables.cut_table, tables.cut_place
    last = min(first + PAGE, tables.points_last[table])
    for number in range(first, last, BINS_AT_ONCE):
        total[:] = 0
        some, place = min(BINS_AT_ONCE, last - number), np.int64(0)
        for cut in range(cut_table.size):
            if cut_table[cut] == table:
                add_places(points, place, cut_place[cut], number - first, found, total)
                place = cut_place[cut]
                for b in range(some):
                    tally[cut + 1, number + b] += total[b]
        add_places(points, place, points.shape[0], number - first, found, total)
        for b in range(some):
            tally[0, number + b] += total[b]


@jit_step
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

    All places are compared with eight bins, 64 runs at once: a scattered count takes five times as
    long. `exact` says that the keys do not hold the points.
    """
    for first in range(tables.points_first[table], tables.points_last[table], PAGE):
        read_page(tables, table, exact, first, goals, order, work)
        count_page(tables, table, first, work, tally)
