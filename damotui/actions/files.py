"""What works in the files, and while one is written to."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action("file_up", "up", "Go to the line above", ("up", "k"), Scope.FILES),
    Action("file_down", "down", "Go to the line below", ("down", "j"), Scope.FILES),
    Action("file_fold", "fold", "Fold the directory, or go to the one it is in", ("left", "h"), Scope.FILES),
    Action("file_unfold", "unfold", "Unfold the directory, or go into it", ("right", "l"), Scope.FILES),
    Action("file_page_up", "page up", "Go up by a page", ("pageup",), Scope.FILES),
    Action("file_page_down", "page down", "Go down by a page", ("pagedown",), Scope.FILES),
    Action("file_first", "first", "Go to the first line", ("home", "g"), Scope.FILES),
    Action("file_last", "last", "Go to the last line", ("end", "G"), Scope.FILES),
    Action("content_up", "text up", "Show what is above in a long file", ("[",), Scope.FILES),
    Action("content_down", "text down", "Show what is below in a long file", ("]",), Scope.FILES),
    Action(
        "file_open",
        "write",
        "Write to the file, or fold and unfold the directory",
        ("enter", "e", "i"),
        Scope.FILES,
        3,
        True,
    ),
    Action("file_find", "find", "Show only names that hold what is typed", ("/",), Scope.FILES, 4),
    Action("file_copy", "copy path", "Copy the path that the file has on a real system", ("y",), Scope.FILES, 5),
    Action("file_reread", "read again", "Read all that is shown again", ("r",), Scope.FILES, 6),
    Action("leave_files", "back", "Go back to the heatmap, or show all names again", ("escape", "q"), Scope.FILES, 2),
    Action("write", "write", "Write what is typed, and a newline, as one piece", ("enter",), Scope.WRITE, 1, True),
    Action("write_leave", "leave as it is", "Write nothing", ("escape",), Scope.WRITE, 2),
    Action("write_before", "before", "Take what was written to the file before", ("up",), Scope.WRITE, 3),
    Action("write_after", "after", "Take what was written to the file after that", ("down",), Scope.WRITE, 4),
)
