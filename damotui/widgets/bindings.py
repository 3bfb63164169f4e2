"""Textual's key bindings, from the table of actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.binding import Binding, BindingType

from damotui.actions import Action, Scope, beside, in_scope


def bindings_for(scope: Scope) -> list[BindingType]:
    """Bindings that ask the screen to perform each action of a scope."""
    return list(_bindings(in_scope(scope)))


def bindings_beside(scope: Scope) -> list[BindingType]:
    """Bindings of a screen beside the main one."""
    return list(_bindings(beside(scope)))


def _bindings(actions: Iterable[Action]) -> Iterator[Binding]:
    for a in actions:
        if a.told:
            for key in a.keys:
                yield Binding(_textual(key), f"screen.perform('{a.name}', '{key}')", a.label, tooltip=a.help)
        elif a.keys:
            keys = ",".join(_textual(key) for key in a.keys)
            yield Binding(keys, f"screen.perform('{a.name}')", a.label, tooltip=a.help, id=a.name)


def _textual(key: str) -> str:
    # A comma separates keys in a binding.
    return "comma" if key == "," else key
