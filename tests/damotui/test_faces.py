"""Files and events of the engine as the pacer hands them out."""

import math
import threading

import pytest

from damotui.options import AppOptions
from damotui.pacer import ManualPacer, Pacer
from damotui.pacer.face_desk import FaceDesk
from damotui.pacer.faces import LINES_PER_FRAME, Faces
from damotui.pacer.frame import Frame, Mailbox
from damotui.pacer.requests import Restart, StageFiles, TurnOff, WatchFiles, WatchTrace, WriteFile
from damotui.pacer.watched import TRACED_LINES, FilesSeen, LinesSeen
from damotui.scene import ExperimentScene
from damotui.setup import load_setup
from engine.config.model import Context, Intervals, Kdamond, Target
from engine.engine import Engine
from engine.snapshot import DEBUGFS_FIRST_INDEX
from engine.system import ADMIN, DEBUG, TRACE, System
from engine.workload.library import load_workload

KDAMOND = f"{ADMIN}/kdamonds/0"
REGIONS = f"{KDAMOND}/contexts/0/monitoring_attrs/nr_regions"


class Opened:
    """A pacer over a real engine, whose files say what its kdamond was started with."""

    def __init__(self, **options):
        setup = load_setup(AppOptions(**options))
        self.kdamonds = setup.kdamonds
        self.pacer = ManualPacer(ExperimentScene(setup.experiment))
        self.pacer.start()
        self.pacer.request(StageFiles(setup.kdamonds))
        self.pacer.take()
        self.tickets = 0

    def ask(self, *requests):
        for request in requests:
            self.pacer.request(request)
        return self.pacer.take()

    def run(self, seconds):
        self.pacer.run(round(seconds * 1e6))
        return self.pacer.take()

    def write(self, path, text):
        self.tickets += 1
        return self.ask(WriteFile(path, text, self.tickets))

    def read(self, path):
        return self.ask(WatchFiles(selected=path)).files.selected.text


@pytest.fixture
def opened():
    return Opened()


def names(entries):
    return [entry.name for entry in entries]


class TestFiles:
    def test_nothing_is_looked_at_until_it_is_asked_for(self, opened):
        assert opened.run(0.1).files is None
        assert opened.ask(WatchFiles((ADMIN,))).files is not None
        assert opened.run(0.1).files is not None
        assert opened.ask(WatchFiles()).files is None

    @pytest.mark.parametrize(("kernel", "roots"), [("7.1", [ADMIN, TRACE]), ("6.1", [ADMIN, DEBUG, TRACE])])
    def test_directories_are_listed_with_what_their_files_say(self, kernel, roots):
        opened = Opened(kernel=kernel)
        files = opened.ask(WatchFiles(("", KDAMOND, "nowhere"))).files
        assert names(files.folders[""]) == roots
        assert set(files.folders) == {"", KDAMOND}
        state = next(entry for entry in files.folders[KDAMOND] if entry.name == "state")
        assert (state.directory, state.mode, state.text, state.error) == (False, 0o600, "on", "")
        contexts = next(entry for entry in files.folders[KDAMOND] if entry.name == "contexts")
        assert contexts.directory

    def test_numbers_come_in_order(self, opened):
        opened.ask(TurnOff(0))
        opened.write(f"{ADMIN}/kdamonds/nr_kdamonds", "12\n")
        found = names(opened.ask(WatchFiles((f"{ADMIN}/kdamonds",))).files.folders[f"{ADMIN}/kdamonds"])
        assert found == [*map(str, range(12)), "nr_kdamonds"]

    def test_a_file_is_told_with_what_it_is_for(self, opened):
        seen = opened.ask(WatchFiles(selected=f"{REGIONS}/min")).files.selected
        assert (seen.text, seen.mode, seen.about.since) == ("10\n", 0o600, "5.18")
        assert "always divided" in seen.about.meaning
        assert seen.about.accepts == "0 to 18446744073709551615"

    def test_an_open_pid_is_that_of_the_process(self, opened):
        assert opened.read(f"{KDAMOND}/contexts/0/targets/0/pid_target") == "1001\n"

    def test_names_are_found_with_the_way_to_them(self, opened):
        files = opened.ask(WatchFiles(find="nr_regions/mi")).files
        assert names(files.folders[REGIONS]) == ["min"]
        assert names(files.folders[KDAMOND]) == ["contexts"]
        assert names(files.folders[""]) == [ADMIN]
        assert not files.cut

    def test_a_value_that_changes_is_seen_in_each_frame(self, opened):
        tried = f"{KDAMOND}/contexts/0/schemes/0/stats/nr_tried"
        assert opened.read(tried) == "0\n"
        opened.write(f"{KDAMOND}/refresh_ms", "100\n")
        seen = [int(opened.run(1.0).files.selected.text) for _ in range(3)]
        assert 0 < seen[0] < seen[1] < seen[2]

    def test_the_trace_is_not_read(self, opened):
        seen = opened.ask(WatchFiles(("",), TRACE)).files.selected
        assert seen.text == "" and "trace screen" in seen.why

    def test_debugfs_contexts_are_told_by_their_index(self):
        opened = Opened(kernel="6.1")
        opened.ask(TurnOff(0))
        opened.write(f"{DEBUG}/target_ids", "1001\n")
        opened.write(f"{DEBUG}/monitor_on", "on\n")
        running = [status.index for status in opened.run(0.5).snapshot.kdamonds if status.running]
        assert running == [DEBUGFS_FIRST_INDEX]


