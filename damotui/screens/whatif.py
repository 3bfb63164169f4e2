"""A what-if: two branches of the running engine, their heatmaps in step, and a table of how they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from damotui.actions import Scope
from damotui.explain import Explanation
from damotui.export.sheet import Sheet
from damotui.pacer.requests import Branch
from damotui.screens.main import MainScreen
from damotui.screens.side_screen import SideScreen
from damotui.screens.whatif_deeds import WhatIfDeeds
from damotui.session import whatif_words
from damotui.session.marks import mapping_names
from damotui.session.whatif import WhatIf
from damotui.session.whatif_meanings import MEANINGS, WHAT_IF
from damotui.session.whatif_rows import DifferenceRow, rows_of, whatif_sheet
from damotui.widgets.bindings import bindings_beside
from damotui.widgets.difference_table import WIDTH, DifferenceTable, header
from damotui.widgets.fixed_line import FixedLine
from damotui.widgets.heatmap_pane import HeatmapPane
from engine.snapshot import DEBUGFS_FIRST_INDEX

_SIDE_BY_SIDE = 100
"""Columns from which on both heatmaps are shown; below, the one that is turned to."""
_TABLE_ASIDE = 2 * 48 + WIDTH
"""Columns from which on the table is beside the heatmaps."""


class WhatIfScreen(SideScreen):
    """Both branches go on whether the screen is open or not."""

    SCOPE = Scope.WHATIF
    BINDINGS: ClassVar[list[BindingType]] = bindings_beside(Scope.WHATIF)
    AUTO_FOCUS = "#differences"
    EVERY_S = 0.2

    DEFAULT_CSS = """
    WhatIfScreen {
        layout: vertical;
        & #head, & .branch-title { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & #head { background: $surface; color: $foreground 75%; }
        & #body { height: 1fr; }
        & #maps { height: 1fr; }
        & .branch { width: 1fr; height: 1fr; }
        & .branch-title { background: $panel; color: $foreground 75%; }
        & .branch.-chosen .branch-title { color: $primary; text-style: bold; }
        & #between { width: 1; height: 1fr; background: $background; }
        & #table { height: 45%; padding: 0 1; background: $background; }
        & #titles { height: 1; color: $foreground 68%; }
        & #nothing { display: none; height: 1fr; padding: 1 2; }
        &.-none #nothing { display: block; }
        &.-none #body { display: none; }
        &.-single #maps { layout: vertical; }
        &.-single .branch { width: 100%; height: 1; }
        &.-single .branch.-chosen { height: 1fr; }
        &.-single #between, &.-single .branch HeatmapPane { display: none; }
        &.-single .branch.-chosen HeatmapPane { display: block; }
        &.-aside #body { layout: horizontal; }
        &.-aside #maps { width: 1fr; }
    }
    """

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main)
        self.head = FixedLine(id="head")
        self.panes = {branch: HeatmapPane(id=f"map-{branch.value.lower()}") for branch in Branch}
        self.titles = {branch: FixedLine(id=f"title-{branch.value.lower()}") for branch in Branch}
        self.table = DifferenceTable(id="differences")
        self.deeds = WhatIfDeeds(self)
        self._columns = FixedLine(id="titles")
        self._between = Static(id="between")
        self._nothing = FixedLine(id="nothing")
        self._line = 0

    def compose(self) -> ComposeResult:
        """The heatmaps side by side, and the table."""
        yield self.head
        with Vertical(id="body"):
            with Horizontal(id="maps"):
                for branch in Branch:
                    with Vertical(classes="branch", id=f"branch-{branch.value.lower()}"):
                        self.titles[branch].add_class("branch-title")
                        yield self.titles[branch]
                        yield self.panes[branch]
                    if branch is Branch.A:
                        yield self._between
            with Vertical(id="table"):
                yield self._columns
                yield self.table
        yield self._nothing
        yield from self.foot()

    def begin(self) -> None:
        """Look as the main screen's heatmap does."""
        model = self.main.map_pane.map
        for pane in self.panes.values():
            heat = pane.map
            heat.palette, heat.transposed = model.palette, model.transposed
            heat.scale, heat.combine = model.scale, model.combine
        a, b = self.panes.values()
        b.map.view.go_along(a.map.view)

    def end(self) -> None:
        """The truth is not needed any more."""
        self.main.truths.need("whatif", False)

    @property
    def whatif(self) -> WhatIf | None:
        """What is compared; None while no what-if runs."""
        return self.main.seen.whatif

    def show(self) -> None:
        """Show both branches as they are now."""
        whatif = self.whatif
        self.set_class(whatif is None, "-none")
        if whatif is None:
            self.head.say("what-if")
            key = self.main.keymap.key
            self._nothing.say(whatif_words.nothing(self.session, (key("whatif"), key("fork_here"))))
            self.main.truths.need("whatif", False)
            return
        if whatif.line != self._line:
            self._line = whatif.line
            self.panes[Branch.A].map.view.time.follow()
        self.head.say(whatif_words.headline(whatif))
        for branch in Branch:
            self._show_branch(whatif, branch)
        self.table.show(rows_of(whatif.differences()))

    def _show_branch(self, whatif: WhatIf, branch: Branch) -> None:
        side, pane, index = whatif.side(branch), self.panes[branch], self.main.kdamond_index
        self.query_one(f"#branch-{branch.value.lower()}").set_class(branch is self.session.branch, "-chosen")
        title = self.titles[branch]
        title.say(whatif_words.standing(self.session, whatif, branch, index, title.content_size.width))
        snapshot = side.live.snapshot
        if snapshot is None:
            return
        self.main.truths.need("whatif", pane.map.showing.needs_truth)
        latest = [whatif.side(one).history.latest(index) for one in Branch]
        pane.map.view.time.least_us = max((one.aggr_us for one in latest if one is not None), default=0)
        staged = self.session.staged
        running = index in self.session.running_in(branch) or index >= DEBUGFS_FIRST_INDEX
        pane.show(
            side.history,
            snapshot.time_us,  # also while the kdamond is off: both maps show the same time
            index,
            reason=side.live.idle_because(index) if running else f"kdamond {index} is off in branch {branch.value}",
            marks=side.marks.until(snapshot),
            names=mapping_names(side.live, index, staged[index]) if index < len(staged) else (),
            truth=side.truth,
        )

    def explanations(self) -> Sequence[Explanation]:
        """The figure at the cursor, then the others that are in the table."""
        rows: list[DifferenceRow] = [self.table.cursor_row] if self.table.cursor_row is not None else []
        keys = dict.fromkeys(row.key[1] for row in [*rows, *self.table.rows])
        turn = ", ".join(self.main.keymap.key(name) for name in ("choose_a", "choose_b"))
        about = "turn to a branch: main screen, commits, start and stop are then that branch's"
        return [*(MEANINGS[key] for key in keys if key), WHAT_IF.and_of(WHAT_IF.title, turn, about)]

    def sheet(self) -> Sheet:
        """All figures of the table."""
        return whatif_sheet(self.whatif)

    def on_resize(self, event: events.Resize) -> None:
        """Choose what there is room for."""
        width = event.size.width
        aside = width >= _TABLE_ASIDE
        self.set_class(width < _SIDE_BY_SIDE, "-single")
        self.set_class(aside, "-aside")
        table = self.query_one("#table")
        table.styles.width = WIDTH + 3 if aside else "100%"
        table.styles.height = "100%" if aside else "45%"
        maps = width - (WIDTH + 3 if aside else 0)
        self._between.styles.width = 2 - maps % 2  # so that both maps are as wide, and show the same time
        self._columns.say(header(WIDTH if aside else width - 3))
        self.follow()

    @on(DifferenceTable.RowChosen)
    def _row_chosen(self) -> None:
        self.action_perform("explain")
