"""Wall-clock time to simulated time, frames through one slot, and an engine that may fail."""

import math
import threading

import pytest

from damotui.defaults import default_kdamonds
from damotui.pacer import ManualPacer, Pacer
from damotui.pacer.clock import SPEEDS, Achieved, Clock, Slice, next_speed
from damotui.pacer.frame import MAX_AGGREGATIONS, Fault, Frame, Mailbox
from damotui.pacer.requests import Commit, KillProcess, Outcome, Restart, StartProcess, TurnOff, TurnOn
from tests.damotui.fake_engine import FakeScene

KDAMONDS = default_kdamonds()


@pytest.fixture
def scene():
    return FakeScene(KDAMONDS)


@pytest.fixture
def pacer(scene):
    pacer = ManualPacer(scene)
    pacer.start()
    pacer.take()
    return pacer


class TestClock:
    @pytest.mark.parametrize(("speed", "due_us"), [(0.1, 5_000), (1.0, 50_000), (1000.0, 50_000_000)])
    def test_due_is_wall_time_by_speed(self, speed, due_us):
        clock = Clock(speed)
        clock.anchor(10.0, 1_000_000)
        assert clock.due_us(10.05, 1_000_000) == pytest.approx(due_us, abs=1)
        assert clock.due_us(10.05, 1_000_000 + due_us) <= 1

    def test_does_not_drift(self):
        clock = Clock(1.0)
        clock.anchor(0.0, 0)
        sim_us = 0
        for tick in range(1, 1001):
            sim_us += clock.due_us(tick * 0.0333, sim_us)
        assert sim_us == pytest.approx(33_300_000, abs=2)

    def test_lag_is_forgotten(self):
        clock = Clock(10.0)
        clock.anchor(0.0, 0)
        assert clock.due_us(60.0, 0) == 1_000_000
        assert clock.due_us(60.01, 1_000_000) == pytest.approx(100_000, abs=1)

    def test_at_infinite_speed_all_is_due(self):
        clock = Clock(math.inf)
        assert clock.due_us(1.0, 0) > 10**15

    def test_at_infinite_speed_with_nothing_to_do_time_passes_at_1(self):
        clock = Clock(math.inf)
        clock.due_us(5.0, 1_000, busy=True)
        assert clock.due_us(5.05, 1_000, busy=False) == pytest.approx(50_000, abs=1)

    def test_speeds_are_stepped_through(self):
        assert SPEEDS[0] == 0.1
        assert SPEEDS[-2:] == (1000.0, math.inf)
        up = [0.1]
        while up[-1] != math.inf:
            up.append(next_speed(up[-1], 1))
        assert tuple(up) == SPEEDS
        assert [next_speed(s, -1) for s in SPEEDS[1:]] == list(SPEEDS[:-1])
        assert next_speed(math.inf, 1) == math.inf
        assert next_speed(0.1, -1) == 0.1
        assert (next_speed(3.0, 1), next_speed(3.0, -1)) == (5.0, 2.0)

    def test_slices_are_as_long_as_fits(self):
        part = Slice(wall_s=0.003)
        for _ in range(60):
            part.learn(part.us, part.us * 1e-8)  # 100 simulated seconds take one
        assert part.us == pytest.approx(300_000, rel=0.01)
        for _ in range(200):
            part.learn(part.us, part.us * 1e-6)
        assert part.us == pytest.approx(3_000, rel=0.01)

    def test_achieved_is_over_the_last_second(self):
        achieved = Achieved()
        assert achieved.note(0.0, 0) == 0.0
        for tenth in range(1, 31):
            speed = achieved.note(tenth / 10, tenth * 1_000_000 if tenth <= 10 else 10_000_000 + (tenth - 10) * 200_000)
        assert speed == pytest.approx(2.0, rel=0.1)