class TestWrites:
    def test_what_is_taken_is_told_with_what_it_changed(self, opened):
        (outcome,) = opened.write(f"{REGIONS}/min", "20\n").outcomes
        written = outcome.written
        assert (written.count, written.error, written.waited) == (3, "", False)
        assert [side[0].contexts[0].nr_regions.min for side in (written.before, written.after)] == [10, 20]
        assert written.running == {0}

    def test_what_is_refused_is_told_in_the_kernel_s_words(self, opened):
        (outcome,) = opened.write(f"{REGIONS}/min", "many\n").outcomes
        assert outcome.error == ""
        assert outcome.written.error == "Invalid argument"
        assert outcome.written.before == outcome.written.after
        assert opened.read(f"{REGIONS}/min") == "10\n"

    def test_a_commit_is_answered_when_time_has_passed(self, opened):
        opened.ask(WatchFiles(selected=f"{KDAMOND}/state"))
        frame = opened.write(f"{KDAMOND}/state", "commit\n")
        assert frame.outcomes == ()
        assert frame.files.waiting == {1}
        frame = opened.run(0.2)
        (outcome,) = frame.outcomes
        assert (outcome.written.count, outcome.written.waited) == (7, True)
        assert frame.files.waiting == frozenset()

    def test_what_waits_when_the_engine_begins_again_is_given_up(self, opened):
        opened.ask(WatchFiles(selected=f"{KDAMOND}/state"))
        opened.write(f"{KDAMOND}/state", "commit\n")
        frame = opened.ask(Restart(opened.kdamonds))
        assert [outcome.error for outcome in frame.outcomes] == [
            "the write was not carried out, as the engine was begun again",
            "",
        ]
        assert frame.files.selected.text == "on\n"
        assert frame.files.waiting == frozenset()

    def test_what_is_staged_outlasts_the_engine(self, opened):
        kdamonds = opened.kdamonds
        opened.ask(WatchFiles(selected=f"{REGIONS}/min"), StageFiles((kdamonds[0], kdamonds[0])))
        opened.ask(Restart(kdamonds))
        assert opened.read(f"{ADMIN}/kdamonds/nr_kdamonds") == "2\n"

    def test_a_kdamond_that_the_app_started_is_one_for_its_file_too(self, opened):
        opened.ask(WatchFiles(selected=f"{KDAMOND}/state"), TurnOff(0))
        (outcome,) = opened.write(f"{KDAMOND}/state", "off\n").outcomes
        # One that was never started would be told EINVAL.
        assert outcome.written.error == "Operation not permitted"


