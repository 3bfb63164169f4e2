"""How files are written and read: numbers, booleans, keywords and paths, as the kernel takes them.

Everything here works on what one write brings: at most a page of it, up to the first NUL. On a refusal the file keeps
its old value (specification section 11.1).
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Protocol

from engine.files.errors import FileError

Value = int | str
"""What a file holds; a boolean is an int, too."""

WRITE_LIMIT = 4096
"""Bytes of a write that are taken: a page."""
READ_LIMIT = 4095
"""Bytes that reading can give: a page without the NUL that ends it."""

_WORD = 2**64
_DIGITS = "0123456789abcdef"


class Grammar(Protocol):
    """What a file accepts, and how it shows what it holds."""

    @property
    def accepts(self) -> str:
        """What can be written, in words."""

    def parse(self, data: bytes) -> Value:
        """The value that `data` says.

        Raises:
            FileError: EINVAL or ERANGE.
        """

    def show(self, value: Value) -> str:
        """What reading gives, with its newline."""


def text_of(data: bytes) -> bytes:
    """What the kernel sees of a write: a page at most, up to the first NUL."""
    return data[:WRITE_LIMIT].partition(b"\0")[0]


def same_word(text: bytes, word: str) -> bool:
    """Whether `text` is `word`, with or without one newline behind it."""
    return text.removesuffix(b"\n") == word.encode()


def unsigned(text: bytes) -> int:
    """A number from 0 to 2^64 - 1: `10`, `0xa`, `012`, `+10`, with one newline behind it at most.

    Raises:
        FileError: EINVAL if it is no number; ERANGE if it has too many digits, whatever follows them.
    """
    return _unsigned(text.removeprefix(b"+"))


def signed(text: bytes) -> int:
    """A number from -2^63 to 2^63 - 1, as `unsigned` takes it, and with `-` before it.

    Raises:
        FileError: EINVAL or ERANGE.
    """
    if text.startswith(b"-"):
        number = -_unsigned(text[1:])
        if number < -_WORD // 2:
            raise FileError(errno.ERANGE)
        return number
    number = unsigned(text)
    if number >= _WORD // 2:
        raise FileError(errno.ERANGE)
    return number


def _unsigned(text: bytes) -> int:
    # Latin-1 gives each byte one character, so that what is no digit stays no digit.
    lower = text.decode("latin-1").lower()
    base = 10
    if lower.startswith("0"):
        base = 16 if lower[1:2] == "x" and lower[2:3] and lower[2] in _DIGITS else 8
    start = 2 if base == 16 else 0
    at, number = start, 0
    while at < len(lower) and lower[at] in _DIGITS[:base]:
        number = number * base + _DIGITS.index(lower[at])
        at += 1
    # Numbers that don't fit are told before what follows them is looked at.
    if number >= _WORD:
        raise FileError(errno.ERANGE)
    if at == start or lower[at:] not in ("", "\n"):
        raise FileError(errno.EINVAL)
    return number


@dataclass(frozen=True, slots=True)
class Number:
    """An integer of a C type.

    Args:
        low: the least that the type holds; below 0 makes it signed.
        high: the greatest that it holds.
        out_of_range: error for what the type does not hold.
        least: what is below, though the type holds it, is EINVAL.
        most: what is above, though the type holds it, is EINVAL.
    """

    low: int = 0
    high: int = _WORD - 1
    out_of_range: int = errno.ERANGE
    least: int | None = None
    most: int | None = None

    @property
    def accepts(self) -> str:
        """`0 to 4294967295`."""
        low, high = self._bounds()
        return f"{low} to {high}" if high != low + 1 else f"{low} or {high}"

    def parse(self, data: bytes) -> int:
        """A number in decimal, octal or hexadecimal."""
        try:
            number = signed(text_of(data)) if self.low < 0 else unsigned(text_of(data))
            if not self.low <= number <= self.high:
                raise FileError(errno.ERANGE)
        except FileError as error:
            code = self.out_of_range if error.code == errno.ERANGE else error.code
            raise FileError(code, f"accepted: {self.accepts}") from None
        low, high = self._bounds()
        if not low <= number <= high:
            raise FileError(errno.EINVAL, f"accepted: {self.accepts}")
        return number

    def show(self, value: Value) -> str:
        """In decimal."""
        return f"{value}\n"

    def _bounds(self) -> tuple[int, int]:
        return self.low if self.least is None else self.least, self.high if self.most is None else self.most


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean, told by its first character, or the first two of `on` and `off`."""

    @property
    def accepts(self) -> str:
        """`Y or N`."""
        return "Y or N"

    def parse(self, data: bytes) -> bool:
        """`y`, `t`, `1` and `on` are true; `n`, `f`, `0` and `of` are false, in either case."""
        text = text_of(data).lower()
        if text[:1] in (b"y", b"t", b"1") or text[:2] == b"on":
            return True
        if text[:1] in (b"n", b"f", b"0") or text[:2] == b"of":
            return False
        raise FileError(errno.EINVAL, f"accepted: {self.accepts}")

    def show(self, value: Value) -> str:
        """`Y` or `N`."""
        return "Y\n" if value else "N\n"


@dataclass(frozen=True, slots=True)
class Word:
    """One of several keywords, exactly.

    Args:
        words: the keywords that this kernel knows here.
    """

    words: tuple[str, ...]

    @property
    def accepts(self) -> str:
        """`vaddr, fvaddr or paddr`."""
        *others, last = self.words
        return f"{', '.join(others)} or {last}" if others else last

    def parse(self, data: bytes) -> str:
        """The keyword."""
        text = text_of(data)
        for word in self.words:
            if same_word(text, word):
                return word
        raise FileError(errno.EINVAL, f"accepted: {self.accepts}")

    def show(self, value: Value) -> str:
        """The keyword."""
        return f"{value}\n"


@dataclass(frozen=True, slots=True)
class Path:
    """A path of a cgroup: whatever is written is kept as it is, with a newline if there is one."""

    @property
    def accepts(self) -> str:
        """What it should be; nothing is refused."""
        return "a path from the cgroup root, such as /name"

    def parse(self, data: bytes) -> str:
        """What was written; bytes that are no UTF-8 are kept, too."""
        return text_of(data).decode("utf-8", errors="surrogateescape")

    def show(self, value: Value) -> str:
        """The path, with a newline behind whatever it ends with."""
        return f"{value}\n"


@dataclass(frozen=True, slots=True)
class Lines:
    """What only reads; the value holds the newlines between its lines."""

    @property
    def accepts(self) -> str:
        """Nothing."""
        return ""

    def parse(self, data: bytes) -> Value:
        """Nothing is accepted."""
        raise FileError(errno.EINVAL)

    def show(self, value: Value) -> str:
        """All lines."""
        return f"{value}\n"


def shown_bytes(grammar: Grammar, value: Value) -> bytes:
    """What reading a file gives: a page at most."""
    text = grammar.show(value)
    try:
        data = text.encode("utf-8", errors="surrogateescape")
    except UnicodeEncodeError:  # a path that was not written to a file
        data = text.encode("utf-8", errors="replace")
    return data[:READ_LIMIT]
