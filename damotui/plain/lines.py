"""What a line looks like: a name, a colon, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from damotui.explain import Explanation

INDENT = "  "


def fact(name: str, value: str) -> str:
    """`name: value`; what a line stands for alone has no value."""
    return f"{name}: {value}" if value else name


def below(lines: Iterable[str]) -> Iterator[str]:
    """The lines as parts of what is said before them."""
    return (f"{INDENT}{line}" for line in lines)


def described(explanation: Explanation) -> Iterator[str]:
    """An explanation: its title, its text, and its facts."""
    yield fact(explanation.title, " ".join(explanation.text.split()))
    yield from below(fact(name, value) for name, value in explanation.facts)
