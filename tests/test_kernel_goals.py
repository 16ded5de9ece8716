"""Other goal models in the kernel: its twin on random competitions, and exact laws of scores."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import twin_stream
from competitions import knockout, make_plan, match, outcome, plans, strengths, table
from compiled import goals_of, logarithm, rival_goals
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson, t
from twin_counts import assert_equal

from forecast.arrays import MAX_RATE, Posterior
from forecast.jit import jit
from forecast.kernel import rates
from forecast.kernel.bench import make_bench
from forecast.kernel.rates import team_factors
from forecast.kernel.scores import draw_goals
from forecast.kernel.types import Factors
from forecast.lowering import lower
from forecast.plan import Places
from forecast.simulate import simulate
from forecast.strength.goals import GOAL_MODELS

SHAPES = {
    "dixon_coles": st.sampled_from((-0.2, -0.05, 0.1, 0.2)),
    "bivariate_poisson": st.sampled_from((0.02, 0.15, 1.0)),
    "negative_binomial": st.sampled_from((0.003, 0.1, 0.6)),
}
MODELS = list(SHAPES)


@jit
def fill_goals(program, strengths, key, bench):
    home = team_factors(strengths, bench.scoring, bench.conceding)
    factors = Factors(
        bench.scoring, bench.conceding, home, bench.roots, program.goal_model, strengths[6]
    )
    draw_goals(program, factors, key, bench)


def goals_of_tile(program, strengths, number):
    fixtures = program.fixtures.home.size
    bench = make_bench(
        teams=2, slots=4, spare=0, fixtures=fixtures, commons=fixtures, outcomes=1, points=1
    )
    fill_goals(program, strengths, np.uint64(twin_stream.tile_key(3, 0, number)), bench)
    return bench.goals, bench.threshold.most


@st.composite
def problems(draw):
    model = draw(st.sampled_from(MODELS))
    plan = draw(plans())
    plan = replace(plan, strength=replace(plan.strength, model=model))
    rows = draw(strengths(len(plan.competition.teams)))
    shapes = [draw(SHAPES[model]) for _ in rows]
    return plan, 0.45, np.column_stack([rows, shapes]), draw(st.integers(0, 99)), 0


@given(problems())
@settings(max_examples=150)
def test_the_kernel_equals_its_twin_under_every_goal_model(problem):
    assert_equal(*problem)


@pytest.mark.slow
@given(problems())
@settings(max_examples=500)
def test_the_kernel_equals_its_twin_under_every_goal_model_at_length(problem):
    assert_equal(*problem)


@given(st.floats(1.0, 1e6))
def test_logarithm_is_exact_to_a_few_units_in_the_last_place(x):
    assert logarithm(x) == pytest.approx(np.log(x), rel=4 * 2.0**-53, abs=2.0**-52)


@given(
    st.integers(0, 2**64 - 1), st.floats(0.01, MAX_RATE), st.sampled_from((0.003, 0.05, 0.3, 0.8))
)
def test_negative_binomial_thresholds_are_survival_rounded(key, rate, dispersion):
    live = twin_stream.goal_thresholds(key, [rate], dispersion=dispersion)[0]
    kernel = np.zeros(rates.MAX_THRESHOLDS, int)
    kernel[: len(live)] = live
    uniform = (twin_stream.word(key, twin_stream.SIDES, 0) >> 32) * 2.0**-32
    law = nbinom(1 / dispersion, 1 / (1 + dispersion * rate))
    exact = 256 * law.sf(np.arange(rates.MAX_THRESHOLDS)) + uniform
    away = np.abs(exact - np.round(exact)) > 1e-8
    assert (kernel[away] == np.floor(exact[away])).all()


@given(st.floats(0.01, 12.0), st.integers(0, 2**64 - 1), st.sampled_from((0.003, 0.05, 0.3)))
def test_negative_binomial_goals_are_the_quantile_of_their_word(rate, random, dispersion):
    law = nbinom(1 / dispersion, 1 / (1 + dispersion * rate))
    chance, goals = (random >> 11) * 2.0**-53, goals_of(rate, dispersion, np.uint64(random))
    assert law.cdf(goals - 1) <= chance * (1 + 1e-11) + 1e-12
    assert chance < law.cdf(goals) + 1e-12


@pytest.mark.parametrize("rho", [-0.2, 0.2])
@pytest.mark.parametrize("own", [0, 1, 2])
@pytest.mark.parametrize("pair", [(1.4, 1.1), (9.0, 0.5)])
def test_a_rivals_goals_follow_the_conditional_table_of_dixon_and_coles(rho, own, pair):
    table = GOAL_MODELS["dixon_coles"].mean_scores(np.log([pair]), np.array([rho]))
    exact = np.cumsum(table[own]) / table[own].sum()
    for goals in range(6):
        for side in (-1e-9, 1e-9):
            chance = min(max(exact[goals] + side, 0.0), 1.0 - 2.0**-53)
            random = np.uint64(int(chance * 2**53) << 11)
            assert rival_goals(own, pair, rho, random) == np.searchsorted(exact, chance, "right")


# A table of one match, in which a draw is good for the second team, and a tie of two legs on
# neutral ground that goes to the better place when level.

HOME, INTERCEPT = 0.25, 0.1


def play(model, shape):
    """Return how often team 0 is first in the table and wins the tie, each with its error."""
    league = table("league", 2, "points", "favour")
    final = knockout("final", Places("league", 1, 2), legs=2, neutral=True, level=("better_place",))
    plan = make_plan(
        [league, final],
        [match("league", 0, 1)],
        2,
        columns={"favour": ("0", "1")},
        outcomes=(outcome("first", Places("league", 1, 1)), outcome("cup", Places("final", 1, 1))),
        model=model,
    )
    row, none = np.array([[INTERCEPT, HOME, 0.1, -0.1, 0.05, 0.0]]), np.zeros((1, 6, 0))
    posterior = Posterior(np.ones(1), row, none, 0.45, np.array([shape]))
    counts = simulate(lower(plan, 0.45), posterior, rng_seed=5, replicates=16, workers=2)
    mean = counts.outcomes / counts.replicates
    spread = counts.outcome_squares / counts.replicates - mean**2
    scale = counts.runs / counts.replicates
    return mean[:, 0] / scale, np.sqrt(spread[:, 0] / (counts.replicates - 1)) / scale


def exact_chances(model, shape):
    law, shapes = GOAL_MODELS[model].mean_scores, np.array([shape])
    attack, rival = INTERCEPT + 0.1, INTERCEPT - 0.1 - 0.05
    first = np.tril(law(np.array([[attack + HOME, rival]]), shapes), -1).sum()
    leg = law(np.array([[attack, rival]]), shapes)
    ahead = np.array([np.trace(leg, offset) for offset in range(30, -31, -1)])
    aggregate = np.convolve(ahead, ahead)
    level = len(aggregate) // 2
    return np.array([first, aggregate[level + 1 :].sum() + aggregate[level] * first])


def worst(found, exact):
    mean, error = found
    return (np.abs(mean - exact) / error / t.isf(1e-8, 15)).max()


EXTREME = {"dixon_coles": -0.2, "bivariate_poisson": 0.6, "negative_binomial": 0.5}


@pytest.mark.parametrize("model", MODELS)
def test_tables_and_ties_have_the_exact_chances_of_the_model(model):
    found = play(model, EXTREME[model])
    assert worst(found, exact_chances(model, EXTREME[model])) < 1
    # who wins a bivariate match depends on the independent parts alone
    as_poisson = worst(found, exact_chances("poisson", 0.0))
    assert as_poisson < 1 if model == "bivariate_poisson" else as_poisson > 1


def test_goals_common_to_both_sides_are_counted():
    league = table("league", 2, "points")
    plan = make_plan([league], [match("league", 0, 1)] * 4, 2, model="bivariate_poisson")
    season = lower(plan, 0.45)
    goalless = np.array([[-60.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.7]])
    bench_goals = Counter()
    for number in range(400):
        tile, _ = goals_of_tile(season.program, goalless[0], number)
        assert (tile[::2] == tile[1::2]).all()
        bench_goals.update(tile[::2].ravel().tolist())
    runs = sum(bench_goals.values())
    for goals in range(4):
        exact = poisson.pmf(goals, 0.7)
        # strata only take variance away from the binomial's
        assert abs(bench_goals[goals] / runs - exact) < 5.5 * np.sqrt(exact * (1 - exact) / runs)


@pytest.mark.parametrize("model", MODELS)
def test_no_side_scores_more_than_it_is_said_to_at_most(model):
    """Keys are trusted by that number; the bounds of thresholds alone would be passed."""
    plan = make_plan([table("league", 2, "points")], [match("league", 0, 1)] * 4, 2, model=model)
    program = lower(plan, 0.45).program
    shape = {"dixon_coles": 0.3, "bivariate_poisson": 0.7, "negative_binomial": 0.5}[model]
    uneven = np.array([0.0, 0.0, np.log(1.5), np.log(0.003), 0.0, 0.0, shape])
    for number in range(2000):
        goals, most = goals_of_tile(program, uneven, number)
        assert (goals.max(axis=1) <= most[: len(goals)]).all()
