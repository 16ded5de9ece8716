"""The reliability picture: what was said against how often it came true."""

from __future__ import annotations

from typing import Any

import polars as pl

from forecast.backtest.result import Backtest
from forecast.report.pictures.canvas import BLUE, GREY, titled
from forecast.report.pictures.drawing import Chart, draw

__all__ = ["picture_files"]

_SIDE = 260
"""Width and height of a panel."""

_PANELS = {"matches": "Next matches: home win, draw, away win", "outcomes": "Outcomes"}

_SHARE = {"format": ".0%", "values": [0, 0.2, 0.4, 0.6, 0.8, 1]}


def picture_files(result: Backtest) -> dict[str, bytes]:
    """Return `reliability.svg` and `.png` of the first model.

    Raises
    ------
    DrawingError
        If the drawing process fails.
    """
    model = result.replayed.models[0]
    table = result.reliability.filter(pl.col("source") == model)
    panels = [
        _panel(table.filter(pl.col("what") == what), title)
        for what, title in _PANELS.items()
        if (table["what"] == what).any()
    ]
    name, moments = result.replayed.plans[0].competition.name, len(result.replayed.steps)
    subtitle = [
        f"{name}, model {model}: {moments} forecasts replayed.",
        "On the line what was said came true as often. Bars: 95 % of the sample; size: number.",
    ]
    spec = titled({"hconcat": panels}, "Did it happen as often as forecast?", ())
    spec["title"]["subtitle"] = subtitle
    drawn = draw([Chart("reliability", spec)])["reliability"]
    return {"reliability.svg": drawn.svg, "reliability.png": drawn.png}


def _panel(table: pl.DataFrame, title: str) -> dict[str, Any]:
    """Return one panel: the diagonal, a point a tenth, and its interval."""
    values = table.select("probability", "frequency", "low", "high", "forecasts").to_dicts()
    x = _axis("probability", "Said")
    diagonal = {
        "data": {
            "values": [{"probability": 0, "frequency": 0}, {"probability": 1, "frequency": 1}]
        },
        "mark": {"type": "line", "color": GREY, "strokeDash": [4, 4], "strokeWidth": 1.5},
        "encoding": {"x": x, "y": _axis("frequency", "Came true")},
    }
    bars = {
        "mark": {"type": "rule", "color": BLUE, "strokeWidth": 1.5},
        "encoding": {"x": x, "y": _axis("low", "Came true"), "y2": {"field": "high"}},
    }
    size = {
        "field": "forecasts",
        "type": "quantitative",
        "scale": {"range": [20, 220]},
        "legend": None,
    }
    points = {
        "mark": {"type": "point", "filled": True, "color": BLUE, "opacity": 1},
        "encoding": {"x": x, "y": _axis("frequency", "Came true"), "size": size},
    }
    return {
        "title": {"text": title, "fontSize": 13, "anchor": "start"},
        "width": _SIDE,
        "height": _SIDE,
        "data": {"values": values},
        "layer": [diagonal, bars, points],
    }


def _axis(field: str, title: str) -> dict[str, Any]:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"title": title, **_SHARE},
    }
