"""Naming a node of the tree in a few words."""

import pytest

from damotui.options import AppOptions
from damotui.plain.places import node_at, places
from damotui.session.tree import get, text
from damotui.setup import load_setup
from engine.errors import InputError

ONE = load_setup(AppOptions()).kdamonds
TWO = (*ONE, *ONE)


@pytest.mark.parametrize("tree", [ONE, TWO])
def test_a_name_in_full_is_always_understood(tree):
    names = places(tree)
    assert len(names) > 90 * len(tree)
    for name in names:
        path = node_at(tree, name)
        assert text(path) == name
        get(tree, path)


@pytest.mark.parametrize(
    ("tree", "words", "name"),
    [
        (ONE, "aggr_us", "kdamonds[0].contexts[0].intervals.aggr_us"),
        (ONE, "AGGR_US", "kdamonds[0].contexts[0].intervals.aggr_us"),
        (ONE, "kdamond 0", "kdamonds[0]"),
        (TWO, "1", "kdamonds[1]"),
        (TWO, "kdamond 1 aggr_us", "kdamonds[1].contexts[0].intervals.aggr_us"),
        (TWO, "1 aggr_us", "kdamonds[1].contexts[0].intervals.aggr_us"),
        (ONE, "scheme 1", "kdamonds[0].contexts[0].schemes[1]"),
        (ONE, "scheme 1 age.min", "kdamonds[0].contexts[0].schemes[1].access_pattern.age.min"),
        (ONE, "context 0 schemes[1] sz min", "kdamonds[0].contexts[0].schemes[1].access_pattern.sz.min"),
        (ONE, "goal", "kdamonds[0].contexts[0].intervals.goal"),
        (ONE, "nr_regions max", "kdamonds[0].contexts[0].nr_regions.max"),
        (ONE, "schemes", "kdamonds[0].contexts[0].schemes"),
    ],
)
def test_what_is_not_needed_may_be_left_out(tree, words, name):
    assert text(node_at(tree, words)) == name


@pytest.mark.parametrize(
    ("tree", "words", "told"),
    [
        (ONE, "agr_us", ["'agr_us'", "did you mean aggr_us"]),
        (ONE, "max", ["could be any of", "nr_regions.max", "…: say which"]),
        (TWO, "aggr_us", ["kdamonds[0].contexts[0].intervals.aggr_us", "kdamonds[1]"]),
        (ONE, "scheme 7", ["'scheme 7'", "tree shows what there is"]),
        (ONE, "1", ["'1'"]),
        (ONE, "0.0", ["could be any of"]),
        (ONE, "", ["''", "aggr_us"]),
        (ONE, "…", ["scheme 0"]),
        ((), "aggr_us", ["'aggr_us'"]),
    ],
)
def test_what_is_none_or_several_is_told_so(tree, words, told):
    with pytest.raises(InputError) as error:
        node_at(tree, words)
    assert all(one in str(error.value) for one in told)
