"""What the heatmap shows, in words: the figures at its cursor, its axes, its colours, and how a cell is made."""

from __future__ import annotations

from collections.abc import Sequence

from damotui.explain import Explanation
from damotui.render.layout import FOLD
from damotui.render.legend import format_hertz, format_percent, scale_texts, titles
from damotui.render.places import pixels_per_cell, rows_per_cell
from damotui.render.raster import Combine
from damotui.render.showing import Showing
from damotui.render.ticks import format_size, format_time
from damotui.render.view import Picture
from damotui.session.readout import Readout
from damotui.session.readout_words import scheme_names, time_texts
from engine.config.model import Scheme
from engine.units import format_address

_KERNEL = "the kernel's design document of DAMON"
_SIMULATOR = "the workload itself: only a simulator knows it"


def explained(
    picture: Picture | None, combine: Combine, readout: Readout | None, schemes: Sequence[Scheme], grain_us: int
) -> list[Explanation]:
    """All that a user can ask about the map.

    Args:
        picture: what it shows; None before anything was shown.
        combine: what becomes of several rates in one pixel.
        readout: what is at its cursor; None without one.
        schemes: those that were asked whether they match.
        grain_us: length of the grains in which the past is told; 0 if all of it is whole.
    """
    there = [] if readout is None else _at_cursor(readout, schemes)
    return [*there, *([] if picture is None or picture.empty else _map(picture, combine, grain_us))]


def _at_cursor(readout: Readout, schemes: Sequence[Scheme]) -> list[Explanation]:
    start, before = time_texts(readout)
    said = [
        Explanation(
            "access rate at the cursor",
            "The share of the checks that found an access, nr_accesses / (aggr_us / sample_us), on average over the"
            " addresses and the time of the cell, each region with its bytes and its time. Times the number of checks"
            " it is nr_accesses, and that divided by aggr_us the accesses per second that could be told apart. There is"
            " one check in a sampling interval, so that 1 / sample_us is the highest frequency there is.",
            (
                ("here", _rate(readout)),
                ("unit", "percent; Hz per second of simulated time; checks of one aggregation"),
                ("source", _KERNEL),
            ),
        )
    ]
    if not readout.ranked:
        said.append(
            Explanation(
                "truth",
                "The share of the pages that was really touched in a sampling interval, on average over the same"
                " addresses and time: what the rate would be with unlimited checks. It is watched while the cursor is"
                " on, and unknown (?) before that.",
                (("here", _percent(readout.truth)), ("unit", "percent"), ("source", _SIMULATOR)),
            )
        )
    said.append(_place(readout))
    said.append(
        Explanation(
            "time",
            "When the cell begins, since the engine was started, and how long ago it ended. The cursor stays at its"
            " moment while the map moves on.",
            (
                ("here", f"from {start}, {_duration(readout.end_us - readout.start_us)} long"),
                ("ended", before if before == "now" else f"{before} ago"),
                ("unit", "simulated time"),
            ),
        )
    )
    return said + _region(readout, schemes)


def _place(readout: Readout) -> Explanation:
    size = format_size(readout.end - readout.start)
    if readout.ranked:
        return Explanation(
            "hottest",
            "Memory is sorted in each row of time: the cell has that part of it, counted from the hottest byte on.",
            (("here", f"{format_size(readout.start)}–{format_size(readout.end)}"), ("unit", "bytes")),
        )
    return Explanation(
        "addresses",
        "The addresses of the cell, and the mapping that the first of them is in, with how far from its start that is."
        " Mappings are named by the process; physical addresses have no names.",
        (
            ("here", f"{format_address(readout.start)}–{format_address(readout.end)}, {size}"),
            ("target", str(readout.target)),
            *((("mapping", f"{readout.name}, {format_size(readout.offset)} from its start"),) if readout.name else ()),
            ("unit", "bytes; KiB, MiB and GiB are powers of 1024"),
        ),
    )


