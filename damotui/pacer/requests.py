"""What the session asks of the engine, and what became of it: values that cross the thread boundary."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config.model import Kdamond


@dataclass(frozen=True, slots=True)
class TurnOn:
    """Start kdamond `index` with `config`."""

    index: int
    config: Kdamond


@dataclass(frozen=True, slots=True)
class TurnOff:
    """Stop kdamond `index`."""

    index: int


@dataclass(frozen=True, slots=True)
class Commit:
    """Give the running kdamond `index` new parameters."""

    index: int
    config: Kdamond


@dataclass(frozen=True, slots=True)
class KillProcess:
    """End a process of the simulated machine."""

    pid: int


@dataclass(frozen=True, slots=True)
class StartProcess:
    """Run the workload once more, as a new process."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Throw the engine away and make a new one, at time 0."""

    kdamonds: tuple[Kdamond, ...]
    """What its kdamonds run."""


Request = TurnOn | TurnOff | Commit | KillProcess | StartProcess | Restart


@dataclass(frozen=True, slots=True)
class Outcome:
    """That a request was carried out, or why not."""

    request: Request
    error: str = ""
    """One sentence; empty if it was carried out."""
