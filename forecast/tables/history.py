"""Forecasts beside each other: what is kept of each, and how chances moved from one to the next."""

from __future__ import annotations

from datetime import date

import polars as pl

from forecast.tables.schemas import HISTORY, MOVEMENT, conform

__all__ = ["history_table", "in_order", "movement_table"]

_ALL_KNOWN = date.max
"""The day, for sorting, of a forecast that knows every result."""

_FORECAST = ("as_of", "forecast_id", "config_hash")


def history_table(outcomes: pl.DataFrame, status: pl.DataFrame, config_hash: str) -> pl.DataFrame:
    """Return what is kept of one forecast: outcomes, their status, its hash; schema `HISTORY`."""
    frame = outcomes.join(status, on=["team", "outcome"], how="left", maintain_order="left")
    frame = frame.with_columns(config_hash=pl.lit(config_hash))
    return conform(frame.select(HISTORY.names()), HISTORY)


def in_order(history: pl.DataFrame) -> pl.DataFrame:
    """Return one row a forecast, by `as_of`; columns `as_of, forecast_id, config_hash`.

    A forecast without `as_of` knows all results and is last; of several of one day those with
    more runs come later, then the names decide.
    """
    forecasts = history.group_by(_FORECAST).agg(pl.col("runs").first())
    by_day = pl.col("as_of").fill_null(_ALL_KNOWN)
    return forecasts.sort(by_day, "runs", "forecast_id", "config_hash").select(_FORECAST)


def movement_table(history: pl.DataFrame, config_hash: str) -> pl.DataFrame | None:
    """Return how chances moved since the previous forecast of the competition; schema `MOVEMENT`.

    The previous forecast is the last one of an earlier day; None if there is none. Teams and
    outcomes that it does not have are left out. `change` is in probability, `change_error` its
    simulation error if the two forecasts err independently.
    """
    order = in_order(history).with_columns(day=pl.col("as_of").fill_null(_ALL_KNOWN))
    today = order.filter(pl.col("config_hash") == config_hash)["day"]
    earlier = order.filter(pl.col("day") < today.first())
    if earlier.is_empty():
        return None
    before = earlier.row(-1, named=True)["config_hash"]
    current = history.filter(pl.col("config_hash") == config_hash)
    previous = history.filter(pl.col("config_hash") == before).select(
        "team",
        "outcome",
        previous_forecast_id="forecast_id",
        previous_as_of="as_of",
        previous_probability="probability",
        previous_std_error="std_error",
    )
    joined = current.join(previous, on=["team", "outcome"], how="inner", maintain_order="left")
    frame = joined.with_columns(
        change=pl.col("probability") - pl.col("previous_probability"),
        change_error=(pl.col("std_error") ** 2 + pl.col("previous_std_error") ** 2).sqrt(),
    )
    return conform(frame.select(MOVEMENT.names()), MOVEMENT)
