"""Results that a user supposes: "HOME 2-1 AWAY", read against the names that exist.

A name may hold digits, dashes and spaces, so no pattern tells where it ends: the text is held
against every fixture instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from forecast.config.problems import nearest, show
from forecast.errors import ConfigError
from forecast.plan import MAX_GOALS, Match, Plan

__all__ = ["Supposed", "read_results"]

_SCORE = re.compile(r"([0-9]+) ?[-:\u2013] ?([0-9]+)")
"""Goals of both sides; a dash, an en dash or a colon between them."""

_LOOKS_LIKE = re.compile(r"(.*?) ([0-9]+ ?[-:\u2013] ?[0-9]+) (.*)")

_EXAMPLE = 'a result such as "HOME 2-1 AWAY", with goals from 0 to 99 and both names in full'


@dataclass(frozen=True, slots=True)
class Supposed:
    """A supposed result: the number of a match in the plan, and its goals."""

    match: int
    goals: tuple[int, int]


def read_results(plan: Plan, texts: Sequence[str]) -> tuple[Supposed, ...]:
    """Return the results that texts suppose of a plan's matches left.

    Raises
    ------
    ConfigError
        With one line a text that is no result of a match left.
    """
    found: list[Supposed] = []
    faults: list[str] = []
    for text in texts:
        read = _read(plan, text)
        if isinstance(read, str):
            faults.append(f"{plan.id}: --result: found {read}")
        elif any(read.match == other.match for other in found):
            faults.append(
                f"{plan.id}: --result: found {show(text)}, a match supposed before; "
                "allowed one result a match"
            )
        else:
            found.append(read)
    if faults:
        raise ConfigError("\n".join(faults))
    return tuple(found)


def _read(plan: Plan, text: str) -> Supposed | str:
    """Return one result, or what is wrong with it."""
    teams = [_plain(name) for name in plan.competition.teams]
    plain = _plain(text)
    readings: dict[int, tuple[int, int]] = {}
    for number, match in enumerate(plan.matches):
        goals = _goals(plain, teams[match.home], teams[match.away])
        if goals is not None:
            readings[number] = goals
    left = {number: goals for number, goals in readings.items() if not _known(plan, number)}
    pairs = {(plan.matches[n].home, plan.matches[n].away) for n in left or readings}
    if len(pairs) > 1:
        return f"{show(text)}, which names {len(pairs)} fixtures; allowed a text that names one"
    if not left:
        return _fault(plan, text, readings)
    number, goals = next(iter(left.items()))
    if max(goals) > MAX_GOALS:
        return f"{show(text)}; allowed {_EXAMPLE}"
    return Supposed(number, goals)


def _plain(text: str) -> str:
    """Return a text without the differences that a hurried hand makes."""
    return " ".join(text.casefold().split())


def _goals(text: str, home: str, away: str) -> tuple[int, int] | None:
    """Return the goals if a text is a score between two names."""
    if not (text.startswith(f"{home} ") and text.endswith(f" {away}")):
        return None
    score = _SCORE.fullmatch(text[len(home) + 1 : -len(away) - 1])
    return (int(score[1][:3]), int(score[2][:3])) if score else None


def _known(plan: Plan, number: int) -> bool:
    """Return whether a match is over: it has a score, its tie a winner, or the start is later."""
    match = plan.matches[number]
    stages = [stage.id for stage in plan.competition.stages]
    before = plan.start is not None and stages.index(match.stage) < stages.index(plan.start)
    return (
        match.played
        or before
        or any(
            other.winner is not None
            and other.stage == match.stage
            and {other.home, other.away} == {match.home, match.away}
            for other in plan.matches
        )
    )


def _fault(plan: Plan, text: str, readings: dict[int, tuple[int, int]]) -> str:
    """Say why a text is no result of a match left."""
    teams = plan.competition.teams
    for number in readings:
        match = plan.matches[number]
        known = f" ({match.home_goals}-{match.away_goals})" if match.played else ""
        return f"{show(text)}, a match of {match.stage} that is over{known}; allowed a match left"
    plain = _plain(text)
    firsts = [t for t, name in enumerate(teams) if plain.startswith(f"{_plain(name)} ")]
    lasts = [t for t, name in enumerate(teams) if plain.endswith(f" {_plain(name)}")]
    for home in firsts:
        for away in lasts:
            if _goals(plain, _plain(teams[home]), _plain(teams[away])):
                return f"{show(text)}, but no such match is left{_left_of(plan, home, away)}"
    looks = _LOOKS_LIKE.fullmatch(" ".join(text.split()))
    if looks is None:
        return f"{show(text)}; allowed {_EXAMPLE}"
    unknown = [
        f"{show(name)}{nearest(name, teams)}"
        for name, known in ((looks[1], firsts), (looks[3], lasts))
        if not known
    ]
    return (
        f"{' and '.join(unknown) or show(text)} in {show(text)}; allowed teams of the competition"
    )


def _left_of(plan: Plan, home: int, away: int) -> str:
    """Say which matches of two teams there are instead."""
    teams = plan.competition.teams

    def said(match: Match) -> str:
        return f"{teams[match.home]} v {teams[match.away]} ({match.stage})"

    left = [m for number, m in enumerate(plan.matches) if not _known(plan, number)]
    both = [said(m) for m in left if {m.home, m.away} == {home, away}]
    if both:
        return f"; allowed {', '.join(both)}"
    of_home = [said(m) for m in left if home in {m.home, m.away}]
    return f"; left of {teams[home]}: {', '.join(of_home) or 'nothing'}"
