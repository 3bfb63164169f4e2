"""Two engines in step: what a what-if asks of the pacer, and what its frames hold."""

from dataclasses import replace

import pytest

from damotui.defaults import default_kdamonds
from damotui.experiment import load_experiment
from damotui.pacer import ManualPacer, Pacer
from damotui.pacer.frame import MAX_AGGREGATIONS, Frame, Mailbox, merge
from damotui.pacer.requests import (
    Branch,
    Commit,
    Fork,
    Keep,
    KillProcess,
    Restart,
    StageFiles,
    StartProcess,
    TurnOff,
    TurnOn,
    WatchFiles,
    WatchTruth,
    WriteFile,
)
from damotui.scene import ExperimentScene
from engine.config.model import Intervals
from tests.damotui.fake_engine import FakeScene

KDAMONDS = default_kdamonds()
SLOWER = replace(
    KDAMONDS[0], contexts=(replace(KDAMONDS[0].contexts[0], intervals=Intervals(5_000, 200_000, 1_000_000)),)
)
STATE = "kernel/mm/damon/admin/kdamonds/0/state"


@pytest.fixture
def scene():
    return FakeScene(KDAMONDS)


@pytest.fixture
def pacer(scene):
    pacer = ManualPacer(scene)
    pacer.start()
    pacer.run(1_000_000)
    pacer.take()
    return pacer


def ask(pacer, request) -> Frame:
    pacer.request(request)
    return pacer.take()


def run(pacer, us) -> Frame:
    pacer.run(us)
    return pacer.take()


def ends(aggregations):
    return [one.end_us for one in aggregations]


class TestInStep:
    def test_both_branches_are_at_the_same_time_in_each_frame(self, pacer):
        frame = ask(pacer, Fork(((0, SLOWER),)))
        assert frame.branch.forked.time_us == frame.branch.snapshot.time_us == 1_000_000
        assert frame.branch.changes == ((0, SLOWER),)
        for us in (50_000, 330_000, 1, 1_700_000):
            frame = run(pacer, us)
            assert frame.snapshot.time_us == frame.branch.snapshot.time_us
        assert frame.snapshot.time_us == 1_000_000 + 2_080_001
        assert (frame.snapshot.kdamonds[0].aggregations, frame.branch.snapshot.kdamonds[0].aggregations) == (30, 20)
        assert (len(frame.aggregations), len(frame.branch.aggregations)) == (17, 9)

    def test_a_step_ends_with_the_first_aggregation_of_either(self, pacer, scene):
        ask(pacer, Fork())
        ask(pacer, TurnOff(0))
        pacer.step()
        frame = pacer.take()
        assert frame.snapshot.time_us == frame.branch.snapshot.time_us == 1_100_000
        assert (len(frame.aggregations), len(frame.branch.aggregations)) == (0, 1)

    def test_the_thread_leads_both(self, scene):
        pacer = Pacer(scene, speed=float("inf"))
        pacer.start()
        try:
            pacer.request(Fork(((0, SLOWER),)))
            frame = Frame(None)
            while frame.branch is None or frame.snapshot.time_us < 20_000_000:
                frame = pacer.take() or frame
                assert frame.branch is None or frame.snapshot.time_us == frame.branch.snapshot.time_us
            assert frame.achieved > 0
        finally:
            assert pacer.stop()

    def test_the_truth_is_told_of_both_while_it_is_watched(self, pacer):
        ask(pacer, WatchTruth(True))
        ask(pacer, Fork())
        frame = run(pacer, 300_000)
        assert ends(frame.truths) == ends(frame.branch.truths) == [1_100_000, 1_200_000, 1_300_000]
        ask(pacer, WatchTruth(False))
        frame = run(pacer, 300_000)
        assert frame.truths == frame.branch.truths == ()


