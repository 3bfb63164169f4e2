"""Editing a field of the tree in place."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from damotui.session import values
from damotui.session.document import Session
from damotui.session.outline import Row
from damotui.session.tree import Path
from damotui.widgets.config_tree import ConfigTree
from damotui.widgets.field_editor import FieldEditor


class Editing:
    """Opens the line that a value is typed in, and stages what comes of it.

    Args:
        session: what is edited.
        tree: where the fields are shown.
        line: lies over the row of the field.
        staged: called after each edit.
    """

    def __init__(self, session: Session, tree: ConfigTree, line: FieldEditor, staged: Callable[[], None]) -> None:
        self._session, self._tree, self._line, self._staged = session, tree, line, staged

    def open(self, row: Row) -> None:
        """Edit the value of a row, which the cursor is at."""
        spec = values.spec_of(row.path)
        choices = spec.choices_in(self._session.kernel) if spec.choices else ()
        hint = f"{', '.join(choices)}. {spec.help}" if choices else spec.help
        self._session.seal()
        self._line.open(
            row.path,
            values.shown_value(self._session, row.path),
            label=" " * (row.depth + 2) + row.label + " ",
            hint=hint,
            judge=lambda text: values.judge(self._session, row.path, text),
            words=choices,
            row=self._tree.cursor_line - self._tree.scroll_offset.y,
        )

    def stage(self, path: Path, value: Any, key: Hashable = None) -> None:
        """Stage a value, labelled so that undo can say what it takes back."""
        spec = values.spec_of(path)
        before, after = (values.format_value(spec, v) for v in (self._session.get(path), value))
        self._session.set(path, value, f"{path[-1]}: {before} → {after}", key)
        self._staged()
