"""What of the tree is shown, what of it differs, and what its rows mean."""

from dataclasses import replace

import pytest

from damotui.pacer.requests import Outcome, TurnOn
from damotui.path_names import complete
from damotui.session import outline, tree
from damotui.session.diff_rows import diff_rows, nearest
from damotui.session.document import Session
from damotui.session.explained import explained, field_facts
from damotui.session.live import Live
from damotui.session.outline import Kind
from damotui.session.tree_view import EVERYTHING, TreeView
from engine.config.fields import leaves
from engine.config.model import (
    AccessPattern,
    Context,
    Filter,
    Goal,
    Intervals,
    Kdamond,
    NrRegions,
    Quotas,
    Range,
    Scheme,
    Target,
)
from engine.snapshot import KdamondStatus, Snapshot
from engine.versions import KERNELS, kernel_version

CONTEXT = (0, "contexts", 0)
SCHEMES = (*CONTEXT, "schemes")
TUNED = Intervals(update_us=1_000_000)


def session_of(*schemes, kernel="7.1", **fields):
    tree = (Kdamond((Context(schemes=schemes, targets=(Target(),), **fields),)),)
    return Session(tree, kernel_version(kernel), lambda request: None)


def opened(session, roomy=False):
    view = TreeView(session, Live())
    view.start(roomy=roomy)
    return view


def labels(view):
    return [row.label for row in view.rows()]


class TestFolding:
    def test_groups_at_their_default_are_folded_and_told_apart(self):
        view = opened(session_of(Scheme(), intervals=TUNED))
        rows = {row.label: row for row in view.rows()}
        assert rows["intervals"].expanded and not rows["intervals"].default
        assert not rows["nr_regions"].expanded and rows["nr_regions"].default
        assert rows["sample_us"].default and not rows["update_us"].default
        assert not rows["scheme 0"].default
        set_up = {row.label: row for row in opened(session_of(nr_regions=NrRegions(5, 50))).rows()}
        assert set_up["nr_regions"].expanded and not set_up["intervals"].expanded

    def test_groups_without_better_words_say_default(self):
        view = opened(session_of(Scheme()))
        view.expand_to((*SCHEMES, 0, "quotas", "weights"))
        rows = {row.label: row.value for row in view.rows()}
        assert (rows["access_pattern"], rows["quotas"], rows["weights"]) == ("default", "none", "default")

    def test_only_what_was_set(self):
        session = session_of(Scheme("pageout", AccessPattern(Range(0, 4096), age=Range(0, 9))), intervals=TUNED)
        view = opened(session)
        view.expand_to((*SCHEMES, 0, "quotas"))
        view.expand_to((*SCHEMES, 0, "access_pattern", "age"))
        view.only_set = True
        assert labels(view) == ["kdamond 0", "context 0", "intervals", "update_us", "targets", "target 0", "schemes",
                                "scheme 0", "action", "access_pattern", "sz", "age", "min", "max"]  # fmt: skip
        session.set((*CONTEXT, "nr_regions", "min"), 2)
        assert "nr_regions" in labels(view)
        session.set((*CONTEXT, "intervals", "update_us"), Intervals().update_us)
        assert "update_us" in labels(view)  # at its default, and not committed

    def test_branches_stay_as_they_are_when_others_come_and_go(self):
        session = session_of(Scheme("stat"), Scheme("pageout"), Scheme("cold"))
        view = opened(session)
        view.set_expanded((*SCHEMES, 1), True)

        def unfolded():
            view.follow()
            return [row.value.split()[0] for row in view.rows() if row.expanded and row.path[:-1] == SCHEMES]

        session.add(SCHEMES, Scheme("hugepage"), index=0)
        assert unfolded() == ["pageout"]
        session.move((*SCHEMES, 2), 1)
        assert unfolded() == ["pageout"]
        session.remove((*SCHEMES, 1))
        session.duplicate((0,))
        assert unfolded() == ["pageout"]
        session.go_to(0)
        assert unfolded() == ["pageout"]
        session.remove((*SCHEMES, 1))
        assert unfolded() == []

    def test_all_of_a_kind(self):
        view = opened(session_of(Scheme("stat"), Scheme("pageout")))
        assert view.toggle_alike((*SCHEMES, 0, "access_pattern")) == (2, True)
        assert labels(view).count("nr_accesses") == 2
        assert view.toggle_alike((*SCHEMES, 1, "access_pattern", "age")) == (2, True)
        assert [row.label for row in view.rows() if row.path[-2:] == ("age", "min")] == ["min", "min"]
        assert view.toggle_alike((*SCHEMES, 1, "access_pattern", "age", "max")) == (2, False)
        assert view.toggle_alike((*SCHEMES, 1)) == (2, False)
        assert "access_pattern" not in labels(view)


