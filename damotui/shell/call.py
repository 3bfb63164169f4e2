"""One call of a command, and what all commands have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from damotui.shell.streams import Sink

if TYPE_CHECKING:
    from damotui.shell.session import Session

FAILED = 1
MISUSED = 2
"""Status of a command that can't do anything with what it is given."""


class CommandProblem(Exception):
    """A command fails. The message goes to stderr behind its name.

    Args:
        message: what is wrong.
        status: of the command.
    """

    def __init__(self, message: str, status: int = FAILED) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """What a command is given."""

    session: Session
    name: str
    arguments: tuple[str, ...]
    out: Sink
    err: Sink
    input: str | None
    """What it reads; None if that would be typed."""
    background: bool

    def complain(self, message: str) -> None:
        """Print an error of the command, under its name."""
        self.session.out.flush()
        self.err.write(f"{self.name}: {message}\n")

    def options(self, known: str) -> tuple[set[str], list[str]]:
        """Split the arguments into options of one letter each, and operands.

        Args:
            known: letters of the options.

        Raises:
            CommandProblem: an option is unknown.
        """
        found: set[str] = set()
        operands: list[str] = []
        for index, argument in enumerate(self.arguments):
            if argument == "--":
                operands.extend(self.arguments[index + 1 :])
                break
            if argument == "-" or not argument.startswith("-"):
                operands.append(argument)
                continue
            for letter in argument[1:]:
                if letter not in known:
                    raise CommandProblem(f"invalid option -- '{letter}'", MISUSED)
                found.add(letter)
        return found, operands


@dataclass(frozen=True, slots=True)
class Word:
    """A command."""

    name: str
    usage: str
    """How it is used, on a line."""
    help: str
    """What it does, in a sentence or some."""
    run: Callable[[Call], int]
    """Returns its status, or raises `CommandProblem`."""
