"""A stored forecast as one language tells it: what its page and its pictures have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from forecast.report.page.chances import Chances, chances_of
from forecast.report.page.cut import Cut, cuts_of
from forecast.report.page.language import Language
from forecast.report.page.news import question
from forecast.report.page.past import Before, before_of, known_history
from forecast.report.page.rules import stage_name
from forecast.report.stored import Stored
from forecast.tables import movement_table

__all__ = ["Subject", "subject_of"]

_NAMED_SOURCES = 3
"""On a picture; the page names all."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A forecast, the earlier ones that it may be compared with, and its chances in words.

    `history` has schema `HISTORY`, `before` is the forecast that the chances moved since; `asked`
    is the label of the outcome that the page is about, `dated` says up to which day results were
    known.
    """

    stored: Stored
    language: Language
    history: pl.DataFrame
    before: Before | None
    chances: Chances
    cuts: tuple[Cut, ...]
    title: str
    dated: str
    asked: str

    @property
    def subtitle(self) -> str:
        """What a picture is of, and when, in a line."""
        return " · ".join(self.subtitles)

    @property
    def subtitles(self) -> tuple[str, str]:
        """The same in two lines, for pictures that may be narrower than one."""
        return self.title, self.dated

    @property
    def source(self) -> str:
        """Where the numbers of a picture come from: who published the data, and who computed."""
        made = self.language.say(
            "Computed: forecast %(version)s, %(runs)s simulated tournaments",
            version=self.stored.provenance["versions"]["forecast"],
            runs=self.language.integer(self.stored.runs),
        )
        names = self.stored.facts.get("sources")  # older forecasts do not know
        return f"{self._data(names)}. {made}" if names else made

    def _data(self, names: Sequence[str]) -> str:
        """Name the first of those who published the data, and how many more there are."""
        more = len(names) - _NAMED_SOURCES
        named = ", ".join(names[:_NAMED_SOURCES])
        if more <= 0:
            return self.language.say("Data: %(names)s", names=named)
        return self.language.count(
            "Data: %(names)s and %(number)s more",
            "Data: %(names)s and %(number)s more",
            more,
            names=named,
        )

    def seats(self, outcome: str) -> str:
        """Say how many teams reach an outcome, or nothing if that differs between runs."""
        number = self.chances.seats.get(outcome)
        return (
            ""
            if number is None
            else self.language.count("%(number)s place", "%(number)s places", number)
        )

    def label(self, outcome: str) -> str:
        """Return what the config calls an outcome."""
        return self.language.label(self.stored.facts["outcomes"][outcome], outcome)


def subject_of(stored: Stored, history: pl.DataFrame, language: Language) -> Subject:
    """Return the subject of a page; `history` are all forecasts that are remembered."""
    known = known_history(stored, history)
    ours = stored.facts["config_hash"]
    movement = None if known.is_empty() else movement_table(known, ours)
    asked = question(stored)
    return Subject(
        stored=stored,
        language=language,
        history=known,
        before=before_of(known, movement, asked, language),
        chances=chances_of(stored, movement, asked=asked, language=language),
        cuts=cuts_of(stored, language),
        title=stored.facts["competition"]["name"],
        dated=_dated(stored, language),
        asked=language.label(stored.facts["outcomes"][asked], asked),
    )


def _dated(stored: Stored, language: Language) -> str:
    """Say up to when results are known: up to a round, its last day behind it, or up to a day."""
    facts = stored.facts
    day = language.day(date.fromisoformat(facts["as_of"])) if facts["as_of"] else None
    after = facts.get("after")  # older forecasts do not know
    if after is None and day is None:
        return language.say("All known results are in it.")
    if after is None:
        return language.say("With the results known by the end of %(day)s.", day=day)
    stage, number = stage_name(facts, after["stage"], language), after["round"]
    if day is None:
        return language.say(
            "With the results up to round %(round)s of %(stage)s.", round=number, stage=stage
        )
    return language.say(
        "With the results up to round %(round)s of %(stage)s (%(day)s).",
        round=number,
        stage=stage,
        day=day,
    )
