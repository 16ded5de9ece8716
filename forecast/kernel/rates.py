"""From one draw of strengths to rates, and from rates to the thresholds of every side.

Thresholds turn a goal model into integers: with S(k) = P(goals >= k) a side has scored at least
k goals in a run if its random byte is below `floor(256 S(k) + u)`, with one uniform u a side and
tile. Averaged over u, a multiple of 2^-32, that threshold is 256 S(k) to 2^-32: eight random bits
a run are enough; runs of one tile are slightly correlated, which the errors between replicates see.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import FIRST_TEAM, MAX_RATE, Fixtures
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.types import Integer, Thresholds
from forecast.kernel.words import fill_words

__all__ = [
    "COMPARED_AT_ONCE",
    "MAX_THRESHOLDS",
    "SIDES_AT_ONCE",
    "THRESHOLDS_AT_ONCE",
    "exponential",
    "fill_thresholds",
    "first_bar",
    "goalless",
    "logarithm",
    "side_rates",
    "team_factors",
]

MAX_THRESHOLDS = 128
"""Most goals of a side, beside those in common with its rival; P(goals > 127) of a Poisson law is
below 1e-24 at `MAX_RATE`."""

THRESHOLDS_AT_ONCE = 12
"""Thresholds that are made for all sides; a side that has more gets them alone."""

COMPARED_AT_ONCE = np.uint64(4)
"""Thresholds that are compared in one pass, beyond the first eight."""

SIGN = np.int32(128)
NEVER = np.int8(-128)
"""The bar of a threshold of 0, and of one of 256."""

BYTE = np.int32(8)
"""A threshold shifted by so much is 1 if it is 256, and else 0."""

SIDES_AT_ONCE = 64
"""Sides whose thresholds are made together, and stand together: a bar's next is so far on."""

SIDES = np.uint64(SIDES_AT_ONCE)

CHANCE, LEFT, ROUNDING, STEP, MORE = (np.uint64(k * SIDES_AT_ONCE) for k in range(5))
"""Rows of the work array: 256 P(k goals), 256 P(more than k), the uniform number, and the two of
`fill_some`."""

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01  # upper 33 bits of ln 2, so that n * LN2_HIGH is exact
LN2_LOW = 1.90821492927058770002e-10
ROOT_2 = 1.4142135623730951
EXPONENT_BITS = np.int64(52)
MANTISSA = np.int64((1 << 52) - 1)
ONE = np.int64(1023 << 52)  # the bits of 1.0
POWER_52 = np.uint64(1075 << 52)  # the bits of 2^52, whose last one is worth 1
ROUND = 6755399441055744.0  # 1.5 * 2^52: adding it leaves the nearest integer in the low bits


@jit_inner
def exponential(x: float) -> float:
    """Return e^x for -700 < x < 700, to about one unit in the last place.

    The same bits on every machine, unlike a library's, and it vectorises: x = n ln 2 + r with
    |r| < 0.35, Taylor series in r (13 terms leave 2^-58), and n moved from the low bits of what was
    rounded into the exponent.
    """
    shifted = np.float64(x * LOG2_E + ROUND)
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
    rounded = np.int64(shifted.view(np.int64))
    power = np.int64(np.int64(rounded << EXPONENT_BITS) + ONE)
    return series * power.view(np.float64)


@jit_inner
def logarithm(x: float) -> float:
    """Return log x for a normal x of at least 1, to about one unit in the last place.

    The same bits on every machine: x = m 2^n with m around 1, and the series of atanh.
    """
    bits = np.int64(np.float64(x).view(np.int64))
    n = np.float64((bits >> EXPONENT_BITS) - np.int64(1023))
    around_1 = np.int64((bits & MANTISSA) | np.int64(1023 << 52))
    m = around_1.view(np.float64)
    if m > ROOT_2:
        m, n = 0.5 * m, n + 1.0
    s = (m - 1.0) / (m + 1.0)
    square = s * s
    series = 1.0 / 23.0
    for k in range(10, -1, -1):
        series = series * square + 1.0 / (2.0 * k + 1.0)
    return n * LN2_HIGH + (n * LN2_LOW + 2.0 * s * series)


@jit_inner
def goalless(rate: float, dispersion: float) -> float:
    """Return the chance of no goal: Poisson, or negative binomial with a `dispersion` above 0."""
    if dispersion == 0.0:
        return exponential(-rate)
    return exponential(-logarithm(1.0 + dispersion * rate) / dispersion)


@jit_inner
def team_factors(strengths: np.ndarray, scoring: np.ndarray, conceding: np.ndarray) -> float:
    """Turn a draw (log-rates, see `Posterior`) into factors; return that of a home side.

    A side's rate is `scoring[team] * conceding[rival]`, times the factor if it plays at home.
    `scoring` holds the intercept.
    """
    teams, attack = np.uint64(scoring.size), np.uint64(FIRST_TEAM)
    for team in range(teams):
        scoring[team] = exponential(strengths[0] + strengths[attack + team])
    for team in range(teams):
        conceding[team] = exponential(-strengths[attack + teams + team])
    return exponential(strengths[1])


@jit_inner
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


