"""The sort of a tile's keys: blocks of eight rows, merged by Batcher's bitonic network.

Within a block keys stay in registers: a network that goes through memory with every
compare-exchange is bound by its stores. The larger key always goes up, so blocks behind the last,
if they held less than any key, would never move: they are left out. Source: Knuth, The Art of
Computer Programming 3, 5.3.4.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.rows import ROW, ROW_2, ROW_3, ROW_4, ROW_5, ROW_6, ROW_7
from forecast.kernel.types import Integer

__all__ = ["BLOCK", "sort_keys"]

BLOCK = 8 * TILE
"""Keys that are sorted in registers: those of eight rows."""


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
    """Sort eight rows that are bitonic: they fall and then rise, or that turned round."""
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
    """Sort the keys of every run downwards: flat, whole blocks."""
    blocks = keys.size // BLOCK
    for b in range(blocks):
        sort_block(keys, np.uint64(BLOCK * b))
    size = np.int64(1)
    while size < blocks:
        for first in range(0, blocks - size, 2 * size):
            merge_blocks(keys, first, size)
        size *= 2
