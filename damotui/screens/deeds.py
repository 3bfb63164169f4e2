"""What each action does: one method per name in the table of actions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from damotui.actions import MAIN_SCOPES, in_scope
from damotui.explain import Explained
from damotui.pacer.clock import next_speed
from damotui.screens.explain import ExplainDialog
from damotui.screens.export_deeds import ExportDeeds
from damotui.screens.guide_deeds import GuideDeeds
from damotui.screens.keep_deeds import KeepDeeds
from damotui.screens.look_deeds import LookDeeds
from damotui.screens.map_deeds import MapDeeds
from damotui.screens.pane_deeds import PaneDeeds
from damotui.screens.preset_deeds import PresetDeeds
from damotui.screens.tree_deeds import TreeDeeds
from engine.config.model import Target
from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.screens.side_screen import SideScreen
    from themes import AppTheme


class Deeds(TreeDeeds, MapDeeds, LookDeeds, PaneDeeds, PresetDeeds, ExportDeeds, KeepDeeds, GuideDeeds):
    """Carries actions out on the session, the pacer and the panes of one screen."""

    _speed_before = 1.0

    # Time

    def pause(self) -> None:
        """Let time stand, or pass; a replay ends where it is."""
        if self._screen.keeping.brings_back:
            self._screen.keeping.stay_here()
        else:
            self._pacer.set_paused(not self._pacer.paused)

    def slower(self) -> None:
        """One speed down."""
        self._pacer.set_speed(next_speed(self._pacer.speed, -1))

    def faster(self) -> None:
        """One speed up."""
        self._pacer.set_speed(next_speed(self._pacer.speed, 1))

    def max_speed(self) -> None:
        """As fast as it goes, or back."""
        speed = self._pacer.speed
        if math.isinf(speed):
            self._pacer.set_speed(self._speed_before)
        else:
            self._speed_before = speed
            self._pacer.set_speed(math.inf)

    def step(self) -> None:
        """One aggregation."""
        self._pacer.step()

    # Kdamonds

    def toggle_kdamond(self) -> None:
        """On or off."""
        index = self._kdamond()
        if index in self._session.running:
            self._session.turn_off(index)
        else:
            self._session.turn_on(index)

    def commit(self) -> None:
        """The kdamond under the cursor."""
        index = self._kdamond()
        if not self._session.uncommitted((index,)):
            raise InputError(f"nothing is staged for kdamond {index} that is not committed")
        self._session.commit(index)
        self._screen.staged_changed()

    def commit_all(self) -> None:
        """All kdamonds."""
        if not self._session.uncommitted():
            raise InputError("nothing is staged that is not committed")
        self._session.commit_all()
        self._screen.staged_changed()

    def undo(self) -> None:
        """One step back."""
        step = self._session.undo()
        if step is None:
            raise InputError("there is nothing to undo")
        self._screen.staged_changed()
        self._screen.tell(f"undone: {step.label}")

    def redo(self) -> None:
        """One step forth."""
        step = self._session.redo()
        if step is None:
            raise InputError("there is nothing to redo")
        self._screen.staged_changed()
        self._screen.tell(f"done again: {step.label}")

    def edit_history(self) -> None:
        """Any number of steps back or forth."""
        from damotui.screens.history_dialog import HistoryDialog

        steps, here = self._session.steps, self._session.place

        def go(place: int | None) -> None:
            if place is not None and place != here:
                self._screen.attempt(lambda: self._go_to_edit(place))

        self._screen.app.push_screen(HistoryDialog([step.label for step in steps], here), go)

    def diff(self) -> None:
        """On a screen of their own."""
        from damotui.screens.diff import DiffScreen

        self._beside(DiffScreen)

    # The machine

    def kill_process(self) -> None:
        """The process of the target under the cursor, or of the only one."""
        pid = self._pid()
        process = self._screen.live.process(pid)
        name = process.name if process else "unknown"
        self._ask(f"Kill process {pid} ({name})? Undo can't bring it back.", lambda: self._session.kill_process(pid))

    def start_process(self) -> None:
        """One more."""
        self._session.start_process()

    def restart(self) -> None:
        """From time 0."""
        lost = "What was seen so far is forgotten; the tree stays."
        if self._session.has_branches:
            branch = self._session.branch
            lost += f" The what-if ends, and what is committed in branch {branch.value}, which you look at, goes on."
        self._ask(f"Begin again at time 0? {lost}", self._session.restart)

    # The kernel's files and events

    def files(self) -> None:
        """On a screen of their own."""
        from damotui.screens.files import FilesScreen

        self._beside(FilesScreen)

    def trace(self) -> None:
        """On a screen of their own."""
        from damotui.screens.trace import TraceScreen

        self._beside(TraceScreen)

    def carry(self) -> None:
        """To other tools, on a screen of its own."""
        from damotui.screens.carry import CarryScreen

        self._beside(CarryScreen)

    # What was found

    def regions(self) -> None:
        """On a screen of their own."""
        from damotui.screens.regions import RegionsScreen

        self._beside(RegionsScreen)

    def advisor(self) -> None:
        """On a screen of its own."""
        from damotui.screens.advisor import AdvisorScreen

        self._beside(AdvisorScreen)

    def tuning(self) -> None:
        """The scheme under the cursor, on a screen of its own."""
        from damotui.screens.tuning import TuningScreen

        self._beside(TuningScreen)

    def whatif(self) -> None:
        """Two branches on a screen of their own; what is staged begins one, unless one runs already."""
        from damotui.screens.whatif import WhatIfScreen

        if not self._session.has_branches and self._session.changed_running:
            self._session.what_if()
        self._beside(WhatIfScreen)

    # The app

    def transpose(self) -> None:
        """Turn the map."""
        heat = self._screen.map_pane.map
        heat.transposed = not heat.transposed

    def theme(self) -> None:
        """Another look, shown while it is chosen, and the heatmap colours that go with it."""
        from damotui.screens.theme_dialog import ThemeDialog

        screen, before = self._screen, (self._screen.app.theme, self._screen.map_pane.map.palette)

        def show(theme: AppTheme) -> None:
            screen.app.theme, screen.map_pane.map.palette = theme.name, theme.heat

        def chosen(choice: int | None) -> None:
            if choice is None:
                screen.app.theme, screen.map_pane.map.palette = before
            else:
                show(screen.themes[choice])

        screen.app.push_screen(ThemeDialog(screen.themes, screen.app.theme, show), chosen)

    def next_pane(self) -> None:
        """Focus forth."""
        self._screen.focus_next()

    def previous_pane(self) -> None:
        """Focus back."""
        self._screen.focus_previous()

    def palette(self) -> None:
        """All actions by name."""
        self._screen.app.action_command_palette()

    def explain(self) -> None:
        """What is under the cursor of the focused pane."""
        focused = self._screen.focused
        said = focused.explanations() if isinstance(focused, Explained) else ()
        if not said:
            raise InputError("there is nothing to explain here: ? shows all keys")
        self._screen.app.push_screen(ExplainDialog(said))

    def help(self) -> None:
        """All keys."""
        from damotui.screens.help import HelpScreen

        def perform(name: str | None) -> None:
            if name:
                self._screen.action_perform(name)

        able = [a.name for scope in MAIN_SCOPES for a in in_scope(scope)]
        self._screen.app.push_screen(HelpScreen(self._screen.keymap, self._screen.focused_scope, able), perform)

    # The scheme statistics

    def scroll_up(self) -> None:
        """One line."""
        self._screen.scheme_pane.move_by(-1)

    def scroll_down(self) -> None:
        """One line."""
        self._screen.scheme_pane.move_by(1)

    # The editor

    def accept(self) -> None:
        """What is typed."""
        self._screen.editor.accept()

    def cancel(self) -> None:
        """Nothing."""
        self._screen.editor.close()

    # What they share

    def _go_to_edit(self, place: int) -> None:
        steps = place - self._session.place
        self._session.go_to(place)
        self._screen.staged_changed()
        undone = f"{abs(steps):,} {'edit' if abs(steps) == 1 else 'edits'} {'undone' if steps < 0 else 'done again'}"
        self._screen.tell(f"{undone}: U shows all of them")

    def _beside(self, kind: type[SideScreen]) -> None:
        """Show a screen in place of the one that is beside this one, if any is."""
        app = self._screen.app
        if app.screen is self._screen:
            app.push_screen(kind(self._screen))
        else:
            app.switch_screen(kind(self._screen))

    def _pid(self) -> int:
        row = self._row()
        kdamond = self._session.get((row.path[0],))
        if kdamond.contexts and all(context.ops == "paddr" for context in kdamond.contexts):
            raise InputError("physical memory is no process: go to a target of a kdamond that monitors one")
        targets = [
            ((row.path[0], "contexts", c, "targets", t), target)
            for c, context in enumerate(kdamond.contexts)
            for t, target in enumerate(context.targets)
        ]
        here = [(path, target) for path, target in targets if row.path[: len(path)] == path]
        found = here or (targets if len(targets) == 1 else [])
        if not found:
            raise InputError("go to the target whose process is to be killed")
        path, target = found[0]
        assert isinstance(target, Target)
        pid = self._screen.live.target_pid(int(path[0]), int(path[-1]), target)
        if pid is None:
            raise InputError("this target has no process yet")
        return pid
