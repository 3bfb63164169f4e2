import pytest

from engine.errors import InputError
from engine.versions import DEFAULT_KERNEL, KERNELS, RELEASES, Feature, kernel_version, release

CHANGES_AT = {
    "5.16": [Feature.SCHEMES, Feature.PADDR, Feature.INIT_REGIONS],
    "5.19": [Feature.FVADDR, Feature.COMMIT, Feature.AVAIL_OPERATIONS],
    "6.3": [Feature.FILTERS, Feature.SAMPLE_WITHIN_AGGR, Feature.RESULTS_CONVERTED],
    "6.7": [Feature.APPLY_INTERVAL, Feature.COUNTED_INTERVALS, Feature.MOVING_SUM, Feature.SPLIT_COPIES_COUNT],
    "6.11": [Feature.MIGRATE_ACTIONS, Feature.MERGE_UNTIL_MAX, Feature.AGE_RESET_ON_ZERO],
    "6.13": [Feature.SPLIT_EVENLY_EXACT],
    "6.14": [Feature.FILTER_ALLOW, Feature.STATS_OPS_FILTER_PASSED, Feature.COMMANDS_EACH_TICK],
    "6.15": [Feature.INTERVALS_GOAL, Feature.FILTER_DIRS, Feature.FILTERS_PAGE_STATE],
    "6.16": [Feature.GOAL_NODE_MEM, Feature.RESULTS_CONVERTED_BY_PHASE],
    "6.17": [Feature.DESTS, Feature.REFRESH_MS, Feature.MODULE_STAT, Feature.VADDR_MIGRATE],
    "6.18": [Feature.ADDR_UNIT],
    "6.19": [Feature.GOAL_NODE_MEMCG, Feature.OBSOLETE_TARGET],
    "7.0": [Feature.NR_SNAPSHOTS, Feature.GOAL_ACTIVE_MEM],
    "7.1": [Feature.GOAL_TUNER, Feature.APPLY_MIN_NR_REGIONS, Feature.SLICES_MERGED_BACK],
    "next": [Feature.PAUSE, Feature.COLLAPSE_ACTION, Feature.AGE_ONCE_PER_MERGE, Feature.SPLIT_ABOVE_HALF],
}


@pytest.mark.parametrize(("name", "feature"), [(name, row) for name, rows in CHANGES_AT.items() for row in rows])
def test_a_feature_comes_with_its_release(name: str, feature: Feature) -> None:
    before = RELEASES[RELEASES.index(name) - 1]
    assert release(name).has(feature)
    assert not release(before).has(feature)


@pytest.mark.parametrize(
    ("feature", "last", "after"),
    [
        (Feature.DEBUGFS, "6.14", "6.15"),
        (Feature.MOVING_SUM, "7.1", "next"),
        (Feature.LAST_NR_REGIONS_SHARED, "7.1", "next"),
    ],
)
def test_what_was_removed_is_gone(feature: Feature, last: str, after: str) -> None:
    assert release(last).has(feature)
    assert not release(after).has(feature)


def test_every_row_has_known_releases_in_order_and_a_meaning() -> None:
    for feature in Feature:
        first = RELEASES.index(feature.first)
        assert feature.last is None or first <= RELEASES.index(feature.last), feature
        assert len(feature.meaning) > 10
    assert len({feature.meaning for feature in Feature}) == len(Feature)


def test_releases_count_up_without_gaps() -> None:
    numbers = [tuple(int(part) for part in name.split(".")) for name in RELEASES[:-1]]
    assert numbers == sorted(numbers)
    assert (numbers[0], numbers[-1], len(numbers)) == ((5, 15), (7, 1), 27)


def test_the_two_kernels_differ_as_the_specification_says() -> None:
    old, new = kernel_version("6.12"), kernel_version("7.1")
    assert old.features - new.features == {Feature.DEBUGFS, Feature.DEBUGFS_DEPRECATED}
    assert Feature.SPLIT_EVENLY_EXACT in new.features - old.features
    assert old.has(Feature.MOVING_SUM) and new.has(Feature.MOVING_SUM)
    assert DEFAULT_KERNEL in KERNELS


def test_kernels_are_equal_values() -> None:
    assert kernel_version("6.12") == release("6.12")
    assert hash(kernel_version("6.12")) == hash(release("6.12"))


@pytest.mark.parametrize("name", ["6.11", "5.18", "", "7.1 ", "linux"])
def test_other_kernels_are_refused_with_those_accepted(name: str) -> None:
    with pytest.raises(InputError, match=r"5\.19, 6\.0, 6\.1, 6\.12, 6\.18, 7\.1, next") as raised:
        kernel_version(name)
    assert repr(name) in str(raised.value)


def test_a_lack_is_explained() -> None:
    assert release("6.12").lack(Feature.GOAL_TUNER) == "needs Linux 7.1 or later, and this is 6.12"
    assert release("7.1").lack(Feature.PAUSE) == "needs a kernel after 7.1, and this is 7.1"
    assert release("7.1").lack(Feature.DEBUGFS) == "needs Linux 6.14 or earlier, and this is 7.1"
