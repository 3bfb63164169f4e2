"""damo's own parser reads the lines of events back as they were. It is given text alone, in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.config.model import Target
from engine.events import Aggregated, BeforeApply, Event
from engine.trace import Tracing, lines
from tests.engine.make import engine, kdamond
from tests.engine.running import pid_of
from tests.engine.schemes.acting import HALF_COLD
from tests.engine.trace.happening import acting, traced

DAMO = importlib.util.find_spec("damo")
PARSE = """
import json, sys
import _damo_records
records, error = _damo_records.parse_damon_trace(sys.stdin.read(), "perf-script", None)
assert error is None, error
print(json.dumps([
    [record.target_id, [
        [s.end_time, [[r.start, r.end, r.nr_accesses.samples, r.age.aggr_intervals] for r in s.regions]]
        for s in record.snapshots
    ]]
    for record in records
]))
"""

pytestmark = pytest.mark.skipif(DAMO is None, reason="damo is not installed for this Python")


def parsed(text: list[str], tmp_path: Path) -> dict[int, list[Any]]:
    """What damo makes of lines: of each target, the end in nanoseconds and the regions of each snapshot."""
    assert DAMO is not None and DAMO.submodule_search_locations
    done = subprocess.run(
        [sys.executable, "-c", PARSE],
        cwd=DAMO.submodule_search_locations[0],
        input="\n".join(text),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def rows(*columns: Any) -> list[list[int]]:
    return [list(row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def snapshots_of(events: list[Event]) -> dict[int, list[Any]]:
    """The same of the events themselves."""
    targets: dict[int, list[Any]] = {}
    for event in events:
        if isinstance(event, Aggregated):
            a = event.aggregation
            for target in sorted(set(a.target.tolist())):
                of = a.target == target
                regions = rows(a.start[of], a.end[of], a.nr_accesses[of], a.age[of])
                targets.setdefault(target, []).append([event.time_us * 1_000, regions])
    return targets


def near(one: dict[int, list[Any]], other: dict[int, list[Any]]) -> bool:
    """Whether both hold the same, and times to the microsecond: damo reads them as floating-point numbers."""
    return one.keys() == other.keys() and all(
        [regions for _, regions in one[target]] == [regions for _, regions in other[target]]
        and all(abs(a[0] - b[0]) < 1_000 for a, b in zip(one[target], other[target], strict=True))
        for target in one
    )


def test_snapshots_of_several_targets_among_all_other_events(tmp_path: Path) -> None:
    system, config = acting("7.1")
    second = engine("7.1")
    pids = [pid_of(second, HALF_COLD) for _ in range(2)]
    for one, parameters in ((system, config), (second, kdamond(*(Target(pid) for pid in pids)))):
        reader, events = Tracing(one).open(), traced(one)
        one.turn_on(0, parameters)
        one.advance(2_000_000)
        # damo takes damos_before_apply for regions of a snapshot, too.
        text = [line for line in reader.take() if "before_apply" not in line]
        got, expected = parsed(text, tmp_path), snapshots_of(events)
        assert len(got) == (1 if one is system else 2)
        assert all(len(snapshots) > 8 for snapshots in got.values())
        assert near(got, expected)


def test_what_was_lost_leaves_all_other_snapshots_whole(tmp_path: Path) -> None:
    system, config = acting("7.1", tuned=False)
    reader, events = Tracing(system).open(["damon_aggregated"], capacity=150), traced(system)
    system.turn_on(0, config)
    text: list[str] = []
    for pause_us in (300_000, 2_000_000, 300_000, 3_000_000):
        system.advance(pause_us)
        text += reader.read_lines(37)
    text += reader.take()
    assert reader.lost and sum(line.startswith("PERF_RECORD_LOST lost ") for line in text) > 1
    got, expected = parsed(text, tmp_path)[0], snapshots_of(events)[0]
    assert 3 < len(got) < len(expected)
    assert all(snapshot[1] in [regions for _, regions in expected] for snapshot in got)


def test_regions_that_schemes_act_on(tmp_path: Path) -> None:
    system, config = acting("6.12")
    reader, events = Tracing(system).open(["damos_before_apply"]), traced(system)
    system.turn_on(0, config)
    system.advance(1_000_000)
    got = [region for _, regions in parsed(reader.take(), tmp_path)[0] for region in regions]
    applied = [event for event in events if isinstance(event, BeforeApply)]
    assert got == [row for e in applied for row in rows(e.start, e.end, e.nr_accesses, e.age)]
    assert len([line for event in applied for line in lines(event)]) == len(got) > 20
