"""Charts with axes: places, points that are enough, history."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forecast.report.pictures.canvas import BLUE, HIGHLIGHTS, INK, halved, never_halved, titled

__all__ = ["Words", "history_chart", "places_chart", "points_chart"]

_SHARE = {"format": ".0%"}
_CELL = 13
"""Side of a cell of the heat map."""

_TOLD = (0.005, 0.995)
"""Points of the curve beyond these lie on an axis and carry no number."""

_ROUND = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
_LEAST_STEP = 0.14
"""Labels of the scale of the heat map, and their least distance as a share of its length."""

_APART = 0.055
"""Least distance of two lines of text at the ends of lines, as a share of the height."""


@dataclass(frozen=True, slots=True)
class Words:
    """Title of a chart, the lines below it, and the titles of its axes."""

    title: str
    subtitle: tuple[str, ...]
    x: str
    y: str


def places_chart(
    cells: Sequence[tuple[str, int, float]],
    *,
    teams: Sequence[str],
    places: int,
    cuts: Sequence[int],
    words: Words,
) -> dict[str, Any]:
    """Return the heat map of (team, place, probability); a cut is a line between two places."""
    values = [{"team": team, "place": place, "p": p} for team, place, p in cells]
    most = max((p for _, _, p in cells), default=1.0)
    axis = {"title": words.x, "orient": "top", "labelAngle": 0, "grid": False}
    axis["values"] = [1, *range(5, places + 1, 5)]
    domain = list(range(1, places + 1))
    x = {"field": "place", "type": "ordinal", "axis": axis, "scale": {"domain": domain}}
    y = {
        "field": "team",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": list(teams)},
        "axis": {"title": None, "labelLimit": 190, "labelFontSize": 11, "grid": False},
    }
    heat = {
        "data": {"values": values},
        "mark": {"type": "rect", "stroke": "#eef1f4", "strokeWidth": 0.5},
        "encoding": {"x": x, "y": y, "color": _shading(most, words.y)},
    }
    rule = {
        "data": {"values": [{"place": cut} for cut in cuts]},
        "mark": {"type": "rule", "color": HIGHLIGHTS[1], "strokeWidth": 2, "xOffset": _CELL / 2},
        "encoding": {"x": {"field": "place", "type": "ordinal"}},
    }
    sized = {
        "width": _CELL * places,
        "height": {"step": _CELL},
        "padding": {"left": 40, "top": 12, "right": 12, "bottom": 12},  # wider fonts of a reader
    }
    return titled({**sized, "layer": [heat, rule] if cuts else [heat]}, words.title, words.subtitle)


def _shading(most: float, title: str) -> dict[str, Any]:
    return {
        "field": "p",
        "type": "quantitative",
        "scale": {"type": "sqrt", "range": ["#ffffff", BLUE], "interpolate": "rgb", "domainMin": 0},
        "legend": {
            "title": title,
            "titleLimit": 400,
            "orient": "bottom",
            "gradientLength": 320,
            "values": _scale(most),
            **_SHARE,
        },
    }


def _scale(most: float) -> list[float]:
    """Return round shares up to `most` that stand apart on a scale of square roots."""
    found = [0.0]
    for share in _ROUND:
        if share <= most and share**0.5 - found[-1] ** 0.5 > _LEAST_STEP * most**0.5:
            found.append(share)
    return found


def points_chart(
    totals: Sequence[tuple[int, float, str]], *, words: Words, width: int = 440
) -> dict[str, Any]:
    """Return the curve of (points, probability of being enough, its text)."""
    low, high = _TOLD
    values = [
        {"points": points, "p": p, "text": text if low < p < high else ""}
        for points, p, text in totals
    ]
    x = {
        "field": "points",
        "type": "quantitative",
        "axis": {"title": words.x, "tickMinStep": 1, "format": "d", "grid": False},
        "scale": {"zero": False, "nice": False, "padding": 18},
    }
    y = {
        "field": "p",
        "type": "quantitative",
        "axis": {"title": words.y, **_SHARE, "tickCount": 5},
        "scale": {"domain": [0, 1]},
    }
    line = {"mark": {"type": "line", "color": BLUE, "strokeWidth": 2.5}}
    dots = {"mark": {"type": "point", "color": BLUE, "filled": True, "size": 60, "opacity": 1}}
    text = {
        "mark": {"type": "text", "dx": -10, "align": "right", "fontSize": 12, "color": INK},
        "encoding": {"text": {"field": "text"}},
    }
    spec = {
        "width": width,
        "height": 250,
        "data": {"values": values},
        "encoding": {"x": x, "y": y},
        "layer": [line, dots, text],
    }
    return titled(spec, words.title, words.subtitle)


def history_chart(
    lines: Mapping[str, Sequence[tuple[date, float]]],
    *,
    first: Sequence[str],
    days: Mapping[date, str],
    words: Words,
    width: int = 520,
    names_width: int = 190,
    names_letters: int | None = None,
) -> dict[str, Any]:
    """Return one line a team of (day, probability); `first` teams, at most four, stand out.

    Those have a colour, a shape of their points and their name at the end of the line, in two lines
    if it has more than `names_letters`.
    """
    start = min(days)
    names = list(first[: len(HIGHLIGHTS)])
    values = _on_lines(lines, names, start)
    texts = {(day - start).days: text for day, text in days.items()}
    x = {
        "field": "day",
        "type": "quantitative",
        "axis": _day_axis(texts, words.x),
        "scale": {"nice": False, "domain": [0, max(1, *texts)]},
    }
    y = {"field": "p", "type": "quantitative", "axis": {"title": words.y, **_SHARE, "tickCount": 5}}
    own = {"field": "color", "type": "nominal", "scale": None}
    drawn = {
        "data": {"values": values},
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {"x": x, "y": y, "detail": {"field": "team"}, "color": own},
    }
    shapes = {"domain": [0, 1, 2, 3], "range": ["circle", "square", "triangle-up", "diamond"]}
    points = {
        "data": {"values": [value for value in values if value["shape"] != -1]},
        "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
        "encoding": {
            "x": x, "y": y, "color": own,
            "shape": {"field": "shape", "type": "ordinal", "scale": shapes, "legend": None},
        },
    }  # fmt: skip
    named = _ends(lines, names, x, y, limit=names_width, letters=names_letters)
    spec = {"width": width, "height": 280, "layer": [drawn, points, named]}
    return titled(spec, words.title, words.subtitle)


def _on_lines(
    lines: Mapping[str, Sequence[tuple[date, float]]], names: Sequence[str], start: date
) -> list[dict[str, Any]]:
    """Return every point of every line, those of `names` last, so that they lie on top."""
    return [
        {
            "team": team,
            "day": (day - start).days,
            "p": p,
            "color": HIGHLIGHTS[names.index(team)] if team in names else "#b9bec4",
            "shape": names.index(team) if team in names else -1,
        }
        for team in sorted(lines, key=lambda team: team in names)
        for day, p in lines[team]
    ]


def _day_axis(texts: Mapping[int, str], title: str) -> dict[str, Any]:
    """Label each day of a forecast; its texts are ours, made from dates."""
    named = json.dumps({str(day): text for day, text in texts.items()})
    return {
        "title": title,
        "values": sorted(texts),
        "labelExpr": f"{named}[datum.value]",
        "labelOverlap": "greedy",
        "labelSeparation": 14,  # fonts of a reader may be wider
        "grid": False,
    }


def _ends(
    lines: Mapping[str, Sequence[tuple[date, float]]],
    names: Sequence[str],
    x: dict[str, Any],
    y: dict[str, Any],
    *,
    limit: int,
    letters: int | None,
) -> dict[str, Any]:
    """Write names at the ends of their lines, moved apart where they would overlap."""
    highest = max((p for line in lines.values() for _, p in line), default=1.0) or 1.0
    last_day = x["scale"]["domain"][1]
    values: list[dict[str, Any]] = []
    at, lines_above = 2 * highest, 1
    for team in sorted(names, key=lambda name: -lines[name][-1][1]):
        at = min(lines[team][-1][1], at - _APART * highest * lines_above)
        told = [never_halved(part, limit, 12) for part in halved(team, letters)]
        lines_above = len(told)
        color = HIGHLIGHTS[names.index(team)]
        values.append(
            {"team": told if len(told) > 1 else told[0], "day": last_day, "p": at, "color": color}
        )
    return {
        "data": {"values": values},
        "mark": {"type": "text", "align": "left", "dx": 9, "fontSize": 12, "limit": limit},
        "encoding": {
            "x": x, "y": y, "text": {"field": "team"}, "color": {"value": INK},
        },
    }  # fmt: skip
