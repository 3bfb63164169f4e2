"""`damotui shell`, from its options to its exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from damotui.exits import say
from damotui.experiment import Experiment
from damotui.processes import NamedProcess, start_system
from damotui.shell.completion import DELIMITERS, completions
from damotui.shell.lexer import Source
from damotui.shell.prompt import Keyboard, edit_lines
from damotui.shell.session import Manner, Session
from damotui.shell.source import LONGEST, Lines, Typed, lines_of
from damotui.shell.streams import Terminal
from damotui.shell.words import WORDS
from engine.errors import InputError
from engine.system import System


@dataclass(frozen=True, slots=True)
class ShellRequest:
    """What to run, and where what is typed comes from."""

    experiment: Experiment
    processes: tuple[NamedProcess, ...] = ()
    stage: bool = False
    """Whether the experiment's kdamonds are in the sysfs files at first."""
    text: str | None = None
    """Commands to carry out instead of what is read."""
    script: Path | None = None
    """A file to read; None, without a text, is standard input, or a prompt if that is a terminal."""


def run_shell(request: ShellRequest) -> int:
    """Start a machine and a shell on it.

    Returns:
        The exit code of the shell.

    Raises:
        InputError: the machine can't be started, or the script can't be read.
    """
    for note in request.experiment.notes:
        say(note)
    interactive = request.text is None and request.script is None and sys.stdin is not None and sys.stdin.isatty()
    with Keyboard() as keyboard, _script(request.script) as script:
        system = start_system(request.experiment, request.processes, stage=request.stage)
        workload = _workload_name(request)
        out, err = Terminal(sys.stdout), Terminal(sys.stderr)
        session = Session(
            system,
            workload,
            WORDS,
            out=out,
            err=err,
            manner=Manner(str(request.script or ""), interactive, explains=sys.stderr.isatty()),
            interrupted=lambda: keyboard.pressed,
        )
        if interactive:
            out.write(_greeting(system))
            out.flush()
            return _converse(session, keyboard)
        return session.run(Lines(_lines(request.text, script), WORDS.__contains__))


def _workload_name(request: ShellRequest) -> str:
    """The experiment's workload if it runs, else what runs first."""
    names = [process.name for process in request.processes]
    name = request.experiment.workload.name
    return name if name in names or not names else names[0]


@contextmanager
def _script(path: Path | None) -> Iterator[BinaryIO | None]:
    """The script's file, open; or standard input, which may be closed."""
    if path is None:
        yield sys.stdin.buffer if sys.stdin is not None else None
        return
    try:
        file = path.open("rb")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"the script {str(path)!r} can't be read: {reason}") from None
    with file:
        yield file


def _lines(text: str | None, file: BinaryIO | None) -> Iterator[str]:
    if text is not None:
        yield from lines_of(text)
    elif file is not None:
        while line := file.readline(4 * LONGEST + 4):
            yield _decoded(line)


def _decoded(line: bytes) -> str:
    """A line of text; carriage returns and zeros in it are no part of commands."""
    text = line.decode("utf-8", errors="surrogateescape")
    return text if len(text) > LONGEST else text.replace("\r\n", "\n").replace("\0", "")


def _converse(session: Session, keyboard: Keyboard) -> int:
    edit_lines(lambda line, begin, text: completions(line, begin, text, WORDS, session.places), DELIMITERS)
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="surrogateescape")

    def prompt() -> str:
        return f"{session.passing.now_us / 1e6:.3f} s {session.places.here} # "

    def known(word: str) -> bool:
        return word in WORDS

    source: Source = Typed(keyboard.ask, prompt, known, lambda: keyboard.pressed)
    status = session.run(source)
    if not session.leaving:
        session.out.write("exit\n")
        session.out.flush()
    return status


def _greeting(system: System) -> str:
    processes = ", ".join(f"{p.name} with pid {p.pid}" for p in system.engine.snapshot().processes)
    return (
        f"The DAMON of Linux {system.engine.kernel.name} on a simulated machine that runs {processes}.\n"
        "Time passes only when it is told to, as by sleep. help tells the words, Ctrl-D ends.\n"
    )
