"""Where the cuts of a table fall: how many points are enough, and what decides each."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from forecast.report.page.language import Language
from forecast.report.page.margins import Margins, margins_of
from forecast.report.page.rules import rung, stage_name
from forecast.report.percent import share
from forecast.report.stored import Stored

__all__ = ["Cut", "Decided", "Total", "cuts_of"]

_RARE = 0.001
"""Totals reached by fewer than this share of teams are left to the file."""

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
class Cut:
    """A last place of a table that leads on; `outcome` is what the places up to it are."""

    stage: str
    place: int
    outcome: str | None
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

    @property
    def safe(self) -> int | None:
        """The least points that were nearly always enough, if any were."""
        _, high = _DOUBT
        return min((t.points for t in self.totals if t.probability > high), default=None)

    @property
    def doubted(self) -> tuple[Total, ...]:
        """The totals that were sometimes enough, ascending, up to that which nearly always was."""
        low, _ = _DOUBT
        told = (t for t in reversed(self.totals) if t.probability > low)
        return tuple(t for t in told if self.safe is None or t.points <= self.safe)


def cuts_of(stored: Stored, language: Language) -> tuple[Cut, ...]:
    """Return the cuts of the first simulated table, the one that most teams are above first.

    Cuts that are only edges of pots count if no outcome has its last place in that table.
    """
    points = stored.tables["points"].filter(pl.col("cut").is_not_null())
    if points.is_empty():
        return ()
    stage = points["stage"][0]
    cuts = set(points.filter(stage=stage)["cut"])
    places = (cuts & _last_places(stored, stage)) or {max(cuts)}
    return tuple(_cut(stored, stage, place, language) for place in sorted(places, reverse=True))


def _cut(stored: Stored, stage: str, place: int, language: Language) -> Cut:
    here = stored.tables["points"].filter(stage=stage, cut=place).sort("points", descending=True)
    common = here.filter(pl.col("reached") >= _RARE * pl.col("reached").sum())
    rungs = stored.tables["tie_breaks"].filter(pl.col("hits") > 0, stage=stage, cut=place)
    totals = tuple(_total(*row, language=language) for row in _numbers(common))
    low, high = _DOUBT
    doubted = [each.points for each in reversed(totals) if low < each.probability <= high]
    places = stored.facts["outcome_places"]
    return Cut(
        stage=stage_name(stored.facts, stage, language),
        place=place,
        outcome=next((o for o, those in places.items() if those == [f"{stage}:1-{place}"]), None),
        totals=totals,
        margins=margins_of(stored, stage, place, doubted, language),
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
