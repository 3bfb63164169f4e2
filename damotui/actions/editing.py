"""What works while a value is edited."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action("accept", "stage", "Stage the value; commit it afterwards", ("enter",), Scope.EDIT, 1, True),
    Action("cancel", "leave as it was", "Leave the value as it was", ("escape",), Scope.EDIT, 2),
)
