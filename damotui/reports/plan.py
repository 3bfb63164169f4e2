"""What of a record a heatmap shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from damotui.reports.cells import Cells, raw_cells
from damotui.reports.guide import Guide, GuideRange, guide
from damotui.reports.selection import EVERYTHING, Selection, selected
from engine.errors import InputError, shown
from engine.records.model import Record

DRAW = ("hottest", "all")


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What of a record is drawn."""

    records: tuple[Record, ...]
    guide: Guide
    others: tuple[Guide, ...]
    """Guides to what is selected, but not drawn."""
    time_ns: tuple[int, int]
    ranges: tuple[tuple[int, int], ...]
    """[start, end) of each range of addresses; never empty."""

    def cells(self, resolution: tuple[int, int]) -> Heatmap:
        """The grids, each of `resolution` (rows, columns). Raises InputError if a range is empty."""
        grids = [raw_cells(self.records, self.time_ns, addresses, resolution) for addresses in self.ranges]
        return Heatmap(self, tuple(grids))


@dataclass(frozen=True, slots=True, eq=False)
class Heatmap:
    """A grid for each range of addresses, all of the same rows."""

    plan: Plan
    grids: tuple[Cells, ...]

    @property
    def hottest(self) -> float:
        """The highest rate over all grids."""
        return max(cells.hottest for cells in self.grids)


def guides(records: Sequence[Record], *, selection: Selection = EVERYTHING) -> list[Guide]:
    """What the records cover, those of most bytes first. Raises InputError if nothing is selected."""
    return sorted((guide(group) for group in selected(records, selection)), key=lambda g: g.size, reverse=True)


def plan(
    records: Sequence[Record],
    *,
    selection: Selection = EVERYTHING,
    draw: str = "hottest",
    time_ns: tuple[int, int] | None = None,
    addresses: Sequence[tuple[int, int]] = (),
) -> Plan:
    """What to draw: of the selected (kdamond, context, scheme, target), the one that covers most bytes.

    `draw` is `hottest` for its contiguous range with the most accesses per byte, or `all` for each. `time_ns` is
    [start, end) in nanoseconds of the record's clock; None takes all of it. `addresses` is [start, end) in bytes of
    each range; empty leaves the choice to `draw`. Raises InputError if nothing is selected.
    """
    if draw not in DRAW:
        raise InputError(f"{shown(draw)} is nothing that can be drawn: give {' or '.join(DRAW)}")
    chosen, *others = guides(records, selection=selection)
    ranges = list(addresses) or [(r.start, r.end) for r in _drawn(chosen, draw)]
    if not ranges:
        raise InputError("the record holds no regions, so there is nothing to draw")
    return Plan(
        records=tuple(record for record in records if record.identity == chosen.identity),
        guide=chosen,
        others=tuple(others),
        time_ns=time_ns or (chosen.start_ns, chosen.end_ns),
        ranges=tuple(ranges),
    )


def _drawn(guide: Guide, draw: str) -> Sequence[GuideRange]:
    ranges = [r for r in guide.ranges if r.size > 0]
    if not ranges:
        return []
    return [guide.hottest] if draw == "hottest" else ranges
