"""What `history` prints and draws: the forecasts of a competition that OUT remembers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from forecast.config import find_configs, load
from forecast.config.problems import join_words, nearest, show
from forecast.errors import ConfigError, OutputError
from forecast.plan import HISTORY_FOLDER
from forecast.report.disk import replace_file
from forecast.report.history import competitions, read_history
from forecast.report.terminal import history_lines
from forecast.report.text import shown

__all__ = ["KINDS", "draw_history", "history_of", "history_text"]

KINDS = (".svg", ".png")
"""What a picture may be."""

_HIGHLIGHTED, _MOST_LINES = 4, 64


def history_of(source: Path, *, outcome: str, out: Path) -> dict[str, pl.DataFrame]:
    """Return the history of one outcome by competition, schema `HISTORY`.

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
    return {name: _history(out, name, outcome) for name in names}


def _history(out: Path, competition: str, outcome: str) -> pl.DataFrame:
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
    return history.filter(outcome=outcome)


def history_text(histories: dict[str, pl.DataFrame], *, outcome: str) -> str:
    """Return the tables of one outcome, a competition each."""
    return "\n".join(f"{name}\n{history_lines(each, outcome)}" for name, each in histories.items())


def draw_history(histories: dict[str, pl.DataFrame], *, outcome: str, path: Path) -> None:
    """Draw how the chances of one outcome moved, the first four teams in colour.

    Raises
    ------
    ConfigError
        If there is more than one competition, or no two days to draw a line between.
    OutputError
        If the picture cannot be drawn or written.
    """
    from forecast.report.pictures.charts import Words, history_chart  # noqa: PLC0415 (seldom)
    from forecast.report.pictures.drawing import Chart, DrawingError, draw  # noqa: PLC0415 (same)

    if len(histories) != 1:
        found = f"--picture: found {len(histories)} competitions"
        raise ConfigError(f"{found}; allowed one, by the config of one of its forecasts")
    ((competition, history),) = histories.items()
    dated = history.filter(pl.col("as_of").is_not_null()).sort("as_of", "runs")
    dated = dated.unique(["as_of", "team"], keep="last", maintain_order=True)
    days = sorted(set(dated["as_of"]))
    if len(days) < 2:
        found = f"--picture: found {len(days)} days with a forecast of {competition}"
        raise ConfigError(f"{found}; allowed two or more")
    lines: dict[str, list[tuple[date, float]]] = {}
    for team, day, p in dated.select("team", "as_of", "probability").iter_rows():
        lines.setdefault(team, []).append((day, p))

    def latest_then_best(team: str) -> tuple[date, float, float]:
        return *lines[team][-1], max(p for _, p in lines[team])

    ranked = sorted(lines, key=latest_then_best, reverse=True)
    spec = history_chart(
        {team: lines[team] for team in ranked[:_MOST_LINES]},
        first=ranked[:_HIGHLIGHTED],
        days={day: day.isoformat() for day in days},
        words=Words(title=outcome, subtitle=(competition,), x="", y=""),
    )
    try:
        drawn = draw([Chart("history", spec)])["history"]
    except DrawingError as error:
        raise OutputError(f"{shown(str(path))}: {error}") from error
    replace_file(path, drawn.svg if path.suffix == ".svg" else drawn.png)
