"""The chance to win a level tie in extra time or, if it is level again, on penalties.

Extra time is thirty minutes of independent Poisson goals at the ground of the last leg. Its chance
is what a level tie counts for, so that a tie needs no goals of its own: it is won with chance
`strict + P(level) * extra`, and P(level) is twice what the two charts differ by.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import CHART_STEPS, EXTRA_TIME, MAX_RATE, TILE, Knockouts
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.chart import HALF, STRICT, read_chart, tie_chance
from forecast.kernel.types import Factors, Flag, Integer, Scale

__all__ = ["add_extra_time", "extra_time_chance", "extra_time_scale"]


@jit_inner
def extra_time_chance(
    knockouts: Knockouts,
    knockout: Integer,
    one: Integer,
    two: Integer,
    one_is_better: Flag,
    factors: Factors,
) -> float:
    """Return the exact chance of team `one`; if lots draw the host, the mean over both."""
    own = factors.scoring[one] * factors.conceding[two]
    rival = factors.scoring[two] * factors.conceding[one]
    neutral, lots = knockouts.neutral[knockout], knockouts.host_lots[knockout]
    total, hosts = 0.0, 0.0
    for host in range(2):
        if neutral or lots or (host == 0) == one_is_better:
            factor_one = factors.home if host == 0 and not neutral else 1.0
            factor_two = factors.home if host == 1 and not neutral else 1.0
            first = min(own * factor_one, MAX_RATE) * EXTRA_TIME
            second = min(rival * factor_two, MAX_RATE) * EXTRA_TIME
            total += tie_chance(first, second, 0.5, knockouts.series_terms)
            hosts += 1.0
    return total / hosts


@jit_inner
def extra_time_scale(
    knockouts: Knockouts, knockout: Integer, home_factor: float, better_hosts: Flag
) -> Scale:
    """Return `scale` of `tie_roots` for extra time at the better side's ground, or the worse's."""
    at_home = 1.0 if knockouts.neutral[knockout] else home_factor
    better, worse = (at_home, 1.0) if better_hosts else (1.0, at_home)
    return (
        np.float32(np.sqrt(better * EXTRA_TIME) * CHART_STEPS),
        np.float32(np.sqrt(worse * EXTRA_TIME) * CHART_STEPS),
        np.float32(np.sqrt(MAX_RATE * EXTRA_TIME) * CHART_STEPS),
    )


@jit_inline
def add_extra_time(
    chart: np.ndarray,
    roots: np.ndarray,
    cells: np.ndarray,
    extra: np.ndarray,
    strict: np.ndarray,
    chance: np.ndarray,
) -> None:
    """Fill `chance[run]`: `roots` are those of the tie, `extra[run]` its chance when level."""
    read_chart(chart, STRICT, roots, cells, strict)
    read_chart(chart, HALF, roots, cells, chance)
    for run in range(TILE):
        level = np.float32(2.0) * (chance[run] - strict[run])
        chance[run] = strict[run] + level * extra[run]
