"""One row and one card a team: where it stands, what it may reach, what it needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from forecast.report.page.after import After, after_results
from forecast.report.page.chances import Chance, Chances
from forecast.report.page.cut import Cut, Total, in_doubt
from forecast.report.page.fixtures import Fixture
from forecast.report.page.language import Language
from forecast.report.stored import Stored

__all__ = ["Club", "Standing", "anchors", "clubs_of", "standings_of"]

_TAIL = 0.1
"""Places are told without the worst and the best tenth of all runs."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A row of `standings`: matches, goals and points of today."""

    played: int
    wins: int
    draws: int
    losses: int
    goal_difference: str
    points: int


@dataclass(frozen=True, slots=True)
class Club:
    """A team on the page; `chances` are in the order of the outcomes of `Chances`.

    `matches` are those that it is known to play yet, the next one first, each with whether it is
    at home.
    """

    name: str
    anchor: str
    standing: Standing | None
    chances: tuple[Chance, ...]
    asked: Chance
    facts: tuple[str, ...]
    matches: tuple[tuple[Fixture, bool], ...]
    after: tuple[After, ...]


def clubs_of(
    stored: Stored,
    chances: Chances,
    *,
    cuts: Sequence[Cut],
    fixtures: Sequence[Fixture],
    language: Language,
) -> tuple[Club, ...]:
    """Return all teams that can still reach something, in the order of `chances`."""
    links = anchors(chances.teams)
    standings = standings_of(stored, language)
    spans = _spans(stored)
    after = after_results(stored, chances, language)
    matches: dict[str, list[tuple[Fixture, bool]]] = {}
    for fixture in fixtures:
        matches.setdefault(fixture.home, []).append((fixture, True))
        matches.setdefault(fixture.away, []).append((fixture, False))
    return tuple(
        Club(
            name=team,
            anchor=links[team],
            standing=standings.get(team),
            chances=tuple(chances.by[team, outcome] for outcome in chances.outcomes),
            asked=chances.by[team, chances.asked],
            facts=tuple(
                _told(standings.get(team), spans.get(team), cuts, language)
                if not chances.by[team, chances.asked].proved
                else ()
            ),
            matches=tuple(matches.get(team, ())),
            after=after.get(team, ()),
        )
        for team in chances.teams
    )


def anchors(teams: Iterable[str]) -> Mapping[str, str]:
    """Return a link target for each team: plain letters, none twice."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for number, team in enumerate(teams, start=1):
        plain = unicodedata.normalize("NFKD", team).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or str(number)
        anchor = f"club-{slug}" if f"club-{slug}" not in taken else f"club-{slug}-{number}"
        taken.add(anchor)
        found[team] = anchor
    return found


def standings_of(stored: Stored, language: Language) -> Mapping[str, Standing]:
    """Return the first table as it stands, in its order."""
    frame = stored.tables["standings"]
    if frame.is_empty():
        return {}
    return {
        row["team"]: Standing(
            played=row["played"],
            wins=row["wins"],
            draws=row["draws"],
            losses=row["losses"],
            goal_difference=language.signed(row["goal_difference"], 0)
            if row["goal_difference"]
            else "0",
            points=row["points"],
        )
        for row in frame.filter(stage=frame["stage"][0]).iter_rows(named=True)
    }


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


def _told(
    standing: Standing | None,
    span: tuple[int, int] | None,
    cuts: Sequence[Cut],
    language: Language,
) -> Iterable[str]:
    """Yield sentences about the table: likely places, and the points that are usually enough."""
    if standing is None:
        return
    if span is not None:
        first, last = span
        yield language.say(
            "Final place: %(first)s to %(last)s in 8 of 10 simulated tournaments.",
            first=first,
            last=last,
        )
    yield language.say("Points now: %(now)s.", now=standing.points)
    for cut in cuts:
        open_still = [t for t in in_doubt(cut.totals) if t.points >= standing.points]
        if open_still:
            yield language.say(
                "How often points in the end are enough for place %(place)s: %(totals)s.",
                place=cut.place,
                totals="; ".join(_total(each, language) for each in open_still),
            )


def _total(total: Total, language: Language) -> str:
    return language.say("%(points)s points, %(share)s", points=total.points, share=total.share)
