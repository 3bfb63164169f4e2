"""What the table of actions calls undoable, undo takes back."""

import pytest

from damotui.actions import ACTIONS, action
from tests.damotui.app_in_test import driven

DONE = {
    "increase": ("aggr_us", ["plus"]),
    "decrease": ("aggr_us", ["minus"]),
    "default": ("update_us", ["0"]),
    "remove": ("scheme 1", ["x"]),
    "add": ("schemes", ["a", "enter"]),
    "edit": ("aggr_us", ["enter", "ctrl+u", "2", "space", "s", "enter"]),
    "accept": ("sample_us", ["enter", "ctrl+u", "1", "space", "m", "s", "enter"]),
    "load_preset": ("kdamond 0", ["P", "enter"]),
}


def test_each_undoable_action_is_tried():
    assert {a.name for a in ACTIONS if a.undoable} == set(DONE)


@pytest.mark.parametrize("name", DONE)
async def test_undo_takes_it_back(name):
    row, keys = DONE[name]
    assert action(name).undoable
    async with driven() as app:
        before = app.session.staged
        await app.go_to(row)
        await app.press(*keys)
        assert app.session.staged != before
        await app.press("u")
        assert app.session.staged == before
