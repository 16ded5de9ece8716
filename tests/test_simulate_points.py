"""Points that fill every box of the square, and moments of draws against their own errors."""

import numpy as np
import pytest
from scipy.stats import chi2, t

from forecast.arrays import DRAWS_PER_REPLICATE, Posterior
from forecast.simulate import draws
from forecast.simulate.draws import BITS as POINT_BITS
from forecast.simulate.draws import sobol_points

ALPHA = 1e-8
"""Chance that one statistical check of this file, of two, fails without a fault."""

BITS = 9


def points_of(dimensions, rng_seed, replicate):
    steps = sobol_points(np.arange(dimensions), np.random.default_rng([rng_seed, replicate]))
    return (steps + 0.5) * 2.0**-POINT_BITS


@pytest.mark.parametrize("bits", range(BITS + 1))
def test_the_first_two_coordinates_have_one_point_in_every_elementary_box(bits):
    x, y = points_of(2, 1, 0)
    boxes = (x * 2**bits).astype(int) * 2 ** (BITS - bits) + (y * 2 ** (BITS - bits)).astype(int)
    assert sorted(boxes) == list(range(DRAWS_PER_REPLICATE))


def test_over_replicates_a_pair_of_points_is_uniform():
    cells = np.zeros((4, 4))
    replicates = 4_000
    for replicate in range(replicates):
        points = points_of(2, 5, replicate)
        cells[int(points[0, 0] * 4), int(points[1, 300] * 4)] += 1
    statistic = ((cells - replicates / 16) ** 2 / (replicates / 16)).sum()
    assert statistic < chi2.isf(ALPHA, 15)


def mixture():
    rng = np.random.default_rng(3)
    mean = rng.normal(0, 0.3, (2, 6))
    factor = np.tril(rng.normal(0, 0.3, (2, 6, 6)))
    return Posterior(np.array([0.3, 0.7]), mean, factor, 0.45)


def moments_of(posterior):
    mean = posterior.weights @ posterior.mean
    away = posterior.mean - mean
    inside = np.einsum("k,kir,kjr->ij", posterior.weights, posterior.factor, posterior.factor)
    return mean, inside + np.einsum("k,ki,kj->ij", posterior.weights, away, away)


def distance(posterior, mean, covariance):
    """Return the worst |z| of first and second moments over replicates, as a part of its limit."""
    replicates = 64
    seen = []
    for replicate in range(replicates):
        rows = draws(posterior, rng_seed=9, replicate=replicate) - mean
        second = (rows.T @ rows) / len(rows)
        seen.append(np.concatenate([rows.mean(axis=0), (second - covariance).ravel()]))
    z = np.mean(seen, axis=0) / (np.std(seen, axis=0, ddof=1) / np.sqrt(replicates))
    return np.abs(z).max() / t.isf(ALPHA / (2 * z.size), replicates - 1)


def test_draws_have_the_mean_and_covariance_of_the_mixture():
    mean, covariance = moments_of(mixture())
    assert distance(mixture(), mean, covariance) < 1


def test_a_covariance_without_the_spread_between_nodes_is_found_by_the_same_check():
    mean, _ = moments_of(mixture())
    inside = np.einsum("k,kir,kjr->ij", mixture().weights, mixture().factor, mixture().factor)
    assert distance(mixture(), mean, inside) > 1
