"""The files monitor_on and kdamond_pid (specification sections 1.6 and 12)."""

from __future__ import annotations

import pytest

from engine.errors import BusyError
from engine.snapshot import DEBUGFS_FIRST_INDEX
from tests.engine.debugfs.face import COUNT_ALL, Face
from tests.engine.make import kdamond


def test_the_example_of_the_usage_document() -> None:
    face = Face()
    face.write("target_ids", "42")
    assert face.read("kdamond_pid") == "none\n"
    face.write("monitor_on", "on\n")
    assert face.read("monitor_on") == "on\n"
    status = face.engine.kdamond_status(DEBUGFS_FIRST_INDEX)
    assert status is not None and status.pid > 0
    assert face.read("kdamond_pid") == f"{status.pid}\n"
    assert face.read("kdamond_pid", 3) == f"{status.pid}"[:2]
    face.write("monitor_on", "off\n")
    assert (face.read("monitor_on"), face.read("kdamond_pid")) == ("off\n", "none\n")


@pytest.mark.parametrize(
    ("text", "state"),
    [("on", "on\n"), ("o", "on\n"), (" \n on", "on\n"), ("on off", "on\n"), ("on\0x", "on\n")],
)
def test_words_that_turn_on(text: str, state: str) -> None:
    face = Face()
    face.write("target_ids", "42")
    face.write("monitor_on", text)
    assert face.read("monitor_on") == state


@pytest.mark.parametrize("text", ["off", "of", "off ", "\toff\n", "off on"])
def test_words_that_turn_off(text: str) -> None:
    face = Face()
    assert face.error("monitor_on", text) == "EPERM"
    face.write("target_ids", "42")
    face.write("monitor_on", "on")
    face.write("monitor_on", text)
    assert face.read("monitor_on") == "off\n"


@pytest.mark.parametrize("text", ["", "\n", " ", "\0", "onn", "offf", "ON", "o ", " o", "of\n", "1", "x"])
def test_other_words_are_refused(text: str) -> None:
    face = Face()
    face.write("target_ids", "42")
    assert face.error("monitor_on", text) == "EINVAL"
    assert face.read("monitor_on") == "off\n"


def test_on_needs_targets() -> None:
    face = Face()
    assert face.error("monitor_on", "on") == "EINVAL"
    face.write("target_ids", "paddr\n")
    face.write("monitor_on", "on")
    assert face.error("monitor_on", "on") == "EBUSY"


def test_a_context_of_processes_forgets_its_targets_when_it_stops() -> None:
    face = Face()
    face.write("attrs", "1 2 3 4 5")
    face.write("schemes", COUNT_ALL)
    face.write("target_ids", "42 4242")
    face.write("init_regions", "0 1 100")
    face.write("monitor_on", "on")
    assert face.read("target_ids") == "42 4242\n"
    face.write("monitor_on", "off")
    assert (face.read("target_ids"), face.read("init_regions")) == ("\n", "")
    assert face.read("attrs") == "1 2 3 4 5\n"
    assert face.read("schemes").startswith(COUNT_ALL)
    assert face.error("monitor_on", "on") == "EINVAL"


def test_a_context_of_physical_memory_keeps_its_target_and_loses_its_regions() -> None:
    face = Face()
    face.write("target_ids", "paddr\n")
    face.write("init_regions", "0 4096 8192")
    face.write("monitor_on", "on")
    face.engine.advance(1_000_000)
    face.write("monitor_on", "off")
    assert (face.read("target_ids"), face.read("init_regions")) == ("42\n", "")
    face.write("monitor_on", "on")


