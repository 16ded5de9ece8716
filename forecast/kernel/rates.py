"""From one draw of strengths to rates, and from rates to the thresholds of every side.

Thresholds turn a goal model into integers: with S(k) = P(goals >= k) a side has scored at least
k goals in a run if its random byte is below `floor(256 S(k) + u)`, with one uniform u a side and
tile. Averaged over u, a multiple of 2^-32, that probability is S(k) to 2^-32, so eight random bits
a run are enough; runs of one tile are slightly correlated, which the errors between replicates see.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import FIRST_TEAM, MAX_RATE, Fixtures
from forecast.jit import jit, jit_inner
from forecast.kernel.words import FOR_SIDES, fill_words

__all__ = [
    "LEVELS_AT_ONCE",
    "MAX_LEVELS",
    "SIDES_AT_ONCE",
    "exponential",
    "fill_thresholds",
    "side_rates",
    "team_factors",
]

MAX_LEVELS = 128
"""Most goals of a side; P(goals > 127) is below 1e-24 at `MAX_RATE`."""

LEVELS_AT_ONCE = 4
"""Thresholds that are compared in one pass; so many rows after the last live one are 0."""

SIDES_AT_ONCE = 32
"""Sides whose thresholds are made together, up to the last live one of them."""

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01  # upper 33 bits of ln 2, so that n * LN2_HIGH is exact
LN2_LOW = 1.90821492927058770002e-10
ROUND = 6755399441055744.0  # 1.5 * 2^52: adding it leaves the nearest integer in the low bits


@jit
def exponential(x: float) -> float:
    """Return e^x for -700 < x < 700, to about one unit in the last place.

    The same bits on every machine, unlike a library's, and it vectorises: x = n ln 2 + r with
    |r| < 0.35, Taylor series in r (13 terms leave 2^-58), and n put into the exponent.
    """
    shifted = x * LOG2_E + ROUND
    n = shifted - ROUND
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    series = 1.0 / 6227020800.0
    series = series * r + 1.0 / 479001600.0
    series = series * r + 1.0 / 39916800.0
    series = series * r + 1.0 / 3628800.0
    series = series * r + 1.0 / 362880.0
    series = series * r + 1.0 / 40320.0
    series = series * r + 1.0 / 5040.0
    series = series * r + 1.0 / 720.0
    series = series * r + 1.0 / 120.0
    series = series * r + 1.0 / 24.0
    series = series * r + 1.0 / 6.0
    series = series * r + 0.5
    series = series * r + 1.0
    series = series * r + 1.0
    power = np.int64((np.int64(n) + np.int64(1023)) << np.int64(52))
    return series * power.view(np.float64)


@jit
def team_factors(strengths: np.ndarray, scoring: np.ndarray, conceding: np.ndarray) -> float:
    """Turn a draw (log-rates, see `Posterior`) into factors; return that of a home side.

    A side's rate is `scoring[team] * conceding[rival]`, times the factor if it plays at home.
    `scoring` holds the intercept.
    """
    teams = scoring.size
    for team in range(teams):
        scoring[team] = exponential(strengths[0] + strengths[FIRST_TEAM + team])
        conceding[team] = exponential(-strengths[FIRST_TEAM + teams + team])
    return exponential(strengths[1])


@jit
def side_rates(
    fixtures: Fixtures,
    scoring: np.ndarray,
    conceding: np.ndarray,
    home_factor: float,
    rate: np.ndarray,
) -> None:
    """Fill `rate` (goals per 90 min, a side), held at `MAX_RATE`."""
    for fixture in range(fixtures.home.size):
        home, away = fixtures.home[fixture], fixtures.away[fixture]
        factor = 1.0 if fixtures.neutral[fixture] else home_factor
        rate[2 * fixture] = scoring[home] * conceding[away] * factor
        rate[2 * fixture + 1] = scoring[away] * conceding[home]
    for side in range(rate.size):
        rate[side] = min(rate[side], MAX_RATE)


@jit
def fill_thresholds(
    key: np.uint64, rate: np.ndarray, threshold: np.ndarray, work: np.ndarray, words: np.ndarray
) -> None:
    """Fill `threshold[k - 1, side]` (uint16, 0 to 256) for k = 1, 2, …, and the sides' words.

    Thresholds fall with k. Rows up to `LEVELS_AT_ONCE` after a side's first 0 are 0; what is
    beyond them holds nothing. `work` is float64 of shape (3, SIDES_AT_ONCE), `words` uint64 of
    shape (sides,): the high 32 bits round a side's thresholds.
    """
    fill_words(key, FOR_SIDES, 0, words)
    for first in range(0, rate.size, SIDES_AT_ONCE):
        some = slice(first, min(first + SIDES_AT_ONCE, rate.size))
        fill_some(rate[some], words[some], threshold[:, some], work)


@jit_inner
def fill_some(rate: np.ndarray, words: np.ndarray, threshold: np.ndarray, work: np.ndarray) -> None:
    """Fill the thresholds of some sides."""
    probability, survival, rounding = work[0], work[1], work[2]
    for side in range(rate.size):
        probability[side] = exponential(-rate[side])
        survival[side] = 256.0 - 256.0 * probability[side]
        rounding[side] = np.float64(words[side] >> np.uint64(32)) * 2.0**-32
    dead = 0
    for k in range(1, MAX_LEVELS + 1):
        live = np.uint16(0)
        inverse = 1.0 / k
        row = threshold[k - 1]
        for side in range(rate.size):
            level = np.uint16(np.int32(max(survival[side], 0.0) + rounding[side]))
            row[side] = level
            live |= level
            probability[side] *= rate[side] * inverse
            survival[side] -= 256.0 * probability[side]
        if live == 0:
            dead += 1
            if dead == LEVELS_AT_ONCE:
                return
