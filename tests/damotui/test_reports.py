"""The reports on working sets and accesses: figures against slow and literal references, and against damo's."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.reports import access, heatmap, wss
from damotui.reports.guide import guide
from damotui.reports.windows import working_sets
from engine.config.model import Intervals, IntervalsGoal
from engine.errors import InputError
from engine.records import Record, RecordSnapshot, RecordWriter, read_record
from tests.recordings import HOT_COLD_WARM, MIB, aggregation, by_chance, recorded

DAMO_RECORDINGS = Path(__file__).parents[2].parent / "shared" / "damo-recordings"
needs_damo_recordings = pytest.mark.skipif(
    not DAMO_RECORDINGS.is_dir(), reason="the recordings of damo's own tests are not beside this checkout"
)


@pytest.fixture
def hot_cold_warm(tmp_path: Path) -> tuple[Record, ...]:
    """Five snapshots of 4 MiB at 200 Hz, 60 MiB at 0 and 4 MiB at 100 Hz."""
    return read_record(recorded(tmp_path / "hot", [aggregation(HOT_COLD_WARM, index) for index in range(5)]))


def naive_working_sets(record: Record, skip: int, min_accesses: int, min_size: int, work_time_us: int) -> list[int]:
    """Snapshots put together region by region."""
    sizes, window = [], []
    for snapshot in list(record)[skip:]:
        window.append(snapshot)
        if snapshot.end_ns - window[0].start_ns < work_time_us * 1000:
            continue
        regions: list[list[int]] = []
        for one in window:
            regions = naively_added(regions, one)
        sizes.append(sum(e - s for s, e, n in regions if n >= min_accesses and e - s >= min_size))
        window = []
    return sizes


def naively_added(regions: list[list[int]], snapshot: RecordSnapshot) -> list[list[int]]:
    fresh = list(zip(snapshot.start.tolist(), snapshot.end.tolist(), snapshot.nr_accesses.tolist(), strict=True))
    result = [[s, e, n + max((m for a, b, m in fresh if a < e and s < b), default=0)] for s, e, n in regions]
    for start, end, nr in fresh:
        pieces = [(start, end)]
        for s, e, _ in regions:
            pieces = [p for a, b in pieces for p in ((a, min(b, s)), (max(a, e), b)) if p[0] < p[1]]
        result += [[a, b, nr] for a, b in pieces]
    return result


class TestWss:
    @settings(max_examples=60, deadline=None)
    @given(
        seed=st.integers(0, 10**6),
        skip=st.integers(0, 5),
        work_time_us=st.integers(1, 500_000),
        min_accesses=st.integers(0, 30),
        min_size=st.integers(0, 200_000),
    )
    def test_as_the_naive_way(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        seed: int,
        skip: int,
        work_time_us: int,
        min_accesses: int,
        min_size: int,
    ) -> None:
        path = tmp_path_factory.mktemp("wss") / "r"
        (record,) = read_record(recorded(path, by_chance(seed, 12, pause_every=5)))
        wanted = naive_working_sets(record, skip, min_accesses, min_size, work_time_us)
        assert working_sets(record, skip, min_accesses, min_size, work_time_us) == wanted

    def test_percentiles_are_elements(self, tmp_path: Path) -> None:
        sizes = [7, 1, 4, 2, 9, 3, 8]
        found = [aggregation([(0, 0, s * MIB, 1, 0), (0, s * MIB, 10 * MIB, 0, 0)], i) for i, s in enumerate(sizes)]
        records = read_record(recorded(tmp_path / "r", found))
        (report,) = wss.working_set_sizes(records, skip=2)
        assert [size // MIB for size in report.sizes] == [2, 3, 4, 8, 9]
        assert [report.percentile(p) // MIB for p in (0, 19, 20, 50, 99, 100)] == [2, 2, 3, 4, 9, 9]
        assert report.average == 5.2 * MIB
        (by_time,) = wss.working_set_sizes(records, skip=2, sort="time")
        assert [size // MIB for size in by_time.sizes] == [4, 2, 9, 3, 8]

    def test_targets_are_added_up_in_order_of_size(self, tmp_path: Path) -> None:
        sizes = ((5, 1), (1, 3), (3, 2))
        found = [
            aggregation([(0, 0, a * MIB, 1, 0), (1, 0, b * MIB, 1, 0)], index) for index, (a, b) in enumerate(sizes)
        ]
        records = read_record(recorded(tmp_path / "r", found))
        (report,) = wss.working_set_sizes(records, skip=0)
        assert [size // MIB for size in report.sizes] == [1 + 1, 3 + 2, 5 + 3]
        assert (report.identity, report.nr_targets) == ((0, 0, None, None), 2)
        first, second = wss.working_set_sizes(records, skip=0, per_target=True)
        assert [size // MIB for size in first.sizes] == [1, 3, 5]
        assert second.identity == (0, 0, None, 1)
        (by_time,) = wss.working_set_sizes(records, skip=0, sort="time")
        assert [size // MIB for size in by_time.sizes] == [6, 4, 5]

    def test_kdamonds_are_reported_apart(self, tmp_path: Path) -> None:
        found = [*by_chance(1, 3), *by_chance(2, 3, kdamond=1)]
        reports = wss.working_set_sizes(read_record(recorded(tmp_path / "r", found)), skip=0)
        assert [report.identity[0] for report in reports] == [0, 1]

    def test_too_few_snapshots_all_count_and_it_is_said(self, hot_cold_warm: tuple[Record, ...]) -> None:
        assert wss.render_text(hot_cold_warm, percentiles=(0, 100)).splitlines() == [
            "kdamond 0, context 0, target 0: working set size",
            "5 of 5 snapshots",
            "note: too few to leave out the first 20, so regions that had yet to adapt count too",
            "   average  8.0 MiB",
            "percentile",
            "         0  8.0 MiB |****************************************|",
            "       100  8.0 MiB |****************************************|",
        ]
        assert wss.to_json(hot_cold_warm)["wss"][0]["skipped_snapshots"] == 0
        twenty_one = "4 of 5 snapshots: without the first 1, as regions adapt then"
        assert wss.render_text(hot_cold_warm, skip=1, raw=True).splitlines()[1] == twenty_one

    def test_no_working_set(self, tmp_path: Path) -> None:
        records = read_record(recorded(tmp_path / "r", [aggregation([(0, 0, MIB, 0, 0)])]))
        assert wss.render_text(records, percentiles=(50,)).splitlines()[-1] == f"        50  0 B |{'':40}|"

    def test_what_can_not_be_reported(self, hot_cold_warm: tuple[Record, ...]) -> None:
        with pytest.raises(InputError, match="don't span a work time of 1 m: give less"):
            wss.render_text(hot_cold_warm, work_time_us=60_000_000)
        with pytest.raises(InputError, match="'heat' is no order of working set sizes: give size or time"):
            wss.render_text(hot_cold_warm, sort="heat")
        with pytest.raises(InputError, match="-1 snapshots can't be skipped"):
            wss.render_text(hot_cold_warm, skip=-1)


class TestAccess:
    def test_table(self, tmp_path: Path) -> None:
        aged = [(*region[:4], age) for region, age in zip(HOT_COLD_WARM, (24, 600, 0), strict=True)]
        records = read_record(recorded(tmp_path / "r", [aggregation(HOT_COLD_WARM, 0), aggregation(aged, 1)]))
        assert access.render_text(records).splitlines() == [
            "kdamond 0, context 0, target 0: snapshot 1 of 2, 100 ms to 200 ms of the record",
            "sample 5 ms, aggr 100 ms: at most 200 Hz can be seen",
            "region      address      size  access                      age",
            "     0  0x100000000   4.0 MiB  200 Hz  100 % ##########  2.4 s",
            "     1  0x100400000  60.0 MiB    0 Hz    0 %               1 m",
            "     2  0x104000000   4.0 MiB  100 Hz   50 % #####        0 us",
            "total 68.0 MiB in 3 regions, accessed 8.0 MiB",
            "memory bandwidth, roughly: 1.2 GiB per second",
        ]

    def test_order_and_limit(self, hot_cold_warm: tuple[Record, ...]) -> None:
        def listed(**what: object) -> list[int]:
            (one,) = access.to_json(hot_cold_warm, **what)["snapshots"]  # type: ignore[arg-type]
            return [region["index"] for region in one["regions"]]

        assert listed(sort="access") == [0, 2, 1]
        assert listed(sort="size", limit=1) == [1]
        assert listed(sort="age") == listed() == [0, 1, 2]
        assert "and 2 more regions" in access.render_text(hot_cold_warm, limit=1)
        with pytest.raises(InputError, match="'heat' is no order of regions: give address, size, access, age"):
            listed(sort="heat")

    def test_which_snapshot(self, hot_cold_warm: tuple[Record, ...]) -> None:
        assert [one.index for one in access.snapshots(hot_cold_warm)] == [4]
        assert [one.index for one in access.snapshots(hot_cold_warm, snapshot=1)] == [1]
        assert [one.index for one in access.snapshots(hot_cold_warm, snapshot=None)] == [0, 1, 2, 3, 4]
        with pytest.raises(InputError, match=r"snapshot 5 is not in the record: kdamond 0, .* has 0 to 4"):
            access.snapshots(hot_cold_warm, snapshot=5)

    def test_figures_after_the_intervals_changed(self, tmp_path: Path) -> None:
        regions = [(0, 0x1000, 0x3000, 4, 2)]
        slow = aggregation(regions, start_us=100_000, end_us=300_000, sample_us=10_000, aggr_us=200_000)
        first, second = access.to_json(
            read_record(recorded(tmp_path / "r", [aggregation(regions), slow])), snapshot=None
        )["snapshots"]
        assert [one["regions"][0]["access_hz"] for one in (first, second)] == [40, 20]
        assert [one["regions"][0]["age_us"] for one in (first, second)] == [200_000, 400_000]
        assert [one["regions"][0]["access_percent"] for one in (first, second)] == [20, 20]
        assert [(one["snapshot"], one["nr_snapshots"]) for one in (first, second)] == [(0, 2), (1, 2)]

    def test_figures_of_auto_tuned_intervals(self, tmp_path: Path) -> None:
        with RecordWriter(tmp_path / "r", intervals_of=lambda k, c: Intervals(goal=IntervalsGoal(aggrs=3))) as writer:
            for sample_us in (5_000, 40_000):
                writer.add(aggregation([(0, 0, 4096, 10, 0)], sample_us=sample_us, aggr_us=20 * sample_us))
        (last,) = access.to_json(read_record(tmp_path / "r"))["snapshots"]
        assert (last["sample_us"], last["aggr_us"]) == (40_000, 800_000)
        assert last["regions"][0]["access_hz"] == 12.5


class TestNothing:
    def test_snapshots_without_regions(self, tmp_path: Path) -> None:
        value = [{"target_id": 0, "snapshots": [{"start_time": 0, "end_time": 10_000, "regions": []}]}]
        (tmp_path / "r").write_text(json.dumps(value))
        records = read_record(tmp_path / "r")
        with pytest.raises(InputError, match="the record holds no regions"):
            heatmap.render_text(records)
        assert heatmap.render_guide(records).splitlines()[1:] == [
            "  time   0 ns to 10000 ns, 10 us",
            "  range 0  0x0 to 0x0, 0 B",
        ]
        assert "total 0 B in 0 regions, accessed 0 B" in access.render_text(records)
        assert wss.to_json(records)["wss"][0]["percentiles"]["100"] == 0

    def test_nothing_to_report(self) -> None:
        for report in (heatmap.render_text, access.render_text, wss.render_text):
            with pytest.raises(InputError, match="holds no snapshots"):
                report(())


@pytest.fixture(scope="module")
def masim() -> tuple[Record, ...]:
    """543 snapshots of a process, without intervals and ages."""
    return read_record(DAMO_RECORDINGS / "damon.data.json_compressed")


@pytest.fixture(scope="module")
def memory() -> tuple[Record, ...]:
    """One snapshot of a whole machine's memory."""
    return read_record(DAMO_RECORDINGS / "damon.data.snapshot.nofilter")


