"""Other keys for actions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.actions import ACTIONS, MAIN_SCOPES, SIDE_SCOPES, TYPING_SCOPES, Scope, action, beside, in_scope
from damotui.settings.keymap import Keymap, keymap_of
from engine.errors import InputError
from tests.damotui.app_in_test import driven

NAMES = sorted(a.name for a in ACTIONS if not a.told)
KEYS = [*"abcdefghijklmnopqrstuvwxyzABC123{}", "f5", "ctrl+t", "space", "up", "enter", "escape", "shift+f3"]
PLACES = [
    *([*in_scope(Scope.APP), *in_scope(scope)] for scope in MAIN_SCOPES if scope is not Scope.APP),
    *(beside(scope) for scope in SIDE_SCOPES),
    *(in_scope(scope) for scope in TYPING_SCOPES),
]


def test_without_wishes_all_is_as_in_the_table():
    assert keymap_of({}) == Keymap()
    assert Keymap().applied(action("commit")) == action("commit")
    assert Keymap().bindings() == {}
    assert keymap_of({"commit": ["c"]}).changed == {}


def test_a_key_is_taken_from_what_has_it_in_the_same_place():
    keymap = keymap_of({"commit": ["s", "f5"]})
    assert keymap.changed == {"commit": ("s", "f5"), "toggle_kdamond": ()}
    assert keymap.key("commit") == "s"
    assert keymap.key("toggle_kdamond") == "'start/stop'"
    assert keymap.bindings()["toggle_kdamond"] == "f24"


def test_a_key_of_another_place_stays_there():
    keymap = keymap_of({"heat_palette": ["a"]})  # a adds in the tree, and the heatmap has no other use for it
    assert keymap.changed == {"heat_palette": ("a",)}
    assert "add" not in keymap.changed


def test_a_comma_is_written_out_for_textual():
    assert keymap_of({"pause": [",", "space"]}).bindings()["pause"] == "comma,space"


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"comit": ["c"]}, "keys: 'comit' is no action: did you mean commit"),
        ({"xyzzy": ["c"]}, "keys: 'xyzzy' is no action: damotui config --actions lists them"),
        ({"commit": ["ctrl+m"]}, "keys.commit: terminals can't tell ctrl.m from enter: give another key"),
        ({"commit": ["pagedwn"]}, "keys.commit: 'pagedwn' is no key: give a character"),
        ({"commit": [""]}, "keys.commit: '' is no key"),
        ({"commit": ["ctrl+"]}, "keys.commit: 'ctrl\\+' is no key"),
        ({"commit": ["b"], "pause": ["b"]}, "keys: 'b' is given to both (commit|pause) and (commit|pause)"),
        ({"trace_event": ["b"]}, "keys.trace_event: its keys are numbers"),
    ],
)
def test_what_can_not_be_is_refused(wishes, message):
    with pytest.raises(InputError, match=message):
        keymap_of(wishes)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(KEYS), max_size=3), max_size=5))
def test_no_key_ever_has_two_uses_in_one_place(wishes):
    try:
        keymap = keymap_of(wishes)
    except InputError as refused:
        assert "is given to both" in str(refused)
        return
    for place in PLACES:
        wished = [key for a in place if a.name in wishes for key in keymap.applied(a).keys]
        others = [key for a in place if a.name not in wishes for key in keymap.applied(a).keys]
        assert len(set(wished)) == len(wished)
        assert not set(wished) & set(others)
    for name, keys in wishes.items():
        assert keymap.applied(action(name)).keys == tuple(dict.fromkeys(keys))


async def test_the_app_obeys_and_shows_it():
    keymap = keymap_of({"pause": ["b"], "help": ["f6"], "down": ["n"]})
    async with driven(keymap=keymap) as app:
        assert "b pause" in app.lines[-1] and "F6 help" in app.lines[-1]
        await app.press("space")
        assert not app.pacer.paused
        await app.press("b")
        assert app.pacer.paused
        await app.press("n", "n")
        assert app.main.tree_pane.cursor_line == 2
        await app.press("f6", *"stand")
        assert any(" b  Let simulated time stand" in line for line in app.lines)
