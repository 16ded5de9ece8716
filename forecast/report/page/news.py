"""What stands above everything: one sentence of news, and how sure it is."""

from __future__ import annotations

from forecast.report.page.chances import Chances
from forecast.report.page.language import Language
from forecast.report.page.past import Before
from forecast.report.page.rules import known_of_clubs
from forecast.report.stored import Stored

__all__ = ["compared", "deck", "headline", "how_sure", "open_for_all", "question", "why_moved"]

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
    """Return one sentence: who leads, in what, and with which chance."""
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
        "%(outcome)s: %(team)s has the greatest chance, %(chance)s",
        outcome=outcome,
        team=leader,
        chance=chance.text,
    )


def deck(stored: Stored, chances: Chances, before: Before | None, language: Language) -> str:
    """Return the news as a frequency, for how many, for the title and before, or nothing."""
    leader = chances.by[chances.teams[0], chances.asked]
    if leader.proved:
        return ""
    only = "" if _anything_known(stored) else language.say("Only the fixtures are known.")
    often = language.say("That is %(often)s simulated tournaments.", often=leader.often)
    said = (only, often, _seats(chances, language), _last(stored, chances, language))
    return " ".join(filter(None, (*said, _before(chances, before, language))))


def how_sure(stored: Stored, chances: Chances, language: Language) -> str:
    """Return what the range of a chance is, told of the first club that has one, or nothing."""
    open_still = (team for team in chances.teams if not chances.by[team, chances.asked].proved)
    team = next(open_still, None)
    if team is None or stored.facts["strength"]["uncertainty"] == "none":
        return ""
    chance = chances.by[team, chances.asked]
    return language.say(
        "How sure? Nobody knows exactly how strong the clubs are. So each chance has a range: if "
        "it were known, the chance would be in it nine times in ten. For %(team)s: %(chance)s, "
        "range %(range)s.",
        team=team,
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
    if stored.tables["standings"]["played"].max() == 1:
        return language.say(
            "With one match a club at most, results compare only the two that met; between others "
            "what was known or assumed from before counts."
        )
    return language.say(
        "Some clubs no result compares, not even through common rivals: between them only what "
        "was known or assumed from before counts."
    )


def why_moved(stored: Stored, language: Language) -> str:
    """Say why a club that wins may fall: in a table, if strengths are estimated from results."""
    strength = stored.facts["strength"]
    if strength["model"] == "given" or not strength["results"] or stored.facts["start"]:
        return ""
    said = language.say(
        "What counts is each result beside what was expected: who wins by less may fall, who loses "
        "by less may rise. Each result also changes what is estimated of the other clubs."
    )
    known = known_of_clubs(stored.facts, language)
    if not known:
        return said
    worth = language.say("And how much this is worth: %(known)s.", known=", ".join(known))
    return f"{said} {worth}"


def _seats(chances: Chances, language: Language) -> str:
    """Say for how many clubs there is place, of which none is sure."""
    seats = chances.seats.get(chances.asked)
    if seats is None or seats == 1:
        return language.say("Nobody is certain of it.")
    return language.say("There are %(seats)s places; nobody is certain of one.", seats=seats)


def _before(chances: Chances, before: Before | None, language: Language) -> str:
    """Say what the first had in the previous forecast, and who was first there, if it is news."""
    leader = chances.teams[0]
    move = chances.by[leader, chances.asked].move
    if before is None or move is None or abs(move.points) < _NEWS:
        return ""
    told = {"team": leader, "day": language.day(before.day), "chance": before.chances[leader]}
    if before.first == leader or before.chances[before.first] == told["chance"]:
        return language.say("On %(day)s %(team)s had %(chance)s.", **told)
    return language.say(
        "On %(day)s %(team)s had %(chance)s; first was %(first)s with %(most)s.",
        first=before.first,
        most=before.chances[before.first],
        **told,
    )


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