class TestMailbox:
    def test_holds_one_frame_and_forgets_nothing(self):
        mailbox = Mailbox()
        assert mailbox.take() is None
        mailbox.put(Frame(None, aggregations=("a",), outcomes=("x",), speed=1.0))
        mailbox.put(Frame(None, aggregations=("b", "c"), outcomes=("y",), speed=2.0, fault=Fault("f", "")))
        mailbox.put(Frame(None, speed=3.0))
        frame = mailbox.take()
        assert frame.aggregations == ("a", "b", "c")
        assert frame.outcomes == ("x", "y")
        assert (frame.speed, frame.fault.message) == (3.0, "f")
        assert mailbox.take() is None

    def test_is_bounded(self):
        mailbox = Mailbox()
        for at in range(10):
            mailbox.put(Frame(None, aggregations=tuple(range(at * 1_000, (at + 1) * 1_000)), dropped=1))
        frame = mailbox.take()
        assert len(frame.aggregations) == MAX_AGGREGATIONS
        assert frame.aggregations[-1] == 9_999
        assert frame.dropped == 10 + 10_000 - MAX_AGGREGATIONS

    def test_another_engine_makes_the_past_void(self):
        mailbox = Mailbox()
        mailbox.put(Frame(None, aggregations=("old",), outcomes=("x",), generation=1))
        mailbox.put(Frame(None, aggregations=("new",), outcomes=("y",), generation=2))
        frame = mailbox.take()
        assert frame.aggregations == ("new",)
        assert frame.outcomes == ("x", "y")


class TestManual:
    def test_runs_as_long_as_told(self, pacer):
        pacer.run(1_050_000)
        frame = pacer.take()
        assert frame.snapshot.time_us == 1_050_000
        assert [a.end_us for a in frame.aggregations] == [at * 100_000 for at in range(1, 11)]
        assert pacer.take() is None

    def test_a_step_ends_behind_the_next_aggregation(self, pacer):
        pacer.run(250_000)
        pacer.take()
        pacer.step()
        frame = pacer.take()
        assert [a.end_us for a in frame.aggregations] == [300_000]
        assert 300_000 <= frame.snapshot.time_us < 305_000
        assert frame.paused

    def test_a_step_with_nothing_running_ends_too(self, pacer):
        pacer.request(TurnOff(0))
        pacer.take()
        pacer.step()
        assert pacer.take().snapshot.time_us == 100_000

    def test_requests_are_carried_out_in_order(self, pacer, scene):
        requests = [TurnOff(0), TurnOn(0, KDAMONDS[0]), Commit(0, KDAMONDS[0]), StartProcess(), KillProcess(1001)]
        for request in requests:
            pacer.request(request)
        assert pacer.take().outcomes == tuple(Outcome(request) for request in requests)
        assert scene.engine.calls[1:4] == [("turn_off", 0), ("turn_on", 0), ("commit", 0)]
        assert scene.engine.alive == {1001: False, 1002: True}

    def test_a_refusal_is_told(self, pacer):
        pacer.request(TurnOn(0, KDAMONDS[0]))
        (outcome,) = pacer.take().outcomes
        assert outcome.error == "kdamond 0 is on already"

    def test_a_failing_engine_stands_and_can_begin_again(self, pacer, scene):
        scene.engine.fail_at_us = 500_000
        pacer.run(1_000_000)
        frame = pacer.take()
        assert frame.fault.message == "RuntimeError: the engine broke"
        assert "Traceback" in frame.fault.detail
        assert frame.paused
        assert frame.snapshot.time_us < 500_000
        pacer.request(Restart(KDAMONDS))
        pacer.run(1_000_000)
        frame = pacer.take()
        assert frame.fault is None
        assert (frame.generation, frame.snapshot.time_us, len(frame.aggregations)) == (2, 1_000_000, 10)

    def test_an_engine_that_can_not_be_made_is_told(self, scene):
        scene.refusal = "the workload does not fit"
        pacer = ManualPacer(scene)
        pacer.start()
        frame = pacer.take()
        assert frame.snapshot is None
        assert frame.fault.message == "the workload does not fit"
        pacer.request(TurnOff(0))
        assert pacer.take().outcomes[0].error == "there is no engine yet"
        scene.refusal = ""
        pacer.request(Restart(KDAMONDS))
        assert pacer.take().snapshot.time_us == 0


