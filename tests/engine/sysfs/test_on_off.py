"""Turning kdamonds on and off through `state`."""

from __future__ import annotations

import pytest

from engine.config.model import Kdamond
from tests.engine.make import MIB, workload
from tests.engine.running import HOT
from tests.engine.sysfs.admin import STATE, Admin, C, S, code_of

ALL = pytest.mark.parametrize("kernel", ["5.18", "5.19", "6.1", "6.12", "6.18", "7.1", "next"])


def on_with(kernel: str, ops: str = "vaddr", **values: object) -> Admin:
    """A system whose kdamond would run if the values did not forbid it; `__` in their names stands for `/`."""
    admin = Admin(kernel)
    admin.one_kdamond(ops, pid=None if ops == "paddr" else admin.process(HOT), schemes=1)
    admin.set({f"{C}/{name.replace('__', '/')}": value for name, value in values.items()})
    return admin


@ALL
def test_on_runs_what_the_files_say_and_off_stops_it(kernel: str) -> None:
    admin = Admin(kernel)
    pid = admin.process(HOT)
    admin.one_kdamond(pid=pid)
    admin.write(f"{C}/monitoring_attrs/intervals/sample_us", "10000")
    assert (admin.read(STATE), admin.read("kdamonds/0/pid")) == ("off\n", "-1\n")
    assert admin.write(STATE, "on\n") == 3
    status = admin.engine.kdamond_status(0)
    assert status is not None and status.running
    assert (admin.read(STATE), admin.read("kdamonds/0/pid")) == ("on\n", f"{status.pid}\n")
    assert status.config is not None
    context = status.config.contexts[0]
    assert (context.intervals.sample_us, context.targets[0].pid) == (10_000, pid)
    assert admin.write(STATE, "off") == 3
    assert (admin.read(STATE), admin.read("kdamonds/0/pid")) == ("off\n", "-1\n")


@ALL
def test_off_tells_whether_there_is_anything_to_stop(kernel: str) -> None:
    admin = Admin(kernel)
    admin.one_kdamond(pid=admin.process(HOT))
    assert admin.refused(STATE, "off") == "EINVAL"
    admin.write(STATE, "on")
    admin.write(STATE, "off")
    if kernel == "next":
        assert admin.write(STATE, "off") == 3
    else:
        assert admin.refused(STATE, "off") == "EPERM"
    admin.write("kdamonds/0/contexts/nr_contexts", "0")
    assert admin.refused(STATE, "on") == "EINVAL"
    if kernel != "next":
        assert admin.refused(STATE, "off") == "EPERM", "it was not tried to build a context"
    admin.write("kdamonds/0/contexts/nr_contexts", "1")
    admin.write(f"{C}/monitoring_attrs/nr_regions/min", "2")
    assert admin.refused(STATE, "on") == "EINVAL"
    assert admin.refused(STATE, "off") == "EINVAL", "the last on could not build a context"


@ALL
def test_making_kdamonds_anew_forgets_that_one_ran(kernel: str) -> None:
    admin = Admin(kernel)
    admin.one_kdamond(pid=admin.process(HOT))
    admin.write(STATE, "on")
    admin.write(STATE, "off")
    admin.write("kdamonds/nr_kdamonds", "1")
    assert admin.refused(STATE, "off") == "EINVAL"


@ALL
def test_while_it_runs_it_can_not_be_turned_on_nor_kdamonds_made(kernel: str) -> None:
    admin = Admin(kernel)
    admin.one_kdamond(pid=admin.process(HOT))
    admin.write(STATE, "on")
    assert admin.refused(STATE, "on") == "EBUSY"
    for text, error in (("0", "EBUSY"), ("1", "EBUSY"), ("abc", "EINVAL"), ("-1", "EINVAL")):
        assert admin.refused("kdamonds/nr_kdamonds", text) == error
    for path in (f"{C}/schemes/nr_schemes", f"{C}/targets/nr_targets", "kdamonds/0/contexts/nr_contexts"):
        admin.write(path, "1")
    assert admin.read(STATE) == "on\n"
    admin.write(STATE, "off")
    admin.write("kdamonds/nr_kdamonds", "0")
    assert admin.list("kdamonds") == ["nr_kdamonds"]


@ALL
@pytest.mark.parametrize("word", ["", "\n", "ON", "on ", " on", "on\n\n", "o", "onn", "1", "bogus"])
def test_other_words_are_refused(kernel: str, word: str) -> None:
    admin = Admin(kernel)
    admin.one_kdamond(pid=admin.process(HOT))
    if word:
        assert admin.refused(STATE, word) == "EINVAL"
    else:
        assert admin.write(STATE, word) == 0
    assert admin.read(STATE) == "off\n"


