"""Direction numbers of the plain Sobol sequence, as far as one replicate needs them.

Point t is the exclusive or of direction numbers, one for every bit that is set in the Gray code of
t (Antonov and Saleev, USSR Comp. Math. 1979;19:252). The first 512 points use nine of them, of nine
bits each. They are in `sobol_directions.txt`, which says where they come from; scipy has the same
ones, but importing `scipy.stats` takes a second of a forecast's three.

Some pairs of coordinates are much less even than others. The file has them in an order in which the
first ones are even with each other; `benchmarks/evenness.py` found it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import DRAWS_PER_REPLICATE

__all__ = ["INDEX_BITS", "dimensions_of", "directions_of"]

INDEX_BITS = DRAWS_PER_REPLICATE.bit_length() - 1
"""All that the first 512 points have in use, from the highest down."""

DIRECTIONS = Path(__file__).with_name("sobol_directions.txt")


@cache
def read_directions() -> NDArray[np.uint32]:
    """Return a row a coordinate: its number in the sequence, 1-based, then its direction numbers.

    There are as many rows as the strengths of 1,000 teams need.
    """
    rows = np.loadtxt(DIRECTIONS, np.uint32)
    assert rows.shape[1] == 1 + INDEX_BITS
    return rows


def dimensions_of(count: int) -> NDArray[np.int64]:
    """Return which dimensions of the sequence, 0-based, the first coordinates are."""
    return read_directions()[:count, 0].astype(np.int64) - 1


def directions_of(count: int) -> NDArray[np.uint32]:
    """Return the direction numbers of the first coordinates, shape (count, INDEX_BITS)."""
    directions = read_directions()[:count, 1:]
    assert len(directions) == count
    return directions
