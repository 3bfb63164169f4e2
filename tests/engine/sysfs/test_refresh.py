"""`refresh_ms`: results that are shown without being asked for."""

from __future__ import annotations

import math

from tests.engine.sysfs.admin import STATE, Admin, C, S


def running(kernel: str = "7.1", refresh_ms: int = 0) -> Admin:
    admin = Admin(kernel)
    admin.one_kdamond("paddr", schemes=1)
    admin.set({f"{C}/targets/0/regions/nr_regions": 1, f"{C}/targets/0/regions/0/start": 4 << 30})
    admin.write(f"{C}/targets/0/regions/0/end", str(5 << 30))
    admin.match_all()
    admin.set({f"{S}/quotas/bytes": 1 << 20, f"{S}/quotas/reset_interval_ms": 100})
    admin.write(STATE, "on")
    if refresh_ms:
        admin.write("kdamonds/0/refresh_ms", str(refresh_ms))
    return admin


def tried(admin: Admin) -> int:
    return int(admin.read(f"{S}/stats/nr_tried"))


def pass_exactly(admin: Admin, us: int) -> None:
    """Let time pass, with all refreshes at their times."""
    sysfs, end = admin.system.sysfs, admin.engine.now_us + us
    sysfs.refresh()
    while admin.engine.now_us < end:
        admin.engine.advance(int(min(end, sysfs.next_refresh_us())) - admin.engine.now_us)
        sysfs.refresh()


def test_without_it_nothing_is_shown_unasked() -> None:
    admin = running()
    pass_exactly(admin, 2_000_000)
    assert tried(admin) == 0
    assert admin.system.sysfs.next_refresh_us() == math.inf


def test_results_are_those_of_the_last_refresh() -> None:
    admin = running(refresh_ms=1_000)
    pass_exactly(admin, 1_000_000)
    status = admin.engine.kdamond_status(0)
    assert status is not None
    shown = tried(admin)
    assert shown == status.schemes[0].nr_tried > 0
    assert admin.read(f"{S}/quotas/effective_bytes") == f"{1 << 20}\n"
    assert admin.read(f"{C}/monitoring_attrs/intervals/sample_us") == "5000\n"
    pass_exactly(admin, 999_999)
    assert tried(admin) == shown
    pass_exactly(admin, 1)
    assert tried(admin) > shown
    assert admin.list(f"{S}/tried_regions") == ["total_bytes"]


def test_it_is_read_live() -> None:
    admin = running()
    admin.advance(1_000_000)
    assert tried(admin) == 0
    admin.write("kdamonds/0/refresh_ms", "100")
    admin.advance(10_000)
    shown = tried(admin)
    assert shown > 0
    admin.write("kdamonds/0/refresh_ms", "0")
    admin.advance(1_000_000)
    assert tried(admin) == shown


def test_tuned_intervals_are_written_over() -> None:
    admin = running()
    admin.write(f"{C}/monitoring_attrs/intervals/sample_us", "7777")
    admin.write("kdamonds/0/refresh_ms", "100")
    admin.advance(200_000)
    assert admin.read(f"{C}/monitoring_attrs/intervals/sample_us") == "5000\n"


def test_what_stopped_is_not_refreshed() -> None:
    admin = running(refresh_ms=100)
    admin.advance(500_000)
    shown = tried(admin)
    admin.write(STATE, "off")
    assert admin.system.sysfs.next_refresh_us() == math.inf
    admin.write(f"{C}/schemes/nr_schemes", "1")
    admin.advance(500_000)
    assert (shown > 0, tried(admin)) == (True, 0)


def test_it_gives_way_to_a_command() -> None:
    admin = running(refresh_ms=10)
    admin.write(f"{S}/apply_interval_us", "60000000")
    admin.write(STATE, "off")
    admin.write(STATE, "on")
    admin.advance(100_000)
    waiting = admin.begin(STATE, "update_schemes_tried_regions")
    admin.write(f"{C}/monitoring_attrs/intervals/sample_us", "7777")
    admin.advance(500_000)
    assert not waiting.done
    assert admin.read(f"{C}/monitoring_attrs/intervals/sample_us") == "7777\n"


def test_older_kernels_have_none() -> None:
    admin = running("6.16")
    admin.advance(1_000_000)
    assert tried(admin) == 0
    assert "refresh_ms" not in admin.list("kdamonds/0")
