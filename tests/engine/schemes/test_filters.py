"""Filters keep schemes from memory, or let them take nothing else (section 6.5), end to end."""

from __future__ import annotations

import pytest

from engine.config.model import AddrRange, Filter, Range, Scheme, Target
from engine.engine import Engine
from tests.engine.make import GIB, MIB, engine, kdamond
from tests.engine.running import pid_of, status
from tests.engine.schemes.acting import HALF_COLD, cold, hot, machine, pages, process, ram, scheme

COLD_PAGES = 64 * MIB // 4096


def reject(kind: str, **more: object) -> Filter:
    return Filter(kind, matching=True, allow=False, **more)  # type: ignore[arg-type]


def allow(kind: str, **more: object) -> Filter:
    return Filter(kind, matching=True, allow=True, **more)  # type: ignore[arg-type]


def physical(*schemes: Scheme, kernel: str = "7.1", seconds: int = 5) -> tuple[Engine, int]:
    system = engine(kernel, memory_bytes=GIB)
    pid = pid_of(system, HALF_COLD)
    system.turn_on(0, kdamond(ram(system), ops="paddr", schemes=schemes))
    system.advance(seconds * 1_000_000)
    return system, pid


def test_anon_keeps_files_or_swap() -> None:
    system, pid = physical(scheme("pageout", filters=(reject("anon"), allow("young"))))
    assert process(system, pid).swap_bytes == 0
    assert status(system).schemes[0].sz_applied > 0
    system, pid = physical(scheme("pageout", filters=(allow("anon"),)))
    assert process(system, pid).swap_bytes > 0
    assert status(system).schemes[0].sz_applied > 0


def test_young_pages_are_spared_by_paddr_pageout_even_without_a_filter() -> None:
    """A page that was touched since the last look stays; so a scheme for all regions takes only the cold."""
    system, pid = physical(scheme("pageout"))
    assert pages(system, pid, 1, "swapped") > 0.9 * COLD_PAGES
    assert pages(system, pid, 0, "swapped") < 0.1 * COLD_PAGES
    # Whoever asks for `young` decides.
    system, _ = physical(scheme("pageout", filters=(allow("young"),)))
    assert machine(system).refaults > COLD_PAGES


def test_stat_counts_what_filters_let_through() -> None:
    schemes = [
        scheme("stat", filters=(allow("anon"),)),
        scheme("stat", filters=(reject("anon"),)),
        scheme("stat", filters=(reject("memcg", memcg_path="/"),)),
        scheme("stat", filters=(allow("memcg", memcg_path="/"),)),
    ]
    system, pid = physical(*schemes, seconds=1)
    anonymous, files, nobody, everybody = (s.sz_ops_filter_passed for s in status(system).schemes)
    assert nobody == 0
    assert anonymous + files == everybody > 0
    last = 10 * process(system, pid).rss_bytes
    assert 0.5 * last < everybody <= last


def test_active_and_huge_pages_are_told_apart() -> None:
    deprio = scheme("lru_deprio", filters=(reject("active"),))
    system, pid = physical(scheme("lru_prio"), deprio, seconds=2)
    assert pages(system, pid, 1, "inactive") == 0
    huge = Range(2 * MIB, 2 * MIB)
    system, _ = physical(
        scheme("stat", filters=(allow("hugepage_size", sz=huge),)),
        scheme("stat", filters=(reject("hugepage_size", sz=huge),)),
        seconds=1,
    )
    none, everything = status(system).schemes
    assert none.sz_ops_filter_passed == 0 < everything.sz_ops_filter_passed


def test_an_address_filter_takes_part_of_a_region() -> None:
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, HALF_COLD)
    low, _ = system.machine.processes[pid].space.model.spans[1]
    half = AddrRange(low, low + 32 * MIB)
    schemes = [cold("pageout", filters=(allow("addr", addr=half),))]
    system.turn_on(0, kdamond(Target(pid), schemes=schemes))
    system.advance(8_000_000)
    assert process(system, pid).swap_bytes == pytest.approx(32 * MIB, rel=0.02)
    # Not a page outside of it.
    assert process(system, pid).saved_bytes <= 32 * MIB


def test_a_target_filter_takes_one_process_of_two() -> None:
    system = engine(memory_bytes=GIB)
    one, two = pid_of(system, HALF_COLD), pid_of(system, HALF_COLD)
    schemes = [cold("pageout", filters=(reject("target", target_idx=0),))]
    system.turn_on(0, kdamond(Target(one), Target(two), schemes=schemes))
    system.advance(8_000_000)
    assert process(system, one).saved_bytes == 0
    assert process(system, two).saved_bytes > 60 * MIB


def test_filters_of_pages_are_not_asked_by_madvise() -> None:
    """vaddr asks them for `stat` and migrations only."""
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, HALF_COLD)
    system.turn_on(0, kdamond(Target(pid), schemes=[cold("pageout", filters=(reject("anon"),))]))
    system.advance(8_000_000)
    assert process(system, pid).swap_bytes > 60 * MIB


def test_what_the_young_filter_looked_at_is_old() -> None:
    """The one change that `stat` makes: asking whether pages are young makes them old, as in the kernel."""
    system, pid = physical(cold("stat", age=20, filters=(allow("young"),)), hot("stat"))
    assert pages(system, pid, 1, "young") == 0
    plain, pid = physical(cold("stat", age=20), hot("stat"))
    assert pages(plain, pid, 1, "young") == COLD_PAGES
