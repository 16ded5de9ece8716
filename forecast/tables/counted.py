"""Counts become tidy tables; the one module that turns slots into places."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast.arrays import Counts, Layout, PointsBins, StageSlots
from forecast.plan import Plan
from forecast.tables.schemas import OUTCOMES, PLACES, POINTS, TIE_BREAKS, conform
from forecast.tables.uncertainty import spread, standard_error

__all__ = ["outcome_table", "place_table", "points_table", "tie_break_table"]

Int64 = NDArray[np.int64]


def outcome_table(plan: Plan, layout: Layout, counts: Counts, *, frozen: bool) -> pl.DataFrame:
    """One row a team and outcome, in the order of the config; schema `OUTCOMES`.

    With `frozen` strengths there is one draw only: `low` and `high` equal `probability`.
    """
    names = [outcome.id for outcome in layout.outcomes]
    teams = plan.competition.teams
    hits, squares = counts.outcomes.T, counts.outcome_squares.T
    probability = hits / counts.runs
    low = high = probability.T
    if not frozen:
        low, high = spread(
            hits=counts.outcomes, products=counts.products, replicates=counts.replicates
        )
    error = standard_error(hits=hits, squares=squares, replicates=counts.replicates)
    frame = pl.DataFrame(
        {
            "team": _repeated(teams, times=len(names)),
            "outcome": _cycled(names, times=len(teams)),
            "hits": hits.ravel(),
            "probability": probability.ravel(),
            "std_error": error.ravel(),
            "low": low.T.ravel(),
            "high": high.T.ravel(),
        }
    )
    return conform(_identified(frame, plan, counts).select(OUTCOMES.names()), OUTCOMES)


def place_table(plan: Plan, layout: Layout, counts: Counts) -> pl.DataFrame:
    """One row a published stage, team and place; schema `PLACES`."""
    stages = [stage for stage in layout.stages if stage.published]
    parts = [_stage_places(plan, stage, counts) for stage in stages]
    frame = pl.concat(parts) if parts else pl.DataFrame(schema=PLACES)
    return conform(frame, PLACES)


def _stage_places(plan: Plan, stage: StageSlots, counts: Counts) -> pl.DataFrame:
    rows = slice(stage.first, stage.first + stage.size)
    hits, squares = counts.occupancy[rows].T, counts.occupancy_squares[rows].T
    teams = plan.competition.teams
    error = standard_error(hits=hits, squares=squares, replicates=counts.replicates)
    frame = pl.DataFrame(
        {
            "team": _repeated(teams, times=stage.size),
            "place": np.tile(np.arange(1, stage.size + 1), len(teams)),
            "hits": hits.ravel(),
            "probability": hits.ravel() / counts.runs,
            "std_error": error.ravel(),
        }
    ).with_columns(stage=pl.lit(stage.stage))
    return _identified(frame, plan, counts).select(PLACES.names())


def points_table(layout: Layout, counts: Counts) -> pl.DataFrame:
    """One row a table stage, total of points that was reached, and cut; schema `POINTS`.

    `reached` counts teams, so it sums to teams times runs; `enough` those of them that finished
    above the cut; `probability` is `enough / reached`. A table without a cut has rows without one.
    """
    shown = {span.stage for span in layout.stages if span.published}
    parts = [
        part
        for bins in layout.points
        if bins.stage in shown
        for part in _stage_points(bins, layout, counts)
    ]
    frame = pl.concat(parts) if parts else pl.DataFrame(schema=POINTS)
    order = {bins.stage: row for row, bins in enumerate(layout.points)}
    by_stage = pl.col("stage").replace_strict(order, return_dtype=pl.Int64)
    return conform(frame.sort(by_stage, "points", "cut", maintain_order=True), POINTS)


def _stage_points(bins: PointsBins, layout: Layout, counts: Counts) -> list[pl.DataFrame]:
    rows = counts.points[bins.first : bins.first + bins.size]
    totals = bins.lowest + np.arange(bins.size)
    frames = [
        _points_of_cut(bins.stage, totals, reached=rows[:, 0], enough=enough, place=cut.place)
        for cut, enough in zip(layout.cuts, rows[:, 1:].T, strict=True)
        if cut.stage == bins.stage
    ]
    return frames or [_points_of_cut(bins.stage, totals, reached=rows[:, 0])]


def _points_of_cut(
    stage: str,
    totals: Int64,
    *,
    reached: Int64,
    enough: Int64 | None = None,
    place: int | None = None,
) -> pl.DataFrame:
    """Rows of one cut, or of none."""
    frame = pl.DataFrame({"points": totals, "reached": reached}).with_columns(
        stage=pl.lit(stage),
        cut=pl.lit(place, dtype=pl.Int64),
        enough=pl.lit(None, dtype=pl.Int64) if enough is None else pl.Series(enough),
    )
    reached_only = frame.filter(pl.col("reached") > 0)
    share = pl.col("enough") / pl.col("reached")
    return reached_only.with_columns(probability=share).select(POINTS.names())


def tie_break_table(layout: Layout, counts: Counts) -> pl.DataFrame:
    """One row a cut and rung of its ladder: how often the rung decided; schema `TIE_BREAKS`."""
    rungs = [
        (cut.stage, cut.place, rung, int(counts.rungs[row, column]))
        for row, cut in enumerate(layout.cuts)
        for column, rung in enumerate(cut.rungs)
    ]
    schema = {name: TIE_BREAKS[name] for name in ("stage", "cut", "rung", "hits")}
    frame = pl.DataFrame(rungs, schema=schema, orient="row").with_columns(
        runs=pl.lit(counts.runs, dtype=pl.Int64), probability=pl.col("hits") / counts.runs
    )
    return conform(frame, TIE_BREAKS)


def _identified(frame: pl.DataFrame, plan: Plan, counts: Counts) -> pl.DataFrame:
    return frame.with_columns(
        forecast_id=pl.lit(plan.id),
        as_of=pl.lit(plan.as_of, dtype=pl.Date),
        runs=pl.lit(counts.runs, dtype=pl.Int64),
    )


def _repeated(names: tuple[str, ...], *, times: int) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(np.repeat(np.arange(len(names)), times))


def _cycled(names: list[str], *, times: int) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(np.tile(np.arange(len(names)), times))
