"""What the footer shows of the table of actions."""

from __future__ import annotations

from damotui.actions import Action, Scope, footer_actions, key_name
from damotui.settings.keymap import Keymap
from damotui.widgets.key_footer import KeyHint

_SIGNS = {"enter": "↵"}
_PAUSES = ("pause", "trace_pause")
_RUN = "run"
"""What the keys that pause do while time stands."""


def hints(scope: Scope, keymap: Keymap, *, paused: bool) -> list[KeyHint]:
    """The keys to show while the panes of a scope have them, the most useful first."""
    offered = (keymap.applied(a) for a in footer_actions(scope))
    return [KeyHint(_key(a), _RUN if a.name in _PAUSES and paused else a.label, a.name) for a in offered if a.keys]


def _key(a: Action) -> str:
    if a.told:
        return f"{key_name(a.keys[0])}–{key_name(a.keys[-1])}"
    return _SIGNS.get(a.keys[0], key_name(a.keys[0]))
