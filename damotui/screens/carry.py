"""A config as another tool takes it: read, copied, or saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from damotui.actions import Scope
from damotui.explain import Explanation
from damotui.formats import FORMATS
from damotui.screens.carry_deeds import CarryDeeds
from damotui.screens.main import MainScreen
from damotui.screens.side_screen import SideScreen
from damotui.session.carry_view import CarryView
from damotui.widgets.bindings import bindings_beside
from damotui.widgets.carried_text import CarriedText
from damotui.widgets.choice_bar import ChoiceBar
from damotui.widgets.fixed_line import FixedLine


class CarryScreen(SideScreen):
    """One format at a time, with what it can't say; follows what is edited and committed."""

    SCOPE = Scope.CARRY
    BINDINGS: ClassVar[list[BindingType]] = bindings_beside(Scope.CARRY)
    AUTO_FOCUS = "#carried"

    DEFAULT_CSS = """
    CarryScreen {
        layout: vertical;
        & #head { height: 1; background: $surface; color: $foreground 75%; padding: 0 1; }
        & #head { text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main)
        if main.seen.carry is None:
            main.seen.carry = CarryView(main.session)
        self.view = main.seen.carry
        before = main.app.screen
        self.view.look_at(before.node if isinstance(before, SideScreen) else self.node)
        lacking = frozenset(number for number, form in enumerate(FORMATS.values(), 1) if self.view.lack(form))
        self.bar = ChoiceBar([form.title for form in FORMATS.values()], lacking, id="formats")
        self.head = FixedLine(id="head")
        self.text = CarriedText(id="carried")
        self.deeds = CarryDeeds(self)

    def compose(self) -> ComposeResult:
        """The formats, what is carried, and its text."""
        yield self.bar
        yield self.head
        yield self.text
        yield from self.foot()

    def begin(self) -> None:
        """Nothing is asked for."""

    def end(self) -> None:
        """Nothing was."""

    def show(self) -> None:
        """Show the text for what is chosen and staged now."""
        view = self.view
        self.bar.show(list(FORMATS.values()).index(view.form) + 1)
        self.head.say(view.headline)
        notes = () if view.form.comments and view.carried.text else view.carried.notes
        self.text.show(notes, view.carried.text)

    def explanations(self) -> Sequence[Explanation]:
        """The format, what is said about the text, and the choices."""
        return self.view.explanations()

    @on(ChoiceBar.Pressed)
    def _format_pressed(self, event: ChoiceBar.Pressed) -> None:
        self.attempt(lambda: self.view.choose(event.number))
        self.follow()
