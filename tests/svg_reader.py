"""The texts of a picture by where they stand, as an eye would read them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET


def texts(svg):
    """Every text of an SVG file as (x, y, text), in its own units."""
    return list(below(ET.fromstring(svg), 0.0, 0.0))  # noqa: S314 (our own drawing)


def below(element, x, y):
    moved = re.match(r"translate\(([-.0-9]+),([-.0-9]+)\)", element.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    if element.tag.endswith("text") and element.text:
        yield x, y, element.text.strip()
    for child in element:
        yield from below(child, x, y)


def rows(svg):
    """The texts of each line, from left to right, the lines from top to bottom."""
    lines = {}
    for x, y, text in texts(svg):
        lines.setdefault(round(y), []).append((x, text))
    return [[text for _, text in sorted(lines[y])] for y in sorted(lines)]
