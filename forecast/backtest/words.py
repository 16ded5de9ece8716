"""A replay in the terminal: three small tables and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from forecast.backtest.result import Backtest
from forecast.backtest.summary import ALL

__all__ = ["backtest_lines"]

_MEASURE = {"log_loss": "log loss", "rps": "RPS", "brier": "Brier"}


def backtest_lines(result: Backtest, *, where: str) -> str:
    """Return the summary of a replay; lower scores are better."""
    return "\n".join(_lines(result, where)) + "\n"


def _lines(result: Backtest, where: str) -> Iterator[str]:
    replayed = result.replayed
    plan = replayed.plans[0]
    yield f"{plan.competition.name}: {len(replayed.steps)} forecasts replayed"
    for part in result.scores.filter(pl.col("what") == "matches")["part"].unique(
        maintain_order=True
    ):
        yield from _matches(result, part)
    yield from _outcomes(result)
    yield from _coverage(result)
    yield f"every forecast in {where}"


def _matches(result: Backtest, part: str) -> Iterator[str]:
    """Say how the next matches were forecast, in all or in one stage."""
    parts = result.scores.filter(pl.col("what") == "matches")["part"].unique()
    if part != ALL and len(parts) == 2:
        return  # one stage is all there is
    scores = _of(result.scores, "matches", part)
    rows = []
    for source in scores["source"].unique(maintain_order=True):
        own = scores.filter(pl.col("source") == source)
        means = dict(own.select("measure", "mean").iter_rows())
        rows.append(
            (
                source,
                str(own["forecasts"][0]),
                *(f"{means[name]:.4f}" for name in _MEASURE),
                *(_against(result, "matches", part, source, name) for name in ("log_loss", "rps")),
            )
        )
    what = "the next matches, once a result is known" if part == ALL else f"matches of {part}"
    yield ""
    yield f"Forecasts of {what} (lower is better; differences with 95 % intervals)"
    first = result.replayed.models[0]
    header = ("", "matches", *_MEASURE.values(), f"log loss of {first} less this", "RPS less this")
    yield from _grid(header, rows)


def _outcomes(result: Backtest) -> Iterator[str]:
    """Say how outcomes and places were forecast."""
    brier = result.scores.filter(
        (pl.col("what") == "outcomes") & (pl.col("measure") == "brier")
        | (pl.col("what") == "places")
    )
    if not brier.height:
        yield ""
        yield "No outcome is settled yet, so none is scored."
        return
    rows = []
    for what, part, source, measure, size, mean in brier.select(
        "what", "part", "source", "measure", "forecasts", "mean"
    ).iter_rows():
        if part == ALL:
            continue
        name = f"{part}: {'Brier' if what == 'outcomes' else 'place, RPS'}"
        difference = _against(result, what, part, source, measure)
        rows.append((name, source, str(size), f"{mean:.4f}", difference))
    yield ""
    yield "Forecasts of outcomes and final places, one a team and forecast"
    first = result.replayed.models[0]
    yield from _grid(("", "", "forecasts", "score", f"{first} less this"), rows)


def _coverage(result: Backtest) -> Iterator[str]:
    """Say how often intervals held the truth."""
    if not result.coverage.height:
        return
    yield ""
    yield "Share of teams whose points, or place, lay in the interval forecast"
    rows = [
        (
            source,
            f"{name} of {stage}",
            f"{100 * level:.0f} %",
            f"{100 * covered:.0f} %",
            "" if low is None else f"{100 * low:.0f} to {100 * high:.0f} %",
        )
        for source, stage, name, level, covered, low, high in result.coverage.select(
            "source", "stage", "of", "level", "covered", "low", "high"
        ).iter_rows()
    ]
    yield from _grid(("", "", "interval", "held", "95 % interval"), rows)


def _of(frame: pl.DataFrame, what: str, part: str) -> pl.DataFrame:
    return frame.filter((pl.col("what") == what) & (pl.col("part") == part))


def _against(result: Backtest, what: str, part: str, source: str, measure: str) -> str:
    """Return the difference of the first model and a source, with its interval."""
    row = _of(result.differences, what, part).filter(
        (pl.col("source") == result.replayed.models[0])
        & (pl.col("against") == source)
        & (pl.col("measure") == measure)
    )
    if not row.height:
        return ""
    difference, low, high = row.select("difference", "low", "high").row(0)
    interval = "" if low is None else f" [{low:+.4f}, {high:+.4f}]"
    return f"{difference:+.4f}{interval}"


def _grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield aligned lines: the first column to the left, the others to the right."""
    cells = [header, *rows]
    widths = [max(len(row[k]) for row in cells) for k in range(len(header))]
    for row in cells:
        padded = [row[0].ljust(widths[0])]
        padded += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(padded).rstrip()
