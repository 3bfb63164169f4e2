"""Writing damo's record files: what is written is read again, whole or not at all."""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.model import Intervals, IntervalsGoal
from engine.errors import InputError
from engine.records import EPOCH_NS, RecordWriter, read_record
from engine.records.deflate import DeflatePart, write_zlib
from engine.records.model import joined
from tests.recordings import aggregation, by_chance, recorded


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


class TestRoundTrip:
    def test_every_target_of_every_kdamond_is_a_record(self, tmp_path: Path) -> None:
        first, second = list(by_chance(1, 4, nr_targets=2)), list(by_chance(2, 3, kdamond=1))
        records = read_record(recorded(tmp_path / "r", [*first, *second]))
        assert [r.identity for r in records] == [(0, 0, None, 0), (0, 0, None, 1), (1, 0, None, 0)]
        assert [r.nr_snapshots for r in records] == [4, 4, 3]
        for record, aggregations in zip(records, (first, first, second), strict=True):
            for snapshot, found in zip(record, aggregations, strict=True):
                mine = found.target == record.target_id
                assert snapshot.start_ns == EPOCH_NS + 1000 * found.start_us
                assert snapshot.end_ns == EPOCH_NS + 1000 * found.end_us
                assert snapshot.total_bytes == int((found.end - found.start)[mine].sum())
                for column in ("start", "end", "nr_accesses", "age"):
                    assert np.array_equal(getattr(snapshot, column), getattr(found, column)[mine]), column

    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_any_regions(self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
        edges = st.lists(st.integers(0, 2**64 - 1), min_size=2, max_size=12, unique=True).map(sorted)
        counts = st.tuples(st.integers(0, 2**32), st.integers(0, 2**40))
        snapshots = []
        for _ in range(data.draw(st.integers(1, 4))):
            regions = []
            for target in range(data.draw(st.integers(0, 3))):
                points = data.draw(edges)
                regions += [(target, a, b, *data.draw(counts)) for a, b in zip(points[::2], points[1::2], strict=False)]
            snapshots.append(regions)
        path = tmp_path_factory.mktemp("any") / "r"
        records = read_record(recorded(path, [aggregation(s, i) for i, s in enumerate(snapshots)]))
        for record in records:
            wanted = [[r[1:] for r in regions if r[0] == record.target_id] for regions in snapshots]
            got = [
                list(zip(*(getattr(s, c).tolist() for c in ("start", "end", "nr_accesses", "age")), strict=True))
                for s in record
            ]
            assert got == [w for w in wanted if w]
        assert {r.target_id for r in records} == {r[0] for regions in snapshots for r in regions}

    def test_new_intervals_begin_a_new_record(self, tmp_path: Path) -> None:
        regions = [(0, 0x1000, 0x3000, 1, 0)]
        slow = aggregation(regions, start_us=100_000, end_us=300_000, sample_us=10_000, aggr_us=200_000)
        first, second = read_record(recorded(tmp_path / "r", [aggregation(regions), slow]))
        assert first.intervals is not None and second.intervals is not None
        assert (first.intervals.sample_us, first.intervals.aggr_us) == (5_000, 100_000)
        assert (second.intervals.sample_us, second.intervals.aggr_us) == (10_000, 200_000)
        assert first.identity == second.identity
        whole = joined([first, second])
        assert whole.nr_snapshots == 2 and whole.first.tolist() == [0, 1, 2] and whole.start.tolist() == [0x1000] * 2

    def test_auto_tuned_intervals_stay_in_one_record(self, tmp_path: Path) -> None:
        regions = [(0, 0x1000, 0x3000, 1, 0)]
        goal = IntervalsGoal(access_bp=400, aggrs=3, min_sample_us=5_000, max_sample_us=10_000_000)
        with RecordWriter(tmp_path / "r", intervals_of=lambda kdamond, context: Intervals(goal=goal)) as writer:
            writer.add(aggregation(regions))
            writer.add(aggregation(regions, start_us=100_000, end_us=300_000, sample_us=10_000, aggr_us=200_000))
        (record,) = read_record(tmp_path / "r")
        assert record.intervals is not None and record.intervals.tuned and record.intervals.access_bp == 400
        assert record.sample_us.tolist() == [5_000, 10_000]
        assert record.aggr_us().tolist() == [100_000, 200_000]

    def test_intervals_of_gives_the_update_interval(self, tmp_path: Path) -> None:
        with RecordWriter(tmp_path / "r", intervals_of=lambda k, c: Intervals(update_us=1_000_000 + k)) as writer:
            writer.add(aggregation([(0, 0, 4096, 0, 0)], kdamond=7))
        (record,) = read_record(tmp_path / "r")
        assert record.intervals is not None and record.intervals.ops_update_us == 1_000_007

    def test_nothing_found_is_an_empty_list(self, tmp_path: Path) -> None:
        assert read_record(recorded(tmp_path / "r", [aggregation([])])) == ()

    def test_same_aggregations_same_bytes(self, tmp_path: Path) -> None:
        one, other = (recorded(tmp_path / name, by_chance(3, 5, nr_targets=2)) for name in "ab")
        assert one.read_bytes() == other.read_bytes()

    def test_views_and_negative_indices(self, tmp_path: Path) -> None:
        (record,) = read_record(recorded(tmp_path / "r", by_chance(4, 3)))
        assert record.snapshot(-1).index == 2
        assert record.snapshot(1).start.base is record.start
        with pytest.raises(IndexError):
            record.snapshot(3)


class TestWriting:
    def test_nothing_is_there_until_it_is_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "r"
        writer = RecordWriter(path)
        writer.add(next(by_chance(1)))
        assert not path.exists()
        writer.close()
        assert os.listdir(tmp_path) == ["r"]
        assert len(read_record(path)) == 1
        writer.close()

    def test_memory_does_not_grow_with_the_recording(self, tmp_path: Path) -> None:
        import tracemalloc

        with RecordWriter(tmp_path / "r") as writer:
            for one in by_chance(1, 5, nr_regions=100):
                writer.add(one)
            tracemalloc.start()
            try:
                for one in by_chance(2, 60, nr_regions=100):
                    writer.add(one)
                kept, _ = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
        assert kept < 100_000
        assert (tmp_path / "r").stat().st_size > 150_000
        assert writer.nr_snapshots == 65 and writer.nr_regions == sum(r.nr_regions for r in read_record(tmp_path / "r"))

    def test_an_existing_file_is_kept(self, tmp_path: Path) -> None:
        path = written(tmp_path / "r", b"precious")
        with pytest.raises(InputError, match=r"r: exists already and is kept"):
            RecordWriter(path)
        with RecordWriter(path, force=True) as writer:
            writer.add(next(by_chance(1)))
            assert path.read_bytes() == b"precious"
        assert read_record(path)[0].nr_snapshots == 1

    def test_a_file_that_appears_meanwhile_is_kept_too(self, tmp_path: Path) -> None:
        path = tmp_path / "r"
        writer = RecordWriter(path)
        writer.add(next(by_chance(1)))
        path.write_bytes(b"precious")
        with pytest.raises(InputError, match="what was recorded is in") as caught:
            writer.close()
        assert path.read_bytes() == b"precious"
        assert read_record(str(caught.value).rsplit(" ", 1)[1])[0].nr_snapshots == 1

    @pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
    def test_interrupted_it_writes_what_it_has(self, tmp_path: Path, error: type[BaseException]) -> None:
        with pytest.raises(error), RecordWriter(tmp_path / "r") as writer:
            writer.add(next(by_chance(1)))
            raise error
        assert read_record(tmp_path / "r")[0].nr_snapshots == 1

    def test_failed_it_leaves_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(RuntimeError), RecordWriter(tmp_path / "r") as writer:
            writer.add(next(by_chance(1)))
            raise RuntimeError
        assert os.listdir(tmp_path) == []
        with pytest.raises(ValueError, match="closed"):
            writer.add(next(by_chance(1)))

    def test_nowhere_to_write(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"no/r: can't be written \(No such file or directory\)"):
            RecordWriter(tmp_path / "no" / "r")
        with pytest.raises(InputError, match="no regular file"):
            RecordWriter(tmp_path, force=True)
        with pytest.raises(InputError, match="no regular file"):
            RecordWriter(os.devnull, force=True)

    def test_a_disk_that_fails(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(self: DeflatePart, text: bytes) -> None:
            raise OSError(28, "No space left on device")

        with pytest.raises(InputError, match="No space left on device"), RecordWriter(tmp_path / "r") as writer:
            monkeypatch.setattr(DeflatePart, "write", full)
            writer.add(next(by_chance(1)))
        assert os.listdir(tmp_path) == []

    def test_the_text_is_what_damo_reads(self, tmp_path: Path) -> None:
        path = recorded(tmp_path / "r", [aggregation([(0, 4096, 8192, 7, 3)], 2)])
        assert json.loads(zlib.decompress(path.read_bytes())) == [
            {
                "kdamond_idx": 0,
                "context_idx": 0,
                "intervals": {
                    "sample_us": 5000,
                    "aggr_us": 100000,
                    "ops_update_us": 60000000,
                    "intervals_goal": {"access_bp": 0, "aggrs": 0, "min_sample_us": 0, "max_sample_us": 0},
                },
                "scheme_idx": None,
                "target_id": 0,
                "scheme_filters": [],
                "data_source": "unknown",
                "snapshots": [
                    {
                        "start_time": 1_000_200_000_000,
                        "end_time": 1_000_300_000_000,
                        "total_bytes": 4096,
                        "sample_interval_us": None,
                        "regions": [
                            {
                                "start": 4096,
                                "end": 8192,
                                "nr_accesses": {"samples": 7},
                                "age": {"usec": None, "aggr_intervals": 3},
                                "probe_hits": [],
                                "sz_filter_passed": 0,
                            }
                        ],
                    }
                ],
            }
        ]

    @settings(max_examples=50, deadline=None)
    @given(texts=st.lists(st.tuples(st.booleans(), st.binary(max_size=400)), max_size=6), large=st.integers(0, 70_000))
    def test_parts_make_one_zlib_stream(
        self, tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[bool, bytes]], large: int
    ) -> None:
        folder = tmp_path_factory.mktemp("parts")
        pieces: list[DeflatePart | bytes] = []
        for index, (spooled, text) in enumerate([*texts, (True, b"\xff" * large)]):
            if spooled:
                part = DeflatePart(folder / str(index))
                for begin in range(0, len(text), 100):
                    part.write(text[begin : begin + 100])
                part.finish()
                pieces.append(part)
            else:
                pieces.append(text)
        with (folder / "out").open("wb") as out:
            write_zlib(out, pieces)
        assert zlib.decompress((folder / "out").read_bytes()) == b"".join(t for _, t in texts) + b"\xff" * large
