"""Where commands write to."""

from __future__ import annotations

from typing import Protocol, TextIO


class Sink(Protocol):
    """Takes what a command prints."""

    def write(self, text: str, /) -> object:
        """Take some of it."""


class Terminal:
    """A stream of the real system; what is printed appears when a command ends, at the latest.

    Args:
        stream: of text.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def wide(self) -> bool:
        """Whether someone looks at it, so that columns read better than lines."""
        return self._stream.isatty()

    @property
    def draws(self) -> bool:
        """Whether it has the characters of lines and corners."""
        try:
            "│├└─".encode(self._stream.encoding or "utf-8")
        except (LookupError, UnicodeEncodeError):
            return False
        return True

    def write(self, text: str, /) -> object:
        """Print."""
        # Bytes that are no text, as a file of the caller's may hold, can't be printed as they are.
        return self._stream.write(text.encode(errors="replace").decode() if not text.isascii() else text)

    def flush(self) -> None:
        """Let it appear."""
        self._stream.flush()


class Kept:
    """Keeps what is printed: for a substitution, the next command of a pipe, or a file that gets it in one piece."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def write(self, text: str, /) -> object:
        """Keep it."""
        self._parts.append(text)
        return len(text)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts)


class Nowhere:
    """`/dev/null`."""

    def write(self, text: str, /) -> object:
        """Forget it."""
        return len(text)
