"""Other keys for actions than those of the table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from types import MappingProxyType

from damotui.actions import ACTIONS, MAIN_SCOPES, SIDE_SCOPES, TYPING_SCOPES, Action, Scope, beside, in_scope, key_names
from engine.errors import InputError, shown

_NAMED = (
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "backspace"),
    *("enter", "escape", "tab", "space", *(f"f{n}" for n in range(1, 13))),
)
_MODIFIED = re.compile(r"((?:ctrl\+|alt\+|shift\+)+)?(.+)", re.DOTALL)
_AMBIGUOUS = MappingProxyType({"ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+j": "enter", "ctrl+m": "enter"})
_NO_KEY = "f24"
"""Stands for no key at all: Textual leaves the default keys where it is given none."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """Which keys actions have."""

    changed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """By the name of the action, where they are not those of the table."""

    def applied(self, a: Action) -> Action:
        """The action with the keys that it has."""
        return replace(a, keys=self.changed[a.name]) if a.name in self.changed else a

    def key(self, name: str) -> str:
        """The first key of an action as people call it; its name in the palette if it has none."""
        a = self.applied(next(a for a in ACTIONS if a.name == name))
        return key_names(a.keys[:1]) if a.keys else f"{a.label!r}"

    def bindings(self) -> dict[str, str]:
        """What Textual's `set_keymap` takes."""
        return {
            name: ",".join("comma" if k == "," else k for k in keys) or _NO_KEY for name, keys in self.changed.items()
        }


def keymap_of(chosen: Mapping[str, Sequence[str]], where: str = "keys") -> Keymap:
    """The keymap that gives the named actions these keys, and takes them from whatever has them in the same place.

    Args:
        chosen: keys by the names of actions; none leave an action to the command palette.
        where: names the table in messages.

    Raises:
        InputError: an action or key is unknown, can't be told from another by terminals, or has two uses.
    """
    known = {a.name: a for a in ACTIONS}
    for name, keys in chosen.items():
        if name not in known:
            close = get_close_matches(name, known)
            hint = f"did you mean {' or '.join(close)}?" if close else "damotui config --actions lists them"
            raise InputError(f"{where}: {shown(name)} is no action: {hint}")
        if known[name].told:
            raise InputError(f"{where}.{name}: its keys are numbers of what it is about, and can't be changed")
        for key in keys:
            _check(key, f"{where}.{name}")
    changed = {name: tuple(dict.fromkeys(keys)) for name, keys in chosen.items()}
    for place in _places():
        owners: dict[str, str] = {}
        for a in place:
            for key in changed.get(a.name, ()):
                if a.name in chosen and owners.setdefault(key, a.name) != a.name:
                    raise InputError(
                        f"{where}: {shown(key)} is given to both {owners[key]} and {a.name}: give it to one"
                    )
        for a in place:
            left = tuple(key for key in changed.get(a.name, a.keys) if owners.get(key, a.name) == a.name)
            if left != changed.get(a.name, a.keys):
                changed[a.name] = left
    return Keymap(MappingProxyType({name: keys for name, keys in changed.items() if keys != known[name].keys}))


def _places() -> list[tuple[Action, ...]]:
    """Sets of actions whose keys work at the same time."""
    main = [(*in_scope(Scope.APP), *in_scope(scope)) for scope in MAIN_SCOPES if scope is not Scope.APP]
    return [*main, *(beside(scope) for scope in SIDE_SCOPES), *(in_scope(scope) for scope in TYPING_SCOPES)]


def _check(key: str, where: str) -> None:
    found = _MODIFIED.fullmatch(key)
    modifiers, last = found.groups() if found else (None, "")
    if key in _AMBIGUOUS:
        raise InputError(f"{where}: terminals can't tell {key} from {_AMBIGUOUS[key]}: give another key")
    if last in _NAMED or (len(last) == 1 and last.isprintable() and not (modifiers and last.isspace())):
        return
    raise InputError(
        f"{where}: {shown(key)} is no key: give a character, a name such as up, pageup, enter, space or f5,"
        " or one of these after ctrl+, alt+ or shift+"
    )
