"""The list from which a part of the addresses is chosen, to be shown alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from damotui.render.legend import format_percent
from damotui.render.ticks import format_size
from damotui.screens.dialogs import ChoiceDialog
from damotui.session.mappings import NamedPart, named_parts
from engine.errors import InputError
from engine.units import format_address

if TYPE_CHECKING:
    from damotui.screens.main import MainScreen

_MOST = 200
"""Aggregations that mean rates are taken of; of more, evenly spaced ones."""


def jump(screen: MainScreen) -> None:
    """Ask which part, and show it.

    Raises:
        InputError: nothing is monitored yet.
    """
    heat, feed = screen.map_pane.map, screen.map_feed
    picture = heat.picture
    if picture is None or not heat.has_addresses:
        raise InputError("no aggregation is in view yet, and so no mapping to go to")
    window, index = picture.window, feed.index
    found = screen.seen.history.between(index, 0, window.start_us, window.end_us)
    found = found[:: 1 + len(found) // _MOST]
    parts = named_parts(heat.view.space.ranges, feed.names, feed.target_names(), found)
    choices = [("all", "all that is monitored"), *((part.name, _about(part)) for part in parts)]

    def go(choice: int | None) -> None:
        if choice is None:
            return
        if choice == 0:
            heat.show_all_addresses()
        else:
            part = parts[choice - 1]
            heat.show_addresses(part.target, part.start, part.end)
        screen.show_map()

    screen.app.push_screen(ChoiceDialog("Show alone", choices), go)


def _about(part: NamedPart) -> str:
    rate = "no data" if part.rate is None else f"{format_percent(part.rate)} accessed"
    whole = part.end - part.start
    size = format_size(part.monitored_bytes)
    of = "" if part.monitored_bytes == whole else f" of {format_size(whole)}"
    return f"{format_address(part.start)}  {size}{of}  {rate}"
