"""Places to slots: which stages are played, where their places lie, what the cuts are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forecast.arrays import Cut, OutcomeSlots, StageSlots
from forecast.left import size_of
from forecast.plan import ENTRY, KnockoutStage, Places, Plan, Stage, TableStage

__all__ = [
    "assign_slots",
    "counted_slots",
    "lower_outcomes",
    "place_slots",
    "played_stages",
    "table_cuts",
]


def played_stages(plan: Plan) -> list[Stage]:
    """Return the stages that the program plays, in order.

    Those before `start` are left out, except tables that are complete: their places may decide
    hosts and level ties later on.
    """
    stages = list(plan.competition.stages)
    if plan.start is None:
        return stages
    first = [stage.id for stage in stages].index(plan.start)
    complete_tables = {match.stage for match in plan.matches if match.played}
    complete_tables -= {match.stage for match in plan.matches if not match.played}
    complete = [s for s in stages[:first] if isinstance(s, TableStage) and s.id in complete_tables]
    return [*complete, *stages[first:]]


def assign_slots(plan: Plan, stages: Sequence[Stage]) -> dict[str, StageSlots]:
    """Lay the places of all stages end to end, after the teams' own slots."""
    ids = [stage.id for stage in plan.competition.stages]
    first_published = ids.index(plan.start) if plan.start is not None else 0
    spans: dict[str, StageSlots] = {}
    free = len(plan.competition.teams)
    for stage in stages:
        size = size_of(plan, stage)
        published = ids.index(stage.id) >= first_published
        spans[stage.id] = StageSlots(stage.id, free, size, published)
        free += size
    return spans


def place_slots(places: Places, spans: Mapping[str, StageSlots]) -> list[int]:
    """Return the slots of a range of places."""
    first = 0 if places.stage == ENTRY else spans[places.stage].first
    return list(range(first + places.first - 1, first + places.last))


def counted_slots(
    stages: Sequence[Stage], spans: Mapping[str, StageSlots], outcomes: Sequence[OutcomeSlots]
) -> list[int]:
    """Return the slots that the kernel counts; the others follow from them (`Program.counted`)."""
    asked = {slot for outcome in outcomes for slot in outcome.slots}
    losers: set[int] = set()
    for stage in stages:
        if isinstance(stage, KnockoutStage) and stage.pairing in {"fold", "adjacent"}:
            first, size = spans[stage.id].first, spans[stage.id].size
            losers.update(range(first + size // 2, first + size))
    own = [spans[stage.id] for stage in stages]
    slots = [slot for span in own for slot in range(span.first, span.first + span.size)]
    return [slot for slot in slots if slot not in losers or slot in asked]


def lower_outcomes(plan: Plan, spans: Mapping[str, StageSlots]) -> tuple[OutcomeSlots, ...]:
    """Return the slots of every outcome."""
    return tuple(
        OutcomeSlots(
            o.id, tuple(slot for places in o.places for slot in place_slots(places, spans))
        )
        for o in plan.competition.outcomes
    )


def table_cuts(
    plan: Plan, stages: Sequence[Stage], spans: Mapping[str, StageSlots]
) -> tuple[Cut, ...]:
    """Return every line in a shown table that a later stage or an outcome draws."""
    drawn = [places for stage in stages if stage.id != plan.start for places in stage.entrants]
    drawn += [places for outcome in plan.competition.outcomes for places in outcome.places]
    cuts = []
    for stage in stages:
        if not isinstance(stage, TableStage) or not spans[stage.id].published:
            continue
        lines = {p.last for p in drawn if p.stage == stage.id}
        lines |= {p.first - 1 for p in drawn if p.stage == stage.id}
        inside = sorted(line for line in lines if 1 <= line < spans[stage.id].size)
        cuts += [Cut(stage.id, place, stage.tie_breaks) for place in inside]
    return tuple(cuts)
