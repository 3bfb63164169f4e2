"""Numbers and words as the kernel's scanner finds them in what is written to a file.

White space of any kind and amount may stand before a number. A number is decimal; whatever can't belong to it ends it.
There is no overflow: a number that is too large keeps its lowest bits. A NUL byte ends the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# The kernel's table of characters takes the no-break space of Latin-1 for white space.
_SPACE = rb" \t\n\v\f\r\xa0"
_UNSIGNED = re.compile(rb"[%b]*+([0-9]+)" % _SPACE)
_SIGNED = re.compile(rb"[%b]*+(-?[0-9]+)" % _SPACE)
_WORD = re.compile(rb"[%b]*+([^%b]{0,32767})" % (_SPACE, _SPACE))

# 10 to this power is a multiple of 2 to the same power, so that digits further left don't count.
_LAST_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Number:
    """A kind of number: how many bits of it are kept, and whether it may begin with a minus sign."""

    bits: int
    signed: bool = False

    def value(self, digits: bytes) -> int:
        """The number of these digits, with its lowest bits only."""
        size = int(digits.lstrip(b"-")[-_LAST_DIGITS:])
        kept = (-size if digits.startswith(b"-") else size) % (1 << self.bits)
        return self.as_signed(kept) if self.signed else kept

    def as_signed(self, kept: int) -> int:
        """What the bits of `kept` mean when the highest one stands for less than nothing."""
        return kept - (1 << self.bits) if kept >> (self.bits - 1) else kept


ULONG = Number(64)
UINT = Number(32)
INT = Number(32, signed=True)


def text_of(data: bytes) -> bytes:
    """What the kernel takes for the text: all before the first NUL byte."""
    return data.split(b"\0", 1)[0]


def records(text: bytes, kinds: Sequence[Number], most: int | None = None) -> Iterator[tuple[int, ...]]:
    """Groups of numbers, one of each of `kinds`; the first group that is not whole ends it quietly.

    Args:
        text: without NUL bytes.
        kinds: of the numbers of a group, in order.
        most: how many groups are taken at most.
    """
    at = count = 0
    while at < len(text) and (most is None or count < most):
        group, at = _numbers(text, at, kinds)
        if len(group) < len(kinds):
            return
        count += 1
        yield tuple(group)


def first_word(data: bytes) -> bytes | None:
    """The first word, empty where there is only white space; None where there is nothing at all."""
    text = text_of(data)
    found = _WORD.match(text) if text else None
    return found[1] if found else None


def agree(text: bytes, keyword: bytes, count: int) -> bool:
    """Whether `text` and `keyword` agree in the first `count` bytes, an end of both being an agreement, too.

    So a beginning of the keyword is taken for it, and so is anything if `count` is 0.
    """
    return (text + b"\0")[:count] == (keyword + b"\0")[:count]


def _numbers(text: bytes, at: int, kinds: Sequence[Number]) -> tuple[list[int], int]:
    group: list[int] = []
    for kind in kinds:
        found = (_SIGNED if kind.signed else _UNSIGNED).match(text, at)
        if found is None:
            break
        group.append(kind.value(found[1]))
        at = found.end()
    return group, at
