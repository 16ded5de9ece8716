"""Who meets whom when places alone do not say: pots dealt out by lots, and pairing anew by place.

The sides of such a round are put in order in spare rows, which its ties then read as slots.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import PAIRING_DRAWN, PAIRING_FIXED, TILE, Knockouts
from forecast.jit import jit_inner
from forecast.kernel.types import Integer
from forecast.kernel.words import FOR_PAIRING, word

__all__ = ["arrange_sides"]


@jit_inner
def shuffle_pots(
    knockouts: Knockouts, first: Integer, count: Integer, key: np.uint64, sides: np.ndarray
) -> None:
    """Put the sides of each pot in random order, every order equally likely.

    That is the shuffle of Fisher and Yates, upwards: side i changes places with one of those up
    to i. A chance is right to the 2^-32 of its random number.
    """
    for i in range(count):
        pot = knockouts.entrant_pot[first + i]
        if pot == i:
            continue
        for run in range(TILE):
            random = word(key, FOR_PAIRING, TILE * (first + i) + run) >> np.uint64(32)
            j = pot + np.int64((random * np.uint64(i - pot + 1)) >> np.uint64(32))
            sides[i, run], sides[j, run] = sides[j, run], sides[i, run]


@jit_inner
def sort_by_place(count: Integer, sides: np.ndarray) -> None:
    """Sort the sides of every run by their place in the last table, the best first."""
    for run in range(TILE):
        for i in range(1, count):
            side = sides[i, run]
            free = i
            while free > 0 and sides[free - 1, run] > side:
                sides[free, run] = sides[free - 1, run]
                free -= 1
            sides[free, run] = side


@jit_inner
def arrange_sides(
    knockouts: Knockouts, knockout: Integer, key: np.uint64, occupants: np.ndarray
) -> None:
    """Fill the spare rows of `occupants` with the sides of a round, if it needs them."""
    if knockouts.pairing[knockout] == PAIRING_FIXED:
        return
    first = knockouts.entrant_start[knockout]
    count = knockouts.entrant_start[knockout + 1] - first
    sides = occupants[knockouts.spare_slot :]
    for i in range(count):
        entrant = occupants[knockouts.entrant_list[first + i]]
        for run in range(TILE):
            sides[i, run] = entrant[run]
    if knockouts.pairing[knockout] == PAIRING_DRAWN:
        shuffle_pots(knockouts, first, count, key, sides)
    else:
        sort_by_place(count, sides)
