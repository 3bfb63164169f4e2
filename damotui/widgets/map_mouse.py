"""The heat map under the mouse: the wheel moves and zooms, a drag draws a box to zoom into, clicks put the cursor."""

from __future__ import annotations

from fractions import Fraction

from textual import events

from damotui.render.places import box_of, cursor_at
from damotui.widgets.map_cursor import MapCursor

WHEEL_PAGES = Fraction(1, 10)
"""Screens per step of the mouse wheel."""

Corners = tuple[tuple[int, int], tuple[int, int]]
"""Columns and lines of two opposite corners."""


class MapMouse(MapCursor):
    """The part of the map that listens to the mouse. All that it does has keys, too."""

    _pressed: tuple[int, int] | None = None
    """Where the button went down."""
    box: Corners | None = None
    """What is being drawn with the button down."""

    def tell_pointed(self, at: tuple[int, int] | None) -> None:
        """Tells what is under the mouse; None when it has left."""
        raise NotImplementedError

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tells what is under the mouse; with the button down, draws a box."""
        self.tell_pointed((event.x, event.y))
        if self._pressed is not None:
            width, height = self.size
            here = min(max(event.x, 0), width - 1), min(max(event.y, 0), height - 1)
            if self.box is not None or here != self._pressed:
                self.box = self._pressed, here
                self.paint()

    def on_leave(self) -> None:
        """Tells that the mouse is gone."""
        self.tell_pointed(None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begins a box."""
        if event.button == 1:
            self._pressed = event.x, event.y
            self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Zooms into the box, if one was drawn: in each axis in which it is longer than a cell."""
        corners, self.box, self._pressed = self.box, None, None
        self.release_mouse()
        if corners is None:
            return
        box = None if self.picture is None else box_of(self.picture, *corners)
        if box is None:
            self.paint()
            return
        (left, top), (right, bottom) = corners
        wide, high = left != right, top != bottom
        in_time, in_addresses = (wide, high) if self.picture and self.picture.transposed else (high, wide)
        self.show_box(box, in_time=in_time, in_addresses=in_addresses)

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor: a click moves it, a double click brings it."""
        if self.has_cursor and (self.cursor is not None or event.chain == 2):
            self.put_cursor(event.x, event.y)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scrolls into the past; with shift to lower addresses; with ctrl, zooms in."""
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scrolls towards the newest; with shift to higher addresses; with ctrl, zooms out."""
        self._wheel(event, -1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Moves to lower addresses."""
        self._wheel(event, 1, sideways=True)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Moves to higher addresses."""
        self._wheel(event, -1, sideways=True)

    def _wheel(self, event: events.MouseEvent, direction: int, *, sideways: bool = False) -> None:
        event.stop()
        event.prevent_default()
        if event.ctrl:
            place = None if self.picture is None else cursor_at(self.picture, event.x, event.y)
            self.zoom_time(direction, None if place is None else place.time_us)
        elif event.shift or sideways:
            self.pan_addresses(-direction * WHEEL_PAGES)
        else:
            self.scroll_time(float(-direction * WHEEL_PAGES))
