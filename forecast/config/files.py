"""Input files as text: guarded against everything that is not a small UTF-8 file."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from forecast.config.problems import Problems

__all__ = ["CSV_LIMIT", "TOML_LIMIT", "InputFile", "read_file"]

TOML_LIMIT = 1 << 20
CSV_LIMIT = 8 << 20
"""Bytes; room for every pair of the largest competition that can be simulated in earnest."""

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read: the path shown to the user, its text, its SHA-256."""

    shown: str
    text: str
    sha256: str


def read_file(path: Path, *, limit: int, problems: Problems) -> InputFile | None:
    """Return the file, or None after noting why it cannot be used.

    Never blocks on a pipe and never reads from a device: only regular files are opened.
    """
    shown = str(path)
    try:
        content = _read_bytes(path, limit=limit)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        found = (reason or str(error)).lower()
        problems.add(shown, 1, "file", found=found, allowed="a readable text file")
        return None
    text = _decode(content, shown, limit=limit, problems=problems)
    if text is None:
        return None
    return InputFile(shown, text, hashlib.sha256(content).hexdigest())


def _read_bytes(path: Path, *, limit: int) -> bytes:
    """Return at most `limit + 1` bytes of a regular file."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise ValueError(_KINDS.get(stat.S_IFMT(mode), "no regular file"))
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(limit + 1)


def _decode(content: bytes, shown: str, *, limit: int, problems: Problems) -> str | None:
    """Return the text without a byte order mark, or None after noting why there is none."""
    if len(content) > limit:
        found, line = f"more than {limit:,} bytes", 1
        problems.add(shown, line, "file", found=found, allowed=f"at most {limit:,} bytes")
        return None
    at = content.find(b"\0")
    if at >= 0:
        found, line = f"a NUL byte at offset {at}", content.count(b"\n", 0, at) + 1
        problems.add(shown, line, "file", found=found, allowed="text without NUL bytes")
        return None
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        found = f"a byte that is not UTF-8 at offset {error.start}"
        line = content.count(b"\n", 0, error.start) + 1
        problems.add(shown, line, "file", found=found, allowed="UTF-8 text")
        return None
