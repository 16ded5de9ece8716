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
from forecast.jit import jit, jit_inline, jit_inner
from forecast.kernel.rates import COMPARED_AT_ONCE, SIDES_AT_ONCE, exponential, first_bar
from forecast.kernel.types import Integer, Thresholds

__all__ = ["add_common", "hold_rho", "redraw_low_scores", "sample_goals", "strata_of"]

MIDDLE = np.int64(TILE // 2)
FIRST, SECOND = (np.int64(0), MIDDLE), (MIDDLE, np.int64(TILE))
"""Runs of each half of a tile."""

BYTE = np.uint64(8)
ONE = np.uint64(1)
NEXT, NEXT_2 = np.uint64(SIDES_AT_ONCE), np.uint64(2 * SIDES_AT_ONCE)
NEXT_3, NEXT_4 = np.uint64(3 * SIDES_AT_ONCE), np.uint64(4 * SIDES_AT_ONCE)
"""From a bar of a side to the next ones."""

SIGN = np.uint8(128)

ONE_GOAL = np.uint8(1)


@jit_inline
def strata_of(key: np.uint64, number: Integer) -> np.uint64:
    """Return which row of `Program.strata` a fixture or tie reads; the next one reads the next."""
    return (key + np.uint64(number)) & np.uint64(STRATA - 1)


@jit_inline
def four_bars(byte: np.int8, bar: np.ndarray, at: np.uint64) -> np.uint8:
    """Return how many of the four bars from `at` on a byte is below."""
    one = np.uint8(np.uint8(byte < bar[at]) + np.uint8(byte < bar[at + NEXT]))
    two = np.uint8(np.uint8(byte < bar[at + NEXT_2]) + np.uint8(byte < bar[at + NEXT_3]))
    return np.uint8(one + two)


@jit_inline
def count_half(
    strata: np.ndarray,
    row: Integer,
    part: Integer,
    random: np.uint8,
    runs: tuple[Integer, Integer],
    bar: np.ndarray,
    side: Integer,
    least: np.uint8,
    most: np.uint8,
    goals: np.ndarray,
) -> None:
    """Fill `goals[side, run]` for half a tile, whose bytes are its strata moved by `random`.

    Bytes and bars are compared less 128, for processors compare signed bytes best.
    """
    move, first = np.uint8(random ^ SIGN), first_bar(side)
    for run in range(runs[0], runs[1]):
        byte = np.int8(np.uint8(strata[row, part, run] ^ move))
        some = four_bars(byte, bar, first)
        more = four_bars(byte, bar, first + NEXT_4)
        goals[side, run] = np.uint8(np.uint8(least + some) + more)
    for k in range(np.uint64(8), np.uint64(most), COMPARED_AT_ONCE):  # few sides
        for run in range(runs[0], runs[1]):
            byte = np.int8(np.uint8(strata[row, part, run] ^ move))
            goals[side, run] = np.uint8(goals[side, run] + four_bars(byte, bar, first + NEXT * k))


@jit  # optimised by itself: within its caller its loops took 240 instructions a run more
def sample_goals(
    key: np.uint64,
    strata: np.ndarray,
    first_strata: Integer,
    words: np.ndarray,
    threshold: Thresholds,
    goals: np.ndarray,
) -> Integer:
    """Fill `goals[side, run]` (uint8); return the most goals that any side could score.

    `strata` is `Program.strata`, of which sides 2 k and 2 k + 1 read the row `first_strata + k` on
    from the tile's first (`strata_of`); `words` (uint64) has a side's random word.
    """
    bar, least, most = threshold.bar, threshold.least, threshold.most
    highest = np.uint8(0)
    for side in range(np.uint64(goals.shape[0])):
        number = np.uint64(first_strata) + (side >> ONE)
        row, part, word = strata_of(key, number), side & ONE, words[side]
        low, high = np.uint8(least[side]), most[side]
        count_half(strata, row, part, np.uint8(word), FIRST, bar, side, low, high, goals)
        count_half(strata, row, part, np.uint8(word >> BYTE), SECOND, bar, side, low, high, goals)
        highest = max(highest, high)
    return np.int64(highest)


@jit_inner
def add_common(
    common: np.ndarray, common_most: np.ndarray, goals: np.ndarray, most: np.ndarray
) -> None:
    """Add the goals `common[fixture, run]` to both sides of every fixture (bivariate Poisson).

    The most of them, too: at `MAX_RATE` a side has far fewer than 128 of each kind.
    """
    for fixture in range(goals.shape[0] // 2):
        for run in range(TILE):
            goals[2 * fixture, run] += common[fixture, run]
            goals[2 * fixture + 1, run] += common[fixture, run]
        most[2 * fixture] += common_most[fixture]
        most[2 * fixture + 1] += common_most[fixture]


@jit_inner
def hold_rho(rho: float, home: float, away: float) -> float:
    """Return rho, or the nearest one with which no chance of these rates is negative."""
    return min(max(rho, -1.0 / max(home, away)), 1.0 / max(home * away, 1.0))


@jit_inner
def redraw_low_scores(
    key: np.uint64,
    strata: np.ndarray,
    words: np.ndarray,
    rate: np.ndarray,
    rho: float,
    goals: np.ndarray,
    most: np.ndarray,
) -> None:
    """Correct `goals` for the four lowest scores of Dixon and Coles, and `Thresholds.most`.

    A side away may score where its thresholds alone would not let it.
    The home side's goals and the away side's chance of two or more are those of independent
    Poissons; only whether the away side scores at all depends on whether the home side has 0 or 1.
    """
    for fixture in range(goals.shape[0] // 2):
        home, away = rate[2 * fixture], rate[2 * fixture + 1]
        row, word = strata_of(key, fixture), words[2 * fixture + 1]
        held = hold_rho(rho, home, away)
        most[2 * fixture + 1] = max(most[2 * fixture + 1], ONE_GOAL)
        none = 256.0 * exponential(-away)
        rounding = np.float64(word >> np.uint64(32)) * 2.0**-32
        bar_at_0 = np.int32(max(256.0 - none * (1.0 - home * away * held), 0.0) + rounding)
        bar_at_1 = np.int32(max(256.0 - none * (1.0 + away * held), 0.0) + rounding)
        for run in range(TILE):
            random = np.uint8(word) if run < FIRST[1] else np.uint8(word >> BYTE)
            byte = np.int32(strata[row, 1, run] ^ random)
            own, rival = goals[2 * fixture, run], goals[2 * fixture + 1, run]
            if own <= 1 and rival <= 1:
                goals[2 * fixture + 1, run] = byte < (bar_at_0 if own == 0 else bar_at_1)
