"""What works in the tree."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action("up", "up", "Go to the line above", ("up", "k"), Scope.TREE),
    Action("down", "down", "Go to the line below", ("down", "j"), Scope.TREE),
    Action("fold", "fold", "Fold the branch, or go to the one it is in", ("left", "h"), Scope.TREE),
    Action("unfold", "unfold", "Unfold the branch, or go into it", ("right", "l"), Scope.TREE),
    Action("page_up", "page up", "Go up by a page", ("pageup",), Scope.TREE),
    Action("page_down", "page down", "Go down by a page", ("pagedown",), Scope.TREE),
    Action("first", "first", "Go to the first line", ("home", "g"), Scope.TREE),
    Action("last", "last", "Go to the last line", ("end", "G"), Scope.TREE),
    Action("edit", "edit", "Edit the value, or fold and unfold the branch", ("enter", "e", "i"), Scope.TREE, 11, True),
    Action(
        "increase",
        "more",
        "Stage the next greater value, or the next keyword",
        ("+", "="),
        Scope.TREE,
        14,
        True,
        changes=True,
    ),
    Action(
        "decrease",
        "less",
        "Stage the next smaller value, or the keyword before",
        ("-",),
        Scope.TREE,
        15,
        True,
        changes=True,
    ),
    Action("default", "default", "Stage the kernel's default of the field", ("0",), Scope.TREE, 0, True, changes=True),
    Action(
        "add",
        "add",
        "Add a scheme, target, filter… to the list, or a kdamond",
        ("a",),
        Scope.TREE,
        12,
        True,
        changes=True,
    ),
    Action(
        "remove",
        "remove",
        "Remove the scheme, target, filter… or kdamond",
        ("x", "delete"),
        Scope.TREE,
        13,
        True,
        changes=True,
    ),
)
