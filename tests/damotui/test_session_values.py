"""What is typed and nudged, and what is said about it."""

import itertools

import pytest

from damotui.defaults import default_kdamonds
from damotui.session import values
from damotui.session.document import Session
from damotui.session.template import Around
from damotui.session.templates import templates_for
from engine.config.model import UINT_MAX, ULONG_MAX
from engine.versions import kernel_version

CONTEXT = (0, "contexts", 0)
SAMPLE = (*CONTEXT, "intervals", "sample_us")
AGGR = (*CONTEXT, "intervals", "aggr_us")
SCHEME = (*CONTEXT, "schemes", 0)
PATTERN = (*SCHEME, "access_pattern")


@pytest.fixture
def session():
    session = Session(default_kdamonds(), kernel_version("7.1"), lambda request: None)
    session.add((*CONTEXT, "schemes"), templates_for("schemes")[0].make(Around(session.kernel, session.get(CONTEXT))))
    return session


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        (AGGR, "100ms", 100_000),
        (AGGR, " 1.5 s ", 1_500_000),
        (AGGR, "250", 250),
        ((*PATTERN, "sz", "min"), "4 MiB", 4 << 20),
        ((*PATTERN, "sz", "max"), "max", ULONG_MAX),
        ((*PATTERN, "nr_accesses", "min"), "50%", 10),
        ((*PATTERN, "nr_accesses", "min"), "3", 3),
        ((*PATTERN, "age", "min"), "3 s", 30),
        ((*SCHEME, "quotas", "time_ms"), "1 s", 1_000),
        ((*SCHEME, "quotas", "weights", "sz_permil"), "max", UINT_MAX),
        ((*SCHEME, "watermarks", "high"), "50%", 500),
        ((*SCHEME, "action"), "PAGE", "pageout"),
        ((*CONTEXT, "targets", 0, "pid"), "next", None),
        ((*CONTEXT, "targets", 0, "pid"), "1001", 1001),
    ],
)
def test_units_are_understood(session, path, text, value):
    assert values.parse_value(session, path, text) == value
    assert values.judge(session, path, text).error == ""


@pytest.mark.parametrize(
    ("path", "text", "error"),
    [
        (AGGR, "soon", "'soon' is not a time"),
        (AGGR, "", "'' is not a time"),
        ((*PATTERN, "nr_accesses", "min"), "4 MiB", "is not a number of samples"),
        ((*CONTEXT, "ops"), "maddr", "'maddr' is unknown: give one of vaddr, fvaddr, paddr"),
        ((*SCHEME, "action"), "lru", "'lru' is unknown"),
        ((*CONTEXT, "nr_regions", "min"), "2", "2 is too few: give at least 3"),
        (SAMPLE, "200 ms", "200 ms is above aggr_us: give at most 100 ms"),
    ],
)
def test_what_is_wrong_is_said(session, path, text, error):
    assert error in values.judge(session, path, text).error


def test_what_is_wrong_elsewhere_only_warns(session):
    judgement = values.judge(session, AGGR, "1 ms")
    assert judgement.error == ""
    assert judgement.value == 1_000
    assert "sample_us: 5 ms is above aggr_us: give at most 1 ms" in judgement.warning


def test_shown_values_can_be_typed_in_again(session):
    for path in (AGGR, (*PATTERN, "sz", "max"), (*SCHEME, "action"), (*CONTEXT, "targets", 0, "pid")):
        assert values.parse_value(session, path, values.shown_value(session, path)) == session.get(path)


@pytest.mark.parametrize(
    ("path", "series"),
    [
        (AGGR, [0, 1, 2, 5, 10, 20, 50, 100]),
        ((*PATTERN, "sz", "min"), [0, 4096, 8192, 16384, 32768]),
        ((*PATTERN, "nr_accesses", "min"), [0, 1, 2, 3]),
        ((*SCHEME, "watermarks", "high"), [0, 10, 20]),
        ((*CONTEXT, "nr_regions", "max"), [98, 99, 100, 200, 500, 1_000, 2_000]),
    ],
)
def test_nudges_go_up_and_down_the_same_steps(path, series):
    spec = values.spec_of(path)
    for low, high in itertools.pairwise(series):
        assert values.nudged(spec, low, 1) == high
        assert values.nudged(spec, high, -1) == low
    assert values.nudged(spec, series[0], len(series) - 1) == series[-1]


def test_nudges_stay_in_range():
    assert values.nudged(values.spec_of(AGGR), 0, -1) == 0
    assert values.nudged(values.spec_of(AGGR), ULONG_MAX, 1) == ULONG_MAX
    assert values.nudged(values.spec_of((*PATTERN, "sz", "max")), ULONG_MAX, -1) == 1 << 63


def test_keywords_go_round():
    spec = values.spec_of((*CONTEXT, "ops"))
    choices = ("vaddr", "fvaddr", "paddr")
    assert [values.nudged(spec, "vaddr", n, choices) for n in (1, 2, 3, -1)] == ["fvaddr", "paddr", "vaddr", "paddr"]
