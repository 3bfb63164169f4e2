"""What the screens beside the main one have in common: its session, its frames, its status line and its keys."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.notifications import SeverityLevel
from textual.screen import Screen

from damotui.actions import Action, Scope, action, beside
from damotui.explain import Explained
from damotui.screens.hints import hints
from damotui.session.tree import Path
from damotui.widgets.guide_panel import GuidePanel
from damotui.widgets.key_footer import KeyFooter
from damotui.widgets.status_line import StatusLine
from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.screens.main import MainScreen


class SideScreen(Screen[None]):
    """A screen over the main one, which goes on taking frames and tells of each.

    Args:
        main: the main screen.
    """

    SCOPE: ClassVar[Scope]
    """Where its own actions belong."""
    EVERY_S: ClassVar[float] = 0.0
    """Unless the user does something, no more often than after that many seconds is shown what is new."""
    GUIDED: ClassVar[bool] = True
    """Whether the tour and lessons are told of here."""
    deeds: object
    """Has a method for each of these."""

    def __init__(self, main: MainScreen) -> None:
        super().__init__()
        self.main = main
        self.session = main.session
        self._shown_s = 0.0
        self._guide = GuidePanel(id="guide")
        self._status = StatusLine(id="status")
        self._keys = KeyFooter(id="keys")

    def foot(self) -> ComposeResult:
        """The lines at the end of each screen."""
        yield self._guide
        yield self._status
        yield self._keys

    def on_mount(self) -> None:
        """Begin to follow the frames."""
        self.main.followers.append(self._tick)
        self.begin()
        self.show_keys()
        self.follow()

    def on_unmount(self) -> None:
        """Follow no more."""
        if self._tick in self.main.followers:
            self.main.followers.remove(self._tick)
        self.end()

    @abstractmethod
    def begin(self) -> None:
        """Ask for what is to be shown."""

    @abstractmethod
    def end(self) -> None:
        """Ask for it no more."""

    @abstractmethod
    def show(self) -> None:
        """Show what there is now."""

    @property
    def scope(self) -> Scope:
        """Where the keys work that are in force now."""
        return self.SCOPE

    @property
    def node(self) -> Path:
        """The node of the tree that its cursor is at; its own cursor, if it is at none."""
        row = self.main.tree_pane.cursor_row
        return row.path if row is not None else ()

    @property
    def actions(self) -> tuple[Action, ...]:
        """All that can be done here."""
        return beside(self.SCOPE)

    def _tick(self, at_once: bool) -> None:
        """A frame may have come, and a moment has passed."""
        if at_once or monotonic() - self._shown_s >= self.EVERY_S:
            self.follow()

    def follow(self) -> None:
        """Show at once what there is now."""
        if self.is_mounted:
            self._shown_s = monotonic()
            self.show()
            self._guide.show(self.main.guide.notice() if self.GUIDED else None)
            self._status.show(self.main.status_figures())

    def show_keys(self) -> None:
        """Show the keys that are in force."""
        self._keys.show(hints(self.scope, self.main.keymap, paused=self.main.pacer.paused))

    def tell(self, text: str, severity: SeverityLevel = "information") -> None:
        """Say something that passes."""
        self.main.tell(text, severity)

    def attempt(self, deed: Callable[[], object]) -> None:
        """Do something that may be refused, and say so if it is."""
        try:
            deed()
        except InputError as error:
            self.tell(str(error), "warning")

    def action_perform(self, name: str, key: str = "") -> None:
        """Do one of the actions in the table; those of the app are the main screen's."""
        a = action(name)
        if name == "help":
            self._help()
        elif name == "explain":
            self.attempt(self._explain)
        elif a.scope is Scope.APP:
            self.main.action_perform(name)
        elif a.told:
            self.attempt(lambda: getattr(self.deeds, name)(key))
        else:
            self.attempt(getattr(self.deeds, name))
        if self.is_mounted:
            self.show_keys()
            self.follow()

    def _explain(self) -> None:
        from damotui.screens.explain import ExplainDialog

        places: tuple[object, ...] = (self.focused, self)
        said = next((one.explanations() for one in places if isinstance(one, Explained)), ())
        if not said:
            raise InputError("there is nothing to explain here: ? shows all keys")
        self.app.push_screen(ExplainDialog(said))

    def _help(self) -> None:
        from damotui.screens.help import HelpScreen

        def perform(name: str | None) -> None:
            if name:
                self.action_perform(name)

        self.app.push_screen(
            HelpScreen(self.main.keymap, self.scope, [a.name for a in self.actions if not a.told]), perform
        )

    @on(StatusLine.Pressed)
    @on(KeyFooter.Pressed)
    def _pressed(self, event: StatusLine.Pressed | KeyFooter.Pressed) -> None:
        if event.action == "trace_event":
            self.tell("1 to 5 do that")
        elif action(event.action) in (*self.actions, *beside(self.scope)):
            self.action_perform(event.action)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the keys of what has the focus now."""
        self.show_keys()
