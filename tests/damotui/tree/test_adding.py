"""What can be added, with figures that make sense, and what is said about what can't."""

import pytest

from damotui.session.adding import Adding
from damotui.session.document import Session
from damotui.session.live import Live
from damotui.session.meanings import ENTRIES, KEYWORDS
from damotui.session.template import Around
from damotui.session.templates import templates_for
from engine.config.fields import ACTIONS, FIELDS, FILTER_TYPES, GOAL_METRICS, OPERATIONS
from engine.config.lint import warnings
from engine.config.model import (
    ULONG_MAX,
    AddrRange,
    Context,
    Filter,
    Intervals,
    Kdamond,
    Quotas,
    Range,
    Scheme,
    Target,
)
from engine.config.validate import validate
from engine.errors import InputError
from engine.versions import KERNELS, kernel_version

GIB = 1 << 30
NODES = (AddrRange(4 * GIB, 5 * GIB), AddrRange(5 * GIB, 7 * GIB))
CONTEXT = (0, "contexts", 0)
SCHEME = (*CONTEXT, "schemes", 0)


def adding(kernel="next", ops="paddr", scheme=None, **fields):
    schemes = (scheme or Scheme("pageout"),)
    tree = (Kdamond((Context(ops, targets=(Target(),), schemes=schemes, **fields),)),)
    session = Session(tree, kernel_version(kernel), lambda request: None)
    return session, Adding(session, Live(), NODES)


def offered(made, collection):
    return {offer.name: offer for offer in made.offers_in(collection)}


def added(name, collection, **options):
    """What a template makes there."""
    session, made = adding(**options)
    return session.get(made.add(offered(made, collection)[name], collection))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("ops", OPERATIONS)
def test_all_that_is_offered_is_valid_and_not_odd(kernel, ops):
    for collection in ((*CONTEXT, "schemes"), (*CONTEXT, "targets"), (*SCHEME, "filters"), (*SCHEME, "quotas", "goals"),
                       (*SCHEME, "dests"), ()):  # fmt: skip
        scheme = Scheme("migrate_cold", target_nid=0, quotas=Quotas(reset_interval_ms=1000))
        session, made = adding(kernel, ops, scheme)
        try:
            offers = made.offers_in(collection)
        except InputError as error:
            assert "needs Linux" in str(error)
            continue
        before = session.staged
        for offer in offers:
            if offer.refused:
                with pytest.raises(InputError, match="needs"):
                    made.add(offer, collection)
                assert session.staged is before
                continue
            path = made.add(offer, collection)
            kdamond = session.staged[path[0]]
            at = ".".join(map(str, path[1:])) or "contexts"
            wrong = [p for p in (*validate(kdamond, session.kernel), *warnings(kdamond, session.kernel))
                     if _is_below(p.path, path)]  # fmt: skip
            assert bool(wrong) == offer.odd, (offer.name, at, [str(p) for p in wrong])
            session.undo()


def _is_below(name, path):
    from damotui.session import tree

    found = tree.parse(name)
    return found[: len(path) - 1] == path[1:] and not (path[-2:-1] == ("targets",) or found[-1:] == ("targets",))


def test_each_action_filter_metric_and_operation_has_a_template():
    names = {one.name.partition(":")[0] for one in templates_for("schemes")}
    assert names == set(ACTIONS)
    assert [one.name for one in templates_for("filters")] == list(FILTER_TYPES)
    assert [one.name for one in templates_for("goals")] == list(GOAL_METRICS)
    assert [one.name for one in templates_for("")] == list(OPERATIONS)


def test_all_keywords_and_kinds_have_a_meaning():
    words = {word for specs in FIELDS.values() for spec in specs.values() for word in spec.choice_since}
    assert words == set(KEYWORDS)
    assert set(ENTRIES) == {"kdamond", "context", "target", "region", "scheme", "filter", "goal", "dest"}


