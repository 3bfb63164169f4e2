"""One table of actions, and all that is made from it."""

import re
from pathlib import Path

import pytest

from damotui import key_table
from damotui.actions import ACTIONS, Scope, action, footer_actions, in_scope, key_name
from damotui.screens.deeds import Deeds
from damotui.widgets.bindings import bindings_for

README = Path(__file__).parents[2] / "README.md"
AMBIGUOUS = {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+left_square_bracket", "ctrl+z", "ctrl+=", "ctrl+-"}


def test_each_action_has_a_deed_and_each_deed_an_action():
    deeds = {name for name in dir(Deeds) if not name.startswith("_")}
    assert deeds == {a.name for a in ACTIONS}


def test_names_are_unique():
    assert len({a.name for a in ACTIONS}) == len(ACTIONS)
    assert action("commit").keys == ("c",)


@pytest.mark.parametrize("scope", Scope)
def test_no_key_does_two_things_in_one_place(scope):
    keys = [key for a in in_scope(scope) for key in a.keys]
    if scope not in (Scope.APP, Scope.EDIT):
        keys += [key for a in in_scope(Scope.APP) for key in a.keys]
    assert len(keys) == len(set(keys))


def test_no_key_is_one_that_terminals_take_for_another():
    keys = {key for a in ACTIONS for key in a.keys}
    assert not keys & AMBIGUOUS
    assert not [key for key in keys if key.startswith("ctrl+shift+")]


def test_each_is_explained():
    for a in ACTIONS:
        assert re.fullmatch(r"[A-Z].*[^.]", a.help), a
        assert a.label
        assert a.keys


def test_bindings_are_made_of_the_table():
    (pause,) = [b for b in bindings_for(Scope.APP) if b.id == "pause"]
    assert (pause.key, pause.action, pause.description) == ("space", "screen.perform('pause')", "pause")
    assert pause.tooltip == action("pause").help


@pytest.mark.parametrize("scope", [Scope.TREE, Scope.MAP, Scope.SCHEMES])
def test_the_footer_begins_with_the_way_to_all_others(scope):
    names = [a.name for a in footer_actions(scope)]
    assert names[:3] == ["help", "quit", "pause"]
    own = [a.name for a in sorted(in_scope(scope), key=lambda a: a.footer) if a.footer]
    assert [name for name in names if name in own] == own


def test_keys_have_names_that_people_use():
    names = [key_name(key) for key in ("space", "ctrl+r", "?", "up", "pageup", "+", "shift+tab", "K", "f1", "-")]
    assert names == ["Space", "Ctrl+R", "?", "↑", "PgUp", "+", "Shift+Tab", "K", "F1", "-"]


def test_the_table_is_put_between_its_markers():
    text = key_table.updated(f"before\n{key_table.BEGIN}\nstale\n{key_table.END}\nafter\n")
    assert text.startswith("before\n") and text.endswith("\nafter\n")
    assert "stale" not in text
    for a in ACTIONS:
        assert f"| {a.help} |" in text
    assert key_table.updated(text) == text
    with pytest.raises(ValueError, match="there is no"):
        key_table.updated("no markers")


def test_the_readme_has_the_keys_of_now():
    text = README.read_text("utf-8")
    assert key_table.updated(text) == text, "run: python -m damotui.key_table README.md"
