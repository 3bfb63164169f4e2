"""What is kept by itself: whoever is killed loses the last second at most, and nobody takes another's away."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from damotui.keep import autosave as autosave_module
from damotui.keep.autosave import Autosave
from damotui.keep.glance import glance_at
from damotui.keep.keeper import Keeper
from damotui.keep.opening import newest_lost, offers, open_session, recents_of, shelf_of, tidy
from damotui.keep.places import Places
from damotui.keep.recent import MOST, Recent, Recents
from damotui.keep.saved import View
from damotui.keep.shelf import Shelf, lock_path
from damotui.options import AppOptions
from damotui.pacer.requests import Done, OpenFiles
from damotui.session.document import Session
from damotui.session.seen import Seen
from damotui.setup import load_setup
from engine.errors import InputError
from tests.damotui.keep.sessions import AGGR

ROOT = Path(__file__).parents[3]


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "config", tmp_path / "state", tmp_path / "data")


@pytest.fixture
def kept(places):
    """Makes a session with its keeper."""
    made = []

    def make(opened=None):
        setup = load_setup(AppOptions())
        session = Session(setup.kdamonds, setup.kernel, lambda request: None)
        if opened is not None:
            session.resume(opened.saved.edits, opened.saved.committed)
        keeper = Keeper(session, Seen(session, setup.workload), setup.experiment, View, places, opened)
        made.append(keeper)
        return session, keeper

    yield make
    for keeper in made:
        keeper.close()


def edited(one, value=200_000):
    session, keeper = one
    session.set(AGGR, value, f"aggr_us: → {value}")
    keeper.tick()
    assert keeper._autosave.flush()
    return one


def killed(keeper):
    """As if its process had been: the system takes the lock away."""
    os.close(keeper._autosave.slot._lock)
    keeper.close = lambda: None
    return keeper._autosave.slot.path


class TestKilled:
    def test_200_times_the_last_second_at_most_is_lost(self, tmp_path):
        done = subprocess.run(
            [sys.executable, "-m", "tests.damotui.keep.killed", str(tmp_path), "200"],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert said["killed"] == 200
        assert said["most_lost_s"] < 1.0
        assert said["edits"] > 2_000
        assert said["restored"] > 150  # those that were killed before their first edit was kept have nothing

    def test_what_was_not_closed_is_found_and_can_be_gone_on_with(self, kept, places):
        edited(kept())
        assert newest_lost(places) is None
        _, keeper = edited(kept(), 300_000)
        path = killed(keeper)
        offer = newest_lost(places)
        assert (offer.path, offer.lost, offer.named) == (path, True, False)
        assert offer.about == "stairs on Linux 7.1, 0.0 s, 1 edit"
        session, _ = kept(open_session(path, places).held(places))
        assert session.get(AGGR) == 300_000
        assert session.undo().label == "aggr_us: → 300000"
        assert newest_lost(places) is None
        with pytest.raises(InputError, match="is open already, here or in another"):
            open_session(path, places)


class TestClosed:
    def test_what_nobody_saved_is_offered_again(self, kept, places):
        _, keeper = edited(kept())
        assert keeper.unsaved and keeper.safe
        keeper.close()
        (offer,), trouble = offers(places)
        assert (offer.lost, offer.named, trouble) == (False, False, "")
        session, again = kept(open_session(offer.path, places).held(places))
        assert session.get(AGGR) == 200_000 and again.unsaved
        again.close()
        assert [one.path for one in offers(places)[0]] == [offer.path]

    def test_where_nothing_was_done_nothing_is_left(self, kept, places):
        _, keeper = kept()
        keeper._seen.journal.take(Done(5, OpenFiles()))  # to look at files is nothing that could be lost
        keeper.tick()
        keeper.close()
        assert not places.state.exists()

    def test_what_is_saved_is_not_kept_twice(self, kept, places, tmp_path):
        session, keeper = edited(kept())
        path = tmp_path / "mine.damotui"
        keeper.save(path)
        assert not keeper.unsaved and keeper.file == path
        keeper._autosave.flush()
        assert list((places.state / "sessions").glob("*.json")) == []
        session.set(AGGR, 300_000)
        assert keeper.unsaved
        keeper.close()
        kept_one, named = sorted(offers(places)[0], key=lambda offer: offer.named)
        assert (named.path, named.about) == (path, "stairs on Linux 7.1, 0.0 s, 1 edit")
        assert kept_one.about == "mine.damotui, not saved: stairs on Linux 7.1, 0.0 s, 2 edits"
        opened = open_session(kept_one.path, places)
        assert opened.file == path and opened.saved.edits.state[0].contexts[0].intervals.aggr_us == 300_000
        assert opened.slot is None and opened.shelved == kept_one.path
        assert open_session(path, places).saved.edits.state[0].contexts[0].intervals.aggr_us == 200_000

    def test_undone_back_to_what_is_saved_is_still_a_change(self, kept, tmp_path):
        session, keeper = edited(kept())
        keeper.save(tmp_path / "mine.damotui")
        session.undo()
        assert keeper.unsaved
        session.redo()
        assert not keeper.unsaved

    def test_a_file_that_another_changed_is_not_overwritten_unasked(self, kept, tmp_path):
        _, keeper = edited(kept())
        path = tmp_path / "mine.damotui"
        assert not keeper.replaces_others(path)
        keeper.save(path)
        assert not keeper.replaces_others(path)
        path.write_text("another's")
        assert keeper.replaces_others(path)
        assert not keeper.replaces_others(tmp_path / "none")

    def test_only_the_newest_unnamed_ones_are_kept(self, kept, places):
        for value in range(1, 13):
            edited(kept(), value)[1].close()
        newest = shelf_of(places).closed()[:10]
        lost = killed(edited(kept())[1])
        tidy(places)
        assert {*(places.state / "sessions").glob("*.json")} == {*newest, lost}


class TestShelf:
    def test_two_at_once_have_places_of_their_own(self, kept, places):
        one, other = edited(kept(), 111_000)[1], edited(kept(), 222_000)[1]
        files = sorted((places.state / "sessions").glob("*.json"))
        assert sorted([one._autosave.slot.path, other._autosave.slot.path]) == files
        assert len(files) == 2

    def test_a_writing_that_was_cut_off_leaves_what_was_there(self, tmp_path):
        shelf = Shelf(tmp_path)
        slot = shelf.new_slot()
        slot.path.write_text("whole")
        half = tmp_path / f".{slot.path.name}.12345"
        half.write_text("ha")
        shelf.sweep()
        assert half.exists()  # its session is open
        slot.release()
        shelf.sweep()
        assert not half.exists() and slot.path.read_text() == "whole"
        assert not lock_path(slot.path).exists()

    def test_what_is_open_or_elsewhere_is_not_removed(self, tmp_path):
        shelf = Shelf(tmp_path / "shelf")
        slot = shelf.new_slot()
        slot.path.write_text("x")
        elsewhere = tmp_path / "mine.damotui.json"
        elsewhere.write_text("x")
        shelf.remove(slot.path)
        shelf.remove(elsewhere)
        assert slot.path.exists() and elsewhere.exists()
        slot.release()
        shelf.remove(slot.path)
        assert not slot.path.exists()


class TestThread:
    def test_the_newest_is_written_soon_and_what_lies_between_is_not(self, tmp_path):
        autosave = Autosave(Shelf(tmp_path), every_s=60.0)
        begun, go_on = threading.Event(), threading.Event()
        made = []

        def first():
            begun.set()
            go_on.wait(10)
            made.append(1)
            return "1"

        autosave.keep(first)
        assert begun.wait(10)
        for number in (2, 3):
            autosave.keep(lambda number=number: made.append(number) or str(number))
        go_on.set()
        assert autosave.flush()  # which does not wait for a minute
        assert made == [1, 3] and autosave.slot.path.read_text() == "3"
        assert autosave.close()

    def test_what_can_t_be_written_is_told_and_tried_again(self, tmp_path):
        folder = tmp_path / "shelf"
        folder.write_text("no directory")
        autosave = Autosave(Shelf(folder), every_s=0.0)
        autosave.keep(lambda: "x")
        assert autosave.flush()
        assert "sessions can't be kept there" in autosave.failure
        folder.unlink()
        autosave.keep(lambda: 1 / 0)
        autosave.flush()
        assert autosave.failure.startswith("ZeroDivisionError")
        autosave.keep(lambda: "x")
        autosave.flush()
        assert autosave.failure == "" and autosave.slot.path.read_text() == "x"
        assert autosave.close()

    def test_what_changes_between_two_writings_is_late_by_less_than_a_second(self):
        assert autosave_module.EVERY_S + 0.1 < 0.75  # the rest is for the writing


class TestRecent:
    def test_the_newest_comes_first_and_only_once(self, tmp_path):
        recents = Recents(tmp_path / "state" / "recent.json")
        paths = [tmp_path / f"{number}.damotui" for number in range(MOST + 3)]
        for path in paths:
            path.touch()
            recents.add(Recent(path, "2026-03-14T15:09:26+01:00", "about", 5))
        recents.add(Recent(paths[10], "2026-03-15", "again"))
        listed = recents.all()
        assert [one.path for one in listed[:3]] == [paths[10], paths[-1], paths[-2]]
        assert len(listed) == MOST and listed[0].about == "again"
        paths[-1].unlink()
        assert paths[-1] not in [one.path for one in recents.all()]

    @pytest.mark.parametrize("content", [b"{", b"[]", b'{"sessions": [{}]}', b"\xff", b'{"sessions": [{"path": 1}]}'])
    def test_a_broken_list_is_passed_over_and_told(self, places, content):
        path = places.state / "recent.json"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        found, trouble = offers(places)
        assert found == []
        assert trouble.startswith("the list of recent sessions can't be read, and begins anew")
        recents_of(places).add(Recent(path, "", "x"))
        assert offers(places)[1] == ""

    def test_what_is_damaged_on_the_shelf_is_offered_as_such(self, kept, places):
        path = killed(edited(kept())[1])
        path.write_text(path.read_text()[:500])
        assert newest_lost(places).about == glance_at(path).about == "it can't be read: it is damaged"
        with pytest.raises(InputError, match="the file is damaged"):
            open_session(path, places)
