"""Goal models: probabilities in closed form, derivatives by differences, an independent optimum."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, nbinom, poisson
from strength_builders import make_match, make_plan, season

from forecast.strength import expected, fit
from forecast.strength.beliefs import Beliefs
from forecast.strength.general import General, Known
from forecast.strength.goals import GOAL_MODELS, dixon_coles
from forecast.strength.laplace import Results
from forecast.strength.nodes import design, prior_of

SHAPES = {
    "poisson": 0.0,
    "dixon_coles": -0.12,
    "bivariate_poisson": 0.15,
    "negative_binomial": 0.2,
}
MOST = 80


def joint(model, home, away, shape):
    """The chances of all scores, written from the definitions with scipy's laws."""
    k = np.arange(MOST + 1)
    if model == "negative_binomial":
        one, two = (nbinom.pmf(k, 1 / shape, 1 / (1 + shape * rate)) for rate in (home, away))
        return np.outer(one, two)
    table = np.outer(poisson.pmf(k, home), poisson.pmf(k, away))
    if model == "dixon_coles":
        table[0, 0] *= 1 - home * away * shape
        table[0, 1] *= 1 + home * shape
        table[1, 0] *= 1 + away * shape
        table[1, 1] *= 1 - shape
    if model == "bivariate_poisson":
        common = poisson.pmf(k, shape)
        moved = np.zeros_like(table)
        for z in range(20):
            moved[z:, z:] += common[z] * table[: MOST + 1 - z, : MOST + 1 - z]
        return moved
    return table


@pytest.mark.parametrize("model", SHAPES)
@pytest.mark.parametrize("rates", [(1.7, 0.6), (0.2, 4.5)])
def test_scorelines_are_those_of_the_definition(model, rates):
    other = (0.9, 1.1)
    logs = np.log([rates, other])
    shapes = np.array([SHAPES[model], SHAPES[model] / 2])
    found = GOAL_MODELS[model].mean_scores(logs, shapes)
    table = joint(model, *rates, shapes[0]) / 2 + joint(model, *other, shapes[1]) / 2
    rows, columns = (min(size, MOST + 1) for size in found.shape)
    assert found[:rows, :columns] == pytest.approx(table[:rows, :columns], abs=1e-12)
    assert found.sum() == pytest.approx(1.0, abs=1e-11)


@pytest.mark.parametrize("model", SHAPES)
@pytest.mark.parametrize("rates", [(1e-6, 3.0), (30.0, 0.5), (39.0, 39.0)])
def test_odd_rates_lose_no_mass_and_give_no_negative_chance(model, rates):
    for shape in (SHAPES[model], -0.2, 0.2) if model == "dixon_coles" else (SHAPES[model],):
        found = GOAL_MODELS[model].mean_scores(np.log([rates]), np.array([shape]))
        assert found.sum() == pytest.approx(1.0, abs=1e-10)
        assert found.min() >= -1e-18


SCORES = np.array([(i, j) for i in range(6) for j in range(6)], float).T
LOGS = np.random.default_rng(3).normal(0.2, 0.5, SCORES.shape)


@pytest.mark.parametrize("model", SHAPES)
def test_the_likelihood_is_the_log_of_the_chance_less_a_constant_of_the_goals(model):
    shapes = (SHAPES[model], SHAPES[model] / 3)
    values = [GOAL_MODELS[model].terms(SCORES, LOGS, shape).value for shape in shapes]
    home, away = SCORES.astype(int)
    tables = [
        [
            joint(model, *np.exp(pair), shape)[i, j]
            for pair, i, j in zip(LOGS.T, home, away, strict=True)
        ]
        for shape in shapes
    ]
    constant = values[0] - np.log(tables[0])
    assert values[1] - np.log(tables[1]) == pytest.approx(constant, abs=1e-9)
    assert constant[home + away == 0] == pytest.approx(0.0, abs=1e-12)
    shifted = GOAL_MODELS[model].terms(SCORES, LOGS + 0.3, shapes[0]).value
    there = [
        joint(model, *np.exp(pair + 0.3), shapes[0])[i, j]
        for pair, i, j in zip(LOGS.T, home, away, strict=True)
    ]
    assert shifted - np.log(there) == pytest.approx(constant, abs=1e-9)


