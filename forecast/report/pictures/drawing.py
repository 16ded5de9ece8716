"""All pictures of a forecast in one call of the drawing process."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forecast.report.pictures.png import repacked

__all__ = ["Chart", "DrawingError", "Drawn", "draw"]

_SECONDS = 120
"""Longer than any picture takes on a busy machine."""


class DrawingError(Exception):
    """The drawing process failed; a forecast is whole without its pictures."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture to draw: a Vega-Lite specification; `scale` pixels a unit of its PNG.

    A scale of 0 is for pictures that stand in pages alone and have no PNG.
    """

    name: str
    spec: Mapping[str, Any]
    scale: float = 1.5


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as SVG and PNG, empty if none; `width` and `height` of the SVG in CSS pixels."""

    svg: bytes
    png: bytes
    width: int
    height: int


def draw(charts: Sequence[Chart]) -> Mapping[str, Drawn]:
    """Return every picture by its name; equal specifications give equal bytes.

    Raises
    ------
    DrawingError
        If the process fails, is killed, or takes too long.
    """
    if not charts:
        return {}
    asked = [{"name": each.name, "spec": each.spec, "scale": each.scale} for each in charts]
    try:
        process = subprocess.run(
            [sys.executable, "-m", "forecast.report.pictures.child"],
            input=json.dumps(asked).encode(),
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or b""
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        raise DrawingError(f"pictures could not be drawn: {error}; {' '.join(last)}") from error
    return {name: _drawn(each) for name, each in json.loads(process.stdout).items()}


def _drawn(each: Mapping[str, str]) -> Drawn:
    head = each["svg"][: each["svg"].index(">")]
    width, height = (
        round(float(found[1]))
        for side in ("width", "height")
        if (found := re.search(rf' {side}="([0-9.]+)"', head))
    )
    png = repacked(base64.b64decode(each["png"])) if each["png"] else b""
    return Drawn(svg=each["svg"].encode(), png=png, width=width, height=height)
