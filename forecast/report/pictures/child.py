"""The drawing process: reads specifications from stdin, writes pictures to stdout, both JSON.

It runs apart because the renderer can abort its whole process on a text that it does not like.
"""

from __future__ import annotations

import base64
import json
import sys

import vl_convert

__all__ = ["main"]

_VEGA_LITE = "6.1"
"""Fixed, so that a newer renderer draws the same."""


def main() -> None:
    """Draw every picture of a list of `{name, spec, scale}` as SVG and, at its scale, as PNG."""
    drawn = {each["name"]: _draw(each["spec"], each["scale"]) for each in json.load(sys.stdin)}
    json.dump(drawn, sys.stdout)


def _draw(spec: dict[str, object], scale: float) -> dict[str, str]:
    svg = vl_convert.vegalite_to_svg(spec, vl_version=_VEGA_LITE, allowed_base_urls=[])
    png = vl_convert.svg_to_png(svg, scale=scale) if scale else b""
    return {"svg": svg, "png": base64.b64encode(png).decode()}


if __name__ == "__main__":
    main()
