"""From a stored forecast to its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from forecast.report.page.chances import Chances, chances_of
from forecast.report.page.clubs import clubs_of
from forecast.report.page.cut import Cut, cut_of
from forecast.report.page.fixtures import Fixture, fixtures_of
from forecast.report.page.language import Language
from forecast.report.page.method import method_of
from forecast.report.page.news import deck, headline, lower_first, question
from forecast.report.page.past import known_history, past_of
from forecast.report.page.shades import style_rules
from forecast.report.stored import Stored
from forecast.tables import movement_table

__all__ = ["Picture", "environment", "page_bytes", "style"]

_MOST_FIXTURES = 32
"""Matches on the page, at most; the file has all."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on the page: `data` is a data URI, `table` where its numbers are."""

    id: str
    title: str
    description: str
    data: str
    width: int
    height: int
    table: str
    fits: bool


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of chances; `minor` ones are left out on a phone until asked for."""

    index: int
    label: str
    asked: bool
    minor: bool


def page_bytes(
    stored: Stored, history: pl.DataFrame, *, pictures: Sequence[Picture], language: Language
) -> bytes:
    """Return `report.html`.

    Parameters
    ----------
    stored : Stored
    history : polars.DataFrame
        All forecasts of the competition that are remembered, schema `HISTORY`; perhaps none.
    pictures : sequence of Picture
        In their order on the page; those whose section is not there are left out.
    language : Language
    """
    known = known_history(stored, history)
    ours = stored.facts["config_hash"]
    movement = None if known.is_empty() else movement_table(known, ours)
    chances = chances_of(stored, movement, asked=question(stored), language=language)
    context = _context(stored, chances, language)
    context |= {
        "pictures": pictures,
        "history": past_of(known, chances, language),
        "moved": _moved(movement, language),
    }
    return environment(language).get_template("report.html.j2").render(context).encode()


def dated(stored: Stored, language: Language) -> str:
    """Return up to which day results were known."""
    if stored.facts["as_of"] is None:
        return language.say("All known results are in it.")
    day = language.day(date.fromisoformat(stored.facts["as_of"]))
    return language.say("Results known up to %(day)s.", day=day)


def _context(stored: Stored, chances: Chances, language: Language) -> dict[str, Any]:
    labels = stored.facts["outcomes"]
    cut = cut_of(stored, language)
    fixtures = fixtures_of(stored, language)
    shown = _next_round(fixtures)
    clubs = clubs_of(stored, chances, cut=cut, fixtures=fixtures, language=language)
    asked = language.label(labels[chances.asked], chances.asked)
    return {
        "language": language,
        "style": style(),
        "title": stored.facts["competition"]["name"],
        "dated": dated(stored, language),
        "headline": headline(stored, chances, language),
        "deck": deck(stored, chances, language),
        "asked": asked,
        "asked_small": lower_first(asked),
        "columns": _columns(chances, labels, language),
        "clubs": clubs,
        "out": chances.out,
        "out_count": language.count(
            "%(number)s club is out of it", "%(number)s clubs are out of it", len(chances.out)
        ),
        "standings": bool(clubs) and clubs[0].standing is not None,
        "line_after": _line_after(cut, chances),
        "sums": _sums(stored, chances, language),
        "spread": stored.facts["strength"]["uncertainty"] != "none",
        "cut": cut,
        "fixtures": shown,
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


def _columns(
    chances: Chances, labels: Mapping[str, Mapping[str, str]], language: Language
) -> tuple[_Column, ...]:
    kept = {chances.outcomes[0], chances.asked, chances.outcomes[-1]}
    return tuple(
        _Column(
            index=index,
            label=language.label(labels[name], name),
            asked=name == chances.asked,
            minor=name not in kept,
        )
        for index, name in enumerate(chances.outcomes)
    )


def _line_after(cut: Cut | None, chances: Chances) -> int | None:
    """Return the row below which the rule goes, if anybody stands below it."""
    return cut.place if cut and len(chances.teams) > cut.place else None


def _moved(movement: pl.DataFrame | None, language: Language) -> str:
    if movement is None or movement.is_empty():
        return ""
    day = movement["previous_as_of"][0]
    assert isinstance(day, date)  # an earlier day is a day
    return language.say(
        "Change: in percentage points since the forecast of %(day)s.", day=language.day(day)
    )


def _sums(stored: Stored, chances: Chances, language: Language) -> list[str]:
    """Say how many clubs each column adds up to, which the whole counts do exactly."""
    labels = stored.facts["outcomes"]
    totals = dict(stored.tables["outcomes"].group_by("outcome").agg(pl.col("hits").sum()).rows())
    said = "; ".join(
        f"{language.label(labels[name], name)}: {totals[name] // stored.runs}"
        for name in chances.outcomes
        if totals[name] % stored.runs == 0
    )
    return [language.say("The whole counts add up to: %(sums)s.", sums=said)] if said else []


def _next_round(fixtures: Sequence[Fixture]) -> Sequence[Fixture]:
    """Return the matches of the next round and what is left of earlier ones."""
    rounds = [match.round for match in fixtures]
    ahead = max(set(rounds[:_MOST_FIXTURES]), key=rounds.count, default=None)
    last = max((k for k, match in enumerate(fixtures) if match.round == ahead), default=-1)
    return fixtures[: min(last + 1, _MOST_FIXTURES)]


def _more(hidden: int, language: Language) -> str:
    if hidden == 0:
        return ""
    return language.count(
        "%(number)s more match is in matches.csv.",
        "%(number)s more matches are in matches.csv.",
        hidden,
    )
