"""Sums that must hold in the integers before any of them is published."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import TILE, Counts, Layout

__all__ = ["BrokenCountsError", "check_counts"]

Int64 = NDArray[np.int64]


class BrokenCountsError(AssertionError):
    """Counts contradict themselves: a bug of ours, so that nothing may be written."""


def check_counts(layout: Layout, counts: Counts) -> None:
    """Check that every sum over the counts is what the competition demands.

    Raises
    ------
    BrokenCountsError
        With the first sum that fails. It is raised, not asserted, so that `python -O` checks too.
    """
    _check_arrays(counts)
    _check_places(layout, counts)
    _check_outcomes(layout, counts)
    _check_tiles(counts)
    _check_points(layout, counts)
    _check_rungs(layout, counts)
    _check_sampled(layout, counts)


def _demand(holds: object, what: str) -> None:
    if not np.all(np.asarray(holds)):
        raise BrokenCountsError(f"counts do not add up: {what}")


def _check_arrays(counts: Counts) -> None:
    _demand(counts.replicates >= 2, "an error needs two replicates")
    for name in ("occupancy", "outcomes", "products", "points", "rungs"):
        _demand(getattr(counts, name) >= 0, f"{name} below 0")


def _check_places(layout: Layout, counts: Counts) -> None:
    for stage in layout.stages:
        rows = counts.occupancy[stage.first : stage.first + stage.size]
        _demand(rows.sum(axis=1) == counts.runs, f"each place of {stage.stage} goes to one team")
        most = rows.sum(axis=0)
        _demand(most <= counts.runs, f"a team has at most one place in {stage.stage}")
        if stage.size == rows.shape[1]:
            _demand(most == counts.runs, f"every team has a place in {stage.stage}")


def _check_outcomes(layout: Layout, counts: Counts) -> None:
    for row, outcome in enumerate(layout.outcomes):
        hits = counts.outcomes[row]
        slots = list(outcome.slots)
        _demand(hits.sum() == len(slots) * counts.runs, f"total of outcome {outcome.id}")
        _demand(
            hits == counts.occupancy[slots].sum(axis=0),
            f"outcome {outcome.id} is the sum of its places",
        )
        _demand(hits <= counts.runs, f"outcome {outcome.id} is reached once a run")


def _check_tiles(counts: Counts) -> None:
    """Of hits a and b of n runs each, n (a + b - n) <= a b <= n (a + b) / 2."""
    half, hits = TILE // 2, counts.outcomes
    _demand(2 * counts.products <= half * hits, "products of halves, at most")
    _demand(
        counts.products >= half * (hits - half * (counts.runs // TILE)),
        "and at least",
    )


def _check_points(layout: Layout, counts: Counts) -> None:
    sizes = {stage.stage: stage.size for stage in layout.stages}
    for bins in layout.points:
        rows = counts.points[bins.first : bins.first + bins.size]
        reached = rows[:, 0]
        _demand(
            reached.sum() == sizes[bins.stage] * counts.runs,
            f"every team of {bins.stage} has one total of points",
        )
        for column, cut in enumerate(layout.cuts, start=1):
            enough = rows[:, column]
            expected = cut.place * counts.runs if cut.stage == bins.stage else 0
            _demand(enough.sum() == expected, f"teams above the cut {cut.place} of {cut.stage}")
            _demand(enough <= reached, f"points are enough for cut {cut.place} only if reached")


def _check_rungs(layout: Layout, counts: Counts) -> None:
    for row, cut in enumerate(layout.cuts):
        rungs = counts.rungs[row]
        _demand(rungs.sum() == counts.runs, f"one rung decides cut {cut.place} of {cut.stage}")
        _demand(rungs[len(cut.rungs) :] == 0, f"rungs of cut {cut.place} are in its ladder")


def _check_sampled(layout: Layout, counts: Counts) -> None:
    runs = counts.sampled_tiles * TILE
    _demand(counts.given >= 0, "given below 0")
    _demand(counts.joint >= 0, "joint below 0")
    _demand(counts.given.sum(axis=1) == runs, "every match has one result a sampled run")
    most = counts.given[:, :, np.newaxis, np.newaxis]
    _demand(counts.joint <= most, "an outcome goes with a result only if that happened")
    for table, bins in enumerate(layout.points):
        cuts = [cut for cut in layout.cuts if cut.stage == bins.stage]
        size = next(stage.size for stage in layout.stages if stage.stage == bins.stage)
        expected = size * runs if cuts else 0
        _demand(counts.margins[table].sum() == expected, f"margins of every team of {bins.stage}")
