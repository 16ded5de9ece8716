"""From places to outcomes: who holds a place may, or is sure to, reach an outcome.

A place leads on to the two places of its tie, winner and loser, in every stage that draws it. An
open tie can end either way, whatever its first leg says, since goals have no bound there. Where
a bracket is listed from `start` on, ties with a known winner are settled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from forecast.config.pots import pair_places
from forecast.plan import ENTRY, KnockoutStage, Outcome, Places, Plan, TableStage

__all__ = ["ANY", "Fate", "Paths", "Slot"]

Slot = tuple[int, int]
"""A place as (number of the stage, 0-based place); stage -1 holds the teams themselves."""


@dataclass(frozen=True, slots=True)
class Fate:
    """Whether the holder of a place may reach an outcome, and whether it must."""

    may: bool
    must: bool


ANY = -1
"""Instead of the number of a tie: whichever the pairing gives."""

_FIXED = frozenset({"fold", "adjacent"})
"""Pairings that follow from places alone."""


class Paths:
    """The bracket of a plan as steps from place to place."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.stages = plan.competition.stages
        self.order = {ENTRY: -1, **{stage.id: k for k, stage in enumerate(self.stages)}}
        self.first = self.order[plan.start] if plan.start is not None else 0
        self.pairs: dict[int, list[tuple[Slot, Slot]]] = {}
        self.steps: dict[Slot, list[tuple[int, int]]] = {}
        self.settled: dict[tuple[int, int], tuple[int, int]] = {}
        for number in range(self.first, len(self.stages)):
            stage = self.stages[number]
            if isinstance(stage, KnockoutStage):
                self._add(number, stage)

    @property
    def tables(self) -> list[tuple[int, TableStage]]:
        """The tables that matter from the start on, by the number of their stage.

        One before the start matters if a later stage draws its places.
        """
        drawn = {number for number, _ in self.steps}
        return [
            (number, stage)
            for number, stage in enumerate(self.stages)
            if isinstance(stage, TableStage) and (number >= self.first or number in drawn)
        ]

    def slots(self, places: Places) -> list[Slot]:
        """Return each place of a range."""
        stage = self.order[places.stage]
        return [(stage, place) for place in range(places.first - 1, places.last)]

    def _add(self, number: int, stage: KnockoutStage) -> None:
        """Let every entrant's place lead into its tie, or into any if lots or places pair them."""
        self.pairs[number] = pairs = self._pairs(stage)
        fixed = stage.id == self.plan.start or stage.pairing in _FIXED
        for tie, pair in enumerate(pairs):
            for slot in pair:
                self.steps.setdefault(slot, []).append((number, tie if fixed else ANY))
            if fixed:
                self._settle(number, tie, pair)

    def _pairs(self, stage: KnockoutStage) -> list[tuple[Slot, Slot]]:
        if stage.id == self.plan.start and self.plan.bracket is not None:
            return [((-1, one), (-1, two)) for one, two in self.plan.bracket]
        entrants = [slot for places in stage.entrants for slot in self.slots(places)]
        pairing = stage.pairing if stage.pairing in _FIXED else "fold"
        return [(entrants[a], entrants[b]) for a, b in pair_places(len(entrants), pairing)]

    def _settle(self, number: int, tie: int, pair: tuple[Slot, Slot]) -> None:
        """Note winner and loser of a tie between known teams that matches.csv settles."""
        teams = [self.holder(slot) for slot in pair]
        if self.plan.start is None or None in teams:
            return
        for match in self.plan.matches:
            here = match.stage == self.stages[number].id and match.winner in teams
            if here and {match.home, match.away} == set(teams):
                assert match.winner is not None
                loser = match.away if match.winner == match.home else match.home
                self.settled[number, tie] = match.winner, loser

    def holder(self, slot: Slot) -> int | None:
        """Return the team that is known to hold a place."""
        stage, place = slot
        if stage < 0:
            return place
        ties = len(self.pairs.get(stage, ()))
        known = self.settled.get((stage, place % ties)) if ties else None
        return known[place // ties] if known else None

    def ends(self, number: int, tie: int, team: int | None) -> list[Slot]:
        """Return the places in which a tie can leave an entrant, here a known team or any."""
        ties = len(self.pairs[number])
        if tie == ANY:
            return [(number, place) for place in range(2 * ties)]
        known = self.settled.get((number, tie))
        if known is not None and team in known:
            return [(number, tie + ties * known.index(team))]
        return [(number, tie), (number, tie + ties)]

    def fates(self, outcome: Outcome, team: int | None = None) -> Callable[[Slot], Fate]:
        """Return what a place means for an outcome, to a known team or to any holder."""
        reached = {slot for places in outcome.places for slot in self.slots(places)}

        @cache
        def fate(slot: Slot) -> Fate:
            if slot in reached:
                return Fate(may=True, must=True)
            may = must = False
            for number, tie in self.steps.get(slot, ()):
                after = [fate(end) for end in self.ends(number, tie, team)]
                may |= any(each.may for each in after)
                must |= all(each.must for each in after)
            return Fate(may=may, must=must)

        return fate
