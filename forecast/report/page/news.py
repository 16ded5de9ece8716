"""What stands above everything: one sentence of news, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.report.page.chances import Chances
from forecast.report.page.language import Language
from forecast.report.stored import Stored

__all__ = ["Deck", "deck", "headline", "lower_first", "open_for_all", "question"]

_NEWS = 1.0
"""Percentage points; smaller movements are no news."""


def question(stored: Stored) -> str:
    """Return the outcome that a page is about: the headline, or a later one if that is decided."""
    names: list[str] = list(stored.facts["outcomes"])
    frame = stored.tables["outcomes"]
    published = [name for name in names if name in set(frame["outcome"])]
    headline = stored.facts["headline"]
    later = published[published.index(headline) :] if headline in published else published[-1:]
    return next((name for name in later if _open(stored, name)), later[-1])


def headline(stored: Stored, chances: Chances, language: Language) -> str:
    """Return one sentence: who leads, with which chances, and how they moved."""
    asked = chances.asked
    labels = stored.facts["outcomes"]
    leader = chances.teams[0]
    if not _anything_known(stored):
        return language.say(
            "Before the first result nobody is favourite: every club has about the same chances"
        )
    if chances.by[leader, asked].proved and not _open(stored, asked):
        winners = [team for team in chances.teams if chances.by[team, asked].text == "✓"]
        return language.say(
            "Decided: %(outcome)s: %(teams)s",
            outcome=language.label(labels[asked], asked),
            teams=", ".join(winners),
        )
    outcome = language.label(labels[asked], asked)
    chance = chances.by[leader, asked]
    if chance.proved:
        return language.say("%(outcome)s: %(team)s is certain of it", outcome=outcome, team=leader)
    said = language.say(
        "%(outcome)s: %(team)s is favourite, with a chance of %(chance)s",
        outcome=outcome,
        team=leader,
        chance=chance.text,
    )
    if chance.move is None or abs(chance.move.points) < _NEWS:
        return said
    before = language.say("before: %(chance)s", chance=chance.move.before)
    return f"{said} ({before})"


@dataclass(frozen=True, slots=True)
class Deck:
    """The news again: as a frequency, its range, and the chance of the last outcome."""

    often: str
    range: str
    last: str


def deck(stored: Stored, chances: Chances, language: Language) -> Deck | None:
    """Return what stands below the news, or None if it is proved."""
    leader = chances.by[chances.teams[0], chances.asked]
    if leader.proved:
        return None
    often = language.say("That is %(often)s simulated tournaments.", often=leader.often)
    if not _anything_known(stored):
        only = language.say("Only the fixtures are known, no result yet.")
        return Deck(f"{only} {often}", "", "")
    frozen = stored.facts["strength"]["uncertainty"] == "none"
    return Deck(often, "" if frozen else leader.spread, _last(stored, chances, language))


def _last(stored: Stored, chances: Chances, language: Language) -> str:
    """Return the chance of the last outcome for the same team, if the page is about another."""
    last = chances.outcomes[-1]
    chance = chances.by[chances.teams[0], last]
    if last == chances.asked or chance.proved:
        return ""
    return f"{language.label(stored.facts['outcomes'][last], last)}: {chance.text}."


def open_for_all(stored: Stored, chances: Chances, language: Language) -> str:
    """Say that nobody is through or out, if that is proved for every team and outcome."""
    if "status" not in stored.tables or stored.provenance.get("proof", {}).get("undecided", 1):
        return ""
    if chances.out or any(chance.proved for chance in chances.by.values()):
        return ""
    return language.say(
        "No club is through or out yet: by the rules each may still reach everything or miss it."
    )


def _open(stored: Stored, outcome: str) -> bool:
    if "status" not in stored.tables:
        return True
    lines = stored.tables["status"].filter(outcome=outcome)
    return lines.is_empty() or "open" in set(lines["status"])


def _anything_known(stored: Stored) -> bool:
    strength = stored.facts["strength"]
    told = strength["model"] == "given" or strength.get("knows_teams", False)
    return bool(told or strength["results"] > 0)


def lower_first(label: str) -> str:
    """Return a label as it stands within a sentence; an abbreviation keeps its capitals."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
