"""The figures of a what-if, worked out by hand."""

from dataclasses import replace

import pytest

from damotui.pacer.branch_frame import BranchFrame
from damotui.pacer.requests import Branch
from damotui.session.differences import SLOWDOWN, Better, Difference, Measure, differences
from damotui.session.side import Side
from damotui.session.whatif import WhatIf
from damotui.session.whatif_meanings import MEANINGS
from damotui.session.whatif_rows import rows_of, whatif_sheet
from damotui.widgets.difference_table import WIDTH, columns_for, header
from engine.config.model import Context, Kdamond, Quotas, Scheme
from engine.errors import InputError
from engine.snapshot import KdamondStatus, MachineStatus, NodeStatus, ProcessStatus, SchemeStats, Snapshot
from engine.workload.library import load_workload

MIB, GIB = 1 << 20, 1 << 30
PAGEOUT, STAT = Scheme("pageout"), Scheme("stat")


def machine(saved=0, byte_s=0.0, moved=0, refaults=0, psi_us=0, action_ns=0):
    return MachineStatus(
        nodes=(NodeStatus(8 * GIB, GIB),), swap_bytes=GIB, swap_free_bytes=GIB, active_bytes=0, inactive_bytes=0,
        huge_bytes=0, psi_some_us=psi_us, psi_some_avg10=0.0, refaults=refaults, saved_bytes=saved,
        saved_byte_s=byte_s, saved_peak_bytes=saved, moved_bytes=moved, action_ns=(("pageout", action_ns), ("stat", 0)),
    )  # fmt: skip


def process(pid, rss, elapsed_us, work_us, *, running=True):
    return ProcessStatus(pid, "p", running, 0, None, "", rss, (), elapsed_us=elapsed_us, work_us=work_us)


