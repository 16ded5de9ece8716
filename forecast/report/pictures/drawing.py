"""All pictures of a forecast in one call of the drawing process.

One process draws for all forecasts, since its start takes as long as drawing for one of them. It
ends with the process that asks; if it dies earlier, the next question starts another.
"""

from __future__ import annotations

import atexit
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from threading import Lock, Timer
from typing import Any

from forecast.report.pictures.png import repacked

__all__ = ["Chart", "DrawingError", "Drawn", "draw"]

_SECONDS = 120
"""Longer than any picture takes on a busy machine."""


class DrawingError(Exception):
    """The drawing process failed; a forecast is whole without its pictures."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture to draw: a Vega-Lite specification; `scale` pixels a unit of its PNG.

    A scale of 0 is for pictures that stand in pages alone and have no PNG.
    """

    name: str
    spec: Mapping[str, Any]
    scale: float = 1.5


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as SVG and PNG, empty if none; `width` and `height` of the SVG in CSS pixels."""

    svg: bytes
    png: bytes
    width: int
    height: int


class _Process:
    """A drawing process: a line of JSON in, a line of JSON out."""

    def __init__(self) -> None:
        with ExitStack() as opened:
            self._errors = opened.enter_context(tempfile.TemporaryFile())
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "forecast.report.pictures.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                process_group=0,  # Ctrl-C in a terminal is for the process that asks
            )
            opened.pop_all()  # it started, and `end` closes

    def answer(self, asked: bytes) -> bytes:
        """Return what it answers to a line.

        Raises
        ------
        DrawingError
            If it has died, or takes too long.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._errors.seek(0)  # where the process goes on writing: of this question alone
        self._errors.truncate()
        too_long = Timer(_SECONDS, self._process.kill)
        try:
            too_long.start()
            self._process.stdin.write(asked + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except OSError:
            answer = b""
        finally:
            too_long.cancel()
        if not answer.endswith(b"\n"):
            raise DrawingError(f"pictures could not be drawn: {self._last_words()}")
        return answer

    def _last_words(self) -> str:
        code = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").splitlines()
        last = [line for line in said if line and not line[0].isspace()][-1:]  # no stack below it
        return "; ".join([f"the renderer ended with code {code}", *last])

    def has_died(self) -> bool:
        """Return whether it has ended by itself, or was killed."""
        return self._process.poll() is not None

    def end(self) -> None:
        """End the process, in the middle of a picture, too."""
        self._process.kill()
        self.close()
        self._process.wait()

    def leave(self) -> None:
        """Leave the process to another one that asks it, and is its parent."""
        self.close()
        self._process.returncode = 0  # for Popen: nothing here to wait for

    def close(self) -> None:
        """Close our ends of its streams, after which it ends by itself."""
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            assert stream is not None
            with suppress(BrokenPipeError):  # what it has not read
                stream.close()


class _Drawer:
    """The drawing process of this one, if there is any."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: _Process | None = None

    def begin(self) -> None:
        """Start a process that will be asked soon; `answer` tries again what fails here."""
        with self._lock, suppress(OSError):
            self._alive()

    def answer(self, asked: bytes) -> bytes:
        """Return what the process answers; if that fails, the next call starts another.

        Raises
        ------
        DrawingError
            As `_Process.answer`.
        OSError
            If no process can be started.
        """
        with self._lock:
            try:
                return self._alive().answer(asked)
            except BaseException:
                self.end()
                raise

    def _alive(self) -> _Process:
        """Return the process, or a new one if it has died since it was asked."""
        if self._process is not None and self._process.has_died():
            self.end()
        self._process = self._process or _Process()
        return self._process

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def leave(self) -> None:
        """Leave the process to the one that was forked, which goes on asking it."""
        self._lock = Lock()
        if self._process is not None:
            self._process.leave()
            self._process = None


DRAWER = _Drawer()
atexit.register(DRAWER.end)
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=DRAWER.leave)


def draw(charts: Sequence[Chart]) -> Mapping[str, Drawn]:
    """Return every picture by its name; equal specifications give equal bytes.

    Raises
    ------
    DrawingError
        If the process cannot be started, dies, or takes too long.
    """
    if not charts:
        return {}
    asked = [{"name": each.name, "spec": each.spec, "scale": each.scale} for each in charts]
    try:
        answer = DRAWER.answer(json.dumps(asked).encode())
    except OSError as error:
        raise DrawingError(f"pictures could not be drawn: {error}") from error
    return {name: _drawn(each) for name, each in json.loads(answer).items()}


def _drawn(each: Mapping[str, str]) -> Drawn:
    head = each["svg"][: each["svg"].index(">")]
    width, height = (
        round(float(found[1]))
        for side in ("width", "height")
        if (found := re.search(rf' {side}="([0-9.]+)"', head))
    )
    png = repacked(base64.b64decode(each["png"])) if each["png"] else b""
    return Drawn(svg=each["svg"].encode(), png=png, width=width, height=height)
