"""The record of past scores beside a competition, which `forecast backtest --record` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from forecast.config.files import TOML_LIMIT, read_file
from forecast.config.problems import Problems
from forecast.plan import Record

__all__ = ["RECORD", "read_record", "strength_said"]

RECORD = "calibration.json"

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
    """Return the record beside a competition, and a warning for each better alternative in it.

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
    """Yield what was better than a model, by differences whose interval is on one side of 0."""
    models = [model.id for model in said.models]
    for each in said.differences:
        better, low, high = each.against, each.low, each.high
        difference = each.difference
        if each.against == own and low is not None and high is not None:
            better, low, high, difference = each.source, -high, -low, -difference
        elif each.source != own:
            continue
        if each.measure in _NAMES and low is not None and high is not None and low > 0:
            what = f"the model {better}" if better in models else better
            yield (
                f"Replay found these strengths worse than {what}: {_NAMES[each.measure]} higher "
                f"by {difference:.3f} (95 % interval {low:.3f} to {high:.3f}) over "
                f"{each.forecasts} matches."
            )
