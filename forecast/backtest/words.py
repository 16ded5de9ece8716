"""A replay in the terminal: three small tables, each score beside what it has to beat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from forecast.backtest.bootstrap import INTERVALS
from forecast.backtest.replaying import previous
from forecast.backtest.result import Backtest
from forecast.backtest.summary import ALL

__all__ = ["backtest_lines"]

_MEASURE = {"log_loss": "log loss", "rps": "RPS", "brier": "Brier"}

LEAST_MATCHES = 30
"""A stage with fewer matches says next to nothing by itself; the files have it."""


def backtest_lines(result: Backtest, *, where: str) -> str:
    """Return the summary of a replay; lower scores are better."""
    return "\n".join(_Summary(result).lines(where)) + "\n"


class _Summary:
    def __init__(self, result: Backtest) -> None:
        self.result = result
        self.models = result.replayed.models
        self.first = self.models[0]

    def name(self, source: str) -> str:
        """Return how a source is called here: a model that stands alone needs no id."""
        if len(self.models) > 1:
            return source
        return {self.first: "the model", previous(self.first): "previous forecast"}.get(
            source, source
        )

    def lines(self, where: str) -> Iterator[str]:
        replayed = self.result.replayed
        name = replayed.plans[0].competition.name
        yield f"{name} ({', '.join(self.models)}): {len(replayed.steps)} days replayed"
        own = self.first if len(self.models) > 1 else "the model"
        yield f"Lower scores are better. Differences: {own} less the other."
        yield INTERVALS
        scores = self.result.scores.filter(pl.col("what") == "matches")
        sizes = scores.filter(pl.col("source") == self.first).group_by("part", maintain_order=True)
        shown: set[int] = set()
        for (part,), rows in sizes:
            size = rows["forecasts"][0]
            if part == ALL or (size >= LEAST_MATCHES and size not in shown):
                yield from self.matches(str(part))
            shown.add(size)
        yield from self.outcomes()
        yield from self.coverage()
        yield f"every forecast, and every stage, in {where}"

    def matches(self, part: str) -> Iterator[str]:
        """Say how the next matches were forecast, in all or in one stage."""
        scores = _of(self.result.scores, "matches", part)
        rows = []
        for source in scores["source"].unique(maintain_order=True):
            own = scores.filter(pl.col("source") == source)
            means = dict(own.select("measure", "mean").iter_rows())
            rows.append(
                (
                    self.name(source),
                    str(own["forecasts"][0]),
                    *(f"{means[name]:.4f}" for name in _MEASURE),
                    self.difference("matches", part, source, "log_loss"),
                    self.difference("matches", part, source, "rps"),
                )
            )
        yield ""
        yield "Next matches, once a result is known" if part == ALL else f"Of these in {part}"
        header = ("", "matches", *_MEASURE.values(), "difference in log loss", "in RPS")
        yield from _grid(header, rows)

    def outcomes(self) -> Iterator[str]:
        """Say how outcomes and places were forecast, a line each."""
        mine = self.result.scores.filter(
            (pl.col("source") == self.first)
            & (pl.col("part") != ALL)
            & (
                ((pl.col("what") == "outcomes") & (pl.col("measure") == "brier"))
                | (pl.col("what") == "places")
            )
        )
        yield ""
        if not mine.height:
            yield "No outcome is settled yet, so none is scored."
            return
        differences = self.result.differences.filter(pl.col("source") == self.first)
        against = differences.filter(pl.col("what") != "matches")["against"].unique(
            maintain_order=True
        )
        rows = []
        for what, part, measure, size, mean in mine.select(
            "what", "part", "measure", "forecasts", "mean"
        ).iter_rows():
            of = part if what == "outcomes" else f"place in {part} (RPS)"
            others = (self.difference(what, part, other, measure) for other in against)
            rows.append((of, str(size), f"{mean:.4f}", *others))
        yield "Outcomes (Brier) and final places, a forecast for each team and day; differences"
        yield from _grid(("", "forecasts", "score", *(self.name(each) for each in against)), rows)

    def coverage(self) -> Iterator[str]:
        """Say how often intervals held the truth."""
        if not self.result.coverage.height:
            return
        yield ""
        yield "How often the interval held the points, or the place, in the end"
        rows = [
            (
                f"{of} in {stage}, {self.name(source)}",
                f"{100 * level:.0f} %",
                f"{100 * covered:.0f} %",
                "" if low is None else f"{100 * low:.0f} to {100 * high:.0f} %",
            )
            for source, stage, of, level, covered, low, high in self.result.coverage.select(
                "source", "stage", "of", "level", "covered", "low", "high"
            ).iter_rows()
        ]
        yield from _grid(("", "interval", "held", "95 % interval"), rows)

    def difference(self, what: str, part: str, against: str, measure: str) -> str:
        """Return the difference of the first model and a source, with its interval."""
        row = _of(self.result.differences, what, part).filter(
            (pl.col("source") == self.first)
            & (pl.col("against") == against)
            & (pl.col("measure") == measure)
        )
        if not row.height:
            return ""
        difference, low, high = row.select("difference", "low", "high").row(0)
        interval = "" if low is None else f" [{low:+.3f}, {high:+.3f}]"
        return f"{difference:+.3f}{interval}"


def _of(frame: pl.DataFrame, what: str, part: str) -> pl.DataFrame:
    return frame.filter((pl.col("what") == what) & (pl.col("part") == part))


def _grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield aligned lines: the first column to the left, the others to the right."""
    cells = [header, *rows]
    widths = [max(len(row[k]) for row in cells) for k in range(len(header))]
    for row in cells:
        padded = [row[0].ljust(widths[0])]
        padded += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(padded).rstrip()
