"""What the footer shows of the table of actions."""

from __future__ import annotations

from damotui.actions import Scope, footer_actions, key_name
from damotui.widgets.key_footer import KeyHint

_SIGNS = {"enter": "↵"}
_RUN = "run"
"""What the key that pauses does while time stands."""


def hints(scope: Scope, *, paused: bool) -> list[KeyHint]:
    """The keys to show while the panes of a scope have them, the most useful first."""
    return [
        KeyHint(_SIGNS.get(a.keys[0], key_name(a.keys[0])), _RUN if a.name == "pause" and paused else a.label, a.name)
        for a in footer_actions(scope)
    ]
