"""Where things can be added and pasted."""

import pytest

from damotui.session import tree
from damotui.session.clipboard import clip_of, place_of
from damotui.session.kinds import KINDS, kind_of, lists_around, name_of, place_for
from engine.config.fields import FIELDS
from engine.config.model import AddrRange, Context, Dest, Filter, Goal, Kdamond, Quotas, Scheme, Target
from engine.errors import InputError

TWO = Scheme("pageout", filters=(Filter(), Filter("young")), quotas=Quotas(goals=(Goal(),)))
TREE = (
    Kdamond((Context("paddr", targets=(Target(regions=(AddrRange(0, 4096),)),), schemes=(Scheme(), TWO)),)),
    Kdamond((Context(schemes=(Scheme("cold", dests=(Dest(),)),), targets=(Target(), Target())),)),
    Kdamond(),
)
CONTEXT = (0, "contexts", 0)
SCHEME = (*CONTEXT, "schemes", 1)


def test_all_lists_of_the_configuration_are_known():
    lists = {
        (owner, name)
        for owner, specs in FIELDS.items()
        for name, spec in specs.items()
        if isinstance(spec.default, tuple)
    }
    named = {(kind.owner if len(kind.inner) == 1 else Quotas, kind.list) for kind in KINDS if kind.inner}
    assert lists == named


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ((0,), "kdamond scheme target"),
        ((0, "refresh_ms"), "kdamond scheme target"),
        ((2,), "context kdamond"),
        (CONTEXT, "scheme target kdamond"),
        ((*CONTEXT, "intervals", "aggr_us"), "scheme target kdamond"),
        ((*CONTEXT, "targets"), "target scheme kdamond"),
        ((*CONTEXT, "targets", 0), "target region scheme kdamond"),
        ((*CONTEXT, "targets", 0, "regions", 0, "end"), "region target scheme kdamond"),
        (SCHEME, "scheme filter goal dest target kdamond"),
        ((*SCHEME, "action"), "scheme filter goal dest target kdamond"),
        ((*SCHEME, "filters", 1, "type"), "filter scheme goal dest target kdamond"),
        ((*SCHEME, "quotas"), "goal scheme filter dest target kdamond"),
        ((*SCHEME, "quotas", "weights"), "goal scheme filter dest target kdamond"),
        ((), "kdamond"),
    ],
)
def test_what_is_nearest_is_offered_first(path, names):
    found = lists_around(TREE, path)
    assert [kind_of(at).name for at in found] == names.split()
    assert all(isinstance(tree.get(TREE, at), tuple) for at in found)


@pytest.mark.parametrize(
    ("name", "cursor", "place"),
    [
        ("scheme", (*CONTEXT, "schemes", 0), ((*CONTEXT, "schemes"), 1)),  # after its sibling
        ("scheme", (*SCHEME, "filters", 0, "type"), ((*CONTEXT, "schemes"), 2)),
        ("scheme", (*CONTEXT, "targets", 0), ((*CONTEXT, "schemes"), 2)),  # at the end of the nearest list
        ("scheme", (1,), ((1, "contexts", 0, "schemes"), 1)),
        ("filter", SCHEME, ((*SCHEME, "filters"), 2)),
        ("filter", (*SCHEME, "filters", 0), ((*SCHEME, "filters"), 1)),
        ("filter", (*CONTEXT, "targets", 0), None),  # two schemes: either could be meant
        ("filter", (1, "contexts", 0, "targets", 1), ((1, "contexts", 0, "schemes", 0, "filters"), 0)),
        ("goal", (*SCHEME, "quotas", "weights"), ((*SCHEME, "quotas", "goals"), 1)),
        ("region", (*CONTEXT, "schemes", 0), ((*CONTEXT, "targets", 0, "regions"), 1)),
        ("region", (1,), None),
        ("target", (2,), None),  # its context would have to be made first
        ("context", (2,), ((2, "contexts"), 0)),
        ("kdamond", (1, "contexts", 0), ((), 2)),
    ],
)
def test_an_entry_goes_after_its_sibling_or_into_the_nearest_list(name, cursor, place):
    kind = next(kind for kind in KINDS if kind.name == name)
    assert place_for(TREE, kind, cursor) == place


class TestClips:
    def test_name_themselves(self):
        names = [
            clip_of(TREE, path).name
            for path in ((1,), SCHEME, (*SCHEME, "filters"), (*SCHEME, "quotas"), (*CONTEXT, "intervals", "aggr_us"))
        ]
        scheme = "scheme 1 (pageout sz=0 nr=0 age=0)"
        assert names == ["kdamond 1 (vaddr)", scheme, "2 filters", "quotas (1 goal / 0 us)", "aggr_us (100 ms)"]
        with pytest.raises(InputError, match="filters has no entry that could be copied"):
            clip_of(TREE, (*CONTEXT, "schemes", 0, "filters"))

    @pytest.mark.parametrize(
        ("copied", "cursor", "place"),
        [
            ((*CONTEXT, "intervals"), (1, "contexts", 0, "schemes", 0), (1, "contexts", 0, "intervals")),
            ((*SCHEME, "quotas"), (*CONTEXT, "schemes", 0, "action"), (*CONTEXT, "schemes", 0, "quotas")),
            ((*SCHEME, "action"), (1,), (1, "contexts", 0, "schemes", 0, "action")),
            # A least age is no least size, though both are called min.
            ((*SCHEME, "access_pattern", "age", "min"), (*SCHEME, "access_pattern", "sz"),
             (*SCHEME, "access_pattern", "age", "min")),
            (CONTEXT, (1, "contexts", 0, "targets", 0), (1, "contexts", 0)),  # a kdamond has one context
        ],
    )  # fmt: skip
    def test_fields_groups_and_contexts_take_the_place_of_their_like(self, copied, cursor, place):
        found = place_of(TREE, clip_of(TREE, copied), cursor)
        assert (found.path, found.index) == (place, None)

    @pytest.mark.parametrize(
        ("copied", "cursor", "said"),
        [
            ((*SCHEME, "filters", 1), (*CONTEXT, "targets", 0), "goes into the filters of a scheme: go there"),
            ((*CONTEXT, "targets", 0), (2,), "goes into the targets of a context: go there"),
            ((*SCHEME, "action"), CONTEXT, "there are several fields action: go to one of them"),
            ((*SCHEME, "action"), (2,), "there are several fields action: go to one of them"),
        ],
    )
    def test_what_fits_nowhere_is_told_where_it_would(self, copied, cursor, said):
        with pytest.raises(InputError, match=said):
            place_of(TREE, clip_of(TREE, copied), cursor)

    def test_where_there_is_no_such_field(self):
        with pytest.raises(InputError, match="there is no field aggr_us to paste to"):
            place_of((Kdamond(),), clip_of(TREE, (*CONTEXT, "intervals", "aggr_us")), (0,))


def test_steps_have_names():
    assert [name_of(path) for path in ((3,), (*SCHEME, "filters", 2), (*SCHEME, "quotas"))] == [
        "kdamond 3",
        "filter 2",
        "quotas",
    ]