class TestFinding:
    def test_lines_are_found_in_what_is_folded_with_what_they_are_in(self):
        view = opened(session_of(Scheme("stat"), Scheme("pageout", filters=(Filter("young"),))))
        view.find = "young"
        assert labels(view) == ["kdamond 0", "context 0", "schemes", "scheme 1", "filters", "filter 0", "type"]
        assert [row.label for row in view.rows() if view.is_hit(row)] == ["filter 0", "type"]
        view.find = "max 1,0"
        assert labels(view) == ["kdamond 0", "context 0", "nr_regions", "max"]
        view.find = "nothing of it"
        assert view.rows() == []
        view.find = ""
        assert "ops" in labels(view)

    def test_a_hit_can_be_unfolded(self):
        view = opened(session_of(Scheme("stat")))
        view.find = "quotas"
        assert labels(view)[-1] == "quotas"
        view.set_expanded((*SCHEMES, 0, "quotas"), True)
        assert "sz_bytes" in labels(view) and "action" not in labels(view)


class TestDifferences:
    def rows(self, session, live=None):
        return [(row.label, row.change and row.change.mark.value, row.committed, row.staged)
                for row in diff_rows(session, live or Live())]  # fmt: skip

    def test_a_line_for_each(self):
        session = session_of(Scheme("stat"), Scheme("pageout"), Scheme("cold"))
        assert self.rows(session) == []
        session.set((*CONTEXT, "intervals", "aggr_us"), 200_000)
        session.add(SCHEMES, Scheme("hugepage"), index=1)
        session.set((*SCHEMES, 2, "quotas", "sz_bytes"), 1 << 20)
        session.remove((*SCHEMES, 3))
        session.add((), Kdamond((Context("paddr"),)))
        nothing = "sz=0 nr=0 age=0"
        assert self.rows(session) == [
            ("kdamond 0", None, "4 not committed", "off"),
            ("intervals.aggr_us", "~", "100 ms", "200 ms"),
            ("scheme 1", "+", "", f"hugepage {nothing}"),
            ("scheme 2 quotas.sz_bytes", "~", "0 B", "1 MiB"),
            ("scheme 2", "-", f"cold {nothing}", ""),
            ("kdamond 1", None, "1 not committed", "off"),
            ("kdamond 1", "+", "", "paddr"),
        ]
        places = [nearest(session, row) for row in diff_rows(session, Live())]
        assert places[4] == SCHEMES and places[3] == (*SCHEMES, 2, "quotas", "sz_bytes") and places[5] == (1,)
        session.go_to(0)
        session.move((*SCHEMES, 0), 2)
        assert self.rows(session)[1:] == [("scheme 2", "↕", "at place 0", "at place 2")]

    def test_a_kdamond_that_is_gone(self):
        session = session_of()
        session.remove((0,))
        assert self.rows(session) == [
            ("kdamond 0", None, "1 not committed", "off"),
            ("kdamond 0", "-", "vaddr", ""),
        ]
        assert [nearest(session, row) for row in diff_rows(session, Live())] == [(), ()]

    def test_what_runs_otherwise_than_committed(self):
        session = session_of(intervals=TUNED)
        live = running(session, replace(TUNED, sample_us=10_000, aggr_us=200_000), pid=1001)
        session.set((*CONTEXT, "intervals", "aggr_us"), 500_000)
        assert self.rows(session, live) == [
            ("kdamond 0", None, "1 not committed", "on  pid 501"),
            ("intervals.aggr_us", "~", "100 ms", "500 ms"),
            ("intervals.sample_us", "≈", "5 ms", "10 ms"),
            ("intervals.aggr_us", "≈", "100 ms", "200 ms"),
        ]


