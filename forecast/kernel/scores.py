"""The goals of every side in the tables of a tile: rates, thresholds, random bytes."""

from __future__ import annotations

import numpy as np

from forecast.arrays import (
    GOALS_BIVARIATE_POISSON,
    GOALS_DIXON_COLES,
    GOALS_NEGATIVE_BINOMIAL,
    Program,
)
from forecast.jit import jit_inner
from forecast.kernel.bench import Bench
from forecast.kernel.goals import add_common, redraw_low_scores, sample_goals
from forecast.kernel.rates import fill_thresholds, side_rates
from forecast.kernel.types import Factors, Integer
from forecast.kernel.words import FOR_COMMON, FOR_SIDES

__all__ = ["draw_goals"]


@jit_inner
def draw_common(program: Program, shape: float, key: np.uint64, bench: Bench) -> Integer:
    """Draw the goals that are common to both sides of a fixture and add them; return the most."""
    common = bench.common
    rate, threshold, words, goals = common.rate, common.threshold, common.words, common.goals
    fixtures = program.fixtures.home.size
    rate[:fixtures] = shape
    fill_thresholds(key, FOR_COMMON, rate, 0.0, threshold, bench.threshold_work, words)
    first_strata = fixtures + program.knockouts.tie_slot.shape[0]
    most = sample_goals(key, program.strata, first_strata, words, threshold, goals)
    add_common(goals, threshold.most, bench.goals, bench.threshold.most)
    return most


@jit_inner
def draw_goals(program: Program, factors: Factors, key: np.uint64, bench: Bench) -> Integer:
    """Fill the goals of every side in the tables; return the most that any could score."""
    rate, words, goals, shape = bench.rate, bench.side_words, bench.goals, factors.shape
    side_rates(program.fixtures, factors.scoring, factors.conceding, factors.home, rate)
    dispersion = shape if factors.goal_model == GOALS_NEGATIVE_BINOMIAL else 0.0
    fill_thresholds(key, FOR_SIDES, rate, dispersion, bench.threshold, bench.threshold_work, words)
    most = sample_goals(key, program.strata, np.int64(0), words, bench.threshold, goals)
    if factors.goal_model == GOALS_DIXON_COLES:
        redraw_low_scores(key, program.strata, words, rate, shape, goals, bench.threshold.most)
        most = max(most, 1)
    if factors.goal_model == GOALS_BIVARIATE_POISSON:
        most += draw_common(program, shape, key, bench)
    return most