class TestRequests:
    def test_commits_and_switches_go_to_the_branch_that_they_name(self, pacer, scene):
        ask(pacer, Fork())
        frame = ask(pacer, Commit(0, SLOWER, Branch.B))
        assert not frame.outcomes[0].error
        assert frame.snapshot.kdamonds[0].config != frame.branch.snapshot.kdamonds[0].config
        frame = ask(pacer, TurnOff(0, Branch.B))
        assert frame.snapshot.kdamonds[0].running and not frame.branch.snapshot.kdamonds[0].running
        frame = ask(pacer, TurnOn(0, SLOWER, Branch.B))
        assert frame.branch.snapshot.kdamonds[0].running
        assert [call for call, _ in scene.engine.calls] == ["turn_on"]
        frame = ask(pacer, TurnOff(0))
        assert not frame.snapshot.kdamonds[0].running and frame.branch.snapshot.kdamonds[0].running

    def test_processes_come_and_go_in_both(self, pacer, scene):
        ask(pacer, Fork())
        ask(pacer, StartProcess())
        frame = ask(pacer, KillProcess(1001))
        for snapshot in (frame.snapshot, frame.branch.snapshot):
            assert [(p.pid, p.running) for p in snapshot.processes] == [(1001, False), (1002, True)]

    def test_a_process_that_has_ended_in_one_is_killed_in_the_other(self, pacer, scene):
        ask(pacer, Fork())
        scene.engine.kill_process(1001)
        frame = ask(pacer, KillProcess(1001))
        assert not frame.outcomes[0].error
        assert not frame.branch.snapshot.processes[0].running
        frame = ask(pacer, KillProcess(1001))
        assert frame.outcomes[0].error == "no process with pid 1001 runs"

    def test_there_is_one_what_if_at_a_time(self, pacer):
        ask(pacer, Fork())
        frame = ask(pacer, Fork())
        assert frame.outcomes[0].error == "a what-if runs already: keep one of its branches first"
        frame = ask(pacer, Keep(Branch.A))
        assert frame.branch is None and not frame.outcomes[0].error
        assert ask(pacer, Keep(Branch.B)).outcomes[0].error == "no what-if runs: there is one branch only"
        assert "there is no branch B any more" in ask(pacer, TurnOff(0, Branch.B)).outcomes[0].error

    def test_restart_ends_it(self, pacer):
        line = ask(pacer, Fork()).branch.line
        frame = ask(pacer, Restart(KDAMONDS))
        assert frame.branch is None and frame.line > line and frame.generation == 2


class TestTrouble:
    def test_a_refused_change_leaves_all_as_it_was(self, pacer, scene):
        ask(pacer, TurnOff(0))
        frame = ask(pacer, Fork(((0, SLOWER),)))
        assert frame.outcomes[0].error == "kdamond 0 is off"
        assert frame.branch is None
        assert run(pacer, 100_000).snapshot.time_us == 1_100_000

    def test_a_branch_that_fails_is_dropped_and_the_other_goes_on(self, pacer, scene):
        ask(pacer, Fork())
        scene.engine.forks[0].fail_at_us = 1_500_000
        frame = run(pacer, 1_000_000)
        assert frame.branch is None and frame.fault is None and not frame.paused
        assert frame.snapshot.time_us == 2_000_000
        (outcome,) = frame.outcomes
        assert outcome.request == Keep(Branch.A) and not outcome.error
        assert outcome.aside == "branch B ended, and A goes on alone: RuntimeError: the engine broke"

    def test_a_process_that_has_no_room_in_b_ends_it(self, pacer, scene, monkeypatch):
        ask(pacer, Fork())
        start = scene.start_process

        def narrow(engine):
            if engine is not scene.engine:
                raise ValueError("no room")
            start(engine)

        monkeypatch.setattr(scene, "start_process", narrow)
        frame = ask(pacer, StartProcess())
        assert frame.branch is None and len(frame.snapshot.processes) == 2
        assert [outcome.aside for outcome in frame.outcomes if outcome.aside] == [
            "branch B ended, and A goes on alone: ValueError: no room"
        ]

    def test_when_a_fails_b_waits_for_it(self, pacer, scene):
        ask(pacer, Fork())
        scene.engine.fail_at_us = 1_200_000
        frame = run(pacer, 1_000_000)
        assert frame.fault is not None and frame.paused
        assert frame.branch.snapshot.time_us == frame.snapshot.time_us
        scene.engine.fail_at_us = None
        frame = run(pacer, 500_000)
        assert frame.branch.snapshot.time_us == frame.snapshot.time_us


