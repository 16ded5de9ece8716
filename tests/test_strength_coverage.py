"""Do 90 % intervals hold the truth in 90 of 100 cases? Seasons drawn from the model's own priors.

Truths are drawn from the prior with its hyperparameters, so an exact posterior would cover at
exactly its nominal rate. Sixteen clubs, a hundred seasons, and nothing of the fit's own code in the
truth; `benchmarks.calibration` judges more, with fifty. The clubs of a season share a fit: the
standard error is taken over seasons. z = 5.3 is a chance of 1e-7 for each check (normal) and below
1e-6 with 100 seasons (Student); 0.01 more is granted to the normal approximation of the posterior.
"""

import numpy as np
import pytest
from strength_builders import make_plan, season

from forecast.strength import fit, summarise
from forecast.strength.nodes import prior_of

HALF_WIDTH = 1.6448536269514722
"""Of a 90 % interval, in standard deviations."""

LAPLACE = 0.01


def truth_and_summary(rng, *, teams, rounds):
    prior = prior_of(rng.standard_normal(3))
    attack, other = rng.standard_normal((2, teams))
    rho = prior.correlation
    defence = prior.sd_defence * (rho * attack + np.sqrt(1.0 - rho**2) * other)
    shared = prior.centre(teams)[:2] + np.array([0.3, 0.2]) * rng.standard_normal(2)
    row = np.concatenate([shared, prior.sd_attack * attack, defence])
    matches = season(rng, teams=teams, rounds=rounds, row=row)
    return row, summarise(fit(make_plan(teams, matches)).posterior)


def seasons(number, *, teams, rounds, seed):
    rng = np.random.default_rng(seed)
    return [truth_and_summary(rng, teams=teams, rounds=rounds) for _ in range(number)]


def coverage(pairs, *, shrink=1.0, swap=False):
    """Share of strengths inside, season by season."""
    inside = []
    for row, summary in pairs:
        half = len(row) // 2 - 1
        order = np.r_[0, 1, 2 + half : 2 + 2 * half, 2 : 2 + half] if swap else np.arange(len(row))
        distance = np.abs(row - summary.mean[order]) / (shrink * summary.sd[order])
        inside.append((distance < HALF_WIDTH).mean())
    return np.array(inside)


def holds(shares):
    error = shares.std(ddof=1) / np.sqrt(len(shares))
    return abs(shares.mean() - 0.9) < 5.3 * error + LAPLACE


@pytest.fixture(scope="module")
def quick():
    return seasons(100, teams=16, rounds=6, seed=20)


def test_ninety_percent_intervals_cover_the_truth(quick):
    assert holds(coverage(quick))


def test_the_same_check_catches_halved_spreads(quick):
    assert not holds(coverage(quick, shrink=0.5))


def test_the_same_check_catches_a_quarter_too_little_spread(quick):
    assert not holds(coverage(quick, shrink=0.75))


def test_the_same_check_catches_swapped_attack_and_defence(quick):
    assert not holds(coverage(quick, swap=True))
