"""The truth beside an aggregation."""

import numpy as np

from engine.config.model import Context, Kdamond, Target
from engine.engine import Engine
from engine.truth import MOST_WINDOWS, TRUE_SCALE, true_aggregation, windows_of
from engine.workload.library import load_workload
from engine.workload.touch import Touched
from engine.workload.truth import touched_share


def heard(workload, seconds, ops="vaddr", **intervals):
    engine = Engine(seed=3)
    pid = engine.start_process(load_workload(workload), loop=True)
    pairs = []
    engine.subscribe(lambda found: pairs.append((found, engine.truth_of(found))))
    engine.turn_on(0, Kdamond(contexts=(Context(ops=ops, targets=(Target(pid=pid),)),)))
    engine.advance(round(seconds * 1e6))
    return engine, pid, pairs


def test_is_what_the_workload_touches_on_average_over_the_windows():
    engine, pid, pairs = heard("stairs", 12.0)
    process = engine.machine.processes[pid]
    spans = process.model.spans
    cells = np.linspace(min(s for s, _ in spans), max(e for _, e in spans), 97).astype(np.uint64)
    highest = 0.0
    for found, true in pairs[::17]:
        assert (true.kdamond, true.start_us, true.end_us) == (found.kdamond, found.start_us, found.end_us)
        edges = np.linspace(found.end_us - 100_000, found.end_us, 21)
        expected = touched_share(process.model, cells[:-1], cells[1:], edges).mean(axis=0)
        share = Touched(true.start, true.end, true.nr_accesses[None] / TRUE_SCALE)
        np.testing.assert_allclose(share.shares_of(cells[:-1], cells[1:])[0], expected, atol=1.5 / TRUE_SCALE)
        highest = max(highest, expected.max())
    assert highest > 0.9


def test_has_sorted_ranges_that_were_touched_and_joins_equal_neighbours():
    _, _, pairs = heard("stairs", 8.0)
    for _, true in pairs:
        assert (true.nr_accesses >= 1).all() and (true.nr_accesses <= TRUE_SCALE).all()
        assert (true.start < true.end).all() and (true.end[:-1] <= true.start[1:]).all()
        alike = (true.end[:-1] == true.start[1:]) & (true.nr_accesses[:-1] == true.nr_accesses[1:])
        assert not alike.any()


def test_asking_for_it_changes_nothing():
    def run(ask):
        engine = Engine(seed=5)
        engine.start_process(load_workload("stairs"), loop=True)
        found = []
        engine.subscribe(lambda one: (found.append(one), ask and engine.truth_of(one)))
        engine.turn_on(0, Kdamond(contexts=(Context(targets=(Target(),)),)))
        engine.advance(5_000_000)
        return [(one.start.tobytes(), one.nr_accesses.tobytes(), one.age.tobytes()) for one in found]

    assert run(True) == run(False)


def test_looks_at_the_last_windows_of_very_many():
    _, _, pairs = heard("stairs", 1.0)
    found, _ = pairs[0]
    assert len(windows_of(found)) == 21
    many = type(found)(**{name: getattr(found, name) for name in found.__slots__} | {"sample_us": 100})
    edges = windows_of(many)
    assert len(edges) == MOST_WINDOWS + 1
    assert edges[-1] == found.end_us and edges[0] == found.end_us - 100 * MOST_WINDOWS


def test_of_nothing_is_nothing():
    _, _, pairs = heard("stairs", 1.0)
    nothing = Touched(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros((1, 0)))
    assert true_aggregation(pairs[0][0], [nothing]).nr_regions == 0
    rare = Touched(np.array([4096], np.uint64), np.array([8192], np.uint64), np.array([[0.0], [1e-6]]))
    assert true_aggregation(pairs[0][0], [rare]).nr_accesses.tolist() == [1]
