"""The lines above the region table: which aggregation it is, and what its regions add up to."""

from __future__ import annotations

from collections.abc import Sequence

from damotui.session.live import clock, kdamond_name
from damotui.session.snapshot_figures import Totals
from damotui.session.snapshot_regions import Regions
from damotui.session.snapshot_view import Shown, SnapshotView
from damotui.session.words import terse_bytes
from engine.units import format_address, format_bytes, format_percent, format_us

_GAP = " · "


def headline(view: SnapshotView, shown: Shown, width: int) -> str:
    """Which aggregation is looked at, under which intervals, and what of it."""
    one = shown.regions.aggregation
    place = "following" if not view.frozen else "frozen"
    if view.frozen and view.behind_us:
        place += f" {format_us(view.behind_us)} back"
    parts = [f"{kdamond_name(view.kdamond)} at {clock(one.end_us)}, {place}"]
    if view.filter.text:
        parts.append(f"{len(shown.regions):,} of {shown.nr_all:,} with {view.filter.text}")
    parts.append(f"sample {format_us(one.sample_us)}, aggr {format_us(one.aggr_us)}")
    return _fitting(parts, width)


def summary(figures: Totals, regions: Regions, width: int) -> str:
    """What the regions add up to, in short words if need be; what does not fit then is left out, the last first."""
    number, total = figures.regions, max(figures.bytes, 1)
    regions_word = f"{number:,} region{'s' * (number != 1)}"
    cold = f"idle ≥ {format_us(figures.cold_us)}"
    accessed_share, cold_share = (format_percent(100 * size / total, 0) for size in (figures.accessed, figures.cold))
    hottest = _hottest(figures.hottest, regions)
    full = [
        f"{regions_word} of {format_bytes(figures.bytes)}",
        f"accessed {format_bytes(figures.accessed)} ({accessed_share})",
        f"{cold} {format_bytes(figures.cold)} ({cold_share})",
        *hottest,
    ]
    terse = [
        f"{regions_word} {terse_bytes(figures.bytes)}",
        f"accessed {terse_bytes(figures.accessed)} ({accessed_share})",
        f"{cold} {terse_bytes(figures.cold)} ({cold_share})",
        *hottest,
    ]
    whole = _GAP.join(full)
    return whole if len(whole) <= width else _fitting(terse, width)


def _hottest(index: int | None, regions: Regions) -> list[str]:
    if index is None:
        return []
    place = regions.names.text(index) or format_address(int(regions.start[index]))
    age_us = int(regions.age_us[index])
    age = f" for {format_us(age_us)}" if age_us else ""
    return [f"hottest {place} {format_percent(float(regions.rate[index]), 0)}{age}"]


def _fitting(parts: Sequence[str], width: int) -> str:
    text = parts[0]
    for part in parts[1:]:
        if len(text) + len(_GAP) + len(part) <= width:
            text += _GAP + part
    return text
