"""A lesson: its steps, what is typed and what came of it, with the heatmap beside it where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from damotui.actions import Scope
from damotui.explain import Explanation
from damotui.export.sheet import Sheet
from damotui.guide import page
from damotui.screens.guide_lesson_deeds import LessonDeeds
from damotui.screens.main import MainScreen
from damotui.screens.side_screen import SideScreen
from damotui.session.marks import mapping_names
from damotui.widgets.bindings import bindings_beside
from damotui.widgets.fixed_line import FixedLine
from damotui.widgets.heatmap_pane import HeatmapPane
from damotui.widgets.lesson_text import LessonText
from engine.errors import InputError

_WITH_MAP = 110
"""Columns from which on the heatmap is shown."""


class LessonScreen(SideScreen):
    """Time stands between the steps, unless the user lets it pass."""

    SCOPE = Scope.LESSON
    BINDINGS: ClassVar[list[BindingType]] = bindings_beside(Scope.LESSON)
    AUTO_FOCUS = "#lesson"
    GUIDED = False

    DEFAULT_CSS = """
    LessonScreen {
        layout: vertical;
        & #head { height: 1; padding: 0 1; background: $surface; color: $foreground 75%; }
        & #head { text-wrap: nowrap; text-overflow: ellipsis; }
        & #body { height: 1fr; }
        & #lesson { width: 1fr; }
        & #map { display: none; width: 45%; height: 1fr; }
        &.-with-map #map { display: block; }
    }
    """

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main)
        self.guide = main.guide
        self.head = FixedLine(id="head")
        self.text = LessonText(id="lesson")
        self.map = HeatmapPane(id="map")
        self.deeds = LessonDeeds(self)
        self._shown = (-1, False)
        """Which step was shown, and whether it was done."""

    def compose(self) -> ComposeResult:
        """The step, and the heatmap."""
        yield self.head
        with Horizontal(id="body"):
            yield self.text
            yield self.map
        yield from self.foot()

    def begin(self) -> None:
        """Look as the main screen's heatmap does."""
        self.map.map.palette = self.main.map_pane.map.palette
        self.map.map.transposed = self.main.map_pane.map.transposed

    def end(self) -> None:
        """Nothing was asked for."""

    def show(self) -> None:
        """Show the step that is looked at, and what was found lately."""
        run = self.guide.lesson
        if run is None:
            self.head.say("no lesson is on")
            return
        self.head.say(page.headline(run))
        now = (run.shown, run.result is not None)
        grown = now == (self._shown[0], True)
        self._shown = now
        self.text.show(page.page(run, self.main.keymap.key), grown=grown)
        if self.has_class("-with-map"):
            self._show_map()

    def explanations(self) -> Sequence[Explanation]:
        """What the checks of the step look at."""
        run = self.guide.lesson
        return () if run is None else page.explanations(run)

    def sheet(self) -> Sheet:
        """What stands on the terminal of all steps.

        Raises:
            InputError: no step is done.
        """
        if self.guide.lesson is None:
            raise InputError("no lesson is on, and so there is nothing to save")
        return page.sheet(self.guide.lesson)

    def on_resize(self, event: events.Resize) -> None:
        """Choose what there is room for."""
        self.set_class(event.size.width >= _WITH_MAP, "-with-map")
        self.follow()

    def _show_map(self) -> None:
        main, seen = self.main, self.main.seen
        snapshot, staged = main.live.snapshot, main.session.staged
        if snapshot is None:
            return
        running = [status.index for status in snapshot.kdamonds if status.running]
        index = running[0] if running else main.kdamond_index
        last = seen.history.latest(index)
        self.map.show(
            seen.history,
            # What a kdamond has seen stays in sight while it is off.
            snapshot.time_us if running or last is None else last.end_us,
            index,
            reason=main.live.idle_because(index) if running else "no kdamond runs yet",
            marks=seen.marks.until(snapshot),
            names=mapping_names(main.live, index, staged[index]) if index < len(staged) else (),
        )
