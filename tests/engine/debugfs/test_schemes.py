"""The file schemes (specification sections 12 and 15.4)."""

from __future__ import annotations

import pytest

from engine.config.model import AccessPattern, Quotas, Range, Scheme, Watermarks, Weights
from engine.debugfs.schemes import scheme_lines
from engine.files.errors import FileError
from engine.versions import kernel_version
from tests.engine.debugfs.face import COUNT_ALL, EVERYTHING, Face

NO_QUOTA = "0 0 0 0 0 0"
NO_MARKS = "0 0 0 0 0"
EXAMPLE = "4096 8192  0 5    10 20    2 10 1073741824 1000 0 0 100 1 5000000 600 500 300"
"""Of the usage document."""


def installed(text: str, kernel: str = "6.1") -> Scheme:
    """The one scheme of a text."""
    (line,) = scheme_lines(text.encode())
    return line.scheme(kernel_version(kernel))


def test_the_example_of_the_usage_document() -> None:
    face = Face()
    assert face.read("schemes") == ""
    shown = "4096 8192 0 5 10 20 2 10 1073741824 1000 0 0 100 1 5000000 600 500 300 0 0 0 0 0\n"
    assert face.rewritten("schemes", f"{EXAMPLE}\n") == shown
    assert installed(EXAMPLE) == Scheme(
        "pageout",
        AccessPattern(Range(4096, 8192), Range(0, 5), Range(10, 20)),
        quotas=Quotas(10, 1 << 30, 1000, Weights(0, 0, 100)),
        watermarks=Watermarks("free_mem_rate", 5_000_000, 600, 500, 300),
    )


@pytest.mark.parametrize(
    ("number", "action"),
    list(enumerate(["willneed", "cold", "pageout", "hugepage", "nohugepage", "stat"])),
)
@pytest.mark.parametrize("kernel", ["5.19", "6.0", "6.12"])
def test_actions_have_the_same_numbers_in_all_kernels(number: int, action: str, kernel: str) -> None:
    assert installed(f"{EVERYTHING} {number} {NO_QUOTA} {NO_MARKS}", kernel).action == action


def test_records_before_the_first_broken_one_are_installed() -> None:
    face = Face()
    one = f"1 2 3 4 5 6 4 0 0 0 1 2 3 {NO_MARKS}"
    shown = f"{one} 0 0 0 0 0\n"
    assert face.rewritten("schemes", f"{one}\n{one}\nabc") == shown * 2
    assert face.rewritten("schemes", one.replace(" ", "\n") + " 99") == shown
    assert face.rewritten("schemes", f"{one} 1 2 3") == shown
    assert face.rewritten("schemes", "1 2 3") == ""


@pytest.mark.parametrize(
    "text",
    ["", "\n", "x", f"-1 2 3 4 5 6 4 {NO_QUOTA} {NO_MARKS}", f"1 2 3 4 5 6 -1 {NO_QUOTA} {NO_MARKS}"],
)
def test_what_is_no_record_clears_all(text: str) -> None:
    face = Face()
    face.write("schemes", COUNT_ALL)
    assert face.rewritten("schemes", text) == ""


def test_256_schemes_are_taken() -> None:
    face = Face()
    assert face.rewritten("schemes", f"{COUNT_ALL}\n" * 257).count("\n") == 256


@pytest.mark.parametrize(
    "text",
    [
        f"{EVERYTHING} 6 {NO_QUOTA} {NO_MARKS}",
        "2 1 2 1 10 1 3 10 1 1 1 1 1 1 1 1 2 3",
        f"2 1 3 4 5 6 4 {NO_QUOTA} {NO_MARKS}",
        f"1 2 4 3 5 6 4 {NO_QUOTA} {NO_MARKS}",
        f"1 2 3 4 6 5 4 {NO_QUOTA} {NO_MARKS}",
        f"{EVERYTHING} 5 {NO_QUOTA} 0 0 100 200 50",
        f"{EVERYTHING} 5 {NO_QUOTA} 0 0 100 50 60",
        f"{COUNT_ALL}\n2 1 3 4 5 6 4 {NO_QUOTA} {NO_MARKS}",
    ],
)
def test_wrong_schemes_are_refused_and_the_former_ones_stay(text: str) -> None:
    face = Face()
    face.write("schemes", EXAMPLE)
    before = face.read("schemes")
    assert face.error("schemes", text) == "EINVAL"
    assert face.read("schemes") == before


