"""Walk through a JSON document, with the place of each value at hand for messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.errors import InputError, shown
from engine.units import Unit, parse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the document, and where it is."""

    where: str
    """The document, such as a file name."""
    path: str
    """The value's place in it: `kdamonds[0].contexts[0].ops`; empty for the whole."""
    value: Any
    notes: list[str]
    """Takes a sentence for each thing passed over."""

    @property
    def name(self) -> str:
        """Document and path, as messages begin."""
        return f"{self.where}: {self.path}" if self.path else self.where

    def error(self, accepted: str) -> InputError:
        """The value can't be used; `accepted` says what can."""
        kind = "an object" if isinstance(self.value, dict) else "a list" if isinstance(self.value, list) else None
        return InputError(f"{self.name}: {kind or shown(self.value)} can't be used: give {accepted}")

    def member(self, name: str) -> Place:
        """The member `name` of an object that has it."""
        return Place(self.where, f"{self.path}.{name}" if self.path else name, self.value[name], self.notes)

    def entries(self, name: str | None = None) -> list[Place]:
        """The entries of a list, which paths call `name`."""
        if not isinstance(self.value, list):
            raise self.error("a list [...]")
        at = self.path if name is None else name
        return [Place(self.where, f"{at}[{index}]", entry, self.notes) for index, entry in enumerate(self.value)]

    def parsed(self, parser: Callable[[str], T]) -> T:
        """What `parser` makes of the number or text here; its `InputError` is given the place."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | str):
            raise self.error("a number or a text")
        whole = isinstance(self.value, float) and self.value.is_integer()
        try:
            return parser(str(int(self.value) if whole else self.value))
        except InputError as error:
            raise InputError(f"{self.name}: {error}") from None

    def number(self, unit: Unit) -> int:
        """A quantity of `unit`; a bare number is in that unit."""
        return self.parsed(lambda text: int(parse(unit, text) or 0))

    def keyword(self, choices: Mapping[str, object]) -> str:
        """One of `choices`."""
        if not isinstance(self.value, str) or self.value not in choices:
            raise self.error(f"one of {', '.join(choices)}")
        return self.value

    def string(self) -> str:
        """Any text."""
        if not isinstance(self.value, str):
            raise self.error("a text")
        return self.value

    def boolean(self) -> bool:
        """True, false, or a text such as `Y`."""
        return self.value if isinstance(self.value, bool) else bool(self.number(Unit.BOOL))


class Members:
    """The members of an object; those that nobody asks for are noted on leaving the `with` block."""

    def __init__(self, place: Place, *ignored: str) -> None:
        if not isinstance(place.value, dict):
            raise place.error("an object {...}")
        self.place = place
        self._asked = set(ignored)

    def __enter__(self) -> Members:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            return
        for name, value in self.place.value.items():
            if name not in self._asked and value not in (None, False, [], {}):
                self.place.notes.append(f"{self.place.member(name).name} is passed over: no such field is known here")

    def get(self, *names: str) -> Place | None:
        """The first of `names`, of which the further ones are former names, that is there and not null."""
        self._asked.update(names)
        found = (self.place.member(name) for name in names if self.place.value.get(name) is not None)
        return next(found, None)

    def required(self, name: str) -> Place:
        """The member `name`; `InputError` when it is missing."""
        found = self.get(name)
        if found is None:
            raise InputError(f"{self.place.name}: {name} is missing: it can't be left out")
        return found

    def entries(self, name: str) -> list[Place]:
        """The entries of the list `name`; none when it is missing."""
        return self.read((name,), Place.entries, [])

    def read(self, names: tuple[str, ...], reader: Callable[[Place], T], default: T) -> T:
        """What `reader` makes of the first of `names` that is there; `default` when none is."""
        found = self.get(*names)
        return default if found is None else reader(found)

    def number(self, unit: Unit, default: int, *names: str) -> int:
        """A quantity of `unit`."""
        return self.read(names, lambda place: place.number(unit), default)

    def keyword(self, choices: Mapping[str, object], default: str, name: str) -> str:
        """One of `choices`."""
        return self.read((name,), lambda place: place.keyword(choices), default)

    def boolean(self, *names: str) -> bool:
        """A truth value, false when it is missing."""
        return self.read(names, Place.boolean, False)
