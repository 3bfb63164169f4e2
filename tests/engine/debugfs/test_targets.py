"""The files target_ids and init_regions (specification sections 12 and 15.3)."""

from __future__ import annotations

import pytest

from engine.config.model import AddrRange
from tests.engine.debugfs.face import Face


def test_the_examples_of_the_usage_document_read_back() -> None:
    face = Face()
    assert face.read("target_ids") == "\n"
    assert face.rewritten("target_ids", "42 4242\n") == "42 4242\n"
    assert face.rewritten("target_ids", "paddr\n") == "42\n"
    face.write("target_ids", "42 4242\n")
    text = "0   1       100\n        0   100     200\n        1   20      40\n        1   50      100\n"
    assert face.rewritten("init_regions", text) == "0 1 100\n0 100 200\n1 20 40\n1 50 100\n"


@pytest.mark.parametrize("text", [b"", b"p", b"paddr", b"paddr\n", b"paddr\n\0more"])
def test_a_beginning_of_paddr_selects_physical_memory(text: bytes) -> None:
    face = Face(pids=(7,))
    assert face.rewritten("target_ids", text) == "42\n"


@pytest.mark.parametrize("text", ["\n", " ", "x", "paddr ", " paddr", "PADDR", "paddr\n\n", "q", "\0", "- 42", ",42"])
def test_what_begins_with_no_number_clears_the_targets(text: str) -> None:
    face = Face()
    face.write("target_ids", "42")
    assert face.rewritten("target_ids", text) == "\n"


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("42", "42\n"),
        ("4242 42 42", "4242 42 42\n"),
        ("42,4242", "42\n"),
        ("42x", "42\n"),
        ("42 abc 4242", "42\n"),
        ("1 2", "1 2\n"),
        (f"{2**32 + 42}", "42\n"),
        (" 42\t\n4242 ", "42 4242\n"),
        ("42 " * 40, "42 " * 31 + "42\n"),
    ],
)
def test_pids_are_taken_until_something_else_comes(text: str, then: str) -> None:
    assert Face().rewritten("target_ids", text) == then


@pytest.mark.parametrize("text", ["0", "-1", "99", "42 99", "0x2a", "42-1"])
def test_a_pid_without_process_is_refused_and_changes_nothing(text: str) -> None:
    face = Face()
    face.write("target_ids", "4242")
    assert face.error("target_ids", text) == "ENOMEM"
    assert face.read("target_ids") == "4242\n"


def test_while_running_pids_are_looked_at_first() -> None:
    face = Face()
    face.write("target_ids", "42")
    face.write("monitor_on", "on")
    assert [face.error("target_ids", text) for text in ("99", "42", "paddr", "", "\n")] == ["ENOMEM"] + ["EBUSY"] * 4
    assert face.read("target_ids") == "42\n"
    assert face.error("init_regions", "0 1 2") == "EBUSY"
    assert face.error("init_regions", "x") == "EBUSY"
    assert face.error("init_regions") == "EBUSY"


def test_a_process_that_ends_keeps_its_place_until_monitoring_has_ended() -> None:
    face = Face()
    face.write("target_ids", "42 4242")
    face.engine.kill_process(42)
    assert face.read("target_ids") == "42 4242\n"


def test_setting_targets_drops_their_regions() -> None:
    face = Face()
    face.write("target_ids", "42")
    face.write("init_regions", "0 1 2")
    face.write("target_ids", "42")
    assert face.read("init_regions") == ""


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("2 10 20\n 2   20 30\n2 35 45", "2 10 20\n2 20 30\n2 35 45\n"),
        ("2 10 20\n", "2 10 20\n"),
        ("2 10 20\n1 39 59\n1 70 134\n  2  20 25\n", "1 39 59\n1 70 134\n2 10 20\n2 20 25\n"),
        ("", ""),
        ("2 10 20 x", "2 10 20\n"),
        ("2 10 20 1 5", "2 10 20\n"),
        ("2 10 0x20", None),
        ("0 0 18446744073709551615", "0 0 18446744073709551615\n"),
        (f"{2**32} 18446744073709551621 9", "0 5 9\n"),
    ],
)
def test_regions_are_grouped_by_target(text: str, then: str | None) -> None:
    face = Face()
    face.write("target_ids", "42 4242 42")
    if then is None:
        assert face.error("init_regions", text) == "EINVAL"
    else:
        assert face.rewritten("init_regions", text) == then


@pytest.mark.parametrize(
    "text",
    [
        "4 10 20\n",
        "-1 10 20\n",
        "2 10 20\n 2 14 26\n",
        "1 10 20\n2 30 40\n 1 5 8",
        "0 20 20",
        "0 20 10",
        "0 10 20\n42 30 40",
    ],
)
def test_wrong_regions_are_refused_and_all_are_dropped(text: str) -> None:
    face = Face()
    face.write("target_ids", "42 4242 42")
    face.write("init_regions", "0 1 2\n1 1 2")
    assert face.error("init_regions", text) == "EINVAL"
    assert face.read("init_regions") == ""


def test_without_targets_no_region_is_taken() -> None:
    face = Face()
    face.write("init_regions", "\n")
    assert face.error("init_regions", "0 1 2") == "EINVAL"


def test_a_run_begins_with_these_regions_and_only_whole_pages_of_them() -> None:
    face = Face()
    face.write("target_ids", "paddr\n")
    face.write("init_regions", f"0 1 100\n0 100 200\n0 1048576 {2**64 - 1}")
    face.write("monitor_on", "on")
    (kdamond,) = face.engine.snapshot().kdamonds
    assert kdamond.config is not None
    (target,) = kdamond.config.contexts[0].targets
    # The second one is in the page of the first.
    assert target.regions == (AddrRange(1, 100), AddrRange(1 << 20, 2**64 - 4096))


def test_a_region_in_the_last_page_of_all_is_left_out() -> None:
    face = Face()
    face.write("target_ids", "paddr\n")
    face.write("init_regions", f"0 {2**64 - 10} {2**64 - 1}")
    face.write("monitor_on", "on")
    (kdamond,) = face.engine.snapshot().kdamonds
    assert kdamond.config is not None
    assert kdamond.config.contexts[0].targets[0].regions == ()
    assert kdamond.running
