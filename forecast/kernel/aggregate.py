"""Ties by their aggregate: one exact chance and one random number decide.

The goals of independent Poisson sides add up over the legs, so a tie is won with probability
P(X > Y) + q P(X = Y), X and Y Poisson with the teams' rates summed over the legs and q the chance
when level. `tie_threshold` gives it to 2^-32, rounded once. Nearly always a chart, interpolated,
already tells on which side of it the random number lies; the result never depends on the chart.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import (
    CHART_STEPS,
    LEVEL_BETTER_PLACE,
    LEVEL_EXTRA_TIME,
    MAX_RATE,
    TILE,
    Knockouts,
)
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.chart import (
    CHART_MARGIN,
    EXTRA_MARGIN,
    HALF,
    STRICT,
    read_chart,
    tie_threshold,
)
from forecast.kernel.extra_time import add_extra_time, extra_time_chance, extra_time_scale
from forecast.kernel.rows import ROW
from forecast.kernel.types import TEAM, Factors, Flag, Integer, Scale, TieWork

__all__ = ["fill_roots", "move_numbers", "play_aggregate", "tie_scales"]


@jit_inner
def fill_roots(scoring: np.ndarray, conceding: np.ndarray, roots: np.ndarray) -> None:
    """Fill `Factors.roots`."""
    for team in range(np.uint64(roots.size)):
        high = np.float32(np.sqrt(scoring[team])).view(np.uint32)
        low = np.float32(np.sqrt(conceding[team])).view(np.uint32)
        roots[team] = np.uint64(high) << np.uint64(32) | np.uint64(low)


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
def root_scale(knockouts: Knockouts, knockout: Integer, home_factor: float) -> Scale:
    """Return `scale` of `tie_roots`: of the better place, of the worse, and the most, in steps."""
    better, worse = tie_factors(knockouts, knockout, home_factor, True)
    most = knockouts.legs[knockout] * MAX_RATE
    return (
        np.float32(np.sqrt(better) * CHART_STEPS),
        np.float32(np.sqrt(worse) * CHART_STEPS),
        np.float32(np.sqrt(most) * CHART_STEPS),
    )


@jit_inner
def tie_scales(
    knockouts: Knockouts, knockout: Integer, home_factor: float
) -> tuple[Scale, Scale, Scale]:
    """Return `scale` of `tie_roots` for a tie, and for extra time.

    Extra time has one where the better place is at home, and one where the worse is.
    """
    return (
        root_scale(knockouts, knockout, home_factor),
        extra_time_scale(knockouts, knockout, home_factor, True),
        extra_time_scale(knockouts, knockout, home_factor, False),
    )


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
    if knockouts.level[knockout, 0] == LEVEL_EXTRA_TIME:
        level = extra_time_chance(knockouts, knockout, one, two, better, factors)
    return random < tie_threshold(rate_one, rate_two, level, knockouts.series_terms)


@jit_inline
def as_float(bits: np.uint64) -> np.float32:
    """Return the float32 whose bits are the low half of a word."""
    return np.uint32(bits).view(np.float32)


@jit_inline
def tie_roots(
    occupants: np.ndarray,
    first: Integer,
    second: Integer,
    team_roots: np.ndarray,
    scale: Scale,
    roots: np.ndarray,
) -> None:
    """Fill `roots` (float32, shape (2 * TILE,)) with where the chart is read.

    That is the square roots of both rates in steps of the chart; `scale` is that of a side with
    the better place, with the worse one, and the most that is read: where the rates are held.
    """
    if_better, if_worse, most = scale
    for run in range(ROW):
        one, two = occupants[first, run], occupants[second, run]
        mine, theirs = team_roots[one & TEAM], team_roots[two & TEAM]
        better = one < two
        own = as_float(mine >> np.uint64(32)) * as_float(theirs)
        rival = as_float(theirs >> np.uint64(32)) * as_float(mine)
        roots[run] = min(own * (if_better if better else if_worse), most)
        roots[ROW + run] = min(rival * (if_worse if better else if_better), most)


@jit_inner
def decide_by_place(
    occupants: np.ndarray,
    first: Integer,
    second: Integer,
    chart: np.ndarray,
    roots: np.ndarray,
    cells: np.ndarray,
    chance: np.ndarray,
) -> None:
    """Fill `chance[run]` where the better place goes through when level.

    It goes through unless its rival is strictly ahead, so the chart is read for the worse side.
    """
    for run in range(ROW):
        if occupants[first, run] < occupants[second, run]:
            roots[run], roots[ROW + run] = roots[ROW + run], roots[run]
    read_chart(chart, STRICT, roots, cells, chance)
    for run in range(ROW):
        if occupants[first, run] < occupants[second, run]:
            chance[run] = np.float32(1.0) - chance[run]


@jit_inline
def move_numbers(strata: np.ndarray, row: Integer, random: np.uint64, numbers: np.ndarray) -> None:
    """Fill `numbers[run]` (uint32): uniform, the strata on top, those of each half moved as one.

    One loop for both halves: two of 32 steps would be unrolled, without vectors.
    """
    first, second = np.uint32(random), np.uint32(random >> np.uint64(32))
    for run in range(TILE):
        stratum = np.uint32(np.uint32(strata[row, 0, run]) << np.uint32(24))
        numbers[run] = np.uint32(stratum ^ np.uint32(first if run < TILE // 2 else second))


@jit_inline
def read_extra_time(
    chart: np.ndarray,
    occupants: np.ndarray,
    sides: tuple[Integer, Integer],
    team_roots: np.ndarray,
    scales: tuple[Scale, Scale],
    host_lots: Flag,
    work: TieWork,
) -> None:
    """Fill `work.extra[run]` by the chart, over both hosts if lots draw the one of the last leg.

    `scales` are those of extra time where the better place, and where the worse, is at home.
    """
    roots, extra, other = work.roots, work.extra, work.strict
    tie_roots(occupants, sides[0], sides[1], team_roots, scales[0], roots)
    read_chart(chart, HALF, roots, work.cells, extra)
    if host_lots:
        tie_roots(occupants, sides[0], sides[1], team_roots, scales[1], roots)
        read_chart(chart, HALF, roots, work.cells, other)
        for run in range(TILE):
            extra[run] = np.float32(0.5) * (extra[run] + other[run])


@jit_inline
def compare_numbers(
    random: np.ndarray, chance: np.ndarray, margin: np.float32, wins: np.ndarray
) -> Flag:
    """Fill `wins[run]` by the chart; return whether it is unsure of any run."""
    unsure = False
    for run in range(TILE):
        distance = np.float32(random[run]) * np.float32(2.0**-32) - chance[run]
        wins[run] = distance < np.float32(0.0)
        unsure |= abs(distance) < margin
    return unsure


@jit_inner
def settle_unsure(
    knockouts: Knockouts,
    knockout: Integer,
    occupants: np.ndarray,
    sides: tuple[Integer, Integer],
    factors: Factors,
    random: np.ndarray,
    chance: np.ndarray,
    margin: np.float32,
    wins: np.ndarray,
) -> None:
    """Correct `wins[run]` where the chart is unsure."""
    for run in range(TILE):
        distance = np.float32(random[run]) * np.float32(2.0**-32) - chance[run]
        if abs(distance) < margin:
            wins[run] = wins_exactly(
                knockouts,
                knockout,
                occupants[sides[0], run],
                occupants[sides[1], run],
                factors,
                np.uint64(random[run]),
            )


@jit_inline
def play_aggregate(
    knockouts: Knockouts,
    knockout: Integer,
    occupants: np.ndarray,
    sides: tuple[Integer, Integer],
    factors: Factors,
    scales: tuple[Scale, Scale, Scale],
    work: TieWork,
) -> None:
    """Fill `work.wins[run]`: by the chart, and by the exact chance where it is unsure.

    `scales` are `tie_scales`, and `work.random` holds the numbers of the tie.
    """
    roots, chance, random, wins = work.roots, work.chance, work.random, work.wins
    chart, rung = knockouts.chart, knockouts.level[knockout, 0]
    first, second = sides
    margin = CHART_MARGIN[HALF]
    if rung == LEVEL_EXTRA_TIME:
        lots, extra = knockouts.host_lots[knockout], (scales[1], scales[2])
        read_extra_time(chart, occupants, sides, factors.roots, extra, lots, work)
    tie_roots(occupants, first, second, factors.roots, scales[0], roots)
    if rung == LEVEL_EXTRA_TIME:
        margin = EXTRA_MARGIN
        add_extra_time(chart, roots, work.cells, work.extra, work.strict, chance)
    elif rung == LEVEL_BETTER_PLACE:
        margin = CHART_MARGIN[STRICT]
        decide_by_place(occupants, first, second, chart, roots, work.cells, chance)
    else:
        read_chart(chart, HALF, roots, work.cells, chance)
    if compare_numbers(random, chance, margin, wins):
        settle_unsure(knockouts, knockout, occupants, sides, factors, random, chance, margin, wins)
