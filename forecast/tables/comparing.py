"""Two forecasts of one competition on the same random numbers, side by side."""

from __future__ import annotations

import numpy as np
import polars as pl

from forecast.arrays import RUNS_PER_REPLICATE, Layout
from forecast.counts import Pair
from forecast.plan import Plan
from forecast.tables.schemas import WHAT_IF, conform
from forecast.tables.uncertainty import standard_error

__all__ = ["what_if_table"]


def what_if_table(plan: Plan, layout: Layout, pair: Pair) -> pl.DataFrame:
    """One row a team and outcome, in the order of the config; schema `WHAT_IF`.

    `change` is the supposed probability minus the other; `change_error` is its simulation error,
    from the differences of replicates that share their random numbers.
    """
    runs = pair.replicates * RUNS_PER_REPLICATE
    names, teams = [outcome.id for outcome in layout.outcomes], plan.competition.teams
    columns = {
        "team": np.repeat(np.array(teams, object), len(names)),
        "outcome": np.tile(np.array(names, object), len(teams)),
        "runs": np.full(len(names) * len(teams), runs),
    }
    for prefix, hits, squares in (
        ("", pair.first, pair.first_squares),
        ("supposed_", pair.second, pair.second_squares),
        ("change_", pair.second - pair.first, pair.difference_squares),
    ):
        error = standard_error(hits=hits, squares=squares, replicates=pair.replicates)
        columns[f"{prefix}hits"] = hits.T.ravel()
        columns[f"{prefix}probability"] = hits.T.ravel() / runs
        columns[f"{prefix}std_error"] = error.T.ravel()
    frame = pl.DataFrame(columns, schema_overrides={"team": pl.String, "outcome": pl.String})
    frame = frame.rename({"change_probability": "change", "change_std_error": "change_error"})
    return conform(frame.select(WHAT_IF.names()), WHAT_IF)
