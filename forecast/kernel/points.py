"""How often each total of points was reached in a table, and was enough for each cut."""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE, UNKNOWN, Tables
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.ladder import points_bin
from forecast.kernel.types import Flag, Integer

__all__ = ["BINS_AT_ONCE", "count_points", "read_points"]

BINS_AT_ONCE = 8


@jit_inner
def read_points(
    tables: Tables,
    table: Integer,
    exact: Flag,
    goals: np.ndarray,
    keys: np.ndarray,
    order: np.ndarray,
    points: np.ndarray,
) -> None:
    """Fill `points[place, run]` (uint16): which of the table's bins the team's points are in."""
    shift, mask = tables.points_field[table, 0], tables.points_field[table, 1]
    first = tables.points_first[table]
    if tables.points_rung[table] != UNKNOWN and not exact:
        for place in range(np.uint64(order.shape[0])):
            for run in range(TILE):
                points[place, run] = (keys[place, run] >> shift) & mask
    else:
        for place in range(np.uint64(order.shape[0])):
            for run in range(TILE):
                team = np.int64(order[place, run])
                points[place, run] = points_bin(tables, table, team, run, goals) - first


@jit_inline
def count_bins(points: np.ndarray, place: Integer, number: np.uint16, found: np.ndarray) -> None:
    """Add to `found[b, run]` (uint16) whether a place has the points of bin `number + b`."""
    for run in range(TILE):
        bin_ = np.uint16(points[place, run] - number)
        found[0, run] += np.uint16(bin_ == 0)
        found[1, run] += np.uint16(bin_ == 1)
        found[2, run] += np.uint16(bin_ == 2)
        found[3, run] += np.uint16(bin_ == 3)
        found[4, run] += np.uint16(bin_ == 4)
        found[5, run] += np.uint16(bin_ == 5)
        found[6, run] += np.uint16(bin_ == 6)
        found[7, run] += np.uint16(bin_ == 7)


@jit_inline
def add_bins(
    found: np.ndarray, row: Integer, first: Integer, last: Integer, tally: np.ndarray
) -> None:
    """Add all that was found in the bins from `first` on to a row of the tally."""
    for number in range(first, min(first + BINS_AT_ONCE, last)):
        total = np.int64(0)
        for run in range(TILE):
            total += np.int64(found[number - first, run])
        tally[row, number] += total


@jit_inner
def count_points(
    tables: Tables,
    table: Integer,
    points: np.ndarray,
    found: np.ndarray,
    tally: np.ndarray,
) -> None:
    """Add to `tally[0, bin]` (int64) the teams with the points, to `tally[1 + c, bin]` above cut c.

    All places are compared with eight bins, 64 runs at once: a scattered count takes five times as
    long. `found` is uint16 of shape (BINS_AT_ONCE, TILE).
    """
    first, last = tables.points_first[table], tables.points_last[table]
    cut_table, cut_place = tables.cut_table, tables.cut_place
    for number in range(first, last, BINS_AT_ONCE):
        found[:] = 0
        place = np.int64(0)
        for cut in range(cut_table.size):
            if cut_table[cut] == table:
                while place < cut_place[cut]:
                    count_bins(points, np.uint64(place), np.uint16(number - first), found)
                    place += 1
                add_bins(found, cut + 1, number, last, tally)
        while place < points.shape[0]:
            count_bins(points, np.uint64(place), np.uint16(number - first), found)
            place += 1
        add_bins(found, 0, number, last, tally)
