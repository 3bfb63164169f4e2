"""The figures that always matter: the app's status line, its scheme statistics, and its lines on the machine."""

from __future__ import annotations

from collections.abc import Iterator

from damotui.plain.desk import Desk
from damotui.plain.lines import below, fact
from damotui.session.figures import figures
from damotui.session.live import kdamond_name
from damotui.session.machine_view import MachineView
from damotui.session.scheme_view import SchemeLine
from damotui.session.words import count, pattern
from damotui.widgets.scheme_columns import TWO_LINES
from damotui.widgets.scheme_table import about_machine, about_scheme
from engine.snapshot import ProcessStatus
from engine.units import format_bytes, format_percent
from engine.versions import Feature

_NAMES = {"▶": "time"}
_OF_A_KDAMOND = ("regions", "checks", "working set")
_SHOWN_APART = ("scheme", "state", "pattern")


def status_lines(desk: Desk, kdamonds: list[int]) -> Iterator[str]:
    """Time, speed and memory, and of each kdamond its state and figures."""
    session, live = desk.session, desk.seen.live
    found = [figures(session, live, desk.pace, index) for index in kdamonds or [0]]
    shared: list[str] = []
    own: dict[int, list[str]] = {index: [] for index in kdamonds}
    for index, all_figures in zip(kdamonds or [0], found, strict=True):
        for name, value in (figure.forms[0] for figure in all_figures):
            line = fact(_NAMES.get(name, name.removesuffix(":") or "staged"), value.removeprefix("* "))
            if name in _OF_A_KDAMOND:
                own.setdefault(index, []).append(fact(f"{kdamond_name(index)} {name}", value))
            elif line not in shared:
                shared.append(line)
    yield from shared[:2]
    for index in kdamonds:
        yield _state(desk, index)
        yield from own[index]
    yield from shared[2:]
    if not session.uncommitted():
        yield fact("staged", "all is committed")


def scheme_lines(desk: Desk, index: int) -> Iterator[str]:
    """The statistics of a kdamond's schemes, and what limits them."""
    live = desk.seen.live
    schemes, machine = live.schemes(index), live.machine(index)
    if not schemes:
        yield fact(f"{kdamond_name(index)} schemes", "none")
    for scheme in schemes:
        yield from _scheme(desk, index, scheme, machine)


def machine_lines(desk: Desk, index: int) -> Iterator[str]:
    """What schemes have won and what that costs, as seen beside a kdamond."""
    machine = desk.seen.live.machine(index)
    if machine is not None:
        yield from (fact(name, value) for name, value in about_machine(machine))


def memory_lines(desk: Desk) -> Iterator[str]:
    """Memory, swap and processes of the machine."""
    snapshot = desk.seen.live.snapshot
    if snapshot is None:
        return
    yield fact("kernel", f"Linux {desk.setup.kernel.name}")
    yield fact("memory", format_bytes(snapshot.memory_bytes))
    yield fact("free", format_bytes(snapshot.free_bytes))
    machine = snapshot.machine
    if machine is not None:
        for number, node in enumerate(machine.nodes if len(machine.nodes) > 1 else ()):
            yield fact(f"node {number} free", f"{format_bytes(node.free_bytes)} of {format_bytes(node.total_bytes)}")
        used = machine.swap_bytes - machine.swap_free_bytes
        yield fact("swap used", f"{format_bytes(used)} of {format_bytes(machine.swap_bytes)}")
        yield fact("active list", format_bytes(machine.active_bytes))
        yield fact("inactive list", format_bytes(machine.inactive_bytes))
        yield fact("huge pages", format_bytes(machine.huge_bytes))
    for process in snapshot.processes:
        yield from _process(process)


def _state(desk: Desk, index: int) -> str:
    live = desk.seen.live
    state = live.kdamond_state(index).replace("  ", ", ")
    because = live.ended_because(index)
    return fact(kdamond_name(index), f"{state}: {because}" if because else state)


def _scheme(desk: Desk, index: int, scheme: SchemeLine, machine: MachineView | None) -> Iterator[str]:
    name = f"{kdamond_name(index)} scheme {scheme.index}"
    yield fact(name, f"{scheme.scheme.action} {pattern(scheme.scheme)}")
    yield fact(f"{name} state", scheme.state.text)
    for column in TWO_LINES:
        if column.title in _SHOWN_APART or (column.title == "filter_passed" and not _tells_filter_passed(desk, scheme)):
            continue
        yield fact(f"{name} {column.title}", f"{column.text(scheme)}, {column.per_s(scheme)}")
    yield from (fact(f"{name} {title}", value) for title, value in about_scheme(scheme, machine))


def _tells_filter_passed(desk: Desk, scheme: SchemeLine) -> bool:
    return bool(scheme.scheme.filters) and desk.setup.kernel.has(Feature.STATS_OPS_FILTER_PASSED)


def _process(process: ProcessStatus) -> Iterator[str]:
    name = f"process {process.pid}"
    yield fact(name, f"{process.name}, {(process.phase or 'runs') if process.running else 'ended'}")
    yield from below(
        (
            fact("resident", format_bytes(process.rss_bytes)),
            fact("swapped out", format_bytes(process.swap_bytes)),
            fact("refaults", f"{count(process.refaults)} pages"),
            fact("slowdown", format_percent(100 * process.slowdown)),
        )
    )
