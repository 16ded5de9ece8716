"""The record of past scores beside a competition, which `forecast backtest --record` writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from forecast.config.files import TOML_LIMIT, read_file
from forecast.config.problems import Problems
from forecast.plan import Record

__all__ = ["RECORD", "read_record", "strength_said"]

RECORD = "calibration.json"

LEAST_MATCHES = 30
"""A bootstrap of fewer matches is too narrow too often to warn anybody."""

_NAMES = {"log_loss": "log loss", "rps": "RPS"}


class _Model(BaseModel):
    """One model of a replay: what its `[strength]` said."""

    model_config = ConfigDict(strict=True)
    id: str
    strength: dict[str, Any]


class _Difference(BaseModel):
    """A paired difference of scores; below 0 `source` is the better one."""

    model_config = ConfigDict(strict=True)
    source: str
    against: str
    measure: str
    forecasts: int
    difference: float
    low: float | None
    high: float | None


class _RecordFile(BaseModel):
    """What is read of a record; there is more in it."""

    model_config = ConfigDict(strict=True)
    schema_version: int
    models: list[_Model]
    differences: list[_Difference]


def strength_said(resolved: str) -> dict[str, Any]:
    """Return what the `[strength]` of a resolved config says about matches, without defaults."""
    said: dict[str, Any] = json.loads(resolved)["strength"]
    silent: tuple[object, ...] = (None, [], {}, "posterior")
    return {
        key: value
        for key, value in said.items()
        if value not in silent and key != "first_half_share"
    }


def read_record(
    competition: Path, resolved: str, problems: Problems
) -> tuple[Record | None, tuple[str, ...]]:
    """Return the record beside a competition, and a warning of what scored better.

    Parameters
    ----------
    competition : Path
        competition.toml; without a record beside it there is nothing to say.
    resolved : str
        The resolved config, whose model is looked up.
    """
    path = competition.parent / RECORD
    if not path.is_file():
        return None, ()
    file = read_file(path, limit=TOML_LIMIT, problems=problems)
    if file is None:
        return None, ()
    try:
        said = _RecordFile.model_validate_json(file.text)
    except ValidationError as error:
        where = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in where["loc"]) or "syntax"
        allowed = "a record that `forecast backtest --record` wrote; remove the file to do without"
        problems.add(file.shown, 1, key, found=where["msg"].lower(), allowed=allowed)
        return None, ()
    strength = strength_said(resolved)
    own = next((model.id for model in said.models if model.strength == strength), None)
    return Record(file.text, own), tuple(_warnings(said, own))


def _warnings(said: _RecordFile, own: str | None) -> Iterator[str]:
    """Yield what beat a model by most in each score, if the interval excludes 0."""
    for measure, name in _NAMES.items():
        worse = [
            each
            for each in map(_seen_from(own), said.differences)
            if each is not None and each.measure == measure
        ]
        if worse:
            most = max(worse, key=lambda each: each.difference)
            models = [model.id for model in said.models]
            other = f"the model {most.against}" if most.against in models else most.against
            yield (
                f"Replay found these strengths worse than {other}: {name} higher by "
                f"{most.difference:.4f} (95 % interval {most.low:.4f} to {most.high:.4f}) over "
                f"{most.forecasts} matches."
            )


def _seen_from(own: str | None) -> Callable[[_Difference], _Difference | None]:
    """Return what turns a difference into that of a model and what beat it, or drops it."""

    def seen(each: _Difference) -> _Difference | None:
        if each.forecasts < LEAST_MATCHES or each.low is None or each.high is None:
            return None  # too few to warn anybody
        if each.against == own:
            turned = {"difference": -each.difference, "low": -each.high, "high": -each.low}
            each = each.model_copy(update={"source": own, "against": each.source, **turned})
        earlier = each.against.startswith("previous ")  # no other model but an earlier day
        beaten = each.source == own and each.low is not None and each.low > 0
        return each if beaten and not earlier else None

    return seen
