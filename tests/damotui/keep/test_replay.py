"""A session that is opened goes on where it was: the same requests at the same times bring the same engine back."""

import math
import random
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from damotui.keep.reader import parse_session
from damotui.keep.requests import read_requests, written
from damotui.keep.saved import Saved
from damotui.keep.writer import Writer
from damotui.options import AppOptions
from damotui.pacer import ManualPacer, Pacer
from damotui.pacer.frame import MAX_AGGREGATIONS, Frame, Mailbox
from damotui.pacer.replay import Replay
from damotui.pacer.requests import (
    Branch,
    Done,
    Fork,
    Keep,
    OpenFiles,
    StartProcess,
    StayHere,
    TurnOff,
    TurnOn,
    WatchFiles,
)
from damotui.scene import ExperimentScene
from damotui.session import tree
from damotui.session.document import Session
from damotui.session.seen import Seen
from damotui.setup import load_setup
from engine.config.json_place import Place
from engine.config.model import Kdamond
from engine.system import ADMIN
from tests.damotui.fake_engine import FakeScene
from tests.damotui.keep.sessions import AGGR, CONTEXT
from tests.damotui.test_pacer import Waiting
from tests.engine.make import fingerprint

STATE = f"{ADMIN}/kdamonds/0/state"
AGGR_FILE = f"{ADMIN}/kdamonds/0/contexts/0/monitoring_attrs/intervals/aggr_us"
ONE_SECOND = 1_000_000


class Workbench:
    """A session on a real engine without a thread."""

    def __init__(self, experiment, replay=None, slices=None):
        self.experiment = experiment
        self.pacer = ManualPacer(ExperimentScene(experiment), replay=replay)
        self.session = Session(experiment.kdamonds, experiment.kernel, self.pacer.request)
        self.seen = Seen(self.session, experiment.workload)
        self.told = []
        self.slices = slices
        self.pacer.start()
        self.look()

    def look(self):
        frame = self.pacer.take()
        if frame is not None:
            self.told += [said.text for said in self.seen.receive(frame)]
        return frame

    def run(self, duration_us):
        """Let time pass, in the pieces that chance makes."""
        while duration_us > 0:
            part = min(duration_us, self.slices.randint(1, 400_000) if self.slices else 50_000)
            self.pacer.run(part)
            duration_us -= part
            self.look()

    def saved(self):
        journal = self.seen.journal
        return Saved(
            replace(self.experiment, kdamonds=journal.begun),
            self.session.edits,
            self.session.committed,
            tuple(journal.entries),
            self.seen.live.time_us,
        )


def brought_back(saved):
    """What a file of the session opens as, once all of it was done again."""
    saved = parse_session(Writer().text(saved), "f")
    one = Workbench(saved.experiment, Replay(saved.done, saved.time_us))
    one.session.resume(saved.edits, saved.committed)
    pieces = random.Random(5)
    while not one.pacer.paused:
        one.pacer.run(pieces.randint(1, 400_000))
        one.look()
    return one


def assert_the_same(one, other):
    assert one.seen.live.time_us == other.seen.live.time_us
    assert one.seen.history.contexts() == other.seen.history.contexts()
    for key in one.seen.history.contexts():
        ours, theirs = (w.seen.history.between(*key, 0, 1 << 62) for w in (one, other))
        assert [fingerprint(a) for a in ours] == [fingerprint(a) for a in theirs]
        assert len(ours) >= 3
    assert told(one.seen.live.snapshot) == told(other.seen.live.snapshot)
    assert one.seen.journal.begun == other.seen.journal.begun
    assert without_tickets(one.seen.journal.entries) == without_tickets(other.seen.journal.entries)
    assert (one.session.staged, one.session.committed) == (other.session.staged, other.session.committed)
    assert one.session.running == other.session.running
    marks = [w.seen.marks.until(w.seen.live.snapshot) for w in (one, other)]
    assert marks[0] == marks[1]
    one.run(2 * ONE_SECOND), other.run(2 * ONE_SECOND)
    assert told(one.seen.live.snapshot) == told(other.seen.live.snapshot)


