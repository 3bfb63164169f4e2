"""What is written to files becomes one edit of the staged tree, and what is staged is told to the files."""

from dataclasses import replace

import pytest

from damotui.pacer.requests import Commit, CommitGoals, Outcome, StageFiles, TurnOff, TurnOn, WatchFiles, WriteFile
from damotui.pacer.watched import Written
from damotui.session import tree
from damotui.session.document import Session
from engine.config.model import Context, Goal, Kdamond, Quotas, Scheme, Target
from engine.versions import kernel_version

CONTEXT = (0, "contexts", 0)
MIN = (*CONTEXT, "nr_regions", "min")
PID = (*CONTEXT, "targets", 0, "pid")
STAGED = (Kdamond((Context(targets=(Target(),), schemes=(Scheme(),)),)),)
FILES = tree.replace(STAGED, PID, 1001)
"""What files say of it: with the process that the open pid stands for."""
ADMIN = "kernel/mm/damon/admin/kdamonds"


class Talk:
    """A session, and what it asks of the engine."""

    def __init__(self):
        self.sent = []
        self.session = Session(STAGED, kernel_version("7.1"), self.sent.append)
        self.session.watch_files(WatchFiles(("",)))
        self.files = FILES

    def write(self, path, text, after=None, *, running=(), error=""):
        """Write, and answer with files that say `after`."""
        ticket = self.session.write_file(path, text)
        return self.answer(self.sent[-1], after, running=running, error=error, ticket=ticket)

    def answer(self, request, after=None, *, running=(), error="", ticket=None):
        assert ticket in (None, request.ticket)
        before, self.files = self.files, self.files if after is None else after
        written = Written(len(request.text), error, "", before, self.files, frozenset(running))
        return self.session.settle(Outcome(request, written=written))


@pytest.fixture
def talk():
    return Talk()


class TestDifferences:
    def test_are_the_least_parts(self):
        after = tree.replace(tree.replace(FILES, MIN, 20), (*CONTEXT, "intervals", "aggr_us"), 5)
        assert list(tree.differences(FILES, after)) == [((*CONTEXT, "intervals", "aggr_us"), 5), (MIN, 20)]
        assert list(tree.differences(FILES, FILES)) == []

    def test_of_lists_of_another_length_are_the_list(self):
        after = tree.insert(FILES, (*CONTEXT, "schemes"), 1, Scheme("pageout"))
        assert list(tree.differences(FILES, after)) == [((*CONTEXT, "schemes"), (Scheme(), Scheme("pageout")))]
        assert list(tree.differences(FILES, ())) == [((), ())]


class TestFilesToSession:
    def test_a_write_is_one_step_that_undo_takes_back_and_files_are_told_of(self, talk):
        talk.write(f"{ADMIN}/0/contexts/0/monitoring_attrs/nr_regions/min", "20\n", tree.replace(FILES, MIN, 20))
        assert talk.session.get(MIN) == 20
        assert talk.session.to_undo.label == "write …/nr_regions/min"
        assert talk.session.uncommitted(MIN)
        assert not isinstance(talk.sent[-1], StageFiles)  # the files say so already
        talk.session.undo()
        assert talk.session.staged == STAGED
        assert talk.sent[-1] == StageFiles(STAGED)

    def test_a_pid_that_files_have_made_up_is_no_edit(self, talk):
        talk.write(f"{ADMIN}/0/contexts/0/targets/0/pid_target", "1001\n")
        assert talk.session.staged == STAGED
        assert talk.session.to_undo is None

    def test_a_pid_that_was_written_is_one(self, talk):
        talk.write(f"{ADMIN}/0/contexts/0/targets/0/pid_target", "7\n", tree.replace(FILES, PID, 7))
        assert talk.session.get(PID) == 7

    def test_a_refused_write_that_changes_files_all_the_same_is_followed(self, talk):
        none = tree.replace(FILES, (*CONTEXT, "schemes"), ())
        talk.write(f"{ADMIN}/0/contexts/0/schemes/nr_schemes", "999999\n", none, error="Cannot allocate memory")
        assert talk.session.get((*CONTEXT, "schemes")) == ()

    def test_several_values_of_one_write_are_one_step(self, talk):
        after = tree.replace(tree.replace(FILES, MIN, 20), (*CONTEXT, "intervals", "aggr_us"), 5)
        talk.write(f"{ADMIN}/0/state", "update_tuned_intervals\n", after, running={0})
        talk.session.undo()
        assert talk.session.staged == STAGED

    def test_a_value_whose_place_was_removed_meanwhile_brings_its_branch_back(self, talk):
        at = (*CONTEXT, "schemes", 0, "action")
        talk.session.write_file(f"{ADMIN}/0/contexts/0/schemes/0/action", "pageout\n")
        request = talk.sent[-1]
        talk.session.remove((*CONTEXT, "schemes", 0))
        talk.answer(request, tree.replace(FILES, at, "pageout"))
        assert talk.session.get(at) == "pageout"

    def test_files_that_were_told_otherwise_meanwhile_are_told_again(self, talk):
        talk.session.write_file(f"{ADMIN}/0/contexts/0/monitoring_attrs/nr_regions/min", "20\n")
        request = talk.sent[-1]
        assert isinstance(request, WriteFile)
        talk.session.set((*CONTEXT, "intervals", "aggr_us"), 200_000)
        talk.answer(request, tree.replace(FILES, MIN, 20))
        (told,) = talk.sent[-1].kdamonds
        assert (told.contexts[0].nr_regions.min, told.contexts[0].intervals.aggr_us) == (20, 200_000)


