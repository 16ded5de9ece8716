"""One row and one card a team: where it stands, what it may reach, what it needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from forecast.report.page.after import After, after_results
from forecast.report.page.chances import Chance, Chances
from forecast.report.page.cut import Cut
from forecast.report.page.fixtures import Fixture
from forecast.report.page.language import Language
from forecast.report.page.prospects import prospects_of
from forecast.report.stored import Stored

__all__ = ["Club", "Standing", "anchors", "clubs_of", "standings_of"]


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
    prospects = prospects_of(stored, chances, cuts=cuts, language=language)
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
            facts=prospects.get(team, ()),
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
