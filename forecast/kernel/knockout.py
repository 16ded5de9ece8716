"""Knockout ties: one exact probability and one random word decide a tie.

The goals of independent Poisson sides add up over the legs, so a tie is won with probability
P(X > Y) + q P(X = Y), X and Y Poisson with the teams' rates summed over the legs and q the chance
when level. `tie_threshold` gives it to 2^-32, rounded once. Nearly always a chart, interpolated,
already tells on which side of it the random word lies; the result never depends on the chart.
Ties of which something is known, or whose level ladder looks at single legs, are in `legs`.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import (
    CHART_SIZE,
    CHART_STEPS,
    LEVEL_BETTER_PLACE,
    MAX_RATE,
    TILE,
    UNKNOWN,
    Knockouts,
)
from forecast.jit import jit, jit_inner
from forecast.kernel.goals import strata_of
from forecast.kernel.legs import TEAM, play_legs, settle_known
from forecast.kernel.pairing import arrange_sides
from forecast.kernel.rates import exponential
from forecast.kernel.types import Factors, Flag, Integer, TieWork
from forecast.kernel.words import FOR_TIES, word

__all__ = ["CHART_MARGIN", "draw_chart", "play_knockout", "tie_threshold"]

CHART_MARGIN = np.float32(2.0**-10)
"""More than the chart's interpolation and float32 can be wrong together."""

HALF_TILE = TILE // 2

HALF, STRICT = 0, 1
"""Charts: level ties count one half; level ties do not count."""


@jit
def tie_threshold(first: float, second: float, level: float, series_terms: np.ndarray) -> np.uint64:
    """Return the first side's chance to win a tie, in units of 2^-32 (0 to 2^32).

    `first` and `second` are goals over the whole tie, `level` the first side's chance when
    level. The error before rounding is below 2^-38.
    """
    own, rival = exponential(-first), exponential(-second)
    below = total = 0.0
    for k in range(series_terms[int(4.0 * first) + 1]):
        total += own * (below + level * rival)
        below += rival
        inverse = 1.0 / (k + 1)
        own *= first * inverse
        rival *= second * inverse
    return np.uint64(min(total, 1.0) * 2.0**32 + 0.5)


@jit
def draw_chart(series_terms: np.ndarray, chart: np.ndarray) -> None:
    """Fill `Knockouts.chart` (float32)."""
    for i in range(CHART_SIZE):
        for j in range(CHART_SIZE):
            first, second = (i / CHART_STEPS) ** 2, (j / CHART_STEPS) ** 2
            half = tie_threshold(first, second, 0.5, series_terms)
            strict = tie_threshold(first, second, 0.0, series_terms)
            chart[HALF, i, j] = np.float32(np.float64(half) * 2.0**-32)
            chart[STRICT, i, j] = np.float32(np.float64(strict) * 2.0**-32)


@jit
def read_chart(chart: np.ndarray, roots: np.ndarray, chance: np.ndarray) -> None:
    """Fill `chance[run]` by bilinear interpolation at `roots` (float32, shape (2, TILE))."""
    flat = chart.ravel()
    for run in range(TILE):
        x, y = roots[0, run], roots[1, run]
        i, j = np.int32(x), np.int32(y)
        at = np.uint32(i * np.int32(CHART_SIZE) + j)
        right, up = x - np.float32(i), y - np.float32(j)
        low = flat[at] + up * (flat[at + np.uint32(1)] - flat[at])
        above = at + np.uint32(CHART_SIZE)
        high = flat[above] + up * (flat[above + np.uint32(1)] - flat[above])
        chance[run] = low + right * (high - low)


@jit_inner
def tie_factors(
    knockouts: Knockouts, knockout: Integer, home_factor: float, first_is_better: Flag
) -> tuple[float, float]:
    """Return what multiplies the neutral rates of one leg to give those of the whole tie."""
    if knockouts.legs[knockout] == 2:
        both = 2.0 if knockouts.neutral[knockout] else 1.0 + home_factor
        return both, both
    if knockouts.neutral[knockout]:
        return 1.0, 1.0
    return (home_factor, 1.0) if first_is_better else (1.0, home_factor)


