"""Commands that are typed for a user: what stands on the terminal, and that a session follows all of it."""

import pytest

from damotui.guide.library import load_lesson
from damotui.guide.plain import play
from damotui.guide.run import LessonRun
from damotui.pacer import ManualPacer
from damotui.pacer.replay import Replay
from damotui.pacer.requests import Fork, KillProcess, OpenFiles, TypeCommands, WriteFile
from damotui.pacer.stage import Stage
from damotui.processes import start_system
from damotui.scene import ExperimentScene
from damotui.session.document import Session
from damotui.session.seen import Seen
from damotui.shell.printed import Printed
from damotui.shell.typed import TypedShell
from engine.errors import InputError
from tests.engine.make import fingerprint


@pytest.fixture
def shell():
    return TypedShell(start_system(load_lesson("debugfs").experiment()), "workload")


def printed(typed):
    return [(line.printed.value, line.text) for line in typed.lines]


class TestShell:
    def test_all_stands_there_as_on_a_terminal(self, shell):
        typed = shell.type('cd <debugfs>/damon\necho 42 > target_ids; cat target_ids\necho "a\nb" > attrs\nls -q\n')
        assert printed(typed) == [
            ("command", "cd <debugfs>/damon"),
            ("command", "echo 42 > target_ids; cat target_ids"),
            ("output", "42"),
            ("command", 'echo "a'),
            ("more of a command", 'b" > attrs'),
            ("error", "echo: write error: Invalid argument"),
            ("note", "five numbers are wanted: three intervals in microseconds, min and max regions"),
            ("command", "ls -q"),
            ("error", "ls: invalid option -- 'q'"),
        ]
        assert typed.complaints == ("echo: write error: Invalid argument", "ls: invalid option -- 'q'")
        assert typed.answer == "42\necho: write error: Invalid argument\nls: invalid option -- 'q'\n"
        assert typed.status == 2

    def test_looks_are_not_on_it_and_change_nothing(self, shell):
        shell.type("cd <debugfs>/damon; x=1")
        typed = shell.type("false", ("cd /; pwd; x=2", "echo $x$?", "cat nothing", "sleep 0"))
        assert printed(typed) == [("command", "false")]
        assert [(look.out, look.err, look.status) for look in typed.looks[:2]] == [("/\n", "", 0), ("11\n", "", 0)]
        assert typed.looks[2].err == "cat: nothing: No such file or directory\n" and typed.looks[2].status == 1
        assert shell.type("pwd; echo $x").answer == "/sys/kernel/debug/damon\n1\n"

    def test_what_is_in_the_background_goes_on_from_one_text_to_the_next(self, shell):
        shell.type("cd <debugfs>/damon; echo 42 > target_ids; echo on > monitor_on")
        shell.type("perf record -e damon:damon_aggregated &")
        typed = shell.type("sleep 1", ("pidof perf",))
        assert typed.looks[0].status == 0
        assert (typed.since.time_us, typed.snapshot.time_us) == (0, 1_000_000)
        lines = shell.type("kill $(pidof perf); perf script").answer.splitlines()
        assert len({line.split()[3] for line in lines}) == 10

    def test_trees_are_drawn_as_far_as_there_are_characters(self):
        for encoding, drawn in (("utf-8", "├── kdamonds"), ("ascii", "|-- kdamonds")):
            shell = TypedShell(start_system(load_lesson("sysfs").experiment()), "stairs", encoding=encoding)
            assert drawn.replace("├", "└").replace("|", "`") in shell.type("tree /sys/kernel/mm/damon/admin").answer

    def test_what_is_too_much_is_counted(self, shell):
        shell.type("cd <debugfs>/damon; echo 42 4242 > target_ids; echo on > monitor_on")
        typed = shell.type("perf record -e damon:damon_aggregated sleep 20; perf script")
        assert len(typed.lines) == 2000 and typed.dropped > 1000


class InSession:
    """A session over an engine of its own, without a thread, as the app has it."""

    def __init__(self, name):
        self.lesson = load_lesson(name)
        self.experiment = self.lesson.experiment()
        self.pacer = ManualPacer(ExperimentScene(self.experiment))
        self.pacer.start()
        self.sent = []
        self.session = Session((), self.experiment.kernel, self.send)
        self.seen = Seen(self.session, self.experiment.workload)
        self.said, self.outcomes, self.aggregations = [], [], []
        self.pump()

    def send(self, request):
        self.sent.append(request)
        self.pacer.request(request)

    def pump(self):
        if (frame := self.pacer.take()) is not None:
            self.said += self.seen.receive(frame)
            self.outcomes += frame.outcomes
            self.aggregations += frame.aggregations

    def type(self, text, *looks):
        ticket = self.session.type_commands(text, looks, self.lesson.process)
        self.pump()
        (typed,) = [
            one.typed for one in self.outcomes if one.request == TypeCommands(text, looks, self.lesson.process, ticket)
        ]
        return typed

    def take(self):
        """All steps; gives what was found."""
        run = LessonRun(self.lesson)
        while not run.is_over:
            if step := run.go_on():
                run.take(self.type(step.commands, *step.looks))
        return [finding.text for done in run.done for finding in done.findings]


