"""The record that a replay leaves beside its competition, and that every forecast then shows."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from forecast.backtest.bootstrap import INTERVALS
from forecast.backtest.result import Backtest
from forecast.backtest.summary import ALL
from forecast.config import RECORD, rules_hash, strength_said
from forecast.report.disk import replace_file

__all__ = ["record_document", "write_record"]

_DECIMALS = 6


def record_document(result: Backtest) -> dict[str, Any]:
    """Return the past scores of a competition as plain data: what `calibration.json` says."""
    replayed = result.replayed
    plan = replayed.plans[0]
    scores = result.scores.filter(pl.col("part") == ALL)
    inputs = {file: None for each in replayed.plans for file in each.source.inputs[2:]}
    return {
        "schema_version": 1,
        "competition": {"id": plan.competition.id, "name": plan.competition.name},
        "rules": rules_hash(plan.source.resolved),
        "inputs": [{"name": name, "sha256": digest} for name, digest in inputs],
        "forecast_version": version("forecast"),
        "rng_seed": plan.simulation.rng_seed,
        "runs": plan.simulation.runs,
        "moments": [
            {
                "before": step.moment.before,
                "as_of": step.plan.as_of.isoformat() if step.plan.as_of else None,
                "known": step.known,
            }
            for step in replayed.steps
        ],
        "reached": {name: int(who.sum()) for name, who in replayed.truth.outcomes.items()},
        "models": [
            {"id": each.id, "strength": strength_said(each.source.resolved)}
            for each in replayed.plans
        ],
        "intervals": INTERVALS,
        "scores": _records(scores.drop("part")),
        "differences": _records(result.differences.filter(_kept())),
        "reliability": _records(result.reliability),
        "coverage": _records(result.coverage),
    }


def _kept() -> pl.Expr:
    """Choose the differences of next matches in all, and of each outcome in its Brier score."""
    what, part, measure = pl.col("what"), pl.col("part"), pl.col("measure")
    matches = (what == "matches") & (part == ALL)
    outcomes = (what == "outcomes") & (part != ALL) & (measure == "brier")
    return matches | (outcomes & ~pl.col("against").str.starts_with("previous "))


def _records(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.with_columns(pl.col(pl.Float64).round(_DECIMALS)).to_dicts()


def write_record(result: Backtest) -> Path:
    """Write the record beside the competition; it is there whole or as it was before.

    Raises
    ------
    OutputError
        If the folder of the competition cannot be written.
    """
    path = result.replayed.replay.competition.parent / RECORD
    text = json.dumps(record_document(result), ensure_ascii=False, indent=1, allow_nan=False)
    replace_file(path, f"{text}\n".encode())
    return path
