"""What stands above everything: one sentence of news, and how sure it is."""

from __future__ import annotations

from forecast.report.page.chances import Chances
from forecast.report.page.language import Language
from forecast.report.stored import Stored

__all__ = ["deck", "headline", "lower_first", "question"]

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
    later = chances.outcomes[chances.outcomes.index(asked) :]
    told = [asked, *later[-1:]] if len(later) > 1 else [asked]
    parts = [
        f"{lower_first(language.label(labels[n], n))} {chances.by[leader, n].text}" for n in told
    ]
    said = language.say("%(team)s leads: %(chances)s", team=leader, chances=", ".join(parts))
    move = chances.by[leader, asked].move
    if move is None or abs(move.points) < _NEWS:
        return said
    moved = language.say("%(points)s points since last time", points=move.text)
    return f"{said} ({moved})"


def deck(stored: Stored, chances: Chances, language: Language) -> str:
    """Return how sure the news is, in natural frequencies and in the spread over strengths."""
    leader = chances.by[chances.teams[0], chances.asked]
    if leader.proved:
        return ""
    often = language.say("That is %(often)s simulated tournaments.", often=leader.often)
    if not _anything_known(stored):
        return language.say("Only the fixtures are known, no result yet.") + f" {often}"
    if stored.facts["strength"]["uncertainty"] == "none":
        return often
    spread = language.say(
        "How strong the clubs are is not known exactly: depending on it, the chance may be "
        "anywhere between %(low)s and %(high)s.",
        low=leader.low,
        high=leader.high,
    )
    return f"{often} {spread}"


def _open(stored: Stored, outcome: str) -> bool:
    if "status" not in stored.tables:
        return True
    lines = stored.tables["status"].filter(outcome=outcome)
    return lines.is_empty() or "open" in set(lines["status"])


def _anything_known(stored: Stored) -> bool:
    strength = stored.facts["strength"]
    return bool(strength["model"] == "given" or strength["results"] > 0)


def lower_first(label: str) -> str:
    """Return a label as it stands within a sentence; an abbreviation keeps its capitals."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
