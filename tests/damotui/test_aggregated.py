"""Aggregations as records: the same as if they had gone through a file."""

from dataclasses import replace

import numpy as np

from damotui.experiment import load_experiment, start_engine
from damotui.reports.aggregated import records_of
from damotui.reports.heatmap import render_raw
from engine.records import RecordWriter, read_record


def test_they_are_what_a_file_of_them_is_read_as(tmp_path):
    experiment = load_experiment(workload="zigzag")
    (kdamond,) = experiment.kdamonds
    context = kdamond.contexts[0]
    other = replace(context.intervals, sample_us=10_000, aggr_us=200_000)
    engine, found = start_engine(experiment), []
    engine.subscribe(found.append)
    engine.advance(2_000_000)
    engine.commit(0, replace(kdamond, contexts=(replace(context, intervals=other),)))
    engine.advance(2_000_000)
    intervals = [context.intervals, other]
    with RecordWriter(tmp_path / "x.data", intervals_of=lambda k, c: intervals[len(written) > 20]) as writer:
        written = []
        for one in found:
            written.append(one)
            writer.add(one)
    records, read = records_of(found), read_record(tmp_path / "x.data")
    assert {(record.intervals.sample_us, record.intervals.aggr_us) for record in records} == {
        (5_000, 100_000),
        (10_000, 200_000),
    }
    assert sum(record.nr_snapshots for record in records) == len(found) > 20
    assert records[0].end_ns[0] == 100_000_000
    ends = [np.concatenate([one.end_ns for one in some]) for some in (records, read)]
    assert np.array_equal(*(times - times[0] for times in ends))  # the clock of a file begins elsewhere
    for name in ("total_bytes", "start", "end", "nr_accesses", "age"):
        ours, theirs = (np.concatenate([getattr(one, name) for one in some]) for some in (records, read))
        assert np.array_equal(ours, theirs), name
    assert render_raw(records[:1], resolution=(20, 30)) == render_raw(read[:1], resolution=(20, 30))


def test_nothing_becomes_nothing():
    assert records_of([]) == []
