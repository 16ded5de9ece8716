"""The knockout bracket: for each tie, who wins it how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from forecast.report.pictures.canvas import BLUE, GREY, SOFT, Box, Label, Line, canvas

__all__ = ["BracketStage", "Row", "bracket_chart", "bracket_list", "in_bracket_order"]

_WIDE, _GAP = 220, 44
_ROW, _PAD = 19, 6
_TOP = 86
_BETWEEN = 16
_MARGIN = 16
_LEAST = 640
"""Room for the title above a single stage."""


@dataclass(frozen=True, slots=True)
class Row:
    """A team in a tie: the share of runs in which it wins the tie, and its text."""

    team: str
    share: float
    text: str


@dataclass(frozen=True, slots=True)
class BracketStage:
    """A stage of ties; `feeders` are, a tie each, the ties of the stage before that it joins."""

    name: str
    ties: tuple[tuple[Row, ...], ...]
    feeders: tuple[tuple[int, ...], ...]


def bracket_chart(stages: Sequence[BracketStage], *, title: str, subtitle: str) -> dict[str, Any]:
    """Return the bracket, the first stage on the left; ties stand between those that feed them."""
    tops = _tops(stages)
    boxes: list[Box] = []
    lines: list[Line] = []
    labels = [
        Label(_MARGIN, 24, title, _LEAST - _MARGIN, size=17, bold=True),
        Label(_MARGIN, 46, subtitle, _LEAST - _MARGIN, size=12, fill=SOFT),
    ]
    for column, stage in enumerate(stages):
        left = _MARGIN + column * (_WIDE + _GAP)
        labels.append(Label(left, _TOP - 14, stage.name, _WIDE, size=13, bold=True))
        for tie, rows in enumerate(stage.ties):
            top = tops[column][tie]
            boxes += _boxes(left, top, rows)
            labels += _labels(left, top, rows)
            for feeder in stage.feeders[tie]:
                fed = stages[column - 1].ties[feeder]
                lines += _joint(left, _middle(top, rows), _middle(tops[column - 1][feeder], fed))
    bottom = max(
        top + _height(rows)
        for column, stage in enumerate(stages)
        for top, rows in zip(tops[column], stage.ties, strict=True)
    )
    width = 2 * _MARGIN + len(stages) * _WIDE + (len(stages) - 1) * _GAP
    width = max(width, _LEAST)
    return canvas(width, round(bottom + _MARGIN), boxes=boxes, lines=lines, labels=labels)


def bracket_list(
    stages: Sequence[BracketStage], *, captions: Sequence[Sequence[str]], width: int
) -> dict[str, Any]:
    """Return the bracket as a list, a stage below the other; each tie has its caption above it.

    The ties of the first stage stand in the order of the bracket; captions, like ties, do not.
    """
    boxes: list[Box] = []
    labels: list[Label] = []
    top = 0.0
    for column, stage in enumerate(stages):
        labels.append(Label(0, top + 12, stage.name, width, size=14, bold=True))
        top += 28
        for tie in in_bracket_order(stages) if column == 0 else range(len(stage.ties)):
            rows = stage.ties[tie]
            labels.append(Label(0, top + 8, captions[column][tie], width, size=12, fill=SOFT))
            top += 19
            boxes += _boxes(0, top, rows, width)
            labels += _labels(0, top, rows, width)
            top += _height(rows) + 10
        top += 8
    return canvas(width, round(top), boxes=boxes, labels=labels)


def _height(rows: Sequence[Row]) -> float:
    return len(rows) * _ROW + 2 * _PAD


def _middle(top: float, rows: Sequence[Row]) -> float:
    return top + _height(rows) / 2


def _tops(stages: Sequence[BracketStage]) -> list[list[float]]:
    """Return the top of every tie: the first stage in the order of its bracket, then between."""
    order = in_bracket_order(stages)
    first = stages[0].ties
    tops = [[0.0] * len(stage.ties) for stage in stages]
    at = float(_TOP)
    for tie in order:
        tops[0][tie] = at
        at += _height(first[tie]) + _BETWEEN
    for column, stage in enumerate(stages[1:], start=1):
        at = float(_TOP)
        for tie, rows in enumerate(stage.ties):
            middles = [
                _middle(tops[column - 1][feeder], stages[column - 1].ties[feeder])
                for feeder in stage.feeders[tie]
            ]
            wanted = sum(middles) / len(middles) - _height(rows) / 2 if middles else at
            tops[column][tie] = max(wanted, float(_TOP))
            at = tops[column][tie] + _height(rows) + _BETWEEN
    return tops


def in_bracket_order(stages: Sequence[BracketStage]) -> list[int]:
    """Return the ties of the first stage so that those that meet later are neighbours."""

    def below(column: int, tie: int) -> Iterator[int]:
        if column == 0:
            yield tie
        else:
            for feeder in stages[column].feeders[tie]:
                yield from below(column - 1, feeder)

    last = len(stages) - 1
    found = [leaf for tie in range(len(stages[last].ties)) for leaf in below(last, tie)]
    return list(dict.fromkeys([*found, *range(len(stages[0].ties))]))


def _boxes(left: float, top: float, rows: Sequence[Row], wide: int = _WIDE) -> Iterator[Box]:
    yield Box(left, top, left + wide, top + _height(rows), "#f3f6f9")
    for number, row in enumerate(rows):
        y = top + _PAD + number * _ROW
        yield Box(left, y + _ROW - 2, left + wide * row.share, y + _ROW, BLUE)


def _labels(left: float, top: float, rows: Sequence[Row], wide: int = _WIDE) -> Iterator[Label]:
    for number, row in enumerate(rows):
        y = top + _PAD + (number + 0.45) * _ROW
        yield Label(left + 9, y, row.team, wide - 88, size=12, bold=number == 0)
        yield Label(left + wide - 8, y, row.text, 60, size=12, align="right", bold=number == 0)


def _joint(left: float, middle: float, feeder: float) -> Iterator[Line]:
    """Yield the three lines from a tie to the middle of one that feeds it."""
    bend = left - _GAP / 2
    yield Line(left - _GAP, feeder, bend, feeder, GREY)
    yield Line(bend, feeder, bend, middle, GREY)
    yield Line(bend, middle, left, middle, GREY)
