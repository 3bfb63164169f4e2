"""How a user looks around in the heat map: in time and in addresses."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from textual.reactive import reactive
from textual.widget import Widget

from damotui.render.history import History
from damotui.render.overview import Overview, overview_of
from damotui.render.places import Box, Cursor, cell_of, rows_per_cell
from damotui.render.showing import Showing
from damotui.render.view import Picture, View


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the map was asked to show."""

    history: History
    kdamond: int
    context: int
    now_us: int
    reason: str
    """Why there is nothing yet."""
    truth: History | None = None
    """The truth beside the aggregations, if it is known."""

    @property
    def begin_us(self) -> int:
        """When monitoring began."""
        return self.history.begin_us(self.kdamond, self.context) or 0


class MapNavigation(Widget):
    """The part of the map that moves the view."""

    cursor: reactive[Cursor | None] = reactive(None)
    """Where the crosshair is, whatever the view shows; None while there is none."""

    picture: Picture | None = None
    """What is on the screen."""
    _shown: Shown | None = None
    _generation = 0

    def __init__(
        self, *, name: str | None = None, id: str | None = None, classes: str | None = None, disabled: bool = False
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self.view = View()

    def paint(self) -> None:
        """Makes a frame."""
        raise NotImplementedError

    def show_other(self, shown: Shown) -> None:
        """Takes over what is to be shown; places in other memory, or in a past that is void, are forgotten."""
        before, generation = self._shown, shown.history.generation
        self._shown = shown
        if before is None:
            void = other = False
        else:
            void = before.history is shown.history and generation != self._generation
            other = (before.kdamond, before.context) != (shown.kdamond, shown.context)
        self._generation = generation
        if void or other:
            self.forget_places()
            if void:
                self.view.time.follow()

    def forget_places(self) -> None:
        """Shows all addresses."""
        self.view.addresses.show_all()

    # Time

    @property
    def following(self) -> bool:
        """Whether the map moves on with the newest."""
        return self.view.time.held is None

    @property
    def session_us(self) -> tuple[int, int]:
        """When monitoring began, and the present."""
        return (0, 0) if self._shown is None else (self._shown.begin_us, self._shown.now_us)

    @property
    def grain_us(self) -> int:
        """Length of the grains in which the past is told; 0 while all of it is whole."""
        return 0 if self._shown is None else self._shown.history.grain_us(self._shown.kdamond, self._shown.context)

    @property
    def behind_us(self) -> int:
        """How long ago the end of what is shown was; 0 while the newest is followed."""
        if self.following or self.picture is None or self._shown is None:
            return 0
        return max(self._shown.now_us - self.picture.window.end_us, 0)

    def scroll_time(self, pages: float) -> None:
        """Moves by that many screens, negative into the past; back at the newest, the map follows it again."""
        if self.picture is None or self._shown is None:
            return
        shown, window = self._shown, self.picture.window
        rows = round(pages * window.nr_rows) or (1 if pages > 0 else -1)
        self.view.time.scroll(window, rows, shown.begin_us, shown.now_us)
        self.paint()

    def scroll_to_newest(self) -> None:
        """Follows the newest again."""
        self.view.time.follow()
        self.paint()

    def hold_time(self) -> None:
        """Stays where it is while time goes on; if it does already, follows the newest again."""
        if not self.following:
            self.scroll_to_newest()
        elif self.picture is not None and self._shown is not None:
            self.view.time.freeze(self.picture.window, self._shown.now_us)
            self.paint()

    def scroll_to_beginning(self) -> None:
        """Shows the first aggregations."""
        if self.picture is None or self._shown is None:
            return
        shown, window = self._shown, self.picture.window
        unit = rows_per_cell(self.picture)
        first = shown.begin_us // window.row_us // unit * unit
        self.view.time.hold(window.pan(first - window.first), shown.now_us)
        self.paint()

    def zoom_time(self, steps: int, at_us: int | None = None) -> None:
        """Shows less time more finely (positive) or more time (negative), in steps of 1-2-5.

        Args:
            steps: How many.
            at_us: The moment that keeps its place; None for the cursor's, without one the newest or the middle.
        """
        if self.picture is None or self._shown is None:
            return
        shown, picture = self._shown, self.picture
        if at_us is None and self.cursor is not None and cell_of(picture, self.cursor) is not None:
            at_us = self.cursor.time_us
        self.view.time.zoom(steps, picture.window, shown.begin_us, shown.now_us, rows_per_cell(picture), at_us)
        self.paint()

    def auto_time(self, span_us: int | None = None) -> None:
        """Chooses the scale of time automatically, to show up to `span_us` (None leaves that as it is)."""
        if span_us is not None:
            self.view.time.auto_span_us = span_us
        if self.picture is None or self._shown is None:
            self.view.time.row_us = None
            return
        shown, picture = self._shown, self.picture
        unit = rows_per_cell(picture)
        self.view.time.automatic(picture.window, shown.begin_us, shown.now_us, picture.aggr_us, unit)
        self.paint()

    # Addresses

    @property
    def has_addresses(self) -> bool:
        """Whether the map has an axis of addresses, with something on it."""
        return self.showing_addresses and self.view.space.total > 0

    @property
    def showing_addresses(self) -> bool:
        """Whether what is shown lies at its addresses."""
        return self.picture is not None and self.picture.showing is not Showing.SORTED

    @property
    def all_addresses(self) -> bool:
        """Whether all addresses are in view."""
        return self.view.addresses.held is None

    def overview(self, cells: int) -> Overview | None:
        """All addresses in a line of that many cells; None while all of them are in view."""
        shown = self._shown
        latest = None if shown is None else shown.history.latest(shown.kdamond, shown.context)
        if self.picture is None or latest is None:
            return None
        return overview_of(self.picture, self.view, latest, cells)

    def pan_addresses(self, pages: Fraction) -> bool:
        """Moves by that many screens, negative to lower addresses; false if there are no more."""
        if not self.has_addresses:
            return False
        axis, space = self.view.addresses, self.view.space
        moves = axis.pan(space, axis.view(space).size * pages)
        self.paint()
        return moves

    def zoom_addresses(self, steps: int) -> bool:
        """Shows less memory (positive), down to a page a pixel, or more, up to all; false if there is no such step.

        The byte under the cursor keeps its place; without a cursor, the middle does.
        """
        if self.picture is None or not self.has_addresses:
            return False
        space, at = self.view.space, None
        if self.cursor is not None and cell_of(self.picture, self.cursor) is not None:
            at = space.offset(self.cursor.target, self.cursor.address)
        changes = self.view.addresses.zoom(space, steps, self.picture.layout.size, at)
        self.paint()
        return changes

    def show_addresses(self, target: int, start: int, end: int) -> bool:
        """Shows just these addresses of a target; false if none of them is monitored."""
        space = self.view.space
        part = space.part(target, start, end)
        if not part.size:
            return False
        self.view.addresses.show(space, part)
        self.paint()
        return True

    def show_everything(self) -> None:
        """Shows all addresses, and as much time as suits; if it does already, the whole session."""
        if self.picture is None or self._shown is None:
            return
        time, shown = self.view.time, self._shown
        if self.all_addresses and self.following and time.row_us is None:
            window, unit = self.picture.window, rows_per_cell(self.picture)
            time.show_session(shown.begin_us, shown.now_us, window.nr_rows, unit)
            self.paint()
        else:
            self.view.addresses.show_all()
            self.auto_time()

    def show_all_addresses(self) -> None:
        """Shows all that is monitored."""
        self.view.addresses.show_all()
        self.paint()

    def center_addresses(self, target: int, address: int) -> None:
        """Moves an address into the middle."""
        axis, space = self.view.addresses, self.view.space
        axis.pan(space, space.offset(target, address) - axis.view(space).middle)
        self.paint()

    def show_box(self, box: Box, *, in_time: bool = True, in_addresses: bool = True) -> None:
        """Shows just that stretch of time and of addresses."""
        if self.picture is None or self._shown is None:
            return
        if in_time:
            nr_rows, unit = self.picture.window.nr_rows, rows_per_cell(self.picture)
            self.view.time.show(box.start_us, box.end_us, self.picture.aggr_us, nr_rows, unit)
        if in_addresses and self.has_addresses:
            space = self.view.space
            first = space.offset(*box.first)
            self.view.addresses.show(space, space.all._replace(first=first, size=space.offset(*box.last) + 1 - first))
        self.paint()
