"""What works in the regions of an aggregation."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action(
        "freeze_regions",
        "freeze",
        "Stay at this aggregation while time goes on, or follow the newest again",
        ("space", "f"),
        Scope.REGIONS,
        3,
    ),
    Action("regions_pause", "pause time", "Let simulated time stand, or pass again", ("p",), Scope.REGIONS, 10),
    Action("older", "older", "Look at the aggregation before", ("[",), Scope.REGIONS, 6),
    Action("newer", "newer", "Look at the aggregation after; behind the newest, follow it", ("]",), Scope.REGIONS, 7),
    Action("much_older", "10 older", "Look ten aggregations back", ("{",), Scope.REGIONS),
    Action("much_newer", "10 newer", "Look ten aggregations forth", ("}",), Scope.REGIONS),
    Action("region_up", "up", "Go to the region above", ("up", "k"), Scope.REGIONS),
    Action("region_down", "down", "Go to the region below", ("down", "j"), Scope.REGIONS),
    Action("region_page_up", "page up", "Go up by a page", ("pageup",), Scope.REGIONS),
    Action("region_page_down", "page down", "Go down by a page", ("pagedown",), Scope.REGIONS),
    Action("region_first", "first", "Go to the first region that is listed", ("home", "g"), Scope.REGIONS),
    Action("region_last", "last", "Go to the last region that is listed", ("end", "G"), Scope.REGIONS),
    Action("sort_left", "sort by", "Sort by the column at the left", ("left", "h"), Scope.REGIONS, 8),
    Action("sort_right", "sort right", "Sort by the column at the right", ("right", "l"), Scope.REGIONS),
    Action("sort_reverse", "reverse", "Turn the order round", ("enter",), Scope.REGIONS, 9),
    Action(
        "region_filter",
        "filter",
        "List only regions that are described: size > 2M age > 5s rate < 10% name heap",
        ("/",),
        Scope.REGIONS,
        4,
    ),
    Action(
        "region_pane",
        "figures",
        "Show the table alone, or figures with it: 2 rates, 3 ages, 4 idle times, 5 cold memory, 6 working set,"
        " 7 bandwidth, 8 how often pages are looked at",
        tuple("12345678"),
        Scope.REGIONS,
        5,
        told=True,
    ),
    Action("next_figures", "next figures", "Show the next figures", ("tab",), Scope.REGIONS),
    Action("previous_figures", "previous figures", "Show the figures before", ("shift+tab",), Scope.REGIONS),
    Action("cold_time", "cold from", "Call memory cold after another idle time", ("t",), Scope.REGIONS, 11),
    Action(
        "leave_regions",
        "back",
        "Go back to the heatmap, or list all regions again",
        ("escape", "q"),
        Scope.REGIONS,
        2,
    ),
)
