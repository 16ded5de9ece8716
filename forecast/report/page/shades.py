"""The heat shading: colours whose text stays readable."""

from __future__ import annotations

from forecast.report.page.chances import SHADES

__all__ = ["INK", "contrast", "css", "shade", "style_rules"]

INK = (0x1A, 0x1A, 0x1A)
"""The colour of every text on a shade."""

_WHITE = (255, 255, 255)
_FULL = (0x66, 0xAA, 0xD1)
"""A light blue, on which dark text still reads well."""

Colour = tuple[int, int, int]


def shade(step: int) -> Colour:
    """Return the background of a step: from white to blue."""
    weight = step / SHADES
    red, green, blue = (round(w + weight * (f - w)) for w, f in zip(_WHITE, _FULL, strict=True))
    return red, green, blue


def contrast(one: Colour, two: Colour) -> float:
    """Return the contrast ratio of WCAG 2, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def style_rules() -> str:
    """Return one CSS rule a step, `.h0` to `.h20`."""
    return "".join(f".h{step}{{background:{css(shade(step))}}}" for step in range(SHADES + 1))


def css(colour: Colour) -> str:
    """Return a colour as `#66aad1`."""
    return "#" + "".join(f"{part:02x}" for part in colour)


def _luminance(colour: Colour) -> float:
    parts = (part / 255 for part in colour)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
