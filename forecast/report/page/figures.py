"""What each picture of a forecast shows, says and describes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from forecast.report.page.bands import places_in_bands
from forecast.report.page.bracket import bracket_stages, captions
from forecast.report.page.rules import stage_name
from forecast.report.page.shades import css, shade
from forecast.report.page.subject import Subject
from forecast.report.pictures.bracket import bracket_chart, bracket_list, in_bracket_order
from forecast.report.pictures.charts import Words, history_chart, places_chart, points_chart
from forecast.report.pictures.drawing import Chart
from forecast.report.pictures.tables import (
    PHONE,
    Cell,
    ChancesRow,
    SocialRow,
    chances_chart,
    social_chart,
)

__all__ = ["Figure", "figures_of"]

_MOST_PLACES = 100
"""A larger heat map has cells too small to see."""

_MOST_ROWS = 64
_SOCIAL_ROWS = 10
_HIGHLIGHTED = 4
_PHONE_POINTS = 256
_PHONE_LETTERS = 16
_PHONE_HISTORY = (150, 112)
"""Widths that leave room for the rest on a phone: of the curve, of the lines and their names."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture to draw: what it is for a reader who does not see it, and where its numbers are.

    `table` is None for pictures that are files only; `narrow` is drawn for phones, without a title,
    which the page has.
    """

    chart: Chart
    title: str
    description: str
    table: str | None
    narrow: Chart | None = None


def figures_of(subject: Subject) -> list[Figure]:
    """Return the pictures that a forecast has something to show in."""
    found = [_chances(subject), _social(subject)]
    found += [*_places(subject), *_points(subject), *_past(subject)]
    return [*found, *_bracket(subject)]


def _cell(subject: Subject, team: str, outcome: str) -> Cell:
    chance = subject.chances.by[team, outcome]
    share = chance.hits / subject.stored.runs
    return Cell(chance.text, share, css(shade(chance.shade)))


def _spread(subject: Subject, team: str) -> str:
    """Return the range of the asked chance, if it has one."""
    chance = subject.chances.by[team, subject.chances.asked]
    sure = subject.stored.facts["strength"]["uncertainty"] == "none"
    return "" if sure or chance.proved else chance.spread


def _chances(subject: Subject) -> Figure:
    names = subject.chances.outcomes
    title = subject.language.say("Chances of every club")
    teams = subject.chances.teams[:_MOST_ROWS]
    spec = chances_chart(
        [
            ChancesRow(team, [_cell(subject, team, name) for name in names], _spread(subject, team))
            for team in teams
        ],
        columns=[(subject.label(name), subject.seats(name)) for name in names],
        spread=subject.language.say("Range: %(outcome)s", outcome=subject.asked),
        title=title,
        subtitle=subject.subtitle,
        source=subject.source,
    )
    return Figure(Chart("chances", spec), title, "", None)


def _social(subject: Subject) -> Figure:
    chances, say = subject.chances, subject.language.say
    last = chances.outcomes[-1]
    second = last if last != chances.asked else None
    spec = social_chart(
        [
            SocialRow(
                team,
                _cell(subject, team, chances.asked),
                _spread(subject, team),
                _cell(subject, team, second) if second else None,
            )
            for team in chances.teams[:_SOCIAL_ROWS]
        ],
        heads=(
            ", ".join(filter(None, (say("Chance"), subject.seats(chances.asked)))),
            say("Range (9 in 10)"),
            subject.label(last),
        ),
        title=say(
            "%(competition)s: chance of “%(outcome)s”",
            competition=subject.title,
            outcome=subject.asked,
        ),
        subtitle=subject.dated,
        source=subject.source,
    )
    return Figure(Chart("social", spec, scale=1), subject.title, "", None)


def _places(subject: Subject) -> Iterator[Figure]:
    facts = subject.stored.facts
    stages = [e["id"] for e in facts["stages"] if e["kind"] == "table" and e["simulated"]]
    frame = subject.stored.tables["places"].filter(pl.col("stage").is_in(stages[:1]))
    places = frame["place"].max()
    if not isinstance(places, int) or places > _MOST_PLACES:
        return
    say = subject.language.say
    stage = stage_name(facts, stages[0], subject.language)
    title = say("In which place of “%(stage)s” each club may finish", stage=stage)
    counted = frame.filter(pl.col("hits") > 0)
    cuts = [cut.place for cut in subject.cuts]
    spec = places_chart(
        counted.select("team", "place", "probability").rows(),
        teams=subject.chances.teams,
        places=places,
        cuts=cuts,
        words=Words(
            title=title,
            subtitle=subject.subtitles,
            x=say("Place in “%(stage)s”", stage=stage),
            y=say("Chance of the place"),
        ),
    )
    description = say(
        "Heat map of clubs and places: the darker, the likelier. %(team)s stands at the top.",
        team=subject.chances.teams[0],
    )
    if cuts:
        ends = ", ".join(str(cut) for cut in sorted(cuts))
        title = say(
            "In which place of “%(stage)s” each club may finish; a line is after place %(places)s",
            stage=stage,
            places=ends,
        )
    narrow = places_in_bands(
        frame, teams=subject.chances.teams, cuts=cuts, language=subject.language
    )
    yield Figure(Chart("places", spec), title, description, "places.csv", _phone("places", narrow))


def _points(subject: Subject) -> Iterator[Figure]:
    say = subject.language.say
    for number, cut in enumerate(subject.cuts):
        if len(cut.totals) < 2:
            continue
        title = say("How many points are enough for place %(place)s", place=cut.place)
        totals = [(each.points, each.probability, each.share) for each in reversed(cut.totals)]
        words = Words(
            title=title,
            subtitle=subject.subtitles,
            x=say("Points in the end"),
            y=say("Share for whom they were enough"),
        )
        told = "; ".join(f"{points}: {text}" for points, _, text in totals)
        description = say("Curve of points and how often they were enough: %(told)s.", told=told)
        name = f"points_{cut.place}" if number else "points"
        narrow = points_chart(totals, words=replace(words, title=""), width=_PHONE_POINTS)
        yield Figure(
            Chart(name, points_chart(totals, words=words)),
            title,
            description,
            f"#points-{cut.place}",
            _phone(name, narrow),
        )


def _past(subject: Subject) -> Iterator[Figure]:
    lines: dict[str, list[tuple[date, float]]] = {}
    asked = subject.history.filter(pl.col("as_of").is_not_null(), outcome=subject.chances.asked)
    for team, day, p in asked.sort("as_of").select("team", "as_of", "probability").iter_rows():
        lines.setdefault(team, []).append((day, p))
    days = {day: subject.language.day(day, "d MMM") for day in sorted(set(asked["as_of"]))}
    first = [team for team in subject.chances.teams if team in lines][:_HIGHLIGHTED]
    if len(days) < 2 or not first:
        return
    say = subject.language.say
    title = say("How chances moved: “%(outcome)s”", outcome=subject.asked)
    words = Words(title=title, subtitle=subject.subtitles, x="", y="")
    description = say(
        "One line a club over %(count)s forecasts; highlighted: %(teams)s.",
        count=len(days),
        teams=", ".join(first),
    )
    spec = history_chart(lines, first=first, days=days, words=words)
    width, names_width = _PHONE_HISTORY
    narrow = history_chart(
        lines,
        first=first,
        days=days,
        words=replace(words, title=""),
        width=width,
        names_width=names_width,
        names_letters=_PHONE_LETTERS,
    )
    yield Figure(Chart("history", spec), title, description, "#past", _phone("history", narrow))


def _bracket(subject: Subject) -> Iterator[Figure]:
    stages = bracket_stages(subject.stored, subject.language)
    if not stages:
        return
    say = subject.language.say
    title = say("The bracket: who wins each tie, how often")
    last = stages[-1]
    told = "; ".join(
        ", ".join(f"{row.team} {row.text}" for row in last.ties[tie])
        for tie in (in_bracket_order(stages) if len(stages) == 1 else range(len(last.ties)))
    )
    description = say("Bracket; %(stage)s: %(told)s.", stage=last.name, told=told)
    spec = bracket_chart(stages, title=title, subtitle=subject.subtitle)
    narrow = bracket_list(stages, captions=captions(stages, subject.language), width=PHONE)
    yield Figure(
        Chart("bracket", spec), title, description, "places.csv", _phone("bracket", narrow)
    )


def _phone(name: str, spec: dict[str, Any]) -> Chart:
    return Chart(f"{name}_phone", spec, scale=0)
