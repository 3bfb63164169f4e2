"""The working set size report: how many bytes were accessed in each snapshot.

Rules and figures are those of damo 3.4.3. The working set of a snapshot is the bytes of its regions that at least
`min_accesses` samples found accessed. Percentile p of N sizes is the one at index int(p / 100 * N), without
interpolation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from damotui.reports.selection import EVERYTHING, Selection, identity_json, identity_text, selected_joined
from damotui.reports.windows import working_sets
from engine.errors import InputError, shown
from engine.records.model import Identity, Record
from engine.units import format_bytes, format_us

SORTS = ("size", "time")
SKIPPED = 20
"""First snapshots that are left out: the regions have not adapted yet."""
PERCENTILES = (0, 25, 50, 75, 100)
_BAR = 40


@dataclass(frozen=True, slots=True)
class Wss:
    """Working set sizes of the targets of one context, added up, or of one target."""

    identity: Identity
    """The target is None where several are added up."""
    nr_targets: int
    nr_snapshots: int
    """Of the target that has most."""
    sizes: tuple[int, ...]
    """In bytes, ordered by `sort`. Never empty."""
    sort: str
    skipped: int
    """First snapshots of each target that were left out."""
    asked_to_skip: int
    work_time_us: int

    @property
    def average(self) -> float:
        """Arithmetic mean in bytes."""
        return sum(self.sizes) / len(self.sizes)

    def percentile(self, percent: float) -> int:
        """The size in bytes at that percentile."""
        count = len(self.sizes)
        return self.sizes[min(int(percent / 100 * count), count - 1)]


class What(TypedDict, total=False):
    """Keywords of `working_set_sizes`."""

    selection: Selection
    skip: int
    min_accesses: int
    min_size: int
    work_time_us: int
    sort: str
    per_target: bool


def working_set_sizes(
    records: Sequence[Record],
    *,
    selection: Selection = EVERYTHING,
    skip: int = SKIPPED,
    min_accesses: int = 1,
    min_size: int = 1,
    work_time_us: int = 1,
    sort: str = "size",
    per_target: bool = False,
) -> list[Wss]:
    """The working set sizes of each (kdamond, context, scheme) of the records.

    The first `skip` snapshots of each target are left out, or none if none would be left. Regions of fewer
    accesses or bytes than `min_accesses` and `min_size` don't count. Snapshots are put together until they span
    `work_time_us` (see `damotui.reports.windows`). Sizes are in ascending order or, with `sort` = `time`, in that of
    time; so ordered, those of all targets are added up, unless `per_target`. Raises InputError if nothing is
    selected, or the work time is longer than the record.
    """
    if sort not in SORTS:
        raise InputError(f"{shown(sort)} is no order of working set sizes: give {' or '.join(SORTS)}")
    if skip < 0:
        raise InputError(f"{skip} snapshots can't be skipped: give 0 or more")
    groups: dict[Identity, list[Record]] = {}
    for record in selected_joined(records, selection):
        of = record.identity if per_target else (*record.identity[:3], None)
        groups.setdefault(of, []).append(record)
    reports = []
    for identity, targets in groups.items():
        skipped = skip if skip < max(record.nr_snapshots for record in targets) else 0
        series = [working_sets(record, skipped, min_accesses, min_size, work_time_us) for record in targets]
        sizes = _added_up(sorted(one) if sort == "size" else one for one in series)
        if not sizes:
            raise InputError(
                f"the snapshots of {identity_text(identity)} don't span a work time of {format_us(work_time_us)}:"
                " give less"
            )
        reports.append(
            Wss(
                identity=targets[0].identity if len(targets) == 1 else identity,
                nr_targets=len(targets),
                nr_snapshots=max(record.nr_snapshots for record in targets),
                sizes=tuple(sizes),
                sort=sort,
                skipped=skipped,
                asked_to_skip=skip,
                work_time_us=work_time_us,
            )
        )
    return reports


def render_text(
    records: Sequence[Record], *, percentiles: Sequence[int] = PERCENTILES, raw: bool = False, **what: Unpack[What]
) -> str:
    """A table of percentiles with bars; sizes are plain numbers of bytes with `raw`. Keywords: `working_set_sizes`."""
    reports = working_set_sizes(records, **what)
    return "\n\n".join("\n".join(_table(report, percentiles, raw)) for report in reports)


def to_json(
    records: Sequence[Record], *, percentiles: Sequence[int] = PERCENTILES, **what: Unpack[What]
) -> dict[str, Any]:
    """The figures as an object for JSON, in bytes. Keywords: `working_set_sizes`."""
    return {"wss": [_json(report, percentiles) for report in working_set_sizes(records, **what)]}


def _added_up(series: Iterable[list[int]]) -> list[int]:
    sums: list[int] = []
    for one in series:
        sums += [0] * (len(one) - len(sums))
        for index, size in enumerate(one):
            sums[index] += size
    return sums


def _table(report: Wss, percentiles: Sequence[int], raw: bool) -> list[str]:
    values = [report.percentile(percent) for percent in percentiles]
    top = max(values, default=0)
    width = max(len(_size(size, raw)) for size in (report.average, *values))
    lines = [
        f"{identity_text(report.identity)}: working set size{_targets(report)}",
        *_counted(report),
        f"{'average':>10}  {_size(report.average, raw):>{width}}",
        "percentile" if report.sort == "size" else "% of time",
    ]
    for percent, value in zip(percentiles, values, strict=True):
        bar = "*" * int(value / top * _BAR) if top else ""
        lines.append(f"{percent:>10}  {_size(value, raw):>{width}} |{bar:<{_BAR}}|")
    return lines


def _targets(report: Wss) -> str:
    return f", {report.nr_targets} targets added up" if report.nr_targets > 1 else ""


def _counted(report: Wss) -> list[str]:
    """What was counted, and why not as asked."""
    lines = [f"{report.nr_snapshots - report.skipped} of {report.nr_snapshots} snapshots"]
    if report.skipped:
        lines[0] += f": without the first {report.skipped}, as regions adapt then"
    if len(report.sizes) != report.nr_snapshots - report.skipped:
        lines.append(f"{len(report.sizes)} working sets of {format_us(report.work_time_us)} of work or longer")
    if report.asked_to_skip > report.skipped:
        lines.append(
            f"note: too few to leave out the first {report.asked_to_skip}, so regions that had yet to adapt count too"
        )
    return lines


def _json(report: Wss, percentiles: Sequence[int]) -> dict[str, Any]:
    return {
        **identity_json(report.identity),
        "nr_targets": report.nr_targets,
        "nr_snapshots": report.nr_snapshots,
        "skipped_snapshots": report.skipped,
        "work_time_us": report.work_time_us,
        "sort": report.sort,
        "nr_sizes": len(report.sizes),
        "average_bytes": report.average,
        "percentiles": {str(percent): report.percentile(percent) for percent in percentiles},
    }


def _size(count: float, raw: bool) -> str:
    return str(int(count)) if raw else format_bytes(count)
