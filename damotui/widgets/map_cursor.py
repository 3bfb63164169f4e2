"""The cursor of the heat map: where it begins, how it moves, and that the view comes with it."""

from __future__ import annotations

from damotui.render.cursor import moved, revealed
from damotui.render.places import Cursor, cell_of, cursor_at, pixels_per_cell
from damotui.render.ranking import RANKED
from damotui.render.view import Picture
from damotui.widgets.map_navigation import MapNavigation


class MapCursor(MapNavigation):
    """The part of the map that has a cursor."""

    has_cursor = False
    """Whether there is somebody who tells what is at a cursor: only then does a double click bring it."""
    _last_cursor: Cursor | None = None

    def forget_places(self) -> None:
        """Shows all addresses, and no cursor."""
        super().forget_places()
        self._last_cursor = None
        self.cursor = None

    def start_cursor(self) -> bool:
        """Shows the cursor where it was last, or in the middle of the newest if that is not in view.

        False if there is no place for it.
        """
        if self.picture is None or self.picture.empty:
            return False
        last = self._last_cursor
        if last is None or cell_of(self.picture, last) is None:
            last = self._newest_cell(self.picture)
        if last is not None:
            self.cursor = last
        return last is not None

    def drop_cursor(self) -> None:
        """Takes the cursor away."""
        if self.cursor is not None:
            self._last_cursor = self.cursor
            self.cursor = None

    def put_cursor(self, x: int, y: int) -> bool:
        """Moves the cursor to a cell; false if there is nothing."""
        place = None if self.picture is None else cursor_at(self.picture, x, y)
        if place is not None:
            self.cursor = place
        return place is not None

    def move_cursor(self, dx: int, dy: int) -> None:
        """Moves the cursor by cells; at an edge, or out of sight, the view comes with it."""
        if self.picture is None or self._shown is None or self.cursor is None:
            return
        picture, shown = self.picture, self._shown
        latest = shown.history.latest(shown.kdamond, shown.context)
        if picture.empty or latest is None:
            return
        if (self.cursor.target == RANKED) is self.showing_addresses:
            # Another view has no such place.
            self.cursor = self._newest_cell(picture)
            return
        in_time, in_addresses = (dx, dy) if picture.transposed else (dy, dx)
        begin_us, end_us = shown.begin_us, latest.end_us
        place = moved(picture, self.view, self.cursor, in_time, in_addresses, begin_us, end_us)
        revealed(picture, self.view, place, shown.now_us)
        self.cursor = place
        self.paint()

    def watch_cursor(self) -> None:
        """Draws it."""
        self.paint()

    def _newest_cell(self, picture: Picture) -> Cursor | None:
        assert self._shown is not None
        latest = self._shown.history.latest(self._shown.kdamond, self._shown.context)
        if latest is None:
            return None
        unit = pixels_per_cell(picture)
        cells = picture.layout.size // unit
        for cell in sorted(range(cells), key=lambda cell: abs(cell - cells // 2)):
            found = picture.layout.addresses_at(cell * unit)
            if found is not None:
                last_us = min(latest.end_us, picture.window.end_us) - 1
                return Cursor(last_us, found.target, (found.start + found.end) // 2)
        return None
