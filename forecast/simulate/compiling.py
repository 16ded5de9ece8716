"""Who compiles the kernel: this process one half, another one the other half, at the same time.

Numba compiles one function at a time. Where nothing is cached, the helper, a process of its own,
compiles the parts `HELPED` into the cache, while this one compiles the rest and then loads what it
finds. What it does not find, because the helper failed, it compiles itself: with the helper a first
call is sooner, and nothing else.

    python -m forecast.simulate.compiling

is the helper: it reads names and signatures of parts, pickled, and ends with its standard input.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from contextlib import suppress
from threading import Lock, Thread

from forecast.arrays import Program
from forecast.jit import keeps_code
from forecast.kernel.bench import Bench
from forecast.kernel.parts import PARTS, Parts, parts_at, signatures
from forecast.kernel.season import compile_replicate
from forecast.kernel.types import Tally

__all__ = ["Compiling", "begin_compiling"]

HELPED = ("draw_goals", "play_knockout", "count_needs")
"""Half of what is compiled before the first run."""

PATIENCE = 120
"""Seconds for which the helper is waited for: longer than it takes on a busy machine."""


class Compiling:
    """The parts of the kernel for references to arrays of some types, once they are asked for."""

    def __init__(self, program: Program, bench: Bench, tally: Tally) -> None:
        self._signatures = signatures(program, bench, tally)
        self._helper = start_helper(self._signatures)
        self._lock = Lock()
        self._parts: Parts | None = None

    def parts(self, program: Program, bench: Bench, tally: Tally) -> Parts:
        """Return the parts for such references, when they and what calls them are compiled."""
        with self._lock:
            if self._parts is None:
                for name, found in self._signatures._asdict().items():
                    if name not in HELPED:
                        compile_part(name, found)
                compile_replicate(program, bench, tally)
                if self._helper is not None:
                    finish(self._helper)
                addresses = map(compile_part, Parts._fields, self._signatures)
                self._parts = parts_at(self._signatures, addresses)
        return self._parts


def compile_part(name: str, signature: object) -> int:
    """Compile or load a part, and return its address."""
    address: int = getattr(PARTS, name).address(signature)
    return address


_BEGUN: dict[Parts, Compiling] = {}
_LOCK = Lock()


def begin_compiling(program: Program, bench: Bench, tally: Tally) -> Compiling:
    """Begin to compile the kernel for references to such arrays, unless this process has begun."""
    found = signatures(program, bench, tally)
    with _LOCK:
        if found not in _BEGUN:
            _BEGUN[found] = Compiling(program, bench, tally)
        return _BEGUN[found]


def start_helper(found: Parts) -> subprocess.Popen[bytes] | None:
    """Start the process that compiles the other half, if none of it is cached."""
    wanted = {name: getattr(found, name) for name in HELPED}
    if not keeps_code() or any(getattr(PARTS, name).is_cached(wanted[name]) for name in wanted):
        return None
    try:
        helper = subprocess.Popen(
            [sys.executable, "-m", "forecast.simulate.compiling"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C in a terminal is for the process that asks
        )
    except OSError:
        return None
    assert helper.stdin is not None
    with suppress(OSError):  # it has ended: `finish` is where that shows
        pickle.dump(wanted, helper.stdin)
        helper.stdin.flush()
    return helper


def finish(helper: subprocess.Popen[bytes]) -> None:
    """Wait until the helper has ended, well or badly."""
    assert helper.stdin is not None
    with suppress(subprocess.TimeoutExpired):
        helper.wait(PATIENCE)
    helper.kill()
    helper.wait()
    with suppress(OSError):
        helper.stdin.close()


def end_with_input() -> None:
    """End this process as soon as the one that asked has ended."""
    os.read(sys.stdin.fileno(), 1)  # without the lock of `stdin`, which Python needs to end
    os._exit(1)


def main() -> None:
    """Be the helper."""
    wanted = pickle.load(sys.stdin.buffer)  # noqa: S301 (of the process that started this one)
    Thread(target=end_with_input, daemon=True).start()
    for name, signature in wanted.items():
        compile_part(name, signature)


if __name__ == "__main__":
    main()
