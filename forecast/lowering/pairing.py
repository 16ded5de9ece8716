"""Pairings to slots: which two rows of occupants each tie reads, and how spare rows are filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.arrays import PAIRING_DRAWN, PAIRING_FIXED, PAIRING_RESEED, StageSlots
from forecast.lowering.matches import flatten
from forecast.lowering.slots import place_slots
from forecast.plan import KnockoutStage, Plan

__all__ = ["lower_pairings", "pair"]


@dataclass(frozen=True, slots=True)
class Round:
    """The ties of one stage; if its pairing is not fixed, who enters, and where each pot begins."""

    ties: Sequence[tuple[int, int]]
    pairing: int = PAIRING_FIXED
    entrants: Sequence[int] = ()
    pots: Sequence[int] = ()


def pair(entrants: Sequence[int], pairing: str) -> list[tuple[int, int]]:
    """Return the slots that meet: first and last, second and last but one; or neighbours."""
    if pairing == "adjacent":
        return list(zip(entrants[::2], entrants[1::2], strict=True))
    half = len(entrants) // 2
    return list(zip(entrants[:half], reversed(entrants[half:]), strict=True))


def lower_round(
    plan: Plan, stage: KnockoutStage, spans: Mapping[str, StageSlots], spare: int
) -> Round:
    """Return who meets whom; the first stage meets as matches.csv lists it."""
    if stage.id == plan.start and plan.bracket is not None:
        return Round(plan.bracket)
    pots = [place_slots(places, spans) for places in stage.entrants]
    entrants = [slot for pot in pots for slot in pot]
    rows = range(spare, spare + len(entrants))
    if stage.pairing == "reseed":
        return Round(pair(rows, "fold"), PAIRING_RESEED, entrants, [0] * len(entrants))
    if stage.pairing != "drawn":
        return Round(pair(entrants, stage.pairing))
    first = np.cumsum([0, *(len(pot) for pot in pots)]).tolist()
    sides = []
    for k, pot in enumerate(stage.pots):
        sides.append(rows[first[pot] + stage.pots[:k].count(pot)])
    starts = [first[k] for k, pot in enumerate(pots) for _ in pot]
    return Round(pair(sides, "adjacent"), PAIRING_DRAWN, entrants, starts)


def lower_pairings(
    plan: Plan, stages: Sequence[KnockoutStage], spans: Mapping[str, StageSlots]
) -> dict[str, Any]:
    """Return the fields of `Knockouts` that say who meets whom."""
    spare = max(span.first + span.size for span in spans.values())
    rounds = [lower_round(plan, stage, spans, spare) for stage in stages]
    counts = [len(each.ties) for each in rounds]
    start, entrants = flatten(each.entrants for each in rounds)
    return {
        "tie_first": np.cumsum([0, *counts], dtype=np.int64)[:-1],
        "tie_count": np.array(counts, np.int64),
        "tie_slot": np.array([tie for r in rounds for tie in r.ties], np.int64).reshape(-1, 2),
        "pairing": np.array([each.pairing for each in rounds], np.int64),
        "entrant_start": start,
        "entrant_list": entrants,
        "entrant_pot": np.array([at for each in rounds for at in each.pots], np.int64),
        "spare_slot": spare,
        "spare_count": max((len(each.entrants) for each in rounds), default=0),
    }
