"""The columns of the scheme statistics, which of them fit, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from damotui.render.cut import cut
from damotui.session.scheme_view import SchemeLine
from damotui.session.words import count, pattern
from engine.units import format_bytes

SPARK_LEAST = 6
"""Cells that a sparkline gets at least."""
PATTERN_MOST = 44

Show = Callable[[SchemeLine], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of each scheme."""

    title: str
    width: int
    text: Show
    rank: int
    """Columns with the highest rank go first where there is too little room."""
    value: bool = True
    per_s: Show = lambda line: ""
    """What stands below it in a line of rates."""


def _rate(name: str) -> Show:
    if name.startswith("sz_"):
        return lambda line: f"{format_bytes(line.rates[name])}/s"
    return lambda line: f"{count(line.rates[name])}/s"


_SCHEME = Column("scheme", 10, lambda s: f"{s.index} {s.scheme.action}", 0, value=False, per_s=lambda s: "  per s")
_STATE = Column("state", 17, lambda s: s.state.text, 2, value=False)
_SHORT_STATE = Column("state", 7, lambda s: s.state.short, 0, value=False)
_PATTERN = Column("pattern", 0, lambda s: pattern(s.scheme), 3, value=False)

ONE_LINE = (
    _SCHEME,
    _STATE,
    _SHORT_STATE,
    _PATTERN,
    Column("tried/s", 12, _rate("sz_tried"), 1),
    Column("applied/s", 12, _rate("sz_applied"), 4),
    Column("sz_tried", 10, lambda s: format_bytes(s.stats.sz_tried), 6),
    Column("nr_tried", 9, lambda s: count(s.stats.nr_tried), 7),
    Column("sz_applied", 11, lambda s: format_bytes(s.stats.sz_applied), 5),
    Column("nr_applied", 11, lambda s: count(s.stats.nr_applied), 8),
    Column("qt_exceeds", 11, lambda s: count(s.stats.qt_exceeds), 9),
)
"""A scheme in one line: what matters now comes first, then totals."""

TWO_LINES = (
    _SCHEME,
    _STATE,
    _SHORT_STATE,
    _PATTERN,
    Column("nr_tried", 9, lambda s: count(s.stats.nr_tried), 0, per_s=_rate("nr_tried")),
    Column("sz_tried", 12, lambda s: format_bytes(s.stats.sz_tried), 0, per_s=_rate("sz_tried")),
    Column("nr_applied", 11, lambda s: count(s.stats.nr_applied), 0, per_s=_rate("nr_applied")),
    Column("sz_applied", 12, lambda s: format_bytes(s.stats.sz_applied), 0, per_s=_rate("sz_applied")),
    Column("qt_exceeds", 11, lambda s: count(s.stats.qt_exceeds), 0, per_s=_rate("qt_exceeds")),
    Column(
        "filter_passed",
        14,
        lambda s: format_bytes(s.stats.sz_ops_filter_passed),
        5,
        per_s=_rate("sz_ops_filter_passed"),
    ),
)
"""A scheme in two lines: totals above, rates below."""

TWO_LINES_LEAST = sum(column.width for column in TWO_LINES if column.rank == 0)
"""Cells that they need."""

MEANINGS: tuple[tuple[str, str], ...] = (
    ("state", "active; off by watermark (wm off); quota full, until the next reset_interval; all rounds done"),
    ("tried", "regions that matched the pattern and the core filters, and on which the action was tried"),
    ("applied", "those of them on which it succeeded; stat applies to nothing"),
    ("nr_, sz_", "regions, and their bytes, since the kdamond was turned on"),
    ("per s", "the same over the last 2 s of simulated time, as are tried/s and applied/s"),
    ("qt_exceeds", "how often a quota was used up before its reset_interval was over"),
    ("filter_passed", "bytes that the filters of pages let through"),
    ("bars", "bytes tried per second; each bar is 0.5 s, or a turn of the scheme if that is longer"),
    ("quota", "what is used of the effective quota of this reset_interval, and how that quota changed"),
    ("goal", "what is measured, beside the target; a bar of half the height is the target"),
    ("watermark", "free memory, and between which shares of it the scheme is on"),
    ("saved", "memory that schemes took out and that is still out; GiB s is that, summed up over time"),
    ("refaults", "pages that had been taken out, and were needed again"),
    ("slowdown", "how much longer the target process took so far than its work alone; the slowest, if several"),
    ("PSI", "share of the last 10 s in which a process waited for memory"),
)
"""Words of the panel and what they mean."""


def fitting(columns: Sequence[Column], width: int, lines: Sequence[SchemeLine]) -> tuple[list[Column], int]:
    """The columns that there is room for, and the width of the sparkline."""
    longest = min(PATTERN_MOST, max(len("pattern"), *(len(pattern(line.scheme)) for line in lines)) + 2)
    names = max(_SCHEME.width, *(len(f"{line.index} {line.scheme.action} ") for line in lines))
    kept = [replace(c, width={"pattern": longest, "scheme": names}.get(c.title, c.width)) for c in columns]
    if not any(line.scheme.filters for line in lines):
        kept = [c for c in kept if c.title != "filter_passed"]
    long, short = (next(c for c in kept if c.text is state.text) for state in (_STATE, _SHORT_STATE))
    for state, other in ((long, short), (short, long)):
        found = [c for c in kept if c is not other]
        while any(c.rank for c in found) and _needed(found) > width:
            found.remove(max(found, key=lambda c: c.rank))
        if state in found and (state is short or len(found) == len(kept) - 1):
            break
    rest = width - sum(c.width for c in found) - 2
    return found, rest if rest > 2 else 0


def cell(text: str, column: Column) -> str:
    """A text in its place."""
    if column.value:
        return text.rjust(column.width)
    return cut(text, column.width - 1).ljust(column.width)


def _needed(columns: Sequence[Column]) -> int:
    return sum(c.width for c in columns) + SPARK_LEAST + 2
