"""Pictures laid out by hand: boxes, lines and texts at given points of a canvas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Literal

__all__ = [
    "BLUE",
    "CONFIG",
    "GREY",
    "HIGHLIGHTS",
    "INK",
    "SOFT",
    "Box",
    "Label",
    "Line",
    "canvas",
    "halved",
    "never_halved",
    "titled",
]

INK = "#1a1a1a"
SOFT = "#555555"
GREY = "#8a8a8a"
"""3.4 to 1 on white."""

BLUE = "#0072B2"
HIGHLIGHTS = (BLUE, "#D55E00", "#009E73", "#CC79A7")
"""The four of the colour-blind-safe set that reach 3 to 1 on white."""

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The first is inside the renderer, so that pictures are the same on every machine."""

CONFIG = {
    "font": FONT,
    "aria": False,  # a picture in a page is one image with one description
    "background": "white",
    "padding": 12,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": SOFT,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "gridColor": "#e3e6ea",
        "domainColor": SOFT,
        "tickColor": SOFT,
    },
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"},
    "title": {
        "anchor": "start",
        "fontSize": 17,
        "subtitleFontSize": 12,
        "subtitleColor": SOFT,
        "color": INK,
        "offset": 12,
        "frame": "bounds",
    },
}


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle between two corners; y runs down."""

    x: float
    y: float
    x2: float
    y2: float
    fill: str


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x: float
    y: float
    x2: float
    y2: float
    stroke: str


_ONE_UNIT = 0xFFFF
"""The last letter that UTF-16 writes whole."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text whose middle is at y; it is cut with an ellipsis at `limit` units."""

    x: float
    y: float
    text: str
    limit: float
    size: int = 13
    align: Literal["left", "right", "center"] = "left"
    bold: bool = False
    fill: str = INK


def canvas(
    width: int,
    height: int,
    *,
    boxes: Sequence[Box] = (),
    lines: Sequence[Line] = (),
    labels: Sequence[Label] = (),
) -> dict[str, Any]:
    """Return the specification of a canvas: boxes below lines below labels."""
    place = {"type": "quantitative", "axis": None}
    x = {"field": "x", "scale": {"domain": [0, width], "nice": False}, **place}
    y = {"field": "y", "scale": {"domain": [height, 0], "nice": False}, **place}
    ends = {"x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    shapes = [
        _layer(boxes, {"type": "rect"}, {**ends, "fill": _own("fill")}),
        _layer(lines, {"type": "rule", "strokeWidth": 1.5}, {**ends, "stroke": _own("stroke")}),
        *_texts(labels, {"x": x, "y": y}),
    ]
    return {
        "width": width,
        "height": height,
        "autosize": "none",
        "config": {**CONFIG, "padding": 0},
        "layer": [shape for shape in shapes if shape["data"]["values"]],
    }


def halved(name: str, letters: int | None) -> list[str]:
    """Return a name in one line, or in two if it has more letters and a gap."""
    gaps = [k for k in range(1, len(name) - 1) if name[k] == " "]
    if letters is None or len(name) <= letters or not gaps:
        return [name]
    middle = min(gaps, key=lambda k: abs(2 * k - len(name)))
    return [name[:middle], name[middle + 1 :]]


def titled(spec: dict[str, Any], title: str, subtitle: Sequence[str]) -> dict[str, Any]:
    """Return a chart with a title, if any, and lines below it that say what it is of, and when."""
    heading = {"title": {"text": title, "subtitle": list(subtitle)}} if title else {}
    return {**heading, "config": CONFIG, **spec}


def _own(field: str) -> dict[str, Any]:
    return {"field": field, "type": "nominal", "scale": None}


def _layer(
    shapes: Iterable[Box | Line], mark: dict[str, Any], encoding: dict[str, Any]
) -> dict[str, Any]:
    values = [asdict(shape) for shape in shapes]
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}


def never_halved(text: str, limit: float, size: float) -> str:
    """Return a text as it is, or cut here if the renderer could cut one of its letters in two.

    It cuts between the halves of UTF-16, and half an emoji ends it. Letters are at most as wide as
    one and a half times their size, so what is left fits.
    """
    most = int(limit / (1.5 * size))
    if len(text) <= most or all(ord(letter) <= _ONE_UNIT for letter in text):
        return text
    return f"{text[: max(most - 1, 0)]}…"


def _texts(labels: Sequence[Label], where: dict[str, Any]) -> list[dict[str, Any]]:
    """One layer a style, which a mark has and its data cannot."""

    def style(label: Label) -> tuple[float, int, str, bool]:
        return label.limit, label.size, label.align, label.bold

    found = []
    for (limit, size, align, bold), group in groupby(sorted(labels, key=style), key=style):
        mark = {
            "type": "text",
            "baseline": "middle",
            "limit": limit,
            "fontSize": size,
            "align": align,
            "fontWeight": "bold" if bold else "normal",
        }
        encoding = {**where, "text": {"field": "text"}, "fill": _own("fill")}
        values = [
            {"x": e.x, "y": e.y, "text": never_halved(e.text, limit, size), "fill": e.fill}
            for e in group
        ]
        found.append({"data": {"values": values}, "mark": mark, "encoding": encoding})
    return found