@jit_inline
def first_bar(side: Integer) -> np.uint64:
    """Return where the first bar of a side is in `Thresholds.bar`; its next is SIDES_AT_ONCE on."""
    group, place = np.uint64(side) // SIDES, np.uint64(side) % SIDES
    return np.uint64(group * (np.uint64(MAX_THRESHOLDS) * SIDES) + place)


@jit_inner
def begin_some(
    rate: np.ndarray, dispersion: float, words: np.ndarray, work: np.ndarray, first: Integer
) -> None:
    """Fill the rows of `work`: the chances of no goal and of more, and what their series needs."""
    for i in range(SIDES):
        work[CHANCE + i] = exponential(np.float64(-rate[first + i]))
        work[STEP + i] = rate[first + i]
        work[MORE + i] = 0.0
    if dispersion > 0.0:
        for i in range(SIDES):
            work[CHANCE + i] = goalless(np.float64(rate[first + i]), dispersion)
            work[STEP + i] = rate[first + i] / (1.0 + dispersion * rate[first + i])
            work[MORE + i] = dispersion * work[STEP + i]
    for i in range(SIDES):  # in bytes of 256 from here on, exactly
        work[CHANCE + i] *= 256.0
        work[LEFT + i] = 256.0 - work[CHANCE + i]
        shifted = np.uint64(np.uint64(words[first + i] >> np.uint64(32)) | POWER_52)
        work[ROUNDING + i] = (shifted.view(np.float64) - 2.0**52) * 2.0**-32


@jit_inner
def first_thresholds(threshold: Thresholds, work: np.ndarray, first: Integer) -> None:
    """Fill the first THRESHOLDS_AT_ONCE thresholds of SIDES_AT_ONCE sides, a side in registers."""
    bar, least, most = threshold.bar, threshold.least, threshold.most
    bars = first_bar(first)
    for i in range(SIDES):
        chance, left, rounding = work[CHANCE + i], work[LEFT + i], work[ROUNDING + i]
        step, more = work[STEP + i], work[MORE + i]
        always = np.int32(0)
        for k in range(np.uint64(THRESHOLDS_AT_ONCE)):
            level = np.int32(left + rounding)
            bar[bars + SIDES * k + i] = np.int8(level - SIGN)
            always += np.int32(level >> BYTE)
            chance *= step * (1.0 / np.float64(k + np.uint64(1)))
            left -= chance
            step += more
        work[CHANCE + i], work[LEFT + i], work[STEP + i] = chance, left, step
        least[first + i] = always
    for i in range(SIDES):  # as bytes, of which a register holds eight times as many
        live = np.uint8(0)
        for k in range(np.uint64(THRESHOLDS_AT_ONCE)):
            live = np.uint8(live + np.uint8(bar[bars + SIDES * k + i] != NEVER))
        most[first + i] = np.uint8(live + np.uint8(least[first + i]))


@jit_inner
def later_thresholds(threshold: Thresholds, work: np.ndarray, side: Integer, i: Integer) -> None:
    """Fill the other thresholds of a side that has more than THRESHOLDS_AT_ONCE.

    Rows end at the first multiple of COMPARED_AT_ONCE after the last threshold above 0.
    """
    bar, least, most = threshold.bar, threshold.least, threshold.most
    chance, left, rounding = work[CHANCE + i], work[LEFT + i], work[ROUNDING + i]
    step, more = work[STEP + i], work[MORE + i]
    bars = first_bar(side)
    for k in range(np.uint64(THRESHOLDS_AT_ONCE), np.uint64(MAX_THRESHOLDS)):
        level = np.int32(left + rounding)
        bar[bars + SIDES * k] = np.int8(level - SIGN)
        if level == 0 and k % COMPARED_AT_ONCE == COMPARED_AT_ONCE - np.uint64(1):
            break
        least[side] += np.int32(level >> BYTE)
        most[side] += np.uint8(level > 0)
        chance *= step * (1.0 / np.float64(k + np.uint64(1)))
        left -= chance
        step += more


@jit_inner
def fill_some(
    rate: np.ndarray,
    dispersion: float,
    words: np.ndarray,
    threshold: Thresholds,
    work: np.ndarray,
    first: Integer,
) -> None:
    """Fill the thresholds of SIDES_AT_ONCE sides.

    P(k + 1 goals) is P(k goals) times (step + k more) / (k + 1), with nothing more if the goals
    are Poisson.
    """
    begin_some(rate, dispersion, words, work, first)
    first_thresholds(threshold, work, first)
    for i in range(SIDES):
        if threshold.most[first + i] == THRESHOLDS_AT_ONCE:
            later_thresholds(threshold, work, first + i, i)


@jit_inner
def fill_thresholds(
    key: np.uint64,
    purpose: np.uint64,
    rate: np.ndarray,
    dispersion: float,
    threshold: Thresholds,
    work: np.ndarray,
    words: np.ndarray,
) -> None:
    """Fill the thresholds of every side, and its random word, whose high 32 bits round them.

    `rate` and `words` (uint64) have an entry a side and more, up to a multiple of SIDES_AT_ONCE;
    `work` is float64, flat, five rows of SIDES_AT_ONCE. Goals are Poisson, or negative binomial
    with a `dispersion` above 0. `purpose` is that of the words.
    """
    fill_words(key, purpose, 0, words)
    for first in range(np.uint64(0), np.uint64(rate.size), SIDES):
        fill_some(rate, dispersion, words, threshold, work, first)
