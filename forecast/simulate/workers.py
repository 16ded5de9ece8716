"""How many threads and processes have a core to themselves."""

from __future__ import annotations

import os

__all__ = ["available_workers"]


def available_workers() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
