"""One verb over many configs: a bad one is named, the others finish."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forecast.cli.exits import failure_code
from forecast.cli.streams import say
from forecast.config import Overrides, find_configs, load
from forecast.errors import ConfigError
from forecast.plan import Plan
from forecast.report.text import shown

__all__ = ["run_batch"]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A config by its path: its plan, or the exit code of why there is none."""

    path: str
    plan: Plan | None
    code: int


def run_batch(
    configs: Iterable[Path], verb: Callable[[Plan], str], *, overrides: Overrides | None = None
) -> int:
    """Apply `verb` to every config and return the exit code: 0, or that of the first failure.

    `verb` returns how it ended in a word or two, for the summary. All configs are read before
    any verb starts, and two with one id stop everything, since they would share a folder. They
    go in the order of their days, so that a page can say what changed since the one before.

    Raises
    ------
    ConfigError
        If two configs have the same id.
    """
    loaded = [each for path in configs for each in _load(path, overrides or Overrides())]
    _demand_distinct(loaded)
    ends = [(each, *_end(each, verb)) for each in sorted(loaded, key=_day)]
    if len(ends) > 1:
        for each, _, end in ends:
            say(f"{each.path}: {end}")
    return next((code for _, code, _ in ends if code), 0)


def _day(each: _Loaded) -> date:
    """Return the day of a forecast; one that knows every result is last."""
    return (each.plan.as_of if each.plan else None) or date.max


def _load(path: Path, overrides: Overrides) -> list[_Loaded]:
    """Load a config, or every config of a folder."""
    try:
        found = find_configs([path])
    except Exception as error:  # noqa: BLE001 (one bad config must not stop the others)
        return [_Loaded(str(path), None, failure_code(error))]
    return [_load_one(each, overrides) for each in found]


def _load_one(path: Path, overrides: Overrides) -> _Loaded:
    try:
        plan = load(path, overrides)
    except Exception as error:  # noqa: BLE001 (same)
        return _Loaded(str(path), None, failure_code(error))
    for warning in plan.warnings:
        say(f"warning: {warning}")
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
        code = failure_code(error)
        return code, f"failed (exit code {code})"
