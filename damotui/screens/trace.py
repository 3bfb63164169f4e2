"""The kernel's tracepoint events as they happen, as lines of `perf script`."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from damotui.actions import Scope
from damotui.screens.main import MainScreen
from damotui.screens.side_screen import SideScreen
from damotui.screens.trace_deeds import TraceDeeds
from damotui.session.live import clock
from damotui.session.trace_log import MOST_LINES, TraceLog
from damotui.widgets.bindings import bindings_beside
from damotui.widgets.event_bar import EventBar
from damotui.widgets.find_line import FindLine
from damotui.widgets.trace_lines import TraceLines
from engine.trace.tracepoints import GROUP, tracepoints_of


class TraceScreen(SideScreen):
    """Lines of the events that are chosen. They are collected while the screen is open only."""

    SCOPE = Scope.TRACE
    BINDINGS: ClassVar[list[BindingType]] = bindings_beside(Scope.TRACE)
    AUTO_FOCUS = "#lines"

    DEFAULT_CSS = """
    TraceScreen {
        layout: vertical;
        & #head { height: 1; background: $surface; color: $foreground 75%; padding: 0 1; }
    }
    """

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main)
        events = [point.name for point in tracepoints_of(main.session.kernel)]
        if main.seen.trace is None:
            main.seen.trace = TraceLog(events)
        self.trace = main.seen.trace
        self.bar = EventBar([event.removeprefix(GROUP) for event in events], id="events")
        self.head = Static(id="head", markup=False)
        self.lines = TraceLines(self.trace, id="lines")
        self.find = FindLine(id="find")
        self.deeds = TraceDeeds(self)
        self._headline = ""

    def compose(self) -> ComposeResult:
        """The events at the top, their lines below."""
        yield self.bar
        yield self.head
        yield self.lines
        yield self.find
        yield from self.foot()

    def begin(self) -> None:
        """Have events collected."""
        self.trace.is_open = True
        self.trace.search("")
        self.trace.freeze(False)
        self.trace.interrupt(f"-- nothing was collected up to {clock(self.main.live.time_us)} --")
        self.listen()

    def end(self) -> None:
        """Have none collected."""
        self.trace.is_open = False
        self.listen()

    def listen(self) -> None:
        """Have those events collected that are chosen."""
        self.session.watch_trace(self.trace.collected)

    def toggle(self, number: int) -> None:
        """Choose an event, or not, by its number from 1 on."""
        if 0 < number <= len(self.trace.events):
            self.trace.toggle(self.trace.events[number - 1])
            self.listen()
            self.follow()

    def show(self) -> None:
        """Show what has come."""
        wanted = frozenset(n for n, event in enumerate(self.trace.events, 1) if event in self.trace.wanted)
        self.bar.show(wanted)
        self.lines.empty = self._empty()
        self.lines.show()
        headline = self._head()
        if headline != self._headline:
            self._headline = headline
            self.head.update(headline, layout=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is typed, its line has the keys."""
        return not self.find.has_focus_within if action == "perform" else True

    def _head(self) -> str:
        trace = self.trace
        shown, kept = len(trace.shown), trace.kept
        first, last = self.lines.place
        if trace.frozen:
            state = f"frozen, {trace.held:,} more since"
        elif self.lines.following:
            state = "following"
        else:
            state = f"at {first:,}–{last:,}"
        lines = f"{shown:,} of {kept:,} lines" if shown != kept else f"{kept:,} line{'s' * (kept != 1)}"
        parts = [state, lines + (", the oldest are dropped" if kept >= MOST_LINES else "")]
        parts += [f"{trace.lost:,} lost, too fast to be read"] if trace.lost else []
        parts += [f"with {trace.find!r}"] if trace.find else []
        return "   ".join(parts)

    def _empty(self) -> str:
        trace = self.trace
        if not trace.wanted:
            return "no event is chosen: 1 to 5 choose"
        if trace.kept:
            return "no line passes the filters"
        if self.main.pacer.paused:
            return "time stands: p lets it pass"
        return "nothing has happened yet" if self.session.running or self.main.live.debugfs else "no kdamond runs"

    @on(EventBar.Pressed)
    def _event_pressed(self, event: EventBar.Pressed) -> None:
        self.toggle(event.number)

    @on(FindLine.Changed)
    def _find_changed(self, event: FindLine.Changed) -> None:
        self.trace.search(event.text)
        self.follow()

    @on(FindLine.Left)
    def _find_left(self) -> None:
        self.set_focus(self.lines)
        self.show_keys()
