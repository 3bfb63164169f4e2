"""Whatever is done to a machine, no page is lost, and nothing holds more than it can."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.model import Dest, Filter
from engine.machine.costs import Costs
from engine.machine.machine import RAM_START
from engine.machine.memory import Memory
from engine.machine.space import Space
from tests.engine.machine.machines import act, check, memory, run, span
from tests.engine.make import MIB, workload

PAGE = 4096
VIRTUAL = ("willneed", "cold", "pageout", "hugepage", "nohugepage", "collapse", "migrate_hot", "migrate_cold", "stat")
PHYSICAL = ("pageout", "lru_prio", "lru_deprio", "migrate_hot", "migrate_cold", "stat")
TYPES = ("anon", "active", "young", "hugepage_size", "unmapped", "memcg")

filters = st.lists(
    st.builds(Filter, type=st.sampled_from(TYPES), matching=st.booleans(), allow=st.booleans()), max_size=3
)
ends = st.tuples(st.integers(0, 9000), st.integers(1, 9000))
steps = st.one_of(
    st.tuples(st.just("time"), st.integers(1, 900_000)),
    st.tuples(st.just("start"), st.integers(8, 40)),
    st.tuples(st.just("stop"), st.integers(0, 3)),
    st.tuples(st.just("virtual"), st.sampled_from(VIRTUAL), ends, st.integers(-1, 2), filters, st.booleans()),
    st.tuples(st.just("physical"), st.sampled_from(PHYSICAL), ends, st.integers(-1, 2), filters, st.booleans()),
    st.tuples(st.just("room"), st.integers(0, 1), st.integers(1, 5000)),
)


def some_work(mib: int):  # type: ignore[no-untyped-def]
    both = [("a", True, 0, 2), ("b", False, 4096, 1)]
    return workload({"a": mib * MIB, "b": mib * MIB // 2}, (2000, both), (60_000, [("b", False, 20_480, 1)]))


def whole(machine: Memory, pid: int) -> tuple[object, ...]:
    space = machine.spaces[pid]
    return tuple(getattr(space.extents, name).tolist() for name in space.extents.__slots__)


def perform(machine: Memory, step: tuple[object, ...], now: int) -> int:
    """Do one step and return what time it is then."""
    match step:
        case ("time", int(us)):
            now += us
            machine.run_until(now)
        case ("start", int(mib)):
            pid = max([0, *machine.spaces, *(pid for pid, _ in machine.killed)]) + 1
            run(machine, some_work(mib), pid=pid, now_us=now)
        case ("stop", int(pid)):
            machine.stop(pid, now)
        case ("room", int(node), int(pages)):
            machine.make_room(node, pages)
        case (kind, str(name), (int(first), int(count)), int(node), list(rules), bool(reject)):
            physical = kind == "physical"
            start = RAM_START if physical else 0x400000
            if not physical and machine.spaces:
                start = span(next(iter(machine.spaces.values())), 1)[0] - 100 * PAGE
            dests = [Dest(0, 1), Dest(1, 2)] if node == 2 else []
            low = start + first * PAGE
            pid = next(iter(machine.spaces), 1)
            act(
                machine, name, low, low + count * PAGE, pid=pid, physical=physical,
                node=node, dests=dests, filters=rules, default_reject=reject,
            )  # fmt: skip
    return now


@given(st.lists(steps, max_size=12), st.sampled_from([0, 8, 256]))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_no_page_is_ever_lost(sequence: list[tuple[object, ...]], swap_mib: int) -> None:
    machine = memory(48, 32, swap_mib=swap_mib, costs=Costs(swap_in_ns=3000, first_touch_ns=200))
    run(machine, some_work(24))
    now, last = 0, (0.0, 0, 0)
    for step in (("time", 150_000), *sequence):
        mapped = {pid: space.extents.total("pages") for pid, space in machine.spaces.items()}
        now = perform(machine, step, now)
        check(machine)
        for pid, space in machine.spaces.items():
            assert mapped.get(pid, space.extents.total("pages")) == space.extents.total("pages")
            assert space.debt_ns > -1e6
        totals = machine.pressure.some_total_us, machine.account.moved_bytes, machine.account.dropped_bytes
        assert all(new >= old for new, old in zip(totals, last, strict=True)), "totals never fall"
        last = totals


@given(st.lists(steps, max_size=6), ends, filters, st.booleans())
@settings(max_examples=30, deadline=None, derandomize=True)
def test_stat_never_changes_the_machine(sequence, where, rules, reject) -> None:  # type: ignore[no-untyped-def]
    rules = [rule for rule in rules if rule.type != "young"]
    outcomes = []
    for looks in (False, True):
        machine = memory(48, 32, swap_mib=64, costs=Costs(swap_in_ns=3000))
        run(machine, some_work(24))
        now = 0
        for step in (("time", 150_000), *sequence):
            now = perform(machine, step, now)
            if looks:
                perform(machine, ("virtual", "stat", where, -1, rules, reject), now)
                perform(machine, ("physical", "stat", where, -1, rules, reject), now)
        machine.settle(now)
        outcomes.append([whole(machine, pid) for pid in machine.spaces])
    assert outcomes[0] == outcomes[1]


@given(st.lists(st.integers(1, 400_000), max_size=20))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_results_do_not_depend_on_how_time_passes(cuts: list[int]) -> None:
    def play(times: list[int]) -> tuple[object, ...]:
        machine = memory(32, swap_mib=64, costs=Costs(swap_in_ns=3000))
        space: Space = run(machine, some_work(24))
        for now in times:
            machine.run_until(now)
        machine.settle(sum(cuts) + 1_000_000)
        return whole(machine, 1), repr(space.account), repr(machine.pressure)

    assert play([sum(cuts[: i + 1]) for i in range(len(cuts))]) == play([])
