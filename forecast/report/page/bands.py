"""The chances of places in a few bands, for a picture as narrow as a phone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import polars as pl

from forecast.report.page.chances import SHADES
from forecast.report.page.language import Language
from forecast.report.page.shades import css, shade
from forecast.report.percent import share
from forecast.report.pictures.tables import Cell, bands_chart

__all__ = ["bands", "places_in_bands"]

_BANDS = 6
"""About as many columns fit beside the names."""


def bands(places: int, cuts: Sequence[int]) -> list[range]:
    """Return all places from the first in bands of about one size, none across a cut."""
    most = -(-places // _BANDS)
    found = []
    for above, last in pairwise([0, *sorted({*cuts, places})]):
        parts = -(-(last - above) // most)
        edges = [above + (last - above) * part // parts for part in range(parts + 1)]
        found += [range(low + 1, high + 1) for low, high in pairwise(edges)]
    return found


def places_in_bands(
    counted: pl.DataFrame, *, teams: Sequence[str], cuts: Sequence[int], language: Language
) -> dict[str, Any]:
    """Return the picture of `team, place, hits, runs`: a row a team, a column a band."""
    places, runs = int(counted["place"].max()), int(counted["runs"][0])  # type: ignore[arg-type]
    columns = bands(places, cuts)
    hits = dict.fromkeys(((team, band.start) for team in teams for band in columns), 0)
    start = {place: band.start for band in columns for place in band}
    for team, place, count in counted.select("team", "place", "hits").iter_rows():
        if (team, start[place]) in hits:
            hits[team, start[place]] += count
    return bands_chart(
        [(t, [_cell(hits[t, band.start], runs, language) for band in columns]) for t in teams],
        columns=[_named(band) for band in columns],
        cuts=[number for number, band in enumerate(columns, 1) if band[-1] in set(cuts)],
    )


def _cell(hits: int, runs: int, language: Language) -> Cell:
    text = language.percent(share(hits, runs=runs, std_error=1))  # whole numbers, in narrow cells
    return Cell(text, hits / runs, css(shade(round(SHADES * (hits / runs) ** 0.5))))


def _named(band: range) -> str:
    return f"{band[0]}" if len(band) == 1 else f"{band[0]}–{band[-1]}"
