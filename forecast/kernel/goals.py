"""The goals of every side in every run of a tile: compare one random byte with the thresholds."""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE
from forecast.jit import jit
from forecast.kernel.words import FOR_GOALS, fill_words

__all__ = ["sample_goals"]

ALWAYS = 256


@jit
def sample_goals(
    key: np.uint64, threshold: np.ndarray, levels: int, words: np.ndarray, goals: np.ndarray
) -> int:
    """Fill `goals[side, run]` (uint8); return the most goals that any side could score.

    `threshold` is uint16 of shape (levels or more, sides), `words` uint64 of shape (TILE / 8,).
    """
    chance = words.view(np.uint8)
    most = 0
    for side in range(goals.shape[0]):
        fill_words(key, FOR_GOALS, words.size * side, words)
        row = goals[side]
        k = 0
        while k < levels and threshold[k, side] == ALWAYS:
            k += 1
        for run in range(TILE):
            row[run] = k
        while k < levels and threshold[k, side] > 0:
            bar = np.uint8(threshold[k, side])
            for run in range(TILE):
                row[run] += np.uint8(chance[run] < bar)
            k += 1
        most = max(most, k)
    return most