@pytest.mark.parametrize("model", SHAPES)
def test_slope_and_bend_are_the_differences_of_value_and_slope(model):
    law, shape, step = GOAL_MODELS[model], SHAPES[model], 1e-5
    here = law.terms(SCORES, LOGS, shape)
    for side, arm in enumerate(step * np.eye(2)[:, :, np.newaxis]):
        more, less = (law.terms(SCORES, LOGS + sign * arm, shape) for sign in (1.0, -1.0))
        assert here.slope[side] == pytest.approx((more.value - less.value) / (2 * step), abs=1e-7)
        bend = (more.slope - less.slope) / (2 * step)
        assert here.bend[side] == pytest.approx(bend[side], abs=1e-7)
        assert here.bend[2] == pytest.approx(bend[1 - side], abs=1e-7)


@pytest.mark.parametrize("rates", [(0.3, 0.2), (1.5, 1.2), (12.0, 0.4), (7.0, 9.0)])
@pytest.mark.parametrize("rho", [-0.2, -0.05, 0.1, 0.2])
def test_rho_is_held_where_a_tau_would_turn_negative(rates, rho):
    home, away = rates
    held = float(dixon_coles.held(rho, np.array(home), np.array(away)))

    def taus(value):
        return np.array([1 - home * away * value, 1 + home * value, 1 + away * value, 1 - value])

    assert (taus(held) >= -1e-15).all()
    assert held == rho or (taus(held).min() < 1e-12 and taus(rho).min() < 0)


def test_dixon_coles_leaves_each_sides_own_goals_alone():
    logs, shape = np.log([[1.7, 0.8]]), np.array([-0.15])
    found = GOAL_MODELS["dixon_coles"].mean_scores(logs, shape)
    plain = GOAL_MODELS["poisson"].mean_scores(logs, shape)
    assert found.sum(axis=0) == pytest.approx(plain.sum(axis=0), abs=1e-15)
    assert found.sum(axis=1) == pytest.approx(plain.sum(axis=1), abs=1e-15)


def distance(scores, table, number):
    """Chi-square of drawn scores, rare ones in one cell, in standard deviations above its mean."""
    expected = number * table
    often = expected >= 20.0
    seen = np.zeros(table.shape)
    np.add.at(seen, tuple(np.minimum(scores, np.array(table.shape) - 1).T), 1)
    cells = np.append(seen[often], seen[~often].sum())
    mean = np.append(expected[often], number - expected[often].sum())
    free = len(cells) - 1
    return (((cells - mean) ** 2 / mean).sum() - free) / np.sqrt(2.0 * free)


@pytest.mark.parametrize("rates", [(1.7, 0.6), (0.3, 0.2), (2.4, 3.1)])
@pytest.mark.parametrize(
    ("model", "shape"), [*SHAPES.items(), ("dixon_coles", 0.15), ("dixon_coles", -0.15)]
)
def test_drawn_scores_have_the_chances_of_the_table(model, shape, rates):
    """A chi-square of 15 to 60 degrees is seven deviations above its mean once in 10^7."""
    number = 400_000
    law = GOAL_MODELS[model]
    table = law.mean_scores(np.log(np.array([rates])), np.array([shape]))
    drawn, shapes = np.tile(rates, (number, 1)), np.full(number, shape)
    scores = law.draw_scores(np.random.default_rng(6), drawn, shapes)
    assert distance(scores, table, number) < 7.0
    if model != "poisson":  # and independent goals of the same means would be told apart
        plain = np.random.default_rng(6).poisson(law.mean_goals(drawn, shapes[:, np.newaxis]))
        assert distance(plain, table, number) > 7.0