def kdamond(checks, regions, stats, schemes=(PAGEOUT,), *, index=0, pid=501):
    config = Kdamond((Context("vaddr", schemes=tuple(schemes)),))
    return KdamondStatus(index, True, pid, config, regions, checks, checks // 1_000, None, tuple(stats), "")


def snapshot(time_us, kdamonds, processes, status):
    return Snapshot(time_us, tuple(kdamonds), tuple(processes), 8 * GIB, GIB, status)


FORKED = snapshot(
    10_000_000,
    [kdamond(10_000, 40, [SchemeStats(10, 100 * MIB, 8, 80 * MIB, 1, 0, 100)])],
    [process(1001, 600 * MIB, 10_000_000, 8_000_000.0)],
    machine(100 * MIB, 500.0 * MIB, 200 * MIB, 1_000, 500_000, 100_000_000),
)
A = snapshot(
    20_000_000,
    [kdamond(30_000, 50, [SchemeStats(30, 300 * MIB, 18, 180 * MIB, 1, 0, 200)])],
    [process(1001, 500 * MIB, 20_000_000, 16_000_000.0)],
    machine(200 * MIB, 2_000.0 * MIB, 300 * MIB, 3_000, 1_500_000, 200_000_000),
)
B = snapshot(
    20_000_000,
    [kdamond(20_000, 25, [SchemeStats(50, 500 * MIB, 38, 380 * MIB, 4, 0, 200)])],
    [process(1001, 250 * MIB, 20_000_000, 13_000_000.0)],
    machine(450 * MIB, 4_000.0 * MIB, 700 * MIB, 6_000, 3_000_000, 600_000_000),
)


def found(forked=FORKED, a=A, b=B, means=(550 * MIB, 400 * MIB)):
    return {(one.group, one.measure.key): one for one in differences(forked, a, b, means)}


def by_key(**snapshots):
    return {key: one for (_, key), one in found(**snapshots).items()}


def test_the_machine_by_hand():
    one = by_key()
    expected = {
        "resident": (500 * MIB, 250 * MIB, "-250.0 MiB", "-50 %", "better"),
        "resident_mean": (550 * MIB, 400 * MIB, "-150.0 MiB", "-27.3 %", "better"),
        "saved": (200 * MIB, 450 * MIB, "+250.0 MiB", "+125 %", "better"),
        "saved_byte_s": (1_500.0 * MIB, 3_500.0 * MIB, "+2.0 GiB s", "+133.3 %", "better"),
        "moved": (100 * MIB, 500 * MIB, "+400.0 MiB", "+400 %", "worse"),
        "refaults": (2_000, 5_000, "+3.0 k", "+150 %", "worse"),
        "refaults_per_s": (200.0, 500.0, "+300/s", "+150 %", "worse"),
        "psi": (0.1, 0.25, "+15 %", "+150 %", "worse"),
    }
    for key, (a, b, change, percent, verdict) in expected.items():
        difference = one[key]
        assert (difference.a, difference.b) == pytest.approx((a, b)), key
        assert (*difference.texts[2:], difference.verdict) == (change, percent, verdict), key


def test_slowdown_is_that_since_the_fork():
    """A: 10 s for 8 s of work; B: 10 s for 5 s of work. Since the start it would be 25 % and 54 %."""
    one = by_key()["slowdown"]
    assert (one.a, one.b) == pytest.approx((0.25, 1.0))
    assert one.texts == ("25 %", "100 %", "+75 %", "+300 %")


def test_a_process_that_waits_all_the_time_is_told_of_within_its_column():
    """A did 5 ms of work in 10 s, and a stall that is counted already goes on beyond this moment."""
    waiting = replace(
        A,
        processes=(process(1001, 0, 20_000_000, 8_005_000.0),),
        machine=machine(psi_us=FORKED.machine.psi_some_us + 10_009_000),
    )
    one = by_key(a=waiting)
    assert one["psi"].a == 1.0 and one["psi"].texts[0] == "100 %"
    assert one["slowdown"].a == pytest.approx(1_999)
    assert one["slowdown"].texts[0] == "199.9 k %" and all(len(text) < 12 for text in one["slowdown"].texts)


def test_slowdown_counts_all_processes_by_their_time():
    later = process(1002, 0, 5_000_000, 5_000_000.0)
    ended = process(1001, 0, 15_000_000, 12_000_000.0, running=False)
    a = replace(A, processes=(ended, later))
    # 5 s + 5 s, for 4 s + 5 s of work; the process that has ended holds no memory.
    one = by_key(a=a)
    assert one["slowdown"].a == pytest.approx(10 / 9 - 1)
    assert one["resident"].a == 0
    assert by_key(a=replace(A, processes=FORKED.processes))["slowdown"].a is None


def test_the_cost_of_monitoring_by_hand():
    one = by_key()
    assert (one["checks"].a, one["checks"].b, one["checks"].verdict) == (2_000.0, 1_000.0, "better")
    assert (one["regions"].a, one["regions"].b, one["regions"].verdict) == (50, 25, "")
    # 100 ms and 500 ms of 10 s.
    assert (one["actions"].a, one["actions"].b) == pytest.approx((0.01, 0.05))
    assert one["checks"].texts == ("2.0 k/s", "1.0 k/s", "-1.0 k/s", "-50 %")


def test_schemes_by_hand():
    one = by_key()
    assert (one["sz_tried"].a, one["sz_tried"].b) == (20 * MIB, 40 * MIB)
    assert (one["sz_applied"].a, one["sz_applied"].b) == (10 * MIB, 30 * MIB)
    assert (one["nr_tried"].a, one["nr_tried"].b) == (2.0, 4.0)
    assert (one["nr_applied"].a, one["nr_applied"].b) == (1.0, 3.0)
    assert (one["qt_exceeds"].a, one["qt_exceeds"].b) == (0, 3)
    assert {group for group, key in found() if key == "sz_tried"} == {"kdamond 0, scheme 0: pageout"}
    assert one["sz_tried"].verdict == ""


def test_a_scheme_of_one_branch_has_no_figure_in_the_other():
    both = [SchemeStats(50, 500 * MIB, 38, 380 * MIB, 4, 0, 200), SchemeStats(5, 50 * MIB)]
    b = replace(B, kdamonds=(kdamond(20_000, 25, both, (STAT, PAGEOUT)),))
    one = found(b=b)
    assert ("kdamond 0, scheme 0: pageout, in B stat", "sz_tried") in one
    only = one["kdamond 0, scheme 1: pageout, in B only", "sz_tried"]
    assert (only.a, only.b, only.change, only.verdict) == (None, 5 * MIB, None, "")
    assert only.texts == ("–", "5.0 MiB/s", "–", "")


@pytest.mark.parametrize(
    "again", [kdamond(4_000, 40, [SchemeStats(2)]), kdamond(99_000, 40, [SchemeStats(2)], pid=502)]
)
def test_what_was_begun_again_counts_from_0(again):
    one = by_key(b=replace(B, kdamonds=(again,)))
    assert one["checks"].b == again.checks / 10
    assert one["nr_tried"].b == pytest.approx(0.2)


def test_another_scheme_in_the_same_place_counts_from_0():
    one = by_key(b=replace(B, kdamonds=(kdamond(20_000, 25, [SchemeStats(4, 90 * MIB, 38)]),)))
    assert (one["nr_tried"].b, one["sz_tried"].b) == (0.4, 9 * MIB)


def test_at_the_fork_itself_there_are_no_rates():
    one = by_key(a=FORKED, b=FORKED)
    assert [one[key].a for key in ("refaults_per_s", "psi", "checks", "sz_tried", "actions")] == [None] * 5
    assert (one["refaults"].a, one["refaults"].verdict) == (0, "same")


def test_a_machine_that_tells_nothing_leaves_its_figures_out():
    silent = [replace(one, machine=None) for one in (FORKED, A, B)]
    keys = {key for _, key in found(*silent)}
    assert "refaults" not in keys and {"resident", "checks", "sz_tried"} <= keys


@pytest.mark.parametrize(
    ("better", "a", "b", "verdict"),
    [
        (Better.LOWER, 100, 99, "better"),
        (Better.LOWER, 100, 101, "worse"),
        (Better.HIGHER, 100, 101, "better"),
        (Better.HIGHER, -2, -1, "better"),
        (Better.NEITHER, 1, 2, ""),
        (Better.NEITHER, 2, 2, "same"),
        (Better.LOWER, 100_000, 100_049, "same"),
        (Better.LOWER, 100_000, 100_051, "worse"),
        (Better.LOWER, 0, 1, "worse"),
        (Better.LOWER, None, 1, ""),
    ],
)
def test_verdicts(better, a, b, verdict):
    assert Difference("", Measure("x", "x", "", str, better), a, b).verdict == verdict


def test_signs_and_percents():
    one = Difference("", SLOWDOWN, -0.04, -0.02)
    assert one.texts == ("-4 %", "-2 %", "+2 %", "+50 %")
    assert Difference("", SLOWDOWN, 0.0, 0.0).texts == ("0 %", "0 %", "0 %", "")
    assert Difference("", SLOWDOWN, 1.0, 1.00001).texts[2:] == ("0 %", "0 %")


class TestWhatIf:
    @pytest.fixture
    def whatif(self):
        committed = (Kdamond((Context("vaddr", schemes=(PAGEOUT,)),)),)
        fuller = Scheme("pageout", quotas=Quotas(sz_bytes=10 * MIB))
        changes = ((0, Kdamond((Context("vaddr", schemes=(fuller,)),))),)
        branch = BranchFrame(2, FORKED, changes, FORKED)
        return WhatIf(Side(load_workload("stairs")), branch, committed)

    def test_names_what_was_changed(self, whatif):
        assert whatif.changes == ("schemes[0].quotas.sz_bytes: 0 B → 10 MiB",)

    def test_averages_resident_memory_over_time(self, whatif):
        """600 MiB at 10 s, straight to 400 MiB at 12 s, straight to 500 MiB at 20 s: (2 × 500 + 8 × 450) / 10."""
        middle = replace(A, time_us=12_000_000, processes=(process(1001, 400 * MIB, 1, 1.0),))
        for a, b in ((middle, middle), (middle, middle), (A, B)):
            whatif.a.live.snapshot, whatif.b.live.snapshot = a, b
            whatif.note(a, b)
        one = {one.measure.key: one for one in whatif.differences()}["resident_mean"]
        assert one.a == pytest.approx(460 * MIB)
        assert one.b == pytest.approx((2 * 500 + 8 * 325) / 10 * MIB)
        assert whatif.elapsed_us == 10_000_000
        assert whatif.side(Branch.B) is whatif.b

    def test_its_sheet_has_plain_numbers(self, whatif):
        whatif.a.live.snapshot, whatif.b.live.snapshot = A, B
        sheet = whatif_sheet(whatif)
        by = {row[1]: row for row in sheet.rows}
        assert by["refaults"] == ["What processes feel", "refaults", "pages", 2_000, 5_000, 3_000, 150.0, "worse"]
        assert dict(sheet.about)["elapsed_us"] == 10_000_000
        with pytest.raises(InputError, match="no what-if runs"):
            whatif_sheet(None)


def test_each_figure_is_explained():
    for difference in differences(FORKED, A, B, (1.0, 1.0)):
        explained = MEANINGS[difference.measure.key]
        assert explained.title == difference.measure.name
        assert dict(explained.facts)["unit"] == difference.measure.unit
        assert {"worked out as", "wanted", "source"} <= {name for name, _ in explained.facts}


def test_headings_stand_above_their_figures():
    rows = rows_of(differences(FORKED, A, B, (1.0, 1.0)))
    heads = [row.name for row in rows if not row.key[1]]
    assert heads == ["Memory", "What processes feel", "What it costs", "kdamond 0, scheme 0: pageout"]
    assert rows[0].name == "Memory" and rows[1].texts[0] == "500.0 MiB"
    assert len({row.key for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("width", "columns"), [(WIDTH, (0, 1, 2, 3, 4)), (WIDTH - 1, (0, 1, 2, 4)), (60, (0, 1, 4)), (36, (0, 1))]
)
def test_narrow_tables_leave_columns_out(width, columns):
    assert columns_for(width) == columns
    assert len(header(width)) <= width
