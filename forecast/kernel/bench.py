"""The work arrays of a replicate, allocated outside of compiled code."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np

from forecast.arrays import TILE, key_type
from forecast.kernel.needs import make_needs
from forecast.kernel.points import BINS_AT_ONCE
from forecast.kernel.rates import MAX_THRESHOLDS, SIDES_AT_ONCE
from forecast.kernel.sort import BLOCK
from forecast.kernel.types import (
    CommonWork,
    LadderWork,
    NeedsWork,
    TableWork,
    Thresholds,
    TieWork,
)

__all__ = ["Bench", "make_bench"]

LINE = 64
"""Bytes of a cache line."""


class Bench(NamedTuple):
    """Work arrays of a replicate, a tile's worth of everything; shapes are in `make_bench`.

    `pairs` is the memory of `occupants`, two in a word; no function is given both.
    """

    scoring: np.ndarray
    conceding: np.ndarray
    roots: np.ndarray
    rate: np.ndarray
    threshold: Thresholds
    threshold_work: np.ndarray
    side_words: np.ndarray
    goals: np.ndarray
    common: CommonWork
    table: TableWork
    tie: TieWork
    occupants: np.ndarray
    pairs: np.ndarray
    seen: np.ndarray
    hits: np.ndarray
    needs: NeedsWork


def aligned(shape: tuple[int, ...], dtype: type[np.generic]) -> np.ndarray:
    """Return an empty array that begins with a cache line, so that no row of 64 bytes needs two."""
    size = prod(shape) * np.dtype(dtype).itemsize
    room = np.empty(size + LINE, np.uint8)
    first = -room.ctypes.data % LINE
    return room[first : first + size].view(dtype).reshape(shape)


def no_rates(sides: int) -> np.ndarray:
    """Return the rates of so many sides that never score."""
    rates = aligned((sides,), np.float64)
    rates[:] = 0.0
    return rates


def make_thresholds(sides: int) -> Thresholds:
    """Allocate the thresholds of so many sides."""
    return Thresholds(
        bar=aligned((sides * MAX_THRESHOLDS,), np.int8),
        least=aligned((sides,), np.int32),
        most=aligned((sides,), np.uint8),
    )


def make_table_work(teams: int, points: int) -> TableWork:
    """Allocate the work arrays of a table, with so many bins of points."""
    found = aligned(((points + BINS_AT_ONCE) * TILE,), np.uint8)
    return TableWork(
        counters=aligned((8 * TILE,), np.uint8),
        keys=aligned((-(-teams * TILE // BLOCK) * BLOCK,), key_type(teams)),
        bins=aligned((TILE,), np.uint32),
        near=aligned((TILE,), np.uint8),
        found=found,
        found_words=found.view(np.uint64),
        total=aligned((points,), np.int64),
        ladder=LadderWork(aligned((teams,), np.int64), aligned((teams,), np.int64)),
    )


def make_bench(
    *, teams: int, slots: int, spare: int, fixtures: int, commons: int, outcomes: int, points: int
) -> Bench:
    """Allocate the work arrays; those of sides are filled up with sides that never score."""
    filled = -(-2 * fixtures // SIDES_AT_ONCE) * SIDES_AT_ONCE
    common = -(-commons // SIDES_AT_ONCE) * SIDES_AT_ONCE
    occupants = aligned((slots + spare, TILE), np.uint32)
    return Bench(
        scoring=aligned((teams,), np.float64),
        conceding=aligned((teams,), np.float64),
        roots=aligned((teams,), np.uint64),
        rate=no_rates(filled),
        threshold=make_thresholds(filled),
        threshold_work=aligned((5 * SIDES_AT_ONCE,), np.float64),
        side_words=aligned((filled,), np.uint64),
        goals=aligned((2 * fixtures, TILE), np.uint8),
        common=CommonWork(
            no_rates(common),
            make_thresholds(common),
            aligned((common,), np.uint64),
            aligned((commons, TILE), np.uint8),
        ),
        table=make_table_work(teams, points),
        tie=TieWork(
            roots=aligned((2 * TILE,), np.float32),
            cells=aligned((2 * TILE,), np.uint32),
            chance=aligned((TILE,), np.float32),
            extra=aligned((TILE,), np.float32),
            strict=aligned((TILE,), np.float32),
            random=aligned((TILE,), np.uint32),
            wins=aligned((TILE,), np.uint8),
        ),
        occupants=occupants,
        pairs=occupants.view(np.uint64),
        seen=aligned((2, slots, teams), np.uint8),
        hits=aligned((2, teams), np.uint8),
        needs=make_needs(teams, outcomes),
    )