@jit_inner
def wins_exactly(
    knockouts: Knockouts,
    knockout: Integer,
    first: np.uint32,
    second: np.uint32,
    factors: Factors,
    random: np.uint64,
) -> Flag:
    """Return whether `first` wins a tie, by the exact threshold."""
    one, two = np.int64(first & TEAM), np.int64(second & TEAM)
    better = first < second
    factor_one, factor_two = tie_factors(knockouts, knockout, factors.home, better)
    most = knockouts.legs[knockout] * MAX_RATE
    rate_one = min(factors.scoring[one] * factors.conceding[two] * factor_one, most)
    rate_two = min(factors.scoring[two] * factors.conceding[one] * factor_two, most)
    level = 0.5
    if knockouts.level[knockout, 0] == LEVEL_BETTER_PLACE:
        level = 1.0 if better else 0.0
    return random < tie_threshold(rate_one, rate_two, level, knockouts.series_terms)


@jit_inner
def tie_roots(
    firsts: np.ndarray,
    seconds: np.ndarray,
    team_roots: np.ndarray,
    scale: tuple[np.float32, np.float32, np.float32],
    roots: np.ndarray,
) -> None:
    """Fill `roots` (float32, shape (2, TILE)) with where the chart is read.

    That is the square roots of both rates in steps of the chart; `scale` is that of a side with
    the better place, with the worse one, and the most that is read: where the rates are held.
    """
    if_better, if_worse, most = scale
    for run in range(TILE):
        one, two = firsts[run] & TEAM, seconds[run] & TEAM
        better = firsts[run] < seconds[run]
        own = if_better if better else if_worse
        rival = if_worse if better else if_better
        roots[0, run] = min(team_roots[0, one] * team_roots[1, two] * own, most)
        roots[1, run] = min(team_roots[0, two] * team_roots[1, one] * rival, most)


@jit_inner
def decide_by_place(
    firsts: np.ndarray,
    seconds: np.ndarray,
    chart: np.ndarray,
    roots: np.ndarray,
    chance: np.ndarray,
) -> None:
    """Fill `chance[run]` where the better place goes through when level.

    It goes through unless its rival is strictly ahead, so the chart is read for the worse side.
    """
    for run in range(TILE):
        if firsts[run] < seconds[run]:
            roots[0, run], roots[1, run] = roots[1, run], roots[0, run]
    read_chart(chart, roots, chance)
    for run in range(TILE):
        if firsts[run] < seconds[run]:
            chance[run] = np.float32(1.0) - chance[run]


@jit_inner
def move_numbers(strata: np.ndarray, random: np.uint64, numbers: np.ndarray) -> None:
    """Fill `numbers[run]` (uint32), a tie's uniform numbers: its strata on top, moved as one.

    As with goals, each half of the tile has its own 32 bits to move by (exclusive or).
    """
    first, second = np.uint32(random), np.uint32(random >> np.uint64(32))
    for run in range(HALF_TILE):
        numbers[run] = (np.uint32(strata[run]) << np.uint32(24)) ^ first
    for run in range(HALF_TILE, TILE):
        numbers[run] = (np.uint32(strata[run]) << np.uint32(24)) ^ second


@jit_inner
def compare_words(random: np.ndarray, chance: np.ndarray, wins: np.ndarray) -> Flag:
    """Fill `wins[run]` by the chart; return whether it is unsure of any run."""
    unsure = False
    for run in range(TILE):
        distance = np.float32(random[run]) * np.float32(2.0**-32) - chance[run]
        wins[run] = distance < np.float32(0.0)
        unsure |= abs(distance) < CHART_MARGIN
    return unsure


