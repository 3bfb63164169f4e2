"""One table of actions, and all that is made from it."""

import re
from pathlib import Path

import pytest

from damotui import key_table
from damotui.actions import (
    ACTIONS,
    MAIN_SCOPES,
    SIDE_SCOPES,
    TYPING_SCOPES,
    Scope,
    action,
    beside,
    footer_actions,
    in_scope,
    key_name,
)
from damotui.screens.advisor_deeds import AdvisorDeeds
from damotui.screens.carry_deeds import CarryDeeds
from damotui.screens.deeds import Deeds
from damotui.screens.diff_deeds import DiffDeeds
from damotui.screens.file_deeds import FileDeeds
from damotui.screens.guide_lesson_deeds import LessonDeeds
from damotui.screens.region_deeds import RegionDeeds
from damotui.screens.trace_deeds import TraceDeeds
from damotui.screens.tuning_deeds import TuningDeeds
from damotui.screens.whatif_deeds import WhatIfDeeds
from damotui.widgets.bindings import bindings_beside, bindings_for

README = Path(__file__).parents[2] / "README.md"
PLACES = {
    Deeds: (*MAIN_SCOPES, Scope.EDIT),
    FileDeeds: (Scope.FILES, Scope.WRITE),
    TraceDeeds: (Scope.TRACE,),
    TuningDeeds: (Scope.TUNING,),
    WhatIfDeeds: (Scope.WHATIF,),
    RegionDeeds: (Scope.REGIONS,),
    AdvisorDeeds: (Scope.ADVISOR,),
    CarryDeeds: (Scope.CARRY,),
    DiffDeeds: (Scope.DIFF,),
    LessonDeeds: (Scope.LESSON,),
}
AMBIGUOUS = {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+left_square_bracket", "ctrl+z", "ctrl+=", "ctrl+-"}


def test_each_action_has_a_deed_and_each_deed_an_action():
    for deeds, scopes in PLACES.items():
        methods = {name for name in dir(deeds) if not name.startswith("_")}
        assert methods == {a.name for a in ACTIONS if a.scope in scopes}
    assert {scope for scopes in PLACES.values() for scope in scopes} == set(Scope)


def test_names_are_unique():
    assert len({a.name for a in ACTIONS}) == len(ACTIONS)
    assert action("commit").keys == ("c",)


@pytest.mark.parametrize("scope", Scope)
def test_no_key_does_two_things_in_one_place(scope):
    keys = [key for a in in_scope(scope) for key in a.keys]
    if scope in (Scope.TREE, Scope.MAP, Scope.SCHEMES):
        keys += [key for a in in_scope(Scope.APP) for key in a.keys]
    if scope in SIDE_SCOPES:
        keys = [key for a in beside(scope) for key in a.keys]
    assert len(keys) == len(set(keys))


def test_a_letter_that_changes_something_in_one_pane_does_nothing_else_in_another():
    letters = {(key, a.name) for a in ACTIONS if a.changes for key in a.keys if len(key) == 1 and key.isalpha()}
    others = {(key, a.name) for a in ACTIONS if a.scope not in TYPING_SCOPES for key in a.keys}
    clashes = {(key, name, other) for key, name in letters for k, other in others if k == key and other != name}
    assert not clashes
    assert {name for _, name in letters} >= {"add", "remove", "commit", "toggle_kdamond", "undo", "load_preset"}


def test_no_key_is_one_that_terminals_take_for_another():
    keys = {key for a in ACTIONS for key in a.keys}
    assert not keys & AMBIGUOUS
    assert not [key for key in keys if key.startswith("ctrl+shift+")]


def test_each_is_explained():
    for a in ACTIONS:
        assert re.fullmatch(r"[A-Z].*[^.]", a.help), a
        assert a.label


def test_bindings_are_made_of_the_table():
    (pause,) = [b for b in bindings_for(Scope.APP) if b.id == "pause"]
    assert (pause.key, pause.action, pause.description) == ("space", "screen.perform('pause')", "pause")
    assert pause.tooltip == action("pause").help


def test_a_screen_of_its_own_keeps_the_keys_of_time_that_it_leaves_free():
    files = {a.name for a in beside(Scope.FILES)}
    assert {"pause", "step", "undo", "redo", "trace", "help"} <= files
    assert files.isdisjoint({"files", "commit", "quit", "up"})
    trace = {a.name for a in beside(Scope.TRACE)}
    assert {"commit", "toggle_kdamond"} <= {a.name for a in beside(Scope.TUNING)}
    assert "pause" not in trace and "freeze" in trace and "files" in trace


def test_a_key_that_is_told_has_a_binding_of_its_own():
    told = [b for b in bindings_beside(Scope.TRACE) if "trace_event" in b.action]
    assert [(b.key, b.action) for b in told] == [(n, f"screen.perform('trace_event', '{n}')") for n in "12345"]


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
