"""A lesson as values: steps, each with something to read, commands to type, and what is to be seen then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from damotui.processes import NamedProcess

if TYPE_CHECKING:
    from damotui.experiment import Experiment
    from damotui.guide.check import Check


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    title: str
    """A few words."""
    text: str
    """What it is about, in some sentences."""
    section: str = ""
    """The headline in the kernel's usage document of Linux 6.0; empty for what is not in it."""
    commands: str = ""
    """Lines for the shell; empty for a step that is to be read only."""
    refused: bool = False
    """Whether the kernel refuses something of it, which is what it shows."""
    checks: tuple[Check, ...] = ()

    @property
    def looks(self) -> tuple[str, ...]:
        """The commands that the checks look with."""
        return tuple(check.run for check in self.checks if check.run)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson, and the machine that it is taken on."""

    name: str
    title: str
    about: str
    """Some sentences, without line breaks."""
    place: int
    """Lessons are listed by this."""
    kernel: str
    workload: str
    """Name in the library."""
    steps: tuple[Step, ...]
    processes: tuple[NamedProcess, ...] = ()
    """What runs; none stands for the workload."""
    memory_bytes: int | None = None
    """Of the machine; None stands for what the workload asks for."""
    swap_bytes: int | None = None

    @property
    def process(self) -> str:
        """Name of the process that `<workload>` stands for."""
        return self.processes[0].name if self.processes else self.workload

    def experiment(self, seed: int = 0) -> Experiment:
        """The machine, on which no kdamond was set up.

        Raises:
            InputError: the lesson asks for something that there is not.
        """
        from damotui.experiment import load_experiment  # brings the engine, which a list of lessons does without

        found = load_experiment(
            workload=self.workload,
            kernel=self.kernel,
            seed=seed,
            memory_bytes=self.memory_bytes,
            swap_bytes=self.swap_bytes,
            loop=True,
        )
        return replace(found, kdamonds=(), processes=self.processes)