class TestTrace:
    EVENTS = ("damon:damon_aggregated",)

    def test_lines_come_with_frames_while_they_are_asked_for(self, opened):
        assert opened.run(0.2).lines is None
        opened.ask(WatchTrace(self.EVENTS))
        lines = opened.run(0.2).lines.lines
        assert lines and all(" damon:damon_aggregated: target_id=0 nr_regions=" in line for line in lines)
        assert opened.ask(WatchTrace(None)).lines is None

    def test_an_event_that_is_not_asked_for_is_not_collected(self, opened):
        opened.ask(WatchTrace(("damon:damos_stat_after_apply_interval",)))
        assert all("damos_stat_after_apply_interval" in line for line in opened.run(0.5).lines.lines)
        opened.ask(WatchTrace(()))
        assert opened.run(0.5).lines is None

    def test_another_engine_is_listened_to_as_well(self, opened):
        opened.ask(WatchTrace(self.EVENTS), Restart(opened.kdamonds))
        assert opened.run(0.2).lines.lines

    def test_a_frame_makes_no_more_than_its_part_into_text(self, opened):
        opened.ask(WatchTrace(self.EVENTS))
        frame = opened.run(100.0)
        assert len(frame.lines.lines) == LINES_PER_FRAME
        assert frame.lines.skipped == 0
        # 1,000 aggregations of ten regions or more: the last ones wait, for the next frame.
        assert len(opened.run(0.0).lines.lines) == LINES_PER_FRAME

    def test_frames_that_nobody_takes_are_bounded(self):
        mailbox = Mailbox()
        for at in range(5):
            mailbox.put(Frame(None, lines=LinesSeen(tuple(f"{at} {line}" for line in range(6_000)), skipped=1)))
        lines = mailbox.take().lines
        assert len(lines.lines) == TRACED_LINES
        assert lines.lines[-1] == "4 5999"
        assert lines.skipped == 5 + 30_000 - TRACED_LINES


class Slow:
    """Files that take half a second to look at."""

    def __init__(self):
        self.now_s = 100.0
        self.looks = 0

    def clock(self):
        return self.now_s

    def look(self, watch):
        self.now_s += 0.5
        self.looks += 1
        return FilesSeen({})


def test_files_that_take_long_to_look_at_leave_nine_tenths_of_the_time_to_the_engine():
    slow = Slow()
    desk = FaceDesk(lambda outcome: None, slow.clock)
    desk.engine_made(lambda: slow)
    desk.takes(WatchFiles(selected=ADMIN))
    began_s = slow.now_s
    while slow.now_s < began_s + 50:
        assert desk.files(last=False) is not None
        slow.now_s += 0.03
    assert slow.looks == 10
    desk.files(last=False)
    for ask in (lambda: desk.files(last=True), lambda: desk.takes(WatchFiles(find="state"))):
        before = slow.looks
        ask()
        desk.files(last=False)
        assert slow.looks == before + 1


def test_of_several_trees_in_a_row_only_the_last_one_is_staged():
    setup = load_setup(AppOptions())
    scene = ExperimentScene(setup.experiment)
    built, release = threading.Event(), threading.Event()
    build, opened = scene.build, []

    def build_blocking(kdamonds=None):
        built.set()
        release.wait(10)
        return build(kdamonds)

    def open_faces(engine):
        opened.append(ExperimentScene(setup.experiment).open_faces(engine))
        stage = opened[0].stage
        opened[0].stage = lambda kdamonds: (staged.append(kdamonds), stage(kdamonds))
        return opened[0]

    staged = []
    scene.build, scene.open_faces = build_blocking, open_faces
    pacer = Pacer(scene, speed=math.inf)
    pacer.start()
    try:
        assert built.wait(10)
        pacer.request(WatchFiles((ADMIN,)))
        for count in range(1, 6):
            pacer.request(StageFiles(setup.kdamonds * count))
        release.set()
        pause = threading.Event()
        for _ in range(1_000):
            frame = pacer.take()
            if frame is not None and frame.files is not None and any(staged):
                break
            pause.wait(0.005)
        assert staged == [setup.kdamonds * 5]
    finally:
        release.set()
        pacer.stop()


def test_lines_that_nobody_read_before_other_events_were_chosen_are_told_as_lost():
    system = System(Engine(seed=1))
    pid = system.engine.start_process(load_workload("stairs"), loop=True)
    context = Context(intervals=Intervals(1_000, 5_000, 1_000_000), targets=(Target(pid),))
    system.engine.turn_on(0, Kdamond(contexts=(context,)))
    faces, traced = Faces(system), []
    system.engine.subscribe(lambda aggregation: traced.append(aggregation.nr_regions))
    faces.trace(("damon:damon_aggregated",))
    faces.advance(1_000_000)
    assert len(faces.lines().lines) == LINES_PER_FRAME
    faces.trace(("damon:damon_aggregated",))
    assert faces.lines().lines == (f"PERF_RECORD_LOST lost {sum(traced) - LINES_PER_FRAME}",)
    assert faces.lines().lines == ()
