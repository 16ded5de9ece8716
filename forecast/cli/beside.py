"""Forecasts of a big batch side by side: a process a core, each with one thread.

Only the simulation runs on threads. Beside it a forecast spends as long again under Python's lock
on its fit, tables and files, which a second process does at the same time.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from shutil import get_terminal_size
from types import FrameType
from typing import TypeVar

__all__ = ["Said", "side_by_side"]

Item = TypeVar("Item")

LOOK = 0.1
"""Seconds between looks for a signal: polars takes SIGINT first, and then it ends no wait."""


@dataclass(frozen=True, slots=True)
class Said:
    """How one forecast ended, and what it wrote to both streams."""

    end: tuple[int, str]
    output: str
    errors: str


def side_by_side(
    work: Callable[[Item], tuple[int, str]], items: Iterable[Item], *, processes: int
) -> Iterator[Said | None]:
    """Do `work` for every item in so many processes, and yield what came of it, in order.

    That is nothing for all that are not done when one of the processes is killed from outside.
    `work` and the items must be picklable. If this process is stopped, the others are, too, and
    leave nothing half-done behind.
    """
    fresh = multiprocessing.get_context("spawn")  # a fork would copy locks of running threads
    columns = str(get_terminal_size().columns) if sys.stdout.isatty() else os.environ.get("COLUMNS")
    pool = ProcessPoolExecutor(processes, mp_context=fresh, initializer=_begin, initargs=(columns,))
    try:
        for future in [pool.submit(_listened, work, item) for item in items]:
            while not wait([future], timeout=LOOK).done:
                pass
            yield None if isinstance(future.exception(), BrokenProcessPool) else future.result()
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _listened(work: Callable[[Item], tuple[int, str]], item: Item) -> Said:
    """Do `work`, and keep what it writes for the process that waits."""
    output, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            end = work(item)
        except SystemExit as stopped:  # the pool would keep it, and go on with the next item
            os._exit(int(stopped.code or 0))
    return Said(end, output.getvalue(), errors.getvalue())


def _begin(columns: str | None) -> None:
    """Write lines as wide as the process that shows them would; on a signal unwind, in silence."""
    os.environ.pop("COLUMNS", None)
    if columns is not None:
        os.environ["COLUMNS"] = columns
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)


def _leave(number: int, _frame: FrameType | None) -> None:
    for again in (signal.SIGINT, signal.SIGTERM):
        signal.signal(again, signal.SIG_IGN)
    sys.exit(128 + number)
