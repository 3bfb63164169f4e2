"""What works in the scheme statistics."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action("scroll_up", "up", "Show the schemes above", ("up", "k"), Scope.SCHEMES),
    Action("scroll_down", "down", "Show the schemes below", ("down", "j"), Scope.SCHEMES),
    Action(
        "guide_end",
        "end tour",
        "End the tour, if it is on, or go to the tree",
        ("escape",),
        Scope.SCHEMES,
    ),
)
