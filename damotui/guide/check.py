"""What is to be seen after a step of a lesson, and whether it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from damotui.guide.figures import FIGURES
from engine.units import format_bytes, format_us

if TYPE_CHECKING:
    from collections.abc import Callable

    from damotui.shell.printed import Look, Typed

FOUND = "{found}"
"""Stands for the live value in what a check says."""
_LONGEST = 60
_NUMBER = re.compile(r"-?[0-9]{1,40}")

UNITS: Mapping[str, Callable[[float], str]] = MappingProxyType(
    {
        "": lambda value: f"{value:,.{0 if value == int(value) else 1}f}",
        "bytes": format_bytes,
        "us": format_us,
        "percent": lambda v: f"{v:.1f} %",
    }
)
"""How numbers are shown, by their unit."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to see. Where it says nothing of what is wanted, whatever is found will do."""

    sees: str
    """A sentence, in which `FOUND` stands for what is found."""
    run: str = ""
    """The command that looks; empty for what the commands of the step printed."""
    figure: str = ""
    """A figure of the machine in place of that."""
    says: str | None = None
    """All that is to be found, but for blanks at the ends of lines."""
    holds: str | None = None
    """A part of it."""
    finds: str | None = None
    """A regular expression for a part of it; what its first group matches is what is found, if it has one."""
    lines: bool = False
    """Whether it is the number of lines that counts."""
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is about a number."""
        return bool(self.figure or self.lines or self.at_least is not None or self.at_most is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a check."""

    text: str
    """The sentence, with what was found."""
    seen: bool
    wanted: str = ""
    """What should have been found, where it was not."""


def findings(checks: tuple[Check, ...], typed: Typed, *, refused: bool = False) -> tuple[Finding, ...]:
    """What came of the checks of a step.

    Args:
        checks: all of them.
        typed: what its commands came to.
        refused: whether complaints belong to the step.
    """
    looks = iter(typed.looks)
    found = tuple(_finding(check, typed, next(looks) if check.run else None) for check in checks)
    if typed.complaints and not refused:
        return (Finding(f"The commands are refused: {typed.complaints[0]}", False, "no complaint"), *found)
    if refused and not typed.complaints:
        return (Finding("Nothing is refused.", False, "a complaint"), *found)
    return found


def _finding(check: Check, typed: Typed, look: Look | None) -> Finding:
    if check.figure:
        return _number(check, FIGURES[check.figure].of(typed.snapshot, typed.since))
    text = typed.answer if look is None else look.out
    if look is not None and look.status:
        text = look.err or look.out
    if check.lines:
        return _number(check, len(text.splitlines()))
    if not check.is_number:
        return _text(check, text)
    if not _NUMBER.fullmatch(text.strip()):
        return Finding(_said(check, _short(text)), False, f"a number {_range(check)}".strip())
    return _number(check, int(text))


def _number(check: Check, value: float) -> Finding:
    low = -float("inf") if check.at_least is None else check.at_least
    high = float("inf") if check.at_most is None else check.at_most
    seen = low <= value <= high
    return Finding(_said(check, UNITS[check.unit](value)), seen, "" if seen else _range(check))


def _range(check: Check) -> str:
    shown = UNITS[check.unit]
    least = f"at least {shown(check.at_least)}" if check.at_least is not None else ""
    most = f"at most {shown(check.at_most)}" if check.at_most is not None else ""
    return " and ".join(part for part in (least, most) if part)


def _text(check: Check, text: str) -> Finding:
    plain = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    if check.says is not None:
        seen, wanted = plain == check.says.strip("\n"), check.says
    elif check.holds is not None:
        seen, wanted = check.holds in plain, f"something with {check.holds}"
        plain = next((line for line in plain.splitlines() if check.holds in line), plain)
    elif check.finds is not None:
        found = re.search(check.finds, plain, re.MULTILINE)
        seen, wanted = found is not None, f"something like {check.finds}"
        plain = found[min(1, found.re.groups)] if found else plain
    else:
        seen, wanted = bool(plain), "anything"
    return Finding(_said(check, _short(plain)), seen, "" if seen else _short(wanted))


def _said(check: Check, found: str) -> str:
    return check.sees.replace(FOUND, found)


def _short(text: str) -> str:
    lines = text.strip().splitlines()
    first = lines[0].strip() if lines else "nothing"
    first = first if len(first) <= _LONGEST else f"{first[: _LONGEST - 1]}…"
    return f"{first} …" if len(lines) > 1 else first
