"""Every scored forecast as a row: of a match, of an outcome, of a place."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast.backtest.replaying import Forecasts, Replayed, Step
from forecast.backtest.scores import (
    binary_scores,
    coverage,
    ranked_probability,
    three_way_scores,
)

__all__ = ["COVERAGE_LEVELS", "match_frame", "outcome_frame", "place_frame"]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

COVERAGE_LEVELS = (0.5, 0.9)

_MOMENT = {"moment": pl.Int64, "before": pl.String, "as_of": pl.Date, "known": pl.Int64}

_MATCH = pl.Schema(
    {
        **_MOMENT,
        "line": pl.Int64,
        "stage": pl.String,
        "round": pl.Int64,
        "date": pl.Date,
        "home": pl.String,
        "away": pl.String,
        "home_goals": pl.Int64,
        "away_goals": pl.Int64,
        "source": pl.String,
        "p_home": pl.Float64,
        "p_draw": pl.Float64,
        "p_away": pl.Float64,
        "log_loss": pl.Float64,
        "rps": pl.Float64,
        "brier": pl.Float64,
    }
)

_OUTCOME = pl.Schema(
    {
        **_MOMENT,
        "source": pl.String,
        "team": pl.String,
        "outcome": pl.String,
        "probability": pl.Float64,
        "reached": pl.Boolean,
        "log_loss": pl.Float64,
        "brier": pl.Float64,
    }
)

_PLACE = pl.Schema(
    {
        **_MOMENT,
        "source": pl.String,
        "stage": pl.String,
        "team": pl.String,
        "place": pl.Int64,
        "rps": pl.Float64,
        "place_in_50": pl.Float64,
        "place_in_90": pl.Float64,
        "points": pl.Int64,
        "points_in_50": pl.Float64,
        "points_in_90": pl.Float64,
    }
)


def match_frame(replayed: Replayed) -> pl.DataFrame:
    """One row a match, moment and source: the next matches of each moment, scored.

    `known` is the number of results that the forecast was fitted to.
    """
    teams = replayed.plans[0].competition.teams
    rows = []
    for number, step in enumerate(replayed.steps, 1):
        fixtures = {match.line: match for match in step.plan.matches}
        lines = [line for line in sorted(step.moment.lines) if line in replayed.replay.scores]
        for source, said in step.forecasts.items():
            for line in lines:
                if line not in said.matches or line not in fixtures:
                    continue
                match, goals = fixtures[line], replayed.replay.scores[line]
                about = (
                    line,
                    match.stage,
                    match.round,
                    match.date,
                    teams[match.home],
                    teams[match.away],
                )
                p = said.matches[line].tolist()
                rows.append((*_moment(number, step), *about, *goals, source, *p))
    columns = [name for name in _MATCH.names() if name not in {"log_loss", "rps", "brier"}]
    frame = pl.DataFrame(rows, schema={name: _MATCH[name] for name in columns}, orient="row")
    margin = (frame["home_goals"] - frame["away_goals"]).to_numpy()
    p = frame.select("p_home", "p_draw", "p_away").to_numpy()
    scores = three_way_scores(p, 1 - np.sign(margin))
    return frame.with_columns(**{name: pl.Series(values) for name, values in scores.items()})


def _moment(number: int, step: Step) -> tuple[object, ...]:
    return number, step.moment.before, step.plan.as_of, step.known


def outcome_frame(replayed: Replayed) -> pl.DataFrame:
    """One row a team, outcome, moment and source, of outcomes that came to an end."""
    teams = np.array(replayed.plans[0].competition.teams, dtype=object)
    parts = [pl.DataFrame(schema=_OUTCOME)]
    for number, step in enumerate(replayed.steps, 1):
        for source, said in step.forecasts.items():
            for outcome, reached in replayed.truth.outcomes.items():
                if outcome in said.outcomes and outcome in _asked(step):
                    p = said.outcomes[outcome]
                    cells: dict[str, object] = {
                        "source": source,
                        "team": teams,
                        "outcome": outcome,
                        "probability": p,
                        "reached": reached,
                        **binary_scores(p, reached),
                    }
                    parts.append(_framed(number, step, cells, _OUTCOME))
    return pl.concat(parts)


def _asked(step: Step) -> frozenset[str]:
    """Return the outcomes that this moment's own forecasts speak of."""
    return frozenset(o.id for o in step.plan.competition.outcomes)


def place_frame(replayed: Replayed) -> pl.DataFrame:
    """One row a team, table, moment and source: the place and the points in the end.

    `…_in_50` and `…_in_90` say how much of it lay in the central interval of that probability;
    empty where the forecast was certain, and for the points of a baseline.
    """
    teams = np.array(replayed.plans[0].competition.teams, dtype=object)
    parts = [pl.DataFrame(schema=_PLACE)]
    for number, step in enumerate(replayed.steps, 1):
        for source, said in step.forecasts.items():
            for stage, place in replayed.truth.places.items():
                if stage in said.places and step.plan.start is None:
                    settled = np.flatnonzero(place >= 0)
                    cells: dict[str, object] = {
                        "source": source,
                        "stage": stage,
                        "team": teams[settled],
                    }
                    cells |= _place_cells(said, replayed, stage, settled)
                    parts.append(_framed(number, step, cells, _PLACE))
    return pl.concat(parts).with_columns(pl.col(pl.Float64).fill_nan(None))


def _place_cells(
    said: Forecasts, replayed: Replayed, stage: str, settled: Int64
) -> dict[str, object]:
    place = replayed.truth.places[stage][settled]
    points = replayed.truth.points[stage][settled]
    p = said.places[stage][settled]
    chances = said.points.get(stage)
    cells: dict[str, object] = {
        "place": place + 1,
        "points": points,
        "rps": ranked_probability(p, place),
    }
    for level in COVERAGE_LEVELS:
        held = np.full(len(points), np.nan)
        if chances is not None:
            held = coverage(chances.p[settled], chances.column(points), level)
        cells[f"points_in_{100 * level:.0f}"] = held
        cells[f"place_in_{100 * level:.0f}"] = coverage(p, place, level)
    return cells


def _framed(number: int, step: Step, cells: dict[str, object], schema: pl.Schema) -> pl.DataFrame:
    moment = dict(zip(_MOMENT, _moment(number, step), strict=True))
    size = len(next(v for v in cells.values() if isinstance(v, np.ndarray)))
    full = {
        name: value if isinstance(value, np.ndarray) else [value] * size
        for name, value in {**moment, **cells}.items()
    }
    return pl.DataFrame({name: full[name] for name in schema.names()}, schema=schema)
