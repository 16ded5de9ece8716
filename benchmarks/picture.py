"""The picture of the README, from the committed figures.

    uv run python -m benchmarks.picture

Reads `benchmarks/results/kernel.json`, writes `docs/gallery/speed.svg`; equal figures give equal
bytes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import vl_convert

from forecast.report.pictures.canvas import BLUE, CONFIG, GREY

__all__ = ["specification"]

FIGURES = Path(__file__).parent / "results/kernel.json"
PICTURE = Path(__file__).parents[1] / "docs/gallery/speed.svg"
VEGA_LITE = "6.1"

RUN, FROZEN = "a run, a draw every 64 runs", "a run, frozen strengths"
PEERS = {
    RUN: "forecast, a draw every 64 runs",
    FROZEN: "forecast, frozen",
    "a run of plain numba": "plain numba, frozen",
    "a run of vectorised numpy": "vectorised numpy, frozen",
}
WHOLE = "whole, without draws"

Figures = dict[tuple[str, str, str], float]


def read_figures(path: Path) -> Figures:
    """Return the figures by measure, name and unit."""
    rows = json.loads(path.read_text("utf-8"))["rows"]
    return {(row["measure"], row["name"], row["unit"]): row["value"] for row in rows}


def specification(figures: Figures) -> dict[str, Any]:
    """Return the picture in Vega-Lite: beside the peers, by stage, by teams."""
    return {
        "config": CONFIG,
        "padding": {"left": 40, "right": 16, "top": 16, "bottom": 16},  # fonts differ in width
        "spacing": 28,
        "vconcat": [
            peers(figures),
            {"spacing": 36, "hconcat": [by_stage(figures), by_teams(figures)]},
        ],
        "resolve": {"scale": {"color": "independent"}},
    }


def peers(figures: Figures) -> dict[str, Any]:
    """Return bars of the time of a run, on a scale of powers of ten."""
    bars = [
        {"label": label, "ns": figures["throughput", name, "ns CPU"], "ours": name in {RUN, FROZEN}}
        for name, label in PEERS.items()
    ]
    scale = {"type": "log", "domain": [100, 100_000]}
    color = {
        "condition": {"test": "datum.ours", "value": BLUE},
        "value": GREY,
    }
    title = "CPU time of a season, 150 fixtures and a knockout of 32"
    return bar_panel(bars, title=title, width=480, scale=scale, color=color)


def by_stage(figures: Figures) -> dict[str, Any]:
    """Return bars of the parts of a run, in the order in which they are played."""
    parts = [
        {"label": name, "ns": ns}
        for (measure, name, _), ns in figures.items()
        if measure == "stages" and name != WHOLE
    ]
    scale = {"domainMin": 0, "nice": True}
    return bar_panel(parts, title="Where it goes", width=190, scale=scale, color={"value": BLUE})


def bar_panel(
    bars: list[dict[str, Any]],
    *,
    title: str,
    width: int,
    scale: dict[str, Any],
    color: dict[str, Any],
) -> dict[str, Any]:
    """Return one panel of bars, each with its figure."""
    labels = {"field": "label", "type": "nominal", "sort": None, "title": None}
    ticks = {"values": [100, 1_000, 10_000, 100_000]} if "domain" in scale else {"tickCount": 4}
    y = {**labels, "axis": {"labelLimit": 260, "ticks": False, "domain": False}}
    x = {
        "field": "ns",
        "type": "quantitative",
        "scale": scale,
        "axis": {"title": "nanoseconds of one core", "format": ",~r"} | ticks,
    }
    start = {"datum": scale["domain"][0]} if "domain" in scale else {"datum": 0}
    text = {"field": "ns", "type": "quantitative", "format": ",.0f"}
    return {
        "title": {"text": title, "fontSize": 14},
        "width": width,
        "height": {"step": 24},
        "data": {"values": bars},
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "bar", "height": 15},
                "encoding": {"x": x, "x2": start, "color": color},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 12},
                "encoding": {"x": x, "text": text},
            },
        ],
    }


def by_teams(figures: Figures) -> dict[str, Any]:
    """Return the time of a run by the number of teams."""
    unit = "ns CPU a run and team"
    points = [
        {"teams": int(name.split()[0]), "ns": int(name.split()[0]) * ns}
        for (measure, name, found), ns in figures.items()
        if measure == "scaling" and found == unit
    ]
    teams = {"title": "teams, twelve matches each", "values": [10, 20, 50, 100, 200, 400]}
    powers = {"title": None, "values": [100, 1_000, 10_000, 100_000], "format": ",~r"}
    scales = [{"type": "log", "domain": domain} for domain in ([9, 500], [100, 100_000])]
    x = {"type": "quantitative", "field": "teams", "scale": scales[0], "axis": teams}
    y = {"type": "quantitative", "field": "ns", "scale": scales[1], "axis": powers}
    return {
        "title": {"text": "Nanoseconds by number of teams", "fontSize": 14},
        "width": 230,
        "height": 190,
        "data": {"values": points},
        "mark": {"type": "line", "point": True, "color": BLUE},
        "encoding": {"x": x, "y": y},
    }


def main() -> None:
    """Draw."""
    spec = specification(read_figures(FIGURES))
    svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    PICTURE.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    main()
