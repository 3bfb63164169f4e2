"""The app: one screen over one session, in a terminal."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import AwaitMount, Widget

from damotui.actions import ACTIONS, MAIN_SCOPES, key_names
from damotui.exits import INTERRUPTED
from damotui.keys_in_turn import KeysInTurn
from damotui.options import AppOptions
from damotui.pacer import Pacer
from damotui.scene import ExperimentScene
from damotui.screens.keeping import Keeping
from damotui.screens.main import LEAST_HEIGHT, LEAST_WIDTH, MainScreen
from damotui.setup import AnyPacer, Setup
from damotui.signals import ending_signals
from damotui.terminal import check_terminal
from damotui.user_setup import user_setup
from damotui.widgets.ascii_filter import AsciiFilter
from damotui.widgets.terminal_colours import ColourMode, colour_mode


class DamotuiApp(KeysInTurn):
    """Shows a session.

    Args:
        setup: what it starts with.
        pacer: drives the engine; started by the caller, who stops the one that `pacer` gives in the end.
        make_pacer: makes one for another session.
    """

    TITLE = "damotui"
    DEFAULT_MODE = "first session"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "quit", show=False, priority=True, system=True),
        Binding("ctrl+q", "quit", "quit", show=False, priority=True, system=True),
    ]
    CSS = """
    ToastRack { margin-bottom: 2; }
    Toast { max-width: 60; padding: 0 1; margin-top: 0; }
    """

    def __init__(self, setup: Setup, pacer: AnyPacer, make_pacer: Callable[[Setup], AnyPacer] | None = None) -> None:
        super().__init__()
        self._setup = setup
        self._make_pacer = make_pacer or pacer_for
        self._numbers = count(1)
        self.add_mode(self.DEFAULT_MODE, self._main_screen)
        self.pacer = pacer
        self._ascii = AsciiFilter()
        self.abandoned = False
        """Whether the engine of a session that was left did not come back."""
        for theme in setup.themes:
            self.register_theme(Theme(**theme.arguments()))
        self.set_keymap(setup.settings.keymap.bindings())
        self.theme = setup.theme.name

    def _main_screen(self) -> MainScreen:
        return MainScreen(self._setup, self.pacer)

    def on_ready(self) -> None:
        """Spare the frames from looking through all that start-up has made for garbage."""
        self.call_after_refresh(_settle_memory)
        for note in self._setup.experiment.notes:
            self.notify(note, severity="warning", timeout=10, markup=False)

    @on(Keeping.Begin)
    def _begin(self, event: Keeping.Begin) -> None:
        """Show another session in place of this one."""
        gc.unfreeze()
        before, self.pacer, self._setup = self.pacer, self._make_pacer(event.setup), event.setup
        self.abandoned |= before.stop() is False
        self.pacer.start()
        self.theme = event.setup.theme.name
        left, entered = self.current_mode, f"session {next(self._numbers)}"
        self.add_mode(entered, self._main_screen)
        self.switch_mode(entered)
        self.remove_mode(left)

    def mount_all(
        self,
        widgets: Iterable[Widget],
        *,
        before: int | str | Widget | None = None,
        after: int | str | Widget | None = None,
    ) -> AwaitMount:
        """Mount widgets; where the app was ended before it began, there is nothing to mount them on any more."""
        if not self.screen.is_attached:
            return AwaitMount(self.screen, [])
        return super().mount_all(widgets, before=before, after=after)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What all lines go through: colours as the user wants them, signs as the terminal has them."""
        filters = super().get_line_filters()
        return [*filters, self._ascii] if colour_mode(self) is ColourMode.ASCII else filters

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers: the table of actions."""
        from damotui.screens.side_screen import SideScreen

        if isinstance(screen, MainScreen):
            offered = [a for a in ACTIONS if a.scope in MAIN_SCOPES]
        elif isinstance(screen, SideScreen):
            offered = [a for a in screen.actions if not a.told]
        else:
            return
        keymap = self._setup.settings.keymap
        for a in offered:
            if a.name != "palette":
                keys = key_names(keymap.applied(a).keys)
                name = f"{a.label} ({keys})" if keys else a.label
                yield SystemCommand(name, a.help, lambda name=a.name: screen.action_perform(name))

    def action_interrupt(self) -> None:
        """Ctrl-C ends the app wherever the focus is."""
        self.exit(return_code=INTERRUPTED)


def run_app(options: AppOptions) -> int:
    """Run the app in this terminal until it is left.

    Returns:
        The exit code.

    Raises:
        InputError: an option names something that can't be used, or there is no terminal to run in.
    """
    setup = user_setup(options)
    check_terminal(LEAST_WIDTH, LEAST_HEIGHT)
    app = DamotuiApp(setup, pacer_for(setup))
    app.pacer.start()
    try:
        with ending_signals(app):
            app.run(mouse=setup.settings.mouse)
    finally:
        ended = app.pacer.stop() is not False and not app.abandoned
    code = app.return_code or 0
    if not ended:
        # The interpreter can't end in order while the engine's thread computes.
        os._exit(code)
    return code


def pacer_for(setup: Setup) -> Pacer:
    """What drives the engine of a session, in a thread of its own."""
    pacer = Pacer(ExperimentScene(setup.experiment), speed=setup.first_speed, replay=setup.replay)
    if setup.lesson is not None:
        pacer.set_paused(True)  # between the steps time stands, so that they find what they should
    return pacer


def _settle_memory() -> None:
    gc.collect()
    gc.freeze()
