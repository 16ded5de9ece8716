"""Knockout rounds: who meets, who goes through, and which slots they take.

A round whose goals add up over the legs is decided by one number against one chance a tie
(`aggregate`), any other (`Knockouts.by_legs`) leg by leg (`legs`). Then a tie of which matches.csv
knows something is decided by that, in every run in which it comes about.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import TILE, UNKNOWN, Knockouts
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.aggregate import move_numbers, play_aggregate, tie_scales
from forecast.kernel.goals import strata_of
from forecast.kernel.legs import play_legs, settle_known
from forecast.kernel.pairing import arrange_sides
from forecast.kernel.types import Factors, Integer, TieWork
from forecast.kernel.words import FOR_TIES, word

__all__ = ["play_knockout"]


@jit_inner
def play_by_legs_or_known(
    knockouts: Knockouts,
    knockout: Integer,
    tie: Integer,
    key: np.uint64,
    occupants: np.ndarray,
    slots: tuple[Integer, Integer],
    factors: Factors,
    wins: np.ndarray,
) -> None:
    """Fill `wins[run]` of a round by legs; correct it where matches.csv knows of the tie."""
    leg_by_leg, listed = knockouts.by_legs[knockout], np.int64(UNKNOWN)
    for run in range(TILE):
        sides = (occupants[slots[0], run], occupants[slots[1], run])
        if leg_by_leg:
            wins[run] = play_legs(knockouts, knockout, tie, key, run, sides, listed, factors)
        wins[run] = settle_known(
            knockouts, knockout, tie, key, run, sides, factors, bool(wins[run])
        )


@jit_inline
def seat_sides(
    one: np.ndarray, two: np.ndarray, wins: np.ndarray, winner: np.ndarray, loser: np.ndarray
) -> None:
    """Let winner and loser of a tie occupy their slots; all are rows of one tie."""
    for run in range(TILE):
        first, second = one[run], two[run]
        winner[run] = first if wins[run] else second
        loser[run] = second if wins[run] else first


@jit_inner
def play_knockout(
    knockouts: Knockouts,
    knockout: Integer,
    first_slot: Integer,
    key: np.uint64,
    strata: np.ndarray,
    first_strata: Integer,
    factors: Factors,
    work: TieWork,
    occupants: np.ndarray,
) -> None:
    """Play one round: winners fill the slots from `first_slot` on, their rivals the next ones.

    `occupants[slot, run]` is uint32, the place in the last table above the team's 16 bits, so
    the better place is the smaller number. A tie reads the row of `strata` that is `first_strata`
    and its number among all ties on from the tile's first (`strata_of`).
    """
    arrange_sides(knockouts, knockout, key, occupants)
    slots, wins = knockouts.tie_slot, work.wins
    ties, first_tie = knockouts.tie_count[knockout], knockouts.tie_first[knockout]
    leg_by_leg, any_listed = knockouts.by_legs[knockout], knockouts.any_listed[knockout]
    scales = tie_scales(knockouts, knockout, factors.home)
    for k in range(ties):
        tie = first_tie + k
        sides = np.uint64(slots[tie, 0]), np.uint64(slots[tie, 1])
        if not leg_by_leg:
            row = strata_of(key, np.uint64(first_strata + tie))
            move_numbers(strata, row, word(key, FOR_TIES, tie), work.random)
            play_aggregate(knockouts, knockout, occupants, sides, factors, scales, work)
        if leg_by_leg or any_listed:
            play_by_legs_or_known(knockouts, knockout, tie, key, occupants, sides, factors, wins)
        one, two = occupants[sides[0]], occupants[sides[1]]
        winner, loser = occupants[first_slot + k], occupants[first_slot + ties + k]
        seat_sides(one, two, wins, winner, loser)
