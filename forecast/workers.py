"""How many threads or processes have a core each, and how to wait for them."""

from __future__ import annotations

import os
from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TypeVar

__all__ = ["available_workers", "first_done"]

Done = TypeVar("Done")

LOOK = 0.1
"""Seconds between looks for a signal: polars takes SIGINT first, and then it ends no wait."""


def available_workers() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def first_done(running: Collection[Future[Done]]) -> Future[Done]:
    """Return one that is done, as soon as there is one, unless a signal comes first."""
    while not (done := wait(running, LOOK, return_when=FIRST_COMPLETED).done):
        pass
    return next(iter(done))
