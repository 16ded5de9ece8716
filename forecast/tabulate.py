"""All tables of one forecast from its plan, fit and counts."""

from __future__ import annotations

import numpy as np
import polars as pl

from forecast import tables
from forecast.arrays import Counts, Posterior, Season
from forecast.plan import Match, Plan
from forecast.simulate import draws
from forecast.strength import ExpectedMatches, Fit, expected, summarise

__all__ = ["match_forecasts", "strengths_of", "tabulate"]


def tabulate(plan: Plan, season: Season, fitted: Fit, counts: Counts) -> dict[str, pl.DataFrame]:
    """Return the tables by name, after checking the counts.

    Raises
    ------
    BrokenCountsError
        If the counts contradict themselves.
    """
    layout = season.layout
    tables.check_counts(layout, counts)
    frozen = fitted.posterior.factor.shape == (1, fitted.posterior.mean.shape[1], 0)
    fixtures = tables.fixtures_left(plan)
    matches = tables.match_table(plan, fixtures, match_forecasts(plan, fixtures, fitted.posterior))
    return {
        "outcomes": tables.outcome_table(plan, layout, counts, frozen=frozen),
        "places": tables.place_table(plan, layout, counts),
        "points": tables.points_table(layout, counts),
        "tie_breaks": tables.tie_break_table(layout, counts),
        "matches": tables.leverage_table(matches, fixtures, plan, layout, counts),
        "strengths": strengths_of(plan, fitted),
        "standings": tables.standings_table(plan),
        "results": tables.result_table(plan),
        "margins": tables.margin_table(layout, counts),
        "next_results": tables.next_result_table(plan, layout, counts),
    }


def strengths_of(plan: Plan, fitted: Fit) -> pl.DataFrame:
    """Return the table of strengths of a fit."""
    return tables.strength_table(
        plan,
        summarise(fitted.posterior),
        first_half_share=fitted.posterior.first_half_share,
    )


def match_forecasts(
    plan: Plan, fixtures: tuple[Match, ...], posterior: Posterior
) -> ExpectedMatches:
    """Average each match over the draws of the first replicate, which fill the space evenly."""
    return expected(
        draws(posterior, rng_seed=plan.simulation.rng_seed, replicate=0),
        home=np.array([match.home for match in fixtures], np.int64),
        away=np.array([match.away for match in fixtures], np.int64),
        neutral=np.array([match.neutral for match in fixtures], np.bool_),
        model=plan.strength.goals,
    )
