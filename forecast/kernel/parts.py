"""The four parts of the kernel that are compiled by themselves, and by two processes at a time.

Compiling the whole takes longer than the first million runs. `play_tile` calls these by their
addresses, which costs next to nothing; each hands the arrays that it needs to the function of its
name in the module that does the work. `simulate/compiling` says who compiles which.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from forecast.arrays import Program
from forecast.jit import Part
from forecast.kernel import knockout, needs, scores, table
from forecast.kernel.bench import Bench
from forecast.kernel.types import Factors, Flag, Integer, Tally
from forecast.reference import Address, by_reference, signature

__all__ = ["PARTS", "Parts", "parts_at", "signatures"]


Each = TypeVar("Each")


class Parts(NamedTuple, Generic[Each]):
    """Something of each part: the part itself, its signature, or its address."""

    draw_goals: Each
    play_table: Each
    play_knockout: Each
    count_needs: Each


@Part
def draw_goals(program: Program, factors: Factors, key: np.uint64, bench: Bench) -> Integer:
    """Fill the goals of every side in the tables; return the most that any could score."""
    return scores.draw_goals(program, factors, key, bench)


@Part
def play_table(
    program: Program, stage: Integer, key: np.uint64, most: Integer, bench: Bench, tally: Tally
) -> Flag:
    """Play a stage that is a table; return whether the ladder ranked without keys."""
    slot = program.stage_slot[stage]
    return table.play_table(
        program.tables,
        program.stage_index[stage],
        key,
        bench.goals,
        bench.threshold.most,
        most,
        bench.table,
        bench.occupants[slot : slot + bench.scoring.size],
        tally.rungs,
        tally.points,
    )


@Part
def play_knockout(
    program: Program, stage: Integer, key: np.uint64, factors: Factors, bench: Bench
) -> None:
    """Play a stage that is a round of a knockout."""
    knockout.play_knockout(
        program.knockouts,
        program.stage_index[stage],
        program.stage_slot[stage],
        key,
        program.strata,
        program.fixtures.home.size,
        factors,
        bench.tie,
        bench.occupants,
    )


@Part
def count_needs(program: Program, bench: Bench, tally: Tally) -> None:
    """Add a tile to what is counted of needs."""
    needs.count_needs(program, bench.goals, bench.occupants, bench.needs, tally.needs)


PARTS = Parts(draw_goals, play_table, play_knockout, count_needs)


def signatures(program: Program, bench: Bench, tally: Tally) -> Parts[Any]:
    """Return the signatures of the parts for references to such arrays."""
    key, number = np.uint64(0), 0
    factors = Factors(bench.scoring, bench.conceding, 0.0, bench.roots, number, 0.0)
    return Parts(
        draw_goals=signature(int, program, factors, key, bench),
        play_table=signature(bool, program, number, key, number, bench, tally),
        play_knockout=signature(None, program, number, key, factors, bench),
        count_needs=signature(None, program, bench, tally),
    )


def parts_at(wanted: Parts[Any], addresses: Iterable[int]) -> Parts[Address]:
    """Return the addresses of the parts with these signatures, as `play_replicate` takes them."""
    each = zip(PARTS, wanted, addresses, strict=True)
    return by_reference(Parts(*(Address(at, s, part.function) for part, s, at in each)))
