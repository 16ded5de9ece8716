"""Pairings: every draw from pots equally likely, and the best with the last after sorting."""

from collections import Counter
from itertools import permutations

import numba
import numpy as np
import pytest
from competitions import knockout, make_plan, outcome, table
from compiled import tile_key
from scipy.stats import chisquare

from forecast.arrays import TILE
from forecast.kernel.pairing import arrange_sides
from forecast.lowering import lower
from forecast.plan import Places

ALPHA = 1e-8
"""Chance that one check of this file, of three, fails without a fault."""

TILES = 1024


@numba.njit
def arrange(knockouts, key, occupants):
    arrange_sides(knockouts, 0, key, occupants)


def drawn_plan(teams, pots, sides):
    entrants = [Places("league", *pot) for pot in pots]
    round_ = knockout("round", *entrants, pairing="drawn", pots=sides)
    won = [outcome("won", Places("round", 1, 1))]
    return make_plan([table("league", teams, "points"), round_], [], teams, outcomes=won)


def draws(plan):
    """Return how often each list of sides came out, teams by their place in the table."""
    season = lower(plan, 0.45)
    knockouts, first = season.program.knockouts, season.layout.stages[0].first
    rows = season.slots + knockouts.spare_count
    counts = Counter()
    for tile in range(TILES):
        occupants = np.tile(np.arange(rows, dtype=np.uint32)[:, None] + 1 - first, TILE)
        key = tile_key(np.uint64(3), np.uint64(0), np.uint64(tile))
        arrange(knockouts, np.uint64(key), occupants)
        counts.update(map(tuple, occupants[knockouts.tie_slot[:].ravel()].T.tolist()))
    return counts


def uniform(counts, law):
    assert set(counts) <= set(law)
    return chisquare([counts[draw] for draw in law]).pvalue > ALPHA


TWO_POTS = [
    (a[0], b[0], a[1], b[1], a[2], b[2])
    for a in permutations((1, 2, 3))
    for b in permutations((4, 5, 6))
]


def test_two_pots_are_dealt_to_their_sides_in_every_order_alike():
    counts = draws(drawn_plan(6, [(1, 3), (4, 6)], (0, 1) * 3))
    assert uniform(counts, TWO_POTS)
    matchings = Counter()
    for draw, n in counts.items():
        matchings[frozenset(zip(draw[::2], draw[1::2], strict=True))] += n
    assert len(matchings) == 6
    assert chisquare(list(matchings.values())).pvalue > ALPHA


def test_an_open_draw_has_every_order_alike():
    assert uniform(draws(drawn_plan(4, [(1, 4)], (0,) * 4)), list(permutations((1, 2, 3, 4))))


def test_a_pot_of_one_stays_and_pots_may_stand_in_any_order():
    counts = draws(drawn_plan(4, [(4, 4), (1, 1), (2, 3)], (2, 0, 1, 2)))
    assert set(counts) == {(2, 4, 1, 3), (3, 4, 1, 2)}
    assert uniform(counts, list(counts))


@pytest.mark.parametrize("bug", ["all may change with all", "none stays", "two bits"])
def test_a_shuffle_that_is_not_fair_is_found_by_the_same_check(bug):
    rng = np.random.default_rng(1)
    counts = Counter()
    for _ in range(TILE * TILES):
        order = [1, 2, 3]
        for i in range(1, 3):
            j = {
                "all may change with all": lambda _: rng.integers(0, 3),
                "none stays": lambda i: rng.integers(0, i),
                "two bits": lambda i: rng.integers(0, 4) * (i + 1) // 4,
            }[bug](i)
            order[i], order[j] = order[j], order[i]
        counts[tuple(order)] += 1
    assert not uniform(counts, list(permutations((1, 2, 3))))
