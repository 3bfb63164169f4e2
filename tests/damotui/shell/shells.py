"""Shells on small machines, and what they say."""

from __future__ import annotations

import io
from dataclasses import dataclass

from damotui.experiment import load_experiment
from damotui.processes import parse_process, start_system
from damotui.shell.session import Manner, Session
from damotui.shell.source import Lines, lines_of
from damotui.shell.streams import Terminal
from damotui.shell.words import WORDS

ADMIN = "/sys/kernel/mm/damon/admin"
DOCUMENTED = ("workload:42", "masim:4242")
"""The processes of the kernel document."""


@dataclass(frozen=True)
class Said:
    """What a text came to."""

    out: str
    err: str
    status: int


class Shell:
    """A shell whose state stays from one text to the next; each is read as a script or transcript of its own."""

    def __init__(self, kernel="7.1", processes=(), *, workload="shifter", preset=None, manner=None, interrupted=None):
        experiment = load_experiment(workload=workload, kernel=kernel, preset=preset, loop=True)
        named = [parse_process(text) for text in processes]
        self.system = start_system(experiment, named, stage=preset is not None)
        self.interrupted = interrupted or (lambda: False)
        self._out, self._err = io.StringIO(), io.StringIO()
        self.session = Session(
            self.system,
            named[0].name if named else workload,
            WORDS,
            out=Terminal(self._out),
            err=Terminal(self._err),
            manner=manner or Manner(),
            interrupted=lambda: self.interrupted(),
        )

    def run(self, text, *, lines=None):
        for stream in (self._out, self._err):
            stream.seek(0)
            stream.truncate()
        source = Lines(lines_of(text), WORDS.__contains__) if lines is None else lines
        status = self.session.run(source)
        return Said(self._out.getvalue(), self._err.getvalue(), status)

    @property
    def now_s(self):
        return self.system.engine.now_us / 1e6


def say(text, **options):
    """What a new shell says to a text."""
    return Shell(**options).run(text)
