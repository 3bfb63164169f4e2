"""Which of the directories for filters a filter goes into: one for each layer that asks them, and one for all types."""

from __future__ import annotations

from collections.abc import Sequence

from engine.config.model import Filter
from engine.sysfs.grammar import Word
from engine.sysfs.layout import FileSpec, Listing, Member


def by_layer(listings: Sequence[Listing], filters: Sequence[Filter]) -> list[list[Filter]]:
    """Which filters go into each directory for filters, so that they are read back in their order.

    Args:
        listings: the directories of the layers, if there are any, and last the one for filters of all types.
        filters: in order.
    """
    layers = listings[:-1]
    parts = [[item for item in filters if item.type in types_of(layer.member)] for layer in layers]
    if [item for part in parts for item in part] == list(filters):
        return [*parts, []]
    return [[] for _ in layers] + [list(filters)]


def types_of(member: Member) -> tuple[str, ...]:
    """Which types the filters of a directory can have."""
    return next(
        spec.grammar.words
        for spec in member.entries
        if isinstance(spec, FileSpec) and spec.name == "type" and isinstance(spec.grammar, Word)
    )
