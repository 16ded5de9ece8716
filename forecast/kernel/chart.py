"""The chance to win a tie: exact by a series, and by a chart that is nearly always enough."""

from __future__ import annotations

import numpy as np

from forecast.arrays import CHART_SIZE
from forecast.jit import jit, jit_inline, jit_inner
from forecast.kernel.rates import exponential
from forecast.kernel.rows import ROW
from forecast.kernel.types import Integer

__all__ = [
    "CHART_MARGIN",
    "EXTRA_MARGIN",
    "HALF",
    "STRICT",
    "draw_chart",
    "read_chart",
    "tie_chance",
    "tie_threshold",
]

CHART_MARGIN = np.array([2.0**-12, 2.0**-11], np.float32)
"""More than each chart's interpolation, its 16 bits and float32 can be wrong together."""

HALF, STRICT = np.int64(0), np.int64(1)
"""Charts: level ties count one half; level ties do not count."""

EXTRA_MARGIN = np.float32(2.0**-10)
"""The same of `strict + 2 (half - strict) extra`: more than the worst found of one chart of strict
wins and three of the other (0.00032 + 3 * 0.00018) together."""

CORNER, CORNER_BITS = np.uint64(0xFFFF), np.uint64(16)
SHORT, SHORT_BITS = np.uint32(0xFFFF), np.uint32(16)


@jit_inner
def tie_chance(first: float, second: float, level: float, series_terms: np.ndarray) -> float:
    """Return the first side's chance to win a tie.

    `first` and `second` are goals over the whole tie, `level` the first side's chance when
    level. The error is below 2^-38.
    """
    own, rival = exponential(-first), exponential(-second)
    below = total = 0.0
    for k in range(series_terms[int(4.0 * first) + 1]):
        total += own * (below + level * rival)
        below += rival
        inverse = 1.0 / (k + 1)
        own *= first * inverse
        rival *= second * inverse
    return min(total, 1.0)


@jit_inner
def tie_threshold(first: float, second: float, level: float, series_terms: np.ndarray) -> np.uint64:
    """Return `tie_chance` in units of 2^-32 (0 to 2^32), rounded."""
    return np.uint64(tie_chance(first, second, level, series_terms) * 2.0**32 + 0.5)


@jit_inner
def tie_corners(rate: np.ndarray, part: int, series_terms: np.ndarray, corners: np.ndarray) -> None:
    """Fill `corners[i, j]` (uint64) with one chart's chances for `rate[i]` and `rate[j]`."""
    level = 0.5 if part == HALF else 0.0
    for i in range(rate.size):
        for j in range(rate.size):
            chance = np.float64(tie_threshold(rate[i], rate[j], level, series_terms)) * 2.0**-32
            corners[i, j] = np.uint64(chance * np.float64(CORNER) + 0.5)


@jit
def draw_chart(
    rate: np.ndarray, series_terms: np.ndarray, corners: np.ndarray, chart: np.ndarray
) -> None:
    """Fill `Knockouts.chart`; `corners` is work, uint64, with a row and a column more.

    `rate` is float64 of shape (CHART_SIZE + 1,), the rates of its rows and columns.
    """
    size = rate.size
    for part in range(2):
        tie_corners(rate, part, series_terms, corners)
        for i in range(size - 1):
            for j in range(size - 1):
                low = corners[i, j] | corners[i, j + 1] << CORNER_BITS
                high = corners[i + 1, j] | corners[i + 1, j + 1] << CORNER_BITS
                chart[part, (size - 1) * i + j] = low | high << np.uint64(32)


@jit_inline
def read_chart(
    chart: np.ndarray, part: Integer, roots: np.ndarray, cells: np.ndarray, chance: np.ndarray
) -> None:
    """Fill `chance[run]` by bilinear interpolation at `roots` (float32, shape (2 * TILE,)).

    `cells` (uint32, shape (2 * TILE,)) is work: both halves of a word of the chart, since its eight
    bytes would also halve how many numbers of four bytes are worked on at once.
    """
    for run in range(ROW):
        i, j = np.int32(roots[run]), np.int32(roots[ROW + run])
        cells[run] = np.uint32(np.int32(i * np.int32(CHART_SIZE)) + j)
    for run in range(ROW):
        corners = chart[part, cells[run]]
        cells[run], cells[ROW + run] = np.uint32(corners), np.uint32(corners >> np.uint64(32))
    unit = np.float32(1.0 / 65535.0)
    for run in range(ROW):
        x, y, near, far = roots[run], roots[ROW + run], cells[run], cells[ROW + run]
        right, up = x - np.float32(np.int32(x)), y - np.float32(np.int32(y))
        one = np.float32(np.int32(near & SHORT))
        two = np.float32(np.int32(near >> SHORT_BITS))
        three = np.float32(np.int32(far & SHORT))
        four = np.float32(np.int32(far >> SHORT_BITS))
        low = one + up * (two - one)
        high = three + up * (four - three)
        chance[run] = (low + right * (high - low)) * unit