class TestFigures:
    """In samples and aggregations of the context: here 40 samples of 25 ms in a second."""

    INTERVALS = Intervals(25_000, 1_000_000, 1_000_000)

    @pytest.mark.parametrize(
        ("name", "nr_accesses", "age"),
        [
            ("pageout: cold", Range(0, 0), Range(5, ULONG_MAX)),
            ("pageout: gently", Range(0, 0), Range(120, ULONG_MAX)),
            ("stat: hot", Range(20, ULONG_MAX), Range(0, ULONG_MAX)),
            ("stat: cold", Range(0, 0), Range(3, ULONG_MAX)),
            ("hugepage: hot", Range(2, ULONG_MAX), Range(0, ULONG_MAX)),
            ("nohugepage: cold", Range(0, 0), Range(7, ULONG_MAX)),
            ("lru_prio: hot", Range(20, ULONG_MAX), Range(0, ULONG_MAX)),
            ("lru_deprio: cold", Range(0, 0), Range(120, ULONG_MAX)),
        ],
    )
    def test_patterns(self, name, nr_accesses, age):
        scheme = added(name, (*CONTEXT, "schemes"), intervals=self.INTERVALS)
        assert scheme.action == name.partition(":")[0]
        assert (scheme.access_pattern.nr_accesses, scheme.access_pattern.age) == (nr_accesses, age)

    def test_limits_and_nodes(self):
        gently = added("pageout: gently", (*CONTEXT, "schemes")).quotas
        assert (gently.time_ms, gently.sz_bytes, gently.reset_interval_ms) == (10, 128 << 20, 1000)
        (goal,) = added("pageout: by pressure", (*CONTEXT, "schemes")).quotas.goals
        assert (goal.metric, goal.target_value) == ("some_mem_psi_us", 10_000)  # 10 ms of each second
        demote = added("migrate_cold: demote", (*CONTEXT, "schemes"))
        assert (demote.target_nid, demote.apply_interval_us, demote.quotas.sz_bytes) == (1, 1_000_000, 200 << 20)
        assert demote.filters == (Filter("young", matching=True),)
        promote = added("migrate_hot: promote", (*CONTEXT, "schemes"))
        assert (promote.target_nid, promote.filters) == (0, (Filter("young", matching=True, allow=True),))

    def test_a_kdamond_of_the_physical_memory_monitors_all_of_it(self):
        (context,) = added("kdamond paddr", ()).contexts
        assert (context.ops, context.targets) == ("paddr", (Target(regions=(AddrRange(4 * GIB, 7 * GIB),)),))

    def test_regions_ascend_and_nodes_follow_each_other(self):
        session, made = adding()
        regions = (*CONTEXT, "targets", 0, "regions")
        for _ in range(3):
            made.add(made.offers_in(regions)[0], regions)
        assert [region.end - region.start for region in session.get(regions)] == [2 << 20] * 3
        assert [one.end for one in session.get(regions)[:-1]] == [one.start for one in session.get(regions)[1:]]
        dests = (*SCHEME, "dests")
        for _ in range(3):
            made.add(made.offers_in(dests)[0], dests)
        assert [dest.id for dest in session.get(dests)] == [0, 1, 1]  # there are two nodes

    def test_migration_before_filters_allow_has_none_that_does(self):
        made = templates_for("schemes")
        promote = next(one for one in made if one.name.startswith("migrate_hot"))
        assert promote.make(Around(kernel_version("6.12"))).filters == ()


class TestMenu:
    def test_kinds_come_with_where_they_go(self):
        _, made = adding()
        offers = made.offers(SCHEME)
        assert [(offer.name, offer.help) for offer in offers] == [
            ("scheme", "after scheme 0"),
            ("filter", "in scheme 0"),
            ("goal", "in scheme 0"),
            ("dest", "in scheme 0"),
            ("target", "in context 0"),
            ("kdamond", "at the end"),
        ]

    def test_what_the_kernel_lacks_is_last_and_says_why(self):
        _, made = adding("6.1")
        offers = made.offers_in((*CONTEXT, "schemes"))
        lacking = [offer.name.partition(":")[0] for offer in offers if offer.refused]
        assert lacking == ["pageout", "collapse", "migrate_hot", "migrate_cold"]
        assert [offer.name for offer in offers][-4:] == [offer.name for offer in offers if offer.refused]
        assert offers[-1].help == "needs Linux 6.11 or later, and this is 6.1"
        refused = {offer.name: offer.refused for offer in made.offers(SCHEME)}
        assert refused["filter"] == "needs Linux 6.3 or later, and this is 6.1"
        with pytest.raises(InputError, match=r"a filter needs Linux 6\.3 or later, and this is 6\.1"):
            made.offers_in((*SCHEME, "filters"))

    def test_what_would_do_nothing_says_so_and_can_be_added(self):
        session, made = adding(ops="vaddr")
        offer = offered(made, (*CONTEXT, "schemes"))["lru_prio: hot"]
        assert (offer.help, offer.odd, offer.refused) == ("lru_prio does nothing with vaddr", True, "")
        made.add(offer, SCHEME)
        assert session.get((*CONTEXT, "schemes", 1)).action == "lru_prio"
        anon = offered(made, (*SCHEME, "filters"))["filter anon"]
        assert anon.help == "anon is passed over by vaddr with pageout"

    def test_details_say_what_it_means_makes_and_needs(self):
        _, made = adding("7.1")
        detail = offered(made, (*CONTEXT, "schemes"))["pageout: by pressure"].detail
        assert "takes memory out to swap" in detail
        assert "pageout sz≥4.0K nr=0 age≥50" in detail
        assert "Linux 6.9 or later" in detail

    def test_a_new_entry_comes_behind_the_one_that_the_cursor_is_in(self):
        session, made = adding()
        made.add(offered(made, (*CONTEXT, "schemes"))["stat: everything"], (*SCHEME, "filters"))
        made.add(offered(made, (*CONTEXT, "schemes"))["stat: hot"], SCHEME)
        assert [s.access_pattern.nr_accesses.min for s in session.get((*CONTEXT, "schemes"))] == [0, 10, 0]
