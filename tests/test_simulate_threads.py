"""Whole simulations: threads, ranges of replicates, known results, invariances, honest errors."""

from dataclasses import fields

import numpy as np
import pytest
from competitions import knockout, make_plan, match, outcome, table
from scipy.stats import f

from forecast.arrays import RUNS_PER_REPLICATE, Counts, Posterior
from forecast.counts import add
from forecast.lowering import lower
from forecast.plan import Adjustment, Places
from forecast.simulate import simulate
from forecast.simulate.threads import play

ALPHA = 1e-8
"""Chance that the one statistical check of this file fails without a fault."""

SEEDS = 48
TEAMS = 4
PAIRS = [(one, two) for one in range(TEAMS) for two in range(TEAMS) if one != two]
LEAGUE = table("league", TEAMS, "points", "goal_difference", "first_half_points")
SEMI = knockout("semi", Places("league", 1, 4), legs=2, level=("away_goals", "penalties"))
FINAL = knockout("final", Places("semi", 1, 2), neutral=True)
OUTCOMES = (
    outcome("first", Places("league", 1, 1)),
    outcome("finalist", Places("final", 1, 2)),
    outcome("champion", Places("final", 1, 1)),
)


def season_of(matches):
    return lower(make_plan([LEAGUE, SEMI, FINAL], matches, TEAMS, outcomes=OUTCOMES), 0.45)


OPEN = season_of([match("league", *pair) for pair in PAIRS])


def posterior(spread=0.4):
    mean = np.zeros((1, 2 + 2 * TEAMS))
    mean[0, :4] = 0.2, 0.25, 0.3, -0.2
    return Posterior(np.ones(1), mean, spread * np.eye(mean.size)[None], 0.45)


def assert_same(one, other):
    for field in fields(Counts):
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name


def run(season=OPEN, strengths=None, *, replicates=5, **options):
    strengths = posterior() if strengths is None else strengths
    return simulate(season, strengths, rng_seed=3, replicates=replicates, **options)


@pytest.mark.parametrize("workers", [2, 3])
def test_counts_do_not_depend_on_the_number_of_workers(workers):
    assert_same(run(workers=workers), run(workers=1))


def test_counts_of_ranges_add_up_to_those_of_their_union():
    parts = [run(replicates=2), run(first=2, replicates=1), run(first=3, replicates=2)]
    assert_same(add(add(parts[2], parts[0]), parts[1]), run())


def test_squares_are_summed_over_replicates():
    single = [play(OPEN, posterior(), rng_seed=3, replicate=k) for k in range(5)]
    whole = run()
    assert (whole.outcome_squares == sum(one.outcomes**2 for one in single)).all()
    assert (whole.occupancy_squares == sum(one.occupancy**2 for one in single)).all()
    assert (single[0].outcomes != single[1].outcomes).any()


def test_progress_tells_how_many_replicates_are_done():
    told = []
    run(workers=2, progress=told.append)
    assert told == [1, 2, 3, 4, 5]


def test_every_place_is_taken_once_a_run_and_rounds_feed_each_other():
    counts = run()
    assert counts.runs == 5 * RUNS_PER_REPLICATE
    places = {s.stage: counts.occupancy[s.first : s.first + s.size] for s in OPEN.layout.stages}
    for of_stage in places.values():
        assert (of_stage.sum(axis=1) == counts.runs).all()
    assert (places["league"].sum(axis=0) == counts.runs).all()
    assert (places["semi"].sum(axis=0) == counts.runs).all()
    assert (places["final"].sum(axis=0) == places["semi"][:2].sum(axis=0)).all()
    assert (counts.outcomes[2] == places["final"][0]).all()
    assert counts.points[:, 0].sum() == TEAMS * counts.runs
    assert (counts.rungs.sum(axis=1) == counts.runs).all()


def test_a_known_result_is_never_simulated_again():
    known = [match("league", *pair, home_goals=0, away_goals=0) for pair in PAIRS if 0 in pair]
    rest = [match("league", *pair) for pair in PAIRS if 0 not in pair]
    ruled = table("league", TEAMS, "points", adjustments=[Adjustment(0, 50, "a ruling")])
    plan = make_plan([ruled], known + rest, TEAMS, outcomes=OUTCOMES[:1])
    season = lower(plan, 0.45)
    counts = run(season)
    assert counts.outcomes.tolist() == [[counts.runs, 0, 0, 0]]
    bins = season.layout.points[0]
    assert counts.points[56 - bins.lowest, 0] == counts.runs  # six draws and the ruling
    assert counts.points[57 - bins.lowest :, 0].sum() == 0


def test_a_finished_competition_leaves_nothing_but_lots():
    results = [match("league", *pair, home_goals=pair[1], away_goals=pair[0]) for pair in PAIRS]
    plan = make_plan([table("league", TEAMS, "points")], results, TEAMS, outcomes=OUTCOMES[:1])
    counts = run(lower(plan, 0.45))
    assert set(np.unique(counts.occupancy)) <= {0, counts.runs}
    level = [match("league", *pair, home_goals=1, away_goals=1) for pair in PAIRS]
    plan = make_plan([table("league", TEAMS, "points")], level, TEAMS, outcomes=OUTCOMES[:1])
    counts = run(lower(plan, 0.45))
    assert counts.rungs.tolist() == [[0, counts.runs]]
    assert (np.abs(counts.outcomes / counts.runs - 1 / TEAMS) < 0.01).all()


@pytest.mark.parametrize("constant", [-1.0, 0.5])
def test_a_constant_added_to_all_attacks_and_defences_changes_nothing(constant):
    known = posterior()
    mean = known.mean.copy()
    mean[:, 2:] += constant
    shifted = Posterior(known.weights, mean, known.factor, known.first_half_share)
    assert_same(run(strengths=shifted), run())


def dishonesty(counts, scale=1.0):
    """Return how much more forecasts of other rng_seeds differ than their errors say.

    That is the ratio of variances as a part of its limit.

    The mean of the squared errors has `seeds (replicates - 1)` degrees of freedom, the spread
    between rng_seeds `seeds - 1`; cells are the outcomes of the first team.
    """
    replicates = counts[0].replicates
    hits = np.array([one.outcomes[:, 0] / replicates for one in counts])
    squares = np.array([one.outcome_squares[:, 0] / replicates for one in counts])
    claimed = ((squares - hits**2) / (replicates - 1)).mean(axis=0) * scale**2
    ratio = hits.var(axis=0, ddof=1) / claimed
    freedom = len(counts) - 1, len(counts) * (replicates - 1)
    return ratio.max() / f.isf(ALPHA / ratio.size, *freedom)


def test_the_error_between_replicates_is_the_spread_over_rng_seeds():
    plan = make_plan(
        [LEAGUE], [match("league", *pair) for pair in PAIRS], TEAMS, outcomes=OUTCOMES[:1]
    )
    season = lower(plan, 0.45)
    counts = [
        simulate(season, posterior(), rng_seed=k, replicates=16, workers=2) for k in range(SEEDS)
    ]
    assert dishonesty(counts) < 1
    assert dishonesty(counts, scale=0.5) > 1
