"""The kernel against a plain program that shares no code with it, on the shipped season."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from benchmarks import plain_numba
from benchmarks.shape import season_from_arrays
from forecast.arrays import FIRST_TEAM, RUNS_PER_REPLICATE, Posterior
from forecast.config import load
from forecast.lowering import lower
from forecast.simulate import simulate

CONFIG = Path(__file__).parents[1] / "configs/copa_peru_2023/pre_tournament.toml"
TEAMS = 50
SHARE = 0.45
REPLICATES = 8
ALPHA = 1e-8
"""Chance that one check of this file, of four, fails without a fault."""
LEAST_HITS = 100
"""A cell with fewer hits in both samples together is not near enough to a normal."""


def _strengths():
    rng = np.random.default_rng(7)
    return np.concatenate([[0.2, 0.35], rng.normal(0, 0.3, 2 * TEAMS)])


def _plan():
    """Return the shipped season with a final of one neutral match, as the plain program has it."""
    plan = load(CONFIG)
    stages = plan.competition.stages
    final = replace(stages[-1], legs=1, neutral=True)
    return replace(plan, competition=replace(plan.competition, stages=(*stages[:-1], final)))


def _kernel_counts(plan, strengths):
    season = lower(plan, SHARE)
    posterior = Posterior(np.ones(1), strengths[None], np.zeros((1, strengths.size, 0)), SHARE)
    counts = simulate(season, posterior, rng_seed=11, replicates=REPLICATES, workers=2)
    return counts.occupancy[TEAMS:]


@pytest.fixture(scope="module")
def plain_counts():
    plan, strengths = _plan(), _strengths()
    season = season_from_arrays(
        [match.home for match in plan.matches],
        [match.away for match in plan.matches],
        intercept=strengths[0],
        home_advantage=strengths[1],
        attack=strengths[FIRST_TEAM : FIRST_TEAM + TEAMS],
        defence=strengths[FIRST_TEAM + TEAMS :],
        first_half_share=SHARE,
    )
    runs = 4 * RUNS_PER_REPLICATE
    return plain_numba.simulate(season, runs=runs, rng_seed=12), runs


def _agree(ours, plain):
    """Return whether no cell and not the mean of z² are beyond what chance allows.

    Runs of a tile share the rounding of their thresholds, which moves a cell's variance by some
    per cent; the limit on the mean, sqrt(2) / (TEAMS - 1) a sd, has room for it.
    """
    theirs, their_runs = plain
    our_runs = REPLICATES * RUNS_PER_REPLICATE
    p = (ours + theirs) / (our_runs + their_runs)
    hits = np.minimum(ours + theirs, (our_runs + their_runs) - ours - theirs)
    seen = hits >= LEAST_HITS
    variance = (p * (1 - p) * (1 / our_runs + 1 / their_runs))[seen]
    z = (ours / our_runs - theirs / their_runs)[seen] / np.sqrt(variance)
    worst = norm.isf(ALPHA / 2 / z.size)
    spread = norm.isf(ALPHA / 2) * np.sqrt(2) / (TEAMS - 1)
    return bool(np.abs(z).max() < worst and abs(np.mean(z**2) - 1) < spread)


def test_the_kernel_and_a_plain_program_agree_on_every_place_and_round(plain_counts):
    assert _agree(_kernel_counts(_plan(), _strengths()), plain_counts)


def _win_worth_two(plan):
    points = replace(plan.competition.points, win=2)
    return replace(plan, competition=replace(plan.competition, points=points))


def _stages(plan, change):
    stages = tuple(change(stage) for stage in plan.competition.stages)
    return replace(plan, competition=replace(plan.competition, stages=stages))


def _without_goal_difference(plan):
    def change(stage):
        ladder = getattr(stage, "tie_breaks", ())
        kept = tuple(rung for rung in ladder if rung != "goal_difference")
        return replace(stage, tie_breaks=kept) if ladder else stage

    return _stages(plan, change)


def _neighbours_meet(plan):
    return _stages(plan, lambda s: replace(s, pairing="adjacent") if hasattr(s, "pairing") else s)


@pytest.mark.parametrize("bug", [_win_worth_two, _without_goal_difference, _neighbours_meet])
def test_a_planted_bug_is_caught(bug, plain_counts):
    assert not _agree(_kernel_counts(bug(_plan()), _strengths()), plain_counts)
