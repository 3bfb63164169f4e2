"""All keys, and the words that a newcomer needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from textwrap import wrap
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from damotui.actions import SIDE_SCOPES, Action, Scope, beside, in_scope, key_names
from damotui.settings.keymap import Keymap
from damotui.widgets.scheme_columns import MEANINGS

_KEYS_WIDTH, _WORDS_WIDTH = 15, 52
_ABOUT = (
    "A kdamond is a thread of the kernel that monitors memory. It divides its targets into regions, checks one page of "
    "each region every sample_us, and counts in how many of the checks that page had been accessed: nr_accesses. Every "
    "aggr_us the counts are complete, and regions that behave alike are merged, others split. Age is for how many "
    "aggregations a region has kept its count. Schemes act on regions of a given size, nr_accesses and age.\n\n"
    "What you edit is staged, marked with * and in another colour, until you commit it. Undo concerns staged edits."
)


class HelpScreen(ModalScreen[str | None]):
    """Keys by the place where they work; typing finds some of them. Gives the name of an action that was clicked.

    Args:
        keymap: the keys of the user.
        first: the place that comes first.
        able: names of the actions that can be clicked.
    """

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > Vertical { width: 84; max-width: 96%; height: 90%; background: $panel; padding: 0 1; }
        & Input { border: none; height: 1; background: $surface; }
        & VerticalScroll { height: 1fr; padding: 1 1 0 1; scrollbar-size-vertical: 1; }
        & VerticalScroll > Static { height: auto; link-style: bold; link-color: $accent; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "dismiss(None)", "Close"),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
    ]

    def __init__(self, keymap: Keymap, first: Scope = Scope.APP, able: Collection[str] = ()) -> None:
        super().__init__()
        self._keymap = keymap
        self._able = frozenset(able)
        self._places = list(_places(first))

    def compose(self) -> ComposeResult:
        """A line to search in, and the keys."""
        with Vertical():
            yield Input(placeholder="type to find a key or what it does; click one to do it; Esc closes", compact=True)
            with VerticalScroll(can_focus=False):
                yield Static(self._text(""))

    def action_scroll(self, lines: int) -> None:
        """Scroll the keys while the line keeps the focus."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_choose(self, name: str) -> None:
        """Do what was clicked."""
        self.dismiss(name)

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        if event.value in ("?", "q"):
            self.dismiss(None)  # the keys that people try first
            return
        self.query_one(Static).update(self._text(event.value))

    def _text(self, wanted: str) -> Content:
        sections = []
        for place, actions in self._places:
            offered = (self._keymap.applied(a) for a in actions)
            found = [a for a in offered if _matches(a, wanted)]
            if found:
                lines = [_line(a, able=a.name in self._able) for a in found]
                sections.append(Content("\n").join([Content.styled(place, "bold"), *lines]))
        if words := [(word, meaning) for word, meaning in MEANINGS if _has(f"{word} {meaning}", wanted)]:
            title = Content.styled("What the scheme statistics say", "bold")
            sections.append(Content("\n").join([title, *(_meaning(*one) for one in words)]))
        if not wanted.strip():
            guided = f"{self._keymap.key('guide')} offers a tour, and lessons that replay the kernel's document."
            sections.append(Content.styled(f"{_ABOUT}\n\n{guided}", "$foreground 80%"))
        return Content("\n\n").join(sections) if sections else Content("no key does that")


def _places(first: Scope) -> Iterator[tuple[str, tuple[Action, ...]]]:
    """What can be done where: here first, with what else works beside the main screen, then elsewhere."""
    yield first.value, in_scope(first)
    if first in SIDE_SCOPES:
        yield "Here as elsewhere", tuple(a for a in beside(first) if a.scope is Scope.APP)
        yield "Everywhere in the main screen", in_scope(Scope.APP)
    for scope in Scope:
        if scope is not first and not (scope is Scope.APP and first in SIDE_SCOPES):
            yield scope.value, in_scope(scope)


def _line(a: Action, *, able: bool) -> Content:
    keys = key_names(a.keys)
    words = f"\n{' ' * (_KEYS_WIDTH + 2)}".join(wrap(a.help, _WORDS_WIDTH))
    before = " " * (_KEYS_WIDTH - len(keys))
    if not able:
        return Content.assemble(before, (keys, "bold $accent"), "  ", words)
    return Content.from_markup(f"{before}[@click=screen.choose('{a.name}')]$keys[/]  $words", keys=keys, words=words)


def _meaning(word: str, meaning: str) -> Content:
    words = f"\n{' ' * (_KEYS_WIDTH + 2)}".join(wrap(meaning, _WORDS_WIDTH))
    return Content.assemble((word.rjust(_KEYS_WIDTH), "bold"), "  ", words)


def _matches(a: Action, wanted: str) -> bool:
    return _has(f"{a.name} {a.label} {a.help} {key_names(a.keys)}", wanted)


def _has(text: str, wanted: str) -> bool:
    return all(word in text.lower() for word in wanted.lower().split())
