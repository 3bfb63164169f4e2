"""What works in the heatmap."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
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
)
