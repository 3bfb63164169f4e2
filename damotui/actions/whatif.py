"""What works in the what-if."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action(
        "choose_a",
        "A",
        "Turn to branch A: what is committed, started and stopped, and what the other screens show, is A's",
        ("1",),
        Scope.WHATIF,
        3,
    ),
    Action("choose_b", "B", "Turn to branch B in the same way", ("2",), Scope.WHATIF, 4),
    Action(
        "fork_here",
        "fork",
        "Let branch B go on from this moment, with what is staged committed to it, or as a copy",
        ("W",),
        Scope.WHATIF,
        6,
    ),
    Action(
        "keep_branch",
        "keep",
        "Go on with the branch that is turned to, and forget the other one, after asking",
        ("enter", "ctrl+k"),
        Scope.WHATIF,
        5,
    ),
    Action("figure_up", "up", "Go to the figure above", ("up", "k"), Scope.WHATIF),
    Action("figure_down", "down", "Go to the figure below", ("down", "j"), Scope.WHATIF),
    Action("figure_page_up", "page up", "Go up by a page of figures", ("pageup",), Scope.WHATIF),
    Action("figure_page_down", "page down", "Go down by a page of figures", ("pagedown",), Scope.WHATIF),
    Action("both_earlier", "earlier", "Look back in time, in both heatmaps", ("left", "h"), Scope.WHATIF, 7),
    Action("both_later", "later", "Go forth in time, in both heatmaps", ("right", "l"), Scope.WHATIF, 8),
    Action("both_newest", "newest", "Follow the newest again", ("end", "f", "G"), Scope.WHATIF, 9),
    Action("both_zoom_in", "zoom in", "Show less time, in more detail", ("+",), Scope.WHATIF, 11),
    Action("both_zoom_out", "zoom out", "Show more time", ("-",), Scope.WHATIF, 12),
    Action("both_auto", "auto zoom", "Show as much time as suits, and all addresses", ("=", "0"), Scope.WHATIF),
    Action("both_closer", "less memory", "Show less memory, in more detail", (")",), Scope.WHATIF),
    Action("both_wider", "more memory", "Show more memory", ("(",), Scope.WHATIF),
    Action("both_lower", "lower", "Move to lower addresses", ("{",), Scope.WHATIF),
    Action("both_higher", "higher", "Move to higher addresses", ("}",), Scope.WHATIF),
    Action("both_turn", "turn", "Turn both heatmaps: time down or across", ("t",), Scope.WHATIF, 17),
    Action(
        "both_view", "view", "Show what was found, the truth, the difference, or memory sorted", ("V",), Scope.WHATIF
    ),
    Action("both_scale", "scale", "Take the next scale of colours, one for both heatmaps", ("n",), Scope.WHATIF, 18),
    Action("both_palette", "colours", "Take the next colours of the heatmaps", ("p",), Scope.WHATIF),
    Action("leave_whatif", "back", "Go back to the main screen; both branches go on", ("escape", "q"), Scope.WHATIF, 2),
)
