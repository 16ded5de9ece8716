"""What each club needs: results and margins beside what they led to, on some of the tiles.

Of a sampled tile, one bit a run tells who won each match left and who reached each outcome; the
runs in which both happened are the ones of two words' AND. And every team's points and goal
difference are counted by how many cuts it finished above.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import MARGIN, TILE, UNKNOWN, Program
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.types import TEAM, Integer, NeedsTally, NeedsWork

__all__ = ["count_needs", "make_needs"]

ONE = np.uint64(1)

PAIRS, NIBBLES, BYTES = (
    np.uint64(0x5555555555555555),
    np.uint64(0x3333333333333333),
    np.uint64(0x0F0F0F0F0F0F0F0F),
)
SUM_OF_BYTES = np.uint64(0x0101010101010101)

HOME, DRAW = 0, 1


@jit_inline
def bits_set(word: np.uint64) -> np.uint32:
    """Return how many bits of a word are set; compilers know this form and use one instruction."""
    word -= (word >> ONE) & PAIRS
    word = (word & NIBBLES) + ((word >> np.uint64(2)) & NIBBLES)
    word = (word + (word >> np.uint64(4))) & BYTES
    return np.uint32((word * SUM_OF_BYTES) >> np.uint64(56))


def make_needs(teams: int, outcomes: int) -> NeedsWork:
    """Allocate the work arrays of a sampled tile."""
    return NeedsWork(
        np.empty((teams, outcomes), np.uint64),
        np.empty((teams, TILE), np.uint32),
        np.empty(TILE, np.int32),
        np.empty(TILE, np.int32),
    )


@jit_inner
def mark_reached(program: Program, occupants: np.ndarray, reached: np.ndarray) -> None:
    """Fill `reached[team, outcome]` (uint64), a bit a run."""
    reached[:] = 0
    for outcome in range(reached.shape[1]):
        for i in range(program.outcome_start[outcome], program.outcome_start[outcome + 1]):
            seats = occupants[program.outcome_list[i]]
            for run in range(TILE):
                reached[seats[run] & TEAM, outcome] |= ONE << np.uint64(run)


@jit_inner
def match_result(
    program: Program, event: Integer, goals: np.ndarray, occupants: np.ndarray
) -> tuple[np.uint64, np.uint64]:
    """Return the runs in which the home side won, or went through, and those of a draw."""
    home = draw = np.uint64(0)
    side = program.needs.event_side[event]
    if side != UNKNOWN:
        own, rival = goals[side], goals[side + 1]
        for run in range(TILE):
            home |= np.uint64(own[run] > rival[run]) << np.uint64(run)
            draw |= np.uint64(own[run] == rival[run]) << np.uint64(run)
        return home, draw
    team = np.uint32(program.needs.event_teams[event, 0])
    first, count = program.needs.event_slots[event, 0], program.needs.event_slots[event, 1]
    for slot in range(first, first + count):
        seats = occupants[slot]
        for run in range(TILE):
            home |= np.uint64((seats[run] & TEAM) == team) << np.uint64(run)
    return home, draw


@jit_inner
def count_joint(
    program: Program,
    goals: np.ndarray,
    occupants: np.ndarray,
    work: NeedsWork,
    tally: NeedsTally,
) -> None:
    """Add up how often each result of a match went with each outcome of its two teams."""
    reached = work.reached
    outcomes = reached.shape[1]
    for event in range(program.needs.event_side.size):
        home, draw = match_result(program, event, goals, occupants)
        tally.given[event, HOME] += bits_set(home)
        tally.given[event, DRAW] += bits_set(draw)
        for side in range(2):
            mine = reached[program.needs.event_teams[event, side]]
            won, drawn = tally.joint[event, HOME, side], tally.joint[event, DRAW, side]
            for outcome in range(outcomes):
                won[outcome] += bits_set(home & mine[outcome])
                drawn[outcome] += bits_set(draw & mine[outcome])
    for team in range(reached.shape[0]):
        for outcome in range(outcomes):
            tally.sampled[team, outcome] += bits_set(reached[team, outcome])


@jit_inner
def mark_margins(
    program: Program, table: Integer, goals: np.ndarray, width: Integer, work: NeedsWork
) -> None:
    """Fill `cell[team, run]` (uint32): points from the least that is possible, then the margin.

    A goal difference beyond `MARGIN` either way is held there.
    """
    tables, points, margin = program.tables, work.points, work.margin
    weight = tables.points_weight[table]
    teams = work.cell.shape[0]
    for team in range(teams):
        row = table * teams + team
        known = tables.points_constant[table, team] + tables.points_bin[table]
        points[:] = np.int32(known - tables.points_first[table])
        margin[:] = np.int32(program.needs.margin_known[table, team] + MARGIN)
        for i in range(tables.side_start[row], tables.side_start[row + 1]):
            side = tables.side_list[i]
            own, rival = goals[side], goals[side ^ 1]
            win, draw = np.int32(weight[4 * (side & 1)]), np.int32(weight[4 * (side & 1) + 1])
            for run in range(TILE):
                points[run] += win * np.int32(own[run] > rival[run])
                points[run] += draw * np.int32(own[run] == rival[run])
                margin[run] += np.int32(own[run]) - np.int32(rival[run])
        cell = work.cell[team]
        for run in range(TILE):
            held = min(max(margin[run], 0), 2 * MARGIN)
            cell[run] = np.uint32(points[run] * width + held)


@jit_inner
def count_margins(
    program: Program,
    table: Integer,
    slot: Integer,
    occupants: np.ndarray,
    work: NeedsWork,
    margins: np.ndarray,
) -> None:
    """Add every team to `margins[band, cell]` (uint32); its band is that of its place."""
    band = program.needs.band[table]
    for place in range(work.cell.shape[0]):
        seats, counted = occupants[slot + place], margins[band[place]]
        for run in range(TILE):
            counted[work.cell[seats[run] & TEAM, run]] += np.uint32(1)


@jit_inner
def count_needs(
    program: Program, goals: np.ndarray, occupants: np.ndarray, work: NeedsWork, tally: NeedsTally
) -> None:
    """Add one tile to what is counted of needs."""
    mark_reached(program, occupants, work.reached)
    count_joint(program, goals, occupants, work, tally)
    for stage in range(program.stage_is_table.size):
        table = program.stage_index[stage]
        if program.stage_is_table[stage] and program.needs.band[table, 0] > 0:
            mark_margins(program, table, goals, 2 * MARGIN + 1, work)
            count_margins(
                program, table, program.stage_slot[stage], occupants, work, tally.margins[table]
            )
