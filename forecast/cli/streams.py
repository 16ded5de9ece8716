"""stdout for data, stderr for words; neither may crash the program."""

from __future__ import annotations

import io
import os
import shutil
import sys
import textwrap
from contextlib import suppress
from typing import TextIO

from forecast.errors import OutputError
from forecast.report.text import shown

__all__ = ["Ticker", "drain", "emit", "fold", "prepare", "say"]


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
    """Break sentences between words where a terminal would break them within; files keep lines."""
    if not stream.isatty():
        return text
    return "\n".join(_fold_line(line) for line in text.split("\n"))


def _fold_line(line: str) -> str:
    """Break one line, what follows further in than its beginning."""
    width = shutil.get_terminal_size().columns
    if len(line) <= width:
        return line
    inner = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.fill(
        line, width, subsequent_indent=inner, break_long_words=False, break_on_hyphens=False
    )


def say(message: str) -> None:
    """Write a message to stderr, its control characters escaped."""
    with suppress(OSError):
        sys.stderr.write(f"{fold(shown(message), sys.stderr)}\n")
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
