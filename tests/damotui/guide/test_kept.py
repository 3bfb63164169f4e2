"""The session of a lesson is kept as any other: with the processes that run in it."""

import json

import pytest

from damotui.experiment import start_engine
from damotui.guide.library import load_lesson
from damotui.keep.opening import Opened
from damotui.keep.reader import parse_session
from damotui.keep.saved import Saved
from damotui.keep.writer import Writer
from damotui.options import AppOptions
from damotui.session.history import Edits
from damotui.setup import load_setup
from engine.errors import InputError


@pytest.fixture
def saved():
    return Saved(experiment=load_lesson("debugfs").experiment(), edits=Edits((), (), 0), committed=())


def test_processes_come_back(saved):
    text = Writer().text(saved)
    assert json.loads(text)["processes"] == ["workload:42", "masim:4242"]
    again = parse_session(text, "f")
    assert again == saved
    assert [process.pid for process in start_engine(again.experiment).snapshot().processes] == [42, 4242]


def test_a_session_without_them_says_nothing_of_them(saved):
    plain = Saved(experiment=load_lesson("sysfs").experiment(), edits=saved.edits, committed=())
    assert "processes" not in json.loads(Writer().text(plain))


@pytest.mark.parametrize(
    ("processes", "said"),
    [
        (["x:1"], "processes[0]: 'x:1' can't be used: give NAME or NAME:PID"),
        ([3], "processes[0]: 3 can't be used: give NAME or NAME:PID"),
        ("x", "processes: 'x' can't be used: give a list"),
        (["x"] * 65, "processes: a list can't be used: give a list of at most 64 processes"),
    ],
)
def test_what_can_t_be_one_is_refused(saved, processes, said):
    document = {**json.loads(Writer().text(saved)), "processes": processes}
    with pytest.raises(InputError) as refused:
        parse_session(json.dumps(document), "f")
    assert str(refused.value).startswith(f"f: {said}")


def test_another_session_that_is_opened_from_a_lesson_is_none(saved):
    setup = load_setup(AppOptions(lesson="debugfs"))
    assert (setup.lesson, setup.reopened(Opened(saved)).lesson) == ("debugfs", None)