def test_numbers_keep_their_lowest_bits() -> None:
    face = Face()
    text = f"18446744073709551617 2 4294967299 4 0 4294967295 4294967301 {NO_QUOTA} 4294967295 0 0 0 0"
    assert face.rewritten("schemes", text) == f"1 2 3 4 0 4294967295 5 {NO_QUOTA} -1 0 0 0 0 0 0 0 0 0\n"


def test_a_file_that_is_read_with_little_room_is_cut_or_refused() -> None:
    face = Face()
    line = f"{COUNT_ALL} 0 0 0 0 0\n"
    face.write("schemes", f"{COUNT_ALL}\n{COUNT_ALL}")
    assert face.read("schemes", 2 * len(line) + 1) == line * 2
    assert face.read("schemes", len(line) + 2) == line + "0"
    for size in (0, 1, 10, len(line) + 1):
        with pytest.raises(FileError, match="Cannot allocate memory"):
            face.read("schemes", size)


@pytest.mark.parametrize(
    ("marks", "kernel", "expected"),
    [
        ("0 9 3 2 1", "6.1", Watermarks()),
        ("1 9 3 2 1", "6.1", Watermarks("free_mem_rate", 9, 3, 2, 1)),
        ("2 9 3 2 1", "6.1", Watermarks("free_mem_rate", 9, *(2**64 - 1,) * 3)),
        ("4294967295 9 3 2 1", "5.19", Watermarks("free_mem_rate", 9, *(2**64 - 1,) * 3)),
        ("2 9 18446744073709551615 2 1", "6.1", Watermarks()),
        (
            "2 9 18446744073709551615 18446744073709551615 18446744073709551615",
            "6.1",
            Watermarks("free_mem_rate", 9, *(2**64 - 1,) * 3),
        ),
        ("2 9 3 2 1", "6.12", Watermarks()),
    ],
)
def test_watermarks_over_an_unknown_metric(marks: str, kernel: str, expected: Watermarks) -> None:
    assert installed(f"{EVERYTHING} 5 {NO_QUOTA} {marks}", kernel).watermarks == expected


@pytest.mark.parametrize(("kernel", "on", "tried"), [("6.1", "monitor_on", 0), ("6.12", "monitor_on_DEPRECATED", 10)])
def test_a_scheme_of_an_unknown_metric_is_never_or_always_active(kernel: str, on: str, tried: int) -> None:
    face = Face(kernel)
    face.write("target_ids", "paddr")
    face.write("init_regions", "0 4096 8192")
    face.write("schemes", f"{EVERYTHING} 5 {NO_QUOTA} 7 100000 600 500 300")
    face.write(on, "on")
    face.engine.advance(1_000_000)
    assert face.stats() == [tried, tried * 4096, 0, 0, 0]


def test_statistics_are_live_kept_after_the_end_and_go_on_in_the_next_run() -> None:
    face = Face()
    face.write("target_ids", "paddr\n")
    face.write("init_regions", "0 4096 8192")
    face.write("schemes", COUNT_ALL)
    face.write("monitor_on", "on")
    # The first sample completes an aggregation, as the context is there since boot.
    face.engine.advance(300_000)
    assert face.stats() == [3, 3 * 4096, 0, 0, 0]
    face.engine.advance(200_000)
    assert face.stats() == [5, 5 * 4096, 0, 0, 0]
    face.write("monitor_on", "off")
    assert face.stats() == [5, 5 * 4096, 0, 0, 0]
    face.engine.advance(1_000_000)
    face.write("target_ids", "paddr\n")
    face.write("init_regions", "0 4096 8192")
    assert face.stats() == [5, 5 * 4096, 0, 0, 0]
    face.write("monitor_on", "on")
    assert face.stats() == [5, 5 * 4096, 0, 0, 0]
    face.engine.advance(200_000)
    assert face.stats() == [7, 7 * 4096, 0, 0, 0]
    face.write("monitor_on", "off")
    face.write("schemes", COUNT_ALL)
    assert face.stats() == [0, 0, 0, 0, 0]


def test_while_running_schemes_are_looked_at_first() -> None:
    face = Face()
    face.write("target_ids", "paddr\n")
    face.write("monitor_on", "on")
    assert face.error("schemes", f"{EVERYTHING} 6 {NO_QUOTA} {NO_MARKS}") == "EINVAL"
    assert face.error("schemes", COUNT_ALL) == "EBUSY"
    assert face.error("schemes", "") == "EBUSY"
