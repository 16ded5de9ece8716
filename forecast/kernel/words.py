"""Random words: a pure function of (key of the tile, purpose, index), in any order.

SplitMix64 as a counter generator (Steele, Lea, Flood: Fast splittable pseudorandom number
generators, OOPSLA 2014). Word i of a tile is the finaliser of `key + (i + 1) * GAMMA`. It costs
hardly more than a sequential generator, vectorises without lanes of state, and rare events need
no stream of their own. The layout of indices below is part of the stream definition.
"""

from __future__ import annotations

import numpy as np

from forecast.jit import jit, jit_inner
from forecast.kernel.types import Integer

__all__ = [
    "FOR_COMMON",
    "FOR_HALVES",
    "FOR_HIDDEN_HALVES",
    "FOR_LEGS",
    "FOR_LEGS_COMMON",
    "FOR_LOTS",
    "FOR_PAIRING",
    "FOR_SIDES",
    "FOR_STRATA",
    "FOR_TIES",
    "fill_words",
    "mix",
    "tile_key",
    "word",
]

GAMMA = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)

# A purpose is the top byte of an index; below it:
FOR_SIDES = np.uint64(0)
"""side: the high 32 bits round its thresholds, the lowest two bytes move the bytes of each half"""

FOR_TIES = np.uint64(1)
"""tie: the low 32 bits move the numbers of the first half, the high ones the second"""

FOR_LOTS = np.uint64(2)
"""64 * table row + run"""

FOR_HALVES = np.uint64(3)
"""128 * (64 * side + run) + goal"""

FOR_HIDDEN_HALVES = np.uint64(4)
"""the same, for played matches without a half-time score"""

FOR_LEGS = np.uint64(5)
"""8 * (64 * tie + run) + number: see `legs`"""

FOR_STRATA = np.uint64(6)
"""of key 0: 32 * order + stratum; the strata of an order come by size of word"""

FOR_PAIRING = np.uint64(7)
"""64 * entrant + run: moves the entrant within its pot"""

FOR_COMMON = np.uint64(8)
"""fixture: as for sides, of the goals that are common to both"""

FOR_LEGS_COMMON = np.uint64(9)
"""2 * (64 * tie + run) + leg: the high 53 bits give the goals common to both sides"""


@jit_inner
def mix(value: np.uint64) -> np.uint64:
    """Return the finaliser of SplitMix64: a bijection in which every bit moves every bit."""
    value = (value ^ (value >> np.uint64(30))) * MIX_1
    value = (value ^ (value >> np.uint64(27))) * MIX_2
    return value ^ (value >> np.uint64(31))


@jit_inner
def tile_key(rng_seed: np.uint64, replicate: np.uint64, tile: np.uint64) -> np.uint64:
    """Return the key of a tile's stream."""
    return mix((mix((mix(rng_seed + GAMMA) ^ replicate) + GAMMA) ^ tile) + GAMMA)


@jit_inner
def word(key: np.uint64, purpose: np.uint64, index: Integer) -> np.uint64:
    """Return one random word of a tile."""
    counter = (purpose << np.uint64(56)) + np.uint64(index)
    return mix(key + (counter + np.uint64(1)) * GAMMA)


@jit
def fill_words(key: np.uint64, purpose: np.uint64, first: Integer, out: np.ndarray) -> None:
    """Fill `out` (uint64, any length) with the words `first`, `first + 1`, … of a purpose."""
    start = key + ((purpose << np.uint64(56)) + np.uint64(first + 1)) * GAMMA
    for i in range(out.size):
        out[i] = mix(start + np.uint64(i) * GAMMA)
