"""How the main screen looks, to be kept with a session and put back."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from damotui.keep.saved import Setting, View
from damotui.render.overlay import Marking
from damotui.render.raster import Combine
from damotui.render.scale import Scale
from damotui.render.showing import Showing
from damotui.render.viewport import Held
from damotui.session import tree
from themes import palette_names

if TYPE_CHECKING:
    from damotui.screens.main import MainScreen

HEATMAP = "heatmap"
_Choice = TypeVar("_Choice", bound=StrEnum)


def kept_view(main: MainScreen, theme: str, speed: float) -> View:
    """How it looks now."""
    row = main.tree_pane.cursor_row
    return View(
        theme=theme,
        speed=speed,
        cursor=row.path if row else (),
        expanded=main.tree_side.view.expanded,
        panes={HEATMAP: _heatmap(main)},
    )


def put_back(main: MainScreen, view: View) -> None:
    """Look so again, as far as what is told of exists."""
    staged = main.session.staged
    if view.expanded is not None:
        main.tree_side.view.unfold_only(path for path in view.expanded if tree.find(staged, path) is not None)
    main.tree_side.show()
    if view.cursor and tree.find(staged, view.cursor) is not None:
        main.tree_pane.move_to_path(view.cursor)
    _put_back_heatmap(main, view.panes.get(HEATMAP, {}))


def _heatmap(main: MainScreen) -> dict[str, Setting]:
    pane, heat = main.map_pane, main.map_pane.map
    time, held = heat.view.time, heat.view.addresses.held
    settings: dict[str, Setting] = {
        "palette": heat.palette,
        "transposed": heat.transposed,
        "showing": heat.showing.value,
        "scale": heat.scale.value,
        "sweeps": heat.sweeps,
        "combine": heat.combine.value,
        "target": heat.target,
        "marking": pane.marking.value,
        "row_us": time.row_us,
    }
    if time.held is not None:
        settings |= {"until_us": time.held[0], "until_row_us": time.held[1]}
    if held is not None:
        settings |= {"of_target": held.target, "address": held.address, "bytes": int(held.size)}
    return settings


def _put_back_heatmap(main: MainScreen, settings: Mapping[str, Setting]) -> None:
    pane, heat = main.map_pane, main.map_pane.map
    palette = settings.get("palette")
    if isinstance(palette, str) and palette in palette_names():
        heat.palette = palette
    heat.transposed = settings.get("transposed") is True
    heat.sweeps = settings.get("sweeps") is True
    heat.showing = _choice(Showing, settings, "showing") or heat.showing
    heat.scale = _choice(Scale, settings, "scale") or heat.scale
    heat.combine = _choice(Combine, settings, "combine") or heat.combine
    pane.marking = _choice(Marking, settings, "marking") or pane.marking
    heat.target = _whole(settings, "target")
    heat.view.time.row_us = _whole(settings, "row_us", least=1)
    until_us, row_us = _whole(settings, "until_us"), _whole(settings, "until_row_us", least=1)
    if until_us is not None and row_us is not None:
        heat.view.time.held = (until_us, row_us)
    where = [_whole(settings, name, least) for name, least in (("of_target", 0), ("address", 0), ("bytes", 1))]
    if None not in where:
        target, address, size = (found or 0 for found in where)
        heat.view.addresses.held = Held(target, address, Fraction(0), size)


def _choice(kind: type[_Choice], settings: Mapping[str, Setting], name: str) -> _Choice | None:
    found = settings.get(name)
    return kind(found) if isinstance(found, str) and found in set(kind) else None


def _whole(settings: Mapping[str, Setting], name: str, least: int = 0) -> int | None:
    found = settings.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and least <= found < 1 << 63 else None
