"""What was found: heatmap, regions, what they add up to, what a scheme would match, and what the intervals tell."""

from __future__ import annotations

from collections.abc import Iterator

from damotui.plain.desk import Desk
from damotui.plain.lines import below, fact
from damotui.render.chart import Line
from damotui.render.spark import ASCII_BARS
from damotui.reports.aggregated import records_of
from damotui.reports.heatmap import render_text
from damotui.session import snapshot_words, tree
from damotui.session.intervals_advice import Advice, advise
from damotui.session.intervals_found import recent
from damotui.session.live import kdamond_name
from damotui.session.snapshot_budget import budget_of
from damotui.session.snapshot_course import Course, Series
from damotui.session.snapshot_figures import totals
from damotui.session.snapshot_filter import parse_filter
from damotui.session.snapshot_truth import touched_bytes
from damotui.session.snapshot_view import Shown, SnapshotView
from damotui.session.tree import Path
from damotui.session.tuning.facts import fact_lines
from damotui.session.tuning.tuned import Tuned
from damotui.widgets.region_columns import COLUMNS
from damotui.widgets.region_panes import PANE_HEIGHT, PANES, Facts, pane_lines
from engine.config.model import Context
from engine.errors import InputError

_ENDLESS = 1 << 20
"""Cells of a line that has room for everything."""
_WIDE = 120
"""Cells of a pane, of which only the texts are wanted."""
_SAID = ("value", "note")
_LOOKED_AT = 50
"""Aggregations that advice rests on, at most."""


def heatmap_lines(desk: Desk, kdamond: int, *, width: int, draw: str = "hottest") -> Iterator[str]:
    """Access rates as digits: time down, addresses across.

    Args:
        desk: whose history it is.
        kdamond: which kdamond has found it.
        width: characters of a line.
        draw: `hottest` for the range of addresses that is accessed most, `all` for each.
    """
    found = desk.seen.history.between(kdamond, 0, 0, desk.now_us + 1)
    records = records_of(found)
    if not records:
        raise InputError(_nothing(desk, kdamond))
    yield from render_text(records, width=width, draw=draw).splitlines()


def region_lines(desk: Desk, kdamond: int, words: str = "") -> Iterator[str]:
    """The regions of the newest aggregation that pass a filter, with what they add up to."""
    view, shown = _snapshot(desk, kdamond, words)
    regions = shown.regions
    yield snapshot_words.headline(view, shown, _ENDLESS)
    yield snapshot_words.summary(totals(regions, view.cold_us), regions, _ENDLESS)
    for number, index in enumerate(shown.order.tolist()):
        told = ((column.title, column.text(regions, index)) for column in COLUMNS)
        yield fact(f"region {number}", ", ".join(f"{title} {text}" for title, text in told if text))


def figure_lines(desk: Desk, kdamond: int, words: str = "") -> Iterator[str]:
    """What the regions that pass a filter add up to: by rate, age and idle time, and over time."""
    view, shown = _snapshot(desk, kdamond, words)
    live, regions, truth = desk.seen.live, shown.regions, view.truth
    number = live.nr_regions(kdamond)
    facts = Facts(
        regions=regions,
        cursor=None,
        totals=totals(regions, view.cold_us),
        budget=budget_of(regions),
        checked=None if number is None else (live.checks_per_s(kdamond), number),
        series=_course(desk, view),
        true_bandwidth=None if truth is None else touched_bytes(truth, view.addr_unit) * 1e6 / max(truth.sample_us, 1),
        filtered=bool(words),
        bars=ASCII_BARS,
    )
    for pane in range(2, 2 + len(PANES)):
        (title, *lines) = pane_lines(pane, facts, _WIDE, PANE_HEIGHT, chosen=False)
        yield "".join(text for text, _ in title[1:])
        yield from below(_without_bars(line) for line in lines if any(kind in _SAID for _, kind in line))


def tune_lines(desk: Desk, path: Path) -> Iterator[str]:
    """What the staged values of a scheme would do with the newest aggregation, and what it does as it runs."""
    tuned = Tuned(desk.session, desk.seen, path)
    committed = "not committed" if desk.session.uncommitted(path) else "as committed"
    yield fact(tuned.name, f"{tuned.scheme.action}, {committed}")
    for line in fact_lines(tuned, tuned.outlook(), _ENDLESS):
        name, *rest = line
        yield fact(name[0].strip(), " ".join("".join(text for text, _ in rest).split()))


def advice_lines(advice: Advice) -> Iterator[str]:
    """Whether the intervals suit what is found, why, and what could be changed."""
    yield fact("intervals", advice.verdict.value)
    yield fact("because", advice.because)
    for number, proposal in enumerate(advice.proposals, 1):
        yield fact(f"proposal {number}", proposal.label)
        yield from below([fact("because", proposal.reason), *(fact("changes", change) for change in proposal.changes)])
    for sign in advice.signs:
        good = {True: ", good", False: ", bad", None: ""}[sign.good]
        yield fact(sign.name, f"{sign.figure}; {sign.meaning}{good}")


def advice_on(desk: Desk, kdamond: int) -> Advice:
    """The advice on a kdamond."""
    status = desk.seen.live.status(kdamond)
    contexts = status.config.contexts if status and status.config else ()
    staged = tree.find(desk.session.staged, (kdamond, "contexts", 0))
    return advise(
        recent(desk.seen.history, kdamond, _LOOKED_AT),
        contexts[0] if contexts else None,
        staged if isinstance(staged, Context) else None,
        desk.session.kernel,
    )


def _snapshot(desk: Desk, kdamond: int, words: str) -> tuple[SnapshotView, Shown]:
    """The newest aggregation, filtered."""
    view = SnapshotView(desk.seen)
    view.filter = parse_filter(words)
    shown = view.show(kdamond)
    if shown is None:
        raise InputError(_nothing(desk, kdamond))
    return view, shown


def _course(desk: Desk, view: SnapshotView) -> Series:
    """How the working set changed up to now."""
    course, seen = Course(), -1
    while True:
        series = course.follow(desk.seen.history, view.kdamond, view.addr_unit)
        if len(series.end_us) == seen:
            return series
        seen = len(series.end_us)


def _without_bars(line: Line) -> str:
    name = "".join(text for text, kind in line if kind == "label").strip()
    said = " ".join("".join(text for text, kind in line if kind in _SAID).split())
    return fact(name, said) if name else said


def _nothing(desk: Desk, kdamond: int) -> str:
    live = desk.seen.live
    status = live.status(kdamond)
    if status is None or not status.running:
        return f"{kdamond_name(kdamond)} is off, and has found nothing: on {kdamond} starts it"
    return live.idle_because(kdamond) or (
        f"{kdamond_name(kdamond)} has yet to end its first aggregation: run 1s lets time pass"
    )
