"""The app: one screen over one session, in a terminal."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import Theme

from damotui.actions import ACTIONS, MAIN_SCOPES, key_names
from damotui.exits import INTERRUPTED
from damotui.keep.places import user_places
from damotui.options import AppOptions
from damotui.pacer import Pacer
from damotui.scene import ExperimentScene
from damotui.screens.main import LEAST_HEIGHT, LEAST_WIDTH, MainScreen
from damotui.settings.own_themes import own_themes
from damotui.settings.read import load_settings
from damotui.setup import AnyPacer, Setup, load_setup
from damotui.signals import ending_signals
from engine.errors import InputError


class DamotuiApp(App[None]):
    """Shows a session.

    Args:
        setup: what it starts with.
        pacer: drives the engine; started and stopped by the caller.
    """

    TITLE = "damotui"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "quit", show=False, priority=True, system=True),
        Binding("ctrl+q", "quit", "quit", show=False, priority=True, system=True),
    ]
    CSS = """
    ToastRack { margin-bottom: 2; }
    Toast { max-width: 60; padding: 0 1; margin-top: 0; }
    """

    def __init__(self, setup: Setup, pacer: AnyPacer) -> None:
        super().__init__()
        self._setup = setup
        self._pacer = pacer
        for theme in setup.themes:
            self.register_theme(Theme(**theme.arguments()))
        self.set_keymap(setup.settings.keymap.bindings())
        self.theme = setup.theme.name

    def get_default_screen(self) -> Screen[None]:
        """The only screen there is at first."""
        return MainScreen(self._setup, self._pacer)

    def on_ready(self) -> None:
        """Spare the frames from looking through all that start-up has made for garbage."""
        self.call_after_refresh(_settle_memory)
        for note in self._setup.experiment.notes:
            self.notify(note, severity="warning", timeout=10, markup=False)

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
    setup = _user_setup(options)
    _check_terminal()
    pacer = Pacer(ExperimentScene(setup.experiment), speed=setup.speed)
    app = DamotuiApp(setup, pacer)
    pacer.start()
    try:
        with ending_signals(app):
            app.run(mouse=setup.settings.mouse)
    finally:
        ended = pacer.stop()
    code = app.return_code or 0
    if not ended:
        # The interpreter can't end in order while the engine's thread computes.
        os._exit(code)
    return code


def _user_setup(options: AppOptions) -> Setup:
    """What the options ask for, and for the rest what the user's settings do."""
    if not options.use_config:
        return load_setup(options)
    places = user_places()
    settings = load_settings(options.config or places.settings, must_exist=options.config is not None)
    return load_setup(options, settings, own_themes(places.themes))


def _check_terminal() -> None:
    if not (sys.__stdin__ and sys.__stderr__ and sys.__stdin__.isatty() and sys.__stderr__.isatty()):
        raise InputError("the app needs a terminal to run in, and this is none: damotui record works without")
    if os.environ.get("TERM", "") in ("dumb", "unknown"):
        raise InputError(
            f"the app can't draw on a terminal of type {os.environ['TERM']!r}: damotui record works without"
        )
    columns, lines = os.get_terminal_size(sys.__stderr__.fileno())
    if (columns and columns < LEAST_WIDTH) or (lines and lines < LEAST_HEIGHT):
        raise InputError(f"this terminal is {columns}x{lines}, and the app needs at least {LEAST_WIDTH}x{LEAST_HEIGHT}")


def _settle_memory() -> None:
    gc.collect()
    gc.freeze()
