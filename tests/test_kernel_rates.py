"""From rates to integers: e^x, thresholds of goals and ties, and Poisson numbers, each alone."""

import math
from fractions import Fraction

import numpy as np
import pytest
import twin_stream
from compiled import exponential, goals_of, may_be_capped, team_factors
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from forecast.arrays import CHART_STEPS, MAX_RATE, TILE
from forecast.jit import jit
from forecast.kernel import chart, extra_time, rates
from forecast.kernel.types import Factors
from forecast.kernel.words import FOR_SIDES
from forecast.lowering.bracket import tie_chances

RATES = st.one_of(st.floats(1e-6, MAX_RATE), st.sampled_from((1e-6, 1e-3, 1.3, 5.0, MAX_RATE)))
KEYS = st.integers(0, 2**64 - 1)
TERMS = twin_stream.SERIES_TERMS
FEW_ULPS = 4 * 2.0**-53


@given(st.floats(-699.0, 699.0))
def test_exponential_is_exact_to_a_few_units_in_the_last_place(x):
    assert math.isclose(exponential(x), math.exp(x), rel_tol=FEW_ULPS)


def test_exponential_has_the_same_bits_in_a_loop_and_alone():
    x = np.random.default_rng(1).uniform(-50, 5, 64)
    scoring, conceding = np.empty(64), np.empty(64)
    row = np.concatenate([[0.0, x[0]], x, -x])
    home = team_factors(row, scoring, conceding)
    alone = [exponential(value) for value in x]
    assert home == alone[0]
    assert scoring.tolist() == alone
    assert conceding.tolist() == alone


def thresholds(key, rate):
    live = np.zeros(rates.MAX_THRESHOLDS, int)
    of_side = twin_stream.goal_thresholds(key, [rate])[0]
    live[: len(of_side)] = of_side
    return live


@given(KEYS, RATES)
def test_thresholds_fall_from_at_most_256_to_0(key, rate):
    of_side = thresholds(key, rate)
    assert of_side[0] <= 256
    assert (np.diff(of_side) <= 0).all()
    assert of_side[-1] == 0


def test_goals_of_a_side_and_common_ones_fit_a_byte_at_the_highest_rate():
    # a threshold is above 0 for some uniform if 256 P(goals >= k) is at least 2^-32
    assert 2 * (poisson.isf(2.0**-40, MAX_RATE) + 1) <= 255


@given(KEYS, RATES)
def test_a_threshold_is_256_times_survival_rounded_by_its_uniform(key, rate):
    uniform = (twin_stream.word(key, twin_stream.SIDES, 0) >> 32) * 2.0**-32
    exact = 256 * poisson.sf(np.arange(rates.MAX_THRESHOLDS), rate) + uniform
    kernel = thresholds(key, rate)
    away = np.abs(exact - np.round(exact)) > 1e-10
    assert (kernel[away] == np.floor(exact[away])).all()
    assert (np.abs(kernel - exact) <= 1 + 1e-10).all()


def uniform_key(rate, goals, above):
    """Return a key whose uniform lies just above or below where a threshold steps up."""
    step = 1 - math.modf(256 * poisson.sf(goals - 1, rate))[0]
    wanted = math.floor(step * 2**32) + (3 if above else -3)
    if not 0 <= wanted < 2**32:
        return None
    high = wanted << 32
    return (unmix(high) - (int(FOR_SIDES) * 2**56 + 1) * twin_stream.GAMMA) % 2**64


def unmix(value):
    """Return what `mix` maps to a value: its steps undone in reverse."""
    value ^= (value >> 31) ^ (value >> 62)
    value = (value * pow(0x94D049BB133111EB, -1, 2**64)) % 2**64
    value ^= (value >> 27) ^ (value >> 54)
    value = (value * pow(0xBF58476D1CE4E5B9, -1, 2**64)) % 2**64
    return value ^ (value >> 30) ^ (value >> 60)


@given(KEYS)
def test_unmix_undoes_mix(value):
    assert unmix(twin_stream.mix(value)) == value


@given(st.floats(0.01, MAX_RATE), st.integers(1, 60))
def test_the_chance_of_so_many_goals_is_exact_to_2_to_the_minus_32(rate, goals):
    """Around the one uniform where `floor(256 S + u)` steps up, its mean over u is S."""
    low, high = uniform_key(rate, goals, above=False), uniform_key(rate, goals, above=True)
    if low is not None and high is not None:
        assert thresholds(high, rate)[goals - 1] == thresholds(low, rate)[goals - 1] + 1


def exact_chance(first, second, level):
    """Return P(X > Y) + level P(X = Y) in rational arithmetic, from correctly rounded weights."""
    most = int(max(first, second) + 12 * math.sqrt(max(first, second)) + 30)
    own = [Fraction(1)]
    rival = [Fraction(1)]
    for k in range(1, most):
        own.append(own[-1] * Fraction(first) / k)
        rival.append(rival[-1] * Fraction(second) / k)
    below = chance = Fraction(0)
    for x, y in zip(own, rival, strict=True):
        chance += x * (below + Fraction(level) * y)
        below += y
    return float(chance / (sum(own) * sum(rival)))


