"""The fit by sides against its definition, the same fit on dense matrices."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from strength_builders import make_match, make_plan, season

from forecast.plan import Covariate, EarlierStages
from forecast.strength import fit, fitting
from forecast.strength.general import General
from forecast.strength.informed import general_problem
from forecast.strength.sides import Sides, by_sides

TEAMS = 20

CLOSE = 1e-8
"""Newton's last step leaves 1e-9 standard deviations, and the dense fit takes a difference for the
skewness."""

RATING = Covariate("rating", tuple(np.linspace(-1.0, 2.0, TEAMS)), 0.1, 0.2)
EARLIER = EarlierStages(
    ("Old Boys", "Rovers"), ((0, TEAMS, 2, 1), (TEAMS, TEAMS + 1, 0, 0), (1, 2, 1, 4)), 0.5
)
REGIONS = {
    "columns": {"region": (*("abcd" * TEAMS)[: TEAMS - 1], "")},
    "groups": ("region",),
}


def some_matches():
    row = np.random.default_rng(5).normal(scale=0.3, size=2 + 2 * TEAMS)
    matches = season(np.random.default_rng(6), teams=TEAMS, rounds=1, row=row)
    first = date(2023, 5, 1)
    return [replace(m, date=first + timedelta(days=3 * k)) for k, m in enumerate(matches)]


def dense_fit(plan, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(fitting, "by_sides", lambda problem: problem)
        return fit(plan)


def assert_same(one, other):
    assert one.posterior.weights == pytest.approx(other.posterior.weights, abs=CLOSE)
    assert one.posterior.mean == pytest.approx(other.posterior.mean, abs=CLOSE)
    assert one.posterior.factor == pytest.approx(other.posterior.factor, abs=CLOSE)


@pytest.mark.parametrize(
    "beyond",
    [
        {"covariates": (RATING,)},
        {"covariates": (RATING, replace(RATING, mean=-0.1, values=RATING.values[::-1]))},
        {"earlier": EARLIER},
        {"half_life": 10.0},
        REGIONS,
        {**REGIONS, "covariates": (RATING,), "earlier": EARLIER, "half_life": 10.0},
    ],
    ids=["covariate", "two covariates", "earlier results", "half-life", "groups", "all"],
)
def test_the_posterior_is_that_of_the_dense_fit(beyond, monkeypatch):
    plan = make_plan(TEAMS, some_matches(), **beyond)
    assert isinstance(by_sides(general_problem(plan, plan.matches)), Sides)
    assert_same(fit(plan), dense_fit(plan, monkeypatch))


@pytest.mark.parametrize("score", [(0, 0), (99, 0), (99, 99)])
def test_absurd_scores_come_to_the_same_strengths(score, monkeypatch):
    plan = make_plan(TEAMS, [make_match(0, 1, score), make_match(2, 3, (1, 0))], earlier=EARLIER)
    assert_same(fit(plan), dense_fit(plan, monkeypatch))


def test_matches_without_weight_say_nothing(monkeypatch):
    plan = make_plan(TEAMS, some_matches(), half_life=0.001)
    assert_same(fit(plan), dense_fit(plan, monkeypatch))


@pytest.mark.parametrize("start", [-700.0, 30.0, 300.0, 800.0])
def test_a_start_far_away_ends_at_the_same_top(start):
    plan = make_plan(TEAMS, some_matches(), covariates=(RATING,))
    problem = by_sides(general_problem(plan, plan.matches))
    units = np.array([0.2, -0.3, 0.1])
    near = problem.top(units, problem.centre(units))
    far = problem.top(units, np.full_like(near.strengths, start))
    assert far.strengths == pytest.approx(near.strengths, abs=CLOSE)
    # the curvature is that before the last step, up to 3e-5 standard deviations away
    assert far.log_marginal == pytest.approx(near.log_marginal, abs=1e-4)


def test_many_results_and_other_goal_models_stay_dense():
    often = make_plan(TEAMS, some_matches() * 4, covariates=(RATING,))
    shaped = make_plan(TEAMS, some_matches(), model="negative_binomial")
    for plan in (often, shaped, make_plan(TEAMS, covariates=(RATING,))):
        assert isinstance(by_sides(general_problem(plan, plan.matches)), General)
