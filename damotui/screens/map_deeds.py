"""What the actions do that look around in the heatmap."""

from __future__ import annotations

from fractions import Fraction

from damotui.screens.deed_base import DeedBase
from damotui.widgets.heatmap import Heatmap
from engine.errors import InputError

_TENTH = Fraction(1, 10)
_PAGE = Fraction(9, 10)
_FAR_CELLS = 10


class MapDeeds(DeedBase):
    """Move in time and addresses, zoom, and ask what is at a place."""

    def look_up(self) -> None:
        """A little."""
        self._move(0, -1)

    def look_down(self) -> None:
        """A little."""
        self._move(0, 1)

    def look_left(self) -> None:
        """A little."""
        self._move(-1, 0)

    def look_right(self) -> None:
        """A little."""
        self._move(1, 0)

    def far_up(self) -> None:
        """Much."""
        self._move(0, -1, far=True)

    def far_down(self) -> None:
        """Much."""
        self._move(0, 1, far=True)

    def far_left(self) -> None:
        """Much."""
        self._move(-1, 0, far=True)

    def far_right(self) -> None:
        """Much."""
        self._move(1, 0, far=True)

    def page_earlier(self) -> None:
        """A screen."""
        self._heat.scroll_time(-float(_PAGE))

    def page_later(self) -> None:
        """A screen."""
        self._heat.scroll_time(float(_PAGE))

    def beginning(self) -> None:
        """The first aggregations."""
        self._heat.scroll_to_beginning()

    def newest(self) -> None:
        """Follow."""
        self._heat.scroll_to_newest()

    def hold(self) -> None:
        """Still, or following."""
        self._heat.hold_time()

    def zoom_in(self) -> None:
        """Less time."""
        self._heat.zoom_time(1)

    def zoom_out(self) -> None:
        """More time."""
        self._heat.zoom_time(-1)

    def nearer(self) -> None:
        """Fewer addresses."""
        self._zoom_addresses(1, "this is the finest: a page for each column, or each half of a line")

    def farther(self) -> None:
        """More addresses."""
        self._zoom_addresses(-1, "all addresses are in view")

    def show_all(self) -> None:
        """All addresses; then all time."""
        self._heat.show_everything()

    def map_cursor(self) -> None:
        """On, or off."""
        if self._heat.cursor is not None:
            self._heat.drop_cursor()
        elif not self._heat.start_cursor():
            raise InputError("there is no place for a cursor yet: no aggregation is in view")
        self._screen.show_map()

    def map_leave(self) -> None:
        """The cursor, or the part of the addresses."""
        if self._heat.cursor is not None:
            self._heat.drop_cursor()
        elif not self._heat.all_addresses:
            self._heat.show_all_addresses()
        elif not (self._screen.restore() or self._screen.guide.leave()):
            raise InputError("there is nothing to leave here: q leaves the app")
        self._screen.show_map()

    def jump(self) -> None:
        """To one of a list."""
        from damotui.screens.map_jump import jump

        self._addressed()
        jump(self._screen)

    def next_target(self) -> None:
        """One of them, or all."""
        heat, index = self._heat, self._screen.kdamond_index
        kdamond = self._session.committed[index : index + 1]
        count = len(kdamond[0].contexts[0].targets) if kdamond and kdamond[0].contexts else 0
        after = 0 if heat.target is None else heat.target + 1
        heat.target = after if after < count and count > 1 else None
        self._screen.tell("all targets" if heat.target is None else f"target {heat.target} alone")

    @property
    def _heat(self) -> Heatmap:
        return self._screen.map_pane.map

    def _addressed(self) -> None:
        if not self._heat.showing_addresses:
            raise InputError("sorted by access rate there are no addresses to move in: V shows another view")

    def _move(self, dx: int, dy: int, *, far: bool = False) -> None:
        heat = self._heat
        if heat.cursor is not None:
            cells = _FAR_CELLS if far else 1
            heat.move_cursor(dx * cells, dy * cells)
            self._screen.show_map()
            return
        pages = _PAGE if far else _TENTH
        in_time, in_addresses = (dx, dy) if heat.transposed else (dy, dx)
        if in_time:
            heat.scroll_time(float(in_time * pages))
            return
        self._addressed()
        if heat.all_addresses and heat.has_addresses:
            raise InputError("all addresses are in view: ) shows fewer, in more detail")
        heat.pan_addresses(in_addresses * pages)

    def _zoom_addresses(self, steps: int, refusal: str) -> None:
        self._addressed()
        if not self._heat.zoom_addresses(steps) and self._heat.has_addresses:
            raise InputError(refusal)
