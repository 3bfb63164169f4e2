"""Changes of a scheme's values: each is staged at once, and those of one visit to a value are undone as one."""

from __future__ import annotations

from typing import Any

from damotui.session import tree
from damotui.session.document import Session
from damotui.session.tuning.leaves import Leaf, at_scale
from damotui.session.tuning.steps import Stride, edit_of, stepped, usable_choices
from damotui.session.values import format_value
from engine.errors import InputError


class Stepping:
    """Stages what keys ask for.

    Args:
        session: where it is staged.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._visit = 0
        self.follows = ""
        """What had to be changed with the last value: `sz.max follows: 8 KiB`; empty for nothing."""

    def visit(self) -> None:
        """The cursor has come to a value: what is done to it from now on is a step of its own."""
        self._session.seal()
        self._visit += 1
        self.follows = ""

    def step(self, leaf: Leaf, *, up: bool, stride: Stride = Stride.NATURAL) -> None:
        """Stage the value a step further.

        Raises:
            InputError: it goes no further.
        """
        value = self._session.get(leaf.path)
        usable = usable_choices(self._session, leaf) if leaf.choices else ()
        after = stepped(leaf, value, up, stride, usable)
        if after == value:
            raise InputError(f"{leaf.label} goes no further: Enter types it")
        self.stage(leaf, after)

    def slide(self, leaf: Leaf, share: float) -> None:
        """Stage the value at a place of the scale, from 0 to 1."""
        self.stage(leaf, at_scale(leaf, share))

    def stage(self, leaf: Leaf, value: Any) -> None:
        """Stage a value, with what has to follow it, labelled with where this visit began."""
        session, key = self._session, ("tune", leaf.path, self._visit)
        edit, step = edit_of(session, leaf, value), session.to_undo
        begun = step.before if step is not None and step.key == key else session.staged
        before, after = (format_value(leaf.spec, one) for one in (tree.get(begun, leaf.path), value))
        session.set(edit.path, edit.value, f"{leaf.label}: {before} → {after}", key)
        self.follows = edit.follows
