"""The record of past scores beside a competition, which `forecast backtest --record` writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from forecast.config.files import TOML_LIMIT, InputFile, read_file
from forecast.config.problems import Problems
from forecast.plan import Record

__all__ = ["RECORD", "read_record", "rules_hash", "strength_said"]

RECORD = "calibration.json"

LEAST_FORECASTS = 30
"""A bootstrap of fewer is too narrow too often to warn anybody."""

LEAST_REACHED = 4
"""Teams that reached an outcome. Of fewer, more than one resample in forty has none (e^-4 is 1 in
55), and one club's luck decides on which side of 0 a 95 % interval ends."""

_MATCHES = ("matches", "all")
"""The next matches of all days after the first result, as the record calls them."""

Files = Sequence[tuple[str, InputFile]]


class _Input(BaseModel):
    """A file that the replay read: its name as written in the config, and its SHA-256."""

    model_config = ConfigDict(strict=True)
    name: str
    sha256: str


class _Model(BaseModel):
    """One model of a replay: what its `[strength]` said."""

    model_config = ConfigDict(strict=True)
    id: str
    strength: dict[str, Any]


class _Score(BaseModel):
    """A mean score of a source over so many forecasts."""

    model_config = ConfigDict(strict=True)
    what: str
    measure: str
    source: str
    forecasts: int
    mean: float


class _Difference(BaseModel):
    """A paired difference of scores; below 0 `source` is the better one.

    `part` is an outcome, if `what` is "outcomes".
    """

    model_config = ConfigDict(strict=True)
    what: str
    part: str
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
    schema_version: Literal[1]
    forecast_version: str
    rules: str
    inputs: list[_Input]
    reached: dict[str, int]
    models: list[_Model]
    scores: list[_Score]
    differences: list[_Difference]


def strength_said(resolved: str) -> dict[str, Any]:
    """Return what the `[strength]` of a resolved config says about matches, without defaults."""
    said: dict[str, Any] = json.loads(resolved)["strength"]
    for covariate in said["covariate"]:
        covariate.pop("label")
    silent: tuple[object, ...] = (None, [], {}, "posterior")
    return {
        key: value
        for key, value in said.items()
        if value not in silent and key != "first_half_share"
    }


def rules_hash(resolved: str) -> str:
    """Return the SHA-256 of the competition of a resolved config, whatever labels and sources."""
    rules = json.loads(resolved)["competition"]
    for part in (rules, *rules["stage"], *rules["outcome"]):
        for key in ("name", "label", "headline", "sources"):
            part.pop(key, None)
    return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()


def read_record(
    competition: Path, resolved: str, files: Files, problems: Problems
) -> tuple[Record | None, tuple[str, ...]]:
    """Return the record beside a competition, and warnings: that it is old, what scored better.

    Parameters
    ----------
    competition : Path
        competition.toml; without a record beside it there is nothing to say.
    resolved : str
        The resolved config, whose model is looked up.
    files : sequence of (name, file)
        All that the forecast is made from, beside the two TOML files.
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
    rules = json.loads(resolved)["competition"]
    headline = rules["headline"] or rules["outcome"][-1]["id"]
    same = said.rules == rules_hash(resolved)
    faults = tuple(_out_of_date(said, own, files, same_rules=same))
    old = (
        f"The record of past scores no longer fits: {', '.join(faults)}. "
        "`forecast backtest CONFIG... --record` makes it anew."
    )
    worse = tuple(_worse(said, own, headline))
    record = Record(file.text, own, out_of_date=faults, worse=worse)
    return record, (*([old] if faults else []), *worse)


def _out_of_date(
    said: _RecordFile, own: str | None, files: Files, *, same_rules: bool
) -> Iterator[str]:
    """Yield why the replay was of other data, of other strengths or by another fit."""
    replayed = {each.sha256 for each in said.inputs}
    if not same_rules:
        yield "the rules have changed"
    for name, file in files:
        if file.sha256 not in replayed:
            yield f"{name} has changed"
    if own is None:
        yield "these strengths were not replayed"
    if said.forecast_version != version("forecast"):
        yield f"it is of version {said.forecast_version} of the program"


def _worse(said: _RecordFile, own: str | None, headline: str) -> Iterator[str]:
    """Yield what beat a model by most in each score, if the interval excludes 0.

    Of the outcomes only the one that pages put first is judged, and only by other models: among
    many comparisons some would seem worse by chance.
    """
    seen = [each for each in map(_seen_from(own), said.differences) if each is not None]
    models = {model.id for model in said.models}
    for measure, name in (("log_loss", "log loss"), ("rps", "RPS")):
        found = [one for one in seen if (one.what, one.part, one.measure) == (*_MATCHES, measure)]
        yield from _sentence(found, models, name, "matches")
    reached, key = said.reached.get(headline, 0), ("outcomes", headline, "brier")
    found = [one for one in seen if (one.what, one.part, one.measure) == key]
    if reached >= LEAST_REACHED:
        yield from _sentence(
            [one for one in found if one.against in models],
            models,
            f"Brier score of {headline}",
            f"forecasts of one season, in which {reached} teams reached it",
        )


def _sentence(
    worse: Sequence[_Difference], models: Collection[str], score: str, forecasts: str
) -> Iterator[str]:
    if worse:
        most = max(worse, key=lambda each: each.difference)
        other = f"the model {most.against}" if most.against in models else most.against
        yield (
            f"Replay found these strengths worse than {other}: {score} higher by "
            f"{most.difference:.4f} (95 % interval {most.low:.4f} to {most.high:.4f}) over "
            f"{most.forecasts} {forecasts}."
        )


def _seen_from(own: str | None) -> Callable[[_Difference], _Difference | None]:
    """Return what turns a difference into that of a model and what beat it, or drops it."""

    def seen(each: _Difference) -> _Difference | None:
        if each.forecasts < LEAST_FORECASTS or each.low is None or each.high is None:
            return None  # too few to warn anybody
        if each.against == own:
            turned = {"difference": -each.difference, "low": -each.high, "high": -each.low}
            each = each.model_copy(update={"source": own, "against": each.source, **turned})
        earlier = each.against.startswith("previous ")  # no other model but an earlier day
        beaten = each.source == own and each.low is not None and each.low > 0
        return each if beaten and not earlier else None

    return seen
