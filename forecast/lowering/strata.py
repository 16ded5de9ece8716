"""The orders of strata: a fixed part of the stream definition, the same for every competition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import STRATA, TILE
from forecast.kernel.words import FOR_STRATA, fill_words

__all__ = ["strata"]

BITS = 5
HALF = 1 << BITS
"""Strata of half a tile, one a run."""

assert TILE == 2 * HALF


def strata() -> NDArray[np.uint8]:
    """Return `Program.strata`.

    Order i puts the numbers 0 to 31 in the order of the words `32 i` to `32 i + 31`; order
    `2 r + h` is for half h of row r. The second side has the same numbers with reversed bits, so
    the pairs of both sides are a Hammersley set: every box of 2^a by 2^b numbers with
    a + b = 5 has one.
    """
    words = np.empty(2 * STRATA * HALF, np.uint64)
    fill_words(np.uint64(0), FOR_STRATA, 0, words)
    first = words.reshape(STRATA, TILE // HALF, HALF).argsort(axis=2).astype(np.uint8)
    second = np.zeros_like(first)
    for bit in range(BITS):
        second |= ((first >> bit) & 1) << (BITS - 1 - bit)
    both = np.stack([first, second], axis=1) << (8 - BITS)
    return both.reshape(STRATA, 2, TILE).astype(np.uint8)
