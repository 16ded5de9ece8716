"""Both uncertainties against exact arithmetic and against a direct nested simulation."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, ndtri

from forecast.arrays import DRAWS_PER_REPLICATE, RUNS_PER_REPLICATE, TILE
from forecast.tables import spread, standard_error

HALF = TILE // 2


def exact_error(hits):
    mean = Fraction(sum(hits), len(hits))
    deviations = sum((h - mean) ** 2 for h in hits)
    variance = deviations / (len(hits) * (len(hits) - 1))
    return float(variance) ** 0.5 / RUNS_PER_REPLICATE


@given(st.lists(st.integers(0, RUNS_PER_REPLICATE), min_size=2, max_size=40))
def test_standard_error_equals_rational_arithmetic(hits):
    error = standard_error(
        hits=np.array([sum(hits)]),
        squares=np.array([sum(h * h for h in hits)]),
        replicates=len(hits),
    )
    assert error[0] == pytest.approx(exact_error(hits), rel=1e-12)


def test_standard_error_keeps_its_digits_over_a_million_replicates():
    """Half of them 1 hit below the top, half at it: the difference of two sums near 2^50."""
    replicates = 2**20
    hits = (2 * RUNS_PER_REPLICATE - 1) * replicates // 2
    squares = (RUNS_PER_REPLICATE**2 + (RUNS_PER_REPLICATE - 1) ** 2) * replicates // 2
    error = standard_error(
        hits=np.array([hits]), squares=np.array([squares]), replicates=replicates
    )
    expected = (0.25 / (replicates - 1)) ** 0.5 / RUNS_PER_REPLICATE
    assert error[0] == pytest.approx(expected, rel=1e-12)


def spread_of(halves):
    """Return the points for the hits of each tile's two halves, shape (tiles, 2)."""
    replicates, rest = divmod(len(halves), DRAWS_PER_REPLICATE)
    assert rest == 0
    low, high = spread(
        hits=np.array([halves.sum()]),
        products=np.array([halves.prod(axis=1).sum()]),
        replicates=replicates,
    )
    return low[0], high[0]


def binomial(rng, probability):
    return rng.binomial(HALF, np.stack([probability, probability], axis=1))


@pytest.mark.parametrize("certain", [0, HALF])
def test_no_hits_and_all_hits_have_no_spread(certain):
    assert spread_of(np.full((512, 2), certain)) == (certain / HALF, certain / HALF)


def test_tiles_that_vary_less_than_chance_have_no_spread():
    assert spread_of(np.full((512, 2), 8)) == (0.25, 0.25)


def test_halves_that_vary_against_each_other_have_no_spread():
    assert spread_of(np.repeat([[4, 12], [12, 4]], 256, axis=0)) == (0.25, 0.25)


def test_tiles_of_all_or_nothing_spread_from_0_to_1():
    low, high = spread_of(np.repeat([[0, 0], [HALF, HALF]], [300, 212], axis=0))
    assert low == pytest.approx(0, abs=1e-6)
    assert high == pytest.approx(1, abs=1e-6)


def test_pure_chance_within_tiles_leaves_almost_no_spread():
    halves = binomial(np.random.default_rng(8), np.full(512 * 64, 0.3))
    low, high = spread_of(halves)
    observed = np.quantile(halves.sum(axis=1) / TILE, [0.05, 0.95])
    assert high - low < 0.15 * (observed[1] - observed[0])


@pytest.mark.parametrize("scale", [0.3, 0.7, 1.2])
@pytest.mark.parametrize("centre", [-6.0, -4.0, -2.0, -1.0, 0.0, 3.0])
def test_spread_finds_the_points_of_logit_normal_probabilities(centre, scale):
    """Draws of p, then 64 runs each: the truth is known, the raw tiles are far too wide.

    The largest error over these 36 points is 0.0155, where a Beta is no logit-normal; with moments
    of 16,384 tiles the sampling error is below 0.003.
    """
    rng = np.random.default_rng(2023)
    probability = expit(centre + scale * rng.standard_normal(512 * 32))
    low, high = spread_of(binomial(rng, probability))
    true_low, true_high = expit(centre + scale * ndtri([0.05, 0.95]))
    assert low == pytest.approx(true_low, abs=0.02)
    assert high == pytest.approx(true_high, abs=0.02)


@pytest.mark.parametrize(("a", "b"), [(2.0, 6.0), (0.7, 20.0), (30.0, 30.0)])
def test_spread_of_beta_probabilities_is_found_to_sampling_error(a, b):
    rng = np.random.default_rng(17)
    probability = rng.beta(a, b, size=512 * 64)
    low, high = spread_of(binomial(rng, probability))
    assert [low, high] == pytest.approx(np.quantile(probability, [0.05, 0.95]), abs=0.004)


def test_spread_asks_nothing_of_the_noise_within_a_half():
    """Half the runs are even over the chance, as the kernel's are, so there is less noise."""
    rng = np.random.default_rng(18)
    probability = rng.beta(3.0, 5.0, size=512 * 64)
    even = np.floor(HALF / 2 * probability[:, None] + rng.random((512 * 64, 2))).astype(int)
    rest = rng.binomial(HALF // 2, np.stack([probability, probability], axis=1))
    low, high = spread_of(even + rest)
    assert [low, high] == pytest.approx(np.quantile(probability, [0.05, 0.95]), abs=0.004)