def _region(readout: Readout, schemes: Sequence[Scheme]) -> list[Explanation]:
    region = readout.region
    if region is None:
        return []
    size = format_size(region.end - region.start)
    names = scheme_names(readout, schemes)
    return [
        Explanation(
            "region",
            "The region that held the address at that moment. DAMON takes all its pages to be like the one that it"
            " looks at, so that a cell smaller than its region shows the region's rate.",
            (
                ("here", f"{format_address(region.start)}–{format_address(region.end)}, {size}"),
                ("nr_accesses", f"{region.nr_accesses} of {region.max_nr_accesses}"),
                ("source", _KERNEL),
            ),
        ),
        Explanation(
            "age",
            "For how many aggregations the region had kept about the same nr_accesses, and as a time: age × aggr_us."
            " It begins anew when they change by more than a tenth of what is possible, and when a scheme acted on it.",
            (
                ("here", f"{region.age} aggregations, {format_time(region.age_us, readout.aggr_us)}"),
                ("unit", "aggregations"),
                ("source", _KERNEL),
            ),
        ),
        Explanation(
            "matches",
            "The schemes in whose access pattern the region lies with its size, nr_accesses and age of that moment, of"
            " those that the kdamond runs now, or would start with. Quotas, filters and watermarks may keep them from"
            " acting.",
            (("here", ", ".join(names) or ("none" if schemes else "there is no scheme")), ("source", _KERNEL)),
        ),
    ]


def _map(picture: Picture, combine: Combine, grain_us: int) -> list[Explanation]:
    low, high = scale_texts(picture)
    across, down = ("time", "addresses") if picture.transposed else ("addresses", "time")
    row_us = picture.window.row_us
    cell_us = rows_per_cell(picture) * row_us
    hertz = picture.top * picture.max_nr_accesses * 1e6 / picture.aggr_us
    weighted = ", each weighted with the bytes and the time that it shares with the cell"
    past = f" One aggregation stands for up to {_duration(grain_us)} of what is long past."
    return [
        Explanation(
            "a cell",
            f"Its colour is the {'mean' if combine is Combine.MEAN else 'highest'} rate of the regions that lie in its"
            f" addresses and time{weighted if combine is Combine.MEAN else ''}. With 256 or more colours a cell is"
            " two pixels, each with a colour of its own. Where nothing was monitored it has no colour."
            f"{past if grain_us else ''}",
            (
                ("time", f"{_duration(cell_us)} a cell, {_duration(row_us)} a pixel"),
                *((("addresses", _bytes_per_cell(picture)),) if picture.showing is not Showing.SORTED else ()),
            ),
        ),
        Explanation(
            "colours",
            "From the rate at the low end of the bar below the map to the rate at its high end; V takes another view, n"
            " another scale, p other colours.",
            (
                ("view", titles(picture)[0]),
                ("lowest", low),
                ("highest", f"{high}, {format_hertz(hertz)}"),
                ("checks", f"{picture.max_nr_accesses} in {_duration(picture.aggr_us)}"),
            ),
        ),
        Explanation(
            "axes",
            f"{across} across, {down} down; t turns it. Addresses are labelled at the start of each range that is"
            " monitored, then with what is to be added to that. A large gap between two ranges is folded to one cell,"
            " and a line is between two targets; small gaps are drawn to scale. Where only a part of the addresses is"
            " in view, a line beside the map shows all of them. A bar at the time axis shows which part of the session"
            " is in view, and ◂ in the corner how long ago that ended.",
            (("+ -", "zoom time"), (") (", "zoom addresses"), ("=", "all again"), ("f", "follow the newest")),
        ),
    ]


def _bytes_per_cell(picture: Picture) -> str:
    unit = pixels_per_cell(picture)
    scales = sorted({segment.bytes_per_pixel * unit for segment in picture.layout.segments})
    folds = int((picture.layout.kinds == FOLD).sum()) // unit
    sizes = " to ".join(dict.fromkeys(format_size(round(scale)) for scale in (*scales[:1], *scales[-1:])))
    return f"{sizes} a cell{f', {folds} gaps folded' if folds else ''}"


def _duration(duration_us: int) -> str:
    return format_time(duration_us, max(duration_us, 1))


def _rate(readout: Readout) -> str:
    if readout.rate is None or readout.hertz is None or readout.nr_accesses is None:
        return "no data"
    checks = f"{readout.nr_accesses:.3g} of {readout.max_nr_accesses} checks"
    return f"{format_percent(readout.rate)}, {format_hertz(readout.hertz)}, {checks}"


def _percent(rate: float | None) -> str:
    return "unknown" if rate is None else format_percent(rate)
