"""What the chosen kernel lacks is hidden, or greyed with the reason, and can't be added."""

from dataclasses import replace

import pytest

from damotui.session import outline
from damotui.session.document import Session
from damotui.session.live import Live
from engine.config.model import Context, Filter, Goal, Kdamond, Quotas, Scheme, Target
from engine.versions import KERNELS, kernel_version
from tests.damotui.app_in_test import driven

CONTEXT = (0, "contexts", 0)
SCHEME = (*CONTEXT, "schemes", 0)


def rows(scheme, kernel, context=None):
    """All rows of a kdamond with one scheme."""
    made = replace(context or Context(), targets=(Target(),), schemes=(scheme,))
    session = Session((Kdamond((made,)),), kernel_version(kernel), lambda request: None)
    unfolded = {
        path[:length]
        for path in ((*SCHEME, "filters", 0), (*SCHEME, "quotas", "goals", 0), (*CONTEXT, "intervals", "goal"))
        for length in range(1, len(path) + 1)
    }
    return {row.path: row for row in outline.rows(session, Live(), unfolded)}


@pytest.mark.parametrize(
    ("kernel", "hidden", "there"),
    [
        ("6.1", ["filters", "apply_interval_us", "max_nr_snapshots"], []),
        ("6.12", ["max_nr_snapshots"], ["filters", "apply_interval_us"]),
        ("7.1", [], ["filters", "apply_interval_us", "max_nr_snapshots"]),
    ],
)
def test_fields_that_are_at_their_default_are_hidden(kernel, hidden, there):
    shown = rows(Scheme(), kernel)
    assert not [name for name in hidden if (*SCHEME, name) in shown]
    assert not [name for name in there if (*SCHEME, name) not in shown]
    assert not [row for row in shown.values() if row.lack]


def test_a_list_that_is_not_empty_is_grey_with_all_that_is_in_it():
    shown = rows(Scheme(filters=(Filter("anon", matching=True),)), "6.1")
    reason = "needs Linux 6.3 or later, and this is 6.1"
    for path in ((*SCHEME, "filters"), (*SCHEME, "filters", 0), (*SCHEME, "filters", 0, "type")):
        assert shown[path].lack == reason
    assert reason in shown[(*SCHEME, "filters")].problem
    assert not shown[(*SCHEME, "action")].lack


def test_a_value_and_a_keyword_are_grey_too():
    assert rows(Scheme(max_nr_snapshots=5), "6.12")[(*SCHEME, "max_nr_snapshots")].lack.startswith("needs Linux 7.0")
    assert rows(Scheme("migrate_hot"), "6.1")[(*SCHEME, "action")].lack == "needs Linux 6.11 or later, and this is 6.1"
    goal = Goal("node_mem_used_bp", 5)
    metric = rows(Scheme(quotas=Quotas(goals=(goal,))), "6.12")[(*SCHEME, "quotas", "goals", 0, "metric")]
    assert metric.lack == "needs Linux 6.16 or later, and this is 6.12"


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_plain_kdamond_lacks_nothing_anywhere(kernel):
    assert not [row for row in rows(Scheme(), kernel).values() if row.lack]


@pytest.mark.parametrize(
    ("kernel", "collection", "reason"),
    [
        ("6.1", (*SCHEME, "filters"), "needs Linux 6.3 or later, and this is 6.1"),
        ("6.1", (*SCHEME, "quotas", "goals"), "needs Linux 6.8 or later, and this is 6.1"),
        ("6.12", (*SCHEME, "dests"), "needs Linux 6.17 or later, and this is 6.12"),
        ("6.12", (*SCHEME, "filters"), ""),
        ("5.19", (*CONTEXT, "schemes"), ""),
    ],
)
def test_lists_are_known_to_be_lacking(kernel, collection, reason):
    assert outline.lack_at(collection, kernel_version(kernel)) == reason


async def test_nothing_is_added_that_the_kernel_lacks():
    async with driven(kernel="6.1") as app:
        await app.go_to("scheme 0")
        app.session.set((*SCHEME, "filters"), (Filter("anon", matching=True),))
        app.main.set_expanded(SCHEME, True)
        await app.go_to("filters")
        said = app.main.query_one("#problem")
        assert "needs Linux 6.3 or later, and this is 6.1" in said.content
        await app.press("a")
        assert app.told[-1] == "a filter needs Linux 6.3 or later, and this is 6.1"
        assert len(app.session.get((*SCHEME, "filters"))) == 1
        await app.press("l")
        await app.go_to("filter 0")
        assert said.content == "type: anon needs Linux 6.3 or later, and this is 6.1: give anon"
        await app.press("x")
        assert not [row for row in app.main.tree_pane.rows if row.label == "filters"]


@pytest.mark.parametrize(("kernel", "there"), [("6.12", False), ("7.1", True)])
async def test_a_statistic_that_the_kernel_lacks_has_no_column(kernel, there):
    async with driven((200, 60), kernel=kernel) as app:
        app.session.set((*SCHEME, "filters"), (Filter("anon", matching=True),))
        await app.press("c")
        await app.run(1.0)
        assert ("filter_passed" in app.text) is there


async def test_presets_that_the_kernel_lacks_say_so_in_the_list():
    async with driven(kernel="6.12") as app:
        await app.press("P")
        (line,) = [line for line in app.lines if "damon_stat " in line]
        assert "needs Linux 6.17 or later, and this is 6.12" in line