class TestState:
    def test_on_commits_and_runs_with_open_pids_still_open(self, talk):
        talk.session.set(MIN, 30)
        talk.files = tree.replace(FILES, MIN, 30)
        done = talk.write(f"{ADMIN}/0/state", "on\n", running={0})
        assert done == TurnOn(0, talk.session.staged[0])
        assert talk.session.running == {0}
        assert not talk.session.uncommitted()

    def test_commit_settles_what_the_files_say(self, talk):
        talk.session.set(MIN, 30)
        talk.files = tree.replace(FILES, MIN, 30)
        assert isinstance(talk.write(f"{ADMIN}/0/state", "commit", running={0}), Commit)
        assert not talk.session.uncommitted()

    def test_a_commit_that_has_stopped_the_kdamond_is_an_end(self, talk):
        talk.write(f"{ADMIN}/0/state", "on\n", running={0})
        talk.session.set(MIN, 1)
        talk.files = tree.replace(FILES, MIN, 1)
        assert talk.write(f"{ADMIN}/0/state", "commit\n", running=()) == TurnOff(0)
        assert talk.session.running == frozenset()
        assert talk.session.uncommitted(MIN)

    def test_off_stops(self, talk):
        talk.write(f"{ADMIN}/0/state", "on\n", running={0})
        assert talk.write(f"{ADMIN}/0/state", "off\n") == TurnOff(0)
        assert talk.session.running == frozenset()

    def test_commit_of_goals_leaves_everything_else_uncommitted(self, talk):
        goals = (*CONTEXT, "schemes", 0, "quotas")
        quotas = Quotas(sz_bytes=4096, goals=(Goal(target_value=7),))
        talk.session.set(goals, quotas)
        talk.files = tree.replace(FILES, goals, quotas)
        done = talk.write(f"{ADMIN}/0/state", "commit_schemes_quota_goals\n", running={0})
        assert isinstance(done, CommitGoals)
        committed = tree.get(talk.session.committed, goals)
        assert committed == replace(Quotas(), goals=(Goal(target_value=7),))

    @pytest.mark.parametrize(
        ("path", "text", "error"),
        [
            (f"{ADMIN}/0/state", "on\n", "Invalid argument"),
            (f"{ADMIN}/0/state", "update_schemes_stats\n", ""),
            (f"{ADMIN}/0/pid", "on\n", ""),
            (f"{ADMIN}/5/state", "on\n", ""),
            ("kernel/debug/damon/monitor_on", "on\n", ""),
        ],
    )
    def test_nothing_else_settles_anything(self, talk, path, text, error):
        assert talk.write(path, text, running={0}, error=error) is None
        assert talk.session.running == frozenset()


class TestSessionToFiles:
    def test_files_are_told_of_each_change_once_they_are_looked_at(self):
        sent = []
        session = Session(STAGED, kernel_version("7.1"), sent.append)
        session.set(MIN, 20)
        assert sent == []
        session.watch_files(WatchFiles(("",)))
        assert sent == [StageFiles(session.staged), WatchFiles(("",))]
        session.set(MIN, 30)
        session.add((*CONTEXT, "schemes"), Scheme())
        session.remove((*CONTEXT, "schemes", 1))
        session.load(STAGED, "preset")
        session.undo()
        session.redo()
        assert [type(request) for request in sent[2:]] == [StageFiles] * 6
        assert sent[-1] == StageFiles(STAGED)

    def test_what_changes_nothing_is_not_told(self):
        sent = []
        session = Session(STAGED, kernel_version("7.1"), sent.append)
        session.watch_files(WatchFiles(("",)))
        session.set(MIN, 10)
        assert len(sent) == 2
