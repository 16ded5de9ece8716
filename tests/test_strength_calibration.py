"""The calibration in short: the truth is nowhere special among the draws, and the check can tell.

The same seasons are judged with right and with wrong fits. `benchmarks.calibration` is the long
version; the bounds, and the chance of 1e-6 of a false alarm, are those of `calibration_checks`.
"""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from scipy import stats

from benchmarks import calibration_checks as checks
from benchmarks.calibration_seasons import (
    Observation,
    chances,
    fitted,
    ranked,
    shape,
    simulated,
)
from benchmarks.calibration_spread import points_of_a_normal
from forecast.strength import mixture

SEASONS = 20


@pytest.fixture(scope="module")
def seasons():
    """Seasons, each with the posteriors of the fit."""
    plan = shape("poisson")
    drawn = [simulated(plan, rng_seed=11, season=season) for season in range(SEASONS)]
    return [(one, {name: fitted(then) for name, then in one.plans.items()}) for one in drawn]


def halved(posterior):
    return replace(posterior, factor=posterior.factor / 2.0)


def home_and_away_swapped(plan):
    matches = tuple(
        replace(m, home=m.away, away=m.home, home_goals=m.away_goals, away_goals=m.home_goals)
        for m in plan.matches
    )
    return replace(plan, matches=matches)


def failures(seen):
    return {(one.subject, one.measure) for one in checks.check(seen) if not one.holds}


def ranks_as_of(name, season, posterior):
    return Observation(ranked(season, {name: posterior}), {})


def test_strengths_and_chances_are_as_uncertain_as_they_say(seasons):
    seen = [
        Observation(ranked(season, fits), chances(season, fits["half"])) for season, fits in seasons
    ]
    assert len(checks.check(seen)) == 134
    assert not failures(seen)


def test_the_same_check_catches_halved_spreads(seasons):
    found = failures(
        [ranks_as_of("half", season, halved(fits["half"])) for season, fits in seasons]
    )
    assert {("half: attack", "inside 90 %"), ("half: defence", "inside 50 %")} <= found


def test_the_same_check_catches_strengths_that_are_taken_for_known(seasons):
    def frozen(posterior):
        return replace(posterior, factor=np.zeros_like(posterior.factor))

    found = failures(
        [Observation({}, chances(season, frozen(fits["half"]))) for season, fits in seasons]
    )
    assert ("qualified: low to high", "inside") in found


def test_the_same_check_catches_home_and_away_swapped(seasons):
    found = failures(
        [
            ranks_as_of("whole", season, fitted(home_and_away_swapped(season.plans["whole"])))
            for season, _ in seasons
        ]
    )
    assert ("whole: home_advantage", "inside 90 %") in found


@pytest.mark.slow
def test_the_check_catches_the_top_in_place_of_the_mean(monkeypatch):
    plan = shape("poisson")
    many = [simulated(plan, rng_seed=12, season=season) for season in range(200)]

    def found():
        return failures([ranks_as_of("whole", one, fitted(one.plans["whole"])) for one in many])

    assert not found()
    monkeypatch.setattr(mixture, "_skewness", lambda *_: 0.0)
    assert ("whole: intercept", "mean rank") in found()


@pytest.mark.parametrize(("centre", "scale"), [(-2.0, 0.5), (0.3, 1.0), (1.5, 0.1)])
def test_the_points_of_a_normal_are_found_from_its_two_moments(centre, scale):
    """The moments come from a quadrature, the points from the definition."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    p = stats.norm.cdf(centre + scale * nodes)
    mean, square = (weights @ p**power / weights.sum() for power in (1, 2))
    found = points_of_a_normal(np.array([mean]), np.array([square]))
    expected = stats.norm.cdf(centre + scale * stats.norm.ppf([0.05, 0.95]))
    assert np.ravel(found) == pytest.approx(expected, abs=1e-7)


def test_the_bound_of_rare_events_is_kept_by_the_binomial_that_it_is_for():
    reach = checks.bennett(400 * 0.05 * 0.95, 1.0, 1e-6)
    assert stats.binom.sf(20 + reach, 400, 0.05) < 1e-6
    assert stats.binom.sf(20 + reach / 2, 400, 0.05) > 1e-6


def test_the_bound_of_evenness_is_kept_by_shares_of_two_bins():
    """The chance of each split is a binomial, so the tail of the entropy is an exact sum."""
    seasons, level = 50, 1e-6
    split = np.arange(seasons + 1)
    each = np.array([checks.entropy(np.array([k, seasons - k]) / seasons) for k in split])
    beyond = seasons * each > checks.most_entropy(1, level)
    assert 1e-10 < stats.binom.pmf(split, seasons, 0.5)[beyond].sum() < level
    assert checks.entropy(np.array([1.0, 0.0])) == pytest.approx(log(2.0))