def told(value):
    """A snapshot as plain values that can be compared."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if is_dataclass(value):
        return {member.name: told(getattr(value, member.name)) for member in fields(value)}
    return tuple(map(told, value)) if isinstance(value, tuple) else value


def without_tickets(entries):
    return [replace(e, request=replace(e.request, ticket=0)) if hasattr(e.request, "ticket") else e for e in entries]


@pytest.fixture
def bench():
    return Workbench(load_setup(AppOptions(seed=3)).experiment, slices=random.Random(1))


class TestTheSameAgain:
    def test_commits_processes_and_kdamonds_at_odd_times(self, bench):
        bench.run(1_234_567)
        bench.session.set(AGGR, 200_000, "aggr_us")
        bench.session.commit(0)
        bench.run(1_000_001)
        bench.session.start_process()
        bench.session.add((), replace(bench.session.staged[0], refresh_ms=5), "add kdamond 1")
        bench.session.turn_on(1)
        bench.run(777_777)
        bench.session.turn_off(0)
        bench.session.kill_process(1001)
        bench.run(900_000)
        bench.session.turn_on(0)
        bench.session.set((*CONTEXT, "nr_regions", "max"), 40, "max")
        bench.run(1_500_000)
        assert [type(e.request).__name__ for e in bench.seen.journal.entries] == [
            "Commit", "StartProcess", "TurnOn", "TurnOff", "KillProcess", "TurnOn",
        ]  # fmt: skip
        assert [e.time_us for e in bench.seen.journal.entries[:2]] == [1_234_567, 2_234_568]
        other = brought_back(bench.saved())
        assert other.told == []
        assert_the_same(bench, other)

    def test_what_was_written_to_files(self, bench):
        bench.run(500_000)
        bench.session.watch_files(WatchFiles((f"{ADMIN}/kdamonds/0",)))
        bench.session.set(AGGR, 300_000, "aggr_us")
        bench.run(333_333)
        bench.session.write_file(AGGR_FILE, "50000\n")
        bench.session.write_file(STATE, "commit\n")
        bench.run(1_000_000)
        bench.session.write_file(STATE, "off\n")
        bench.run(250_000)
        bench.session.write_file(STATE, "on\n")
        bench.run(2_000_000)
        assert bench.seen.live.status(0).config.contexts[0].intervals.aggr_us == 50_000
        other = brought_back(bench.saved())
        assert other.told == []
        assert_the_same(bench, other)
        other.session.write_file(STATE, "off\n")
        other.look()
        assert not other.session.running

    def test_begun_again_it_is_the_time_since_then(self, bench):
        bench.run(1_000_000)
        bench.session.watch_files(WatchFiles((ADMIN,)))
        bench.session.set(AGGR, 50_000, "aggr_us")
        bench.session.commit(0)
        bench.look()
        bench.session.restart()
        bench.run(900_000)
        bench.session.start_process()
        bench.run(1_000_000)
        assert bench.seen.journal.begun[0].contexts[0].intervals.aggr_us == 50_000
        assert [type(e.request).__name__ for e in bench.seen.journal.entries] == [
            "StageFiles",
            "OpenFiles",
            "StartProcess",
        ]
        assert_the_same(bench, brought_back(bench.saved()))

    @pytest.mark.parametrize("kept", Branch)
    def test_of_a_what_if_the_branch_that_was_kept(self, bench, kept):
        bench.run(1_000_000)
        bench.session.watch_files(WatchFiles((ADMIN,)))
        faster = tree.replace(bench.session.staged, AGGR, 50_000)
        bench.pacer.request(Fork(((0, faster[0]),)))
        bench.run(500_000)
        bench.pacer.request(TurnOff(0, Branch.B))
        bench.pacer.request(StartProcess())
        bench.run(300_000)
        bench.pacer.request(TurnOn(0, faster[0], Branch.B))
        bench.run(700_000)
        bench.pacer.request(Keep(kept))
        bench.run(1_000_000)
        other = brought_back(bench.saved())
        snapshots = [told(w.seen.live.snapshot) for w in (bench, other)]
        assert snapshots[0] == snapshots[1]
        names = [type(e.request).__name__ for e in bench.seen.journal.entries if not isinstance(e.request, OpenFiles)]
        of_b = ["StageFiles", "Commit", "TurnOff", "StartProcess", "TurnOn", "StageFiles"]
        assert names == (of_b if kept is Branch.B else ["StageFiles", "StartProcess"])


class TestMeanwhile:
    @pytest.fixture
    def replaying(self):
        kdamonds = load_setup(AppOptions()).kdamonds
        done = (Done(0, OpenFiles()), Done(1_500_000, TurnOff(0)), Done(2_500_000, TurnOn(0, kdamonds[0])))
        pacer = ManualPacer(FakeScene(kdamonds), replay=Replay(done, 3_000_000))
        pacer.start()
        return pacer

    def test_it_stands_at_the_end_and_goes_on_from_there(self, replaying):
        replaying.run(1_000_000)
        frame = replaying.take()
        assert (frame.replaying_until_us, frame.paused, frame.done[-1].request) == (3_000_000, False, OpenFiles())
        replaying.run(60_000_000)
        frame = replaying.take()
        assert (frame.snapshot.time_us, frame.replaying_until_us, frame.paused) == (3_000_000, None, True)
        assert [one.time_us for one in frame.done] == [1_500_000, 2_500_000]
        assert all(outcome.replayed for outcome in frame.outcomes)
        replaying.run(100_000)
        assert replaying.take().snapshot.time_us == 3_100_000

    def test_other_changes_are_refused_and_files_wait(self, replaying):
        replaying.run(1_000_000)
        replaying.request(TurnOff(0))
        replaying.request(WatchFiles((ADMIN,)))
        frame = replaying.take()
        assert "being done again" in frame.outcomes[-1].error and not frame.outcomes[-1].replayed
        assert frame.files is None
        replaying.run(2_000_000)
        assert replaying.take().files.folders

    def test_it_can_be_ended_where_it_is(self, replaying):
        replaying.run(2_000_000)
        replaying.request(StayHere())
        replaying.run(5_000_000)
        frame = replaying.take()
        assert (frame.snapshot.time_us, frame.replaying_until_us, frame.paused) == (7_000_000, None, False)
        assert [type(one.request) for one in frame.done] == [OpenFiles, TurnOff]

    def test_what_can_t_be_done_again_is_told(self):
        setup = load_setup(AppOptions())
        pacer = ManualPacer(FakeScene(setup.kdamonds), replay=Replay((Done(500_000, TurnOff(7)),), 1_000_000))
        session = Session(setup.kdamonds, setup.kernel, pacer.request)
        seen = Seen(session, setup.workload)
        pacer.start()
        pacer.run(2_000_000)
        (said,) = seen.receive(pacer.take())
        assert said.refused and said.text == "what was done at 0.5 s can't be done again: kdamond 7 is off"
        assert seen.journal.entries == []

    def test_the_thread_arrives_at_the_same_moment_and_waits_for_who_reads(self):
        kdamonds = load_setup(AppOptions()).kdamonds
        pacer = Pacer(FakeScene(kdamonds), speed=math.inf, replay=Replay((), 30_000_000))
        waiting = Waiting(pacer)
        pacer.start()
        frame = waiting.until(lambda frame: frame.paused)
        assert pacer.stop()
        assert frame.snapshot.time_us == 30_000_000
        assert len(waiting.aggregations) == 300

    def test_a_mailbox_is_crowded_before_anything_is_dropped(self):
        mailbox = Mailbox()
        mailbox.put(Frame(None, aggregations=(None,) * (MAX_AGGREGATIONS // 2)))
        assert not mailbox.crowded
        mailbox.put(Frame(None, aggregations=(None,)))
        assert mailbox.crowded


def test_an_empty_kdamond_before_one_that_runs_is_kept():
    done = (Done(5, TurnOn(2, Kdamond(refresh_ms=3))),)
    (entry,) = written(done, ())
    assert list(read_requests([Place("f", "", entry, [])], (), 10)) == list(done)
