"""Everything a user can do in the app: one table.

Key bindings, footer, command palette, help screen and the key table of the README are all made from it. Each place
where keys work has a file of its own here.
"""

from __future__ import annotations

from collections.abc import Iterable

from damotui.actions import (
    advisor,
    carry,
    config_tree,
    diff,
    editing,
    everywhere,
    files,
    heatmap,
    heatmap_look,
    lesson,
    regions,
    schemes,
    trace,
    tuning,
    whatif,
)
from damotui.actions.model import MAIN_SCOPES, SIDE_SCOPES, TYPING_SCOPES, Action, Scope

__all__ = [
    "ACTIONS",
    "MAIN_SCOPES",
    "SIDE_SCOPES",
    "TYPING_SCOPES",
    "Action",
    "Scope",
    "action",
    "beside",
    "footer_actions",
    "in_scope",
    "key_name",
    "key_names",
]

ACTIONS: tuple[Action, ...] = (
    *everywhere.ACTIONS,
    *config_tree.ACTIONS,
    *heatmap.ACTIONS,
    *heatmap_look.ACTIONS,
    *schemes.ACTIONS,
    *editing.ACTIONS,
    *files.ACTIONS,
    *trace.ACTIONS,
    *regions.ACTIONS,
    *advisor.ACTIONS,
    *tuning.ACTIONS,
    *diff.ACTIONS,
    *whatif.ACTIONS,
    *carry.ACTIONS,
    *lesson.ACTIONS,
)


def action(name: str) -> Action:
    """The action of that name; KeyError if there is none."""
    return _BY_NAME[name]


def in_scope(scope: Scope) -> tuple[Action, ...]:
    """The actions whose keys work there, and only there."""
    return tuple(a for a in ACTIONS if a.scope is scope)


def beside(scope: Scope) -> tuple[Action, ...]:
    """The actions of a screen beside the main one: its own, and those of the app whose keys it leaves to them."""
    own = in_scope(scope)
    taken = {key for a in own for key in a.keys}
    there = scope.name.lower()  # the action that shows the screen is called so, too
    return own + tuple(
        a for a in ACTIONS if (a.beside or scope in a.also) and a.name != there and not taken.intersection(a.keys)
    )


def footer_actions(scope: Scope) -> list[Action]:
    """What the footer offers while a pane is focused: help and quit, then the pane's own, then the rest."""
    if scope in TYPING_SCOPES:
        offered = in_scope(scope)
    elif scope in SIDE_SCOPES:
        offered = beside(scope)
    else:
        offered = tuple(a for a in ACTIONS if a.scope in (scope, Scope.APP))
    return sorted((a for a in offered if a.footer), key=lambda a: a.footer)


def key_name(key: str) -> str:
    """A key as people call it: `↑`, `Ctrl+R`, `Space`."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    named = _KEY_NAMES.get(last, last if len(last) == 1 and not modifiers else last.capitalize())
    return "+".join([*(m.capitalize() for m in modifiers), named])


def key_names(keys: Iterable[str]) -> str:
    """Several keys that do the same."""
    return " ".join(key_name(key) for key in keys)


_KEY_NAMES = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "delete": "Del",
    "escape": "Esc",
}
_BY_NAME = {a.name: a for a in ACTIONS}
