"""One replicate of seasons, tile by tile: rates, goals, tables, knockouts, counts.

Read `play_tile` from top to bottom: it is the order in which a season runs (in every file a
function stands below those that it calls). Strengths come drawn, by `draw`, which `simulate/draws`
calls. What is called as `parts.x` is x of `parts`, which is compiled by itself: `play_table` makes
keys, sorts them, repairs what they leave level (`settle_neighbours`) and counts its points and
rungs; `play_knockout` pairs and plays a round. Needs, which are counted on a few tiles only, come
behind `play_tile` in `play_replicate`.

Everywhere here `key` is that of the tile's random words (`words`), and `keys` are those that sort
a table; `occupants`, of which `order` is the part of one table, are what `types` says.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import (
    FIRST_TEAM,
    GOALS_BIVARIATE_POISSON,
    GOALS_POISSON,
    MAX_RATE,
    SAMPLED_TILES,
    TILE,
    Program,
)
from forecast.jit import compile_for, jit, jit_inner
from forecast.kernel.aggregate import fill_roots
from forecast.kernel.bench import Bench
from forecast.kernel.parts import Parts, parts_at, signatures
from forecast.kernel.rates import team_factors
from forecast.kernel.types import TEAM, Factors, Flag, Integer, Tally
from forecast.kernel.words import tile_key
from forecast.reference import Address, signature

__all__ = ["compile_replicate", "play_replicate"]

BLOCK_STEP = np.uint64(13)
"""From the block of tiles that one replicate samples to that of the next: 32 meet each of 32 blocks
once, since 13 and 32 share no factor, and fewer are spread."""


@jit_inner
def enter_teams(occupants: np.ndarray, teams: int) -> None:
    """Let every team occupy its own slot, without a place."""
    for team in range(np.uint64(teams)):
        for run in range(TILE):
            occupants[team, run] = team


@jit_inner
def carry_places(slot: Integer, teams: Integer, occupants: np.ndarray) -> None:
    """Let the teams of the table at `slot` carry their places into all earlier slots.

    Later rounds may draw from those, and the better place is that of the last table.
    """
    for ranked in range(slot, slot + teams):
        for run in range(TILE):
            occupants[occupants[ranked, run] & TEAM, run] = occupants[ranked, run]
    for earlier in range(teams, slot):
        for run in range(TILE):
            occupants[earlier, run] = occupants[occupants[earlier, run] & TEAM, run]


@jit_inner
def count_slots(counted: np.ndarray, pairs: np.ndarray, seen: np.ndarray) -> None:
    """Count who occupies the slots of `Program.counted`: `seen[half, slot, team]` (uint8).

    `pairs` (uint64) are the occupants of two runs at a time.
    The halves take turns, since a count has to wait for one of the same team just before it.
    """
    seen[:] = 0
    for i in range(counted.size):
        slot = np.uint64(counted[i])
        for pair in range(np.uint64(TILE // 4)):
            first, second = pairs[slot, pair], pairs[slot, pair + np.uint64(TILE // 4)]
            seen[0, slot, first & TEAM] += np.uint8(1)
            seen[1, slot, second & TEAM] += np.uint8(1)
            seen[0, slot, (first >> np.uint64(32)) & TEAM] += np.uint8(1)
            seen[1, slot, (second >> np.uint64(32)) & TEAM] += np.uint8(1)


@jit_inner
def count_places(counted: np.ndarray, seen: np.ndarray, occupancy: np.ndarray) -> None:
    """Add what was seen of all slots to `occupancy[slot, team]`."""
    for i in range(counted.size):
        slot = np.uint64(counted[i])
        for team in range(seen.shape[2]):
            both = np.uint32(seen[0, slot, team]) + np.uint32(seen[1, slot, team])
            occupancy[slot, team] += both


@jit_inner
def count_outcomes(
    start: np.ndarray,
    slots: np.ndarray,
    seen: np.ndarray,
    hits: np.ndarray,
    outcomes: np.ndarray,
    products: np.ndarray,
) -> None:
    """Add the hits of every outcome, and the products of the halves' hits.

    `start` and `slots` are `outcome_start` and `outcome_list` of a `Program`.
    """
    teams = hits.shape[1]
    for outcome in range(np.uint64(start.size - 1)):
        hits[:] = 0
        for i in range(start[outcome], start[outcome + 1]):
            reached = np.uint64(slots[i])
            for team in range(teams):
                hits[0, team] += seen[0, reached, team]
            for team in range(teams):
                hits[1, team] += seen[1, reached, team]
        for team in range(teams):
            first, second = np.uint32(hits[0, team]), np.uint32(hits[1, team])
            outcomes[outcome, team] += first + second
            products[outcome, team] += first * second


@jit_inner
def count_tile(program: Program, bench: Bench, tally: Tally) -> None:
    """Count who occupied the slots, and how often every team reached every outcome."""
    count_slots(program.counted, bench.pairs, bench.seen)
    count_places(program.counted, bench.seen, tally.occupancy)
    lists = program.outcome_start, program.outcome_list
    count_outcomes(*lists, bench.seen, bench.hits, tally.outcomes, tally.products)


@jit_inner
def shape_of(goal_model: Integer, strengths: np.ndarray, teams: Integer) -> float:
    """Return the law's number beyond the rates; a rate of common goals is held like any other."""
    if goal_model == GOALS_POISSON:
        return 0.0
    shape = strengths[FIRST_TEAM + 2 * teams]
    return min(shape, MAX_RATE) if goal_model == GOALS_BIVARIATE_POISSON else shape


