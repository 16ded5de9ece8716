"""The verb `backtest`: configs of one competition are replayed together, as models to compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from forecast.cli.exits import failure_code
from forecast.cli.streams import Ticker, emit, say
from forecast.config import Overrides, View, find_configs, find_moments, load
from forecast.errors import ConfigError
from forecast.plan import Plan
from forecast.report.folder import claim
from forecast.report.pictures.drawing import DrawingError
from forecast.report.text import shown

__all__ = ["replay_batch"]


def replay_batch(
    configs: Iterable[Path],
    overrides: Overrides,
    *,
    out: Path,
    workers: int | None,
    record: bool,
    force: bool,
) -> int:
    """Replay every competition of the configs; return the exit code of the first failure, or 0."""
    codes: list[int] = []

    @contextmanager
    def counted() -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 (one bad config must not stop the others)
            codes.append(failure_code(error))

    found: dict[Path, None] = {}
    for path in configs:
        with counted():
            found |= dict.fromkeys(find_configs([path]))
    groups: dict[Path, list[Path]] = {}
    for path in found:
        with counted():
            groups.setdefault(find_moments(path).competition, []).append(path)
    if record and codes:
        say("the record is not kept: a model that could not be read would be missing from it")
        record = False
    for paths in groups.values():
        with counted():
            _replay(paths, overrides, out=out, workers=workers, record=record, force=force)
    return next((code for code in codes if code), 0)


def _replay(
    paths: list[Path],
    overrides: Overrides,
    *,
    out: Path,
    workers: int | None,
    record: bool,
    force: bool,
) -> None:
    """Replay one competition in its own folder, named by the first config."""
    models = _models(paths, overrides)
    name = f"{next(iter(models.values())).id}.backtest"
    with claim(out, name) as folder:
        from forecast.backtest import (  # noqa: PLC0415 (slow)
            backtest,
            backtest_lines,
            hash_of,
            picture_files,
            write_record,
        )

        config_hash = hash_of(list(models), overrides)
        if not force and not record and folder.holds(config_hash):
            say(f"{folder.path}: already holds this replay")
            return
        again = folder.holds(config_hash)
        folder.demand_free(force=force or again, config_hash=config_hash)
        ticker = Ticker(name, "forecasts")
        try:
            result = backtest(list(models), overrides, workers=workers, progress=ticker)
        finally:
            ticker.clear()
        try:
            pictures = picture_files(result)
        except DrawingError as error:
            pictures = {}
            say(f"warning: {error}")
        result.publish(folder, config_hash=config_hash, pictures=pictures, force=force or again)
    if record:
        say(f"{write_record(result)}: the record is kept")
    for note in result.notes:
        say(f"note: {note}")
    emit(shown(backtest_lines(result, where=str(folder.path))))


def _models(paths: list[Path], overrides: Overrides) -> dict[Path, Plan]:
    """Return the first config of each `[strength]`: others would replay the same forecasts.

    Raises
    ------
    ConfigError
        If two models have one id, or a config is wrong.
    """
    models: dict[Path, Plan] = {}
    for path in paths:
        plan = load(path, overrides, view=View())
        same = next((p for p in models.values() if p.strength == plan.strength), None)
        if same is not None:
            say(f"{path}: replayed as {same.id}, which has the same strengths")
        elif any(other.id == plan.id for other in models.values()):
            raise ConfigError(
                f"{shown(str(path))}: id: found {plan.id!r} again, allowed one config an id"
            )
        else:
            models[path] = plan
    return models
