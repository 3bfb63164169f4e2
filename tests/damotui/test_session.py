"""The document: edits, undo and redo, and what of it is committed."""

import pytest

from damotui.defaults import default_kdamonds
from damotui.pacer.requests import Commit, Outcome, Restart, TurnOff, TurnOn
from damotui.session import tree
from damotui.session.document import Session
from damotui.session.history import History
from damotui.session.templates import new_kdamond
from engine.config.model import Scheme
from engine.errors import InputError
from engine.versions import kernel_version

CONTEXT = (0, "contexts", 0)
AGGR = (*CONTEXT, "intervals", "aggr_us")
SCHEMES = (*CONTEXT, "schemes")


@pytest.fixture
def sent():
    return []


@pytest.fixture
def session(sent):
    return Session(default_kdamonds(), kernel_version("7.1"), sent.append)


def settle(session, sent):
    """The engine does all that was asked."""
    for request in sent:
        session.settle(Outcome(request))
    sent.clear()


def started(session, sent):
    session.turn_on(0)
    settle(session, sent)
    return session


class TestPaths:
    def test_name_and_back(self):
        assert tree.text(AGGR) == "kdamonds[0].contexts[0].intervals.aggr_us"
        assert tree.parse("contexts[0].schemes[12].quotas.sz_bytes") == (
            "contexts", 0, "schemes", 12, "quotas", "sz_bytes",
        )  # fmt: skip

    def test_an_edit_leaves_the_rest_shared(self, session):
        before = session.staged
        after = tree.replace(before, AGGR, 50_000)
        assert tree.get(after, AGGR) == 50_000
        assert tree.get(before, AGGR) == 100_000
        assert after[0].contexts[0].targets is before[0].contexts[0].targets

    @pytest.mark.parametrize(
        "path", [(1,), (0, "contexts", 1), (*CONTEXT, "nothing"), (*AGGR, 0), (0, "contexts", "ops")]
    )
    def test_nothing_there(self, session, path):
        assert tree.find(session.staged, path) is None
        with pytest.raises(LookupError):
            tree.get(session.staged, path)

    def test_a_field_is_no_entry(self, session):
        with pytest.raises(LookupError, match="is a field"):
            tree.remove(session.staged, AGGR)


class TestUndo:
    def test_goes_back_and_forth(self, session):
        session.set(AGGR, 50_000, "aggr_us: 100 ms → 50 ms")
        session.add(SCHEMES, Scheme(), "add scheme")
        assert session.undo().label == "add scheme"
        assert session.get(SCHEMES) == ()
        assert session.undo().label == "aggr_us: 100 ms → 50 ms"
        assert session.staged == default_kdamonds()
        assert session.undo() is None
        session.redo()
        assert session.get(AGGR) == 50_000
        assert len(session.redo().after[0].contexts[0].schemes) == 1
        assert session.redo() is None

    def test_steps_with_one_key_are_one(self, session):
        for value in (200_000, 500_000, 1_000_000):
            session.set(AGGR, value, key="nudge")
        session.seal()
        session.set(AGGR, 2_000_000, key="nudge")
        session.undo()
        assert session.get(AGGR) == 1_000_000
        session.undo()
        assert session.get(AGGR) == 100_000

    def test_there_and_back_in_one_visit_is_nothing(self, session):
        session.set(AGGR, 200_000, key="nudge")
        session.set(AGGR, 100_000, key="nudge")
        assert session.to_undo is None

    def test_an_edit_forgets_what_was_undone(self, session):
        session.set(AGGR, 200_000)
        session.undo()
        session.set(AGGR, 300_000)
        assert session.redo() is None

    def test_after_a_commit_it_stages_the_former_value(self, session, sent):
        started(session, sent)
        session.set(AGGR, 50_000)
        session.commit(0)
        settle(session, sent)
        assert not session.uncommitted()
        session.undo()
        assert session.get(AGGR) == 100_000
        assert session.committed[0].contexts[0].intervals.aggr_us == 50_000
        assert session.uncommitted(AGGR)
        assert sent == []

    def test_does_not_take_a_running_kdamond_away(self, session, sent):
        session.add((), new_kdamond(), "add kdamond 1")
        session.turn_on(1)
        settle(session, sent)
        with pytest.raises(InputError, match="kdamond 1 runs"):
            session.undo()
        session.turn_off(1)
        settle(session, sent)
        session.undo()
        assert len(session.staged) == 1


class TestCommitted:
    def test_an_edit_is_staged_only(self, session, sent):
        started(session, sent)
        session.set(AGGR, 50_000)
        assert sent == []
        assert session.uncommitted(AGGR)
        assert session.uncommitted((*CONTEXT, "intervals"))
        assert session.uncommitted((0,))
        assert not session.uncommitted((*CONTEXT, "nr_regions"))

    def test_a_running_kdamond_is_asked(self, session, sent):
        started(session, sent)
        session.set(AGGR, 50_000)
        session.commit(0)
        assert sent == [Commit(0, session.staged[0])]
        assert session.uncommitted()
        settle(session, sent)
        assert not session.uncommitted()

    def test_a_refused_commit_stays_staged(self, session, sent):
        started(session, sent)
        session.set(AGGR, 50_000)
        session.commit(0)
        session.settle(Outcome(sent[0], "the kernel refuses"))
        assert session.uncommitted(AGGR)

    def test_a_stopped_kdamond_has_it_at_once(self, session, sent):
        session.set(AGGR, 50_000)
        session.commit(0)
        assert sent == []
        assert not session.uncommitted()

    def test_turning_on_commits(self, session, sent):
        session.set(AGGR, 50_000)
        session.turn_on(0)
        assert sent == [TurnOn(0, session.staged[0])]
        settle(session, sent)
        assert not session.uncommitted()
        assert session.running == {0}
        session.turn_off(0)
        assert sent == [TurnOff(0)]
        settle(session, sent)
        assert session.running == frozenset()

    def test_what_is_invalid_is_not_sent(self, session, sent):
        started(session, sent)
        session.set((*CONTEXT, "nr_regions", "min"), 1)
        for ask in (session.commit, session.turn_on):
            with pytest.raises(InputError, match="1 is too few: give at least 3"):
                ask(0)
        assert sent == []

    def test_all_with_a_kdamond_added_and_one_removed(self, session):
        session.add((), new_kdamond())
        session.set(AGGR, 50_000)
        session.commit_all()
        assert session.committed == session.staged
        session.remove((1,))
        assert session.uncommitted()
        session.commit_all()
        assert len(session.committed) == 1

    def test_a_kdamond_before_a_running_one_stays(self, session, sent):
        session.add((), new_kdamond())
        session.turn_on(1)
        settle(session, sent)
        with pytest.raises(InputError, match="kdamond 0 can't be removed while kdamond 1 runs"):
            session.remove((0,))

    def test_restart_is_with_what_is_committed(self, session, sent):
        session.set(AGGR, 50_000)
        session.restart()
        assert sent == [Restart(default_kdamonds())]


def test_history_has_no_limit():
    history = History(0)
    for number in range(1, 10_001):
        history.do(str(number), number)
    undone = 0
    while history.undo():
        undone += 1
    assert (undone, history.state) == (10_000, 0)
