"""What the table holds for each club: likely places, points, and what it lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from forecast.report.page.chances import Chances
from forecast.report.page.cut import Cut
from forecast.report.page.language import Language
from forecast.report.page.rules import stage_name
from forecast.report.stored import Stored

__all__ = ["prospects_of"]

_TAIL = 0.1
"""Places are told without the worst and the best tenth of all runs."""


def prospects_of(
    stored: Stored, chances: Chances, *, cuts: Sequence[Cut], language: Language
) -> Mapping[str, tuple[str, ...]]:
    """Return sentences about the first table for every team whose asked outcome is open."""
    standings = stored.tables["standings"]
    if standings.is_empty():
        return {}
    stage = standings["stage"][0]
    spans = _spans(stored)
    points = dict(standings.filter(stage=stage).select("team", "points").iter_rows())
    ahead = _points_ahead(stored, stage)
    told: dict[str, tuple[str, ...]] = {}
    for team in chances.teams:
        if team not in points or chances.by[team, chances.asked].proved:
            continue
        now = points[team]
        said = [language.say("Points now: %(now)s.", now=now)]
        said += [
            _lacking(cut, now, now + ahead.get(team, 0), language)
            for cut in cuts
            if not _settled(chances, team, cut.outcome)
        ]
        place = [_place(stored, stage, spans[team], language)] if team in spans else []
        told[team] = tuple(filter(None, [" ".join(said).strip(), *place]))
    return told


def _settled(chances: Chances, team: str, outcome: str | None) -> bool:
    """Return whether the rules already decide for a team what a cut gives."""
    return outcome in chances.outcomes and chances.by[team, str(outcome)].proved


def _lacking(cut: Cut, now: int, most: int, language: Language) -> str:
    """Say how far a team is from the points that are nearly always enough for a place."""
    safe, place = cut.safe, cut.place
    if safe is None:
        return ""
    if now >= safe:
        return language.say(
            "With %(points)s points it is nearly always place %(place)s or better.",
            points=safe,
            place=place,
        )
    if most < safe:
        return language.say(
            "It can reach %(most)s at most; %(points)s are nearly always enough for place "
            "%(place)s or better.",
            most=most,
            points=safe,
            place=place,
        )
    return language.count(
        "It lacks %(number)s point to reach %(points)s, which are nearly always enough for place "
        "%(place)s or better.",
        "It lacks %(number)s points to reach %(points)s, which are nearly always enough for place "
        "%(place)s or better.",
        safe - now,
        points=safe,
        place=place,
    )


def _place(stored: Stored, stage: str, span: tuple[int, int], language: Language) -> str:
    first, last = span
    return language.say(
        "Place in “%(stage)s” in the end: %(first)s to %(last)s in 8 of 10 simulated tournaments.",
        stage=stage_name(stored.facts, stage, language),
        first=first,
        last=last,
    )


def _points_ahead(stored: Stored, stage: str) -> Mapping[str, int]:
    """Return the most points that each team may still win in a table."""
    left = stored.tables["matches"].filter(stage=stage)
    sides: pl.Series = pl.concat([left["home"], left["away"].alias("home")])
    win: int = stored.facts["competition"]["points"]["win"]
    return {team: count * win for team, count in sides.value_counts().iter_rows()}


def _spans(stored: Stored) -> Mapping[str, tuple[int, int]]:
    """Return the places of the first table between the tails, a pair a team."""
    stages = [each["id"] for each in stored.facts["stages"] if each["kind"] == "table"]
    frame = stored.tables["places"].filter(pl.col("stage").is_in(stages[:1]))
    if frame.is_empty():
        return {}
    below = pl.col("hits").cum_sum().over("team", order_by="place") / pl.col("runs")
    spans = (
        frame.with_columns(below=below)
        .group_by("team")
        .agg(
            pl.col("place").filter(pl.col("below") > _TAIL).min().alias("first"),
            pl.col("place").filter(pl.col("below") >= 1 - _TAIL).min().alias("last"),
        )
    )
    return {team: (first, last) for team, first, last in spans.iter_rows()}
