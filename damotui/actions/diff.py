"""What works where staged and committed stand side by side."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action("diff_up", "up", "Go to the line above", ("up", "k"), Scope.DIFF),
    Action("diff_down", "down", "Go to the line below", ("down", "j"), Scope.DIFF),
    Action("diff_page_up", "page up", "Go up by a page", ("pageup",), Scope.DIFF),
    Action("diff_page_down", "page down", "Go down by a page", ("pagedown",), Scope.DIFF),
    Action("diff_first", "first", "Go to the first line", ("home", "g"), Scope.DIFF),
    Action("diff_last", "last", "Go to the last line", ("end", "G"), Scope.DIFF),
    Action("diff_go", "to the tree", "Go to the node in the tree", ("enter",), Scope.DIFF, 3),
    Action(
        "diff_revert",
        "revert",
        "Stage what is committed of the node, or of the whole kdamond",
        ("backspace",),
        Scope.DIFF,
        4,
        True,
        changes=True,
    ),
    Action("leave_diff", "back", "Go back to the heatmap", ("escape", "q"), Scope.DIFF, 2),
)
