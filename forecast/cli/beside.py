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
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from multiprocessing.resource_tracker import ensure_running
from shutil import get_terminal_size
from time import monotonic
from types import FrameType
from typing import TypeVar

from forecast.cli.exits import TIDYING
from forecast.workers import first_done

__all__ = ["Said", "side_by_side"]

Item = TypeVar("Item")

_STOPPING = (signal.SIGINT, signal.SIGTERM)


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
        for future in _submitted(pool, work, items):
            first_done([future])
            yield None if isinstance(future.exception(), BrokenProcessPool) else future.result()
    except BaseException:
        _end_all()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(
    pool: ProcessPoolExecutor, work: Callable[[Item], tuple[int, str]], items: Iterable[Item]
) -> list[Future[Said]]:
    """Hand in all items, which starts the processes; signals wait for them until `_begin`.

    Here they wait until all are started. A mask is not enough, which other threads do not have:
    one of theirs would take the signal, and its handler would run in this one.
    """
    ensure_running()  # a helper of multiprocessing, whose start would let signals through
    heard: list[int] = []
    former = {
        each: signal.signal(each, lambda number, _: heard.append(number)) for each in _STOPPING
    }
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        return [pool.submit(_listened, work, item) for item in items]
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
        for number, handler in former.items():
            signal.signal(number, handler)
        if heard:
            signal.raise_signal(heard[0])


def _end_all() -> None:
    """Stop all processes, again and again: what a handler raises may get lost in a callback."""
    while running := multiprocessing.active_children():
        for process in running:
            process.terminate()
        running[0].join(1.5 * TIDYING)


def _listened(work: Callable[[Item], tuple[int, str]], item: Item) -> Said:
    """Do `work`, and keep what it writes for the process that waits."""
    output, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            _Leaving.at_work = True
            end = work(item)
            _Leaving.at_work = False
        except SystemExit as stopped:  # the pool would keep it, and go on with the next item
            os._exit(int(stopped.code or 0))
    return Said(end, output.getvalue(), errors.getvalue())


def _begin(columns: str | None) -> None:
    """Write lines as wide as the process that shows them would; on a signal unwind, in silence."""
    os.environ.pop("COLUMNS", None)
    if columns is not None:
        os.environ["COLUMNS"] = columns
    for number in _STOPPING:
        signal.signal(number, _leave)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)


class _Leaving:
    """Whether this process has a folder to give back, and when it began to."""

    at_work = False
    since = -TIDYING


def _leave(number: int, _frame: FrameType | None) -> None:
    if not _Leaving.at_work:
        os._exit(128 + number)
    if monotonic() - _Leaving.since >= TIDYING:
        _Leaving.since = monotonic()
        sys.exit(128 + number)
