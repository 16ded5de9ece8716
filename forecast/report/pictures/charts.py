"""Charts with axes: places, points that are enough, history."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forecast.report.pictures.canvas import BLUE, HIGHLIGHTS, INK, titled

__all__ = ["Words", "history_chart", "places_chart", "points_chart"]

_SHARE = {"format": ".0%"}
_CELL = 13
"""Side of a cell of the heat map."""

_TOLD = (0.005, 0.995)
"""Points of the curve beyond these lie on an axis and carry no number."""

_APART = 0.055
"""Least distance of two labels at the ends of lines, as a share of the height."""


@dataclass(frozen=True, slots=True)
class Words:
    """Title and subtitle of a chart, and the titles of its axes."""

    title: str
    subtitle: str
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
    color = {
        "field": "p",
        "type": "quantitative",
        "scale": {"type": "sqrt", "range": ["#ffffff", BLUE], "interpolate": "rgb", "domainMin": 0},
        "legend": {"title": words.y, "orient": "bottom", "gradientLength": 220, **_SHARE},
    }
    heat = {
        "data": {"values": values},
        "mark": {"type": "rect", "stroke": "#eef1f4", "strokeWidth": 0.5},
        "encoding": {"x": x, "y": y, "color": color},
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


def points_chart(totals: Sequence[tuple[int, float, str]], *, words: Words) -> dict[str, Any]:
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
        "width": 440,
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
) -> dict[str, Any]:
    """Return one line a team of (day, probability); `first` teams, at most four, stand out.

    Those have a colour, a shape of their points and their name at the end of the line.
    """
    start = min(days)
    names = list(first[: len(HIGHLIGHTS)])
    values = [
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
    spec = {"width": 520, "height": 280, "layer": [drawn, points, _ends(lines, names, x, y)]}
    return titled(spec, words.title, words.subtitle)


def _day_axis(texts: Mapping[int, str], title: str) -> dict[str, Any]:
    """Label each day of a forecast; its texts are ours, made from dates."""
    named = json.dumps({str(day): text for day, text in texts.items()})
    return {
        "title": title,
        "values": sorted(texts),
        "labelExpr": f"{named}[datum.value]",
        "labelOverlap": True,
        "grid": False,
    }


def _ends(
    lines: Mapping[str, Sequence[tuple[date, float]]],
    names: Sequence[str],
    x: dict[str, Any],
    y: dict[str, Any],
) -> dict[str, Any]:
    """Write names at the ends of their lines, moved apart where they would overlap."""
    highest = max((p for line in lines.values() for _, p in line), default=1.0) or 1.0
    last_day = x["scale"]["domain"][1]
    values: list[dict[str, Any]] = []
    at = 2 * highest
    for team in sorted(names, key=lambda name: -lines[name][-1][1]):
        at = min(lines[team][-1][1], at - _APART * highest)
        color = HIGHLIGHTS[names.index(team)]
        values.append({"team": team, "day": last_day, "p": at, "color": color})
    return {
        "data": {"values": values},
        "mark": {"type": "text", "align": "left", "dx": 9, "fontSize": 12, "limit": 190},
        "encoding": {
            "x": x, "y": y, "text": {"field": "team"}, "color": {"value": INK},
        },
    }  # fmt: skip
