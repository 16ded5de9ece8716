"""Where the cut of a table falls: how many points are enough, and what decides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from forecast.report.page.language import Language
from forecast.report.page.rules import rung, stage_name
from forecast.report.percent import share
from forecast.report.stored import Stored

__all__ = ["Cut", "Decided", "Total", "cut_of", "in_doubt"]

_RARE = 0.001
"""Totals reached by fewer than this share of teams are left to the file."""

_SEEN = 300
"""Cases that a line by goal difference needs, for a share to within a few points."""

_DOUBT = (0.02, 0.98)
"""Totals that were enough less or more often are beyond doubt."""


@dataclass(frozen=True, slots=True)
class Total:
    """A total of points: how many teams reached it, and for what share it was enough."""

    points: int
    reached: int
    enough: int
    probability: float
    share: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A rung that decided the cut: in `hits` runs, as `share`."""

    rung: str
    hits: int
    share: str


@dataclass(frozen=True, slots=True)
class Margins:
    """By goal difference and points in doubt: how many had enough, and their share, or None."""

    points: tuple[int, ...]
    rows: tuple[tuple[str, tuple[tuple[int, str] | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """The last place of a table that leads on."""

    stage: str
    place: int
    totals: tuple[Total, ...]
    decided: tuple[Decided, ...]
    margins: Margins | None

    @property
    def telling(self) -> tuple[Total, ...]:
        """The totals of the table: those in doubt, and two that are not on either side."""
        low, high = _DOUBT
        doubt = [k for k, total in enumerate(self.totals) if low < total.probability <= high]
        if not doubt:
            return self.totals
        return self.totals[max(doubt[0] - 2, 0) : doubt[-1] + 3]


def cut_of(stored: Stored, language: Language) -> Cut | None:
    """Return the cut of the first simulated table that most teams are above, or None.

    Cuts that are only edges of pots count if no outcome has its last place there.
    """
    points = stored.tables["points"].filter(pl.col("cut").is_not_null())
    if points.is_empty():
        return None
    stage = points["stage"][0]
    cuts = set(points.filter(stage=stage)["cut"])
    place = max(cuts & _last_places(stored, stage) or cuts)
    here = points.filter(stage=stage, cut=place).sort("points", descending=True)
    common = here.filter(pl.col("reached") >= _RARE * pl.col("reached").sum())
    rungs = stored.tables["tie_breaks"].filter(pl.col("hits") > 0, stage=stage, cut=place)
    totals = tuple(_total(*row, language=language) for row in _numbers(common))
    return Cut(
        stage=stage_name(stored.facts, stage, language),
        place=place,
        totals=totals,
        margins=_margins(stored, stage, place, totals, language),
        decided=tuple(
            Decided(
                rung=rung(name, language),
                hits=hits,
                # the error of a count among independent runs; only its size matters here
                share=language.percent(share(hits, runs=runs, std_error=(hits / runs**2) ** 0.5)),
            )
            for name, hits, runs in rungs.select("rung", "hits", "runs").iter_rows()
        ),
    )


def _last_places(stored: Stored, stage: str) -> set[int]:
    """Return the last places of all outcomes in a stage."""
    texts = [text for places in stored.facts["outcome_places"].values() for text in places]
    spans = [text.partition(":") for text in texts]
    return {int(span.rpartition("-")[2]) for name, _, span in spans if name == stage}


def in_doubt(totals: Sequence[Total]) -> tuple[Total, ...]:
    """Return the totals that are sometimes enough, and the lowest that nearly always is."""
    low, high = _DOUBT
    safe = [total for total in totals if total.probability > high][-1:]
    return (*(total for total in reversed(totals) if low < total.probability <= high), *safe)


def _margins(
    stored: Stored, stage: str, place: int, totals: Sequence[Total], language: Language
) -> Margins | None:
    """Return what goal difference is worth at the totals that points alone do not decide."""
    low, high = _DOUBT
    points = [each.points for each in reversed(totals) if low < each.probability <= high]
    if "margins" not in stored.tables or not points:
        return None
    frame = stored.tables["margins"].filter(
        pl.col("points").is_in(points), pl.col("reached") >= _SEEN, stage=stage, cut=place
    )
    cells = {(row["goal_difference"], row["points"]): row for row in frame.iter_rows(named=True)}
    telling = [gd for (gd, _), row in cells.items() if low < row["probability"] <= high]
    differences = range(max(telling, default=-1), min(telling, default=0) - 1, -1)
    rows = tuple(
        (
            language.signed(gd, 0) if gd else "0",
            tuple(_margin(cells.get((gd, total)), language) for total in points),
        )
        for gd in differences
    )
    return Margins(points=tuple(points), rows=rows) if rows else None


def _margin(row: Mapping[str, Any] | None, language: Language) -> tuple[int, str] | None:
    if row is None:
        return None
    shown = share(row["enough"], runs=row["reached"], std_error=row["std_error"])
    return row["enough"], language.percent(shown)


def _numbers(frame: pl.DataFrame) -> list[tuple[int, int, int]]:
    rows: list[tuple[int, int, int]] = frame.select("points", "reached", "enough").rows()
    return rows


def _total(points: int, reached: int, sufficed: int, *, language: Language) -> Total:
    return Total(
        points=points,
        reached=reached,
        enough=sufficed,
        probability=sufficed / reached,
        share=language.percent(share(sufficed, runs=reached, std_error=1)),
    )
