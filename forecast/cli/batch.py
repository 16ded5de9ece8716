"""One verb over many configs: a bad one is named, the others finish."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from forecast.cli.beside import side_by_side
from forecast.cli.exits import failure_code
from forecast.cli.streams import emit, say
from forecast.config import Overrides, find_configs, load
from forecast.config.problems import join_words
from forecast.errors import ConfigError, ForecastError, OutputError
from forecast.plan import Plan
from forecast.report.text import shown
from forecast.workers import available_workers

__all__ = ["run_batch"]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A config by its path: its plan, or the exit code of why there is none."""

    path: str
    plan: Plan | None
    code: int


MANY = 8
"""Forecasts in which a process earns back the second that it takes to start."""


def run_batch(
    configs: Iterable[Path],
    verb: Callable[[Plan], str],
    *,
    overrides: Overrides | None = None,
    beside: Callable[[Plan], str] | None = None,
    processes: int | None = None,
) -> int:
    """Apply `verb` to every config and return the exit code: 0, or that of the first failure.

    `verb` returns how it ended in a word or two, for the summary. If there are many, all but the
    first, which compiles for all, are done by `beside`, picklable, in so many `processes`, by
    default one a core. All configs are read before any verb starts, and two with one id stop
    everything, since they would share a folder. They go in the order of their days, so that a page
    can say what changed since the one before.

    Raises
    ------
    ConfigError
        If two configs have the same id.
    """
    loaded = list(_loaded(configs, overrides or Overrides()))
    plans = [each.plan for each in loaded if each.plan]
    for warning in dict.fromkeys(warning for plan in plans for warning in plan.warnings):
        warned = [plan.id for plan in plans if warning in plan.warnings]
        say(f"warning: {join_words(warned, last='and')}: {warning}")
    _demand_distinct(loaded)
    ordered = sorted(loaded, key=_day)
    if beside is not None and (cores := _cores_for(len(ordered), processes)) > 1:
        ends = [_end(ordered[0], verb), *_ends_beside(ordered[1:], beside, processes=cores)]
    else:
        ends = [_end(each, verb) for each in ordered]
    if len(ends) > 1:
        for each, (_, end) in zip(ordered, ends, strict=True):
            say(f"{each.path}: {end}")
    return next((code for code, _ in ends if code), 0)


def _cores_for(forecasts: int, processes: int | None) -> int:
    """Return how many processes so many forecasts are worth."""
    if forecasts <= MANY:
        return 1
    return min(processes or available_workers(), forecasts // MANY)


def _ends_beside(
    loaded: Iterable[_Loaded], verb: Callable[[Plan], str], *, processes: int
) -> Iterator[tuple[int, str]]:
    """Yield exit code and word of each config, run in several processes; say what they said."""
    for said in side_by_side(partial(_end, verb=verb), loaded, processes=processes):
        if said is None:
            yield _failed(OutputError("not done: a process of the batch was killed from outside"))
            continue
        if said.errors:
            say(said.errors.removesuffix("\n"))
        try:
            emit(said.output)
        except ForecastError as error:
            yield said.end if said.end[0] else _failed(error)
        else:
            yield said.end


def _day(each: _Loaded) -> date:
    """Return the day of a forecast; one that knows every result is last."""
    return (each.plan.as_of if each.plan else None) or date.max


def _loaded(paths: Iterable[Path], overrides: Overrides) -> Iterator[_Loaded]:
    """Load every config, and every config of a folder, each once."""
    seen: set[tuple[str, str]] = set()
    for path in paths:
        try:
            found = find_configs([path])
        except Exception as error:  # noqa: BLE001 (one bad config must not stop the others)
            yield _Loaded(str(path), None, failure_code(error))
            continue
        for each in found:
            here = os.path.realpath(each.parent), each.name  # a link elsewhere names other files
            if here not in seen:
                seen.add(here)
                yield _load_one(each, overrides)


def _load_one(path: Path, overrides: Overrides) -> _Loaded:
    try:
        plan = load(path, overrides)
    except Exception as error:  # noqa: BLE001 (same)
        return _Loaded(str(path), None, failure_code(error))
    return _Loaded(str(path), plan, 0)


def _demand_distinct(loaded: Iterable[_Loaded]) -> None:
    first: dict[str, str] = {}
    for each in loaded:
        if each.plan is None:
            continue
        other = first.setdefault(each.plan.id, each.path)
        if other is not each.path:
            raise ConfigError(
                f"{shown(each.path)}: id: found {each.plan.id!r}, which {shown(other)} has too; "
                "allowed: one config an id; nothing was run"
            )


def _end(each: _Loaded, verb: Callable[[Plan], str]) -> tuple[int, str]:
    """Return exit code and word of one config."""
    if each.plan is None:
        return each.code, f"failed (exit code {each.code})"
    try:
        return 0, verb(each.plan)
    except Exception as error:  # noqa: BLE001 (same)
        return _failed(error)


def _failed(error: Exception) -> tuple[int, str]:
    code = failure_code(error)
    return code, f"failed (exit code {code})"
