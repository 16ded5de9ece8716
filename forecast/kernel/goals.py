"""The goals of every side in every run of a tile: compare one random byte with the thresholds.

The bytes of a side are even over the runs: among the 32 runs of either half of a tile each eighth
byte of 256 comes once, in an order of its own for every fixture (`strata`), and all are moved by
one uniform byte (exclusive or). That byte makes the law of any single run exact, and the sides of
a run independent; together the runs of a half see every match played as often as its chances say,
which takes away the part of the variance that adds up over matches.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import STRATA, TILE
from forecast.jit import jit, jit_inner
from forecast.kernel.rates import LEVELS_AT_ONCE, MAX_LEVELS
from forecast.kernel.types import Integer

__all__ = ["sample_goals", "strata_of"]

ALWAYS = 256
HALF = TILE // 2


@jit_inner
def strata_of(key: np.uint64, number: Integer) -> np.uint64:
    """Return which row of `Program.strata` a fixture or tie reads: not two the same of 256."""
    return (key + np.uint64(number)) & np.uint64(STRATA - 1)


@jit_inner
def move_bytes(strata: np.ndarray, random: np.uint64, chance: np.ndarray) -> None:
    """Fill `chance[run]` (uint8) with a side's bytes: its strata, moved by a byte a half."""
    first, second = np.uint8(random), np.uint8(random >> np.uint64(8))
    for run in range(HALF):
        chance[run] = strata[run] ^ first
    for run in range(HALF, TILE):
        chance[run] = strata[run] ^ second


@jit_inner
def count_levels(
    chance: np.ndarray, threshold: np.ndarray, side: Integer, goals: np.ndarray
) -> Integer:
    """Fill `goals[run]` with the thresholds above the run's byte; return how many are above 0."""
    k = 0
    while k < MAX_LEVELS and threshold[k, side] == ALWAYS:
        k += 1
    for run in range(TILE):
        goals[run] = k
    while threshold[k, side] > 0:  # the last rows are 0
        one, two = np.uint8(threshold[k, side]), np.uint8(threshold[k + 1, side])
        three, four = np.uint8(threshold[k + 2, side]), np.uint8(threshold[k + 3, side])
        for run in range(TILE):
            low = np.uint8(chance[run] < one) + np.uint8(chance[run] < two)
            high = np.uint8(chance[run] < three) + np.uint8(chance[run] < four)
            goals[run] += np.uint8(low + high)
        k += LEVELS_AT_ONCE
    while k > 0 and threshold[k - 1, side] == 0:
        k -= 1
    return k


@jit
def sample_goals(
    key: np.uint64,
    strata: np.ndarray,
    words: np.ndarray,
    threshold: np.ndarray,
    chance: np.ndarray,
    goals: np.ndarray,
) -> Integer:
    """Fill `goals[side, run]` (uint8); return the most goals that any side could score.

    `strata` is `Program.strata`, `words` (uint64) a side's random word, `threshold` uint16 of
    shape (MAX_LEVELS, sides), `chance` work of shape (TILE,).
    """
    most: Integer = 0
    for side in range(goals.shape[0]):
        move_bytes(strata[strata_of(key, side >> 1), side & 1], words[side], chance)
        most = max(most, count_levels(chance, threshold, side, goals[side]))
    return most
