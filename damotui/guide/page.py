"""What the screen of a lesson shows of the step that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from damotui.explain import Explanation
from damotui.export.sheet import Sheet
from damotui.guide.check import FOUND, UNITS, Check
from damotui.guide.figures import FIGURES
from damotui.guide.lesson import Lesson, Step
from damotui.guide.notice import Notice, Tone
from damotui.guide.parts import Paragraph, Part
from damotui.guide.run import SIGNS, Done, LessonRun
from damotui.shell.printed import Printed
from engine.errors import InputError

_MOST_TYPED = 2
"""Lines of commands that are shown where there is little room."""


Key = Callable[[str], str]
"""The key of an action, by its name."""

_PARTS = {
    Printed.COMMAND: Part.TYPED,
    Printed.MORE: Part.TYPED,
    Printed.OUT: Part.OUT,
    Printed.ERROR: Part.ERROR,
    Printed.NOTE: Part.NOTE,
}


def headline(run: LessonRun) -> str:
    """Which lesson it is, and how far it has come."""
    lesson = run.lesson
    done = f"{len(run.done)} of {len(lesson.steps)} steps done"
    return f"{lesson.title}   {done}   Linux {lesson.kernel}, {lesson.process}"


def machine(lesson: Lesson) -> str:
    """What runs on the machine of a lesson."""
    return (
        f"workload {lesson.workload}" if not lesson.processes else "processes " + ", ".join(map(str, lesson.processes))
    )


def page(run: LessonRun, key: Key) -> list[Paragraph]:
    """The step that is looked at, with what came of it."""
    step, result = run.step, run.result
    said: list[Paragraph] = [(Part.TITLE, f"{run.shown + 1}/{len(run.lesson.steps)} {step.title}")]
    if step.section:
        said.append((Part.SECTION, f"kernel document: {step.section}"))
    said += [(Part.TEXT, step.text), (Part.TEXT, "")]
    if result is None:
        said += [(Part.TO_TYPE, f"# {line}") for line in step.commands.splitlines()]
    else:
        said += _result(result)
    return [*said, (Part.HINT, ""), (Part.HINT, _hint(run, key))]


def _result(done: Done) -> list[Paragraph]:
    said: list[Paragraph] = [(_PARTS[line.printed], f"{SIGNS[line.printed]}{line.text}") for line in done.shown]
    if said and done.findings:
        said.append((Part.TEXT, ""))
    for finding in done.findings:
        wanted = f" Wanted is {finding.wanted}." if finding.wanted else ""
        said.append((Part.SEEN if finding.seen else Part.MISSED, f"{finding.text}{wanted}"))
    return said


def _hint(run: LessonRun, key: Key) -> str:
    go, again = key("lesson_next"), key("lesson_again")
    if run.is_typing:
        return "The commands are being carried out…"
    if run.result is None:
        return f"{go} types this" if run.step.commands else f"{go} goes on"
    if not run.result.as_told:
        return f"Something is not as told: {again} begins again and does all steps before this one, {go} goes on"
    if run.is_over and run.shown == len(run.lesson.steps) - 1:
        return f"The lesson is at its end. All that it has built is yours now; {key('guide')} offers other lessons"
    return f"{go} goes on"


def notice(run: LessonRun, key: Key) -> Notice:
    """The same in a few lines, for other screens."""
    step, result, lesson = run.step, run.result, run.lesson
    verb = "types it" if result is None and step.commands else "goes on"
    lines: list[tuple[Tone, str]] = []
    if result is None:
        typed = step.commands.splitlines()
        lines += [(Tone.TYPED, line) for line in typed[:_MOST_TYPED]]
        if len(typed) > _MOST_TYPED:
            more = len(typed) - _MOST_TYPED
            lines.append((Tone.TEXT, f"  … {more} more line{'s' * (more > 1)}"))
    else:
        lines += [(Tone.DONE if finding.seen else Tone.WRONG, finding.text) for finding in result.findings]
    return Notice(
        f"lesson, step {run.shown + 1} of {len(lesson.steps)}: {step.title}",
        f"{key('guide_next')} {verb} · {key('guide')} all of it",
        step.text,
        tuple(lines),
    )


def explanations(run: LessonRun) -> list[Explanation]:
    """What lessons are, and what each check of the step looks at."""
    about = Explanation(
        run.lesson.title,
        f"{run.lesson.about} Each step says what it is about, types commands into a shell on the emulated files of the "
        "kernel, and looks at what has come of them. Tree, files, trace and heatmap follow. Simulated time stands "
        "between the steps, unless it is let pass.",
        (("kernel", f"Linux {run.lesson.kernel}"), ("machine", machine(run.lesson))),
    )
    return [*(_explained(check, run.step) for check in run.step.checks), about]


def _explained(check: Check, step: Step) -> Explanation:
    facts = [("looks with", check.run)] if check.run else []
    if check.unit:
        facts.append(("unit", {"us": "microseconds"}.get(check.unit, check.unit)))
    if check.at_least is not None:
        facts.append(("at least", UNITS[check.unit](check.at_least)))
    if check.at_most is not None:
        facts.append(("at most", UNITS[check.unit](check.at_most)))
    if check.figure:
        text = FIGURES[check.figure].meaning
    elif check.run:
        text = "What a command prints that only looks at the files, right after the step."
    else:
        text = "What the commands of the step have printed."
    if check.lines:
        text += " Its lines are counted."
    return Explanation(f"To be seen after “{step.title}”: {check.sees.replace(FOUND, '…')}", text, facts)


def sheet(run: LessonRun) -> Sheet:
    """The transcript of all steps that were done.

    Raises:
        InputError: none was.
    """
    rows: list[Sequence[str | int]] = []
    for number, done in enumerate(run.done, 1):
        rows += [(number, line.printed.value, line.text) for line in done.lines]
        rows += [(number, "seen" if finding.seen else "missed", finding.text) for finding in done.findings]
    if not rows:
        raise InputError("no step of the lesson is done yet, and so there is nothing to save")
    return Sheet("lesson", ("step", "kind", "text"), rows, (("lesson", run.lesson.name),))
