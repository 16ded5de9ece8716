"""The Markov chain that judges the fit, against an integral that anyone can do."""

from dataclasses import replace

import numpy as np
from strength_builders import make_match, make_plan

from benchmarks.calibration_chain import sample
from forecast.strength import fit
from forecast.strength.informed import general_problem

TEAMS = 3
MATCHES = [make_match(0, 1, (4, 0)), make_match(1, 2, (1, 1))]


def exact_means(matches):
    """Truths from the priors in plain numpy, weighted by the chance of the scores under each.

    The effective number is 65,000, so the means are good to 0.004 standard deviations.
    """
    rng = np.random.default_rng(4)
    number = 200_000
    scale = 0.35 * np.exp(0.3 * rng.standard_normal((2, number, 1)))
    rho = np.tanh(0.5 + 0.5 * rng.standard_normal((number, 1)))
    attack, other = rng.standard_normal((2, number, TEAMS))
    defence = scale[1] * (rho * attack + np.sqrt(1.0 - rho**2) * other)
    attack = scale[0] * attack
    mean_rate = np.log(1.2) + 0.3 * rng.standard_normal(number)
    intercept = mean_rate - 0.5 * (scale**2).sum(axis=0)[:, 0]
    home_advantage = 0.2 + 0.2 * rng.standard_normal(number)
    log_chance = np.zeros(number)
    for match in matches:
        home = intercept + home_advantage + attack[:, match.home] - defence[:, match.away]
        away = intercept + attack[:, match.away] - defence[:, match.home]
        log_chance += match.home_goals * home - np.exp(home)
        log_chance += match.away_goals * away - np.exp(away)
    chance = np.exp(log_chance)
    return chance @ np.column_stack([intercept, home_advantage, attack, defence]) / chance.sum()


def test_the_chain_finds_the_exact_means_and_not_those_of_another_score():
    """Eight means within six errors, Student with 19 degrees: a chance of 7e-5, the seed fixed."""
    problem = general_problem(make_plan(TEAMS, MATCHES), MATCHES)
    start = fit(make_plan(TEAMS, MATCHES)).posterior
    chain = sample(problem, start, rng_seed=1, draws=400)
    allowed = 6.0 * chain.error() + 0.01
    assert allowed.max() < 0.6

    def distance(matches):
        return np.abs(chain.rows.mean(axis=0) - exact_means(matches)) / chain.rows.std(axis=0)

    assert (distance(MATCHES) < allowed).all()
    swapped = [replace(MATCHES[0], home_goals=0, away_goals=4), MATCHES[1]]
    assert (distance(swapped) > allowed).any()
