"""What works in a lesson."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action(
        "lesson_next",
        "go on",
        "Type the commands of the step, or go on to the next one",
        ("enter",),
        Scope.LESSON,
        3,
        changes=True,
    ),
    Action("lesson_back", "step before", "Look at the step before", ("left", "h", "backspace"), Scope.LESSON, 4),
    Action(
        "lesson_forth", "step after", "Look at the step after, if this one is done", ("right", "l"), Scope.LESSON, 5
    ),
    Action(
        "lesson_again",
        "again",
        "Begin again at time 0, do all steps before the one that is looked at, and wait there",
        ("B",),
        Scope.LESSON,
        6,
        changes=True,
    ),
    Action("lesson_up", "up", "Show the line above", ("up", "k"), Scope.LESSON),
    Action("lesson_down", "down", "Show the line below", ("down", "j"), Scope.LESSON),
    Action("lesson_page_up", "page up", "Go up by a page", ("pageup",), Scope.LESSON),
    Action("lesson_page_down", "page down", "Go down by a page", ("pagedown",), Scope.LESSON),
    Action("lesson_first", "first", "Go to the beginning of the step", ("home", "g"), Scope.LESSON),
    Action("lesson_last", "last", "Go to the end of the step", ("end", "G"), Scope.LESSON),
    Action("lesson_end", "end lesson", "End the lesson; what it has built stays", (), Scope.LESSON),
    Action(
        "leave_lesson",
        "back",
        "Go to the heatmap; the lesson goes on in a few lines there",
        ("escape", "q"),
        Scope.LESSON,
        2,
    ),
)
