"""Textual's key bindings, from the table of actions."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from damotui.actions import Scope, in_scope


def bindings_for(scope: Scope) -> list[BindingType]:
    """Bindings that ask the screen to perform each action of a scope."""
    return [
        Binding(
            ",".join(_textual(key) for key in a.keys), f"screen.perform('{a.name}')", a.label, tooltip=a.help, id=a.name
        )
        for a in in_scope(scope)
    ]


def _textual(key: str) -> str:
    # A comma separates keys in a binding.
    return "comma" if key == "," else key
