"""One node of the fit, against independently written densities, optimisers and integrals."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize
from scipy.stats import multivariate_normal, poisson
from strength_builders import make_match, make_plan, season

from forecast.errors import ModelError
from forecast.strength import fit, laplace, nodes
from forecast.strength.laplace import Prior, Results, curvature, find_top
from forecast.strength.mixture import spread_around
from forecast.strength.triangular import covariance_factor

TEAMS = 6
PRIOR = Prior(sd_attack=0.4, sd_defence=0.3, correlation=0.35)


def known_matches():
    row = np.random.default_rng(5).normal(scale=0.3, size=2 + 2 * TEAMS)
    matches = season(np.random.default_rng(6), teams=TEAMS, rounds=4, row=row)
    return [*matches, make_match(0, 3, (4, 1), neutral=True)]


def prior_covariance(teams, prior):
    covariance = np.diag([0.3**2, 0.2**2] + [prior.sd_attack**2] * teams + [0.0] * teams)
    for team in range(teams):
        attack, defence = 2 + team, 2 + teams + team
        covariance[defence, defence] = prior.sd_defence**2
        joint = prior.correlation * prior.sd_attack * prior.sd_defence
        covariance[attack, defence] = covariance[defence, attack] = joint
    return covariance


def prior_centre(teams, prior):
    """An away side scores 1.2 goals on average over the teams: a log-normal mean."""
    intercept = np.log(1.2) - (prior.sd_attack**2 + prior.sd_defence**2) / 2.0
    return np.array([intercept, 0.2] + [0.0] * (2 * teams))


def side_rates(row, match, teams):
    attack, defence = row[2 : 2 + teams], row[2 + teams :]
    advantage = 0.0 if match.neutral else row[1]
    return (
        np.exp(row[0] + advantage + attack[match.home] - defence[match.away]),
        np.exp(row[0] + attack[match.away] - defence[match.home]),
    )


def minus_log_posterior(row, matches, teams, prior):
    """Written from the model's description, with none of the code under test."""
    density = multivariate_normal(prior_centre(teams, prior), prior_covariance(teams, prior))
    total = density.logpdf(row)
    for match in matches:
        home, away = side_rates(row, match, teams)
        total += match.home_goals * np.log(home) - home + match.away_goals * np.log(away) - away
    return -total


def slope_of(row, matches, teams, prior):
    """The gradient of the same, match by match."""
    slope = np.linalg.solve(prior_covariance(teams, prior), row - prior_centre(teams, prior))
    for match in matches:
        home, away = side_rates(row, match, teams)
        over_home, over_away = home - match.home_goals, away - match.away_goals
        slope[0] += over_home + over_away
        slope[1] += 0.0 if match.neutral else over_home
        slope[2 + match.home] += over_home
        slope[2 + match.away] += over_away
        slope[2 + teams + match.away] -= over_home
        slope[2 + teams + match.home] -= over_away
    return slope


@pytest.fixture(scope="module")
def fitted():
    matches = known_matches()
    results = Results.of(matches, teams=TEAMS)
    return matches, results, find_top(results, PRIOR, PRIOR.centre(TEAMS))


def test_the_gradient_in_this_file_is_that_of_its_density():
    row = np.random.default_rng(1).normal(scale=0.2, size=2 + 2 * TEAMS)
    matches = known_matches()
    numeric = approx_fprime(row, minus_log_posterior, 1e-6, matches, TEAMS, PRIOR)
    assert slope_of(row, matches, TEAMS, PRIOR) == pytest.approx(numeric, abs=1e-3)


def test_the_top_is_the_optimum_of_an_independent_optimiser(fitted):
    matches, _, top = fitted
    found = minimize(
        minus_log_posterior,
        prior_centre(TEAMS, PRIOR),
        args=(matches, TEAMS, PRIOR),
        jac=slope_of,
        method="BFGS",
        options={"gtol": 1e-7},
    )
    assert top.strengths == pytest.approx(found.x, abs=1e-6)


def test_the_top_does_not_depend_on_the_start(fitted):
    _, results, top = fitted
    far = np.random.default_rng(2).normal(scale=3.0, size=2 + 2 * TEAMS)
    assert find_top(results, PRIOR, far).strengths == pytest.approx(top.strengths, abs=1e-7)


def numeric_hessian(row, matches):
    columns = [
        slope_of(row + arm, matches, TEAMS, PRIOR) - slope_of(row - arm, matches, TEAMS, PRIOR)
        for arm in 1e-5 * np.eye(len(row))
    ]
    return np.array(columns) / 2e-5


