"""Who compiles the kernel: this process one half, another one the other half, at the same time.

Numba compiles one function at a time. Where nothing is cached, the helper, a process of its own,
compiles the parts `HELPED` into the cache, while this one compiles the rest and then loads what it
finds. What it does not find, because the helper failed, it compiles itself: with the helper a first
call is sooner, and nothing else.

    python -m forecast.simulate.compiling

is the helper: it reads names and signatures of parts, pickled, and ends with its standard input.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
from contextlib import suppress
from threading import Lock, Thread
from typing import Any

from forecast.arrays import Program
from forecast.jit import shared_cache
from forecast.kernel.bench import Bench
from forecast.kernel.parts import PARTS, Parts, parts_at, signatures
from forecast.kernel.season import compile_replicate
from forecast.kernel.types import Tally
from forecast.reference import Address
from forecast.workers import available_workers

__all__ = ["Compiling", "begin_compiling"]

HELPED = ("draw_goals", "play_knockout", "count_needs")
"""Half of what is compiled before the first run."""

PATIENCE = 120
"""Seconds for which the helper is waited for: longer than it takes on a busy machine."""

IS_HELPER = "_FORECAST_IS_HELPER"
"""In the environment of a helper, which starts no other, even if `sys.executable` is no Python."""


def compile_part(name: str, signature: object) -> int:
    """Compile or load a part, and return its address."""
    address: int = getattr(PARTS, name).address(signature)
    return address


def is_python() -> bool:
    """Return whether `sys.executable` is Python, for all that is known, and this no helper."""
    frozen = getattr(sys, "frozen", False)  # then it is the program
    return bool(sys.executable) and not frozen and IS_HELPER not in os.environ


def start_helper(wanted: Parts[Any]) -> subprocess.Popen[bytes] | None:
    """Start the process that compiles the other half of what has these signatures.

    There is none if some of that is cached, or if no core is free for it.
    """
    asked = {name: getattr(wanted, name) for name in HELPED}
    made = any(getattr(PARTS, name).is_made(signature) for name, signature in asked.items())
    cache = shared_cache()
    if made or cache is None or available_workers() < 2 or not is_python():
        return None
    try:
        helper = subprocess.Popen(
            [sys.executable, "-P", "-m", "forecast.simulate.compiling"],  # not of this folder
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **cache, IS_HELPER: "1"},
            process_group=0,  # Ctrl-C in a terminal is for the process that asks
        )
    except OSError:
        return None
    atexit.register(end, helper)
    assert helper.stdin is not None
    with suppress(OSError):  # it has ended: `finish` is where that shows
        pickle.dump(asked, helper.stdin)
        helper.stdin.flush()
    return helper


def finish(helper: subprocess.Popen[bytes]) -> None:
    """Wait until the helper has ended, well or badly."""
    with suppress(subprocess.TimeoutExpired):
        helper.wait(PATIENCE)
    end(helper)


def end(helper: subprocess.Popen[bytes]) -> None:
    """End the helper, if it is still at work."""
    helper.kill()
    helper.wait()
    assert helper.stdin is not None
    with suppress(OSError):
        helper.stdin.close()


class Compiling:
    """The parts of the kernel for references to arrays of some types, once they are asked for."""

    def __init__(self, wanted: Parts[Any]) -> None:
        self._wanted = wanted
        self._helper = start_helper(wanted)
        self._lock = Lock()
        self._parts: Parts[Address] | None = None

    def parts(self, program: Program, bench: Bench, tally: Tally) -> Parts[Address]:
        """Return the parts for such references, when they and what calls them are compiled."""
        with self._lock:
            if self._parts is None:
                for name, signature in self._wanted._asdict().items():
                    if name not in HELPED:
                        compile_part(name, signature)
                compile_replicate(program, bench, tally)
                if self._helper is not None:
                    finish(self._helper)
                addresses = map(compile_part, Parts._fields, self._wanted)
                self._parts = parts_at(self._wanted, addresses)
        return self._parts


_BEGUN: dict[Parts[Any], Compiling] = {}
_LOCK = Lock()


def begin_compiling(program: Program, bench: Bench, tally: Tally) -> Compiling:
    """Begin to compile the kernel for references to such arrays, unless this process has begun."""
    wanted = signatures(program, bench, tally)
    with _LOCK:
        if wanted not in _BEGUN:
            _BEGUN[wanted] = Compiling(wanted)
        return _BEGUN[wanted]


def end_with_input() -> None:
    """End this process when the one that asked has ended."""
    os.read(sys.stdin.fileno(), 1)  # without the lock of `stdin`, which Python needs to end
    os._exit(1)


def main() -> None:
    """Be the helper."""
    asked = pickle.load(sys.stdin.buffer)  # noqa: S301 (of the process that started this one)
    Thread(target=end_with_input, daemon=True).start()
    for name, signature in asked.items():
        compile_part(name, signature)


if __name__ == "__main__":
    main()
