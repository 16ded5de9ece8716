"""Earlier forecasts of the competition, as far as this one could know them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from forecast.report.page.chances import Chances
from forecast.report.page.language import Language
from forecast.report.percent import share
from forecast.report.stored import Stored
from forecast.tables import history_table, in_order

__all__ = ["Before", "Past", "before_of", "known_history", "past_of"]

_CLUBS = 10
"""Rows of the table; the files of the history have all."""


@dataclass(frozen=True, slots=True)
class Past:
    """The asked chance in each forecast: days, and the cells of the first clubs."""

    days: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Before:
    """The asked chance of each club in the previous forecast: its day, texts, who was first."""

    day: date
    chances: Mapping[str, str]
    first: str


def before_of(
    history: pl.DataFrame, movement: pl.DataFrame | None, asked: str, language: Language
) -> Before | None:
    """Return the previous forecast, or None; `history` is that of `known_history`."""
    if movement is None or movement.is_empty():
        return None
    day = movement["previous_as_of"][0]
    assert isinstance(day, date)  # an earlier day is a day
    frame = history.filter(as_of=day, outcome=asked)
    error = frame["std_error"].max()
    if not isinstance(error, float):
        return None
    chances = {
        team: language.percent(share(hits, runs=runs, std_error=error))
        for team, hits, runs in frame.select("team", "hits", "runs").iter_rows()
    }
    return Before(day, chances, first=frame.sort("hits")["team"][-1])


def known_history(stored: Stored, history: pl.DataFrame) -> pl.DataFrame:
    """Return this forecast, remembered or not yet, and the last one of each earlier day."""
    ours = stored.facts["config_hash"]
    if "status" not in stored.tables:  # an older forecast, which nothing can be compared with
        return history.clear()
    own = history_table(stored.tables["outcomes"], stored.tables["status"], ours)
    history = pl.concat([history.filter(pl.col("config_hash") != ours), own])
    day = date.fromisoformat(stored.facts["as_of"]) if stored.facts["as_of"] else date.max
    order = in_order(history).filter(pl.col("as_of").fill_null(date.max) < day)
    earlier = order.unique("as_of", keep="last")["config_hash"]
    return history.filter(pl.col("config_hash").is_in([ours, *earlier]))


def past_of(history: pl.DataFrame, chances: Chances, language: Language) -> Past | None:
    """Return the table of earlier forecasts, or None if there is none."""
    order = in_order(history)
    if order.height < 2:
        return None
    hashes = order["config_hash"].to_list()
    asked = history.filter(outcome=chances.asked)
    cells = {
        (team, config_hash): language.percent(share(hits, runs=runs, std_error=error))
        for team, config_hash, hits, runs, error in asked.select(
            "team", "config_hash", "hits", "runs", pl.col("std_error").max().over("config_hash")
        ).iter_rows()
    }
    rows = (
        (team, tuple(cells.get((team, each), "–") for each in hashes))
        for team in chances.teams[:_CLUBS]
    )
    return Past(days=tuple(_days(order, language)), rows=tuple(rows))


def _days(order: pl.DataFrame, language: Language) -> Iterator[str]:
    for day in order["as_of"]:
        yield language.day(day, "medium") if day else language.say("all results")
