"""One replicate of seasons, tile by tile: draw, rates, goals, tables, knockouts, counts.

Read `play_tile` from top to bottom: it is the order in which a season runs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.arrays import (
    FIRST_TEAM,
    GOALS_BIVARIATE_POISSON,
    GOALS_DIXON_COLES,
    GOALS_NEGATIVE_BINOMIAL,
    GOALS_POISSON,
    MAX_RATE,
    SAMPLED_TILES,
    TILE,
    Program,
)
from forecast.jit import jit, jit_inner
from forecast.kernel.goals import add_common, redraw_low_scores, sample_goals
from forecast.kernel.knockout import play_knockout
from forecast.kernel.legs import TEAM
from forecast.kernel.needs import count_needs, make_needs
from forecast.kernel.rates import (
    LEVELS_AT_ONCE,
    MAX_LEVELS,
    SIDES_AT_ONCE,
    fill_thresholds,
    side_rates,
    team_factors,
)
from forecast.kernel.table import play_table
from forecast.kernel.types import (
    CommonWork,
    Factors,
    Flag,
    Integer,
    LadderWork,
    NeedsTally,
    TableWork,
    Thresholds,
    TieWork,
)
from forecast.kernel.words import FOR_COMMON, FOR_SIDES, tile_key

__all__ = ["Tally", "play_replicate"]

LOW, HIGH = np.uint16(255), np.uint16(8)
"""Mask of the low byte, shift to the high one."""


class Tally(NamedTuple):
    """What one replicate adds up; see `Counts`.

    Attributes
    ----------
    occupancy : uint32, shape (slots, teams)
    outcomes : uint32, shape (outcomes, teams)
    products : uint32, shape (outcomes, teams)
    points : uint32, shape (teams, bins)
        By place, summed over the tables that share a row.
    rungs : int64, shape (cuts, rungs)
    tiles : int64, shape (3,)
        Tiles ranked exactly; tiles in which some pairing would be beyond `MAX_RATE`; those sampled.
    needs : NeedsTally
        Of every tile whose number is a multiple of `SAMPLED_TILES`.
    """

    occupancy: np.ndarray
    outcomes: np.ndarray
    products: np.ndarray
    points: np.ndarray
    rungs: np.ndarray
    tiles: np.ndarray
    needs: NeedsTally


class Bench(NamedTuple):
    """Work arrays of one thread, a tile's worth of everything; shapes are in `make_bench`."""

    scoring: np.ndarray
    conceding: np.ndarray
    roots: np.ndarray
    rate: np.ndarray
    threshold: Thresholds
    level_work: np.ndarray
    side_words: np.ndarray
    goals: np.ndarray
    common: CommonWork
    table: TableWork
    order: np.ndarray
    tie: TieWork
    occupants: np.ndarray
    seen: np.ndarray
    hits: np.ndarray


@jit_inner
def make_thresholds(filled: int) -> Thresholds:
    """Allocate the thresholds of so many sides."""
    return Thresholds(
        np.empty((MAX_LEVELS + LEVELS_AT_ONCE, filled), np.uint8),
        np.empty(filled, np.uint8),
        np.empty(filled, np.uint8),
    )


