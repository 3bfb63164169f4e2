"""Reads the file of a lesson: TOML, of which every part is checked before any of it is used."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from damotui.guide.check import UNITS, Check
from damotui.guide.figures import FIGURES
from damotui.guide.lesson import Lesson, Step
from damotui.processes import NamedProcess, parse_process
from engine.errors import InputError, shown
from engine.units import parse_bytes
from engine.versions import kernel_version

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST_STEPS, _MOST_CHECKS, _MOST_PROCESSES = 40, 12, 8
_LONGEST, _LONGEST_PATTERN = 4_000, 200
_ORDERS = 1_000


def parse_lesson(text: str, name: str) -> Lesson:
    """The lesson in a TOML text.

    Args:
        text: the text.
        name: of the lesson, which messages call `lesson NAME`.

    Raises:
        InputError: it is no TOML, or something in it is unknown, missing or can't be used.
    """
    where = f"lesson {name}"
    if not _NAME.fullmatch(name):
        raise InputError(f"{where}: a name has small letters, digits and single hyphens between them only")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where}: this is no TOML: {error}") from None
    except RecursionError:
        raise InputError(f"{where}: this is nested too deeply for a lesson") from None
    return _lesson(_Table(document, where), name)


def _lesson(table: _Table, name: str) -> Lesson:
    steps = table.tables("steps", _MOST_STEPS)
    if not steps:
        raise InputError(f"{table.where}: there are no steps: give some, each as [[steps]]")
    lesson = Lesson(
        name=name,
        title=table.line("title"),
        about=table.paragraph("about"),
        place=table.whole("place", 0, _ORDERS),
        kernel=table.checked("kernel", kernel_version),
        workload=table.checked("workload", _known_workload),
        steps=tuple(map(_step, steps)),
        processes=_processes(table),
        memory_bytes=table.size("memory"),
        swap_bytes=table.size("swap"),
    )
    table.end()
    return lesson


def _known_workload(name: str) -> None:
    from engine.workload.library import workload_names

    if name not in workload_names():
        raise InputError(f"{shown(name)} is not in the library: give one of {', '.join(workload_names())}")


def _processes(table: _Table) -> tuple[NamedProcess, ...]:
    given = table.take("processes", [])
    if not isinstance(given, list) or len(given) > _MOST_PROCESSES or not all(isinstance(one, str) for one in given):
        raise table.error("processes", f'a list of up to {_MOST_PROCESSES} processes, such as ["masim:4242"]')
    try:
        return tuple(map(parse_process, given))
    except InputError as error:
        raise InputError(f"{table.where}: processes: {str(error).removeprefix('--process: ')}") from None


def _step(table: _Table) -> Step:
    step = Step(
        title=table.line("title"),
        text=table.paragraph("text"),
        section=table.line_or("section"),
        commands=table.block("commands") or "",
        refused=table.flag("refused"),
        checks=tuple(map(_check, table.tables("checks", _MOST_CHECKS))),
    )
    table.end()
    if not step.commands and (step.refused or any(not (check.run or check.figure) for check in step.checks)):
        raise InputError(f"{table.where}: there are no commands that anything could come of: give commands")
    return step


def _check(table: _Table) -> Check:
    check = Check(
        sees=table.line("sees"),
        run=table.line_or("run"),
        figure=table.keyword("figure", FIGURES),
        says=table.block("says"),
        holds=table.block("holds"),
        finds=table.block("finds"),
        lines=table.flag("lines"),
        at_least=table.number("at_least"),
        at_most=table.number("at_most"),
        unit=table.keyword("unit", UNITS),
    )
    table.end()
    wanted = [name for name in ("says", "holds", "finds") if getattr(check, name) is not None]
    if len(wanted) > 1 or (wanted and check.is_number):
        raise InputError(f"{table.where}: {wanted[0]} is given together with what else is wanted: give one of the two")
    if check.run and check.figure:
        raise InputError(f"{table.where}: run and figure are both given: give one of the two")
    if check.unit and not check.is_number:
        raise InputError(
            f"{table.where}: unit is given, and nothing that is a number: give at_least, at_most or figure"
        )
    if check.finds is not None:
        table.check_pattern("finds", check.finds)
    return check


class _Table:
    """A table of TOML, whose members are asked for one by one.

    Args:
        members: all of them.
        where: names the table in messages.
    """

    def __init__(self, members: Mapping[str, Any], where: str) -> None:
        self._members = members
        self._asked: set[str] = set()
        self.where = where

    def take(self, name: str, default: Any = None) -> Any:
        """Whatever is there."""
        self._asked.add(name)
        return self._members.get(name, default)

    def error(self, name: str, accepted: str) -> InputError:
        """It can't be used; `accepted` says what can."""
        value = self._members.get(name)
        if name not in self._members:
            return InputError(f"{self.where}: {name} is missing: give {accepted}")
        kind = "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else shown(value)
        return InputError(f"{self.where}: {name} is {kind}, and has to be {accepted}")

    def paragraph(self, name: str) -> str:
        """A text, whose lines are joined."""
        return " ".join(self._text(name, self.take(name)).split())

    def line(self, name: str) -> str:
        """A text of one line."""
        value = self._text(name, self.take(name))
        if "\n" in value:
            raise self.error(name, "a text of one line")
        return value

    def line_or(self, name: str) -> str:
        """A text of one line, or the empty text if it is not there."""
        return self.line(name) if name in self._members else ""

    def block(self, name: str) -> str | None:
        """Lines as they are, without those that are empty at both ends; None if it is not there."""
        value = self.take(name)
        return None if value is None else self._text(name, value).strip("\n")

    def check_pattern(self, name: str, pattern: str) -> None:
        """Refuse what is no regular expression."""
        if len(pattern) > _LONGEST_PATTERN:
            raise self.error(name, f"a regular expression of up to {_LONGEST_PATTERN} characters")
        try:
            re.compile(pattern)
        except re.error as error:
            raise InputError(f"{self.where}: {name} is no regular expression: {error}") from None

    def flag(self, name: str) -> bool:
        """True or false, which it is if it is not there."""
        value = self.take(name, False)
        if not isinstance(value, bool):
            raise self.error(name, "true or false")
        return value

    def number(self, name: str) -> float | None:
        """A number, or none."""
        value = self.take(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**70:
            raise self.error(name, "a number")
        return float(value)

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`; required."""
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.error(name, f"a whole number from {low} to {high}")
        return value

    def size(self, name: str) -> int | None:
        """Bytes, as a text such as 16GiB, or none."""
        if name not in self._members:
            return None
        return int(self._parsed(name, parse_bytes))

    def checked(self, name: str, check: Callable[[str], object]) -> str:
        """A text that `check` refuses with an `InputError` if it can't be used; required."""
        self._parsed(name, check)
        return str(self._members[name])

    def keyword(self, name: str, known: Mapping[str, object]) -> str:
        """One of some words, or the empty text."""
        value = self.take(name, "")
        if not isinstance(value, str) or (value and value not in known):
            raise self.error(name, f"one of {', '.join(word for word in known if word)}")
        return value

    def tables(self, name: str, most: int) -> list[_Table]:
        """A list of tables, which may be empty."""
        value = self.take(name, [])
        if not isinstance(value, list) or len(value) > most or not all(isinstance(one, dict) for one in value):
            raise self.error(name, f"a list of up to {most} tables, each as [[{name}]]")
        return [_Table(one, f"{self.where}: {name}[{at}]") for at, one in enumerate(value)]

    def end(self) -> None:
        """Nobody asks for more: what is left is unknown."""
        for name in self._members:
            if name not in self._asked:
                close = get_close_matches(name, self._asked)
                hint = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(sorted(self._asked))}"
                raise InputError(f"{self.where}: there is no {shown(name)} here: {hint}")

    def _parsed(self, name: str, parse: Callable[[str], Any]) -> Any:
        value = self.take(name)
        if not isinstance(value, str) or not value:
            raise self.error(name, "a text")
        try:
            return parse(value)
        except InputError as error:
            raise InputError(f"{self.where}: {name}: {error}") from None

    def _text(self, name: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST:
            raise self.error(name, f"a text of up to {_LONGEST:,} characters")
        if not value.replace("\n", "").isprintable():
            raise InputError(f"{self.where}: {name} holds something that can't be printed: give plain text")
        return value