@pytest.mark.parametrize("path", ["target_ids", "init_regions", "kdamond_pid", "monitor_on"])
def test_an_end_of_its_own_is_seen_whichever_file_is_used(path: str) -> None:
    face = Face()
    face.write("target_ids", "42 4242")
    face.write("init_regions", "1 4096 8192")
    face.write("monitor_on", "on")
    face.engine.advance(200_000)
    face.engine.kill_process(42)
    face.engine.advance(200_000)
    assert face.read("monitor_on") == "on\n"
    face.engine.kill_process(4242)
    face.engine.advance(200_000)
    assert (
        face.read(path)
        == {"target_ids": "\n", "init_regions": "", "kdamond_pid": "none\n", "monitor_on": "off\n"}[path]
    )
    assert face.error("monitor_on", "off") == "EPERM"
    assert face.error("monitor_on", "on") == "EINVAL"


def test_statistics_of_a_run_that_ended_by_itself_are_kept() -> None:
    face = Face()
    face.write("target_ids", "42")
    face.write("init_regions", "0 4096 8192")
    face.write("schemes", COUNT_ALL)
    face.write("monitor_on", "on")
    face.engine.advance(250_000)
    counted = face.stats()
    # The first sample completes an aggregation of one region, as the context is there since boot; two more follow.
    assert counted[0] > 3
    face.engine.kill_process(42)
    face.engine.advance(1_000_000)
    assert face.stats() == counted


def test_processes_that_ended_before_on_end_the_run_at_once() -> None:
    face = Face()
    face.write("target_ids", "42")
    face.engine.kill_process(42)
    face.write("monitor_on", "on")
    assert (face.read("monitor_on"), face.read("target_ids")) == ("off\n", "\n")


def test_one_process_that_ended_before_on_does_not_matter() -> None:
    face = Face()
    face.write("target_ids", "42 4242")
    face.engine.kill_process(42)
    face.write("monitor_on", "on")
    face.engine.advance(200_000)
    assert (face.read("monitor_on"), face.read("target_ids")) == ("on\n", "42 4242\n")


@pytest.mark.parametrize("pid", ["1", "2"])
def test_processes_of_the_system_are_monitored_on_and_on(pid: str) -> None:
    face = Face()
    face.write("target_ids", pid)
    face.write("monitor_on", "on")
    face.engine.advance(500_000)
    assert face.read("monitor_on") == "on\n"


def test_other_kdamonds_and_these_keep_each_other_off() -> None:
    face = Face()
    other = kdamond(ops="paddr")
    face.write("target_ids", "42")
    face.engine.turn_on(0, other)
    assert face.read("monitor_on") == "on\n"
    assert face.read("kdamond_pid") == "none\n"
    assert face.error("monitor_on", "on") == "EBUSY"
    assert face.error("monitor_on", "off") == "EPERM"
    assert face.error("mk_contexts", "foo") == "EBUSY"
    assert face.error("rm_contexts", "foo") == "EBUSY"
    assert face.rewritten("target_ids", "4242") == "4242\n"
    face.write("init_regions", "0 1 2")
    face.engine.turn_off(0)
    face.write("monitor_on", "on")
    with pytest.raises(BusyError):
        face.engine.turn_on(0, other)


def test_targets_are_missed_before_others_that_run() -> None:
    face = Face()
    face.engine.turn_on(0, kdamond(ops="paddr"))
    assert face.error("monitor_on", "on") == "EINVAL"


def test_off_stops_contexts_up_to_the_first_that_does_not_run() -> None:
    face = Face()
    face.write("mk_contexts", "foo")
    face.write("mk_contexts", "bar")
    for path, pid in (("", "paddr"), ("foo/", "42"), ("bar/", "paddr")):
        face.write(f"{path}target_ids", pid)
    face.write("monitor_on", "on")
    face.engine.kill_process(42)
    face.engine.advance(200_000)
    assert face.error("monitor_on", "off") == "EPERM"
    assert (face.read("kdamond_pid"), face.read("foo/kdamond_pid")) == ("none\n", "none\n")
    assert face.read("bar/kdamond_pid") != "none\n"
    assert face.read("monitor_on") == "on\n"