def test_the_factor_is_the_cholesky_factor_of_the_inverse_hessian(fitted):
    matches, results, top = fitted
    size = 2 + 2 * TEAMS
    factor = np.zeros((size, size))
    curvature(results, PRIOR, top.strengths).write_factor(out=factor)
    covariance = np.linalg.inv(numeric_hessian(top.strengths, matches))
    assert factor @ factor.T == pytest.approx(covariance, abs=1e-8)
    assert factor == pytest.approx(np.linalg.cholesky(covariance), abs=1e-8)
    assert np.array_equal(factor, np.tril(factor))


def test_the_variances_of_the_sides_are_those_of_the_dense_product(fitted):
    matches, results, _ = fitted
    square = np.random.default_rng(7).normal(size=(2 + 2 * TEAMS, 2 + 2 * TEAMS))
    covariance = square @ square.T
    variances = results.variances(covariance)
    for k, match in enumerate(matches):
        side = np.zeros(2 + 2 * TEAMS)
        side[[0, 1, 2 + match.home]] = 1.0, 0.0 if match.neutral else 1.0, 1.0
        side[2 + TEAMS + match.away] = -1.0
        assert variances[k] == pytest.approx(side @ covariance @ side)


def test_the_curvature_solves_and_measures_like_the_dense_matrix(fitted):
    matches, results, top = fitted
    hessian = numeric_hessian(top.strengths, matches)
    precision = curvature(results, PRIOR, top.strengths)
    right = np.random.default_rng(3).normal(size=len(hessian))
    assert precision.solve(right) == pytest.approx(np.linalg.solve(hessian, right), abs=1e-7)
    assert precision.log_determinant() == pytest.approx(np.linalg.slogdet(hessian)[1], abs=1e-7)


@pytest.mark.parametrize("size", [1, 2, 7, 60])
def test_our_factor_equals_lapack(size):
    square = np.random.default_rng(size).normal(size=(size, size))
    precision = square @ square.T + size * np.eye(size)
    expected = np.linalg.cholesky(np.linalg.inv(precision))
    assert np.abs(covariance_factor(precision) - expected).max() < 1e-10


SIDES = np.array([[1, 1, 1, 0, 0, -1], [1, 0, 0, 1, -1, 0]], dtype=float)
"""Log-rates of the home and the away side in a row of strengths of two teams."""


def exact_posterior(score, times, prior):
    """Integrate over the two log-rates of one pair, which are jointly normal, on a grid.

    Return the log marginal likelihood and the mean of the log-rates.
    """
    centre = SIDES @ prior_centre(2, prior)
    spread = SIDES @ prior_covariance(2, prior) @ SIDES.T
    steps = [np.linspace(-7, 7, 1201) * np.sqrt(spread[k, k]) + centre[k] for k in (0, 1)]
    grid = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1)
    logs = multivariate_normal(centre, spread).logpdf(grid)
    for side in (0, 1):
        logs += times * (score[side] * grid[..., side] - np.exp(grid[..., side]))
    area = np.prod([step[1] - step[0] for step in steps])
    density = np.exp(logs - logs.max())
    mean = np.tensordot(density, grid) / density.sum()
    return np.log(density.sum() * area) + logs.max(), mean


@pytest.mark.parametrize(
    ("times", "error"),
    [(1, 0.02), (20, 0.006), (400, 0.0004)],
    ids=["one match", "twenty", "four hundred"],
)
@pytest.mark.parametrize("prior", [PRIOR, Prior(0.9, 0.7, -0.3), Prior(0.1, 0.2, 0.0)])
def test_the_marginal_likelihood_nears_the_exact_integral(times, error, prior):
    results = Results.of([make_match(0, 1, (2, 1))] * times, teams=2)
    approximate = find_top(results, prior, prior.centre(2)).log_marginal
    assert approximate == pytest.approx(exact_posterior((2, 1), times, prior)[0], abs=error)


@pytest.mark.parametrize("score", [(2, 1), (0, 0), (5, 0)])
@pytest.mark.parametrize("prior", [PRIOR, Prior(0.9, 0.7, -0.3), Prior(0.1, 0.2, 0.0)])
def test_the_mean_is_the_exact_one_and_not_the_top(score, prior):
    results = Results.of([make_match(0, 1, score)], teams=2)
    top = find_top(results, prior, prior.centre(2)).strengths
    one_node = nodes.Nodes((prior,), np.ones(1), (top,))
    mean = spread_around(results, one_node, first_half_share=0.5).mean[0]
    exact = exact_posterior(score, 1, prior)[1]
    error, error_of_top = (np.abs(SIDES @ row - exact).max() for row in (mean, top))
    assert error < 0.25 * error_of_top


