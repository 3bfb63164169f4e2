"""When watermarks let a scheme be active (specification section 8)."""

from __future__ import annotations

import pytest

from engine.config.model import Watermarks
from engine.damos.watermarks import WatermarkState, free_mem_rate, wait_us
from tests.engine.damos.fakes import FixedMetrics

MARKS = Watermarks("free_mem_rate", 500_000, 700, 500, 200)


@pytest.mark.parametrize(
    ("rates", "active"),
    [
        # As recorded: inactive above high, active once below mid, then up to high; inactive below low.
        ([800, 600, 500, 499, 600, 700, 701, 600], [False, False, False, True, True, True, False, False]),
        ([600, 199, 200, 600], [True, False, True, True]),
        ([500, 701, 500], [True, False, False]),
    ],
)
def test_between_mid_and_high_a_scheme_stays_what_it_was(rates: list[int], active: list[bool]) -> None:
    state = WatermarkState(MARKS)
    for rate, is_active in zip(rates, active, strict=True):
        assert state.check(rate) == (0 if is_active else 500_000)
        assert state.active is is_active


def test_without_a_metric_a_scheme_is_always_active() -> None:
    state = WatermarkState(Watermarks("none", 9, 1, 1, 1), active=False)
    assert state.check(999) == 0
    assert state.active


def test_the_kdamond_waits_only_if_all_schemes_are_inactive() -> None:
    metrics = FixedMetrics(total=1_000, free=800)
    slow, quick = WatermarkState(MARKS), WatermarkState(Watermarks("free_mem_rate", 20_000, 300, 200, 100))
    assert wait_us([slow, quick], metrics) == 20_000
    assert wait_us([slow, WatermarkState(Watermarks()), quick], metrics) == 0
    assert not slow.active
    assert wait_us([], metrics) == 0


def test_free_mem_rate_is_in_permil_and_truncated() -> None:
    assert free_mem_rate(FixedMetrics(total=3, free=2)) == 666
    assert free_mem_rate(FixedMetrics(total=0, free=0)) == 0


def test_a_commit_activates() -> None:
    state = WatermarkState(MARKS)
    state.check(900)
    state.commit(Watermarks("free_mem_rate", 1, 50, 30, 10))
    assert state.active
    assert state.check(51) == 1
