"""PNG files packed again without loss: the renderer packs fast, and large."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["repacked"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGBA, _RGB = 6, 2
_SUB = 1
"""The filter that stores each pixel less the one to its left; the renderer uses no other."""

_OPAQUE = 255


def repacked(png: bytes) -> bytes:
    """Return the same pixels in fewer bytes: no transparency, no filter, which suits flat areas.

    A file that is not as the renderer writes them now (8 bits, RGBA, opaque, one filter) is
    returned as it is.
    """
    pixels = _pixels(png)
    if pixels is None or bool((pixels[..., 3] != _OPAQUE).any()):
        return png
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:] = pixels[..., :3].reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, _RGB, 0, 0, 0)
    content = zlib.compress(rows.tobytes(), 6)
    return _SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", content) + _chunk(b"IEND", b"")


def _pixels(png: bytes) -> NDArray[np.uint8] | None:
    """Return the pixels, shape (height, width, 4); None if they are stored in another way."""
    chunks = list(_chunks(png))
    width, height, *kind = struct.unpack(">IIBBBBB", chunks[0][1])
    if kind != [8, _RGBA, 0, 0, 0]:
        return None
    stored = zlib.decompress(b"".join(content for name, content in chunks if name == b"IDAT"))
    rows = np.frombuffer(stored, np.uint8).reshape(height, 1 + 4 * width)
    if bool((rows[:, 0] != _SUB).any()):
        return None
    return np.cumsum(rows[:, 1:].reshape(height, width, 4), axis=1, dtype=np.uint8)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
