"""Duplicates, moves, cut and paste, reverting: and kdamonds that run keep their indices through all of it."""

import pytest

from damotui.pacer.requests import Outcome, TurnOff, TurnOn
from damotui.session.document import Session
from damotui.session.templates import new_kdamond
from engine.config.model import Context, Filter, Kdamond, Range, Scheme, Target
from engine.errors import InputError
from engine.versions import kernel_version

CONTEXT = (0, "contexts", 0)
SCHEMES = (*CONTEXT, "schemes")
FILTERED = Scheme("pageout", filters=(Filter("young"),))


@pytest.fixture
def session():
    schemes = (Scheme("stat"), FILTERED, Scheme("cold"))
    tree = (Kdamond((Context(schemes=schemes, targets=(Target(),)),)), new_kdamond("paddr"), new_kdamond("fvaddr"))
    return Session(tree, kernel_version("7.1"), lambda request: None)


def run(session, index):
    session.settle(Outcome(TurnOn(index, session.staged[index])))


def stop(session, index):
    session.settle(Outcome(TurnOff(index)))


def actions(session, path=SCHEMES):
    return " ".join(scheme.action for scheme in session.get(path))


def ops(session):
    return " ".join(kdamond.contexts[0].ops for kdamond in session.staged)


class TestArranging:
    def test_a_copy_comes_behind_with_all_that_is_in_it(self, session):
        path = session.duplicate((*SCHEMES, 1, "filters"))
        assert path == (*SCHEMES, 2)
        assert actions(session) == "stat pageout pageout cold"
        assert session.get(path) == FILTERED
        assert session.to_undo.label == "duplicate scheme 1 (pageout sz=0 nr=0 age=0)"
        with pytest.raises(InputError, match="a kdamond runs exactly one context: go to kdamond 0"):
            session.duplicate((*CONTEXT, "ops"))

    def test_entries_move_among_their_siblings(self, session):
        path = session.move((*SCHEMES, 0, "action"), 1)
        assert (path, actions(session)) == ((*SCHEMES, 1), "pageout stat cold")
        assert session.move(path, 1) == (*SCHEMES, 2)
        assert actions(session) == "pageout cold stat"
        with pytest.raises(InputError, match="scheme 2 is the last scheme already"):
            session.move((*SCHEMES, 2), 1)
        with pytest.raises(InputError, match="target 0 is the first target already"):
            session.move((*CONTEXT, "targets", 0), -1)
        session.undo()
        session.undo()
        assert actions(session) == "stat pageout cold"

    def test_an_entry_is_cut_and_pasted_in_another_kdamond(self, session):
        clip = session.cut((*SCHEMES, 1))
        assert clip.name == "scheme 1 (pageout sz=0 nr=0 age=0)"
        assert actions(session) == "stat cold"
        assert session.paste((1, "contexts", 0, "targets")) == (1, "contexts", 0, "schemes", 0)
        assert session.get((1, "contexts", 0, "schemes")) == (FILTERED,)
        assert session.paste((*SCHEMES, 0)) == (*SCHEMES, 1)  # again, after its sibling
        assert actions(session) == "stat pageout cold"

    def test_several_entries_and_a_group(self, session):
        session.copy(SCHEMES)
        assert session.paste((2,)) == (2, "contexts", 0, "schemes", 0)
        assert actions(session, (2, "contexts", 0, "schemes")) == "stat pageout cold"
        session.set((*CONTEXT, "nr_regions", "max"), 500)
        session.copy((*CONTEXT, "nr_regions"))
        assert session.paste((1,)) == (1, "contexts", 0, "nr_regions")
        assert session.get((1, "contexts", 0, "nr_regions", "max")) == 500
        with pytest.raises(InputError, match="nr_regions is as what was copied already"):
            session.paste((1,))

    def test_a_clip_outlives_what_it_was_copied_from(self, session):
        with pytest.raises(InputError, match="nothing was copied yet"):
            session.paste(CONTEXT)
        session.copy((*SCHEMES, 1))
        session.remove((*SCHEMES, 1))
        session.undo()
        session.set((*SCHEMES, 1, "action"), "cold")
        session.paste((*SCHEMES, 2))
        assert actions(session) == "stat cold cold pageout"

    @pytest.mark.parametrize(
        ("path", "said"),
        [
            ((*SCHEMES, 1, "filters", 0, "type"), "type can't be removed: go to filter 0 to remove that"),
            ((*SCHEMES, 1, "quotas"), "quotas can't be removed: go to scheme 1 to remove that"),
            (SCHEMES, "schemes can't be removed: go to context 0 to remove that"),
        ],
    )
    def test_only_entries_are_cut(self, session, path, said):
        before = session.staged
        with pytest.raises(InputError, match=said):
            session.cut(path)
        assert session.staged == before and session.clip is None