def test_the_nodes_integrate_the_hyperparameters_like_a_dense_grid():
    results = Results.of(known_matches(), teams=TEAMS)
    axis = np.linspace(-3.5, 3.5, 9)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    start = PRIOR.centre(TEAMS)
    logs = np.array([nodes._evaluate(nodes.Plain(results), units, start)[0] for units in grid])
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    found = nodes.explore(nodes.Plain(results))
    logs_of_scales = [np.log([p.sd_attack, p.sd_defence]) for p in found.priors]
    units = np.empty((len(found.priors), 3))
    units[:, :2] = (np.array(logs_of_scales) - np.log(0.35)) / 0.3
    units[:, 2] = (np.arctanh([p.correlation for p in found.priors]) - 0.5) / 0.5
    mean = weights @ grid
    assert found.weights @ units == pytest.approx(mean, abs=0.03)
    second = found.weights @ (units - mean) ** 2
    assert second == pytest.approx(weights @ (grid - mean) ** 2, rel=0.06)


@pytest.mark.parametrize(("teams", "degree"), [(300, 5), (301, 3)])
def test_the_design_integrates_polynomials_exactly(teams, degree):
    points, weights = nodes.design(teams)
    assert len(weights) <= 25
    moments = {0: 1.0, 2: 1.0, 4: 3.0}
    for powers in np.ndindex(degree + 1, degree + 1, degree + 1):
        if sum(powers) <= degree:
            exact = np.prod([moments.get(power, 0.0) for power in powers])
            assert weights @ np.prod(points**powers, axis=1) == pytest.approx(exact, abs=1e-12)


def test_the_search_without_results_finds_the_hyperprior():
    nothing = nodes.Plain(Results.of([], teams=3))
    searched, known = nodes.explore(nothing), nodes.prior_nodes(nothing)
    assert searched.weights == pytest.approx(known.weights, abs=1e-6)
    assert [p.sd_attack for p in searched.priors] == pytest.approx(
        [p.sd_attack for p in known.priors], abs=1e-6
    )


@pytest.mark.parametrize("teams", [4, 301])
def test_without_results_the_strengths_are_exactly_the_prior(teams):
    posterior = fit(make_plan(teams, [make_match(0, 1)])).posterior
    known = nodes.prior_nodes(nodes.Plain(Results.of([], teams=teams)))
    assert np.array_equal(posterior.weights, known.weights)
    for mean, factor, prior in zip(posterior.mean, posterior.factor, known.priors, strict=True):
        assert np.array_equal(mean, prior_centre(teams, prior))
        expected = prior_covariance(teams, prior)
        assert np.abs(factor @ factor.T - expected).max() < 1e-12
        assert np.array_equal(factor, np.tril(factor))


def test_a_search_that_does_not_settle_is_an_error(monkeypatch):
    results = Results.of(known_matches(), teams=TEAMS)
    monkeypatch.setattr(laplace, "MOST_STEPS", 1)
    with pytest.raises(ModelError, match="did not settle in 1 steps"):
        find_top(results, PRIOR, PRIOR.centre(TEAMS))
    monkeypatch.undo()
    monkeypatch.setattr(nodes, "MOST_STEPS", 1)
    monkeypatch.setattr(nodes, "NEAR", 0.0)
    with pytest.raises(ModelError, match="did not settle in 1 steps"):
        nodes.explore(nodes.Plain(results))


def test_poisson_is_the_law_of_the_goals(fitted):
    matches, results, top = fitted
    log_rates = results.log_rates(top.strengths)
    ours = (results.goals * log_rates - np.exp(log_rates)).sum()
    constant = sum(
        poisson(1).logpmf(goals) + 1.0
        for match in matches
        for goals in (match.home_goals, match.away_goals)
    )
    theirs = sum(
        poisson(rate).logpmf(goals)
        for match in matches
        for rate, goals in zip(
            side_rates(top.strengths, match, TEAMS),
            (match.home_goals, match.away_goals),
            strict=True,
        )
    )
    assert ours + constant == pytest.approx(theirs)
