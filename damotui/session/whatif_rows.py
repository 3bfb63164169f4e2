"""The figures of a what-if as lines: headings, and below each its figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from damotui.export.sheet import Cell, Sheet
from damotui.session.differences import Difference
from damotui.session.whatif import WhatIf
from engine.errors import InputError


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A line."""

    key: tuple[str, str]
    """The heading, and what the figure is of; nothing for the heading itself."""
    name: str
    texts: tuple[str, str, str, str] = ("", "", "", "")
    """A, B, B less A, and that in percent of A."""
    verdict: str = ""

    @property
    def depth(self) -> int:
        """How far it is indented."""
        return 1 if self.key[1] else 0

    @property
    def expandable(self) -> bool:
        """It is never folded."""
        return False


def rows_of(differences: Iterable[Difference]) -> list[DifferenceRow]:
    """All lines."""
    rows = []
    for group, members in groupby(differences, attrgetter("group")):
        rows.append(DifferenceRow((group, ""), group))
        rows += [DifferenceRow((group, one.measure.key), one.measure.name, one.texts, one.verdict) for one in members]
    return rows


def whatif_sheet(whatif: WhatIf | None) -> Sheet:
    """All figures as numbers.

    Raises:
        InputError: no what-if runs.
    """
    if whatif is None:
        raise InputError("no what-if runs: there is nothing to compare")
    rows: list[list[Cell]] = [
        [one.group, one.measure.key, one.measure.unit, one.a, one.b, one.change, one.percent, one.verdict]
        for one in whatif.differences()
    ]
    return Sheet(
        view="what-if",
        columns=("group", "figure", "unit", "a", "b", "change", "change_percent", "b_is"),
        rows=rows,
        about=(
            ("forked_us", whatif.forked.time_us),
            ("elapsed_us", whatif.elapsed_us),
            ("changes", "; ".join(whatif.changes)),
        ),
    )
