"""The figures of the reports: against slow and literal references, and against what damo 3.4.3 printed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.reports import access, heatmap, wss
from damotui.reports.cells import raw_cells
from damotui.reports.guide import guide
from damotui.reports.heatmap_text import levels
from damotui.reports.plan import plan
from damotui.reports.selection import Selection
from damotui.reports.windows import working_sets
from engine.config.model import Intervals, IntervalsGoal
from engine.errors import InputError
from engine.records import EPOCH_NS, Record, RecordSnapshot, RecordWriter, read_record
from tests.recordings import MIB, aggregation, by_chance, recorded

DAMO_RECORDINGS = Path(__file__).parents[2].parent / "shared" / "damo-recordings"
needs_damo_recordings = pytest.mark.skipif(
    not DAMO_RECORDINGS.is_dir(), reason="the recordings of damo's own tests are not beside this checkout"
)
GIB4 = 4 << 30
HOT_COLD_WARM = [
    (0, GIB4, GIB4 + 4 * MIB, 20, 0),
    (0, GIB4 + 4 * MIB, GIB4 + 64 * MIB, 0, 0),
    (0, GIB4 + 64 * MIB, GIB4 + 68 * MIB, 10, 0),
]


@pytest.fixture
def hot_cold_warm(tmp_path: Path) -> tuple[Record, ...]:
    """Five snapshots of 4 MiB at 200 Hz, 60 MiB at 0 and 4 MiB at 100 Hz."""
    return read_record(recorded(tmp_path / "hot", [aggregation(HOT_COLD_WARM, index) for index in range(5)]))


def naive_cells(
    records: Sequence[Record], time_ns: tuple[int, int], addresses: tuple[int, int], resolution: tuple[int, int]
) -> list[list[float]]:
    """Cell by cell and region by region, in exact fractions."""
    rows, columns = resolution
    step_ns, step = (time_ns[1] - time_ns[0]) // rows, (addresses[1] - addresses[0]) // columns
    heat: list[list[Fraction | None]] = [[None] * columns for _ in range(rows)]
    last_end = None
    for record in records:
        for snapshot, aggr_us in zip(record, record.aggr_us() if record.intervals else [1e6] * 999, strict=False):
            for start, end, nr, age in zip(
                *(getattr(snapshot, c).tolist() for c in ("start", "end", "nr_accesses", "age")), strict=True
            ):
                begin = snapshot.start_ns
                if record.intervals:
                    begin -= max(age, 0) * int(record.intervals.aggr_us) * 1000
                    begin = begin if last_end is None else max(begin, last_end)
                for row in range(rows):
                    low_ns = time_ns[0] + row * step_ns
                    if begin >= low_ns + step_ns or snapshot.end_ns < low_ns:
                        continue
                    for column in range(columns):
                        low = addresses[0] + column * step
                        if start >= low + step or end < low:
                            continue
                        lasted = min(snapshot.end_ns, low_ns + step_ns) - max(begin, low_ns)
                        size = min(end, low + step) - max(start, low)
                        share = Fraction(max(lasted, 0) * size, step_ns * step)
                        heat[row][column] = (heat[row][column] or 0) + nr / (Fraction(aggr_us) / 10**6) * share
            last_end = snapshot.end_ns
    return [[math.nan if one is None else float(one) for one in row] for row in heat]


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


class TestCells:
    def test_damos_figures(self, hot_cold_warm: tuple[Record, ...]) -> None:
        """damo 3.4.3 `report heatmap --output raw --resol 2 4` of such a record."""
        lines = [line.split("\t") for line in heatmap.render_raw(hot_cold_warm, resolution=(2, 4)).splitlines()]
        assert [(time, address) for time, address, _ in lines] == [
            (time, address) for time in ("0", "250000000") for address in ("0", "17825792", "35651584", "53477376")
        ]
        wanted = [47.05882352941177, 0, 0, 23.529411764705884] * 2
        assert [float(heat) for _, _, heat in lines] == pytest.approx(wanted, rel=1e-12)

    @settings(max_examples=40, deadline=None)
    @given(
        seed=st.integers(0, 10**6),
        pause_every=st.integers(0, 4),
        rows=st.integers(1, 9),
        columns=st.integers(1, 9),
        cut=st.tuples(*[st.integers(0, 1_000)] * 4),
    )
    def test_as_the_naive_way(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        seed: int,
        pause_every: int,
        rows: int,
        columns: int,
        cut: tuple[int, int, int, int],
    ) -> None:
        path = tmp_path_factory.mktemp("cells") / "r"
        records = read_record(recorded(path, by_chance(seed, 6, pause_every=pause_every)))
        time_ns = (EPOCH_NS - 300_000_000 + cut[0] * 10**6, EPOCH_NS + 10**9 + cut[1] * 10**6)
        addresses = ((1 << 40) - cut[2] * 999, (1 << 40) + (1 << 19) + cut[3] * 4096)
        cells = raw_cells(records, time_ns, addresses, (rows, columns))
        wanted = naive_cells(records, time_ns, addresses, (rows, columns))
        np.testing.assert_allclose(cells.heat, wanted, rtol=1e-12, atol=0, equal_nan=True)

    def test_many_pairs_are_added_up_in_parts(
        self, hot_cold_warm: tuple[Record, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = raw_cells(hot_cold_warm, (EPOCH_NS, EPOCH_NS + 5 * 10**8), (GIB4, GIB4 + 68 * MIB), (30, 40))
        monkeypatch.setattr("damotui.reports.cells._PAIRS", 50)
        monkeypatch.setattr("damotui.reports.cells._BLOCK", 4)
        parts = raw_cells(hot_cold_warm, (EPOCH_NS, EPOCH_NS + 5 * 10**8), (GIB4, GIB4 + 68 * MIB), (30, 40))
        np.testing.assert_allclose(parts.heat, whole.heat, rtol=1e-13)

    def test_regions_were_so_since_they_have_their_age(self, tmp_path: Path) -> None:
        """After a pause a region counts back to when it got its access rate, but not before the last snapshot."""
        old, young = [(0, 0x1000, 0x2000, 20, 3)], [(0, 0x1000, 0x2000, 10, 1)]
        found = [aggregation(old, 0), aggregation(young, start_us=400_000, end_us=500_000), aggregation(old, 5)]
        records = read_record(recorded(tmp_path / "r", found))
        cells = raw_cells(records, (EPOCH_NS - 4 * 10**8, EPOCH_NS + 6 * 10**8), (0x1000, 0x2000), (10, 1))
        assert cells.heat[:, 0].tolist() == pytest.approx([math.nan] + [200] * 4 + [0, math.nan, 100, 100, 200],
                                                          nan_ok=True)  # fmt: skip

    def test_the_whole_address_space(self, tmp_path: Path) -> None:
        records = read_record(recorded(tmp_path / "r", [aggregation([(0, 0, 2**64 - 1, 20, 0)])]))
        cells = raw_cells(records, (EPOCH_NS, EPOCH_NS + 10**8), (0, 2**64 - 1), (1, 3))
        assert cells.heat.tolist() == [pytest.approx([200, 200, 200])]

    def test_fewer_bytes_than_columns(self, tmp_path: Path) -> None:
        records = read_record(recorded(tmp_path / "r", [aggregation([(0, 8, 12, 20, 0)])]))
        assert raw_cells(records, (EPOCH_NS, EPOCH_NS + 10**8), (8, 12), (1, 80)).heat.shape == (1, 4)

    def test_what_can_not_be_drawn(self, hot_cold_warm: tuple[Record, ...]) -> None:
        for time_ns, addresses, resolution, said in (
            ((5, 5), (0, 1), (1, 1), "time range from 5 ns to 5 ns is empty"),
            ((0, 1), (16, 8), (1, 1), "address range from 0x10 to 0x8 is empty"),
            ((0, 1), (0, 1), (0, 7), "resolution of 0 by 7"),
        ):
            with pytest.raises(InputError, match=said):
                raw_cells(hot_cold_warm, time_ns, addresses, resolution)


class TestGuide:
    def test_ranges_are_what_gaps_of_all_snapshots_leave(self, tmp_path: Path) -> None:
        first = [(0, 100, 200, 0, 4), (0, 300, 400, 3, 0), (0, 600, 700, 0, 0)]
        later = [(0, 100, 220, 0, 0), (0, 280, 400, 5, 0), (0, 400, 650, 0, 0), (0, 650, 700, 0, 0)]
        records = read_record(recorded(tmp_path / "r", [aggregation(first, 0), aggregation(later, 1)]))
        found = guide(records)
        assert [(r.start, r.end) for r in found.ranges] == [(100, 220), (280, 400), (600, 700)]
        assert (found.start_ns, found.end_ns) == (EPOCH_NS - 4 * 10**8, EPOCH_NS + 2 * 10**8)
        assert found.hottest.start == 280
        assert [r.heat for r in found.ranges] == [0, (100 * 3 + 120 * 5) / 120, 0]

    def test_the_target_of_most_bytes_is_drawn(self, tmp_path: Path) -> None:
        records = read_record(
            recorded(tmp_path / "r", [aggregation([(0, 0x1000, 0x2000, 20, 0), (1, 0x1000, 0x4000, 1, 0)])])
        )
        assert plan(records).guide.identity == (0, 0, None, 1)
        assert plan(records, selection=Selection(target=0)).guide.identity == (0, 0, None, 0)
        assert [g.identity for g in plan(records).others] == [(0, 0, None, 0)]
        with pytest.raises(InputError, match=r"nothing of .*target 7; it has .*target 0; .*target 1"):
            plan(records, selection=Selection(target=7))
        with pytest.raises(InputError, match="'coldest' is nothing that can be drawn: give hottest or all"):
            plan(records, draw="coldest")

    def test_nothing_to_report(self) -> None:
        for report in (heatmap.render_text, access.render_text, wss.render_text):
            with pytest.raises(InputError, match="holds no snapshots"):
                report(())


class TestHeatmapText:
    def test_digits_axes_and_legend(self, hot_cold_warm: tuple[Record, ...]) -> None:
        assert heatmap.render_text(hot_cold_warm, resolution=(2, 34)).splitlines() == [
            "kdamond 0, context 0, target 0: access rate by time (down) and address (across)",
            "",
            "        0x100000000            0x104400000",
            "  0 us |99..............................55",
            "250 ms |99..............................55",
            "        68.0 MiB, 2.0 MiB per column, 250 ms per row",
            "",
            ". is 0 Hz, a blank was not observed",
            "1 <=22.2 2 <=44.4 3 <=66.7 4 <=88.9 5 <=111 6 <=133 7 <=156 8 <=178 9 <=200 Hz",
        ]

    def test_it_fits_the_width(self, tmp_path: Path) -> None:
        records = read_record(recorded(tmp_path / "r", by_chance(5, 12, nr_targets=2)))
        for width in (40, 80, 200):
            lines = heatmap.render_text(records, width=width, draw="all").splitlines()
            rows = [line for line in lines if re.match(r" *[\d.]+ [mu]?s \|", line)]
            assert len(rows) == 3 * 40
            assert max(len(row) for row in rows) <= width
            assert max(len(row) for row in rows) >= width - 2
            assert any(line.startswith("not drawn: kdamond 0, context 0, target") for line in lines)
        assert "not drawn: the ranges at" in heatmap.render_text(records)

    def test_colour_changes_no_character(self, hot_cold_warm: tuple[Record, ...]) -> None:
        colored = heatmap.render_text(hot_cold_warm, resolution=(2, 34), color=True)
        assert "\x1b[48;5;229m" in colored
        assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == heatmap.render_text(hot_cold_warm, resolution=(2, 34))

    def test_levels(self) -> None:
        heat = np.array([math.nan, 0, 1e-9, 100 / 9, 11.2, 99, 100])
        assert levels(heat, 100).tolist() == [-1, 0, 1, 1, 2, 9, 9]
        assert levels(np.zeros(2), 0).tolist() == [0, 0]

    def test_nothing_accessed(self, tmp_path: Path) -> None:
        records = read_record(recorded(tmp_path / "r", [aggregation([(0, 0x1000, 0x9000, 0, 0)])]))
        lines = heatmap.render_text(records, resolution=(2, 8)).splitlines()
        assert lines[3].endswith("|........") and lines[-1] == ". is 0 Hz, a blank was not observed"

    def test_json(self, tmp_path: Path) -> None:
        found = [aggregation(HOT_COLD_WARM, 0), aggregation(HOT_COLD_WARM, start_us=300_000, end_us=400_000)]
        records = read_record(recorded(tmp_path / "r", found))
        value = json.loads(json.dumps(heatmap.to_json(records, resolution=(4, 17)), allow_nan=False))
        assert (value["kdamond"], value["target"], value["unit"]) == (0, 0, "hz")
        (grid,) = value["heatmaps"]
        assert (grid["start_ns"], grid["step_ns"], grid["start"], grid["step"]) == (EPOCH_NS, 10**8, GIB4, 4 * MIB)
        assert [row[0] for row in grid["heat"]] == [200, 0, None, 200]
        assert value["max_heat"] == 200
        guides = heatmap.guide_json(records)["guides"]
        assert guides[0]["time_ns"] == {"start": EPOCH_NS, "end": EPOCH_NS + 4 * 10**8}

    def test_guide_text(self, hot_cold_warm: tuple[Record, ...]) -> None:
        assert heatmap.render_guide(hot_cold_warm).splitlines() == [
            "kdamond 0, context 0, target 0",
            "  time   1000000000000 ns to 1000500000000 ns, 500 ms",
            "  range 0  0x100000000 to 0x104400000, 68.0 MiB, the hottest",
        ]


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
