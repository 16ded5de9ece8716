"""The points of scipy's Sobol sequence, from direction numbers and in an order of our own."""

import numpy as np
import pytest
from scipy.special import ndtri

from benchmarks.evenness import MOST, directions_of_scipy, even_order, pair_errors, points_of_scipy
from forecast.arrays import DRAWS_PER_REPLICATE
from forecast.kernel.draw import fill_points
from forecast.simulate.draws import sobol_points
from forecast.simulate.sobol import INDEX_BITS, dimensions_of, directions_of

SCRAMBLES = 600


def plain_points(count):
    """Return the points as they are before the scrambling, INDEX_BITS each."""
    same = np.uint32(1) << np.arange(INDEX_BITS - 1, -1, -1, dtype=np.uint32)
    points = np.empty((count, DRAWS_PER_REPLICATE), np.uint32)
    nowhere = np.zeros(count, np.uint32)
    fill_points(directions_of(count), np.tile(same, (count, 1)), nowhere, points)
    return points


def test_the_points_are_scipys_in_every_dimension_that_a_forecast_may_have():
    assert (plain_points(MOST) == points_of_scipy(MOST)[dimensions_of(MOST)]).all()


def test_every_dimension_is_there_once_and_fewer_are_the_first_ones():
    assert sorted(dimensions_of(MOST)) == list(range(MOST))
    assert dimensions_of(102).tolist() == dimensions_of(MOST)[:102].tolist()
    assert (plain_points(102) == points_of_scipy(MOST)[dimensions_of(102)]).all()


@pytest.mark.slow
def test_the_order_is_that_of_the_search():
    assert dimensions_of(MOST).tolist() == even_order()


def test_pairs_of_the_first_coordinates_are_more_even_than_in_the_sequences_order():
    directions = directions_of_scipy(MOST)
    for first, worst in ((52, 2.0), (38, 2.0)):
        ours = pair_errors(directions[dimensions_of(first)])
        theirs = pair_errors(directions[:first])
        assert ours.sum() < 0.6 * theirs.sum()
        assert ours.max() < worst < theirs.max()


def squared_errors(count, rng):
    """Return the square error of each product over each scramble, times the number of draws."""
    squares = []
    for _ in range(SCRAMBLES):
        z = ndtri((sobol_points(np.arange(count), rng) + 0.5) * 2.0**-30)
        squares.append((z @ z.T / DRAWS_PER_REPLICATE) ** 2)
    return DRAWS_PER_REPLICATE * np.array(squares)


def test_the_error_of_a_pair_is_what_scrambled_points_show():
    """Of the most even pair, the middle one and the worst; six standard errors of the mean.

    The form with the marks of another of these pairs is outside.
    """
    count = 52
    errors = pair_errors(directions_of_scipy(MOST)[dimensions_of(count)])
    squares = squared_errors(count, np.random.default_rng(17))
    firsts, seconds = np.triu_indices(count, 1)
    rank = errors[firsts, seconds].argsort()
    some = [rank[0], rank[rank.size // 2], rank[-1]]
    expected = errors[firsts, seconds][some]
    for k, pair in enumerate(some):
        seen = squares[:, firsts[pair], seconds[pair]]
        limit = 6 * seen.std(ddof=1) / SCRAMBLES**0.5
        assert np.flatnonzero(abs(seen.mean() - expected) < limit).tolist() == [k]
