"""What the actions of the heatmap do."""

from __future__ import annotations

from damotui.render.raster import Combine
from damotui.screens.deed_base import DeedBase
from damotui.session.outline import scheme_at
from themes import palette_names


class MapDeeds(DeedBase):
    """Look back, zoom, and choose how the heatmap is drawn."""

    def earlier(self) -> None:
        """A tenth of a screen."""
        self._screen.map_pane.map.scroll_time(-0.1)

    def later(self) -> None:
        """A tenth of a screen."""
        self._screen.map_pane.map.scroll_time(0.1)

    def page_earlier(self) -> None:
        """A screen."""
        self._screen.map_pane.map.scroll_time(-0.9)

    def page_later(self) -> None:
        """A screen."""
        self._screen.map_pane.map.scroll_time(0.9)

    def newest(self) -> None:
        """Follow."""
        self._screen.map_pane.map.scroll_to_newest()

    def zoom_in(self) -> None:
        """Less time."""
        self._screen.map_pane.map.zoom_time(1)

    def zoom_out(self) -> None:
        """More time."""
        self._screen.map_pane.map.zoom_time(-1)

    def auto_time(self) -> None:
        """As much time as suits."""
        self._screen.map_pane.map.auto_time()

    def heat_palette(self) -> None:
        """The next one."""
        heat, names = self._screen.map_pane.map, palette_names()
        heat.palette = names[(names.index(heat.palette) + 1) % len(names)]
        self._screen.tell(f"heatmap in {heat.palette}")

    def heat_scale(self) -> None:
        """Relative or absolute."""
        heat = self._screen.map_pane.map
        heat.automatic = not heat.automatic

    def heat_combine(self) -> None:
        """Mean or highest."""
        heat = self._screen.map_pane.map
        heat.combine = Combine.MAX if heat.combine is Combine.MEAN else Combine.MEAN
        self._screen.tell(f"a cell shows the {'highest' if heat.combine is Combine.MAX else 'mean'} of what is in it")

    def mark_acted(self) -> None:
        """On or off; the scheme under the cursor, or all."""
        pane = self._screen.map_pane
        scheme = scheme_at(self._screen.tree_pane.cursor_row)
        pane.marking = not pane.marking
        pane.mark(scheme)
        who = "schemes" if scheme is None else f"scheme {scheme}"
        self._screen.tell(f"marked where {who} acted" if pane.marking else "no marks")

    def next_target(self) -> None:
        """One of them, or all."""
        heat, index = self._screen.map_pane.map, self._screen.kdamond_index
        kdamond = self._session.committed[index : index + 1]
        count = len(kdamond[0].contexts[0].targets) if kdamond and kdamond[0].contexts else 0
        after = 0 if heat.target is None else heat.target + 1
        heat.target = after if after < count and count > 1 else None
        self._screen.tell("all targets" if heat.target is None else f"target {heat.target} alone")
