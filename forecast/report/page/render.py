"""From a stored forecast to its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from forecast.report.page.clubs import clubs_of
from forecast.report.page.fixtures import Fixture, fixtures_of
from forecast.report.page.language import Language, lower_first
from forecast.report.page.method import method_of
from forecast.report.page.news import (
    compared,
    deck,
    headline,
    how_sure,
    open_for_all,
    why_moved,
)
from forecast.report.page.past import past_of
from forecast.report.page.played import played_of
from forecast.report.page.rules import places_in_words
from forecast.report.page.shades import style_rules
from forecast.report.page.subject import Subject

__all__ = ["Image", "Picture", "environment", "page_bytes", "style"]

_MOST_LATE = 4
_MOST_FIXTURES = 32
"""Matches on the page, at most; the file has all."""


@dataclass(frozen=True, slots=True)
class Image:
    """A drawing as a data URI, with its size in CSS pixels."""

    data: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on the page, perhaps another one on phones; `table` is where its numbers are."""

    id: str
    title: str
    description: str
    image: Image
    narrow: Image | None
    table: str


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of chances; `minor` ones are left out on a phone until asked for."""

    index: int
    label: str
    asked: bool
    minor: bool


def page_bytes(subject: Subject, pictures: Sequence[Picture]) -> bytes:
    """Return `report.html`; pictures whose section is not there are left out."""
    language = subject.language
    context = _context(subject) | {"pictures": pictures}
    return environment(language).get_template("report.html.j2").render(context).encode()


def _context(subject: Subject) -> dict[str, Any]:
    stored, chances, language = subject.stored, subject.chances, subject.language
    fixtures = fixtures_of(stored, language, asked=chances.asked)
    shown = _weightiest_first(_next_round(fixtures))
    clubs = clubs_of(stored, chances, cuts=subject.cuts, fixtures=fixtures, language=language)
    return {
        "language": language,
        "style": style(),
        "title": subject.title,
        "dated": subject.dated,
        "headline": headline(stored, chances, language),
        "deck": deck(stored, chances, subject.before, language),
        "how_sure": how_sure(stored, chances, language),
        "compared": compared(stored, language),
        "meaning": _meaning(subject),
        "open_for_all": open_for_all(stored, chances, language),
        "late": _late([match for match in fixtures if match.late], language),
        "asked": subject.asked,
        "asked_small": lower_first(subject.asked),
        "columns": _columns(subject),
        "clubs": clubs,
        "out": chances.out,
        "out_count": language.count(
            "%(number)s club is out of it", "%(number)s clubs are out of it", len(chances.out)
        ),
        "standings": bool(clubs) and clubs[0].standing is not None,
        "marked": bool(chances.out) or any(each.proved for each in chances.by.values()),
        "sums": _sums(subject),
        "spread": stored.facts["strength"]["uncertainty"] != "none",
        "cuts": subject.cuts,
        "played": played_of(stored, chances, cuts=subject.cuts, clubs=clubs, language=language),
        "label": subject.label,
        "history": past_of(subject.history, chances, language),
        "moved": language.day(subject.before.day) if subject.before else "",
        "why_moved": why_moved(stored, language) if subject.before else "",
        "fixtures": shown,
        "weighed": any(match.leverage is not None for match in shown),
        "more_fixtures": _more(len(fixtures) - len(shown), language),
        "method": method_of(stored, language),
    }


@cache
def environment(language: Language) -> Environment:
    """Return what templates are rendered with: every text is escaped, every name is known."""
    made = Environment(
        loader=PackageLoader("forecast.report.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(language.words, newstyle=True)  # type: ignore[attr-defined]
    return made


@cache
def style() -> Markup:
    """Return the style sheet of every page."""
    loader = PackageLoader("forecast.report.page")
    source, _, _ = loader.get_source(Environment(autoescape=True), "style.css")
    return Markup(source + style_rules())  # noqa: S704 (our own file, no text of a config)


def _columns(subject: Subject) -> tuple[_Column, ...]:
    outcomes, asked = subject.chances.outcomes, subject.chances.asked
    kept = {outcomes[0], asked, outcomes[-1]}
    return tuple(
        _Column(
            index=index,
            label=subject.label(name),
            asked=name == asked,
            minor=name not in kept,
        )
        for index, name in enumerate(outcomes)
    )


def _meaning(subject: Subject) -> str:
    """Say whom the outcome of the page is for."""
    places = subject.stored.facts["outcome_places"][subject.chances.asked]
    return subject.language.say(
        "“%(outcome)s” means: %(places)s.",
        outcome=subject.asked,
        places=places_in_words(subject.stored.facts, places, subject.language),
    )


def _sums(subject: Subject) -> list[str]:
    """Say how many clubs each column adds up to, which the whole counts do exactly."""
    seats = subject.chances.seats
    said = ", ".join(
        f"{subject.label(name)}: {seats[name]}"
        for name in subject.chances.outcomes
        if name in seats
    )
    return [subject.language.say("Unrounded, they add up to: %(sums)s.", sums=said)] if said else []


def _next_round(fixtures: Sequence[Fixture]) -> Sequence[Fixture]:
    """Return the matches of the next round and what is left of earlier ones."""
    rounds = [match.round for match in fixtures]
    ahead = max(set(rounds[:_MOST_FIXTURES]), key=rounds.count, default=None)
    last = max((k for k, match in enumerate(fixtures) if match.round == ahead), default=-1)
    return fixtures[: min(last + 1, _MOST_FIXTURES)]


def _weightiest_first(fixtures: Sequence[Fixture]) -> Sequence[Fixture]:
    return sorted(fixtures, key=lambda match: -(match.leverage or 0))


def _late(fixtures: Sequence[Fixture], language: Language) -> str:
    """Name matches of the day, or from before, that are simulated: their scores are not known."""
    if not fixtures:
        return ""
    named = "; ".join(f"{match.home} – {match.away}" for match in fixtures[:_MOST_LATE])
    return language.say(
        "Dated by then, but without a score that this forecast knows (simulated): %(matches)s.",
        matches=f"{named}…" if len(fixtures) > _MOST_LATE else named,
    )


def _more(hidden: int, language: Language) -> str:
    if hidden == 0:
        return ""
    return language.count(
        "%(number)s more match is in matches.csv.",
        "%(number)s more matches are in matches.csv.",
        hidden,
    )