@pytest.mark.parametrize("model", SHAPES)
def test_expected_matches_average_the_law_over_draws(model):
    rng = np.random.default_rng(4)
    draws = rng.normal(scale=0.3, size=(3, 8))
    shapes = SHAPES[model] * np.array([1.0, 0.5, 0.2])
    rows = draws if model == "poisson" else np.column_stack([draws, shapes])
    found = expected(
        rows, home=np.array([2]), away=np.array([0]), neutral=np.array([False]), model=model
    )
    scores, goals = np.zeros((MOST + 1, MOST + 1)), np.zeros(2)
    for row, shape in zip(draws, shapes, strict=True):
        home = np.exp(row[0] + row[1] + row[4] - row[5])
        away = np.exp(row[0] + row[2] - row[7])
        table = joint(model, home, away, shape) / 3
        scores += table
        k = np.arange(MOST + 1)
        goals += [k @ table.sum(axis=1), k @ table.sum(axis=0)]
    assert found.p_home[0] == pytest.approx(np.tril(scores, -1).sum(), abs=1e-11)
    assert found.p_draw[0] == pytest.approx(np.trace(scores), abs=1e-11)
    assert [found.rate_home[0], found.rate_away[0]] == pytest.approx(goals, abs=1e-10)


TEAMS = 6


def results_of(matches, teams=TEAMS):
    results = Results.of(matches, teams=teams)
    number = len(matches)
    return Known.of(results, weight=np.ones(number), earlier=np.zeros(number, bool))


def known_matches(rounds=6):
    row = np.random.default_rng(5).normal(scale=0.3, size=2 + 2 * TEAMS)
    matches = season(np.random.default_rng(6), teams=TEAMS, rounds=rounds, row=row)
    return [*matches, make_match(0, 3, (4, 1), neutral=True)]


def minus_log_posterior(row, matches, model, shape, normal):
    total = normal.logpdf(row)
    attack, defence = row[2 : 2 + TEAMS], row[2 + TEAMS :]
    for m in matches:
        home = row[0] + (0.0 if m.neutral else row[1]) + attack[m.home] - defence[m.away]
        away = row[0] + attack[m.away] - defence[m.home]
        chance = chance_of(model, (m.home_goals, m.away_goals), np.exp(home), np.exp(away), shape)
        total += np.log(max(chance, 1e-300))
    return -total


def chance_of(model, score, home, away, shape):
    i, j = score
    if model == "negative_binomial":
        return np.prod(
            [
                nbinom.pmf(k, 1 / shape, 1 / (1 + shape * r))
                for k, r in zip(score, (home, away), strict=True)
            ]
        )
    if model == "bivariate_poisson":
        return sum(
            poisson.pmf(z, shape) * poisson.pmf(i - z, home) * poisson.pmf(j - z, away)
            for z in range(min(score) + 1)
        )
    tau = {
        (0, 0): 1 - home * away * shape, (0, 1): 1 + home * shape,
        (1, 0): 1 + away * shape, (1, 1): 1 - shape,
    }.get(score, 1.0)  # fmt: skip
    return poisson.pmf(i, home) * poisson.pmf(j, away) * (tau if model == "dixon_coles" else 1.0)


def problem_of(matches, model):
    beliefs = Beliefs(teams=TEAMS, kin=None, effects=(), earlier=False)
    return General(known=results_of(matches), model=GOAL_MODELS[model], beliefs=beliefs)


@pytest.mark.parametrize("model", SHAPES)
def test_the_top_is_the_optimum_of_an_independent_optimiser(model):
    matches = known_matches()
    problem = problem_of(matches, model)
    units = np.full(problem.dimensions, 0.3)
    shape, centre, covariance = (
        problem.shape(units), problem.centre(units), problem.covariance(units),
    )  # fmt: skip
    top = problem.top(units, centre).strengths
    arguments = (matches, model, shape, multivariate_normal(centre, covariance))
    found = minimize(minus_log_posterior, centre, args=arguments, method="BFGS")
    assert minus_log_posterior(top, *arguments) <= found.fun + 1e-9
    assert top == pytest.approx(found.x, abs=1e-3)


