"""What a command line consists of, once it is read."""

from __future__ import annotations

from dataclasses import dataclass


class ShellSyntaxError(Exception):
    """A command line can't be read. The message is what a shell would say."""


@dataclass(frozen=True, slots=True)
class Literal:
    """Characters that stand for themselves; unquoted ones may be patterns of file names."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$x` or `${x}`."""

    name: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(…)`: what commands print, without the newlines at its end."""

    program: Program
    quoted: bool


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`$((…))`: the value of an expression, in which other parts were replaced first."""

    expression: tuple[Part, ...]
    quoted: bool


Part = Literal | Parameter | Substitution | Arithmetic
Word = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name=value`, or `name+=value`."""

    name: str
    appends: bool
    value: Word


@dataclass(frozen=True, slots=True)
class Redirection:
    """Where a stream comes from or goes to."""

    descriptor: int
    """1 for output, 2 for errors, 0 for input."""
    operator: str
    """`>`, `>>`, `<`, or `>&` whose target is another descriptor."""
    target: Word


@dataclass(frozen=True, slots=True)
class Command:
    """One command with what it is given."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...]
    line: int
    """On which line it begins, counted from 1."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands of which each reads what the one before prints."""

    commands: tuple[Command, ...]
    inverted: bool = False
    """Whether success and failure change places (`!`)."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Pipelines of which each runs if the one before succeeded (`&&`) or failed (`||`)."""

    first: Pipeline
    rest: tuple[tuple[str, Pipeline], ...] = ()
    background: bool = False

    @property
    def only(self) -> Command | None:
        """Its command, if it is a single one."""
        return None if self.rest or len(self.first.commands) > 1 else self.first.commands[0]


Program = tuple[Chain, ...]