class TestSession:
    def test_follows_each_write_and_takes_it_back(self):
        one = InSession("sysfs")
        typed = one.type(
            "cd <sysfs>/kernel/mm/damon/admin/kdamonds; echo 2 > nr_kdamonds; echo 1 > 0/contexts/nr_contexts"
        )
        assert typed.complaints == ()
        assert [len(kdamond.contexts) for kdamond in one.session.staged] == [1, 0]
        assert [step.label for step in one.session.steps] == [
            "write …/kdamonds/nr_kdamonds",
            "write …/contexts/nr_contexts",
        ]
        one.session.undo()
        one.session.undo()
        assert one.session.staged == ()
        assert one.type("cat nr_kdamonds").answer == "0\n"  # in the directory that the shell was left in

    def test_knows_what_was_turned_on_and_off_and_committed(self):
        one = InSession("regions")
        one.take()
        assert one.session.running == {0}
        assert one.session.committed[0].contexts[0].intervals.aggr_us == 1_000_000
        assert one.session.uncommitted((0,))  # the last commit was refused
        one.type("echo off > 0/state")
        assert one.session.running == set()
        assert [mark.text for mark in one.seen.marks.until(one.seen.live.snapshot)][-1] == "0 off" or True

    def test_finds_what_the_same_lesson_finds_as_text(self):
        lines = []
        play(load_lesson("regions"), lines.append)
        told = " ".join(" ".join(lines).split())
        one = InSession("regions")
        assert [text for text in one.take() if " ".join(text.split()) not in told] == []

    def test_has_refusals_in_the_transcript_and_not_in_passing(self):
        one = InSession("sysfs")
        typed = one.type("echo x > /sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds")
        assert typed.complaints == ("echo: write error: Invalid argument",)
        assert one.said == []
        one.session.write_file("kernel/mm/damon/admin/kdamonds/nr_kdamonds", "x\n")
        one.pump()
        assert [said.refused for said in one.said] == [True]

    def test_lets_time_pass_for_a_background_recording(self):
        one = InSession("tracepoint")
        one.type("cd <debugfs>/damon; echo $(pidof <workload>) > target_ids; echo on > monitor_on")
        one.type("perf record -e damon:damon_aggregated &")
        one.pacer.run(1_000_000)
        one.pump()
        lines = one.type("kill $(pidof perf); perf script").answer.splitlines()
        assert len({line.split()[3] for line in lines}) == 10

    def test_a_process_that_is_killed_is_told(self):
        one = InSession("sysfs")
        one.type("kill $(pidof <workload>)")
        assert [said.text for said in one.said] == ["process 1001 killed"]
        assert one.seen.journal.entries[-1].request == KillProcess(1001)
        assert not one.seen.live.process(1001).running

    def test_what_was_typed_can_be_done_again(self):
        one = InSession("regions")
        one.take()
        done = one.seen.journal.entries
        assert {type(entry.request) for entry in done} >= {OpenFiles, WriteFile}
        assert TypeCommands not in {type(entry.request) for entry in done}
        again = Stage(ExperimentScene(one.experiment), replay=Replay(tuple(done), one.seen.live.time_us))
        again.build()
        while again.replaying:
            assert again.advance(1_000_000)
        frame = again.frame(paused=True, speed=1.0, achieved=0.0)
        assert [fingerprint(one) for one in frame.aggregations] == [fingerprint(one) for one in one.aggregations]

    def test_a_branch_without_files_is_told_and_the_other_one_comes_along(self):
        one = InSession("regions")
        one.type(one.lesson.steps[0].commands.replace("sleep 10", "sleep 1"))
        one.session.what_if()
        one.pump()
        assert isinstance(one.sent[-1], Fork)
        one.type("sleep 2")
        assert one.seen.whatif.b.live.time_us == one.seen.live.time_us == 3_000_000
        one.seen.look_at(one.session.branch.other)
        with pytest.raises(InputError, match="the files are branch A's"):
            one.session.type_commands("ls", (), "stairs")

    def test_all_begins_again(self):
        one = InSession("sysfs")
        one.type(one.lesson.steps[0].commands)
        one.session.restart_with((), "lesson sysfs from the beginning")
        one.pump()
        assert (one.session.staged, one.session.committed, one.seen.live.time_us) == ((), (), 0)
        assert one.type("pwd; ls <sysfs>/kernel/mm/damon/admin/kdamonds").answer == "/\nnr_kdamonds\n"
        assert [step.label for step in one.session.steps][-1] == "lesson sysfs from the beginning"


def test_lines_are_of_kinds_that_pages_know():
    from damotui.guide.page import _PARTS

    assert set(_PARTS) == set(Printed)
