"""One file on the disk: there as a whole or not at all, and locks that die with their process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forecast.errors import OutputError
from forecast.report.text import shown

__all__ = ["as_output_error", "locked", "replace_file", "sync", "write_once"]


def write_once(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all, and is never replaced.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    with as_output_error(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        replace_file(path, content)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole, the former one until the new one is.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    with as_output_error(path):
        try:
            new.write_bytes(content)
            sync(new)
            new.rename(path)
        finally:
            new.unlink(missing_ok=True)
        sync(path.parent)


@contextmanager
def locked(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold a lock that dies with this process; its file is gone afterwards.

    Raises
    ------
    OutputError
        If another process holds it, unless it is waited for.
    """
    with as_output_error(path):
        descriptor = _take(path, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _take(path: Path, operation: int) -> int:
    """Open and lock `path`; again if its last owner removed it in between."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, operation)
            if _is_at(descriptor, path):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise OutputError(f"{shown(str(path))}: another run is writing this forecast") from None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    """Return whether an open file is still the one at a path."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def sync(path: Path) -> None:
    """Push a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def as_output_error(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into an `OutputError` that names a path."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{shown(str(path))}: {error.strerror or error}") from error
