"""One zlib stream put together from parts that were compressed apart from each other.

A part is a raw deflate stream (RFC 1951) that ends on a byte boundary without a final block. No part refers to text
before its own start, so parts can follow each other in any order.
"""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

_ADLER_BASE = 65521
_HEADER = b"\x78\x9c"
"""Deflate, window of 32 KiB, default level (RFC 1950, section 2.2)."""


class DeflatePart:
    """Text that is compressed into a file as it comes. Memory does not grow with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.adler = 1
        self.size = 0
        self._file: BinaryIO = path.open("wb")
        self._deflate = zlib.compressobj(6, zlib.DEFLATED, -15)

    def write(self, text: bytes) -> None:
        """Append text. Raises OSError."""
        self.adler = zlib.adler32(text, self.adler)
        self.size += len(text)
        self._file.write(self._deflate.compress(text))

    def finish(self) -> None:
        """End the part; nothing can be appended then. Raises OSError."""
        self._file.write(self._deflate.flush(zlib.Z_FULL_FLUSH))
        self._file.close()

    def discard(self) -> None:
        """Close the file, whatever is in it."""
        self._file.close()


def write_zlib(out: BinaryIO, pieces: Iterable[DeflatePart | bytes]) -> None:
    """Write finished parts and short texts, one after the other, as one zlib stream. Raises OSError."""
    adler = 1
    out.write(_HEADER)
    for piece in pieces:
        if isinstance(piece, bytes):
            deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
            out.write(deflate.compress(piece) + deflate.flush(zlib.Z_FULL_FLUSH))
            adler = zlib.adler32(piece, adler)
        else:
            with piece.path.open("rb") as part:
                shutil.copyfileobj(part, out)
            adler = _adler_of_both(adler, piece.adler, piece.size)
    out.write(zlib.compressobj(6, zlib.DEFLATED, -15).flush(zlib.Z_FINISH))
    out.write(adler.to_bytes(4, "big"))


def _adler_of_both(first: int, second: int, second_size: int) -> int:
    """Adler-32 of two texts in a row from the checksum of each.

    With A = 1 + sum(d) and B = sum of A after each byte (RFC 1950, section 8.2): appending n bytes with (A2, B2)
    to (A1, B1) gives A1 + A2 - 1, and B1 + B2 + n * (A1 - 1), as each of the n steps starts A1 - 1 higher.
    """
    a1, b1 = first & 0xFFFF, first >> 16
    a2, b2 = second & 0xFFFF, second >> 16
    a = (a1 + a2 - 1) % _ADLER_BASE
    b = (b1 + b2 + second_size * (a1 - 1)) % _ADLER_BASE
    return b << 16 | a
