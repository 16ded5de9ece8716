"""The heat shading: colours whose text stays readable."""

from __future__ import annotations

from forecast.report.page.chances import SHADES

__all__ = ["BLUE", "contrast", "ink", "shade", "style_rules"]

BLUE = (0x00, 0x72, 0xB2)
_WHITE = (255, 255, 255)
_BLACK = (0, 0, 0)

Colour = tuple[int, int, int]


def shade(step: int, steps: int = SHADES) -> Colour:
    """Return the background of a step: from white to blue."""
    weight = step / steps
    red, green, blue = (round(w + weight * (b - w)) for w, b in zip(_WHITE, BLUE, strict=True))
    return red, green, blue


def ink(background: Colour) -> Colour:
    """Return black or white, whichever reads better: one of them has a contrast above 4.58."""
    return max((_BLACK, _WHITE), key=lambda text: contrast(text, background))


def contrast(one: Colour, two: Colour) -> float:
    """Return the contrast ratio of WCAG 2, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def style_rules() -> str:
    """Return one CSS rule a step, `.h0` to `.h20`."""
    steps = range(SHADES + 1)
    return "".join(
        f".h{s}{{background:{_css(shade(s))};color:{_css(ink(shade(s)))}}}" for s in steps
    )


def _css(colour: Colour) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)


def _luminance(colour: Colour) -> float:
    parts = (part / 255 for part in colour)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
