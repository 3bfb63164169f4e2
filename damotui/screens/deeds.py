"""What each action does: one method per name in the table of actions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from damotui.actions import MAIN_SCOPES, in_scope
from damotui.explain import Explained
from damotui.pacer.clock import next_speed
from damotui.screens.explain import ExplainDialog
from damotui.screens.export_deeds import ExportDeeds
from damotui.screens.map_deeds import MapDeeds
from damotui.screens.preset_deeds import PresetDeeds
from damotui.screens.tree_deeds import TreeDeeds
from engine.config.model import Target
from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.screens.side_screen import SideScreen
    from themes import AppTheme


class Deeds(TreeDeeds, MapDeeds, PresetDeeds, ExportDeeds):
    """Carries actions out on the session, the pacer and the panes of one screen."""

    _speed_before = 1.0

    # Time

    def pause(self) -> None:
        """Let time stand, or pass."""
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
        self._ask("Begin again at time 0? What was seen so far is forgotten; the tree stays.", self._session.restart)

    # The kernel's files and events

    def files(self) -> None:
        """On a screen of their own."""
        from damotui.screens.files import FilesScreen

        self._beside(FilesScreen)

    def trace(self) -> None:
        """On a screen of their own."""
        from damotui.screens.trace import TraceScreen

        self._beside(TraceScreen)

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

    def quit(self) -> None:
        """The end."""
        self._screen.app.exit()

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