@jit_inner
def settle_unsure(
    knockouts: Knockouts,
    knockout: Integer,
    firsts: np.ndarray,
    seconds: np.ndarray,
    factors: Factors,
    random: np.ndarray,
    chance: np.ndarray,
    wins: np.ndarray,
) -> None:
    """Correct `wins[run]` where the chart is unsure."""
    for run in range(TILE):
        distance = np.float32(random[run]) * np.float32(2.0**-32) - chance[run]
        if abs(distance) < CHART_MARGIN:
            wins[run] = wins_exactly(
                knockouts, knockout, firsts[run], seconds[run], factors, np.uint64(random[run])
            )


@jit_inner
def play_known(
    knockouts: Knockouts,
    knockout: Integer,
    tie: Integer,
    key: np.uint64,
    firsts: np.ndarray,
    seconds: np.ndarray,
    factors: Factors,
    wins: np.ndarray,
) -> None:
    """Correct `wins[run]` where single legs matter or matches.csv knows something of the tie."""
    leg_by_leg = knockouts.by_legs[knockout]
    for run in range(TILE):
        sides = (firsts[run], seconds[run])
        if leg_by_leg:
            wins[run] = play_legs(knockouts, knockout, tie, key, run, sides, UNKNOWN, factors)
        wins[run] = settle_known(
            knockouts, knockout, tie, key, run, sides, factors, bool(wins[run])
        )


@jit_inner
def seat_sides(
    firsts: np.ndarray,
    seconds: np.ndarray,
    wins: np.ndarray,
    winners: np.ndarray,
    losers: np.ndarray,
) -> None:
    """Let winner and loser of a tie occupy their slots."""
    for run in range(TILE):
        winners[run] = firsts[run] if wins[run] else seconds[run]
        losers[run] = seconds[run] if wins[run] else firsts[run]


@jit_inner
def play_knockout(
    knockouts: Knockouts,
    knockout: Integer,
    first_slot: Integer,
    key: np.uint64,
    strata: np.ndarray,
    first_strata: Integer,
    factors: Factors,
    work: TieWork,
    occupants: np.ndarray,
) -> None:
    """Play one round: winners fill the slots from `first_slot` on, their rivals the next ones.

    `occupants[slot, run]` is uint32, the place in the last table above the team's 16 bits, so
    the better place is the smaller number. Tie k reads row `first_strata + k` of `strata`.
    """
    arrange_sides(knockouts, knockout, key, occupants)
    roots, chance, random, wins = work
    ties = knockouts.tie_count[knockout]
    known = knockouts.by_legs[knockout] or knockouts.listed_row[knockout].max() != UNKNOWN
    by_place = knockouts.level[knockout, 0] == LEVEL_BETTER_PLACE
    chart = knockouts.chart[STRICT if by_place else HALF]
    better, worse = tie_factors(knockouts, knockout, factors.home, True)
    scale = (
        np.float32(np.sqrt(better) * CHART_STEPS),
        np.float32(np.sqrt(worse) * CHART_STEPS),
        np.float32(np.sqrt(knockouts.legs[knockout] * MAX_RATE) * CHART_STEPS),
    )
    for k in range(ties):
        tie = knockouts.tie_first[knockout] + k
        firsts = occupants[knockouts.tie_slot[tie, 0]]
        seconds = occupants[knockouts.tie_slot[tie, 1]]
        mine = strata[strata_of(key, first_strata + tie), 0]
        move_numbers(mine, word(key, FOR_TIES, tie), random)
        tie_roots(firsts, seconds, factors.roots, scale, roots)
        if by_place:
            decide_by_place(firsts, seconds, chart, roots, chance)
        else:
            read_chart(chart, roots, chance)
        if compare_words(random, chance, wins):
            settle_unsure(knockouts, knockout, firsts, seconds, factors, random, chance, wins)
        if known:
            play_known(knockouts, knockout, tie, key, firsts, seconds, factors, wins)
        seat_sides(
            firsts, seconds, wins, occupants[first_slot + k], occupants[first_slot + ties + k]
        )
