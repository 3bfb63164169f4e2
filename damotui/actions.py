"""Everything a user can do in the app: one table.

Key bindings, footer, command palette, help screen and the key table of the README are all made from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Scope(Enum):
    """Where an action's keys work."""

    APP = "Everywhere"
    TREE = "In the tree"
    MAP = "In the heatmap"
    SCHEMES = "In the scheme statistics"
    EDIT = "While a value is edited"
    FILES = "In the files"
    WRITE = "While a file is written to"
    TRACE = "In the trace"


MAIN_SCOPES = (Scope.APP, Scope.TREE, Scope.MAP, Scope.SCHEMES)
"""Where keys work in the main screen, but while a value is edited."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do."""

    name: str
    label: str
    """A word or two, for the footer."""
    help: str
    """What it does, as one sentence without a full stop."""
    keys: tuple[str, ...]
    """As Textual names them; the first is the one that the footer shows."""
    scope: Scope = Scope.APP
    footer: int = 0
    """Its place among the footer's entries, the lowest first; 0 keeps it out of the footer."""
    undoable: bool = False
    """Whether `undo` takes it back."""
    beside: bool = False
    """Of those that work everywhere: whether it also does in the screens beside the main one."""
    told: bool = False
    """Whether it is told by which of its keys it was asked for."""


ACTIONS: tuple[Action, ...] = (
    # Time
    Action("pause", "pause", "Let simulated time stand, or pass again", ("space",), footer=10, beside=True),
    Action("slower", "slower", "Let simulated time pass more slowly, down to 0.1×", ("<", ","), footer=50, beside=True),
    Action(
        "faster",
        "faster",
        "Let simulated time pass faster, up to 1000×, then as fast as it goes",
        (">",),
        footer=51,
        beside=True,
    ),
    Action(
        "max_speed", "max", "Let simulated time pass as fast as it goes; again: at 1×", ("m",), footer=52, beside=True
    ),
    Action("step", "step", "Run to the end of the next aggregation, then stand", (".",), footer=40, beside=True),
    # Kdamonds
    Action("toggle_kdamond", "start/stop", "Turn the kdamond under the cursor on or off", ("s",), footer=20),
    Action("commit", "commit", "Give what is staged to the kdamond under the cursor", ("c",), footer=21),
    Action("commit_all", "commit all", "Give what is staged to every kdamond", ("C",)),
    Action(
        "load_preset",
        "preset",
        "Put a preset, such as DAMON_RECLAIM, in place of the whole tree",
        ("P",),
        undoable=True,
    ),
    Action("undo", "undo", "Take the last staged edit back", ("u", "z"), footer=30, beside=True),
    Action("redo", "redo", "Do the edit again that was taken back last", ("ctrl+r", "Z"), footer=31, beside=True),
    # The machine
    Action("kill_process", "kill", "End the process of the target under the cursor, after asking", ("K",), footer=80),
    Action("start_process", "new process", "Start the workload once more, as another process", ("N",), footer=81),
    Action("restart", "restart", "Begin again at time 0 with what is committed, after asking", ("R",), footer=82),
    # The kernel's files and events
    Action("files", "files", "Look at the kernel's files, and write to them", ("F",), footer=22, beside=True),
    Action("trace", "trace", "Look at the kernel's tracepoint events as they happen", ("E",), footer=23, beside=True),
    # The app
    Action("transpose", "transpose", "Turn the heatmap: time down or across", ("t",), footer=60),
    Action(
        "mark_acted",
        "marks",
        "Mark in the heatmap where the scheme under the cursor acted, or all schemes if it is at none",
        ("o",),
        footer=61,
    ),
    Action("theme", "theme", "Take the next theme of the app", ("T",), beside=True),
    Action("next_pane", "next pane", "Go to the next pane", ("tab",), footer=70),
    Action("previous_pane", "previous pane", "Go to the pane before", ("shift+tab",)),
    Action("palette", "commands", "Find any of these by name", ("ctrl+p", ":"), footer=75, beside=True),
    Action("help", "help", "Show all keys, and what they do", ("?", "f1"), footer=1, beside=True),
    Action("quit", "quit", "Leave the app", ("q", "ctrl+q", "ctrl+c"), footer=2),
    # The tree
    Action("up", "up", "Go to the line above", ("up", "k"), Scope.TREE),
    Action("down", "down", "Go to the line below", ("down", "j"), Scope.TREE),
    Action("fold", "fold", "Fold the branch, or go to the one it is in", ("left", "h"), Scope.TREE),
    Action("unfold", "unfold", "Unfold the branch, or go into it", ("right", "l"), Scope.TREE),
    Action("page_up", "page up", "Go up by a page", ("pageup",), Scope.TREE),
    Action("page_down", "page down", "Go down by a page", ("pagedown",), Scope.TREE),
    Action("first", "first", "Go to the first line", ("home", "g"), Scope.TREE),
    Action("last", "last", "Go to the last line", ("end", "G"), Scope.TREE),
    Action("edit", "edit", "Edit the value, or fold and unfold the branch", ("enter", "e", "i"), Scope.TREE, 11, True),
    Action("increase", "more", "Stage the next greater value, or the next keyword", ("+", "="), Scope.TREE, 14, True),
    Action("decrease", "less", "Stage the next smaller value, or the keyword before", ("-",), Scope.TREE, 15, True),
    Action("default", "default", "Stage the kernel's default of the field", ("0",), Scope.TREE, 0, True),
    Action("add", "add", "Add a scheme, target, filter… to the list, or a kdamond", ("a",), Scope.TREE, 12, True),
    Action("remove", "remove", "Remove the scheme, target, filter… or kdamond", ("x", "delete"), Scope.TREE, 13, True),
    # The heatmap
    Action("earlier", "earlier", "Look back in time", ("up", "k", "left", "h"), Scope.MAP, 11),
    Action("later", "later", "Go forth in time", ("down", "j", "right", "l"), Scope.MAP, 12),
    Action("page_earlier", "page back", "Look back by a page", ("pageup",), Scope.MAP),
    Action("page_later", "page forth", "Go forth by a page", ("pagedown",), Scope.MAP),
    Action("newest", "newest", "Follow the newest again", ("end", "f", "G"), Scope.MAP, 13),
    Action("zoom_in", "zoom in", "Show less time, in more detail", ("+",), Scope.MAP, 14),
    Action("zoom_out", "zoom out", "Show more time", ("-",), Scope.MAP, 15),
    Action("auto_time", "auto zoom", "Let the heatmap choose how much time it shows", ("=", "0"), Scope.MAP, 16),
    Action("heat_palette", "colours", "Take the next colours of the heatmap", ("p",), Scope.MAP, 17),
    Action("heat_scale", "scale", "Stretch the colours over what is seen, or over 0 to 100 %", ("n",), Scope.MAP, 18),
    Action(
        "heat_combine",
        "mean/max",
        "Colour a cell by the mean of what is in it, or by the highest",
        ("b",),
        Scope.MAP,
        19,
    ),
    Action("next_target", "target", "Show the next target alone, or all of them", ("]",), Scope.MAP, 22),
    # The scheme statistics
    Action("scroll_up", "up", "Show the schemes above", ("up", "k"), Scope.SCHEMES),
    Action("scroll_down", "down", "Show the schemes below", ("down", "j"), Scope.SCHEMES),
    # The editor
    Action("accept", "stage", "Stage the value; commit it afterwards", ("enter",), Scope.EDIT, 1, True),
    Action("cancel", "leave as it was", "Leave the value as it was", ("escape",), Scope.EDIT, 2),
    # The files
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
    # The trace
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
    Action("trace_save", "save", "Save the lines that are shown to a file", ("s",), Scope.TRACE, 5),
    Action("trace_clear", "clear", "Forget all lines", ("c",), Scope.TRACE),
    Action("leave_trace", "back", "Go back to the heatmap, or show all lines again", ("escape", "q"), Scope.TRACE, 2),
)


