"""The plain Sobol sequence, as far as one replicate needs it.

Point t is the exclusive or of direction numbers, one for every bit that is set in the Gray code of
t (Antonov and Saleev, USSR Comp. Math. 1979;19:252). The first 512 points use nine of them, of nine
bits each. They are in `sobol_directions.txt`, which says where they come from; scipy has the same
ones, but importing `scipy.stats` takes a second of a forecast's three.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import DRAWS_PER_REPLICATE

__all__ = ["INDEX_BITS", "plain_points"]

INDEX_BITS = DRAWS_PER_REPLICATE.bit_length() - 1
"""All that the first 512 points have in use, from the highest down."""

DIRECTIONS = Path(__file__).with_name("sobol_directions.txt")


@cache
def plain_points(dimensions: int) -> NDArray[np.uint32]:
    """Return the first points of the sequence, shape (dimensions, draws), INDEX_BITS each.

    There are as many dimensions as the strengths of 1,000 teams need.
    """
    directions = np.loadtxt(DIRECTIONS, np.uint32)[:dimensions]
    assert directions.shape == (dimensions, INDEX_BITS)
    t = np.arange(DRAWS_PER_REPLICATE)
    gray = t ^ (t >> 1)
    points = np.zeros((dimensions, DRAWS_PER_REPLICATE), np.uint32)
    for bit in range(INDEX_BITS):
        points[:, (gray >> bit) & 1 == 1] ^= directions[:, bit : bit + 1]
    return points
