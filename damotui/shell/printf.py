"""printf, with which scripts write what `echo` would change."""

from __future__ import annotations

import re

from damotui.shell.call import FAILED, MISUSED, Call, CommandProblem, Word
from damotui.shell.file_words import unescaped

_USAGE = "printf FORMAT [ARG...]"
_PARTS = re.compile(r"%(.?)|\\.|[^%\\]+|\\$", re.DOTALL)
_NUMBER = re.compile(r"\s*([+-]?\d{1,40})", re.ASCII)


def _printf(call: Call) -> int:
    if not call.arguments:
        raise CommandProblem(f"usage: {_USAGE}", MISUSED)
    form, *waiting = call.arguments
    status = 0
    while True:
        before = len(waiting)
        status |= _print_once(call, form, waiting)
        if not waiting or len(waiting) == before:
            return status


def _print_once(call: Call, form: str, waiting: list[str]) -> int:
    """Print the format, with arguments that are taken from those waiting; what is missing is empty, or 0."""
    status = 0
    for part in _PARTS.finditer(form):
        kind = part[1]
        if kind is None:
            call.out.write(unescaped(part[0])[0])
        elif kind == "%":
            call.out.write("%")
        elif kind in ("s", "d"):
            text = waiting.pop(0) if waiting else ""
            number = _NUMBER.fullmatch(text)
            if kind == "d" and text and not number:
                call.complain(f"{text}: invalid number")
                status = FAILED
            call.out.write(text if kind == "s" else str(int(number[1])) if number else "0")
        else:
            raise CommandProblem(f"%{kind}: invalid format: %s, %d and %% are known here")
    return status


WORD = Word(
    "printf",
    _USAGE,
    "Prints a format and no newline. %s and %d stand for arguments, %% for a percent sign, \\n for a newline.",
    _printf,
)