@pytest.mark.parametrize(
    ("values", "ops"),
    [
        ({"monitoring_attrs__nr_regions__min": 2}, "vaddr"),
        ({"monitoring_attrs__nr_regions__max": 9}, "vaddr"),
        ({"monitoring_attrs__intervals__sample_us": 100_001}, "vaddr"),
        ({"targets__0__pid_target": 0}, "vaddr"),
        ({"targets__0__pid_target": -1}, "fvaddr"),
        ({"targets__0__pid_target": 999_999}, "vaddr"),
        ({"targets__nr_targets": 2}, "paddr"),
        ({"targets__0__regions__nr_regions": 1}, "paddr"),
        ({"targets__0__regions__nr_regions": 1, "targets__0__regions__0__start": 8192}, "vaddr"),
    ],
)
@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
def test_what_attributes_and_targets_can_not_be(kernel: str, values: dict[str, object], ops: str) -> None:
    admin = on_with(kernel, ops, **values)
    assert admin.refused(STATE, "on") == "EINVAL"
    assert admin.read(STATE) == "off\n"


@pytest.mark.parametrize(
    "values",
    [
        {"schemes__0__filters__0__type": "memcg"},
        {"schemes__0__filters__0__type": "memcg", "schemes__0__filters__0__memcg_path": "/nowhere"},
        {"schemes__0__filters__0__type": "addr", "schemes__0__filters__0__addr_start": 4096},
    ],
)
def test_a_scheme_that_can_not_be_made_is_no_memory(values: dict[str, object]) -> None:
    admin = on_with("6.12", "paddr", schemes__0__filters__nr_filters=1, **values)
    assert admin.refused(STATE, "on") == "ENOMEM"
    admin.write(f"{C}/monitoring_attrs/nr_regions/min", "2")
    assert admin.refused(STATE, "on") == "EINVAL", "attributes are looked at first"


def test_cgroups_of_goals_and_sizes_of_pages_are_looked_at() -> None:
    admin = on_with("7.1", "paddr", schemes__0__quotas__goals__nr_goals=1)
    goal = f"{S}/quotas/goals/0"
    admin.set({f"{goal}/target_metric": "node_memcg_used_bp", f"{goal}/target_value": 100, f"{goal}/path": "/nowhere"})
    assert admin.refused(STATE, "on") == "ENOMEM"
    admin.write(f"{goal}/path", "/\n")
    admin.write(STATE, "on\n")
    admin.write(STATE, "off\n")
    ops_filter = f"{S}/ops_filters/0"
    admin.set({f"{S}/ops_filters/nr_filters": 1, f"{ops_filter}/type": "hugepage_size", f"{ops_filter}/min": 1})
    assert admin.refused(STATE, "on") == "ENOMEM"


def test_a_goal_that_fits_no_operations_set_is_invalid() -> None:
    goal = {"schemes__0__quotas__goals__0__target_metric": "node_eligible_mem_bp"}
    admin = on_with("next", "vaddr", schemes__0__quotas__goals__nr_goals=1, **goal)
    assert admin.refused(STATE, "on") == "EINVAL"


def test_an_address_unit_must_divide_pages_evenly() -> None:
    admin = on_with("7.1", "paddr", addr_unit=3)
    assert admin.refused(STATE, "on") == "EINVAL"
    admin.write(f"{C}/addr_unit", "8")
    admin.write(STATE, "on")


def test_a_process_target_that_is_not_needed_is_not_looked_at() -> None:
    admin = on_with("6.12", "paddr", targets__0__pid_target=999_999)
    admin.write(STATE, "on")
    assert admin.read(STATE) == "on\n"


def test_a_sampling_interval_above_the_aggregation_interval_was_accepted_once() -> None:
    admin = on_with("6.1", monitoring_attrs__intervals__sample_us=200_000)
    admin.write(STATE, "on")
    assert admin.read(STATE) == "on\n"


def test_without_targets_a_process_kdamond_ends_by_itself_and_a_physical_one_does_not() -> None:
    for ops, state in (("vaddr", "off\n"), ("paddr", "on\n")):
        admin = on_with("7.1", ops, targets__nr_targets=0)
        assert admin.write(STATE, "on") == 2
        admin.advance(100_000)
        assert admin.read(STATE) == state
        if ops == "vaddr":
            assert admin.refused(STATE, "off") == "EPERM"