def running(session, intervals, pid):
    """Kdamond 0 as an engine runs it."""
    session.settle(Outcome(TurnOn(0, session.staged[0])))
    config = tree.replace(session.staged[0], ("contexts", 0, "targets", 0, "pid"), pid)
    status = KdamondStatus(0, True, 501, config, 10, 0, 0, None, (), "", intervals=intervals)
    live = Live()
    live.snapshot = Snapshot(0, (status,), (), 0, 0)
    return live


class TestExplained:
    def facts(self, session, path, live=None):
        return dict(field_facts(session, live or Live(), path))

    def test_a_field(self):
        session = session_of(intervals=TUNED)
        live = running(session, replace(TUNED, aggr_us=200_000), 1001)
        session.set((*CONTEXT, "intervals", "aggr_us"), 500_000)
        assert self.facts(session, (*CONTEXT, "intervals", "aggr_us"), live) == {
            "unit": "microseconds, typed as 5000, 5 ms or 1.5 s",
            "range": "0 us to max",
            "default": "100 ms",
            "staged": "500 ms",
            "committed": "100 ms",
            "running now": "200 ms",
        }
        assert self.facts(session, (*CONTEXT, "targets", 0, "pid"), live)["running now"] == "1001"

    def test_keywords_with_their_meanings_and_releases(self):
        session = session_of(Scheme("pageout"))
        facts = self.facts(session, (*SCHEMES, 0, "action"))
        assert facts["lru_prio"].endswith("which protects it from reclaim (Linux 6.0 or later)")
        assert facts["collapse"].endswith("(a kernel after 7.1)")
        assert facts["default"] == "stat" and "range" not in facts and "running now" not in facts
        assert self.facts(session, (*SCHEMES, 0, "apply_interval_us"))["needs"] == "Linux 6.7 or later"
        assert self.facts(session, (*SCHEMES, 0, "target_nid"))["range"] == "-2147483648 to 2147483647"

    @pytest.mark.parametrize("kernel", KERNELS)
    def test_each_row_of_a_whole_tree_has_an_explanation(self, kernel):
        scheme = Scheme("migrate_hot", filters=(Filter("addr"), Filter("memcg")), quotas=Quotas(goals=(Goal(),)))
        session = session_of(scheme, kernel=kernel)
        session.add((*SCHEMES, 0, "filters"), Filter())
        for row in outline.rows(session, Live(), EVERYTHING):
            first, *others = explained(session, Live(), row)
            facts = dict(first.facts)
            assert first.title.startswith(row.label) or row.kind is Kind.LIST
            assert first.text.endswith(".") and facts["staged"]
            assert others[-1].title == "The signs of the tree"
            assert not row.problem or row.problem in facts.values()
            assert not row.lack or facts["lacking"] == row.lack

    def test_all_fields_have_a_unit_or_are_groups(self):
        scheme = Scheme(filters=(Filter(),), quotas=Quotas(goals=(Goal(),)))
        session = session_of(scheme)
        for name, spec, _ in leaves(session.staged[0]):
            assert ("unit" in self.facts(session, (0, *tree.parse(name)))) == (spec.unit is not None)


class TestPathNames:
    @pytest.fixture(autouse=True)
    def files(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        for name in ("prcl.json", "prod.json", "notes.txt", ".hidden.json"):
            (tmp_path / name).write_text("")
        (tmp_path / "presets").mkdir()
        (tmp_path / "presets" / "one.json").write_text("")

    @pytest.mark.parametrize(
        ("typed", "text", "names"),
        [
            ("pr", "pr", ("prcl.json", "presets/", "prod.json")),
            ("prc", "prcl.json", ("prcl.json",)),
            ("pre", "presets/", ("presets/",)),
            ("presets/", "presets/one.json", ("one.json",)),
            ("~/pro", "~/prod.json", ("prod.json",)),
            ("~", "~/", ("~/",)),
            ("n", "n", ()),  # a text is no JSON
            (".h", ".hidden.json", (".hidden.json",)),
            ("", "pr", ("prcl.json", "presets/", "prod.json")),
            ("nowhere/at", "nowhere/at", ()),
            ("nul\0/", "nul\0/", ()),
            ("prcl.json/x", "prcl.json/x", ()),
        ],
    )
    def test_names_are_completed(self, typed, text, names):
        found = complete(typed, ".json")
        assert (found.text, found.names) == (text, names)
