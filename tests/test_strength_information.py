"""Information beyond the results: what each moves, against optimisers with explicit terms."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.optimize import minimize
from strength_builders import make_match, make_plan, season

from forecast.plan import Covariate, EarlierStages
from forecast.strength import fit, summarise
from forecast.strength.beliefs import kinship
from forecast.strength.informed import general_problem

TEAMS = 6


def a_season(rounds=4):
    row = np.random.default_rng(5).normal(scale=0.3, size=2 + 2 * TEAMS)
    return season(np.random.default_rng(6), teams=TEAMS, rounds=rounds, row=row)


VALUES = (0.0, 1.0, 2.0, 3.0, -1.0, 1.0)


def explicit_loss(point, matches, effect, prior):
    """Minus the log posterior of own strengths and a coefficient, written out."""
    row, slope = point[:-1], point[-1]
    x = np.array(VALUES) - np.mean(VALUES)
    attack, defence = row[2 : 2 + TEAMS] + slope * x, row[2 + TEAMS :] + slope * x
    loss = 0.5 * ((slope - effect.mean) / effect.sd) ** 2
    loss += 0.5 * ((row[1] - 0.2) / 0.2) ** 2
    loss += (
        0.5 * ((row[0] - np.log(1.2) + (prior.sd_attack**2 + prior.sd_defence**2) / 2) / 0.3) ** 2
    )
    joint = prior.correlation * prior.sd_attack * prior.sd_defence
    own = np.linalg.inv([[prior.sd_attack**2, joint], [joint, prior.sd_defence**2]])
    pairs = np.stack([row[2 : 2 + TEAMS], row[2 + TEAMS :]])
    loss += 0.5 * np.einsum("it,ij,jt->", pairs, own, pairs)
    for m in matches:
        logs = (
            row[0] + row[1] + attack[m.home] - defence[m.away],
            row[0] + attack[m.away] - defence[m.home],
        )
        loss += sum(
            np.exp(log) - k * log for log, k in zip(logs, (m.home_goals, m.away_goals), strict=True)
        )
    return loss


def test_a_covariate_is_a_coefficient_with_its_prior():
    from forecast.strength.nodes import prior_of  # noqa: PLC0415 (beside its one use)

    effect = Covariate("rating", VALUES, 0.1, 0.2)
    matches = a_season()
    problem = general_problem(make_plan(TEAMS, matches, covariates=(effect,)), matches)
    units = np.array([0.2, -0.3, 0.1])
    top = problem.top(units, problem.centre(units)).strengths
    arguments = (matches, effect, prior_of(units))
    found = minimize(explicit_loss, np.zeros(3 + 2 * TEAMS), args=arguments, method="BFGS").x
    x = np.array(VALUES) - np.mean(VALUES)
    assert top[:2] == pytest.approx(found[:2], abs=1e-4)
    assert top[2 : 2 + TEAMS] == pytest.approx(found[2 : 2 + TEAMS] + found[-1] * x, abs=1e-4)
    assert top[2 + TEAMS :] == pytest.approx(found[2 + TEAMS : -1] + found[-1] * x, abs=1e-4)


def test_before_the_first_match_a_covariate_orders_the_teams():
    plan = make_plan(TEAMS, covariates=(Covariate("rating", VALUES, 0.1, 0.05),))
    summary = summarise(fit(plan).posterior)
    x = np.array(VALUES) - np.mean(VALUES)
    assert summary.mean[2 : 2 + TEAMS] == pytest.approx(0.1 * x)
    assert summary.mean[2 + TEAMS :] == pytest.approx(0.1 * x)
    assert "only rating" in fit(plan).notes[0]


def test_teams_of_a_group_are_pulled_together():
    matches = [make_match(0, k, (6, 0), line=k + 1) for k in (2, 3, 4)] * 3
    groups = {"region": ("a", "a", "b", "b", "", "")}
    alone = summarise(fit(make_plan(TEAMS, matches)).posterior).mean
    shared = summarise(
        fit(make_plan(TEAMS, matches, columns=groups, groups=("region",))).posterior
    ).mean
    assert shared[3] > alone[3] + 0.05  # the fellow of the winner, without a result
    assert abs(shared[7] - alone[7]) < abs(shared[3] - alone[3])  # a team of no group


def test_kinship_is_the_share_of_columns_in_which_two_teams_agree():
    kin = kinship([("a", "a", "b", ""), ("x", "y", "x", "")])
    assert kin.tolist() == [
        [1.0, 0.5, 0.5, 0.0], [0.5, 1.0, 0.0, 0.0], [0.5, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0],
    ]  # fmt: skip


def test_a_result_of_one_half_life_counts_half():
    today = date(2023, 6, 1)
    matches = [replace(m, date=date(2023, 5, 2)) for m in a_season()]  # thirty days
    old = make_plan(TEAMS, matches * 2, half_life=30.0)
    new = make_plan(TEAMS, [replace(m, date=today) for m in matches], half_life=30.0)
    halved, once = (fit(replace(plan, as_of=today)).posterior for plan in (old, new))
    assert halved.mean == pytest.approx(once.mean, abs=1e-6)
    assert halved.factor == pytest.approx(once.factor, abs=1e-6)


def earlier(weight, goals=4):
    matches = ((0, TEAMS, goals, 0), (TEAMS, 0, 0, goals), (0, 1, goals, goals))
    return EarlierStages(("Old Boys",), matches, weight)


def test_earlier_results_move_those_who_played_them_and_have_an_intercept_of_their_own():
    plain, told = (
        summarise(fit(make_plan(TEAMS, a_season(), earlier=stages)).posterior).mean
        for stages in (None, earlier(1.0))
    )
    assert len(plain) == len(told) == 2 + 2 * TEAMS
    assert told[2] > plain[2] + 0.05
    high = summarise(fit(make_plan(TEAMS, a_season(), earlier=earlier(1.0, 15))).posterior).mean
    assert abs(high[0] - plain[0]) < 0.3


def test_a_weight_near_zero_says_nothing():
    plain, told = (
        fit(make_plan(TEAMS, a_season(), earlier=stages)).posterior
        for stages in (None, earlier(1e-9))
    )
    assert told.mean == pytest.approx(plain.mean, abs=1e-5)
    assert told.factor == pytest.approx(plain.factor, abs=1e-5)
