"""Results that a user supposes: "HOME 2-1 AWAY", read against the names that exist.

A name may hold digits, dashes and spaces, so no pattern tells where it ends: the text is held
against every fixture instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

from forecast.config.problems import nearest, show
from forecast.errors import ConfigError
from forecast.left import listed_left
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
    found: dict[int, Supposed] = {}
    faults: list[str] = []
    for text in texts:
        read = _read(plan, text, taken=found)
        if isinstance(read, str):
            faults.append(f"{plan.id}: --result: found {read}")
        else:
            found[read.match] = read
    if faults:
        raise ConfigError("\n".join(faults))
    return tuple(found.values())


def _read(plan: Plan, text: str, *, taken: Collection[int]) -> Supposed | str:
    """Return one result, or what is wrong with it; of equal fixtures left the next one is meant."""
    teams = [_plain(name) for name in plan.competition.teams]
    plain = _plain(text)
    readings: dict[int, tuple[int, int]] = {}
    for number, match in enumerate(plan.matches):
        if score := _goals(plain, teams[match.home], teams[match.away]):
            readings[number] = score
    left = [number for number in _in_order(plan) if number in readings]
    pairs = {(plan.matches[n].home, plan.matches[n].away) for n in left or readings}
    if len(pairs) > 1:
        return f"{show(text)}, which names {len(pairs)} fixtures; allowed a text that names one"
    if not left:
        return _fault(plan, text, readings)
    free = [number for number in left if number not in taken]
    if not free:
        return f"{show(text)}, a match supposed before; allowed one result a match"
    goals = readings[free[0]]
    if max(goals) > MAX_GOALS:
        return f"{show(text)}; allowed {_EXAMPLE}"
    return Supposed(free[0], goals)


def _in_order(plan: Plan) -> list[int]:
    """Return the numbers of the listed matches left, by stage, round and day."""
    stages = [stage.id for stage in plan.competition.stages]

    def when(number: int) -> tuple[int, float, date]:
        match = plan.matches[number]
        return stages.index(match.stage), match.round or inf, match.date or date.max

    return sorted(listed_left(plan), key=when)


def _plain(text: str) -> str:
    """Return a text without the differences that a hurried hand makes."""
    return " ".join(text.casefold().split())


def _goals(text: str, home: str, away: str) -> tuple[int, int] | None:
    """Return the goals if a text is a score between two names."""
    if not (text.startswith(f"{home} ") and text.endswith(f" {away}")):
        return None
    score = _SCORE.fullmatch(text[len(home) + 1 : -len(away) - 1])
    return (_number(score[1]), _number(score[2])) if score else None


def _number(digits: str) -> int:
    """Return a number of goals, of any that is too large its first three digits."""
    return int(digits.lstrip("0")[:3] or "0")


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

    left = [plan.matches[number] for number in _in_order(plan)]
    both = [said(m) for m in left if {m.home, m.away} == {home, away}]
    if both:
        return f"; allowed {', '.join(both)}"
    of_home = [said(m) for m in left if home in {m.home, m.away}]
    return f"; left of {teams[home]}: {', '.join(of_home) or 'nothing'}"
