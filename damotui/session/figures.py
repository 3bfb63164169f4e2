"""The figures of the status line, from what is seen of the engine."""

from __future__ import annotations

import math
from dataclasses import dataclass

from damotui.session.document import Session
from damotui.session.live import Live, clock
from damotui.session.words import count, terse_bytes
from engine.units import format_bytes, format_percent

STUCK_S = 1.0
"""An engine that has not come back for this long is said to be busy."""
_PSI_LEAST = 0.05
"""Less, in percent, is shown as nothing."""
Form = tuple[str, str]
_LEFT_OUT: Form = ("", "")
"""What a figure is, and the figure itself."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, in forms from the longest to the shortest; an empty one leaves it out."""

    forms: tuple[Form, ...]
    action: str = ""
    """What a click on it does."""
    tone: str = ""
    """"good", "bad" or nothing."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes."""

    paused: bool
    speed: float
    """As asked for; infinite for as fast as it goes."""
    achieved: float
    """Simulated seconds per second, lately; 0 if not known."""
    stuck_s: float = 0.0
    """For how many seconds the engine has not come back."""
    frames_per_s: int | None = None
    """What a slow terminal takes; None while it is not slow."""


def figures(session: Session, live: Live, pace: Pace, index: int) -> list[Figure]:
    """Everything that always matters, for kdamond `index`."""
    return [
        _time(live, pace),
        _speed(pace),
        *_branch(session),
        _regions(session, live, index),
        _checks(live, index),
        _bytes(live.working_set_bytes(index), "working set", "wset"),
        _bytes(live.rss_bytes, "resident", "rss"),
        _bytes(live.snapshot.free_bytes if live.snapshot else None, "free", "free"),
        *_slow_terminal(pace),
        *_memory_short(live),
        *_uncommitted(session),
    ]


def speed_name(speed: float) -> str:
    """`0.5×`, `1,000×`, `max`."""
    if math.isinf(speed):
        return "max"
    return f"{speed:,.0f}×" if speed >= 10 else f"{speed:.3g}×"


def _time(live: Live, pace: Pace) -> Figure:
    now = clock(live.time_us)
    if pace.stuck_s >= STUCK_S:
        busy = f"{pace.stuck_s:.0f} s"
        return Figure((("engine busy for", busy), ("busy", busy)), "", "bad")
    if pace.paused:
        return Figure((("paused at", now), ("‖", now)), "pause", "bad")
    return Figure((("▶", now),), "pause", "good")


def _speed(pace: Pace) -> Figure:
    asked = speed_name(pace.speed)
    if pace.paused or not pace.achieved or pace.achieved > 0.9 * pace.speed:
        return Figure((("speed", asked), ("", asked)), "max_speed")
    reached = speed_name(pace.achieved)
    return Figure((("speed", f"{asked} ({reached})"), ("", f"{asked} {reached}"), ("", reached)), "max_speed")


def _regions(session: Session, live: Live, index: int) -> Figure:
    status = live.status(index)
    committed = session.committed[index] if index < len(session.committed) else status.config if status else None
    if status is None or not status.running or committed is None or not committed.contexts:
        return Figure((("regions", "–"),))
    limits = committed.contexts[0].nr_regions
    now = f"{status.nr_regions:,}"
    low, high = (count(limit).replace(" ", "") for limit in (limits.min, limits.max))
    return Figure(
        (
            ("regions", f"{now} of {limits.min:,}–{limits.max:,}"),
            ("regions", f"{now}/{low}–{high}"),
            ("reg", f"{now}/{low}–{high}"),
        )
    )


def _checks(live: Live, index: int) -> Figure:
    rate = count(live.checks_per_s(index))
    return Figure(
        (
            ("checks", f"{rate}/s"),
            ("checks", f"{rate.replace(' ', '')}/s"),
            ("chk", f"{rate.replace(' ', '')}/s"),
            _LEFT_OUT,
        )
    )


def _bytes(size: int | None, name: str, short: str) -> Figure:
    if size is None:
        return Figure(((name, "–"), (short, "–")))
    return Figure(((name, format_bytes(size)), (short, terse_bytes(size))))


def _slow_terminal(pace: Pace) -> list[Figure]:
    """Frames are skipped because the terminal has not taken those before; a sweep of the heatmap is less to draw."""
    if pace.frames_per_s is None:
        return []
    rate = f"{pace.frames_per_s}/s"
    return [Figure((("terminal slow, frames", rate), ("slow, frames", rate), ("slow", rate)), "sweep", "bad")]


def _memory_short(live: Live) -> list[Figure]:
    """What shows that memory is short: swap in use, and time lost by waiting; nothing while there is neither."""
    machine = live.snapshot.machine if live.snapshot else None
    if machine is None:
        return []
    found = []
    if used := machine.swap_bytes - machine.swap_free_bytes:
        found.append(_bytes(used, "swap used", "swap"))
    if (psi := machine.psi_some_avg10) >= _PSI_LEAST:
        found.append(Figure((("PSI", format_percent(psi)), ("PSI", f"{psi:.0f}%")), "", "bad"))
    return found


def _branch(session: Session) -> list[Figure]:
    """Which branch all the others are about, while a what-if runs."""
    if not session.has_branches:
        return []
    branch = session.branch.value
    return [Figure((("what-if:", f"branch {branch}"), ("what-if", branch)), "whatif", "bad")]


def _uncommitted(session: Session) -> list[Figure]:
    if not session.uncommitted():
        return []
    return [Figure((("", "* not committed"), ("", "* staged"), ("", "*")), "commit_all", "bad")]
