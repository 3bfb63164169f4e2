"""Which records of a file a report is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import InputError
from engine.records.model import Identity, Record, joined

_NAMES = ("kdamond", "context", "scheme", "target")


@dataclass(frozen=True, slots=True)
class Selection:
    """Indices that records must have; None takes any."""

    kdamond: int | None = None
    context: int | None = None
    scheme: int | None = None
    target: int | None = None

    @property
    def wanted(self) -> tuple[int | None, ...]:
        """The indices in the order of an identity."""
        return (self.kdamond, self.context, self.scheme, self.target)

    def takes(self, identity: Identity) -> bool:
        """Whether records of that (kdamond, context, scheme, target) are selected."""
        return all(want is None or want == have for want, have in zip(self.wanted, identity, strict=True))


EVERYTHING = Selection()


def selected(records: Sequence[Record], selection: Selection) -> list[list[Record]]:
    """The selected records that have snapshots, those of one identity together, in the order of the file.

    Raises InputError if there is none.
    """
    groups: dict[Identity, list[Record]] = {}
    for record in records:
        if record.nr_snapshots and selection.takes(record.identity):
            groups.setdefault(record.identity, []).append(record)
    if groups:
        return list(groups.values())
    there = sorted({identity_text(record.identity) for record in records if record.nr_snapshots})
    if not there:
        raise InputError("the record holds no snapshots, so there is nothing to report")
    raise InputError(f"the record has nothing of {identity_text(selection.wanted)}; it has {'; '.join(there)}")


def selected_joined(records: Sequence[Record], selection: Selection) -> list[Record]:
    """As `selected`, each identity's records joined to one with the intervals of the first. Raises InputError."""
    return [joined(group) for group in selected(records, selection)]


def identity_text(identity: tuple[int | None, ...]) -> str:
    """`kdamond 0, context 0, target 1`; an index of None is left out."""
    return ", ".join(f"{name} {index}" for name, index in zip(_NAMES, identity, strict=True) if index is not None)


def identity_json(identity: Identity) -> dict[str, int | None]:
    """The four indices by name."""
    return dict(zip(_NAMES, identity, strict=True))
