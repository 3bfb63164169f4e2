"""Reading damo's record files: old and new layouts, and what is damaged or no record at all."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InputError
from engine.records import Record, read_record
from engine.records.model import UNKNOWN
from tests.recordings import MIB

KEYS = ["target_id", "snapshots", "regions", "start", "end", "nr_accesses", "samples", "age", "usec"]
KEYS += ["aggr_intervals", "start_time", "end_time", "intervals", "sample_us", "aggr_us", "ops_update_us"]
REGION = {"start": 4096, "end": 8192, "nr_accesses": {"samples": 3}, "age": {"usec": None, "aggr_intervals": 2}}


def packed(value: object) -> bytes:
    return zlib.compress(json.dumps(value).encode())


def of_one_region(region: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    snapshot = {"start_time": 1000, "end_time": 2000, "regions": [region]}
    return [{"target_id": 0, "snapshots": [snapshot]} | fields]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def read_value(tmp_path: Path, value: object) -> Record:
    (record,) = read_record(written(tmp_path / "value", packed(value)))
    return record


class TestReading:
    def test_plain_json(self, tmp_path: Path) -> None:
        text = json.dumps(of_one_region(REGION), indent=4).encode()
        for content in (text, b"\xef\xbb\xbf" + text, b"\n " + text):
            (record,) = read_record(written(tmp_path / "r", content))
            assert record.nr_accesses.tolist() == [3]

    def test_an_old_file_without_intervals_and_ages(self, tmp_path: Path) -> None:
        region = {
            "start": "94,827,419,009,024",
            "end": "94,827,423,150,080",
            "nr_accesses": {"samples": 21, "percent": None},
            "age": {"usec": None, "aggr_intervals": None},
        }
        snapshot = {"start_time": "539809434100", "end_time": "539914032967", "regions": [region]}
        record = read_value(tmp_path, [{"target_id": 18446623438842320000, "snapshots": [snapshot]}])
        assert record.identity == (0, 0, None, 18446623438842320000)
        assert record.intervals is None
        assert record.start.tolist() == [94827419009024] and record.age.tolist() == [UNKNOWN]
        assert record.total_bytes.tolist() == [94827423150080 - 94827419009024]
        assert record.start_ns.tolist() == [539809434100] and record.sample_us.tolist() == [UNKNOWN]

    def test_texts_with_units(self, tmp_path: Path) -> None:
        region = {
            "start": "4 GiB",
            "end": "4,294,971,392",
            "nr_accesses": {"samples": None, "percent": "40 %"},
            "age": {"usec": "1 s 250 ms", "aggr_intervals": None},
        }
        goal = {"access_bp": "400.000000", "aggrs": "3", "min_sample_us": "5 ms", "max_sample_us": "10 s"}
        intervals = {"sample_us": "5 ms", "aggr_us": "100000", "ops_update_us": "1 m", "intervals_goal": goal}
        snapshot = {
            "start_time": "1 h 2 m 3 s",
            "end_time": "1 h 2 m 3 s 100 ms 5 ns",
            "regions": [region],
            "total_bytes": "31.500 MiB",
            "sample_interval_us": "7 ms",
        }
        record = read_value(
            tmp_path, [{"kdamond_idx": None, "scheme_idx": 2, "target_id": None, "intervals": intervals}
                       | {"snapshots": [snapshot]}]
        )  # fmt: skip
        assert record.identity == (0, 0, 2, None)
        assert record.intervals is not None
        assert (record.intervals.sample_us, record.intervals.ops_update_us) == (5_000, 60_000_000)
        assert (record.intervals.access_bp, record.intervals.max_sample_us) == (400, 10_000_000)
        assert (record.start.tolist(), record.end.tolist()) == ([4 << 30], [(4 << 30) + 4096])
        assert (record.nr_accesses.tolist(), record.age.tolist()) == ([8], [12])
        assert record.start_ns.tolist() == [3_723_000_000_000] and record.end_ns.tolist() == [3_723_100_000_005]
        assert record.total_bytes.tolist() == [33_030_144]
        assert record.aggr_us().tolist() == [140_000]

    def test_auto_tuned_intervals_are_told_by_how_long_a_snapshot_lasted(self, tmp_path: Path) -> None:
        goal = {"access_bp": 400, "aggrs": 3, "min_sample_us": 5000, "max_sample_us": 10**7}
        intervals = {"sample_us": 5000, "aggr_us": 100000, "ops_update_us": 10**6, "intervals_goal": goal}
        times = [(0, 91_000_000), (0, 89_000_000), (0, 109_000_000), (0, 300_000_000)]
        snapshots = [{"start_time": a, "end_time": b, "regions": []} for a, b in times]
        record = read_value(tmp_path, [{"target_id": 0, "intervals": intervals, "snapshots": snapshots}])
        assert record.aggr_us().tolist() == [100_000, 89_000, 100_000, 300_000]

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "an empty file"),
            (b"hello", "in no known format"),
            (b"PERFILE2" + bytes(100), "a perf.data file"),
            (gzip.compress(b"x", mtime=0), "a gzip file"),
            (b"damon_recfmt_ver\x02\x00\x00\x00", "old binary format"),
            (
                b"kdamond.0 4452 [000] 82820.952659: damon:damon_aggregated: target_id=0 nr_regions=1 1-2: 0 3",
                "a trace",
            ),
            (b"[{", "line 1, column 3"),
            (b'{"a": \xff}', "bytes that are no text"),
            (zlib.compress(b"[\xff]"), "bytes that are no text"),
            (zlib.compress(b"nothing like it"), "line 1, column 1"),
            (packed([1] * 500)[:-6], "end too early"),
            (packed([1] * 500)[:8] + b"\xff\xff" + packed([1] * 500)[10:], "can't be expanded"),
            (b"[" * 100_000, "its JSON"),
            (packed({"kdamonds": []}), "parameters of kdamonds"),
            (packed([{"contexts": []}]), "parameters of kdamonds"),
            (packed({"a": 1}), "an object where a list of records is expected"),
            (packed("text"), "a text where"),
            (packed([5]), "record 0: it is a number, not an object"),
            (packed([{"snapshots": []}]), "record 0: 'target_id' is missing"),
            (packed([{"target_id": 0}]), "record 0: 'snapshots' is missing"),
            (packed([{"target_id": [], "snapshots": []}]), r"record 0: \[\] is not a number"),
            (packed([{"target_id": 0, "snapshots": 3}]), "snapshots: it is a number, not a list"),
            (packed([{"target_id": 0, "snapshots": [None]}]), "record 0, snapshot 0: it is null"),
            (packed([{"target_id": 0, "snapshots": [{}]}]), "snapshot 0: 'regions' is missing"),
            (packed([{"target_id": 0, "snapshots": [{"regions": []}]}]), "snapshot 0: 'start_time' is missing"),
            (packed([{"target_id": 0, "snapshots": [], "intervals": {}}]), "intervals: 'sample_us' is missing"),
            (
                packed(of_one_region(REGION, intervals={"sample_us": 0, "aggr_us": 1, "ops_update_us": 1})),
                "sample_us and aggr_us must be above 0",
            ),
            (packed(of_one_region(REGION, intervals={"sample_us": "x", "aggr_us": 1})), "'x' is not a time"),
            (packed(of_one_region({"start": 1})), "region 0: 'end' is missing"),
            (packed(of_one_region(REGION | {"age": None})), "region 0: it does not have the fields"),  # type: ignore[arg-type]
            (packed(of_one_region(REGION | {"start": "x"})), "region 0: 'x' is not a size"),
            (packed(of_one_region(REGION | {"start": 8193})), "region 0 ends at 8192, before its start"),
            (packed(of_one_region(REGION | {"end": 2**64})), "does not fit 64 bits"),
            (packed(of_one_region(REGION | {"start": -1})), "below 0"),
            (packed(of_one_region(REGION | {"nr_accesses": {"samples": -1}})), "nr_accesses is -1"),
            (packed(of_one_region(REGION | {"nr_accesses": {"samples": None}})), "neither samples, nor"),
            (packed(of_one_region(REGION | {"nr_accesses": {"samples": True}})), "True is not a number"),
        ],
    )
    def test_what_is_no_record(self, tmp_path: Path, content: bytes, said: str) -> None:
        path = written(tmp_path / "broken", content)
        with pytest.raises(InputError, match=said) as caught:
            read_record(path)
        message = str(caught.value)
        assert message.startswith(f"{path}: ") and "\n" not in message

    def test_what_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"none: can't be read \(No such file or directory\)"):
            read_record(tmp_path / "none")
        with pytest.raises(InputError, match="no regular file"):
            read_record(tmp_path)

    @settings(max_examples=150, deadline=None)
    @given(data=st.data())
    def test_damage_is_told_or_does_no_harm(
        self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
    ) -> None:
        content = bytearray(packed(of_one_region(REGION | {"start": "1,024", "end": 3 * MIB})))
        for _ in range(data.draw(st.integers(1, 3))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path = written(tmp_path_factory.mktemp("damage") / "r", bytes(content[: data.draw(st.integers(0, 400))]))
        try:
            records = read_record(path)
        except InputError:
            return
        assert all(isinstance(record, Record) for record in records)

    @settings(max_examples=150, deadline=None)
    @given(
        value=st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["5 ms", "max", "1,2", "", "x"]),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
            max_leaves=25,
        )
    )
    def test_any_json_is_read_or_told(self, tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
        path = written(tmp_path_factory.mktemp("any") / "r", packed([value]))
        try:
            read_record(path)
        except InputError:
            return