def action(name: str) -> Action:
    """The action of that name; KeyError if there is none."""
    return _BY_NAME[name]


def in_scope(scope: Scope) -> tuple[Action, ...]:
    """The actions whose keys work there, and only there."""
    return tuple(a for a in ACTIONS if a.scope is scope)


def beside(scope: Scope) -> tuple[Action, ...]:
    """The actions of a screen beside the main one: its own, and those of the app whose keys it leaves to them."""
    own = in_scope(scope)
    taken = {key for a in own for key in a.keys}
    there = scope.name.lower()  # the action that shows the screen is called so, too
    return own + tuple(a for a in ACTIONS if a.beside and a.name != there and not taken.intersection(a.keys))


def footer_actions(scope: Scope) -> list[Action]:
    """What the footer offers while a pane is focused: help and quit, then the pane's own, then the rest."""
    if scope in (Scope.EDIT, Scope.WRITE):
        offered = in_scope(scope)
    elif scope in (Scope.FILES, Scope.TRACE):
        offered = beside(scope)
    else:
        offered = tuple(a for a in ACTIONS if a.scope in (scope, Scope.APP))
    return sorted((a for a in offered if a.footer), key=lambda a: a.footer)


def key_name(key: str) -> str:
    """A key as people call it: `↑`, `Ctrl+R`, `Space`."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    named = _KEY_NAMES.get(last, last if len(last) == 1 and not modifiers else last.capitalize())
    return "+".join([*(m.capitalize() for m in modifiers), named])


def key_names(keys: Iterable[str]) -> str:
    """Several keys that do the same."""
    return " ".join(key_name(key) for key in keys)


_KEY_NAMES = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "delete": "Del",
    "escape": "Esc",
}
_BY_NAME = {a.name: a for a in ACTIONS}
