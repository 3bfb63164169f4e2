"""A lesson as text: all its steps one after the other, on a machine of its own."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import fill

from damotui.guide.lesson import Lesson, Step
from damotui.guide.run import Done, done_of
from damotui.processes import start_system
from damotui.shell.typed import Printed, TypedShell

WIDTH = 100
_SIGNS = {Printed.COMMAND: "# ", Printed.MORE: "> ", Printed.OUT: "", Printed.ERROR: "", Printed.NOTE: "note: "}
_MOST_PRINTED = 24
"""Lines of a step's transcript that are printed, at its beginning and its end together."""


def play(lesson: Lesson, say: Callable[[str], object], seed: int = 0) -> bool:
    """Do all steps of a lesson.

    Args:
        lesson: what is taken.
        say: takes a line of text.
        seed: of all chance.

    Returns:
        Whether everything was seen that should be.

    Raises:
        InputError: the lesson's machine can't be started.
    """
    system = start_system(lesson.experiment(seed))
    shell = TypedShell(system, lesson.process)
    say(f"{lesson.title}")
    say(fill(lesson.about, WIDTH))
    say(f"The machine: Linux {lesson.kernel}, with {' and '.join(_running(lesson))} running.")
    as_told = True
    for number, step in enumerate(lesson.steps, 1):
        say("")
        for line in heading(step, number, len(lesson.steps)):
            say(line)
        say(fill(step.text, WIDTH))
        if step.commands:
            done = done_of(step, shell.type(step.commands, step.looks))
            _say_done(done, say)
            as_told &= done.as_told
    shell.close()
    return as_told


def heading(step: Step, number: int, count: int) -> list[str]:
    """The lines above a step."""
    said = [f"{number}/{count} {step.title}"]
    return [*said, f"Kernel document: {step.section}"] if step.section else said


def transcript(done: Done) -> list[str]:
    """What stands on the terminal after a step, cut in the middle if it is long."""
    lines = [f"{_SIGNS[line.printed]}{line.text}" for line in done.lines]
    hidden = len(lines) - _MOST_PRINTED
    if hidden <= 1:
        return lines
    half = _MOST_PRINTED // 2
    return [*lines[:half], f"… {hidden + done.dropped:,} lines …", *lines[len(lines) - half :]]


def _say_done(done: Done, say: Callable[[str], object]) -> None:
    say("")
    for line in transcript(done):
        say(f"    {line}".rstrip())
    say("")
    for finding in done.findings:
        mark = "ok " if finding.seen else "NOT"
        wanted = f" Wanted is {finding.wanted}." if finding.wanted else ""
        say(fill(f"{mark} {finding.text}{wanted}", WIDTH, initial_indent="  ", subsequent_indent="      "))


def _running(lesson: Lesson) -> list[str]:
    return [str(process) for process in lesson.processes] or [lesson.workload]