def test_dixon_coles_reaches_the_joint_maximum_of_strengths_and_rho():
    """Weak priors, so nearly the likelihood: the optimum that a gradient without tau misses."""
    matches = known_matches(rounds=30)
    problem = problem_of(matches, "dixon_coles")
    centre = np.zeros(2 + 2 * TEAMS)
    wide = multivariate_normal(centre, 100.0 * np.eye(2 + 2 * TEAMS))

    def independent(point):
        return minus_log_posterior(point[:-1], matches, "dixon_coles", point[-1], wide)

    found = minimize(independent, np.append(centre, -0.01), method="BFGS")
    row, slope = found.x[:-1], problem.terms(found.x[:-1], found.x[-1]).slope
    gradient = row / 100.0 - problem.known.spread(slope, len(row))
    assert np.abs(gradient).max() < 2e-3
    plain = GOAL_MODELS["poisson"].terms(problem.known.goals, problem.known.log_rates(row), 0.0)
    without_tau = row / 100.0 - problem.known.spread(plain.slope, len(row))
    assert np.abs(without_tau).max() > 0.1


def test_a_poisson_fit_on_dense_matrices_equals_the_fast_one():
    matches = known_matches()
    fast = fit(make_plan(TEAMS, matches)).posterior
    dense = fit(make_plan(TEAMS, matches, half_life=1e12)).posterior
    assert dense.weights == pytest.approx(fast.weights, abs=1e-9)
    assert dense.mean == pytest.approx(fast.mean, abs=1e-7)
    assert dense.factor == pytest.approx(fast.factor, abs=1e-9)


@pytest.mark.parametrize("model", list(SHAPES)[1:])
@pytest.mark.parametrize("number", [0, 1, 7])
def test_few_results_give_sane_nodes_and_shapes(model, number):
    posterior = fit(make_plan(TEAMS, known_matches()[:number], model=model)).posterior
    assert posterior.weights.sum() == pytest.approx(1.0)
    assert len(posterior.weights) == len(posterior.shape) == 25
    assert np.isfinite(posterior.factor).all()
    assert np.ptp(posterior.shape) > 0
    assert np.array_equal(posterior.factor, np.tril(posterior.factor))


@pytest.mark.parametrize("model", list(SHAPES)[1:])
def test_many_results_of_the_model_find_its_shape(model):
    rng, truth = np.random.default_rng(8), SHAPES[model]
    home, away = rng.uniform(0.8, 2.2, (2, 3000))
    draws = [
        joint(model, a, b, truth)[:15, :15] for a, b in zip(home[:300], away[:300], strict=True)
    ]
    matches = []
    for k in range(3000):
        table = draws[k % 300].ravel()
        i, j = divmod(rng.choice(225, p=table / table.sum()), 15)
        matches.append((home[k % 300], away[k % 300], int(i), int(j)))
    goals = np.array([m[2:] for m in matches], float).T
    logs = np.log(np.array([m[:2] for m in matches])).T
    units = np.linspace(-3, 3, 61)
    law = GOAL_MODELS[model]
    values = [law.terms(goals, logs, law.shape_of(unit)).value.sum() for unit in units]
    weights = np.exp(values - np.max(values))
    shapes = np.array([law.shape_of(unit) for unit in units])
    mean = weights @ shapes / weights.sum()
    sd = np.sqrt(weights @ (shapes - mean) ** 2 / weights.sum())
    assert abs(mean - truth) < 4.5 * sd


@pytest.mark.parametrize(("dimensions", "degree", "nodes"), [(3, 5, 15), (4, 5, 25), (5, 3, 10)])
def test_the_design_is_exact_in_more_dimensions(dimensions, degree, nodes):
    points, weights = design(30, dimensions)
    assert len(weights) == nodes
    moments = {0: 1.0, 2: 1.0, 4: 3.0}
    for powers in np.ndindex(*[degree + 1] * dimensions):
        if sum(powers) <= degree:
            exact = np.prod([moments.get(power, 0.0) for power in powers])
            assert weights @ np.prod(points**powers, axis=1) == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize(
    ("model", "shape"),
    [("dixon_coles", -0.05), ("bivariate_poisson", 0.1), ("negative_binomial", 0.05)],
)
def test_the_shape_of_a_plan_without_uncertainty_is_its_mean(model, shape):
    plan = make_plan(TEAMS, known_matches(), model=model, uncertainty="none")
    posterior = fit(plan).posterior
    assert posterior.shape.shape == (1,)
    assert posterior.shape[0] == pytest.approx(shape, abs=0.12)
    assert prior_of(np.zeros(4)).sd_attack == pytest.approx(0.35)
