"""What works in the trace."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action("freeze", "freeze", "Hold the lines still while time goes on, or go on", ("space",), Scope.TRACE, 3),
    Action("trace_pause", "pause time", "Let simulated time stand, or pass again", ("p",), Scope.TRACE, 9),
    Action("line_up", "up", "Look back by a line", ("up", "k"), Scope.TRACE),
    Action("line_down", "down", "Look forth by a line", ("down", "j"), Scope.TRACE),
    Action("line_page_up", "page up", "Look back by a page", ("pageup",), Scope.TRACE, 8),
    Action("line_page_down", "page down", "Look forth by a page", ("pagedown",), Scope.TRACE),
    Action("line_left", "left", "Show more of the beginning of the lines", ("left", "h"), Scope.TRACE),
    Action("line_right", "right", "Show more of the end of the lines", ("right", "l"), Scope.TRACE),
    Action("line_oldest", "oldest", "Go to the oldest line", ("home", "g"), Scope.TRACE),
    Action("line_newest", "newest", "Follow the newest lines again", ("end", "G", "f"), Scope.TRACE, 7),
    Action(
        "trace_event",
        "events",
        "Collect the event of that number and show it, or do not",
        tuple("12345"),
        Scope.TRACE,
        6,
        told=True,
    ),
    Action("trace_find", "find", "Show only lines that hold what is typed", ("/",), Scope.TRACE, 4),
    Action(
        "trace_short", "short", "Leave the thread, CPU and group out of the lines, or show them", ("w",), Scope.TRACE
    ),
    Action("trace_save", "save", "Save the lines that are shown to a file", ("X",), Scope.TRACE, 5),
    Action("trace_clear", "clear", "Forget all lines", ("ctrl+l",), Scope.TRACE),
    Action("leave_trace", "back", "Go back to the heatmap, or show all lines again", ("escape", "q"), Scope.TRACE, 2),
)