def test_the_end_of_the_last_target_is_seen() -> None:
    admin = Admin("7.1")
    admin.one_kdamond(pid=(pid := admin.process(HOT)))
    admin.write(STATE, "on")
    admin.advance(300_000)
    admin.engine.kill_process(pid)
    admin.advance(100_000)
    assert (admin.read(STATE), admin.read("kdamonds/0/pid")) == ("off\n", "-1\n")
    assert admin.refused(STATE, "off") == "EPERM"
    assert admin.refused(STATE, "on") == "EINVAL"


@pytest.mark.parametrize(("written", "used"), [(2**64 - 1, 2**32 - 1), (2**32, 0), (2**32 + 5, 5), (7, 7)])
def test_access_counts_and_ages_are_used_with_32_bits(written: int, used: int) -> None:
    admin = on_with("7.1", "paddr", schemes__0__access_pattern__age__max=written)
    admin.write(f"{S}/access_pattern/nr_accesses/min", str(written))
    admin.write(f"{S}/access_pattern/sz/max", str(written))
    admin.write(STATE, "on")
    status = admin.engine.kdamond_status(0)
    assert status is not None and status.config is not None
    pattern = status.config.contexts[0].schemes[0].access_pattern
    assert (pattern.age.max, pattern.nr_accesses.min, pattern.sz.max) == (used, used, written)
    assert admin.read(f"{S}/access_pattern/age/max") == f"{written}\n"


def test_filters_are_installed_core_then_ops_then_the_others() -> None:
    admin = on_with("7.1", "paddr")
    for name in ("filters", "ops_filters", "core_filters"):
        admin.write(f"{S}/{name}/nr_filters", "1")
    admin.set({f"{S}/filters/0/type": "young", f"{S}/ops_filters/0/type": "active", f"{S}/core_filters/0/type": "addr"})
    admin.write(STATE, "on")
    status = admin.engine.kdamond_status(0)
    assert status is not None and status.config is not None
    assert [f.type for f in status.config.contexts[0].schemes[0].filters] == ["addr", "active", "young"]


@ALL
def test_several_kdamonds_run_at_once(kernel: str) -> None:
    admin = Admin(kernel)
    pids = [admin.process(workload({"a": MIB}, (1000, [("a", False, 4096, 1)])), loop=True) for _ in range(2)]
    admin.write("kdamonds/nr_kdamonds", "2")
    for number, pid in enumerate(pids):
        at = f"kdamonds/{number}/contexts"
        admin.write(f"{at}/nr_contexts", "1")
        admin.write(f"{at}/0/targets/nr_targets", "1")
        admin.write(f"{at}/0/targets/0/pid_target", str(pid))
        admin.write(f"kdamonds/{number}/state", "on")
    shown = {admin.read(f"kdamonds/{number}/pid") for number in range(2)}
    assert len(shown) == 2 and "-1\n" not in shown
    admin.write(STATE, "off")
    assert admin.refused("kdamonds/nr_kdamonds", "1") == "EBUSY"
    assert (admin.read(STATE), admin.read("kdamonds/1/state")) == ("off\n", "on\n")


def test_who_wants_to_be_alone_keeps_it_busy() -> None:
    admin = on_with("6.12", "paddr")
    config = admin.system.sysfs.config(0)
    admin.engine.start_together({1 << 16: config}, exclusive=True)
    assert admin.refused(STATE, "on") == "EBUSY"
    assert admin.refused(STATE, "off") == "EINVAL"
    admin.write(f"{C}/monitoring_attrs/nr_regions/min", "2")
    assert admin.refused(STATE, "on") == "EINVAL", "that is seen first"
    assert admin.write("kdamonds/nr_kdamonds", "1") == 1


def test_what_was_turned_on_by_other_means_is_shown() -> None:
    admin = Admin("7.1")
    config = Kdamond((on_with("7.1", "paddr").system.sysfs.config(0).contexts[0],))
    admin.system.sysfs.stage((config,))
    admin.engine.turn_on(0, config)
    assert admin.read(STATE) == "on\n"
    admin.write(STATE, "off")
    assert admin.refused(STATE, "off") == "EPERM"
    admin.system.sysfs.note_started(1)
    admin.system.sysfs.stage((config, config))
    assert code_of(lambda: admin.write("kdamonds/1/state", "off")) == "EINVAL"
    admin.system.sysfs.note_started(1)
    assert code_of(lambda: admin.write("kdamonds/1/state", "off")) == "EPERM"
