"""Tables as pictures: the heat table of all chances, and the first ten for social media."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from forecast.report.pictures.canvas import BLUE, HIGHLIGHTS, SOFT, Box, Label, canvas

__all__ = ["PHONE", "SOCIAL", "Cell", "bands_chart", "chances_chart", "social_chart"]

SOCIAL = (1200, 675)
"""Width and height of a picture for social media, in pixels."""

PHONE = 336
"""Width of what a phone shows without scrolling, in CSS pixels."""

_NAME, _COLUMN, _ROW = 230, 96, 22
_PHONE_NAME = 148
_PHONE_LETTERS = 22
_MARGIN = 16


@dataclass(frozen=True, slots=True)
class Cell:
    """A chance: its text, its share, and the colour of its background."""

    text: str
    share: float
    fill: str


def chances_chart(
    rows: Sequence[tuple[str, Sequence[Cell]]],
    *,
    columns: Sequence[str],
    title: str,
    subtitle: str,
    source: str,
) -> dict[str, Any]:
    """Return the heat table, a row a team, a column an outcome."""
    width = 2 * _MARGIN + _NAME + _COLUMN * len(columns)
    top = 92
    boxes: list[Box] = []
    labels = [
        Label(_MARGIN, 24, title, width - 2 * _MARGIN, size=17, bold=True),
        Label(_MARGIN, 46, subtitle, width - 2 * _MARGIN, size=12, fill=SOFT),
    ]
    for number, name in enumerate(columns):
        x = _MARGIN + _NAME + (number + 1) * _COLUMN - 8
        labels.append(Label(x, top - 14, name, _COLUMN - 10, 12, "right", bold=True))
    for line, (team, cells) in enumerate(rows):
        y = top + line * _ROW
        labels.append(Label(_MARGIN, y + _ROW / 2, team, _NAME - 12, size=13))
        for number, cell in enumerate(cells):
            x = _MARGIN + _NAME + number * _COLUMN
            boxes.append(Box(x, y, x + _COLUMN, y + _ROW - 1, cell.fill))
            at = x + _COLUMN - 8
            labels.append(Label(at, y + _ROW / 2, cell.text, 80, 13, "right"))
    bottom = top + len(rows) * _ROW + 18
    labels.append(Label(_MARGIN, bottom, source, width - 2 * _MARGIN, size=11, fill=SOFT))
    return canvas(width, bottom + 18, boxes=boxes, labels=labels)


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
    gaps = [k for k, letter in enumerate(team) if letter == " "]
    if len(team) <= _PHONE_LETTERS or not gaps:
        return [Label(0, y + _ROW / 2, team, limit, 11)]
    middle = min(gaps, key=lambda k: abs(2 * k - len(team)))
    halves = (team[:middle], team[middle + 1 :])
    heights = (0.27 * _ROW, 0.73 * _ROW)
    return [Label(0, y + down, half, limit, 10) for down, half in zip(heights, halves, strict=True)]


def social_chart(
    rows: Sequence[tuple[str, Cell, Cell | None]],
    *,
    heads: tuple[str, str],
    title: str,
    subtitle: str,
    source: str,
) -> dict[str, Any]:
    """Return 1200 x 675 with a bar a team for the first chance, and the second as a number."""
    width, height = SOCIAL
    left, right = 56, width - 56
    top, step = 182, 42
    bar, longest = left + 400, 500
    most = max((first.share for _, first, _ in rows), default=1) or 1
    boxes = [Box(0, 0, width, 12, BLUE)]
    labels = [
        Label(left, 62, title, right - left, size=40, bold=True),
        Label(left, 108, subtitle, right - left, size=22, fill=SOFT),
        Label(bar, top - 24, heads[0], 420, size=19, bold=True),
        Label(left, height - 34, source, right - left, size=17, fill=SOFT),
    ]
    if any(second for _, _, second in rows):
        labels.append(Label(right, top - 24, heads[1], 200, 19, "right", bold=True))
    for number, (team, first, second) in enumerate(rows):
        y = top + number * step + step / 2 - 4
        end = bar + max(longest * first.share / most, 2)
        boxes.append(Box(bar, y - 14, end, y + 14, BLUE))
        labels.append(Label(bar - 16, y, team, 384, 22, "right"))
        labels.append(Label(end + 10, y, first.text, 100, 22, bold=True))
        if second is not None:
            labels.append(Label(right, y, second.text, 110, 22, "right"))
    return canvas(width, height, boxes=boxes, labels=labels)
