"""Ticks lie at round places, far enough apart to be read."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damotui.render.ticks import (
    BYTE_STEPS,
    TIME_STEPS,
    Tick,
    byte_ticks,
    format_size,
    format_time,
    step_at_least,
    time_ticks,
)

MIB = 1 << 20


def test_steps_rise():
    for steps in (BYTE_STEPS, TIME_STEPS):
        assert list(steps) == sorted(set(steps))
    assert all(step % 4096 == 0 for step in BYTE_STEPS)


@pytest.mark.parametrize(("smallest", "step"), [(1, 4096), (4097, 8192), (3 * MIB, 5 * MIB), (600 * MIB, 1 << 30)])
def test_step_at_least(smallest, step):
    assert step_at_least(smallest, BYTE_STEPS) == step


def test_steps_go_on_beyond_the_table():
    assert step_at_least(3 * BYTE_STEPS[-1], BYTE_STEPS) == 4 * BYTE_STEPS[-1]


def test_byte_ticks():
    assert byte_ticks(100 * MIB, 50, 10) == [
        Tick(0, ""), Tick(10, "20 MiB"), Tick(20, "40 MiB"), Tick(30, "60 MiB"), Tick(40, "80 MiB"),
    ]  # fmt: skip
    assert [tick.label for tick in byte_ticks(1700 * MIB, 50, 10)] == ["", "500 MiB", "1000 MiB", "1500 MiB"]
    assert byte_ticks(0, 50, 10) == byte_ticks(MIB, 0, 10) == []


def test_time_ticks():
    assert time_ticks(7_300_000, 500_000, 20, 4) == [
        Tick(1, "8 s"), Tick(5, "10 s"), Tick(9, "12 s"), Tick(13, "14 s"), Tick(17, "16 s"),
    ]  # fmt: skip
    assert time_ticks(0, 1_000, 0, 4) == time_ticks(0, 0, 10, 4) == []


@given(st.integers(1, 1 << 62), st.integers(1, 300), st.integers(1, 20))
def test_byte_ticks_keep_their_distance(span, cells, spacing):
    ticks = byte_ticks(span, cells, spacing)
    assert [tick.at for tick in ticks] == sorted({tick.at for tick in ticks})
    assert all(b.at - a.at >= spacing for a, b in itertools.pairwise(ticks))
    assert ticks[0].at >= 0 and ticks[-1].at < cells


@given(st.integers(0, 10**12), st.integers(1, 10**9), st.integers(1, 300), st.integers(1, 20))
def test_time_ticks_keep_their_distance(start_us, row_us, rows, spacing):
    ticks = time_ticks(start_us, row_us, rows, spacing)
    assert all(b.at - a.at >= spacing for a, b in itertools.pairwise(ticks))
    assert all(0 <= tick.at < rows for tick in ticks)
    assert len({tick.label for tick in ticks}) == len(ticks)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (4096, "4 KiB"),
        (20 * MIB, "20 MiB"),
        (1536 * MIB, "1.5 GiB"),
        (1 << 63, "8 EiB"),
        (1500 * MIB, "1.46 GiB"),
        (1023 * MIB, "1023 MiB"),
        (132 << 10, "132 KiB"),
    ],
)
def test_format_size(size, text):
    assert format_size(size) == text


@pytest.mark.parametrize(
    ("time_us", "step_us", "text"),
    [
        (0, 10, "0 s"),
        (250, 50, "250 us"),
        (1_500, 500, "1.5 ms"),
        (250_000, 50_000, "250 ms"),
        (12_500_000, 500_000, "12.5 s"),
        (12_000_000, 1_000_000, "12 s"),
        (61_500_000, 500_000, "1m01.5s"),
        (90_000_000, 10_000_000, "1m30s"),
        (7_500_000_000, 60_000_000, "2h05m"),
        (7_500_000_000, 500_000, "2h05m00.0s"),
        (-5_000_000, 5_000_000, "-5 s"),
    ],
)
def test_format_time(time_us, step_us, text):
    assert format_time(time_us, step_us) == text
