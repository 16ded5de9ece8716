"""Tables as pictures: the heat table of all chances, and the first ten for social media."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from forecast.report.pictures.canvas import BLUE, HIGHLIGHTS, SOFT, Box, Label, canvas, halved

__all__ = [
    "PHONE",
    "SOCIAL",
    "Cell",
    "ChancesRow",
    "SocialRow",
    "bands_chart",
    "chances_chart",
    "social_chart",
]

SOCIAL = (1200, 675)
"""Width and height of a picture for social media, in pixels."""

PHONE = 336
"""Width of what a phone shows without scrolling, in CSS pixels."""

_NAME, _COLUMN, _ROW = 230, 96, 22
_HEAD, _HEAD_LETTERS = 15, 12
"""Height of a line above a column, and how many letters it holds in bold."""

_PHONE_NAME = 148
_PHONE_LETTERS = 22
_MARGIN = 16


@dataclass(frozen=True, slots=True)
class Cell:
    """A chance: its text, its share, and the colour of its background."""

    text: str
    share: float
    fill: str


@dataclass(frozen=True, slots=True)
class ChancesRow:
    """A team, its chance of each outcome, and the range of the asked one, or nothing."""

    team: str
    cells: Sequence[Cell]
    spread: str


@dataclass(frozen=True, slots=True)
class SocialRow:
    """A team, its chance with its range, and its chance of the last outcome, if another."""

    team: str
    first: Cell
    spread: str
    second: Cell | None


def chances_chart(
    rows: Sequence[ChancesRow],
    *,
    columns: Sequence[tuple[str, str]],
    spread: str,
    title: str,
    subtitle: str,
    source: str,
) -> dict[str, Any]:
    """Return the heat table, a row a team, a column an outcome, and one for the range if it has.

    A column has a name and below it for how many there is place.
    """
    ranged = any(row.spread for row in rows)
    heads = [[*_lines(name), seats] for name, seats in columns]
    heads += [_lines(spread)] if ranged else []
    width = 2 * _MARGIN + _NAME + _COLUMN * len(heads)
    top = 70 + _HEAD * max(map(len, heads), default=1)
    boxes: list[Box] = []
    labels = [
        Label(_MARGIN, 24, title, width - 2 * _MARGIN, size=17, bold=True),
        Label(_MARGIN, 46, subtitle, width - 2 * _MARGIN, size=12, fill=SOFT),
    ]
    for number, lines in enumerate(heads, start=1):
        x = _MARGIN + _NAME + number * _COLUMN - 8
        for up, text in enumerate(reversed(lines)):
            bold = up > 0 or number > len(columns)
            at = top - 12 - up * _HEAD
            labels.append(Label(x, at, text, _COLUMN, 12, "right", bold=bold))
    for line, row in enumerate(rows):
        y = top + line * _ROW
        labels.append(Label(_MARGIN, y + _ROW / 2, row.team, _NAME - 12, size=13))
        if ranged:
            at = width - _MARGIN - 8
            labels.append(Label(at, y + _ROW / 2, row.spread, _COLUMN, 12, "right", fill=SOFT))
        for number, cell in enumerate(row.cells):
            x = _MARGIN + _NAME + number * _COLUMN
            boxes.append(Box(x, y, x + _COLUMN, y + _ROW - 1, cell.fill))
            at = x + _COLUMN - 8
            labels.append(Label(at, y + _ROW / 2, cell.text, 80, 13, "right"))
    bottom = top + len(rows) * _ROW + 18
    labels.append(Label(_MARGIN, bottom, source, width - 2 * _MARGIN, size=11, fill=SOFT))
    return canvas(width, bottom + 18, boxes=boxes, labels=labels)


def _lines(name: str) -> list[str]:
    """Return a name in lines that fit above a column; only a longer word is cut."""
    return wrap(name, _HEAD_LETTERS, break_long_words=False) or [""]


def bands_chart(
    rows: Sequence[tuple[str, Sequence[Cell]]], *, columns: Sequence[str], cuts: Sequence[int]
) -> dict[str, Any]:
    """Return a heat table as wide as a phone; a line is right of each column of `cuts`."""
    top, column = 24, (PHONE - _PHONE_NAME) / len(columns)
    boxes, labels = [], []
    for number, name in enumerate(columns, start=1):
        labels.append(Label(_PHONE_NAME + (number - 0.5) * column, 12, name, column, 9, "center"))
    for line, (team, cells) in enumerate(rows):
        y = top + line * _ROW
        labels += _wrapped(team, y)
        for number, cell in enumerate(cells):
            x = _PHONE_NAME + number * column
            boxes.append(Box(x, y, x + column, y + _ROW - 1, cell.fill))
            labels.append(Label(x + column - 3, y + _ROW / 2, cell.text, column, 11, "right"))
    bottom = top + len(rows) * _ROW
    for cut in cuts:
        x = _PHONE_NAME + cut * column
        boxes.append(Box(x - 1, top, x + 1, bottom, HIGHLIGHTS[1]))
    return canvas(PHONE, bottom + 2, boxes=boxes, labels=labels)


def _wrapped(team: str, y: float) -> list[Label]:
    """Return a name beside a row at y on a phone, in two lines if it is long."""
    limit = _PHONE_NAME - 10
    halves = halved(team, _PHONE_LETTERS)
    if len(halves) == 1:
        return [Label(0, y + _ROW / 2, team, limit, 11)]
    heights = (0.27 * _ROW, 0.73 * _ROW)
    return [Label(0, y + down, half, limit, 10) for down, half in zip(heights, halves, strict=True)]


def social_chart(
    rows: Sequence[SocialRow],
    *,
    heads: tuple[str, str, str],
    title: str,
    subtitle: str,
    source: str,
) -> dict[str, Any]:
    """Return 1200 x 675 with a bar a team for the first chance, its range, and the second chance.

    `heads` are what stands above the three.
    """
    width, height = SOCIAL
    left, right = 56, width - 56
    top, step = 182, 42
    bar, longest, ranges = left + 400, 270, right - 150
    most = max((row.first.share for row in rows), default=1) or 1
    boxes = [Box(0, 0, width, 12, BLUE)]
    labels = [
        Label(left, 62, title, right - left, size=34, bold=True),
        Label(left, 108, subtitle, right - left, size=22, fill=SOFT),
        Label(bar, top - 24, heads[0], 330, size=19, bold=True),
        Label(left, height - 34, source, right - left, size=17, fill=SOFT),
    ]
    if any(row.spread for row in rows):
        labels.append(Label(ranges, top - 24, heads[1], 200, 19, "right", bold=True))
    if any(row.second for row in rows):
        labels.append(Label(right, top - 24, heads[2], 140, 19, "right", bold=True))
    for number, row in enumerate(rows):
        y = top + number * step + step / 2 - 4
        end = bar + max(longest * row.first.share / most, 2)
        boxes.append(Box(bar, y - 14, end, y + 14, BLUE))
        labels.append(Label(bar - 16, y, row.team, 384, 22, "right"))
        labels.append(Label(end + 10, y, row.first.text, 100, 22, bold=True))
        labels.append(Label(ranges, y, row.spread, 200, 22, "right", fill=SOFT))
        if row.second is not None:
            labels.append(Label(right, y, row.second.text, 110, 22, "right"))
    return canvas(width, height, boxes=boxes, labels=labels)
