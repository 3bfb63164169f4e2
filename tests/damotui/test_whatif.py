"""A what-if in the session: two branches with a common past, one of which is looked at, and one of which is kept."""

import pytest

from damotui.defaults import default_kdamonds
from damotui.pacer import ManualPacer
from damotui.pacer.requests import Branch, Fork, WatchTruth
from damotui.render.history import History
from damotui.session import whatif_words
from damotui.session.document import Session
from damotui.session.seen import Seen
from engine.errors import InputError
from engine.versions import DEFAULT_KERNEL, kernel_version
from engine.workload.library import load_workload
from tests.damotui.aggregations import step
from tests.damotui.fake_engine import FakeScene

AGGR = (0, "contexts", 0, "intervals", "aggr_us")


class Bench:
    """A session over fake engines."""

    def __init__(self):
        self.scene = FakeScene(default_kdamonds())
        self.pacer = ManualPacer(self.scene)
        self.sent = []
        self.session = Session(default_kdamonds(), kernel_version(DEFAULT_KERNEL), self.send)
        self.seen = Seen(self.session, load_workload("stairs"))
        self.told = []
        self.pacer.start()
        self.run(1.0)

    def send(self, request):
        self.sent.append(request)
        self.pacer.request(request)

    def run(self, seconds=0.0):
        for _ in range(round(seconds * 10)):
            self.pacer.run(100_000)
            self.look()
        self.look()

    def look(self):
        frame = self.pacer.take()
        if frame is not None:
            self.told += [said.text for said in self.seen.receive(frame)]

    def fork(self, aggr_us=None):
        if aggr_us:
            self.session.set(AGGR, aggr_us)
        self.session.what_if()
        self.look()

    def aggr(self, tree):
        return tree[0].contexts[0].intervals.aggr_us

    def ends(self, history):
        return [one.end_us // 1_000 for one in history.between(0, 0, 0, 1 << 60)]


@pytest.fixture
def bench():
    return Bench()


class TestForking:
    def test_what_is_staged_is_the_change_of_b(self, bench):
        bench.fork(200_000)
        assert bench.seen.whatif.changes == ("intervals.aggr_us: 100 ms → 200 ms",)
        assert [bench.aggr(bench.session.committed_in(branch)) for branch in Branch] == [100_000, 200_000]
        assert bench.session.branch is Branch.A and bench.session.uncommitted(AGGR)
        bench.run(1.0)
        a, b = (bench.seen.whatif.side(branch) for branch in Branch)
        assert bench.ends(a.history) == [*range(100, 2_001, 100)]
        assert bench.ends(b.history) == [*range(100, 1_001, 100), *range(1_200, 2_001, 200)]
        assert bench.seen.whatif.elapsed_us == 1_000_000

    def test_the_past_is_shared_and_not_copied(self, bench):
        bench.fork()
        bench.run(0.3)
        a, b = (side.history.between(0, 0, 0, 1 << 60) for side in (bench.seen.whatif.a, bench.seen.whatif.b))
        assert all(ours is theirs for ours, theirs in zip(a[:10], b[:10], strict=True))
        assert not any(ours is theirs for ours, theirs in zip(a[10:], b[10:], strict=True))
        assert bench.seen.whatif.a.history.generation != bench.seen.whatif.b.history.generation

    def test_what_came_with_the_frame_of_the_fork_is_in_both(self, bench):
        bench.pacer.run(200_000)
        bench.session.what_if()
        bench.pacer.run(200_000)
        bench.look()
        assert bench.ends(bench.seen.whatif.a.history) == bench.ends(bench.seen.whatif.b.history)
        assert bench.ends(bench.seen.whatif.b.history)[-4:] == [1_100, 1_200, 1_300, 1_400]

    def test_the_truth_has_two_branches_too(self, bench):
        bench.send(WatchTruth(True))
        bench.run(0.2)
        bench.fork()
        bench.run(0.2)
        a, b = (bench.ends(side.truth) for side in (bench.seen.whatif.a, bench.seen.whatif.b))
        assert a == b == [1_100, 1_200, 1_300, 1_400]

    def test_nothing_staged_makes_a_copy(self, bench):
        bench.fork()
        assert bench.sent == [Fork()]
        assert whatif_words.change(bench.seen.whatif) == "a copy of A"
        bench.run(1.0)
        differences = bench.seen.whatif.differences()
        assert len(differences) > 10 and all(not one.change for one in differences)

    def test_what_is_invalid_is_not_sent(self, bench):
        bench.session.set(AGGR, 1)
        with pytest.raises(InputError, match="kdamond 0 can't run"):
            bench.session.what_if()
        assert bench.sent == []

    def test_what_does_not_run_stays_staged(self, bench):
        bench.session.add((), default_kdamonds()[0])
        bench.fork()
        assert bench.sent == [Fork()]
        assert [len(bench.session.committed_in(branch)) for branch in Branch] == [1, 1]

    def test_there_is_one_at_a_time(self, bench):
        bench.fork()
        with pytest.raises(InputError, match="keep one of its branches first"):
            bench.session.what_if()

    def test_both_have_the_mark_of_the_fork_and_their_own(self, bench):
        bench.fork(200_000)
        bench.session.commit(0)
        bench.run(0.1)
        texts = [
            [mark.text for mark in side.marks.until(side.live.snapshot) if not mark.text.startswith(("phase", "init"))]
            for side in (bench.seen.whatif.a, bench.seen.whatif.b)
        ]
        assert texts == [["fork", "commit"], ["fork"]]


class TestTurning:
    def test_all_is_about_the_branch_that_is_turned_to(self, bench):
        live = bench.seen.live
        bench.fork(200_000)
        bench.run(1.0)
        bench.seen.look_at(Branch.B)
        assert bench.seen.live is live is bench.seen.whatif.b.live
        assert bench.seen.history is bench.seen.whatif.b.history
        assert live.status(0).aggregations == 15
        assert not bench.session.uncommitted()
        bench.run(0.4)
        assert live.status(0).aggregations == 17
        bench.seen.look_at(Branch.A)
        assert bench.seen.live is live is bench.seen.whatif.a.live
        assert live.status(0).aggregations == 24
        assert bench.session.uncommitted(AGGR)

    def test_commits_and_switches_go_there(self, bench):
        bench.fork()
        bench.seen.look_at(Branch.B)
        bench.session.set(AGGR, 50_000)
        bench.session.commit(0)
        bench.run()
        assert [bench.aggr(bench.session.committed_in(branch)) for branch in Branch] == [100_000, 50_000]
        assert "committed to kdamond 0 in branch B" in bench.told
        bench.session.turn_off(0)
        bench.run(0.1)
        assert bench.session.running == frozenset() and bench.session.running_in(Branch.A) == {0}
        bench.seen.look_at(Branch.A)
        assert bench.session.running == {0} and bench.session.running_in(Branch.B) == frozenset()
        bench.session.turn_off(0)
        bench.run(0.1)
        assert bench.session.running == frozenset()

    def test_what_was_asked_of_one_settles_there_wherever_one_looks(self, bench):
        bench.fork()
        bench.seen.look_at(Branch.B)
        bench.session.set(AGGR, 50_000)
        bench.session.commit(0)
        bench.seen.look_at(Branch.A)
        bench.run()
        assert [bench.aggr(bench.session.committed_in(branch)) for branch in Branch] == [100_000, 50_000]

    def test_a_kdamond_that_runs_in_the_other_keeps_its_place(self, bench):
        bench.fork()
        bench.seen.look_at(Branch.B)
        bench.session.turn_off(0)
        bench.run(0.1)
        with pytest.raises(InputError, match="stop it first"):
            bench.session.remove((0,))

    def test_the_files_are_those_of_a(self, bench):
        bench.fork()
        bench.seen.look_at(Branch.B)
        with pytest.raises(InputError, match="the files are branch A's"):
            bench.session.write_file("kernel/mm/damon/admin/kdamonds/0/state", "off")

    def test_there_is_nothing_to_turn_to_without_a_what_if(self, bench):
        bench.seen.look_at(Branch.A)
        with pytest.raises(InputError, match="no what-if runs"):
            bench.seen.look_at(Branch.B)


class TestKeeping:
    @pytest.mark.parametrize("looked_at", Branch)
    def test_b_becomes_the_session(self, bench, looked_at):
        live = bench.seen.live
        bench.fork(200_000)
        bench.run(1.0)
        bench.seen.look_at(looked_at)
        bench.session.keep(Branch.B)
        bench.run(0.4)
        assert bench.seen.whatif is None and not bench.session.has_branches
        assert bench.session.branch is Branch.A
        assert bench.aggr(bench.session.committed) == 200_000 and not bench.session.uncommitted()
        assert bench.ends(bench.seen.history)[-3:] == [2_000, 2_200, 2_400]
        assert bench.seen.live is live and live.status(0).config.contexts[0].intervals.aggr_us == 200_000
        assert "branch B goes on alone" in bench.told
        bench.session.undo()
        assert bench.aggr(bench.session.staged) == 100_000 and bench.session.uncommitted(AGGR)

    @pytest.mark.parametrize("looked_at", Branch)
    def test_a_goes_on_and_the_change_stays_staged(self, bench, looked_at):
        bench.fork(200_000)
        bench.run(0.5)
        bench.seen.look_at(looked_at)
        bench.session.keep(Branch.A)
        bench.run(0.5)
        assert bench.seen.whatif is None and not bench.session.has_branches
        assert (bench.aggr(bench.session.committed), bench.aggr(bench.session.staged)) == (100_000, 200_000)
        assert bench.ends(bench.seen.history) == [*range(100, 2_001, 100)]
        assert bench.seen.live.status(0).aggregations == 20

    def test_a_branch_that_fails_is_told_of_and_left(self, bench):
        bench.fork(200_000)
        bench.seen.look_at(Branch.B)
        bench.scene.engine.forks[0].fail_at_us = 1_300_000
        bench.run(0.5)
        assert "branch B ended, and A goes on alone: RuntimeError: the engine broke" in bench.told
        assert bench.seen.whatif is None and bench.session.branch is Branch.A
        assert bench.aggr(bench.session.committed) == 100_000
        assert bench.ends(bench.seen.history)[-1] == 1_500

    def test_beginning_again_takes_what_is_committed_where_one_looks(self, bench):
        bench.fork(200_000)
        bench.seen.look_at(Branch.B)
        bench.session.restart()
        bench.run(0.4)
        assert bench.seen.whatif is None and not bench.session.has_branches
        assert bench.aggr(bench.session.committed) == 200_000
        assert bench.ends(bench.seen.history) == [200, 400]

    def test_another_one_can_follow(self, bench):
        bench.fork(200_000)
        bench.session.keep(Branch.B)
        bench.run(0.2)
        line, generation = 2, bench.seen.history.generation
        bench.fork(50_000)
        assert bench.seen.whatif.line == line + 1
        assert bench.seen.whatif.b.history.generation != generation
        assert bench.seen.whatif.changes == ("intervals.aggr_us: 200 ms → 50 ms",)

    def test_outcomes_of_a_branch_that_was_kept_meanwhile_count(self, bench):
        """A commit to B and its being kept, both before the next frame is taken."""
        bench.fork()
        bench.seen.look_at(Branch.B)
        bench.session.set(AGGR, 50_000)
        bench.session.commit(0)
        bench.session.keep(Branch.B)
        bench.run()
        assert bench.aggr(bench.session.committed) == 50_000
        assert bench.session.running == {0}


def test_a_copy_of_a_past_that_was_thinned_out_goes_on_by_itself():
    history, other = History(max_aggregations=40), None
    for index in range(300):
        if index == 200:
            other = history.copy(7)
        history.add(step(index))
    assert history.grain_us(0) > 0 and other.generation == 7
    assert other.latest(0).end_us == 20_000_000 and other.nr_aggregations <= 40
    for index in range(200, 300):
        other.add(step(index))
    assert [(one.start_us, one.end_us) for one in other.between(0, 0, 0, 1 << 60)] == [
        (one.start_us, one.end_us) for one in history.between(0, 0, 0, 1 << 60)
    ]
    assert other.nbytes == history.nbytes


def test_words_tell_how_a_branch_stands(bench):
    bench.fork(200_000)
    bench.run(0.5)
    whatif = bench.seen.whatif
    assert whatif_words.headline(whatif) == "what-if since 1.0 s, 0.5 s ago   B: intervals.aggr_us: 100 ms → 200 ms"
    lines = [whatif_words.standing(bench.session, whatif, branch, 0, 80) for branch in Branch]
    assert lines == [
        "● A  kdamond 0 on, pid 501   * staged differs   10 regions   10.0 MiB resident",
        "○ B  kdamond 0 on, pid 501   10 regions   10.0 MiB resident",
    ]
    short = [whatif_words.standing(bench.session, whatif, Branch.A, 0, width) for width in (77, 57, 30)]
    assert short == [
        "● A  kdamond 0 on   * staged differs   10 regions   10.0 MiB resident",
        "● A  kdamond 0 on  * differs  10 regions  rss 10.0M",
        "● A  on  *  10 reg  rss 10.0M",
    ]
    bench.session.keep(Branch.A)
    bench.run()
    assert "what is staged for kdamond 0" in whatif_words.nothing(bench.session)
    bench.session.undo()
    assert "a copy" in whatif_words.nothing(bench.session)