@jit_inner
def may_be_capped(factors: Factors) -> Flag:
    """Return whether some team at home to some other would be beyond `MAX_RATE`."""
    worst, concedes, others = 0, 0.0, 0.0
    for team in range(factors.conceding.size):
        if factors.conceding[team] > concedes:
            worst, concedes, others = team, factors.conceding[team], concedes
        else:
            others = max(others, factors.conceding[team])
    most = 0.0
    for team in range(factors.scoring.size):
        most = max(most, factors.scoring[team] * (others if team == worst else concedes))
    return most * max(factors.home, 1.0) > MAX_RATE


@jit_inner
def play_tile(
    program: Program,
    strengths: np.ndarray,
    key: np.uint64,
    bench: Bench,
    tally: Tally,
    parts: Parts[Address],
) -> None:
    """Play the TILE runs of one draw of strengths and count them."""
    teams = bench.scoring.size
    home = team_factors(strengths, bench.scoring, bench.conceding)
    fill_roots(bench.scoring, bench.conceding, bench.roots)
    shape = shape_of(program.goal_model, strengths, teams)
    factors = Factors(bench.scoring, bench.conceding, home, bench.roots, program.goal_model, shape)
    most = parts.draw_goals(program, factors, key, bench)
    exact: Flag = False
    if program.entry_places:  # which the tables of the tile before have changed
        enter_teams(bench.occupants, teams)
    for stage in range(program.stage_is_table.size):
        if program.stage_is_table[stage]:
            exact |= parts.play_table(program, stage, key, most, bench, tally)
            if program.entry_places:
                carry_places(program.stage_slot[stage], teams, bench.occupants)
        else:
            parts.play_knockout(program, stage, key, factors, bench)
    count_tile(program, bench, tally)
    tally.tiles[0] += exact
    tally.tiles[1] += may_be_capped(factors)


@jit_inner
def sampled_tiles(
    rng_seed: np.uint64, replicate: np.uint64, draws: Integer
) -> tuple[np.uint64, np.uint64]:
    """Return the first tile that is sampled, and the one after the last.

    Consecutive points of a Sobol set are even in every coordinate, which those at equal distances
    are not, but they share few nodes of hyperparameters: so each replicate samples another block,
    and the first replicate one by lot.
    """
    size = max(np.uint64(draws) // np.uint64(SAMPLED_TILES), np.uint64(1))
    blocks = np.uint64(draws) // size
    lot = tile_key(rng_seed, np.uint64(0), np.uint64(draws)) % blocks
    first = size * ((lot + BLOCK_STEP * replicate) % blocks)
    return first, first + size


@jit
def play_replicate(
    program: Program,
    strengths: np.ndarray,
    rng_seed: np.uint64,
    replicate: np.uint64,
    bench: Bench,
    tally: Tally,
    parts: Parts[Address],
) -> None:
    """Play one tile for every row of `strengths` (float64, shape (draws, 2 + 2 * teams)).

    A goal model with a shape has it in one more column.
    """
    enter_teams(bench.occupants, bench.scoring.size)
    first, last = sampled_tiles(rng_seed, replicate, strengths.shape[0])
    for draw in range(strengths.shape[0]):
        key = tile_key(rng_seed, replicate, np.uint64(draw))
        play_tile(program, strengths[draw], key, bench, tally, parts)
        if first <= np.uint64(draw) < last:
            tally.tiles[2] += 1
            parts.count_needs(program, bench, tally)


def compile_replicate(program: Program, bench: Bench, tally: Tally) -> None:
    """Compile `play_replicate` for references to such arrays, wherever its parts will be."""
    parts = parts_at(signatures(program, bench, tally), [0] * len(Parts._fields))
    strengths, number = np.empty((0, 0)), np.uint64(0)
    arguments = program, strengths, number, number, bench, tally, parts
    compile_for(play_replicate, signature(None, *arguments))
