"""What stands above everything: one sentence of news, and how sure it is."""

from __future__ import annotations

from forecast.report.page.chances import Chance, Chances
from forecast.report.page.language import Language, lower_first
from forecast.report.stored import Stored

__all__ = ["compared", "deck", "headline", "how_sure", "open_for_all", "question"]

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
    """Return one sentence: who leads, with which chance, and that it is not decided."""
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
    return language.say(
        "%(team)s is favourite (%(outcome)s: %(chance)s), but nobody is certain of it",
        outcome=lower_first(outcome),
        team=leader,
        chance=chance.text,
    )


def deck(stored: Stored, chances: Chances, language: Language) -> str:
    """Return the news again, or nothing if it is proved: as a frequency, before, for the title."""
    leader = chances.by[chances.teams[0], chances.asked]
    if leader.proved:
        return ""
    only = "" if _anything_known(stored) else language.say("Only the fixtures are known.")
    often = language.say("That is %(often)s simulated tournaments.", often=leader.often)
    return " ".join(
        filter(None, (only, often, _before(leader, language), _last(stored, chances, language)))
    )


def how_sure(stored: Stored, chances: Chances, language: Language) -> str:
    """Return what the range of a chance is, told of the first club that has one, or nothing."""
    open_still = (team for team in chances.teams if not chances.by[team, chances.asked].proved)
    team = next(open_still, None)
    if team is None or stored.facts["strength"]["uncertainty"] == "none":
        return ""
    chance = chances.by[team, chances.asked]
    return language.say(
        "How sure? Nobody knows exactly how strong the clubs are. If it were known, another number "
        "would stand in place of %(chance)s, nine times in ten one in this range: %(range)s.",
        chance=chance.text,
        range=chance.spread,
    )


def compared(stored: Stored, language: Language) -> str:
    """Say that results do not compare all clubs, if so."""
    strength = stored.facts["strength"]
    if strength["model"] == "given" or strength["groups"] < 2:
        return ""
    if strength["results"] == 0:
        return language.say(
            "No result is known yet: only what is known or assumed of the clubs from before counts."
        )
    return language.say(
        "Results do not yet compare all clubs with each other, not even through common rivals: "
        "there only what is known or assumed from before counts."
    )


def _before(chance: Chance, language: Language) -> str:
    if chance.move is None or abs(chance.move.points) < _NEWS:
        return ""
    return language.say("Before: %(chance)s.", chance=chance.move.before)


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
