"""The drawing process: reads lists of specifications from stdin, writes pictures to stdout.

Each is a line of JSON. The process ends at the end of its stdin, so also when the one that asks
dies.

It runs apart because the renderer can abort its whole process on a text that it does not like.
"""

from __future__ import annotations

import base64
import json
import re
import sys

import vl_convert

__all__ = ["main"]

_VEGA_LITE = "6.1"
"""Fixed, so that a newer renderer draws the same."""

_SMALL: dict[str, object] = {"data": {"values": [{"x": 1}]}, "mark": "point"}

_GRADIENT = re.compile(r"""((?:id="|url\(#)gradient_)(\d+)""")


def main() -> None:
    """Draw every picture of a list of `{name, spec, scale}` as SVG and, at its scale, as PNG."""
    _draw(_SMALL, 0)  # which loads the renderer, before anyone waits for it
    for line in sys.stdin:
        drawn = {each["name"]: _draw(each["spec"], each["scale"]) for each in json.loads(line)}
        sys.stdout.write(f"{json.dumps(drawn)}\n")
        sys.stdout.flush()


def _draw(spec: dict[str, object], scale: float) -> dict[str, str]:
    svg = _numbered(vl_convert.vegalite_to_svg(spec, vl_version=_VEGA_LITE, allowed_base_urls=[]))
    png = vl_convert.svg_to_png(svg, scale=scale) if scale else b""
    return {"svg": svg, "png": base64.b64encode(png).decode()}


def _numbered(svg: str) -> str:
    """Return a picture with gradients from 0 on; the renderer counts all that it has drawn."""
    numbers: dict[str, int] = {}
    return _GRADIENT.sub(
        lambda found: f"{found[1]}{numbers.setdefault(found[2], len(numbers))}", svg
    )


if __name__ == "__main__":
    main()
