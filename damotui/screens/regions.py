"""The regions of an aggregation: all figures of each in a table, and what they add up to beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from damotui.actions import Scope
from damotui.explain import Explanation
from damotui.export.sheet import Sheet
from damotui.render.chart import Line
from damotui.render.spark import ASCII_BARS, BARS
from damotui.screens.main import MainScreen
from damotui.screens.region_deeds import RegionDeeds
from damotui.screens.side_screen import SideScreen
from damotui.session import snapshot_words
from damotui.session.nothing_found import nothing_found
from damotui.session.snapshot_budget import budget_of
from damotui.session.snapshot_course import Course
from damotui.session.snapshot_figures import totals
from damotui.session.snapshot_filter import EXAMPLE
from damotui.session.snapshot_meanings import COLUMNS, SUMMARY, pane_meaning
from damotui.session.snapshot_order import Order
from damotui.session.snapshot_sheet import region_sheet
from damotui.session.snapshot_truth import touched_bytes
from damotui.session.snapshot_view import Shown, SnapshotView
from damotui.widgets.bindings import bindings_beside
from damotui.widgets.figure_grid import FigureGrid
from damotui.widgets.filter_line import FilterLine
from damotui.widgets.find_line import FindLine
from damotui.widgets.fixed_line import FixedLine
from damotui.widgets.region_columns import describe
from damotui.widgets.region_panes import PANE_HEIGHT, PANES, Facts, pane_lines
from damotui.widgets.region_table import RegionTable
from damotui.widgets.terminal_colours import ColourMode, colour_mode
from engine.errors import InputError

_PANE_WIDTH = 48
"""Cells that a pane needs at least beside another."""
_ROOMY, _TALL = 30, 50
"""Lines of the screen from which on panes are always there, and in two rows."""
_TABLE_LEAST = 5


class RegionsScreen(SideScreen):
    """A table that can be sorted and filtered, and panes of figures; both of one aggregation, the newest or another."""

    SCOPE = Scope.REGIONS
    BINDINGS: ClassVar[list[BindingType]] = bindings_beside(Scope.REGIONS)
    AUTO_FOCUS = "#regions"
    EVERY_S = 0.25

    DEFAULT_CSS = """
    RegionsScreen {
        layout: vertical;
        & #head, & #summary { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & #head { background: $surface; color: $foreground 75%; }
        & #head.-trouble { color: $warning; }
        & #detail { height: 2; padding: 0 1; color: $foreground 75%; background: $panel; }
        & .-hidden { display: none; }
    }
    """

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main)
        self.view = SnapshotView(
            main.seen, lambda kdamond: nothing_found(main.session, main.live, kdamond, main.keymap.key)
        )
        self.pane = 1
        """The number of the pane that is chosen; 1 is the table."""
        self.head = FixedLine(id="head")
        self.summary = FixedLine(id="summary")
        self.table = RegionTable(id="regions")
        self.detail = FixedLine(id="detail")
        self.figures = FigureGrid(id="figures")
        self.find = FilterLine(EXAMPLE, id="find")
        self.deeds = RegionDeeds(self)
        self._course = Course()
        self._facts: Facts | None = None
        self._key: object = None
        self._in_sight: tuple[int, ...] = ()

    def compose(self) -> ComposeResult:
        """What it is, the table, the region at the cursor, figures."""
        yield self.head
        yield self.summary
        yield self.table
        yield self.detail
        yield self.figures
        yield self.find
        yield from self.foot()

    def begin(self) -> None:
        """Have the truth told, too."""
        self.main.truths.need("regions")

    def end(self) -> None:
        """Have it told no more."""
        self.main.truths.need("regions", False)

    # What is shown

    def show(self) -> None:
        """Show what the last frame told, as far as it is followed."""
        shown = self.view.show(self.main.kdamond_index)
        self.table.show(shown, self.view.order, self._empty(shown))
        if shown is None:
            self.head.remove_class("-trouble")
            self.head.say("regions")
            for line in (self.summary, self.detail):
                line.say("")
            self.figures.show((), 1, 1)
            self._facts = None
            return
        width = self.size.width - 2
        trouble = self.view.trouble
        self.head.set_class(bool(trouble), "-trouble")
        self.head.say(trouble or snapshot_words.headline(self.view, shown, width))
        self._show_figures(shown)
        assert self._facts is not None
        self.summary.say(snapshot_words.summary(self._facts.totals, shown.regions, width))
        at = self.table.cursor
        self.detail.say("\n".join(describe(shown.regions, at, width)[:2]) if at is not None else "")

    def _show_figures(self, shown: Shown) -> None:
        series = self._course.follow(self.main.seen.history, self.view.kdamond, self.view.addr_unit)
        columns, rows, height = self._arrangement()
        key = (shown, series, self.table.cursor, self.view.cold_us, self.pane, columns, rows, height, self.size)
        if key == self._key:
            return
        self._key = key
        regions = shown.regions
        self._facts = Facts(
            regions=regions,
            cursor=self.table.cursor,
            totals=totals(regions, self.view.cold_us),
            budget=budget_of(regions),
            checked=self._checked(),
            series=series,
            true_bandwidth=self._true_bandwidth(),
            filtered=bool(self.view.filter.conditions),
            bars=ASCII_BARS if colour_mode(self.app) is ColourMode.ASCII else BARS,
        )
        count = min(columns * rows, len(PANES))
        first = min(max(self.pane, 2), len(PANES) + 2 - count) if count else 2
        self._in_sight = tuple(range(first, first + count))
        width = self.figures.cell_width(columns)
        self.figures.show([self._pane(number, width, height) for number in self._in_sight], columns, height)

    def _pane(self, number: int, width: int, height: int) -> list[Line]:
        assert self._facts is not None
        return pane_lines(number, self._facts, width, height, chosen=number == self.pane)

    def _arrangement(self) -> tuple[int, int, int]:
        """Panes side by side, rows of them, and the lines of each; 0 rows for none."""
        width, body = self.size.width, self.size.height - 6
        if self.pane == 1 and self.size.height < _ROOMY:
            return 1, 0, 0
        height = min(PANE_HEIGHT, body)
        return max(width // _PANE_WIDTH, 1), 2 if self.size.height >= _TALL else 1, height

    def allot(self) -> None:
        """Give table and figures their room."""
        _, rows, height = self._arrangement()
        self.figures.styles.height = rows * height
        self.figures.set_class(not rows, "-hidden")
        hidden = rows * height + _TABLE_LEAST > self.size.height - 6
        for widget in (self.table, self.detail):
            widget.set_class(hidden, "-hidden")
        self.figures.styles.height = self.size.height - 4 if hidden else rows * height

    def choose_pane(self, number: int) -> None:
        """Show the pane with that number."""
        self.pane = number
        self.allot()
        self.follow()

    def sort(self, order: Order) -> None:
        """List in another order."""
        self.view.order = order
        self.follow()

    def explanations(self) -> Sequence[Explanation]:
        """The column that is sorted by, the panes in sight, then all other figures."""
        first = [COLUMNS[self.view.order.key]]
        panes = sorted(self._in_sight, key=lambda number: number != self.pane)
        first += [pane_meaning(number) for number in panes]
        more = f"{self.main.keymap.key('cold_time')} takes another time"
        summary = [one.and_of("idle ≥", "to change it", more) for one in SUMMARY]
        return [*first, *summary, *(one for one in COLUMNS.values() if one not in first)]

    def sheet(self) -> Sheet:
        """The regions as they are listed."""
        shown = self.view.show(self.main.kdamond_index)
        if shown is None:
            raise InputError(self.view.nothing)
        return region_sheet(shown)

    def _empty(self, shown: Shown | None) -> str:
        if shown is None:
            return self.view.nothing
        return f"none of {shown.nr_all:,} regions passes the filter" if not len(shown.regions) else ""

    def _checked(self) -> tuple[float, int] | None:
        live, number = self.main.live, self.main.live.nr_regions(self.view.kdamond)
        return None if self.view.frozen or number is None else (live.checks_per_s(self.view.kdamond), number)

    def _true_bandwidth(self) -> float | None:
        truth = self.view.truth
        if truth is None:
            return None
        return touched_bytes(truth, self.view.addr_unit) * 1e6 / max(truth.sample_us, 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is typed, its line has the keys."""
        return not self.find.has_focus_within if action == "perform" else True

    # What a user does

    def on_resize(self, event: events.Resize) -> None:
        """Give table and figures their room."""
        self.allot()
        self.follow()

    @on(RegionTable.CursorMoved)
    def _cursor_moved(self) -> None:
        self.follow()

    @on(RegionTable.TitleClicked)
    def _title_clicked(self, event: RegionTable.TitleClicked) -> None:
        order = self.view.order
        self.sort(order.reversed() if event.key == order.key else Order.natural(event.key))

    @on(FigureGrid.PaneClicked)
    def _pane_clicked(self, event: FigureGrid.PaneClicked) -> None:
        if event.place < len(self._in_sight):
            self.choose_pane(self._in_sight[event.place])

    @on(FindLine.Changed)
    def _filter_changed(self, event: FindLine.Changed) -> None:
        self.view.choose(event.text)
        self.follow()

    @on(FindLine.Left)
    def _filter_left(self) -> None:
        self.set_focus(self.table)
        self.show_keys()