@needs_damo_recordings
class TestFiguresOfDamo:
    """What damo 3.4.3 prints for the recordings of its own tests."""

    @pytest.mark.parametrize(
        ("what", "average", "points"),
        [
            ({}, 113456913, (99979264, 100024320, 100024320, 100028416, 206434304)),
            ({"work_time_us": 10**6}, 133678867, (99987456, 100024320, 100032512, 200032256, 206434304)),
            ({"sort": "time"}, 113456913, (200146944, 100028416, 100012032, 100024320, 100028416)),
        ],
    )
    def test_wss(self, masim: tuple[Record, ...], what: wss.What, average: int, points: tuple[int, ...]) -> None:
        (report,) = wss.working_set_sizes(masim, **what)
        assert int(report.average) == average
        assert (
            tuple(report.percentile(percent) for percent in (0 if what.get("sort") else 1, 25, 50, 75, 100)) == points
        )

    def test_guide(self, masim: tuple[Record, ...]) -> None:
        found = guide(masim)
        assert (found.start_ns, found.end_ns) == (539809434100, 596606618651)
        assert [(r.start, r.end) for r in found.ranges] == [
            (94827419009024, 94827452162048),
            (140271510761472, 140271717171200),
            (140734916239360, 140734916927488),
        ]
        assert found.hottest.start == 140271510761472

    def test_heatmap(self, masim: tuple[Record, ...]) -> None:
        small = {tuple(line.split("\t")[:2]): line.split("\t")[2] for line in
                 heatmap.render_raw(masim, resolution=(3, 6)).splitlines()}  # fmt: skip
        assert len(small) == 18
        for at, heat in {
            ("0", "0"): 10.722458625824785,
            ("0", "34401621"): 10.686397382794755,
            ("18932394850", "172008105"): 8.448082924798783,
            ("37864789700", "172008105"): 7.180379951706988,
        }.items():
            assert float(small[at]) == pytest.approx(heat, rel=1e-9)
        heats = [float(line.split("\t")[2]) for line in heatmap.render_raw(masim).splitlines()]
        observed = [heat for heat in heats if not math.isnan(heat)]
        assert (len(heats), len(observed)) == (250_000, 245_644)
        assert sum(observed) == pytest.approx(2.64014e6, rel=1e-5)
        assert max(observed) == pytest.approx(21, rel=1e-12)

    def test_access(self, memory: tuple[Record, ...]) -> None:
        (one,) = access.to_json(memory)["snapshots"]
        assert (one["nr_regions"], one["sample_us"], one["aggr_us"]) == (132, 5_000, 100_000)
        assert round(one["total_bytes"] / 2**30, 3) == 59.868
        assert round(one["bytes_per_second"] / 2**30, 3) == 75.464
        first, second = one["regions"][:2]
        assert (first["access_hz"], first["age_us"]) == (0, 3_400_000)
        assert (second["end"] - second["start"], second["access_hz"], second["age_us"]) == (8192, 200, 700_000)
        (anonymous,) = access.snapshots(read_record(DAMO_RECORDINGS / "damon.data.snapshot.anon"))
        assert anonymous.bytes_per_second is not None
        assert round(anonymous.bytes_per_second / 2**30, 3) == 10.373

    def test_without_intervals(self, masim: tuple[Record, ...]) -> None:
        text = access.render_text(masim, limit=2)
        assert "the file doesn't tell the intervals" in text and "21 samples" in text
        assert heatmap.to_json(masim, resolution=(1, 1))["unit"] == "samples"
        (one,) = access.to_json(masim)["snapshots"]
        assert one["regions"][0]["access_hz"] is None and one["regions"][0]["age"] is None
