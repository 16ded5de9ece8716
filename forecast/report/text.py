"""Text from a config, made safe for a terminal."""

from __future__ import annotations

import unicodedata

__all__ = ["shown"]

_JOINERS = "\u200c\u200d"
"""Zero-width joiners are part of ordinary words and emoji; they move and hide nothing."""


def shown(text: str) -> str:
    r"""Return `text` with every control character but the line feed written as `\x1b`.

    Escape sequences, carriage returns, bidirectional overrides and other invisible characters
    could repaint the terminal or reorder a line.
    """
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if character == "\n" or character in _JOINERS or character == "\N{SOFT HYPHEN}":
        return character
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character.encode("unicode_escape").decode("ascii")
    return character
