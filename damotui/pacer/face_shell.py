"""A shell on the files that a session shows: whatever it does to the machine is told, as if it had been asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from damotui.pacer.requests import KillProcess, Outcome, Request, TypeCommands, WriteFile
from damotui.shell.hands import Hands
from damotui.shell.typed import TypedShell
from engine.files.nodes import OpenFile
from engine.files.waiting import Waiting
from engine.system import System

Tell = Callable[[Outcome], None]
Note = Callable[[Request], None]


class _Faces(Protocol):
    """What is needed of the files and events of an engine."""

    def advance(self, duration_us: int) -> None:
        """Let simulated time pass."""

    def begin(self, request: WriteFile, write: Callable[[], Waiting], tell: Tell) -> Waiting:
        """Write to a file, and tell what the kernel answers."""


class FaceShell:
    """Lasts as long as the files do.

    Args:
        faces: the files.
        system: what they are of.
        workload: name of the process that `<workload>` stands for.
    """

    def __init__(self, faces: _Faces, system: System, workload: str) -> None:
        self._hands = _ToldHands(faces, system)
        self._shell = TypedShell(system, workload, self._hands)

    def type(self, request: TypeCommands, tell: Tell, note: Note) -> None:
        """Carry out commands.

        Args:
            request: which.
            tell: takes what came of each write, then what came of all.
            note: takes each write and each signal, at the time when it is done.
        """
        self._hands.begin(request.ticket, tell, note)
        tell(Outcome(request, typed=self._shell.type(request.text, request.looks)))

    def time_passed(self) -> None:
        """Let what is in the background see that time has passed."""
        self._shell.time_passed()

    def close(self) -> None:
        """End what is in the background."""
        self._shell.close()


class _ToldHands(Hands):
    """Tells what it does.

    Args:
        faces: the files.
        system: what they are of.
    """

    def __init__(self, faces: _Faces, system: System) -> None:
        super().__init__(system)
        self._faces = faces
        self._ticket = 0
        self._tell: Tell = lambda outcome: None
        self._note: Note = lambda request: None

    def begin(self, ticket: int, tell: Tell, note: Note) -> None:
        """From now on it is done for another request."""
        self._ticket, self._tell, self._note = ticket, tell, note

    def advance(self, duration_us: int) -> None:
        """Let simulated time pass."""
        self._faces.advance(duration_us)

    def write(self, path: str, opened: OpenFile, data: bytes, offset: int) -> Waiting:
        """Write to a file that is open."""
        request = WriteFile(path, data.decode(errors="replace"), self._ticket, quiet=True)
        self._note(request)
        return self._faces.begin(request, lambda: opened.write(data, offset), self._tell)

    def kill(self, pid: int) -> None:
        """End a process."""
        super().kill(pid)
        self._note(KillProcess(pid))
        self._tell(Outcome(KillProcess(pid)))