class TestIndices:
    def test_new_kdamonds_come_at_the_end(self, session):
        run(session, 1)
        assert session.duplicate((0,)) == (3,)
        session.copy((2,))
        assert session.paste((0,)) == (4,)
        assert session.add((), new_kdamond(), index=0) == (5,)
        assert ops(session) == "vaddr paddr fvaddr vaddr fvaddr vaddr"

    def test_nothing_gives_a_running_kdamond_another(self, session):
        run(session, 1)
        before = session.staged
        for refused in (
            lambda: session.remove((0,)),
            lambda: session.remove((1,)),
            lambda: session.cut((0,)),
            lambda: session.move((0,), 1),
            lambda: session.move((1,), 1),
            lambda: session.move((2,), -1),
            lambda: session.load((Kdamond(),), "one"),
        ):
            with pytest.raises(InputError, match="while kdamond 1 runs"):
                refused()
        assert session.staged == before and session.to_undo is None
        session.remove((2,))
        assert ops(session) == "vaddr paddr"

    def test_others_may_change_places(self, session):
        run(session, 0)
        assert session.move((1,), 1) == (2,)
        assert ops(session) == "vaddr fvaddr paddr"

    def test_neither_does_undo(self, session):
        session.move((0,), 1)
        session.set((2, "refresh_ms"), 5)
        run(session, 0)
        session.undo()
        with pytest.raises(InputError, match=r"“move kdamond 0 \(vaddr\) down” can't be undone while kdamond 0 runs"):
            session.undo()
        with pytest.raises(InputError, match="can't be undone while kdamond 0 runs"):
            session.go_to(0)
        assert ops(session) == "paddr vaddr fvaddr"
        stop(session, 0)
        session.undo()
        run(session, 1)
        with pytest.raises(InputError, match="can't be done again while kdamond 1 runs"):
            session.redo()

    def test_a_removal_before_it_is_not_done_again(self, session):
        session.remove((0,))
        session.undo()
        run(session, 2)
        with pytest.raises(InputError, match=r"“remove kdamond 0 \(vaddr\)” can't be done again while kdamond 2 runs"):
            session.redo()


class TestHistory:
    def test_any_number_of_steps_back_and_forth(self, session):
        states = [session.staged]
        for value in (200_000, 300_000, 400_000):
            session.set((*CONTEXT, "intervals", "aggr_us"), value, f"to {value}")
            states.append(session.staged)
        assert [step.label for step in session.steps] == ["to 200000", "to 300000", "to 400000"]
        for place in (0, 3, 1, 2, 2, 0):
            session.go_to(place)
            assert (session.staged, session.place) == (states[place], place)
        assert len(session.steps) == 3
        session.go_to(1)
        session.move((*SCHEMES, 0), 1)
        assert [step.label for step in session.steps][1:] == ["move scheme 0 (stat sz=0 nr=0 age=0) down"]


class TestReverting:
    def test_an_edit_behind_a_new_entry(self, session):
        session.add(SCHEMES, Scheme("hugepage"), index=0)
        session.set((*SCHEMES, 2, "filters", 0, "allow"), True)
        assert not session.uncommitted((*SCHEMES, 1)) and not session.uncommitted((*SCHEMES, 3))
        assert session.uncommitted((*SCHEMES, 0)) and session.uncommitted((*SCHEMES, 2, "filters", 0, "allow"))
        assert not session.uncommitted((*SCHEMES, 2, "filters", 0, "type"))
        session.revert((*SCHEMES, 2, "filters", 0, "allow"))
        assert session.get((*SCHEMES, 2)) == FILTERED
        with pytest.raises(InputError, match="nothing is committed of scheme 0: x at it removes it"):
            session.revert((*SCHEMES, 0, "action"))
        session.revert((*SCHEMES, 0))
        assert not session.uncommitted()
        with pytest.raises(InputError, match="scheme 0 is as it is committed"):
            session.revert((*SCHEMES, 0))

    @pytest.mark.parametrize("at", [0, 1, 2])
    def test_an_entry_that_was_removed(self, session, at):
        session.remove((*SCHEMES, at))
        session.set((*SCHEMES, 0, "apply_interval_us"), 5)
        session.revert((*SCHEMES, 0, "apply_interval_us"))
        session.restore((*SCHEMES, at))
        assert not session.uncommitted()

    def test_an_entry_that_was_moved(self, session):
        session.move((*SCHEMES, 0), 2)
        moved = [at for at in range(3) if session.uncommitted((*SCHEMES, at))]
        assert moved == [2]
        session.revert((*SCHEMES, 2))
        assert not session.uncommitted()

    def test_whole_lists_and_kdamonds(self, session):
        session.set(SCHEMES, ())
        session.set((1, "refresh_ms"), 7)
        session.revert(SCHEMES)
        assert actions(session) == "stat pageout cold"
        session.revert((1,))
        assert not session.uncommitted()
        session.remove((1,))
        session.remove((1,))
        session.restore((2,))
        assert not session.uncommitted()
        session.add((), Kdamond())
        session.revert((3,))
        assert len(session.staged) == 3

    def test_copies_get_the_warnings_of_what_they_are_copied_from(self, session):
        of = "contexts[0].schemes[{}].access_pattern.sz.max"
        session.set((*SCHEMES, 0, "access_pattern", "sz"), Range(8192, 4096))
        session.duplicate((*SCHEMES, 0))
        assert {of.format(0), of.format(1)} <= {problem.path for problem in session.problems(0)}
        session.copy((*SCHEMES, 0))
        session.paste((1,))
        assert [(p.path, p.severity) for p in session.problems(1)] == [(of.format(0), "warning")]
