"""Rules of a competition in words, from the facts of a forecast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from forecast.report.page.language import Language, lower_first

__all__ = [
    "changes",
    "known_of_clubs",
    "ladder",
    "model",
    "places_in_words",
    "stage_lines",
    "stage_name",
]


def stage_name(facts: Mapping[str, Any], stage: str, language: Language) -> str:
    """Return what the config calls a stage."""
    labels: Mapping[str, str] = next(
        (each["label"] for each in facts["stages"] if each["id"] == stage), {}
    )
    return language.label(labels, stage)


def stage_lines(
    facts: Mapping[str, Any], language: Language
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each simulated stage with its rules in force, a sentence each."""
    for stage in facts["stages"]:
        if stage["simulated"]:
            lines = _table(facts, stage, language)
            if stage["kind"] == "knockout":
                lines = _knockout(facts, stage, language)
            yield language.label(stage["label"], stage["id"]), tuple(lines)


def changes(facts: Mapping[str, Any], language: Language) -> Iterator[tuple[str, str, bool, str]]:
    """Yield each change of a rule: the day, the stages, whether it is known yet, what it says.

    Stages that change alike on one day are told together.
    """
    together: dict[tuple[str, bool, str], list[str]] = {}
    for stage in facts["stages"]:
        for change in stage["changes"]:
            said = "; ".join(_change(change, language))
            key = (change["from"], change["in_force"], said)
            together.setdefault(key, []).append(language.label(stage["label"], stage["id"]))
    for (since, in_force, said), names in sorted(together.items()):
        yield language.day(date.fromisoformat(since)), ", ".join(names), in_force, said


def ladder(names: Sequence[str], language: Language) -> str:
    """Return a ladder of tie-breaks in words, the first first."""
    return " → ".join(rung(name, language) for name in names)


def rung(name: str, language: Language) -> str:
    """Return one tie-break in words."""
    say = language.say
    words = {
        "points": say("points"),
        "goal_difference": say("goal difference"),
        "goals_for": say("goals for"),
        "wins": say("wins"),
        "away_points": say("away points"),
        "away_goal_difference": say("away goal difference"),
        "away_goals_for": say("away goals for"),
        "away_wins": say("away wins"),
        "first_half_points": say("points by half-time scores"),
        "opponents_points": say("points of the opponents"),
        "opponents_goal_difference": say("goal difference of the opponents"),
        "opponents_goals_for": say("goals for of the opponents"),
        "head_to_head_points": say("points among the level teams"),
        "head_to_head_goal_difference": say("goal difference among the level teams"),
        "head_to_head_goals_for": say("goals for among the level teams"),
        "lots": say("lots"),
        "away_goals": say("away goals"),
        "better_place": say("the better place in the table"),
        "extra_time": say("extra time"),
        "penalties": say("penalties (each side ½)"),
    }
    return words.get(name, name.replace("_", " "))


def places_in_words(facts: Mapping[str, Any], places: Sequence[str], language: Language) -> str:
    """Return places such as `general_table:1-32` in words."""
    return ", ".join(_places(facts, text, language) for text in places)


def model(facts: Mapping[str, Any], language: Language) -> str:
    """Return how a simulated tournament is played, and what it knows, in a few sentences."""
    say = language.say
    strength = facts["strength"]
    played = say("In each simulated tournament the computer plays all matches left.")
    law = {
        "dixon_coles": say("Poisson distribution with Dixon and Coles's correction"),
        "bivariate_poisson": say("bivariate Poisson distribution"),
        "negative_binomial": say("negative binomial distribution"),
    }.get(strength["model"], say("Poisson distribution"))
    goals = say(
        "The goals of a side are left to chance, about an average that depends on its attack, on "
        "the defence of its rival and on who is at home (%(law)s).",
        law=law,
    )
    return " ".join([played, goals, *_strengths(facts, language)])


def _strengths(facts: Mapping[str, Any], language: Language) -> Iterator[str]:
    """Say where attack and defence come from."""
    strength = facts["strength"]
    if strength["model"] == "given":
        yield language.say("Attack and defence of all clubs were given in a table, not estimated.")
    else:
        yield language.count(
            "Attack and defence are estimated from %(number)s result; where a club has few, they "
            "stay near the average.",
            "Attack and defence are estimated from %(number)s results; where a club has few, they "
            "stay near the average.",
            strength["results"],
        )
        yield from _known(facts, language)
    if strength["uncertainty"] != "none":
        yield language.say(
            "Nobody knows attack and defence exactly, so every tournament draws them anew among "
            "those that the results allow."
        )


def known_of_clubs(facts: Mapping[str, Any], language: Language) -> list[str]:
    """Return what of the clubs themselves, beside results, strengths are estimated from."""
    strength = facts["strength"]
    columns = strength.get("columns", ())  # a forecast made before these were kept has none
    labels = strength.get("column_labels", [{}] * len(columns))
    return [
        lower_first(language.label(label, column))
        for label, column in zip(labels, columns, strict=True)
    ]


