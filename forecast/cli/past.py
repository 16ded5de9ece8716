"""What `history` prints: the forecasts of a competition that an output folder remembers."""

from __future__ import annotations

from pathlib import Path

from forecast.config import find_configs, load
from forecast.config.problems import join_words, nearest, show
from forecast.errors import ConfigError
from forecast.report.history import HISTORY_FOLDER, competitions, read_history
from forecast.report.terminal import history_lines

__all__ = ["history_of"]


def history_of(source: Path, *, outcome: str, out: Path) -> str:
    """Return the tables of one outcome, a competition each.

    `source` is an output folder with a history, or a config (or a folder of them), whose
    competition is looked up in `out`.

    Raises
    ------
    ConfigError
        If there is no history, or no such outcome in it.
    """
    if (source / HISTORY_FOLDER).is_dir():
        names, out = competitions(source), source
    else:
        plans = [load(path) for path in find_configs([source])]
        names = list(dict.fromkeys(plan.competition.id for plan in plans))
    return "\n".join(_table(out, name, outcome) for name in names)


def _table(out: Path, competition: str, outcome: str) -> str:
    history = read_history(out, competition)
    if history.is_empty():
        raise ConfigError(
            f"{competition}: found no forecast of it in {out / HISTORY_FOLDER}; "
            "allowed a competition that was forecast there, or another --out"
        )
    known = list(dict.fromkeys(history["outcome"]))
    if outcome not in known:
        raise ConfigError(
            f"{competition}: --outcome: found {show(outcome)}{nearest(outcome, known)}, "
            f"allowed {join_words(known)}"
        )
    return f"{competition}\n{history_lines(history, outcome)}"
