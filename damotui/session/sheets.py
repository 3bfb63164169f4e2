"""The staged tree as rows: a line for each value that can be set."""

from __future__ import annotations

from dataclasses import is_dataclass

from damotui.export.sheet import Sheet
from damotui.session import tree
from damotui.session.document import Session
from damotui.session.values import format_value
from engine.config.fields import leaves
from engine.errors import InputError


def tree_sheet(session: Session) -> Sheet:
    """Path, staged value and committed value of each field; what is not there is empty.

    Raises:
        InputError: there is no kdamond.
    """
    if not session.staged:
        raise InputError("there is no kdamond, and so nothing in the tree")
    rows = []
    for index, kdamond in enumerate(session.staged):
        for name, spec, value in leaves(kdamond):
            if isinstance(value, tuple) or is_dataclass(value):
                continue
            path = (index, *tree.parse(name))
            committed = tree.find(session.committed, path)
            rows.append(
                (
                    tree.text(path),
                    format_value(spec, value),
                    None if committed is None else format_value(spec, committed),
                )
            )
    return Sheet("tree", ("path", "staged", "committed"), rows)
