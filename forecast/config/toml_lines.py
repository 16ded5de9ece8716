"""On which line each key of a TOML text stands; `tomllib` does not say.

The scanner reads text that `tomllib` has accepted, so it only has to find keys and the ends of
values, never to judge them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

__all__ = ["KeyPath", "LineIndex", "index_lines", "key_text"]

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def key_text(path: KeyPath) -> str:
    """Return a key path as users write it, with 1-based positions in lists."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".") or "file"


@dataclass(slots=True)
class LineIndex:
    """Lines of key paths, 1-based."""

    lines: dict[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int:
        """Return the line of a key, or that of the nearest table around a missing one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def index_lines(text: str) -> LineIndex:
    """Return the lines of all keys of a valid TOML text."""
    return _Scanner(text).scan()


class _Scanner:
    """A cursor over the text and the table that it stands in."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.index = LineIndex()
        self.table: KeyPath = ()
        self.lengths: dict[KeyPath, int] = {}
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def scan(self) -> LineIndex:
        """Read all statements."""
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                self.header()
            else:
                self.pair(self.table)
            self.skip(_BLANK)
        return self.index

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Move behind what matches here and return it."""
        found = pattern.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return found.group()

    def note(self, path: KeyPath, at: int) -> None:
        """Keep the first line on which a path, and each table around it, is named."""
        line = bisect_right(self.starts, at)
        for length in range(1, len(path) + 1):
            self.index.lines.setdefault(path[:length], line)

    def header(self) -> None:
        """Read `[table]` or `[[array]]`."""
        start = self.at
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        path = self.inside(self.key())
        if many:
            position = self.lengths.get(path, 0)
            self.lengths[path] = position + 1
            path = (*path, position)
        self.at += 2 if many else 1
        self.table = path
        self.note(path, start)

    def inside(self, key: tuple[str, ...]) -> KeyPath:
        """Return the path of a header's key: an array on the way means its last table."""
        path: KeyPath = ()
        for number, part in enumerate(key):
            path = (*path, part)
            if number + 1 < len(key) and path in self.lengths:
                path = (*path, self.lengths[path] - 1)
        return path

    def key(self) -> tuple[str, ...]:
        """Read a key of one or more parts."""
        parts: list[str] = []
        while True:
            self.skip(_SPACE)
            quoted = self.text[self.at] in "\"'"
            word = self.skip(_STRING if quoted else _BARE_KEY)
            parts.append(_unquote(word) if quoted else word)
            self.skip(_SPACE)
            if self.text[self.at] != ".":
                return tuple(parts)
            self.at += 1

    def pair(self, table: KeyPath) -> None:
        """Read `key = value`."""
        start = self.at
        path = (*table, *self.key())
        self.note(path, start)
        self.at += 1
        self.skip(_SPACE)
        self.value(path)

    def value(self, path: KeyPath) -> None:
        """Read a value; lists and inline tables have paths of their own."""
        opening = self.text[self.at]
        if opening == "[":
            self.items(path, closing="]")
        elif opening == "{":
            self.items(path, closing="}")
        else:
            self.skip(_STRING if opening in "\"'" else _SCALAR)

    def items(self, path: KeyPath, *, closing: str) -> None:
        """Read the items of a list or of an inline table."""
        self.at += 1
        number = 0
        while True:
            self.skip(_BLANK)
            if self.text[self.at] == closing:
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
            elif closing == "}":
                self.pair(path)
            else:
                self.note((*path, number), self.at)
                self.value((*path, number))
                number += 1


def _unquote(word: str) -> str:
    """Return the text of a quoted key."""
    if word[0] == "'":
        return word[1:-1]
    return _ESCAPE.sub(
        lambda found: _ESCAPED[found[3]] if found[3] else chr(int(found[1] or found[2], base=16)),
        word[1:-1],
    )
