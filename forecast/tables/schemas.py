"""The columns of every table, in their fixed order; columns are only ever added."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

__all__ = [
    "HISTORY",
    "MARGINS",
    "MATCHES",
    "MOVEMENT",
    "NEXT_RESULTS",
    "OUTCOMES",
    "PLACES",
    "POINTS",
    "RESULTS",
    "STATUS",
    "STRENGTHS",
    "TIE_BREAKS",
    "WHAT_IF",
    "conform",
    "with_leverage",
]

_FORECAST = {"forecast_id": pl.String, "as_of": pl.Date}
_COUNTED = {"hits": pl.Int64, "runs": pl.Int64, "probability": pl.Float64}

OUTCOMES = pl.Schema(
    {
        **_FORECAST,
        "team": pl.String,
        "outcome": pl.String,
        **_COUNTED,
        "std_error": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
    }
)

PLACES = pl.Schema(
    {
        **_FORECAST,
        "stage": pl.String,
        "team": pl.String,
        "place": pl.Int64,
        **_COUNTED,
        "std_error": pl.Float64,
    }
)

POINTS = pl.Schema(
    {
        "stage": pl.String,
        "points": pl.Int64,
        "cut": pl.Int64,
        "reached": pl.Int64,
        "enough": pl.Int64,
        "probability": pl.Float64,
    }
)

TIE_BREAKS = pl.Schema({"stage": pl.String, "cut": pl.Int64, "rung": pl.String, **_COUNTED})

STATUS = pl.Schema({"team": pl.String, "outcome": pl.String, "status": pl.String})

HISTORY = pl.Schema([*OUTCOMES.items(), ("status", pl.String()), ("config_hash", pl.String())])

MOVEMENT = pl.Schema(
    {
        "team": pl.String,
        "outcome": pl.String,
        "probability": pl.Float64,
        "previous_forecast_id": pl.String,
        "previous_as_of": pl.Date,
        "previous_probability": pl.Float64,
        "change": pl.Float64,
        "change_error": pl.Float64,
    }
)

MARGINS = pl.Schema(
    {
        "stage": pl.String,
        "cut": pl.Int64,
        "points": pl.Int64,
        "goal_difference": pl.Int64,
        "reached": pl.Int64,
        "enough": pl.Int64,
        "probability": pl.Float64,
        "std_error": pl.Float64,
    }
)

NEXT_RESULTS = pl.Schema(
    {
        "team": pl.String,
        "outcome": pl.String,
        "stage": pl.String,
        "round": pl.Int64,
        "home": pl.String,
        "away": pl.String,
        "result": pl.String,
        **_COUNTED,
        "std_error": pl.Float64,
    }
)

WHAT_IF = pl.Schema(
    {
        "team": pl.String,
        "outcome": pl.String,
        "runs": pl.Int64,
        "hits": pl.Int64,
        "probability": pl.Float64,
        "std_error": pl.Float64,
        "supposed_hits": pl.Int64,
        "supposed_probability": pl.Float64,
        "supposed_std_error": pl.Float64,
        "change": pl.Float64,
        "change_error": pl.Float64,
    }
)

MATCHES = pl.Schema(
    {
        "stage": pl.String,
        "round": pl.Int64,
        "date": pl.Date,
        "home": pl.String,
        "away": pl.String,
        "neutral": pl.Boolean,
        "rate_home": pl.Float64,
        "rate_away": pl.Float64,
        "p_home": pl.Float64,
        "p_draw": pl.Float64,
        "p_away": pl.Float64,
        "likeliest_home_goals": pl.Int64,
        "likeliest_away_goals": pl.Int64,
    }
)

STANDINGS = pl.Schema(
    {
        "stage": pl.String,
        "team": pl.String,
        "played": pl.Int64,
        "wins": pl.Int64,
        "draws": pl.Int64,
        "losses": pl.Int64,
        "goals_for": pl.Int64,
        "goals_against": pl.Int64,
        "goal_difference": pl.Int64,
        "points": pl.Int64,
    }
)

RESULTS = pl.Schema(
    {
        "stage": pl.String,
        "round": pl.Int64,
        "leg": pl.Int64,
        "date": pl.Date,
        "home": pl.String,
        "away": pl.String,
        "home_goals": pl.Int64,
        "away_goals": pl.Int64,
        "winner": pl.String,
        "awarded": pl.Boolean,
    }
)

STRENGTHS = pl.Schema(
    {
        "team": pl.String,
        "attack": pl.Float64,
        "attack_sd": pl.Float64,
        "defence": pl.Float64,
        "defence_sd": pl.Float64,
        "intercept": pl.Float64,
        "intercept_sd": pl.Float64,
        "home_advantage": pl.Float64,
        "home_advantage_sd": pl.Float64,
        "first_half_share": pl.Float64,
    }
)

MAY_BE_NULL = frozenset(
    {"as_of", "previous_as_of", "round", "leg", "date", "winner", "cut", "enough", "probability"}
)


LEVERAGE = ("leverage_", "error_leverage_", "team_leverage_")
"""Beginnings of the columns of leverage, before the id of an outcome."""


def with_leverage(outcomes: Sequence[str]) -> pl.Schema:
    """Return `MATCHES` with columns an outcome: its leverage, the error of that, and its team."""
    numbers = [f"{first}leverage_{outcome}" for outcome in outcomes for first in ("", "error_")]
    return pl.Schema(
        [
            *MATCHES.items(),
            *((name, pl.Float64()) for name in numbers),
            *((f"team_leverage_{outcome}", pl.String()) for outcome in outcomes),
        ]
    )


def conform(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Return `frame` after asserting its columns, types, missing values and finite numbers."""
    assert frame.schema == schema, f"{frame.schema} is not {schema}"
    for column in frame.iter_columns():
        may_be_null = column.name in MAY_BE_NULL or column.name.startswith(LEVERAGE)
        assert may_be_null or column.null_count() == 0, column.name
        known = column.drop_nulls()
        assert not known.dtype.is_float() or bool(known.is_finite().all()), column.name
    return frame
