"""Values as they are typed: as in the tree, or from the value that is there: `*2`, `/4`, `+10%`, `-5`, `max`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from damotui.session.document import Session
from damotui.session.tuning.leaves import Leaf
from damotui.session.tuning.steps import edit_of
from damotui.session.values import Judgement, judge, parse_value
from engine.errors import InputError, shown
from engine.units import ULONG_MAX

ACCEPTED = "*2, /4, +10%, -5 go from the value that is there"

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_SCALED = re.compile(rf"([*×/])\s*({_NUMBER})")
_SHARE = re.compile(rf"([+-])\s*({_NUMBER})\s*%")
_ADDED = re.compile(r"([+-])\s*(.+)")


def judge_typed(session: Session, leaf: Leaf, text: str) -> Judgement:
    """What would become of `text` as the value of a leaf, without staging it."""
    try:
        value = _relative(session, leaf, text.strip())
    except InputError as error:
        return Judgement(error=str(error))
    judgement = judge(session, leaf.path, text if value is None else str(value))
    follows = "" if judgement.error else edit_of(session, leaf, judgement.value).follows
    return Judgement(judgement.value, warning=follows) if follows else judgement


def _relative(session: Session, leaf: Leaf, text: str) -> int | None:
    """The value that a text goes to from the present one; None if it is no such text.

    A share is one of the present value, also where values are shares themselves.
    """
    now: Any = session.get(leaf.path)
    if leaf.choices or leaf.spec.low < 0 or isinstance(now, bool) or not isinstance(now, int):
        return None
    if found := _SCALED.fullmatch(text):
        factor = Fraction(found[2])
        if found[1] == "/" and not factor:
            raise InputError(f"{shown(text)} divides by nothing: give a number above 0")
        after = now / factor if found[1] == "/" else now * factor
    elif found := _SHARE.fullmatch(text):
        after = now + int(f"{found[1]}1") * now * Fraction(found[2]) / 100
    elif found := _ADDED.fullmatch(text):
        after = Fraction(now + int(f"{found[1]}1") * parse_value(session, leaf.path, found[2]))
    else:
        return None
    return min(max(int(after), leaf.spec.low, 0), leaf.spec.high, ULONG_MAX)
