"""The values of a scheme, and what they would match, as a table to be saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from damotui.export.sheet import Cell, Sheet
from damotui.session import tree
from damotui.session.tuning.preview import CONDITIONS
from damotui.session.tuning.rows import TuningRow
from damotui.session.tuning.tuned import Outlook, Tuned
from engine.units import Unit


def tuning_sheet(tuned: Tuned, rows: Sequence[TuningRow], outlook: Outlook | None) -> Sheet:
    """A line for each value, as it can be typed in again."""
    lines = [
        (
            tree.text(("", *row.path[3:])).removeprefix("."),
            (row.leaf.spec.unit or Unit.TEXT).value,
            row.value,
            row.committed or row.value,
            row.default,
        )
        for row in rows
    ]
    about: list[tuple[str, Cell]] = [("kdamond", tuned.kdamond), ("scheme", tuned.index)]
    if outlook is not None:
        about += _figures(outlook)
    return Sheet("tuning", ("field", "unit", "staged", "committed", "default"), lines, about)


def _figures(outlook: Outlook) -> Iterator[tuple[str, Cell]]:
    preview, cut, verdict = outlook.preview, outlook.cut, outlook.verdict
    yield "time_us", outlook.aggregation.end_us
    yield "monitored_bytes", preview.total.bytes
    yield "matched_regions", preview.matched.regions
    yield "matched_bytes", preview.matched.bytes
    for name, amount in zip(CONDITIONS, preview.alone, strict=True):
        yield f"{name}_alone_bytes", amount.bytes
    if verdict is not None:
        yield f"truly_{verdict.heat.value}_bytes", verdict.true
        yield f"truly_{verdict.heat.value}_matched_bytes", verdict.right
    if cut.limit.esz is not None:
        yield "quota_bytes", cut.limit.esz * outlook.context.addr_unit
        yield "min_score", cut.min_score
        yield "below_min_score_bytes", cut.below.bytes
    yield "tried_bytes", cut.tried.bytes
