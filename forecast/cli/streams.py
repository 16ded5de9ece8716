"""stdout for data, stderr for words; neither may crash the program."""

from __future__ import annotations

import io
import os
import sys
import textwrap
from contextlib import suppress
from typing import TextIO

from forecast.errors import OutputError
from forecast.report.text import shown

__all__ = ["Ticker", "drain", "emit", "fold", "prepare", "say"]


_COLUMNS = 80
"""Width of a terminal that does not say its own."""


def prepare() -> None:
    """Write what an encoding lacks as an escape, and survive streams that were closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 (lives as long as the process)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def emit(text: str) -> None:
    """Write data to stdout; a reader who has gone away wants no more of it.

    Raises
    ------
    OutputError
        If stdout cannot take it, for example on a full disk.
    """
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        _give_up_stdout()
    except OSError as error:
        _give_up_stdout()
        raise OutputError(f"stdout: {error.strerror or error}") from error
    drain()


def drain() -> None:
    """Flush stdout; raises as `emit` does."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up_stdout()
    except OSError as error:
        _give_up_stdout()
        raise OutputError(f"stdout: {error.strerror or error}") from error


def fold(text: str, stream: TextIO) -> str:
    """Break lines that are wider than a terminal between words; it would break within a word.

    In files lines stay as they are.
    """
    if not stream.isatty():
        return text
    width = _width(stream)
    return "\n".join(_fold_line(line, width) for line in text.split("\n"))


def _width(stream: TextIO) -> int:
    """Return what COLUMNS says, or the columns of a terminal; 80 if it does not know them."""
    with suppress(ValueError):
        if (asked := int(os.environ.get("COLUMNS", "0"))) > 0:
            return asked
    with suppress(OSError):
        return os.get_terminal_size(stream.fileno()).columns or _COLUMNS
    return _COLUMNS


def _fold_line(line: str, width: int) -> str:
    """Break one line; what follows its beginning stands further in.

    A word stays whole, such as a long path that somebody will copy; rich would break it.
    """
    if len(line) <= width:
        return line
    words = line.lstrip(" ")
    outer = " " * (len(line) - len(words))
    return textwrap.fill(
        words,
        max(width, len(outer) + 5),
        initial_indent=outer,
        subsequent_indent=f"{outer}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def say(message: str, *, folded: bool = True) -> None:
    """Write a message to stderr, its control characters escaped; `folded` for a terminal or not."""
    with suppress(OSError):
        text = shown(message)
        sys.stderr.write(f"{fold(text, sys.stderr) if folded else text}\n")
        sys.stderr.flush()


def _give_up_stdout() -> None:
    """Send what is still buffered nowhere, so that the interpreter's last flush is quiet."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


class Ticker:
    """One line of progress on stderr, redrawn in place; silent unless a person is watching."""

    def __init__(self, label: str, unit: str = "replicates") -> None:
        self._label = shown(label)
        self._unit = unit
        self._watched = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"

    def __call__(self, done: int, goal: int) -> None:
        """Show that `done` of `goal` are there."""
        self._draw(f"{self._label}: {done} of {goal} {self._unit}")

    def clear(self) -> None:
        """Leave the line empty for what comes next."""
        self._draw("")

    def _draw(self, line: str) -> None:
        if self._watched:
            with suppress(OSError):
                sys.stderr.write(f"\r\x1b[K{line}")
                sys.stderr.flush()
