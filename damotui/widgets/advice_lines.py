"""What the intervals advisor says, as lines of text: the verdict, what could be changed, and what it all rests on."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from damotui.render.chart import Line
from damotui.session.intervals_advice import Advice, Sign, Verdict

_VERDICTS = {Verdict.UNKNOWN: "plain", Verdict.SHORT: "bad", Verdict.RIGHT: "good", Verdict.LONG: "bad"}
_MARKS = {True: ("+", "good"), False: ("!", "bad"), None: ("·", "label")}
_NAME = 16
_NOT_KNOWN = (
    "It is not known what happens between two looks at a page, how hot what is found at each check is, nor what the"
    " workload does next: a verdict holds for the time that was looked at."
)


@dataclass(frozen=True, slots=True)
class Advised:
    """The lines, and which of them the cursor is at."""

    lines: list[Line]
    first: int
    """The first line of the proposal at the cursor; of none, the first of all."""
    end: int
    """The line behind its last."""


def advised(advice: Advice, cursor: int, width: int, staged: str) -> Advised:
    """The lines for a place of so many cells.

    Args:
        advice: what to say.
        cursor: index of the proposal at the cursor.
        width: cells.
        staged: what to say of staged intervals that differ from the running; empty for nothing.
    """
    kind = _VERDICTS[advice.verdict]
    lines: list[Line] = [[(f"The intervals are {advice.verdict.value}", kind)]]
    lines += [[(text, "text")] for text in wrap(_sentence(advice.because), max(width, 20))]
    if staged:
        lines += [[(text, "bad")] for text in wrap(staged, max(width, 20))]
    first = end = 0
    if advice.proposals:
        lines += [[], [("What could be changed", "title")]]
    for at, proposal in enumerate(advice.proposals):
        here = at == cursor
        first = len(lines) if here else first
        lines.append([(("▸ " if here else "  ") + proposal.label, "chosen" if here else "value")])
        lines += _indented(proposal.reason, "text", width)
        lines += _indented("; ".join(proposal.changes), "label", width)
        end = len(lines) if here else end
    if advice.signs:
        lines += [[], [("What was found", "title")]]
    for sign in advice.signs:
        lines += _sign(sign, width)
    lines += [[], *([(text, "label")] for text in wrap(_NOT_KNOWN, max(width, 20)))]
    return Advised(lines, first, end)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _indented(text: str, kind: str, width: int) -> list[Line]:
    return [[(f"    {part}", kind)] for part in wrap(text, max(width - 4, 20))]


def _sign(sign: Sign, width: int) -> list[Line]:
    """Name and figure, and what it means behind them or, with too little room, below."""
    mark, tone = _MARKS[sign.good]
    name: Line = [(f"{mark} ", tone), (sign.name.ljust(_NAME), "label")]
    head: Line = [*name, (sign.figure, "value")]
    used = 2 + _NAME + len(sign.figure)
    if used + 2 + len(sign.meaning) <= width:
        return [[*head, (f"  {sign.meaning}", "text")]]
    room = width - 4 - _NAME
    if used > width or room < 20:
        return [name, *_indented(sign.figure, "value", width), *_indented(sign.meaning, "text", width)]
    return [head, *([(" " * (_NAME + 4) + part, "text")] for part in wrap(sign.meaning, room))]