class Waiting:
    """Takes frames of a threaded pacer until one is as wanted."""

    def __init__(self, pacer):
        self.pacer = pacer
        self.aggregations = []
        self.frames = 0

    def until(self, wanted, tries=2_000):
        pause = threading.Event()
        for _ in range(tries):
            frame = self.pacer.take()
            if frame is not None:
                self.frames += 1
                self.aggregations += frame.aggregations
                if wanted(frame):
                    return frame
            pause.wait(0.005)
        raise AssertionError("no such frame came")


@pytest.fixture
def threaded(scene):
    pacer = Pacer(scene, speed=math.inf)
    pacer.start()
    yield pacer
    pacer.stop()
    assert not any(thread.name == "damotui-engine" for thread in threading.enumerate())


class TestThreaded:
    def test_time_passes_and_no_aggregation_is_lost(self, threaded):
        waiting = Waiting(threaded)
        waiting.until(lambda frame: frame.snapshot.time_us > 20_000_000)
        threaded.set_paused(True)
        last = waiting.until(lambda frame: frame.paused)
        ends = [a.end_us for a in waiting.aggregations]
        assert ends == [at * 100_000 for at in range(1, last.snapshot.time_us // 100_000 + 1)]

    def test_paused_it_stands_until_stepped(self, threaded):
        waiting = Waiting(threaded)
        threaded.set_paused(True)
        before = waiting.until(lambda frame: frame.paused).snapshot.time_us
        threaded.step()
        frame = waiting.until(lambda frame: frame.aggregations)
        assert len(frame.aggregations) == 1
        assert 0 < frame.snapshot.time_us - before <= 105_000
        assert frame.paused

    def test_paused_it_answers_requests(self, threaded):
        waiting = Waiting(threaded)
        threaded.set_paused(True)
        waiting.until(lambda frame: frame.paused)
        threaded.request(TurnOff(0))
        frame = waiting.until(lambda frame: frame.outcomes)
        assert frame.outcomes == (Outcome(TurnOff(0)),)
        assert not frame.snapshot.kdamonds[0].running

    def test_a_failing_engine_pauses_it_and_can_begin_again(self, threaded, scene):
        waiting = Waiting(threaded)
        waiting.until(lambda frame: frame.snapshot is not None)
        scene.engine.fail_at_us = 0
        frame = waiting.until(lambda frame: frame.fault)
        assert frame.fault.message == "RuntimeError: the engine broke"
        assert threaded.paused
        threaded.request(Restart(KDAMONDS))
        threaded.set_paused(False)
        frame = waiting.until(lambda frame: frame.generation == 2 and frame.snapshot.time_us > 1_000_000)
        assert not frame.paused

    def test_real_time_is_kept(self, scene):
        pacer = Pacer(scene, speed=100.0)
        pacer.start()
        try:
            frame = Waiting(pacer).until(lambda frame: frame.achieved and frame.snapshot.time_us > 30_000_000)
            assert frame.achieved == pytest.approx(100.0, rel=0.2)
        finally:
            pacer.stop()

    def test_an_engine_that_does_not_come_back_is_left_behind(self, scene):
        blocked, release = threading.Event(), threading.Event()
        pacer = Pacer(scene)
        build = scene.build

        def build_blocking(kdamonds=None):
            engine = build(kdamonds)
            engine.advance = lambda duration_us: (blocked.set(), release.wait(10))
            return engine

        scene.build = build_blocking
        pacer.start()
        assert blocked.wait(10)
        assert pacer.stuck_s > 0
        assert not pacer.stop(timeout_s=0.01)
        release.set()
        assert pacer.stop()
