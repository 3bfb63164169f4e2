"""What works in every pane of the main screen, and partly in the screens beside it."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

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
    Action(
        "toggle_kdamond",
        "start/stop",
        "Turn the kdamond under the cursor on or off",
        ("s",),
        footer=20,
        also=(Scope.TUNING,),
        changes=True,
    ),
    Action(
        "commit",
        "commit",
        "Give what is staged to the kdamond under the cursor",
        ("c",),
        footer=21,
        also=(Scope.TUNING, Scope.DIFF),
        changes=True,
    ),
    Action(
        "commit_all", "commit all", "Give what is staged to every kdamond", ("C",), also=(Scope.DIFF,), changes=True
    ),
    Action(
        "diff",
        "differences",
        "Show what is staged beside what is committed and runs",
        ("D",),
        footer=24,
        beside=True,
    ),
    Action(
        "load_preset",
        "preset",
        "Take kdamonds from a preset, such as DAMON_RECLAIM, or a file: in place of the tree, or beside it",
        ("P",),
        undoable=True,
        changes=True,
    ),
    Action("undo", "undo", "Take the last staged edit back", ("u", "z"), footer=30, beside=True, changes=True),
    Action(
        "redo",
        "redo",
        "Do the edit again that was taken back last",
        ("ctrl+r", "Z"),
        footer=31,
        beside=True,
        changes=True,
    ),
    Action(
        "edit_history",
        "all edits",
        "Show all edits, and go back or forth to any of them",
        ("U",),
        footer=32,
        beside=True,
        changes=True,
    ),
    # The machine
    Action(
        "kill_process",
        "kill",
        "End the process of the target under the cursor, after asking",
        ("K",),
        footer=80,
        changes=True,
    ),
    Action(
        "start_process",
        "new process",
        "Start the workload once more, as another process",
        ("N",),
        footer=81,
        changes=True,
    ),
    Action(
        "restart",
        "restart",
        "Begin again at time 0 with what is committed, after asking",
        ("R",),
        footer=82,
        changes=True,
    ),
    # The kernel's files and events
    Action("files", "files", "Look at the kernel's files, and write to them", ("F",), footer=22, beside=True),
    Action("trace", "trace", "Look at the kernel's tracepoint events as they happen", ("E",), footer=23, beside=True),
    Action(
        "carry",
        "carry",
        "Carry what is staged elsewhere: as a damo command, JSON, or a script for sysfs or debugfs",
        ("Y",),
        footer=26,
        beside=True,
    ),
    # What was found
    Action(
        "regions",
        "regions",
        "Look at the regions of the newest aggregation, and what they add up to",
        ("S",),
        footer=24,
        beside=True,
    ),
    Action(
        "advisor",
        "intervals",
        "Say whether the monitoring intervals suit what is found, and propose others",
        ("I",),
        footer=25,
        beside=True,
    ),
    Action(
        "tuning",
        "tune",
        "Adjust the scheme under the cursor, and see at once what it would match",
        ("A",),
        footer=25,
        beside=True,
    ),
    Action(
        "whatif",
        "what-if",
        "Let a second branch run beside this one with what is staged, and compare the two",
        ("W",),
        footer=25,
        beside=True,
    ),
    # The session
    Action("save_session", "save", "Save the session to its file", ("ctrl+s",), footer=73, beside=True),
    Action("save_session_as", "save as", "Save the session to another file", (), beside=True),
    Action(
        "open_session",
        "open",
        "Open another session: one that was not closed, one of the last, or any file",
        ("O",),
        footer=74,
        beside=True,
    ),
    Action("session_note", "note", "Write a line about the session, which the list of sessions shows", ()),
    # The guide
    Action(
        "guide",
        "lessons",
        "Offer the tour, and lessons that replay the kernel's document step by step",
        ("L",),
        footer=76,
        beside=True,
    ),
    Action(
        "guide_next", "go on", "Go on with the tour or the lesson: do its next step, or skip it", ("f2",), beside=True
    ),
    # The app
    Action("transpose", "transpose", "Turn the heatmap: time down or across", ("t",), footer=60),
    Action(
        "mark_schemes",
        "marks",
        "Mark in the heatmap where the scheme under the cursor, or any, acted, where it would match, both, or nothing",
        ("o",),
        footer=61,
    ),
    Action(
        "export",
        "export",
        "Save what is shown as SVG, PNG or text, or the figures behind it as CSV or JSON",
        ("X",),
        footer=72,
        beside=True,
    ),
    Action("theme", "theme", "Choose another theme of the app", ("T",), beside=True),
    Action("next_pane", "next pane", "Go to the next pane", ("tab",), footer=70),
    Action("maximise", "whole screen", "Let the focused pane have the whole screen, or all their place again", ("w",)),
    Action("go_tree", "tree", "Go to the tree", ("1",)),
    Action("go_map", "heatmap", "Go to the heatmap", ("2",)),
    Action("go_schemes", "schemes", "Go to the scheme statistics", ("3",)),
    Action("previous_pane", "previous pane", "Go to the pane before", ("shift+tab",)),
    Action("palette", "commands", "Find any of these by name", ("ctrl+p", ":"), footer=75, beside=True),
    Action(
        "explain",
        "explain",
        "Say what is under the cursor: its meaning, unit, range and source",
        ("f1",),
        footer=16,
        beside=True,
    ),
    Action("help", "help", "Show all keys, and what they do", ("?",), footer=1, beside=True),
    Action("quit", "quit", "Leave the app", ("q", "ctrl+q", "ctrl+c"), footer=2),
)
