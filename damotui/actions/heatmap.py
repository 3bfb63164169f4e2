"""How to look around in the heatmap: move, zoom, and ask what is at a place."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action("look_up", "up", "Move the view up by a tenth of it, or the cursor by a cell", ("up", "k"), Scope.MAP),
    Action("look_down", "down", "Move the view, or the cursor, down", ("down", "j"), Scope.MAP),
    Action("look_left", "left", "Move the view, or the cursor, to the left", ("left", "h"), Scope.MAP),
    Action("look_right", "right", "Move the view, or the cursor, to the right", ("right", "l"), Scope.MAP),
    Action("far_up", "far up", "Move the view up by all of it, or the cursor by ten cells", ("shift+up",), Scope.MAP),
    Action("far_down", "far down", "Move the view, or the cursor, far down", ("shift+down",), Scope.MAP),
    Action("far_left", "far left", "Move the view, or the cursor, far to the left", ("shift+left",), Scope.MAP),
    Action("far_right", "far right", "Move the view, or the cursor, far to the right", ("shift+right",), Scope.MAP),
    Action("page_earlier", "page back", "Look back in time by a page", ("pageup",), Scope.MAP),
    Action("page_later", "page forth", "Go forth in time by a page", ("pagedown",), Scope.MAP),
    Action("beginning", "beginning", "Go to the beginning of the session", ("home",), Scope.MAP),
    Action("newest", "newest", "Follow the newest again", ("end", "G"), Scope.MAP),
    Action(
        "hold", "hold/follow", "Hold the view still while time goes on, or follow the newest", ("f",), Scope.MAP, 13
    ),
    Action("zoom_in", "zoom in", "Show less time, in more detail", ("+",), Scope.MAP, 14),
    Action("zoom_out", "zoom out", "Show more time", ("-",), Scope.MAP, 15),
    Action("nearer", "addresses in", "Show fewer addresses, in more detail", (")",), Scope.MAP, 16),
    Action("farther", "out", "Show more addresses", ("(",), Scope.MAP, 16),
    Action(
        "show_all",
        "all",
        "Show all addresses, and as much time as suits; again: the whole session",
        ("=", "0"),
        Scope.MAP,
        16,
    ),
    Action("map_cursor", "cursor", "Ask what is at a place: arrows move the cursor", ("i", "enter"), Scope.MAP, 11),
    Action(
        "map_leave",
        "leave",
        "Take the cursor away; without one, show all addresses again, or end the tour",
        ("escape",),
        Scope.MAP,
    ),
    Action("jump", "jump", "Show one mapping alone, or one target", ("g",), Scope.MAP, 12),
    Action("next_target", "target", "Show the next target alone, or all of them", ("]",), Scope.MAP, 22),
)
