"""A shell that somebody else types into, a text at a time, and that keeps what stands on its terminal then."""

from __future__ import annotations

import io

from damotui.shell.hands import Hands
from damotui.shell.printed import Line, Look, Printed, Typed
from damotui.shell.session import Manner, Session
from damotui.shell.source import Lines, lines_of
from damotui.shell.streams import Terminal
from damotui.shell.words import WORDS
from engine.system import System

_MOST_LINES = 2_000
"""Lines of one text's transcript; what is printed beyond them is counted only."""


class TypedShell:
    """A shell on a machine. Variables, the working directory and what is in the background last.

    Args:
        system: the machine.
        workload: name of the process that `<workload>` stands for.
        hands: how it does things to the machine; None for directly.
        encoding: what of characters can be shown in the end.
    """

    def __init__(self, system: System, workload: str, hands: Hands | None = None, encoding: str = "utf-8") -> None:
        self._paper = _Paper(encoding)
        self._system = system
        self._session = Session(
            system,
            workload,
            WORDS,
            out=Terminal(self._paper.stream(Printed.OUT)),
            err=Terminal(self._paper.stream(Printed.ERROR)),
            manner=Manner(explains=True),
            hands=hands,
        )

    def type(self, text: str, looks: tuple[str, ...] = ()) -> Typed:
        """Carry out commands, then others that only look at what has come of them.

        Args:
            text: lines of commands.
            looks: lines that change nothing, each for itself.
        """
        self._paper.clear()
        since = self._system.engine.snapshot()
        status = self._session.carry_out(_Echoed(text, self._paper))
        lines, dropped = self._paper.take()
        return Typed(
            lines, status, tuple(map(self._look, looks)), self._system.engine.snapshot(), since, dropped=dropped
        )

    def time_passed(self) -> None:
        """Let what is in the background see that time has passed by other means."""
        if self._session.jobs.running:
            self._session.jobs.look()

    def close(self) -> None:
        """End what is in the background."""
        self._session.jobs.end_all()

    def _look(self, command: str) -> Look:
        session = self._session
        here, variables, status = session.places.here, dict(session.variables), session.status
        self._paper.clear()
        session.carry_out(Lines(lines_of(command), WORDS.__contains__))
        lines, _ = self._paper.take()
        out = "".join(f"{line.text}\n" for line in lines if line.printed is Printed.OUT)
        err = "".join(f"{line.text}\n" for line in lines if line.printed is Printed.ERROR)
        looked = Look(out, err, session.status)
        session.places.here, session.status = here, status
        session.variables.clear()
        session.variables.update(variables)
        return looked


class _Paper:
    """Takes what is printed, line by line, from several streams in turn.

    Args:
        encoding: what of characters it can take.
    """

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self._lines: list[Line] = []
        self._part = ""
        self._printed = Printed.OUT
        self._dropped = 0

    def stream(self, printed: Printed) -> io.StringIO:
        """A stream that prints to it."""
        return _Stream(self, printed)

    def clear(self) -> None:
        """Nothing stands on it."""
        self._lines, self._part, self._dropped = [], "", 0

    def take(self) -> tuple[tuple[Line, ...], int]:
        """All lines, and how many more there were."""
        if self._part:
            self._add(self._part)
            self._part = ""
        return tuple(self._lines), self._dropped

    def write(self, text: str, printed: Printed) -> None:
        """Print."""
        if printed is not self._printed and self._part:
            self._add(self._part)
            self._part = ""
        self._printed = printed
        *lines, self._part = (self._part + text).split("\n")
        for line in lines:
            self._add(line)

    def _add(self, text: str) -> None:
        if len(self._lines) >= _MOST_LINES:
            self._dropped += 1
            return
        note = text.removeprefix("damotui: note: ")
        if self._printed is Printed.ERROR and note != text:
            self._lines.append(Line(Printed.NOTE, note))
        else:
            self._lines.append(Line(self._printed, text))


class _Stream(io.StringIO):
    """One of the streams of a paper."""

    def __init__(self, paper: _Paper, printed: Printed) -> None:
        super().__init__()
        self._paper = paper
        self._printed = printed

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """What of characters can be printed."""
        return self._paper.encoding

    def write(self, text: str, /) -> int:
        """Print."""
        self._paper.write(text, self._printed)
        return len(text)


class _Echoed:
    """The lines of a text, each of which stands on the paper once it is read, as a terminal shows what is typed.

    Args:
        text: of commands.
        paper: that they stand on.
    """

    def __init__(self, text: str, paper: _Paper) -> None:
        self._lines = Lines(lines_of(text.strip("\n")), WORDS.__contains__)
        self._paper = paper
        self.number = 0

    def begin(self) -> str | None:
        """The line of a new command."""
        return self._echo(self._lines.begin(), Printed.COMMAND)

    def more(self) -> str | None:
        """A further line of it."""
        return self._echo(self._lines.more(), Printed.MORE)

    def _echo(self, line: str | None, printed: Printed) -> str | None:
        self.number = self._lines.number
        if line is not None:
            self._paper.write(line if line.endswith("\n") else f"{line}\n", printed)
        return line