@jit_inner
def make_bench(teams: int, slots: int, spare: int, sides: int, commons: int) -> Bench:
    """Allocate the work arrays; those of sides are filled up with sides that never score."""
    filled = -(-sides // SIDES_AT_ONCE) * SIDES_AT_ONCE
    common = -(-commons // SIDES_AT_ONCE) * SIDES_AT_ONCE
    ladder = LadderWork(np.empty(teams, np.int64), np.empty(teams, np.int64))
    return Bench(
        np.empty(teams),
        np.empty(teams),
        np.empty((2, teams), np.float32),
        np.zeros(filled),
        make_thresholds(filled),
        np.empty((5, SIDES_AT_ONCE)),
        np.empty(filled, np.uint64),
        np.empty((sides, TILE), np.uint8),
        CommonWork(
            np.zeros(common),
            make_thresholds(common),
            np.empty(common, np.uint64),
            np.empty((commons, TILE), np.uint8),
        ),
        TableWork(np.empty((8, TILE), np.uint8), np.empty((teams, TILE), np.uint64), ladder),
        np.empty((teams, TILE), np.uint16),
        TieWork(
            np.empty((2, TILE), np.float32),
            np.empty(TILE, np.float32),
            np.empty(TILE, np.uint32),
            np.empty(TILE, np.uint8),
        ),
        np.empty((slots + spare, TILE), np.uint32),
        np.empty((slots, teams), np.uint16),
        np.empty(teams, np.uint16),
    )


@jit_inner
def enter_teams(occupants: np.ndarray, teams: int) -> None:
    """Let every team occupy its own slot, without a place."""
    for team in range(teams):
        for run in range(TILE):
            occupants[team, run] = team


@jit_inner
def seat_table(entry_places: Flag, slot: Integer, order: np.ndarray, occupants: np.ndarray) -> None:
    """Let the ranked teams occupy the table's slots, each with its place.

    With `entry_places` they carry it into all earlier slots, too: later rounds may draw from
    those, and the better place is that of the last table.
    """
    teams = order.shape[0]
    for place in range(teams):
        ranked, seats = order[place], occupants[slot + place]
        for run in range(TILE):
            seats[run] = (np.uint32(place) << np.uint32(16)) | np.uint32(ranked[run])
        if entry_places:
            for run in range(TILE):
                occupants[ranked[run], run] = seats[run]
    if entry_places:
        for earlier in range(teams, slot):
            for run in range(TILE):
                occupants[earlier, run] = occupants[occupants[earlier, run] & TEAM, run]


@jit_inner
def count_tile(
    program: Program,
    teams: Integer,
    occupants: np.ndarray,
    seen: np.ndarray,
    hits: np.ndarray,
    tally: Tally,
) -> None:
    """Add one tile's occupants to the tally, and its hits of every outcome.

    `seen[slot, team]` counts the first half of the runs in its low byte, the second in its high.
    """
    seen[:] = 0
    for slot in range(teams, seen.shape[0]):
        row, seats = seen[slot], occupants[slot]
        for run in range(TILE // 2):
            row[seats[run] & TEAM] += np.uint16(1)
        for run in range(TILE // 2, TILE):
            row[seats[run] & TEAM] += np.uint16(256)
        total = tally.occupancy[slot]
        for team in range(teams):
            total[team] += np.uint32(row[team] & LOW) + np.uint32(row[team] >> HIGH)
    for outcome in range(program.outcome_start.size - 1):
        hits[:] = 0
        for i in range(program.outcome_start[outcome], program.outcome_start[outcome + 1]):
            row = seen[program.outcome_list[i]]
            for team in range(teams):
                hits[team] += row[team]
        for team in range(teams):
            low, high = np.uint32(hits[team] & LOW), np.uint32(hits[team] >> HIGH)
            tally.outcomes[outcome, team] += low + high
            tally.products[outcome, team] += low * high


@jit_inner
def may_be_capped(factors: Factors) -> Flag:
    """Return whether the best attack at home to the worst defence is beyond `MAX_RATE`."""
    best = factors.scoring.max() * factors.conceding.max()
    return best * max(factors.home, 1.0) > MAX_RATE


@jit_inner
def draw_goals(program: Program, factors: Factors, key: np.uint64, bench: Bench) -> Integer:
    """Fill the goals of every side in the tables; return the most that any could score."""
    rate, words, goals, shape = bench.rate, bench.side_words, bench.goals, factors.shape
    side_rates(program.fixtures, factors.scoring, factors.conceding, factors.home, rate)
    dispersion = shape if factors.goal_model == GOALS_NEGATIVE_BINOMIAL else 0.0
    fill_thresholds(key, FOR_SIDES, rate, dispersion, bench.threshold, bench.level_work, words)
    most = sample_goals(key, program.strata, 0, words, bench.threshold, goals)
    if factors.goal_model == GOALS_DIXON_COLES:
        redraw_low_scores(key, program.strata, words, rate, shape, goals)
        most = max(most, 1)
    if factors.goal_model == GOALS_BIVARIATE_POISSON:
        most += draw_common(program, shape, key, bench)
    return most


@jit_inner
def draw_common(program: Program, shape: float, key: np.uint64, bench: Bench) -> Integer:
    """Draw the goals that are common to both sides of a fixture and add them; return the most."""
    rate, threshold, words, goals = bench.common
    fixtures = program.fixtures.home.size
    rate[:fixtures] = shape
    fill_thresholds(key, FOR_COMMON, rate, 0.0, threshold, bench.level_work, words)
    first_strata = fixtures + program.knockouts.tie_slot.shape[0]
    most = sample_goals(key, program.strata, first_strata, words, threshold, goals)
    add_common(goals, bench.goals)
    return most


@jit_inner
def play_tile(
    program: Program, strengths: np.ndarray, key: np.uint64, bench: Bench, tally: Tally
) -> None:
    """Play the TILE runs of one draw of strengths and count them."""
    home = team_factors(strengths, bench.scoring, bench.conceding)
    bench.roots[0] = np.sqrt(bench.scoring)
    bench.roots[1] = np.sqrt(bench.conceding)
    shape = 0.0
    if program.goal_model != GOALS_POISSON:
        shape = strengths[FIRST_TEAM + 2 * bench.scoring.size]
    factors = Factors(bench.scoring, bench.conceding, home, bench.roots, program.goal_model, shape)
    most = draw_goals(program, factors, key, bench)
    exact: Flag = False
    enter_teams(bench.occupants, bench.scoring.size)
    for stage in range(program.stage_is_table.size):
        k, slot = program.stage_index[stage], program.stage_slot[stage]
        if program.stage_is_table[stage]:
            exact |= play_table(
                program.tables,
                k,
                key,
                bench.goals,
                most,
                bench.table,
                bench.order,
                tally.rungs,
                tally.points,
            )
            seat_table(program.entry_places, slot, bench.order, bench.occupants)
        else:
            play_knockout(
                program.knockouts,
                k,
                slot,
                key,
                program.strata,
                program.fixtures.home.size,
                factors,
                bench.tie,
                bench.occupants,
            )
    count_tile(program, bench.scoring.size, bench.occupants, bench.seen, bench.hits, tally)
    tally.tiles[0] += exact
    tally.tiles[1] += may_be_capped(factors)


@jit
def play_replicate(
    program: Program, strengths: np.ndarray, rng_seed: np.uint64, replicate: np.uint64, tally: Tally
) -> None:
    """Play one tile for every row of `strengths` (float64, shape (draws, 2 + 2 * teams)).

    A goal model with a shape has it in one more column.
    """
    slots, teams = tally.occupancy.shape
    fixtures = program.fixtures.home.size
    commons = fixtures if program.goal_model == GOALS_BIVARIATE_POISSON else 0
    bench = make_bench(teams, slots, program.knockouts.spare_count, 2 * fixtures, commons)
    needs = make_needs(teams, tally.outcomes.shape[0])
    for draw in range(strengths.shape[0]):
        key = tile_key(rng_seed, replicate, np.uint64(draw))
        play_tile(program, strengths[draw], key, bench, tally)
        if draw % SAMPLED_TILES == 0:
            tally.tiles[2] += 1
            count_needs(program, bench.goals, bench.occupants, needs, tally.needs)
