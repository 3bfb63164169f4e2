"""Which node is which: pairs of lists, and of trees."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.session import tree
from damotui.session.diff import Mark, changes
from damotui.session.matching import Matching, by_index, paired
from engine.config.model import ULONG_MAX, AddrRange, Context, Filter, Goal, Kdamond, Quotas, Scheme, Target
from tests.damotui.tree.naive_diff import applied

SCHEMES = (0, "contexts", 0, "schemes")
A, B, C, D = (Scheme(action) for action in ("stat", "pageout", "cold", "hugepage"))


def of(*schemes):
    return (Kdamond((Context(schemes=schemes),)),)


def marks(before, after):
    """What differs between two lists of schemes, as signs with the last index."""
    found = changes(Matching(of(*before), of(*after)))
    return [f"{one.mark.value}{(one.after or one.before)[4]}" for one in found]


class TestLists:
    @pytest.mark.parametrize(
        ("before", "after", "origins", "moved"),
        [
            ("abc", "axbc", (0, None, 1, 2), set()),  # inserted in the middle
            ("abc", "ac", (0, 2), set()),  # removed
            ("abc", "aXc", (0, 1, 2), set()),  # edited
            ("abc", "cab", (2, 0, 1), {0}),  # moved to the front
            ("abcd", "acbd", (0, 2, 1, 3), {2}),  # two change places: one of them moved
            ("ab", "aab", (0, None, 1), set()),  # once more
            ("ab", "XYab", (None, None, 0, 1), set()),
            ("ab", "XY", (0, 1), set()),  # all edited
            ("abc", "aXYc", (0, 1, None, 2), set()),  # one edited and one added
            ("", "a", (None,), set()),
            ("a", "", (), set()),
        ],
    )
    def test_worked_out_by_hand(self, before, after, origins, moved):
        pairs = paired(before, after)
        assert (pairs.before, pairs.moved) == (origins, moved)

    @settings(max_examples=200, deadline=None)
    @given(st.text("abcd", max_size=7), st.text("abcd", max_size=7))
    def test_as_many_equal_ones_as_possible_keep_their_order(self, before, after):
        pairs = paired(before, after)
        both = [(old, new) for new, old in enumerate(pairs.before) if old is not None]
        assert [(old, new) for old, new in enumerate(pairs.after) if new is not None] == sorted(both)
        kept = [(old, new) for old, new in both if new not in pairs.moved and before[old] == after[new]]
        assert kept == sorted(kept)
        assert len(kept) >= longest(before, after)
        for new in pairs.moved:
            assert before[pairs.before[new]] == after[new]
        for letter in set(before) & set(after):
            # Equal entries are never told as one removed and another added.
            gone = any(new is None and before[old] == letter for old, new in enumerate(pairs.after))
            came = any(old is None and after[new] == letter for new, old in enumerate(pairs.before))
            assert not (gone and came)

    def test_lists_too_long_to_compare_all_are_paired_from_both_ends(self):
        before = tuple(range(1_200))
        after = (*before[:500], -1, *before[500:700], -2, *before[700:])
        pairs = paired(before, after)
        assert pairs.before[:500] == tuple(range(500))
        assert pairs.before[-500:] == tuple(range(700, 1_200))
        assert len([one for one in pairs.before if one is None]) == 2

    def test_kdamonds_are_known_by_their_indices(self):
        assert by_index("ab", "xyz").before == (0, 1, None)
        assert by_index("ab", "x").after == (0, None)


def longest(one, other):
    """Length of a longest common subsequence, from its definition."""

    @cache
    def of(i, j):
        if i == len(one) or j == len(other):
            return 0
        return 1 + of(i + 1, j + 1) if one[i] == other[j] else max(of(i + 1, j), of(i, j + 1))

    return of(0, 0)


class TestDifferences:
    @pytest.mark.parametrize(
        ("before", "after", "told"),
        [
            ((A, B, C), (A, D, B, C), ["+1"]),
            ((A, B, C), (A, C), ["-1"]),
            ((A, B), (A, B), []),
            ((A, B, C), (C, A, B), ["↕0"]),
            ((A, B, C), (A, D, C), ["~1"]),
            ((A, B), (D, A), ["+0", "-1"]),
        ],
    )
    def test_of_a_list(self, before, after, told):
        assert marks(before, after) == told

    def test_an_edit_within_an_entry_that_another_was_put_before_is_one_field(self):
        filtered = replace(B, filters=(Filter(),))
        found = changes(Matching(of(A, B, C), of(D, A, filtered, C)))
        assert [(one.mark, one.before, one.after) for one in found] == [
            (Mark.ADDED, None, (*SCHEMES, 0)),
            (Mark.ADDED, None, (*SCHEMES, 2, "filters", 0)),
        ]

    def test_an_entry_of_the_same_nature_is_the_same_one_edited(self):
        """Here schemes of one action: another was put before it, and the one behind it removed."""
        edited = replace(B, apply_interval_us=5)
        found = changes(Matching(of(A, B, C), of(A, D, edited)))
        assert [(one.mark.value, one.before, one.after) for one in found] == [
            ("+", None, (*SCHEMES, 1)),
            ("~", (*SCHEMES, 1, "apply_interval_us"), (*SCHEMES, 2, "apply_interval_us")),
            ("-", (*SCHEMES, 2), None),
        ]

    def test_kdamonds_that_an_engine_knows_by_index_are_never_moved(self):
        one, other = Kdamond(refresh_ms=1), Kdamond(refresh_ms=2)
        found = changes(Matching((one, other), (other, one), numbered=True))
        assert [(one.mark, one.after) for one in found] == [
            (Mark.CHANGED, (0, "refresh_ms")),
            (Mark.CHANGED, (1, "refresh_ms")),
        ]
        (moved,) = changes(Matching((one, other), (other, one)))
        assert moved.mark is Mark.MOVED


SMALL = st.integers(0, 2)
FILTERS = st.builds(Filter, type=st.sampled_from(["anon", "young"]), allow=st.booleans())
GOALS = st.builds(Goal, target_value=SMALL)
SOME_SCHEMES = st.builds(
    Scheme,
    action=st.sampled_from(["stat", "pageout"]),
    apply_interval_us=SMALL,
    filters=st.lists(FILTERS, max_size=3).map(tuple),
    quotas=st.builds(Quotas, goals=st.lists(GOALS, max_size=2).map(tuple)),
)
TARGETS = st.builds(Target, regions=st.lists(st.builds(AddrRange, SMALL, SMALL), max_size=3).map(tuple))
CONTEXTS = st.builds(
    Context, schemes=st.lists(SOME_SCHEMES, max_size=4).map(tuple), targets=st.lists(TARGETS, max_size=2).map(tuple)
)
TREES = st.lists(
    st.builds(Kdamond, contexts=CONTEXTS.map(lambda context: (context,)), refresh_ms=SMALL), max_size=3
).map(tuple)


@settings(max_examples=150, deadline=None)
@given(TREES, TREES, st.booleans())
def test_the_differences_lead_from_one_tree_to_the_other(before, after, numbered):
    matching = Matching(before, after, numbered=numbered)
    found = changes(matching)
    assert applied(found, before, after) == after
    assert bool(found) == (before != after)
    for path in paths(after):
        origin = matching.origin(path)
        if origin is not None:
            assert matching.place(origin) == path
            assert type(tree.get(before, origin)) is type(tree.get(after, path))


def paths(node, at=()):
    """Those of all entries of a tree."""
    for index, entry in enumerate(node):
        yield (*at, index)
        for name in ("contexts", "schemes", "targets", "filters", "regions"):
            if hasattr(entry, name):
                yield from paths(getattr(entry, name), (*at, index, name))


def test_what_two_trees_share_is_not_looked_at():
    regions = tuple(AddrRange(at, at + 1) for at in range(50_000))
    before = (Kdamond((Context(targets=(Target(regions=regions),)),)),)
    path = (0, "contexts", 0, "nr_regions", "max")
    after = tree.replace(before, path, ULONG_MAX)
    matching = Matching(before, after)
    found = (0, "contexts", 0, "targets", 0, "regions", 49_999)
    assert matching.origin(found) == found
    assert [one.after for one in changes(matching)] == [path]
