"""Every way out of the program: one exit code, one message, a traceback only for a bug of ours."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable
from time import monotonic
from types import FrameType

from forecast.cli.streams import drain, prepare, say
from forecast.errors import ForecastError

__all__ = ["SIGNALLED", "TIDYING", "Stopped", "exit_code", "failure_code"]

_BUG = 70
SIGNALLED = 128
"""What shells add to the number of a signal."""


TIDYING = 1.0
"""Seconds in which a process that was stopped is not stopped again."""


class _Stopping:
    """When this process was last told to stop."""

    since = -TIDYING


class Stopped(BaseException):
    """SIGINT or SIGTERM; no `except Exception` may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def exit_code(program: Callable[[], object]) -> int:
    """Run `program` and return the exit code of the whole process."""
    prepare()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        return _code(program)
    except Stopped as stopped:
        say(f"stopped by {signal.Signals(stopped.number).name}; nothing half-done is left behind")
        return SIGNALLED + stopped.number
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


def failure_code(error: Exception) -> int:
    """Say what went wrong and return its exit code; a bug of ours comes with its traceback."""
    if isinstance(error, ForecastError):
        say(str(error))
        return error.exit_code
    say("".join(traceback.format_exception(error)).rstrip(), folded=False)
    say(f"this is a bug of forecast, not of your config: {type(error).__name__}: {error}")
    return _BUG


def _code(program: Callable[[], object]) -> int:
    try:
        program()
    except SystemExit as end:
        return _drained(end.code)
    except Exception as error:  # noqa: BLE001 (the last place that can turn it into a message)
        return failure_code(error)
    return _drained(0)


def _drained(code: str | int | None) -> int:
    """Flush stdout, which may be a full disk; an earlier failure keeps its own code."""
    before = code if isinstance(code, int) else 0
    try:
        drain()
    except ForecastError as error:
        return before or failure_code(error)
    return before


def _stop(number: int, _frame: FrameType | None) -> None:
    """Stop; a second signal must not cut short the tidying up, which takes under a second.

    What a handler raises can get lost, in a callback or in an import that catches everything: so
    this one is called again every second, and raises again unless the program is tidying up.
    """
    if monotonic() - _Stopping.since < TIDYING:
        return
    _Stopping.since = monotonic()
    sys.unraisablehook = _say_unless_stopped
    signal.signal(signal.SIGALRM, lambda _number, _frame: _stop_again(number))
    signal.setitimer(signal.ITIMER_REAL, TIDYING, TIDYING)
    raise Stopped(number)


def _stop_again(number: int) -> None:
    """Raise again what got lost: nobody is about to handle it."""
    error = sys.exception()
    while error is not None:
        if isinstance(error, Stopped):
            return
        error = error.__context__
    raise Stopped(number)


def _say_unless_stopped(lost: sys.UnraisableHookArgs) -> None:
    """Print what a callback raised, as Python does, unless it will be raised again."""
    if not isinstance(lost.exc_value, Stopped):
        sys.__unraisablehook__(lost)
