"""The heatmap report: its figures against slow and literal references, and its text."""

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

from damotui.reports import heatmap
from damotui.reports.cells import raw_cells
from damotui.reports.guide import guide
from damotui.reports.heatmap_text import levels
from damotui.reports.plan import plan
from damotui.reports.selection import Selection
from engine.errors import InputError
from engine.records import EPOCH_NS, Record, read_record
from tests.recordings import GIB4, HOT_COLD_WARM, MIB, aggregation, by_chance, recorded


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

    def test_snapshots_out_of_order_take_nothing_off(self, tmp_path: Path) -> None:
        region = [(0, 0x1000, 0x2000, 20, 0)]
        found = [aggregation(region, start_us=0, end_us=300_000), aggregation(region, start_us=100_000, end_us=200_000)]
        records = read_record(recorded(tmp_path / "r", found))
        cells = raw_cells(records, (EPOCH_NS, EPOCH_NS + 6 * 10**8), (0x1000, 0x2000), (1, 1))
        assert cells.heat.tolist() == [[pytest.approx(100)]]

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
        with pytest.raises(InputError, match=r"nothing of target 7; it has kdamond 0, .*target 0; .*target 1"):
            plan(records, selection=Selection(target=7))
        with pytest.raises(InputError, match="'coldest' is nothing that can be drawn: give hottest or all"):
            plan(records, draw="coldest")


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
