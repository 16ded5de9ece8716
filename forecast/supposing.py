"""The same forecast with results supposed, beside the one without, on the same random numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from forecast import tables
from forecast.config import read_results, with_results
from forecast.counts import Pair, add
from forecast.lowering import lower
from forecast.plan import Match, Plan
from forecast.proof import Verdict, prove
from forecast.simulate import simulate_enough, simulate_pair
from forecast.strength import fit
from forecast.workers import available_workers

__all__ = ["WhatIf", "what_if"]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Two forecasts side by side; `verdicts` are those of the supposed one.

    The schema of `changes` is `WHAT_IF` in `forecast.tables.schemas`.
    """

    plan: Plan
    results: tuple[Match, ...]
    changes: pl.DataFrame
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...]


def what_if(
    plan: Plan,
    results: Sequence[str],
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> WhatIf:
    """Forecast a plan twice: as it is, and with results supposed; nothing is written.

    A supposed result is treated like a known one: it counts in the table or the tie, and the
    strengths are fitted to it too. Both forecasts use the same random numbers, so that the error
    of a change is far below those of the two probabilities. The one without is that of `run`, with
    a `target_error` perhaps of more runs, since it holds for both.

    Parameters
    ----------
    plan : Plan
    results : sequence of str
        Such as "HOME 2-1 AWAY", each of a match left.
    workers : int, optional
        Threads, by default all cores of this process; no number depends on it.
    progress : callable, optional
        Told (replicates done, replicates to do).

    Raises
    ------
    ConfigError
        If a text is no result of a match left.
    ModelError
        If a fit does not settle, or `target_error` is out of reach.
    """
    supposed = with_results(plan, read_results(plan, results))
    fits = fit(plan), fit(supposed)
    one, two = (
        lower(each, fitted.posterior.first_half_share)
        for each, fitted in zip((plan, supposed), fits, strict=True)
    )

    def extend(first: int, goal: int) -> Pair:
        return simulate_pair(
            (one, two),
            (fits[0].posterior, fits[1].posterior),
            rng_seed=plan.simulation.rng_seed,
            first=first,
            replicates=goal - first,
            workers=workers or available_workers(),
            progress=(lambda done: progress(first + done, goal)) if progress else None,
        )

    pair = simulate_enough(plan, extend, add=add, worst_error=_worst_error)
    return WhatIf(
        plan=supposed,
        results=tuple(match for match in supposed.matches if match.supposed),
        changes=tables.what_if_table(plan, one.layout, pair),
        verdicts=prove(supposed),
        notes=fits[1].notes,
    )


def _worst_error(pair: Pair) -> float:
    """Return the largest error of a probability in either forecast."""
    both = ((pair.first, pair.first_squares), (pair.second, pair.second_squares))
    errors = (
        tables.standard_error(hits=hits, squares=squares, replicates=pair.replicates)
        for hits, squares in both
    )
    return max(float(each.max(initial=0.0)) for each in errors)