def _known(facts: Mapping[str, Any], language: Language) -> Iterator[str]:
    """Say by what clubs differ before a result here."""
    strength = facts["strength"]
    known = known_of_clubs(facts, language)
    if strength.get("earlier_results"):
        known.append(
            language.count(
                "%(number)s result of earlier stages",
                "%(number)s results of earlier stages",
                strength["earlier_results"],
            )
        )
    if known:
        yield language.say(
            "Even without a result here clubs differ by what is known of them: %(known)s.",
            known=", ".join(known),
        )


def _table(facts: Mapping[str, Any], stage: Mapping[str, Any], language: Language) -> Iterator[str]:
    points = facts["competition"]["points"]
    yield language.say(
        "A table: %(win)s points for a win, %(draw)s for a draw, %(loss)s for a loss.", **points
    )
    yield language.say("Order: %(ladder)s.", ladder=ladder(stage["tie_breaks"], language))
    for given in stage["adjustments"]:
        yield language.say(
            "%(points)s points for %(team)s: %(reason)s",
            points=language.signed(given["points"], 0),
            team=given["team"],
            reason=given["reason"],
        )


def _knockout(
    facts: Mapping[str, Any], stage: Mapping[str, Any], language: Language
) -> Iterator[str]:
    say = language.say
    two = _entrants(facts, stage) == 2
    pairings = {
        "fold": say("the first meets the last, the second the last but one"),
        "adjacent": say("neighbours meet"),
        "reseed": say("paired anew by place in the table, the best with the last"),
        "drawn": say("pairs are drawn by lots"),
    }
    if stage["id"] == facts["start"]:
        pairing = say("the ties are known")
    elif two:
        pairing = say("the two that are left meet")
    else:
        pairing = pairings.get(stage["pairing"], stage["pairing"])
    legs = say("one match") if stage["legs"] == 1 else say("two legs")
    if stage["neutral"]:
        ground = say("on neutral ground")
    elif stage["second_leg_host"] == "lots":
        ground = say("hosts by lots")
    elif stage["legs"] == 1:
        ground = say("at the better-placed team")
    else:
        ground = say("the second at the better-placed team")
    yield say(
        "Knockout: %(pairing)s; %(legs)s, %(ground)s.", pairing=pairing, legs=legs, ground=ground
    )
    yield say("Level ties: %(ladder)s.", ladder=ladder(stage["level"], language))


def _change(change: Mapping[str, Any], language: Language) -> Iterator[str]:
    say = language.say
    if "legs" in change:
        yield say("one match") if change["legs"] == 1 else say("two legs")
    if "venue" in change:
        yield say("on neutral ground") if change["venue"] == "neutral" else say("at home grounds")
    if "level" in change:
        yield say("level ties: %(ladder)s", ladder=ladder(change["level"], language))
    if "tie_breaks" in change:
        yield say("order: %(ladder)s", ladder=ladder(change["tie_breaks"], language))
    if "second_leg_host" in change:
        yield (
            say("hosts by lots")
            if change["second_leg_host"] == "lots"
            else say("the second at the better-placed team")
        )


def _entrants(facts: Mapping[str, Any], stage: Mapping[str, Any]) -> int:
    """Return how many teams enter a stage."""
    counts = (
        _span(text)[2] if ":" in text else facts["competition"]["teams"]
        for text in stage["entrants"]
    )
    return sum(counts)


def _span(text: str) -> tuple[str, int, int]:
    """Return places such as `general_table:1-32` as stage, first place and number of places."""
    stage, _, span = text.partition(":")
    first, _, last = span.partition("-")
    return stage, int(first), int(last or first) - int(first) + 1


def _winners(facts: Mapping[str, Any], text: str, language: Language) -> str | None:
    """Say places of a knockout that are just its winners."""
    stage, first, count = _span(text)
    found = next((each for each in facts["stages"] if each["id"] == stage), None)
    if found is None or found["kind"] != "knockout" or first != 1:
        return None
    if 2 * count != _entrants(facts, found):
        return None
    name = stage_name(facts, stage, language)
    if count == 1:
        return language.say("the winner of “%(stage)s”", stage=name)
    number = language.integer(count)
    return language.say("the %(number)s winners of “%(stage)s”", number=number, stage=name)


def _places(facts: Mapping[str, Any], text: str, language: Language) -> str:
    winners = _winners(facts, text, language) if ":" in text else None
    if winners:
        return winners
    stage, _, span = text.partition(":")
    first, _, last = span.partition("-")
    name = stage_name(facts, stage, language)
    if not last:
        return language.say("place %(place)s of “%(stage)s”", place=first, stage=name)
    return language.say(
        "places %(first)s to %(last)s of “%(stage)s”", first=first, last=last, stage=name
    )
