"""The file attrs (specification sections 1.5, 12 and 15.4)."""

from __future__ import annotations

import pytest

from tests.engine.debugfs.face import Face

DEFAULTS = "5000 100000 60000000 10 1000\n"


def test_the_example_of_the_usage_document_reads_back() -> None:
    face = Face()
    assert face.read("attrs") == DEFAULTS
    assert face.rewritten("attrs", "5000 100000 1000000 10 1000\n") == "5000 100000 1000000 10 1000\n"


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("1 2 3 4 5", "1 2 3 4 5\n"),
        ("1 2 3 4 5 6 x", "1 2 3 4 5\n"),
        ("\t1\n2\v3\f4\r5", "1 2 3 4 5\n"),
        ("1 2 3 4 5.5", "1 2 3 4 5\n"),
        ("0 0 0 3 3", "0 0 0 3 3\n"),
        ("9 8 7 3 18446744073709551615", "9 8 7 3 18446744073709551615\n"),
        ("1 2 3 18446744073709551619 18446744073709551626", "1 2 3 3 10\n"),
    ],
)
def test_five_numbers_are_taken(text: str, then: str) -> None:
    assert Face().rewritten("attrs", text) == then


@pytest.mark.parametrize(
    "text",
    ["", "\n", "1 2 3 4", "1 2 3 4 x", "1 2 3 -4 5", "0x1 2 3 4 5", "1.5 2 3 4 5", "1 2 3 2 5", "1 2 3 5 4"],
)
def test_what_is_refused_changes_nothing(text: str) -> None:
    face = Face()
    assert face.error("attrs", text) == "EINVAL"
    assert face.read("attrs") == DEFAULTS


def test_a_sampling_interval_above_the_aggregation_interval_is_refused_from_6_3_on() -> None:
    assert Face("6.1").rewritten("attrs", "9 8 7 3 3") == "9 8 7 3 3\n"
    assert Face("6.12").error("attrs", "9 8 7 3 3") == "EINVAL"


def test_while_running_text_is_looked_at_first_and_bounds_last() -> None:
    face = Face()
    face.write("target_ids", "42")
    face.write("monitor_on", "on")
    assert face.error("attrs", "1 2 3 4") == "EINVAL"
    assert face.error("attrs", "1 2 3 4 5") == "EBUSY"
    assert face.error("attrs", "1 2 3 5 4") == "EBUSY"
    assert face.read("attrs") == DEFAULTS


def test_a_run_has_these_attributes() -> None:
    face = Face()
    face.write("attrs", "1000 20000 300000 4 50")
    face.write("target_ids", "42")
    face.write("monitor_on", "on")
    (kdamond,) = face.engine.snapshot().kdamonds
    assert kdamond.config is not None
    context = kdamond.config.contexts[0]
    intervals = context.intervals
    assert (intervals.sample_us, intervals.aggr_us, intervals.update_us) == (1000, 20000, 300000)
    assert (context.nr_regions.min, context.nr_regions.max) == (4, 50)
