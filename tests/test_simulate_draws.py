"""Draws of strengths: even points, the right share of every node, the posterior's moments."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from forecast.arrays import DRAWS_PER_REPLICATE, Posterior
from forecast.kernel import draw
from forecast.simulate import draws

module = sys.modules["forecast.simulate.draws"]


def uniform(order, rng):
    """Return a Sobol set in the unit interval, in the middles of its steps."""
    return (module.sobol_points(order, rng) + 0.5) * 2.0**-module.BITS


@given(st.lists(st.integers(0, 2**30 - 1), min_size=1), st.integers(30, 32))
def test_normals_are_the_quantiles_of_the_middles(points, bits):
    normals = np.empty((1, len(points)))
    outside, draws = np.empty(len(points)), np.empty(len(points), np.int64)
    draw.to_normals(np.array([points], np.uint32), bits, outside, draws, normals)
    expected = ndtri((np.array(points) + 0.5) * 2.0**-bits)
    # near the median the subtraction from 0.5 leaves an absolute error of 2^-53 / density
    assert normals[0] == pytest.approx(expected, rel=2e-15, abs=2.0**-51)


@pytest.mark.parametrize("replicate", [0, 1, 2])
def test_every_aligned_block_of_points_is_even_in_every_coordinate(replicate):
    points = uniform(np.arange(40), np.random.default_rng([5, replicate]))
    for size in (16, 64, 512):
        cells = np.sort((points.reshape(40, -1, size) * size).astype(int), axis=2)
        assert (cells == np.arange(size)).all()


def test_points_are_uniform_over_scramblings():
    rngs = (np.random.default_rng([6, r]) for r in range(4000))
    first = np.array([uniform(np.arange(1), rng)[0, 0] for rng in rngs])
    # Kolmogorov's bound for n = 4000 at 1e-7: sqrt(log(2 / 1e-7) / (2 n))
    distance = np.abs(np.sort(first) - (np.arange(4000) + 0.5) / 4000).max()
    assert distance < np.sqrt(np.log(2e7) / 8000)


def test_points_integrate_better_than_independent_ones():
    def spread(make):
        return np.std([np.exp(make(r)[:10].sum(axis=0) / 4).mean() for r in range(60)])

    even = spread(lambda r: uniform(np.arange(30), np.random.default_rng([7, r])))
    plain = spread(lambda r: np.random.default_rng([8, r]).random((30, DRAWS_PER_REPLICATE)))
    assert even < plain / 20  # measured: 1 / 70


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=20), st.floats(0, 0.999999))
def test_a_node_has_its_share_of_draws_to_one(raw, shift):
    weights = np.array(raw) / np.sum(raw)
    edges = module.node_edges(weights, shift)
    assert (edges[0], edges[-1], len(edges)) == (0, DRAWS_PER_REPLICATE, weights.size + 1)
    assert np.all(np.abs(np.diff(edges) - weights * DRAWS_PER_REPLICATE) <= 1 + 1e-9)


def test_on_average_a_node_has_exactly_its_share():
    weights = np.array([0.4113, 0.0371, 0.5516])
    shifts = (np.arange(10_000) + 0.5) / 10_000
    mean = np.mean([np.diff(module.node_edges(weights, shift)) for shift in shifts], axis=0)
    # the share's fraction is met by counting shifts, so to one shift in each of two edges
    assert np.abs(mean - weights * DRAWS_PER_REPLICATE).max() <= 2 / 10_000


@given(st.integers(2, 30), st.integers(0, 2**32))
def test_coordinates_are_dealt_by_lot_within_their_kind(teams, number):
    order = module.deal_coordinates(2 + 2 * teams, np.random.default_rng(number))
    assert order[:2].tolist() == [0, 1]
    assert sorted(order[2 : 2 + teams]) == list(range(2, 2 + teams))
    assert sorted(order[2 + teams :]) == list(range(2 + teams, 2 + 2 * teams))


@given(st.integers(2, 40), st.integers(0, 2**32))
def test_transformed_normals_are_the_sums_in_their_order(teams, number):
    rng = np.random.default_rng(number)
    size, nodes = 2 + 2 * teams, 3
    mean, factor = rng.normal(size=(nodes, size)), np.tril(rng.normal(size=(nodes, size, size)))
    edges = np.array([0, *np.sort(rng.integers(0, 101, nodes - 1)), 100])
    normals = rng.normal(size=(size, 100 + draw.DRAWS_AT_ONCE))
    out = np.empty((100, size))
    draw.transform_normals(edges, mean, factor, normals, np.empty((size, draw.DRAWS_AT_ONCE)), out)
    for node in range(nodes):
        mine = slice(edges[node], edges[node + 1])
        for i in range(size):
            expected = np.full(edges[node + 1] - edges[node], mean[node, i])
            for k in range(i + 1):
                expected += factor[node, i, k] * normals[k, :100][mine]
            assert (out[mine, i] == expected).all()


def test_turning_keeps_lengths_and_leaves_the_sum_of_a_team_to_its_first_coordinate():
    rng = np.random.default_rng(10)
    factor = np.tril(rng.normal(0, 0.3, (8, 8)))
    factor[3, 3] = factor[6, 3] = factor[6, 6] = 0.0  # a team whose strength is known
    turned = np.eye(8)
    edges = np.array([0, 8])
    draw.turn_planes(edges, *module.turns(factor[None]), turned[2:5], turned[5:])
    assert np.abs(turned.T @ turned - np.eye(8)).max() < 1e-15
    loading = factor @ turned
    own = loading[2:5] + loading[5:8]
    assert np.abs(np.diag(own[:, 5:8])).max() < 1e-15
    assert (turned[:2] == np.eye(8)[:2]).all()


def _posterior():
    rng = np.random.default_rng(9)
    factor = np.tril(rng.normal(0, 0.2, (2, 6, 6)))
    return Posterior(np.array([0.3, 0.7]), rng.normal(0, 1, (2, 6)), factor, 0.45)


def test_draws_have_the_moments_of_the_mixture():
    posterior = _posterior()
    rows = np.concatenate([draws(posterior, rng_seed=1, replicate=r) for r in range(40)])
    mean = posterior.weights @ posterior.mean
    within = np.einsum("k,kij,klj->il", posterior.weights, posterior.factor, posterior.factor)
    apart = posterior.mean - mean
    between = np.einsum("k,ki,kj->ij", posterior.weights, apart, apart)
    # independent draws would be off by sqrt(variance / 20480) = 0.007 sd
    assert np.abs(rows.mean(axis=0) - mean).max() < 0.007
    assert np.abs(np.cov(rows.T) - within - between).max() < 0.02


def test_known_strengths_are_the_same_in_every_draw():
    known = Posterior(np.ones(1), np.arange(6.0)[None], np.zeros((1, 6, 0)), 0.45)
    rows = draws(known, rng_seed=1, replicate=3)
    assert rows.shape == (DRAWS_PER_REPLICATE, 6)
    assert (rows == np.arange(6.0)).all()


def test_replicates_and_seeds_differ_and_repeat():
    posterior = _posterior()
    one = draws(posterior, rng_seed=1, replicate=0)
    assert (one == draws(posterior, rng_seed=1, replicate=0)).all()
    assert not np.isclose(one, draws(posterior, rng_seed=1, replicate=1)).any(axis=None)
    assert not np.isclose(one, draws(posterior, rng_seed=2, replicate=0)).any(axis=None)
