"""Systems whose kdamond is told something through `state`."""

from __future__ import annotations

import pytest

from engine.snapshot import KdamondStatus, SchemeStats
from tests.engine.make import KIB, PAGE
from tests.engine.running import HOT, page_of
from tests.engine.sysfs.admin import STATE, Admin, C, S

BOTH = pytest.mark.parametrize("kernel", ["6.1", "6.12", "6.18", "7.1", "next"])


def running(kernel: str, *, schemes: int = 1, ops: str = "fvaddr", on: bool = True) -> Admin:
    """A system whose kdamond looks at three regions that stay as they are, with schemes that match all of them."""
    admin = Admin(kernel)
    pid = admin.process(HOT)
    admin.one_kdamond(ops, pid=pid, schemes=schemes)
    first = page_of(admin.engine, pid, 0)
    admin.write(f"{C}/targets/0/regions/nr_regions", "3")
    for number in range(3):
        at = f"{C}/targets/0/regions/{number}"
        start = first + number * (100 * KIB + PAGE)
        admin.set({f"{at}/start": start, f"{at}/end": start + 100 * KIB})
    admin.set({f"{C}/monitoring_attrs/nr_regions/{end}": 3 for end in ("min", "max")})
    for scheme in range(schemes):
        admin.match_all(scheme)
    if on:
        admin.write(STATE, "on")
    return admin


def status(admin: Admin) -> KdamondStatus:
    found = admin.engine.kdamond_status(0)
    assert found is not None
    return found


def shown_stats(admin: Admin, scheme: int = 0) -> list[int]:
    at = f"{C}/schemes/{scheme}/stats"
    return [int(admin.read(f"{at}/{name}")) for name in ("nr_tried", "sz_tried", "nr_applied", "qt_exceeds")]


def true_stats(admin: Admin, scheme: int = 0) -> list[int]:
    stats: SchemeStats = status(admin).schemes[scheme]
    return [stats.nr_tried, stats.sz_tried, stats.nr_applied, stats.qt_exceeds]


def sleeping(kernel: str) -> Admin:
    """A system whose kdamond sleeps, as there is more memory free than its scheme is for."""
    admin = running(kernel, on=False)
    marks = {"metric": "free_mem_rate", "interval_us": 500_000, "high": 10, "mid": 5, "low": 1}
    admin.set({f"{S}/watermarks/{name}": value for name, value in marks.items()})
    admin.write(STATE, "on")
    admin.advance(200_000)
    assert status(admin).asleep
    return admin
