"""Probabilities of single matches, against sums written out."""

import numpy as np
import pytest
from scipy.special import pdtr

from forecast.strength import expected


def brute_force(rate_home, rate_away, most=60):
    """Average over draws the probability of every score up to `most` goals, one by one."""
    scores = np.zeros((most + 1, most + 1))
    for one, other in zip(rate_home, rate_away, strict=True):
        home, away = (
            np.diff(pdtr(np.arange(most + 1), rate), prepend=0.0) for rate in (one, other)
        )
        for i in range(most + 1):
            for j in range(most + 1):
                scores[i, j] += home[i] * away[j] / len(rate_home)
    return scores


@pytest.mark.parametrize("neutral", [False, True])
@pytest.mark.parametrize("spread", [0.0, 0.3, 1.0])
def test_probabilities_equal_the_sum_over_scores(neutral, spread):
    draws = np.random.default_rng(4).normal(scale=spread, size=(5, 8)).clip(-1.0, 0.9)
    draws[:, 1] += 0.25
    found = expected(draws, home=np.array([2]), away=np.array([0]), neutral=np.array([neutral]))
    advantage = 0.0 if neutral else draws[:, 1]
    rate_home = np.exp(draws[:, 0] + advantage + draws[:, 4] - draws[:, 5])
    rate_away = np.exp(draws[:, 0] + draws[:, 2] - draws[:, 7])
    scores = brute_force(rate_home, rate_away)
    p_home = sum(scores[i, j] for i in range(61) for j in range(61) if i > j)
    p_draw = sum(scores[i, i] for i in range(61))
    assert found.rate_home[0] == pytest.approx(rate_home.mean(), rel=1e-12)
    assert found.rate_away[0] == pytest.approx(rate_away.mean(), rel=1e-12)
    assert found.p_home[0] == pytest.approx(p_home, abs=1e-11)
    assert found.p_draw[0] == pytest.approx(p_draw, abs=1e-11)
    assert found.p_home[0] + found.p_draw[0] + found.p_away[0] == pytest.approx(1.0, abs=2e-12)
    likeliest = np.unravel_index(np.argmax(scores), scores.shape)
    assert (found.likeliest_home[0], found.likeliest_away[0]) == likeliest


@pytest.mark.parametrize("log_rate", [-40.0, -5.0, 0.0, 2.0, 4.0, 5.7, 9.0, 1000.0])
def test_no_rate_loses_mass(log_rate):
    row = np.array([[log_rate, 0.0, 0.0, 0.0, 0.0, 0.0]])
    with np.errstate(over="raise", invalid="raise"):
        found = expected(row, home=np.array([0]), away=np.array([1]), neutral=np.array([True]))
    assert found.p_home[0] + found.p_draw[0] + found.p_away[0] == pytest.approx(1.0, abs=3e-12)
    assert found.p_home[0] == pytest.approx(found.p_away[0], abs=1e-12)


def test_matches_keep_their_order_and_the_average_is_over_draws():
    draws = np.random.default_rng(9).normal(scale=0.4, size=(64, 2 + 2 * 5))
    home, away = np.array([0, 3, 4]), np.array([1, 2, 0])
    neutral = np.array([False, True, False])
    together = expected(draws, home=home, away=away, neutral=neutral)
    for k in range(3):
        one = slice(k, k + 1)
        alone = [
            expected(row[np.newaxis], home=home[one], away=away[one], neutral=neutral[one])
            for row in draws
        ]
        assert together.p_away[k] == pytest.approx(np.mean([m.p_away[0] for m in alone]))


def test_no_match_gives_empty_arrays():
    nothing = np.zeros(0, dtype=np.int64)
    found = expected(np.zeros((3, 6)), home=nothing, away=nothing, neutral=nothing.astype(bool))
    assert found.p_home.shape == found.likeliest_away.shape == (0,)
