"""What works where a config is carried elsewhere."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action("carry_next", "format", "Take the next format", ("right", "l", "tab"), Scope.CARRY, 3),
    Action("carry_previous", "format before", "Take the format before", ("left", "h", "shift+tab"), Scope.CARRY),
    Action("carry_format", "formats", "Take the format of that number", tuple("1234"), Scope.CARRY, told=True),
    Action(
        "carry_part",
        "whole or part",
        "Take the whole tree, or only the kdamond, context or scheme that the cursor was at",
        ("w",),
        Scope.CARRY,
        6,
    ),
    Action("carry_basis", "staged or committed", "Take what is staged, or what is committed", ("b",), Scope.CARRY, 7),
    Action("carry_copy", "copy", "Copy the text to the clipboard, through the terminal", ("y",), Scope.CARRY, 4),
    Action("carry_save", "save", "Save the text to a file", ("X", "enter"), Scope.CARRY, 5),
    Action("carry_up", "up", "Show the line above", ("up", "k"), Scope.CARRY),
    Action("carry_down", "down", "Show the line below", ("down", "j"), Scope.CARRY),
    Action("carry_page_up", "page up", "Go up by a page", ("pageup",), Scope.CARRY),
    Action("carry_page_down", "page down", "Go down by a page", ("pagedown",), Scope.CARRY),
    Action("carry_first", "first", "Go to the beginning", ("home", "g"), Scope.CARRY),
    Action("carry_last", "last", "Go to the end", ("end", "G"), Scope.CARRY),
    Action("leave_carry", "back", "Go back to the heatmap", ("escape", "q"), Scope.CARRY, 2),
)