@pytest.mark.parametrize("first", [1e-6, 0.02, 0.7, 1.3, 2.6, 7.9, 21.0, 40.0, 80.0])
@pytest.mark.parametrize("second", [1e-6, 0.3, 1.3, 2.9, 40.0, 80.0])
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_the_chance_of_a_tie_is_exact_to_2_to_the_minus_32(first, second, level):
    chance = twin_stream.tie_chance(first, second, level)
    assert abs(chance - exact_chance(first, second, level) * 2**32) <= 0.5 + 2**-6


@given(RATES, RATES)
def test_the_chances_of_both_sides_of_a_tie_add_up_to_one(first, second):
    chance = twin_stream.tie_chance(first, second, 0.5)
    assert abs(chance + twin_stream.tie_chance(second, first, 0.5) - 2**32) <= 2


@jit
def read_chart(corners, part, roots, cells, chance):
    chart.read_chart(corners, part, roots, cells, chance)


@pytest.mark.parametrize(("part", "level"), [(chart.HALF, 0.5), (chart.STRICT, 0.0)])
@pytest.mark.parametrize("highest", [2.0, 20.0, math.sqrt(2 * MAX_RATE) * CHART_STEPS])
def test_the_chart_is_never_wrong_by_its_margin(part, level, highest):
    """The worst found is 0.00032 where level ties do not count, otherwise 0.00018."""
    corners, rng = tie_chances()[1], np.random.default_rng(1)
    worst = 0.0
    for _ in range(100):
        roots = rng.uniform(0, highest, (2, TILE)).astype(np.float32)
        roots[0, 0] = highest
        roots[1, :2] = 0.0
        roots[:, 2:32] = (np.floor(roots[:, 2:32]) + 0.5).astype(np.float32)
        rate = (roots.astype(float) / CHART_STEPS) ** 2
        read = np.empty(TILE, np.float32)
        read_chart(corners, part, roots.ravel(), np.empty(2 * TILE, np.uint32), read)
        exact = [twin_stream.tie_chance(*rate[:, k], level) * 2.0**-32 for k in range(TILE)]
        worst = max(worst, np.abs(read - exact).max())
    assert worst < 0.8 * chart.CHART_MARGIN[part]


@jit
def read_extra_time(corners, roots, extra_roots, cells, rows):
    chart.read_chart(corners, chart.HALF, extra_roots, cells, rows[0])
    extra_time.add_extra_time(corners, roots, cells, rows[0], rows[1], rows[2])


@pytest.mark.parametrize("highest", [2.0, 20.0, math.sqrt(2 * MAX_RATE) * CHART_STEPS])
def test_the_chart_with_extra_time_is_never_wrong_by_its_margin(highest):
    """The worst found is 0.00031; were all charts at their worst at once, it would be 0.00086."""
    corners, rng = tie_chances()[1], np.random.default_rng(1)
    worst = 0.0
    for _ in range(100):
        both = rng.uniform(0, highest, (2, 2, TILE)).astype(np.float32)
        both[1, 0, 0] = both[0, 0, 0] = highest
        both[0, 1, :2] = both[1, 1, :2] = 0.0
        both[:, :, 2:32] = (np.floor(both[:, :, 2:32]) + 0.5).astype(np.float32)
        rate, extra_rate = (both.astype(float) / CHART_STEPS) ** 2
        rows = np.empty((3, TILE), np.float32)
        flat = both.reshape(2, -1)
        read_extra_time(corners, *flat, np.empty(2 * TILE, np.uint32), rows)
        exact = [
            twin_stream.exact_chance(*rate[:, k], twin_stream.exact_chance(*extra_rate[:, k], 0.5))
            for k in range(TILE)
        ]
        worst = max(worst, np.abs(rows[2] - exact).max())
    assert worst < 0.8 * chart.EXTRA_MARGIN


@given(RATES, st.integers(0, 2**64 - 1))
def test_a_poisson_number_is_the_quantile_of_its_word(rate, random):
    chance = (random >> 11) * 2.0**-53
    goals = goals_of(rate, 0.0, np.uint64(random))
    assert poisson.cdf(goals - 1, rate) <= chance * (1 + 1e-12) + 1e-14
    assert chance < poisson.cdf(goals, rate) + 1e-14


@pytest.mark.parametrize("best", [0, 1, 2])
@pytest.mark.parametrize("worst", [0, 1, 2])
@pytest.mark.parametrize("home", [0.8, 1.25])
def test_a_rate_counts_as_held_only_if_two_different_teams_could_have_it(best, worst, home):
    scoring, conceding = np.full(3, 1.0), np.full(3, 1.0)
    scoring[best], conceding[worst] = 8.0, 6.0
    factors = Factors(scoring, conceding, home, np.zeros(3, np.uint64), 0, 0.0)
    assert may_be_capped(factors) == (best != worst)  # else 8 * 1.25 at most
