"""Rows of flat work arrays.

Where several rows are written in one loop they are flat: if their distance were no constant, every
such loop would first test whether they overlap, which takes longer than a row.

They are unsigned, like all indices and bounds of loops that matter: for a signed index numba tests
whether it is negative, and so counted from the end. `range(ROW)` goes over the runs of a tile.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE

__all__ = ["ROW", "ROW_2", "ROW_3", "ROW_4", "ROW_5", "ROW_6", "ROW_7"]

ROW, ROW_2, ROW_3 = np.uint64(TILE), np.uint64(2 * TILE), np.uint64(3 * TILE)
ROW_4, ROW_5, ROW_6 = np.uint64(4 * TILE), np.uint64(5 * TILE), np.uint64(6 * TILE)
ROW_7 = np.uint64(7 * TILE)
"""So far on in a flat array is so many rows on."""
