"""Which matches left are counted with what they lead to, and where the cuts of a table lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from forecast.arrays import UNKNOWN, Cut, Event, Needs, StageSlots
from forecast.left import listed_left
from forecast.lowering.matches import TableMatches
from forecast.plan import KnockoutStage, Plan, Stage, TableStage

__all__ = ["lower_needs"]

GOAL_DIFFERENCE = np.array((0, 0, 1, -1) * 2, np.int64)
"""Weights over the counters of a team."""


def lower_needs(
    plan: Plan,
    stages: Sequence[Stage],
    spans: Mapping[str, StageSlots],
    matches: TableMatches,
    cuts: Sequence[Cut],
) -> tuple[Needs, tuple[Event, ...]]:
    """Return the arrays, and the matches that their events stand for."""
    tables = [stage.id for stage in stages if isinstance(stage, TableStage)]
    knockouts = {stage.id: stage for stage in stages if isinstance(stage, KnockoutStage)}
    events: list[Event] = []
    sides: list[int] = []
    slots: list[tuple[int, int]] = []
    side, left = 0, frozenset(listed_left(plan))
    for number, match in enumerate(plan.matches):
        if match.stage in tables:
            if not match.played:
                events.append(Event(number, tie=False))
                sides.append(side)
                slots.append((0, 0))
            if not match.played or match.supposed:
                side += 2
        elif match.stage in knockouts and number in left:
            span = spans[match.stage]
            events.append(Event(number, tie=True))
            sides.append(UNKNOWN)
            slots.append((span.first, span.size // 2))
    teams = len(plan.competition.teams)
    band = np.zeros((len(tables), teams), np.int64)
    for cut in cuts:
        band[tables.index(cut.stage), : cut.place] += 1
    needs = Needs(
        event_side=np.array(sides, np.int64),
        event_slots=np.array(slots, np.int64).reshape(-1, 2),
        event_teams=np.array(
            [(plan.matches[e.match].home, plan.matches[e.match].away) for e in events], np.int64
        ).reshape(-1, 2),
        band=band,
        margin_known=(matches.played @ GOAL_DIFFERENCE).reshape(len(tables), teams),
    )
    return needs, tuple(events)
