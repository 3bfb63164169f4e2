"""The lines of the scheme statistics as texts, each of one kind: they become what there is room for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from damotui.render.spark import ASCII_BARS, BARS, level_bar, sparkline
from damotui.session.machine_view import MachineView
from damotui.session.scheme_view import GoalLine, SchemeLine, SchemeState
from damotui.session.words import count, terse_bytes
from damotui.widgets.scheme_columns import ONE_LINE, TWO_LINES, TWO_LINES_LEAST, Column, cell, fitting
from engine.units import format_bp, format_bytes, format_ms, format_percent, format_permil, format_us

Text = tuple[str, str]
"""A text, and what kind it is: head, name, value, good, bad, spark, or empty."""
Line = list[Text]

_SPARK_MOST = 60
_TITLE = 11
"""Cells of the word before a line about a quota, goal, or the machine."""
_BAR = 12
_ENDLESS = 1 << 20
"""Cells of a line that has room for everything."""
_NO_LIMIT = 1 << 62
"""An effective quota above it comes from arithmetic that ends at the greatest number."""
_STATE_KINDS = {SchemeState.ACTIVE: "good", SchemeState.ASLEEP: "bad", SchemeState.FULL: "bad"}


@dataclass(frozen=True, slots=True)
class Table:
    """What the panel shows."""

    lines: list[Line]
    """The line of titles first."""
    pinned: int
    """How many lines at the end are always in sight."""


def table(
    schemes: Sequence[SchemeLine],
    machine: MachineView | None,
    width: int,
    height: int,
    *,
    ascii: bool,
    without: Collection[str] = (),
) -> Table:
    """The lines for a place of `width` cells, of which at most `height` are in sight at once.

    Columns with the titles of `without` are left out.
    """
    bars = ASCII_BARS if ascii else BARS
    short = _machine_line(machine, width) if machine else []
    block = _machine_block(machine, width, bars) if machine else []
    for columns, about in ((TWO_LINES, block), (TWO_LINES, short), (ONE_LINE, short)):
        if columns is TWO_LINES and width < TWO_LINES_LEAST:
            continue
        lines = _scheme_lines(schemes, machine, columns, width, bars, without)
        if len(lines) + len(about) <= height:
            break
    return Table([*lines, *about], len(about) if len(about) < height - 1 else 0)


def about_scheme(scheme: SchemeLine, machine: MachineView | None) -> list[tuple[str, str]]:
    """What limits a scheme, in words: a name and what is to be said of it, for each quota, goal and watermark."""
    return [_in_words(line) for line in _details(scheme, machine, _ENDLESS, ASCII_BARS)]


def about_machine(machine: MachineView) -> list[tuple[str, str]]:
    """The machine in words: a name and a figure for each line."""
    return [_in_words(line) for line in _machine_block(machine, _ENDLESS, ASCII_BARS)]


def _in_words(line: Line) -> tuple[str, str]:
    """A line without its bars."""
    return line[0][0].strip(), "".join(text for text, kind in line[1:] if kind == "value").strip()


def _scheme_lines(
    schemes: Sequence[SchemeLine],
    machine: MachineView | None,
    columns: Sequence[Column],
    width: int,
    bars: str,
    without: Collection[str],
) -> list[Line]:
    shown, spark = fitting([c for c in columns if c.title not in without], width, schemes)
    bin_s = schemes[0].bin_us / 1e6
    title = f"  tried/s, each bar {bin_s:g} s" if spark >= 26 else "  tried/s" if spark >= 7 else ""
    lines: list[Line] = [[("".join(cell(c.title, c) for c in shown) + (title if spark else ""), "head")]]
    for scheme in schemes:
        bar = [("  " + sparkline(scheme.series, min(spark, _SPARK_MOST), bars=bars), "spark")] if spark else []
        totals = [(cell(c.text(scheme), c), _kind(c, scheme)) for c in shown]
        if columns is TWO_LINES:
            rates = "".join(cell(c.per_s(scheme), c) for c in shown)
            lines += [totals, [(rates, "rate"), *bar]]
        else:
            lines.append([*totals, *bar])
        lines += _details(scheme, machine, width, bars)
    return lines


def _kind(column: Column, scheme: SchemeLine) -> str:
    if column.title == "state":
        return _STATE_KINDS.get(scheme.state, "name")
    return "value" if column.value else "name"


def _details(scheme: SchemeLine, machine: MachineView | None, width: int, bars: str) -> list[Line]:
    """What limits a scheme: its quota, the goals of that, its watermarks."""
    lines = []
    quotas, marks = scheme.scheme.quotas, scheme.scheme.watermarks
    if quotas.sz_bytes or quotas.time_ms or quotas.goals:
        lines.append(_quota(scheme, width, bars))
    lines += [_goal(goal, width, bars) for goal in scheme.goals]
    if marks.metric == "free_mem_rate":
        on, off, floor = (format_permil(value) for value in (marks.mid, marks.high, marks.low))
        free = f"{format_permil(machine.free_permil)} free" if machine else "free memory"
        texts = (f"{free}: on from {floor} to {on}, off above {off}", f"{free}: on {floor}–{on}, off >{off}")
        shown = _first_fitting(width - _TITLE - 2, *texts, f"{free}: on {floor}–{on}", free)
        lines.append(_described("watermark", [(shown, "value")]))
    return lines


def _quota(scheme: SchemeLine, width: int, bars: str) -> Line:
    status, every = scheme.status, format_ms(scheme.scheme.quotas.reset_interval_ms)
    if status is None or not status.limited:
        return _described("quota", [("not in force yet", "value")])
    used, whole = status.charged_bytes, status.esz_bytes
    if not whole:
        asleep = scheme.state in (SchemeState.ASLEEP, SchemeState.STOPPED)
        return _described("quota", [("not in force yet" if asleep else "0 B: nothing may be done now", "value")])
    if whole >= _NO_LIMIT:
        bar, text, terse = 0.0, f"{format_bytes(used)} used, no limit now", f"{terse_bytes(used)}, no limit"
    else:
        bar = used / whole
        text = f"{format_bytes(used)} of {format_bytes(whole)}"
        terse = f"{terse_bytes(used)}/{terse_bytes(whole)}"
    room = width - _TITLE - 2 - _BAR - 1
    words = _first_fitting(room, f"{text} used, anew every {every}", f"{text} in {every}", text, terse)
    pieces = [(level_bar(bar, _BAR, bars=bars), "bad" if status.full else "spark"), (" " + words, "value")]
    if whole < _NO_LIMIT and not _constant(scheme.esz_series):
        pieces += _spark("  effective ", scheme.esz_series, room - len(words), bars)
    return _described("quota", pieces)


def _goal(goal: GoalLine, width: int, bars: str) -> Line:
    status = goal.status
    now, aim = (_measured(status.metric, value) for value in (status.current_value, status.target_value))
    what = status.metric if goal.node is None else f"{status.metric} of node {goal.node}:"
    share = format_percent(100 * status.current_value / status.target_value, 0) if status.target_value else "–"
    room = width - _TITLE - 2
    figures = f"{now} of {aim}"
    words = _first_fitting(
        room - 8,
        f"{what} {figures}, {share}",
        f"{what} {figures}",
        f"{status.metric} {figures}" if room >= len(status.metric) + len(figures) + 1 else figures,
    )
    return _described("goal", [(words, "value"), *_spark("  ", goal.series, room - len(words), bars, top=2.0)])


def _measured(metric: str, value: int) -> str:
    if metric.endswith("_bp"):
        return format_bp(value)
    return format_us(value) if metric.endswith("_us") else f"{value:,}"


def _machine_line(machine: MachineView, width: int) -> list[Line]:
    """The machine in one line: in long words, in short ones, or in as many as fit."""
    status = machine.status
    faults, per_s, psi = count(status.refaults), count(machine.refaults_per_s), status.psi_some_avg10
    slow = 100 * machine.slowdown
    full = [
        ("saved ", format_bytes(status.saved_bytes)),
        ("refaults ", f"{faults}, {per_s}/s"),
        ("slowdown ", format_percent(slow)),
        ("PSI ", format_percent(psi)),
    ]
    terse = [
        ("saved ", terse_bytes(status.saved_bytes)),
        ("refaults ", f"{faults.replace(' ', '')} {per_s.replace(' ', '')}/s"),
        ("slower ", f"{slow:.0f}%"),
        ("PSI ", f"{psi:.0f}%"),
    ]
    peak = ("at most ", format_bytes(status.saved_peak_bytes))
    forms = [([full[0], peak, *full[1:]], 3), (full, 3), (full, 2), *((terse[:n], 1) for n in (4, 3, 2))]
    for pieces, gap in forms:
        if sum(len(name) + len(value) for name, value in pieces) + gap * (len(pieces) - 1) <= width:
            break
    line: Line = []
    for name, value in pieces:
        line += [(" " * gap * bool(line) + name, "head"), (value, "value")]
    return [line]


def _machine_block(machine: MachineView, width: int, bars: str) -> list[Line]:
    """The machine in a line for each figure, with how it came about."""
    status = machine.status
    spent = sorted(status.action_ns, key=lambda pair: -pair[1])
    took = f"actions took {', '.join(f'{name} {format_us(ns / 1000)}' for name, ns in spent if ns) or 'no time'}"
    moved = format_bytes(status.moved_bytes)
    rows = [
        (
            "saved",
            f"{format_bytes(status.saved_bytes)}, at most {format_bytes(status.saved_peak_bytes)}, "
            f"{_byte_seconds(status.saved_byte_s)} in all",
            machine.saved,
        ),
        ("refaults", f"{count(status.refaults)}, {count(machine.refaults_per_s)}/s", machine.refaults),
        (
            "slowdown",
            f"{format_percent(100 * machine.slowdown)}{' of ' * bool(machine.slowest)}{machine.slowest}",
            machine.slowdowns,
        ),
        (
            "PSI",
            f"{format_percent(status.psi_some_avg10)} of 10 s, {format_us(status.psi_some_us)} in all",
            machine.psi,
        ),
        ("moved", _first_fitting(width - _TITLE - 2, f"{moved} to and from swap, files and nodes; {took}", moved), ()),
    ]
    wide = max(len(text) for _, text, series in rows if series) + 2 if any(series for *_, series in rows) else 0
    room = width - _TITLE - 2 - wide
    lines = []
    for name, text, series in rows:
        bar = _spark("", series, room, bars) if series else []
        lines.append(_described(name, [(text.ljust(wide) if bar else text, "value"), *bar], indent=0))
    return lines


def _byte_seconds(value: float) -> str:
    return f"{'-' if value < 0 else ''}{format_bytes(abs(value))} s"


def _described(name: str, pieces: Sequence[Text], *, indent: int = 2) -> Line:
    return [(" " * indent + name.ljust(_TITLE + 2 - indent), "head"), *pieces]


def _spark(before: str, series: Sequence[float], room: int, bars: str, *, top: float | None = None) -> list[Text]:
    cells = min(_SPARK_MOST, room - len(before) - 1)
    if cells < 4 or not series:
        return []
    return [(before, "head"), (sparkline(series[-cells:], min(cells, len(series)), top=top, bars=bars), "spark")]


def _first_fitting(room: int, *texts: str) -> str:
    return next((text for text in texts if len(text) <= room), texts[-1])


def _constant(series: Sequence[float]) -> bool:
    return all(value == series[0] for value in series)
