"""Values step by step: how far keys go, what follows, and that undo takes it all back."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.presets import all_presets
from damotui.session import tree
from damotui.session.document import Session
from damotui.session.tuning.editing import Stepping
from damotui.session.tuning.leaves import Surroundings, at_scale, leaves_of, scale
from damotui.session.tuning.rows import rows_of
from damotui.session.tuning.steps import Stride, edit_of, stepped
from damotui.session.tuning.typed import judge_typed
from damotui.session.values import judge
from engine.config.model import (
    ULONG_MAX,
    AccessPattern,
    Context,
    Goal,
    Kdamond,
    Quotas,
    Range,
    Scheme,
    Target,
    Watermarks,
    Weights,
)
from engine.config.validate import validate
from engine.errors import InputError
from engine.units import Unit
from engine.versions import kernel_version
from tests.engine.make import EXAMPLES

PATH = (0, "contexts", 0, "schemes", 0)
AROUND = Surroundings(1 << 30, 2)
FULL = Scheme(
    "pageout",
    AccessPattern(Range(4096, ULONG_MAX), Range(0, 2), Range(50, ULONG_MAX)),
    apply_interval_us=1_000_000,
    quotas=Quotas(10, 128 << 20, 1_000, Weights(0, 3, 7), (Goal("some_mem_psi_us", 1_000),)),
    watermarks=Watermarks("free_mem_rate", 5_000_000, 500, 400, 50),
)


def session_of(scheme=FULL, kernel="next"):
    kdamond = Kdamond(contexts=(Context(targets=(Target(),), schemes=(scheme,)),))
    return Session((kdamond,), kernel_version(kernel), lambda request: None)


def leaf(session, label):
    return next(leaf for leaf in leaves_of(session, PATH, AROUND) if leaf.label == label)


def value(session, label):
    return session.get(leaf(session, label).path)


class TestSteps:
    @pytest.mark.parametrize(
        ("label", "start", "up", "stride", "end"),
        [
            ("age.min", 50, True, Stride.NATURAL, 51),
            ("age.min", 50, False, Stride.COARSE, 40),
            ("age.min", 99, True, Stride.NATURAL, 100),
            ("age.min", 100, True, Stride.NATURAL, 110),
            ("age.min", 103, True, Stride.NATURAL, 110),
            ("age.min", 103, False, Stride.NATURAL, 100),
            ("age.min", 100, False, Stride.NATURAL, 99),
            ("age.min", 120, True, Stride.COARSE, 220),
            ("age.min", 120, True, Stride.FINE, 121),
            ("age.min", 5, False, Stride.COARSE, 0),
            ("age.max", 72_000, True, Stride.NATURAL, ULONG_MAX),
            ("age.max", ULONG_MAX, False, Stride.COARSE, 72_000),
            ("age.max", 80_000, False, Stride.NATURAL, 72_000),
            ("nr_accesses.max", 20, True, Stride.NATURAL, ULONG_MAX),
            ("nr_accesses.max", ULONG_MAX, False, Stride.NATURAL, 20),
            ("nr_accesses.min", 20, True, Stride.NATURAL, 20),
            ("nr_accesses.min", 15, True, Stride.COARSE, 20),
            ("sz.min", 4096, True, Stride.NATURAL, 8192),
            ("sz.min", 4096, False, Stride.NATURAL, 0),
            ("sz.min", 1 << 20, True, Stride.COARSE, 8 << 20),
            ("sz.min", 1 << 20, True, Stride.FINE, (1 << 20) + (1 << 16)),
            ("sz.min", 1 << 20, False, Stride.FINE, (1 << 20) - (1 << 15)),
            ("sz.min", 0, True, Stride.FINE, 4096),
            ("sz.min", 1 << 30, True, Stride.NATURAL, 1 << 30),
            ("sz.max", 1 << 30, True, Stride.NATURAL, ULONG_MAX),
            ("apply_interval", 200_000, True, Stride.NATURAL, 500_000),
            ("apply_interval", 200_000, True, Stride.COARSE, 2_000_000),
            ("apply_interval", 200_000, True, Stride.FINE, 210_000),
            ("apply_interval", 100_000, False, Stride.FINE, 99_000),
            ("apply_interval", 3_600_000_000, True, Stride.COARSE, 3_600_000_000),
            ("quota.reset", 1_000, False, Stride.NATURAL, 500),
            ("weight.age", 7, True, Stride.NATURAL, 8),
            ("weight.age", 7, True, Stride.COARSE, 17),
            ("watermark.high", 500, True, Stride.NATURAL, 510),
            ("watermark.high", 505, False, Stride.NATURAL, 500),
            ("watermark.high", 500, True, Stride.FINE, 501),
            ("watermark.high", 950, True, Stride.COARSE, 1_000),
            ("goal[0].target", 1_000, True, Stride.NATURAL, 1_100),
            ("action", "pageout", True, Stride.COARSE, "hugepage"),
            ("watermark.metric", "free_mem_rate", True, Stride.NATURAL, "none"),
        ],
    )
    def test_go_as_far_as_the_key_says(self, label, start, up, stride, end):
        assert stepped(leaf(session_of(), label), start, up, stride) == end

    def test_what_is_beyond_all_steps_stays_there(self):
        found = leaf(session_of(), "watermark.high")
        assert stepped(found, 5_000, True) == 5_000
        assert stepped(found, 5_000, False) == 1_000

    @pytest.mark.parametrize("stride", Stride)
    def test_up_and_down_again_leads_back_to_where_steps_meet(self, stride):
        for one in leaves_of(session_of(), PATH, AROUND):
            if one.choices or (stride is Stride.FINE and one.spec.unit not in (Unit.US, Unit.BYTES)):
                continue
            at, seen = one.least, [one.least]
            while (further := stepped(one, at, True, stride)) != at:
                assert further > at
                at = further
                seen.append(at)
            assert at == one.greatest, one.label
            back = []
            while (less := stepped(one, at, False, stride)) != at:
                assert less < at
                at = less
                back.append(at)
            assert at == one.least, one.label
            if stride is Stride.NATURAL:
                assert back == seen[-2::-1], one.label

    def test_scales_begin_and_end_with_the_steps(self):
        for one in leaves_of(session_of(), PATH, AROUND):
            if one.choices:
                continue
            assert scale(one, one.least) == 0.0 and scale(one, one.greatest) == 1.0
            values = [at_scale(one, share / 50) for share in range(51)]
            assert values == sorted(values)
            assert (values[0], values[-1]) == (one.least, one.greatest)
            if one.top > 100:  # fewer values leave parts of the scale to the one before
                assert all(abs(scale(one, at) - share / 50) < 0.04 for share, at in enumerate(values) if share > 25)


class TestFollowing:
    def test_the_other_end_of_a_range_follows_instead_of_being_crossed(self):
        session = session_of()
        edit = edit_of(session, leaf(session, "nr_accesses.min"), 5)
        assert (edit.path[-1], edit.value, edit.follows) == ("nr_accesses", Range(5, 5), "nr_accesses.max follows: 5")
        edit = edit_of(session, leaf(session, "age.max"), 30)
        assert (edit.value, edit.follows) == (Range(30, 30), "age.min follows: 30")
        edit = edit_of(session, leaf(session, "age.max"), 60)
        assert (edit.path[-1], edit.value, edit.follows) == ("max", 60, "")

    def test_watermarks_keep_their_order(self):
        session = session_of()
        edit = edit_of(session, leaf(session, "watermark.low"), 600)
        assert edit.value == replace(FULL.watermarks, low=600, mid=600, high=600)
        assert edit.follows == "watermark.mid follows: 600, watermark.high follows: 600"
        edit = edit_of(session, leaf(session, "watermark.high"), 300)
        assert edit.value == replace(FULL.watermarks, high=300, mid=300)

    def test_keywords_that_would_be_refused_are_passed_over(self):
        stepping, session = None, session_of()
        stepping = Stepping(session)
        metrics = [value(session, "goal[0].metric")]
        for _ in range(6):
            stepping.step(leaf(session, "goal[0].metric"), up=True)
            metrics.append(value(session, "goal[0].metric"))
        # The cgroup's need its path, and the eligible share needs paddr.
        assert metrics == [
            *("some_mem_psi_us", "node_mem_used_bp", "node_mem_free_bp", "active_mem_bp", "inactive_mem_bp"),
            *("hugepage_mem_bp", "user_input"),
        ]


class TestUndo:
    def test_what_is_done_in_one_visit_is_one_step(self):
        session = session_of()
        stepping, before = Stepping(session), session.staged
        age = leaf(session, "age.min")
        for up in (True, True, False, True):
            stepping.step(age, up=up, stride=Stride.COARSE)
        assert (value(session, "age.min"), session.to_undo.label) == (70, "age.min: 50 → 70")
        stepping.visit()
        stepping.step(age, up=True)
        assert session.to_undo.label == "age.min: 70 → 71"
        session.undo()
        assert value(session, "age.min") == 70
        session.undo()
        assert session.staged is before and session.to_undo is None

    def test_what_follows_is_undone_with_it(self):
        session = session_of()
        stepping = Stepping(session)
        stepping.stage(leaf(session, "nr_accesses.min"), 9)
        assert stepping.follows == "nr_accesses.max follows: 9"
        session.undo()
        assert session.get((*PATH, "access_pattern", "nr_accesses")) == Range(0, 2)

    def test_a_value_that_goes_no_further_says_so(self):
        session = session_of()
        with pytest.raises(InputError, match=r"weight\.sz goes no further: Enter types it"):
            Stepping(session).step(leaf(session, "weight.sz"), up=False)

    @settings(EXAMPLES, max_examples=25)
    @given(st.data())
    def test_whatever_is_stepped_stays_valid_and_in_order_and_is_taken_back(self, data):
        name = data.draw(st.sampled_from([p.name for p in all_presets() if p.kdamonds[0].contexts[0].schemes]))
        (preset,) = [p for p in all_presets() if p.name == name]
        session = Session(preset.for_machine(1 << 32), kernel_version("next"), lambda request: None)
        stepping, start, visits = Stepping(session), session.staged, 0
        for _ in range(data.draw(st.integers(1, 12))):
            rows = rows_of(session, PATH, AROUND)
            row = data.draw(st.sampled_from(rows))
            stepping.visit()
            before = session.staged
            for _ in range(data.draw(st.integers(1, 4))):
                what = data.draw(st.sampled_from([*Stride, "default", "least", "greatest", "slide"]))
                try:
                    if isinstance(what, Stride):
                        stepping.step(row.leaf, up=data.draw(st.booleans()), stride=what)
                    elif not row.leaf.choices and what == "slide":
                        stepping.slide(row.leaf, data.draw(st.floats(0, 1)))
                    elif not row.leaf.choices:
                        ends = {
                            "least": row.leaf.least,
                            "greatest": row.leaf.greatest,
                            "default": row.leaf.spec.default,
                        }
                        stepping.stage(row.leaf, ends[what])
                except InputError:
                    pass
            visits += session.staged != before
            kdamond, scheme = session.staged[0], session.get(PATH)
            assert not [p for p in validate(kdamond, session.kernel) if p.severity == "error"]
            assert all(getattr(scheme.access_pattern, n).min <= getattr(scheme.access_pattern, n).max for n in _PATTERN)
            if row.path[5] == "watermarks" and row.path[-1] in ("low", "mid", "high"):
                assert scheme.watermarks.low <= scheme.watermarks.mid <= scheme.watermarks.high
        end, undone = session.staged, 0
        while session.undo() is not None:
            undone += 1
        assert (session.staged, undone) == (start, visits)
        while session.redo() is not None:
            pass
        assert session.staged == end


_PATTERN = ("sz", "nr_accesses", "age")


class TestTyping:
    @pytest.mark.parametrize(
        ("label", "text", "expected"),
        [
            ("age.min", "*2", 100),
            ("age.min", "× 1.5", 75),
            ("age.min", "/ 4", 12),
            ("age.min", "+10%", 55),
            ("age.min", "-50 %", 25),
            ("age.min", "-60", 0),
            ("age.min", "+3 s", 80),
            ("age.min", "3 s", 30),
            ("age.max", "*2", ULONG_MAX),
            ("age.max", "max", ULONG_MAX),
            ("nr_accesses.max", "50%", 10),
            ("sz.min", "+4K", 8192),
            ("quota.sz", "/2", 64 << 20),
            ("apply_interval", "+500 ms", 1_500_000),
            ("watermark.high", "+10%", 550),
            ("action", "migrate_h", "migrate_hot"),
        ],
    )
    def test_takes_values_and_what_goes_from_the_value_that_is_there(self, label, text, expected):
        session = session_of()
        judgement = judge_typed(session, leaf(session, label), text)
        assert (judgement.value, judgement.error) == (expected, "")

    @pytest.mark.parametrize(
        ("label", "text", "error"),
        [
            ("age.min", "/0", "divides by nothing"),
            ("age.min", "*x", "not a number of aggregation intervals"),
            ("age.min", "+soon", "not a number of aggregation intervals"),
            ("sz.min", "1.5.2", "not a size"),
            ("quota.time", "4 MiB", "not a time"),
        ],
    )
    def test_says_what_is_wrong(self, label, text, error):
        session = session_of()
        assert error in judge_typed(session, leaf(session, label), text).error

    def test_nodes_have_no_minus_of_their_own(self):
        session = session_of(Scheme("migrate_cold", FULL.access_pattern, target_nid=1))
        found = leaf(session, "target_nid")
        assert judge_typed(session, found, "-1").value == -1
        assert (found.least, found.top) == (-1, 1)

    def test_says_what_will_follow(self):
        session = session_of()
        judgement = judge_typed(session, leaf(session, "nr_accesses.min"), "7")
        assert (judgement.value, judgement.warning) == (7, "nr_accesses.max follows: 7")
        # The tree, where nothing follows, warns of the same.
        assert "below min" in judge(session, leaf(session, "nr_accesses.min").path, "7").warning


class TestRows:
    def test_show_each_value_in_two_units_and_on_its_scale(self):
        session = session_of()
        rows = {row.label: row for row in rows_of(session, PATH, AROUND)}
        told = {label: (row.value, row.aside) for label, row in rows.items()}
        assert told["age.min"] == ("50", "5 s")
        assert told["nr_accesses.max"] == ("2", "10 %")
        assert told["watermark.low"] == ("50", "5 %")
        assert told["goal[0].target"] == ("1,000", "1 ms")
        assert told["quota.sz"] == ("128 MiB", "")
        assert told["sz.max"] == ("max", "")
        assert rows["age.min"].filled == (rows["age.min"].handle, 1.0)
        assert rows["action"].handle is None
        assert rows["age.min"].bounds == "0 – 72,000" and rows["age.max"].bounds == "0 – 72,000 – max"
        assert rows["age.min"].help.startswith("For how many aggregations") and "least" in rows["age.min"].help

    def test_show_zero_as_what_it_stands_for(self):
        rows = {row.label: row.aside for row in rows_of(session_of(Scheme()), PATH, AROUND)}
        assert (rows["quota.sz"], rows["apply_interval"], rows["age.min"]) == ("no limit", "per aggr", "")

    def test_leave_out_what_means_nothing_here(self):
        labels = {row.label for row in rows_of(session_of(Scheme("stat"), "6.1"), PATH, AROUND)}
        assert "target_nid" not in labels and "watermark.low" not in labels and "quota.goal_tuner" not in labels
        assert "apply_interval" not in labels  # since 6.7
        moving = {row.label for row in rows_of(session_of(Scheme("migrate_hot")), PATH, AROUND)}
        assert "target_nid" in moving and "max_nr_snapshots" in moving

    def test_show_what_is_committed_where_it_is_something_else(self):
        session = session_of()
        Stepping(session).stage(leaf(session, "age.min"), 80)
        rows = {row.label: row.committed for row in rows_of(session, PATH, AROUND)}
        assert rows.pop("age.min") == "50" and not any(rows.values())
        assert tree.get(session.committed, (*PATH, "access_pattern", "age", "min")) == 50