class TestKeeping:
    def test_b_goes_on_in_place_of_a(self, pacer, scene):
        line = ask(pacer, Fork(((0, SLOWER),))).branch.line
        run(pacer, 1_000_000)
        frame = ask(pacer, Keep(Branch.B))
        assert (frame.line, frame.branch, frame.generation) == (line, None, 1)
        assert frame.snapshot.kdamonds[0].config.contexts[0].intervals.aggr_us == 200_000
        frame = run(pacer, 400_000)
        assert ends(frame.aggregations) == [2_200_000, 2_400_000]
        assert len(scene.engine.forks[0]._listeners) == 1

    def test_nothing_of_b_is_lost_on_the_way(self, pacer):
        """Aggregations of a frame that was not taken yet belong to the branch that is kept, from the fork on."""
        pacer.run(300_000)
        pacer.request(Fork(((0, SLOWER),)))
        pacer.run(500_000)
        pacer.request(Keep(Branch.B))
        pacer.run(200_000)
        frame = pacer.take()
        before = [1_100_000, 1_200_000, 1_300_000]
        assert ends(frame.aggregations) == [*before, 1_500_000, 1_700_000, 1_900_000]
        assert {one.aggr_us for one in frame.aggregations[3:]} == {200_000}

    def test_nor_within_one_frame(self, scene):
        from damotui.pacer.stage import Stage

        stage = Stage(scene)
        stage.build()
        stage.advance(200_000)
        stage.carry_out(Fork(((0, SLOWER),)))
        stage.advance(400_000)
        stage.carry_out(Keep(Branch.B))
        frame = stage.frame(paused=False, speed=1.0, achieved=1.0)
        assert ends(frame.aggregations) == [100_000, 200_000, 400_000, 600_000]

    def test_frames_of_the_same_branch_are_joined_and_bounded(self, pacer):
        old = ask(pacer, Fork())
        many = run(pacer, 300_000)
        part = replace(many.branch, aggregations=many.branch.aggregations * 1_000, dropped=3)
        joined = merge(replace(old, branch=part), replace(many, branch=part)).branch
        assert len(joined.aggregations) == MAX_AGGREGATIONS
        assert joined.dropped == 6 + 6_000 - MAX_AGGREGATIONS
        assert merge(many, replace(many, branch=None)).branch is None
        other = replace(many.branch, line=99)
        assert merge(many, replace(many, branch=other)).branch is other

    def test_the_slot_holds_both(self, pacer):
        mailbox = Mailbox()
        ask(pacer, Fork())
        for _ in range(2):
            mailbox.put(run(pacer, 200_000))
        frame = mailbox.take()
        assert (
            ends(frame.aggregations) == ends(frame.branch.aggregations) == [1_100_000 + i * 100_000 for i in range(4)]
        )


class TestFiles:
    """The files stay with A; if B is kept, they are opened anew."""

    @pytest.fixture
    def real(self):
        experiment = load_experiment(workload="stairs", kernel="6.12", loop=True)
        pacer = ManualPacer(ExperimentScene(experiment))
        pacer.start()
        ask(pacer, StageFiles(experiment.kdamonds))
        ask(pacer, WatchFiles(("kernel/mm/damon/admin/kdamonds",), STATE))
        run(pacer, 150_000)
        return pacer

    def test_b_has_none_until_it_is_kept(self, real):
        ask(real, Fork())
        frame = ask(real, TurnOff(0, Branch.B))
        assert frame.files.selected.text == "on\n"
        frame = ask(real, Keep(Branch.B))
        assert frame.files.selected.text == "off\n"
        ask(real, WriteFile(STATE, "on", 1))
        frame = run(real, 100_000)
        assert frame.snapshot.kdamonds[0].running

    def test_a_branch_has_no_write_that_waits(self, real):
        ask(real, WriteFile(STATE, "commit", 1))
        frame = ask(real, Fork())
        assert "a write to a file waits for its kdamond" in frame.outcomes[0].error
        run(real, 200_000)
        assert ask(real, Fork()).branch is not None

    def test_a_write_that_a_takes_along_is_told_of(self, real):
        ask(real, Fork())
        ask(real, WriteFile(STATE, "commit", 1))
        frame = ask(real, Keep(Branch.B))
        assert [o.error for o in frame.outcomes if isinstance(o.request, WriteFile)] == [
            "the write was not carried out, as the other branch was kept"
        ]

    def test_what_runs_through_debugfs_has_no_copy(self, real):
        ask(real, WriteFile(STATE, "off", 1))
        for path, text in (("target_ids", "1001"), ("monitor_on_DEPRECATED", "on")):
            ask(real, WriteFile(f"kernel/debug/damon/{path}", text, 2))
        frame = ask(real, Fork())
        assert frame.outcomes[-1].error.startswith("what runs through debugfs can't be copied")


def test_equal_branches_of_a_real_scene_stay_equal_through_frames():
    pacer = ManualPacer(ExperimentScene(load_experiment(workload="zigzag", preset="prcl", loop=True)))
    pacer.start()
    run(pacer, 2_000_000)
    ask(pacer, Fork())
    frame = run(pacer, 3_000_000)
    assert len(frame.aggregations) == 30
    for ours, theirs in zip(frame.aggregations, frame.branch.aggregations, strict=True):
        assert [getattr(ours, c).tolist() for c in ("start", "end", "nr_accesses", "age")] == [
            getattr(theirs, c).tolist() for c in ("start", "end", "nr_accesses", "age")
        ]
    assert frame.snapshot.machine == frame.branch.snapshot.machine
    assert frame.snapshot.kdamonds[0].schemes == frame.branch.snapshot.kdamonds[0].schemes
