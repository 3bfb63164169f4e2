"""`damotui lessons`."""

from __future__ import annotations

import json
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

import typer

from damotui.exits import FAILED, OK

if TYPE_CHECKING:
    from damotui.guide.lesson import Lesson

_WIDTH = 100


def lessons(
    plain: Annotated[
        str | None,
        typer.Option(
            "--plain", metavar="NAME", help="Do all steps of a lesson here, as text; exit code 1 if one fails."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with all steps.")] = False,
) -> int:
    """Serve the command."""
    from damotui.guide.library import all_lessons, load_lesson
    from engine.errors import InputError, shown

    if plain is not None:
        if as_json:
            raise InputError(f"--plain: {shown(plain)} can't be given together with --json: give one of the two")
        return _play(load_lesson(plain))
    known = all_lessons()
    print(json.dumps([_plain(lesson) for lesson in known], indent=2) if as_json else _table(known))
    return OK


def _play(lesson: Lesson) -> int:
    import sys

    from damotui.guide.plain import play

    return OK if play(lesson, print, encoding=sys.stdout.encoding or "utf-8") else FAILED


def _plain(lesson: Lesson) -> dict[str, Any]:
    return {
        "name": lesson.name,
        "title": lesson.title,
        "about": lesson.about,
        "kernel": lesson.kernel,
        "workload": lesson.workload,
        "steps": [
            {"title": step.title, "section": step.section, "text": step.text, "commands": step.commands}
            for step in lesson.steps
        ],
    }


def _table(known: list[Lesson]) -> str:
    width = max(len(lesson.name) for lesson in known)
    indent = " " * (width + 2)
    listed = "\n\n".join(
        f"{lesson.name:<{width}}  {lesson.title} ({len(lesson.steps)} steps, Linux {lesson.kernel})\n"
        + fill(lesson.about, _WIDTH, initial_indent=indent, subsequent_indent=indent)
        for lesson in known
    )
    return f"{listed}\n\ndamotui --lesson NAME takes one in the app, damotui lessons --plain NAME prints it here."
