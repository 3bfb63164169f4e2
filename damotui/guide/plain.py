"""A lesson as text: all its steps one after the other, on a machine of its own."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import fill

from damotui.guide.lesson import Lesson
from damotui.guide.run import SIGNS, Done, done_of
from damotui.processes import start_system
from damotui.shell.typed import TypedShell

WIDTH = 100


def play(lesson: Lesson, say: Callable[[str], object], seed: int = 0, encoding: str = "utf-8") -> bool:
    """Do all steps of a lesson.

    Args:
        lesson: what is taken.
        say: takes a line of text.
        seed: of all chance.
        encoding: what of characters can be shown.

    Returns:
        Whether everything was seen that should be.

    Raises:
        InputError: the lesson's machine can't be started.
    """
    system = start_system(lesson.experiment(seed))
    shell = TypedShell(system, lesson.process, encoding=encoding)
    say(f"{lesson.title}")
    say(fill(lesson.about, WIDTH))
    say(f"The machine: Linux {lesson.kernel}, with {' and '.join(_running(lesson))} running.")
    as_told = True
    for number, step in enumerate(lesson.steps, 1):
        say("")
        say(f"{number}/{len(lesson.steps)} {step.title}")
        if step.section:
            say(f"Kernel document: {step.section}")
        say(fill(step.text, WIDTH))
        if step.commands:
            done = done_of(step, shell.type(step.commands, step.looks))
            _say_done(done, say)
            as_told &= done.as_told
    shell.close()
    return as_told


def _say_done(done: Done, say: Callable[[str], object]) -> None:
    say("")
    for line in done.shown:
        say(f"    {SIGNS[line.printed]}{line.text}".rstrip())
    say("")
    for finding in done.findings:
        mark = "ok " if finding.seen else "NOT"
        wanted = f" Wanted is {finding.wanted}." if finding.wanted else ""
        say(fill(f"{mark} {finding.text}{wanted}", WIDTH, initial_indent="  ", subsequent_indent="      "))


def _running(lesson: Lesson) -> list[str]:
    return [str(process) for process in lesson.processes] or [lesson.workload]
