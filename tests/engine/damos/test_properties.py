"""What holds for any scheme over any regions."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.damos.apply import apply_schemes
from tests.engine.damos.fakes import FixedMetrics, RecordingActor, installed, moment
from tests.engine.damos.test_apply_naive import CASES, Case, as_table, change, first_regions
from tests.engine.make import EXAMPLES


@EXAMPLES
@given(CASES, st.integers(0, 2**16))
def test_rounds_keep_memory_quotas_and_statistics(case: Case, clock: int) -> None:
    rng = np.random.default_rng(case.seed)
    schemes = installed(*case.schemes, kernel=case.release, ops=case.ops, min_region_sz=case.min_sz)
    targets = first_regions(case, rng)
    before = [scheme.stats for scheme in schemes]
    now_us = passed = clock
    for _ in range(case.rounds):
        change(targets, rng)
        regions, counts = as_table(targets)
        covered = [regions.ranges(target) for target in range(case.targets)]
        charged = [scheme.quota.charged_sz for scheme in schemes]
        at = moment(now_us, passed=passed, min_region_sz=case.min_sz, max_nr_accesses=10)
        actor = RecordingActor()
        apply_schemes(schemes, regions, counts, at, actor=actor, metrics=FixedMetrics(psi_us=now_us))
        assert joined([regions.ranges(target) for target in range(case.targets)]) == joined(covered)
        assert (regions.start < regions.end).all()
        for scheme, was, already in zip(schemes, before, charged, strict=True):
            quota, now = scheme.quota, scheme.stats
            assert all(getattr(now, name) >= getattr(was, name) for name in now.__slots__)
            overdrawn = max(quota.esz, already) + case.min_sz
            if quota.limited and not quota.charges_failures:
                assert quota.charged_sz <= overdrawn
        asked = {(call[0], call[1]) for call in actor.calls}
        assert asked <= {(i, target) for i in range(len(schemes)) for target in range(case.targets)}
        before = [scheme.stats for scheme in schemes]
        now_us += int(rng.integers(1, 600_000))
        passed += int(rng.integers(0, 200))


def joined(covered: list[list[tuple[int, int]]]) -> list[list[tuple[int, int]]]:
    """Ranges per target, with those in one that touch."""
    out = []
    for ranges in covered:
        one: list[tuple[int, int]] = []
        for start, end in ranges:
            if one and one[-1][1] == start:
                one[-1] = (one[-1][0], end)
            else:
                one.append((start, end))
        out.append(one)
    return out
