"""What the guide says on the screens of the app: a few lines, as many as there is room for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from textwrap import wrap


class Tone(Enum):
    """How a line is meant."""

    HEAD = "head"
    TEXT = "text"
    TODO = "todo"
    DONE = "done"
    WRONG = "wrong"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Notice:
    """A headline with keys at its right end, and what stands below."""

    head: str
    keys: str
    text: str = ""
    """Left out first where there is little room."""
    lines: tuple[tuple[Tone, str], ...] = ()


_SIGNS = {Tone.TODO: "· ", Tone.DONE: "✓ ", Tone.WRONG: "✗ ", Tone.TYPED: "# "}


def laid_out(notice: Notice, width: int, rows: int) -> list[tuple[Tone, str]]:
    """The notice on so many rows at most.

    Args:
        notice: what is said.
        width: cells of a row.
        rows: at least 1.

    Returns:
        Kind and text of each row, of which none is longer than `width`.
    """
    room = width - len(notice.keys) - 2
    head = notice.head if room < 1 or len(notice.head) <= room else f"{notice.head[: room - 1]}…"
    keyed = f"{head}{notice.keys:>{width - len(head)}}" if room >= 1 else head
    below = [row for tone, text in notice.lines for row in _wrapped(tone, text, width)]
    if len(below) > rows - 1:
        below = _first_todo(below, rows - 1)
    text = [_cut(row, width) for row in wrap(notice.text, width)]
    if len(text) + len(below) > rows - 1:
        left = rows - 1 - len(below)
        text = [*text[: left - 1], _cut(f"{text[left - 1]} …", width)] if left > 0 else []
    return [(Tone.HEAD, _cut(keyed, width)), *((Tone.TEXT, row) for row in text), *below]


def _wrapped(tone: Tone, text: str, width: int) -> list[tuple[Tone, str]]:
    sign = _SIGNS.get(tone, "")
    if tone is Tone.TYPED:
        return [(tone, _cut(f"{sign}{text}", width))]
    rows = wrap(text, max(width, len(sign) + 1), initial_indent=sign, subsequent_indent=" " * len(sign))
    return [(tone, _cut(row, width)) for row in rows]


def _first_todo(rows: list[tuple[Tone, str]], room: int) -> list[tuple[Tone, str]]:
    """As many rows as there is room for, from the first on that is not done."""
    first = next((at for at, (tone, _) in enumerate(rows) if tone is not Tone.DONE), 0)
    start = max(0, min(first, len(rows) - room))
    return rows[start : start + room] if room > 0 else []


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(width - 1, 0)]}…"[:width]
