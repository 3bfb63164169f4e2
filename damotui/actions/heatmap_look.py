"""How the heatmap looks: what it shows, in which colours, on which scale."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action(
        "heat_view",
        "view",
        "Show what was found, the truth, the difference of the two, or memory sorted by hotness",
        ("V",),
        Scope.MAP,
        17,
    ),
    Action(
        "heat_scale",
        "scale",
        "Let the highest colour stand for 100 %, for the highest rate in view, or for its 99th percentile",
        ("n",),
        Scope.MAP,
        18,
    ),
    Action("heat_palette", "colours", "Take the next colours of the heatmap", ("p",), Scope.MAP, 19),
    Action(
        "heat_combine",
        "mean/max",
        "Colour a cell by the mean of what is in it, or by the highest",
        ("b",),
        Scope.MAP,
        20,
    ),
    Action(
        "sweep",
        "sweep",
        "Write the newest line over the oldest instead of scrolling: little to draw for a slow terminal",
        ("r",),
        Scope.MAP,
        21,
    ),
)
