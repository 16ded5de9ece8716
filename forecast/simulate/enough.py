"""How much to simulate: whole replicates for the runs that are asked for, or for an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from forecast.arrays import RUNS_PER_REPLICATE
from forecast.errors import ModelError
from forecast.plan import LEAST_REPLICATES, Plan

__all__ = ["MOST_REPLICATES", "simulate_enough"]

MOST_REPLICATES = 4096
"""Where the search for `target_error` ends: 134 million runs."""

Sums = TypeVar("Sums")


def simulate_enough(
    plan: Plan,
    extend: Callable[[int, int], Sums],
    *,
    add: Callable[[Sums, Sums], Sums],
    worst_error: Callable[[Sums], float],
) -> Sums:
    """Return sums over as many replicates as the plan asks for.

    Runs are rounded up to whole replicates, at least `LEAST_REPLICATES`. A `target_error` is
    looked at when the replicates have doubled, and only then: the largest of some hundred
    estimated errors that are looked at all the time would be small by chance too soon.

    Parameters
    ----------
    plan : Plan
    extend : callable
        Returns the sums over replicates `first` to `goal - 1`, given both.
    add : callable
        Returns the sums over two disjoint ranges.
    worst_error : callable
        The largest standard error of what the sums are published as.

    Raises
    ------
    ModelError
        If `target_error` is out of reach.
    """
    target = plan.simulation.target_error
    if target is None:
        assert plan.simulation.runs is not None
        return extend(0, max(LEAST_REPLICATES, -(-plan.simulation.runs // RUNS_PER_REPLICATE)))
    replicates = LEAST_REPLICATES
    sums = extend(0, replicates)
    while (worst := worst_error(sums)) > target:
        if replicates >= MOST_REPLICATES:
            raise ModelError(
                f"{plan.id}: simulation.target_error: found {target:g}, but "
                f"{replicates * RUNS_PER_REPLICATE:,} runs, the most that are tried, "
                f"leave an error of {worst:.2g}"
            )
        sums = add(sums, extend(replicates, 2 * replicates))
        replicates *= 2
    return sums
