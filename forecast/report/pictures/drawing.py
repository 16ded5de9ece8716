"""All pictures of a forecast in one call of the drawing process.

The process lives as long as this one and draws for one forecast after the other: to start, and to
load the renderer, takes as long as the pictures of a forecast.
"""

from __future__ import annotations

import atexit
import base64
import json
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
                [sys.executable, "-m", "forecast.report.pictures.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
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
        too_long = Timer(_SECONDS, self._process.kill)
        too_long.start()
        try:
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

    def end(self) -> None:
        """End the process, in the middle of a picture, too."""
        self._process.kill()
        with suppress(BrokenPipeError), self._process, self._errors:  # which closes what is open
            pass


class _Drawer:
    """The drawing process of this one, if there is any."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: _Process | None = None

    def begin(self) -> None:
        """Start a process that will be asked soon; if that fails, the question fails."""
        with self._lock, suppress(OSError):
            self._process = self._process or _Process()

    def answer(self, asked: bytes) -> bytes:
        """Return what the process answers; whatever goes wrong, the next call starts another."""
        with self._lock:
            try:
                self._process = self._process or _Process()
                return self._process.answer(asked)
            except BaseException:
                self.end()
                raise

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.end()
            self._process = None


DRAWER = _Drawer()
atexit.register(DRAWER.end)


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
