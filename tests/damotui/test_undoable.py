"""What the table of actions calls undoable, undo takes back."""

import pytest

from damotui.actions import ACTIONS, action
from tests.damotui.app_in_test import driven
from tests.damotui.tuning.test_screen import UNDONE

DONE = {
    "increase": ("aggr_us", ["plus"]),
    "decrease": ("aggr_us", ["minus"]),
    "default": ("update_us", ["0"]),
    "remove": ("scheme 1", ["x"]),
    "add": ("schemes", ["a", "enter"]),
    "edit": ("aggr_us", ["enter", "ctrl+u", "2", "space", "s", "enter"]),
    "accept": ("sample_us", ["enter", "ctrl+u", "1", "space", "m", "s", "enter"]),
    "load_preset": ("kdamond 0", ["P", "enter"]),
    "duplicate": ("scheme 1", ["d"]),
    "cut_node": ("scheme 1", ["ctrl+x"]),
    "paste_node": ("scheme 1", ["y", "v"]),
    "move_up": ("scheme 1", ["ctrl+up"]),
    "move_down": ("scheme 0", ["}"]),
    "revert": ("aggr_us", ["plus", "c", "u", "backspace"]),
    "diff_revert": ("aggr_us", ["plus", "c", "u", "D", "down", "backspace"]),
    # The line below kdamonds/0/pid is refresh_ms.
    "file_open": ("kdamond 0", ["F", *"jjjjj", "enter", "ctrl+u", "7", "enter"]),
    "write": ("kdamond 0", ["F", *"jjjjj", "e", "ctrl+u", "8", "enter"]),
}


ELSEWHERE = {"stage_proposal"}
"""What needs much to happen before, and is undone where that is tested."""


def test_each_undoable_action_is_tried():
    assert {a.name for a in ACTIONS if a.undoable} == {*DONE, *UNDONE, *ELSEWHERE}


@pytest.mark.parametrize("name", DONE)
async def test_undo_takes_it_back(name):
    row, keys = DONE[name]
    assert action(name).undoable
    async with driven() as app:
        before = app.session.staged
        await app.go_to(row)
        for key in keys:
            await app.press(key)
        assert app.session.staged != before
        await app.press("u")
        assert app.session.staged == before
