"""Problems of input files: collected all at once, shown safely, raised as one error."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from forecast.errors import ConfigError

__all__ = [
    "SHOWN_PROBLEMS",
    "Problem",
    "Problems",
    "join_words",
    "nearest",
    "printable",
    "printable_path",
    "show",
]

SHOWN_PROBLEMS = 20
"""The first ones fit a screen; the rest are counted."""

_KEPT_PROBLEMS = 10_000
_LONGEST_SHOWN = 60
_MOST_BITS = 128


def printable(text: str) -> str:
    """Return `text` with control, direction and invisible characters escaped, and cut if long."""
    safe = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text[: _LONGEST_SHOWN + 1]
    )
    return safe if len(text) <= _LONGEST_SHOWN else safe[:_LONGEST_SHOWN] + "…"


def show(value: object) -> str:
    """Return a value from a file as it is written in TOML, short enough for a message."""
    match value:
        case bool():
            shown = "true" if value else "false"
        case int() if value.bit_length() > _MOST_BITS:
            shown = f"an integer of {value.bit_length()} bits"
        case int() | float():
            shown = str(value)
        case str():
            shown = f'"{printable(value)}"' if value else "an empty text"
        case datetime() | date() | time():
            shown = value.isoformat()
        case dict():
            shown = "a table"
        case list():
            shown = "a list" if value else "an empty list"
        case _:
            shown = "nothing"
    return shown


def join_words(words: Iterable[str], *, last: str = "or") -> str:
    """Return "a, b or c"."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean …?)" for the nearest known word, or nothing."""
    folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word[:200].casefold(), folded, n=1, cutoff=0.6)
    return f' (did you mean "{printable(folded[close[0]])}"?)' if close else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong at one place of one file."""

    file: str
    line: int
    key: str
    found: str
    allowed: str

    def __str__(self) -> str:
        where = f"{printable_path(self.file)}:{self.line}"
        return f"{where}: {self.key}: found {self.found}, allowed {self.allowed}"


def printable_path(path: str) -> str:
    """Return a path as text for a terminal; unlike names it is never cut."""
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "backslashreplace").decode()
        for character in path
    )


@dataclass(slots=True)
class Problems:
    """All problems met so far, files in the order in which they were read; `count` of them."""

    found: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, file: str, line: int, key: str, *, found: str, allowed: str) -> None:
        """Note one problem; from a hopeless file only the first are kept."""
        self.count += 1
        if len(self.found) < _KEPT_PROBLEMS:
            self.found.append(Problem(file, line, key, found, allowed))

    def raise_any(self) -> None:
        """Raise one `ConfigError` that lists the first problems and counts the rest."""
        if not self.found:
            return
        order = {
            file: index for index, file in enumerate(dict.fromkeys(p.file for p in self.found))
        }
        ranked = sorted(dict.fromkeys(self.found), key=lambda p: (order[p.file], p.line))
        lines = [str(problem) for problem in ranked[:SHOWN_PROBLEMS]]
        rest = self.count - (len(self.found) - len(ranked)) - len(lines)
        if rest:
            lines.append(f"… and {rest} more {'problem' if rest == 1 else 'problems'}")
        raise ConfigError("\n".join(lines))
