"""A config as another tool takes it, and what is to be said about that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

_WIDTH = 78
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Carried:
    """A text, and sentences about it."""

    text: str
    """What the tool reads, with a newline at its end; empty where there is nothing to be said in it."""
    notes: tuple[str, ...] = ()
    """What the text can't say, what of it the tool refuses, and what is still to be filled in."""


def comments(sentences: Iterable[str]) -> Iterator[str]:
    """Lines of a shell script that say it, `# ` in front of each; nothing in a sentence can end its comment."""
    for sentence in sentences:
        plain = re.sub(r"\s+", " ", sentence)
        plain = plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"
        yield from wrap(plain, _WIDTH, initial_indent="# ", subsequent_indent="#   ")


def with_comments(text: str, sentences: Iterable[str]) -> str:
    """A script with comments in front, but behind the line that names its shell."""
    first, newline, rest = text.partition("\n")
    head, body = ([first], rest) if first.startswith("#!") else ([], f"{first}{newline}{rest}")
    return "".join(f"{line}\n" for line in (*head, *comments(sentences))) + body
