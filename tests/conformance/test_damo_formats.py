"""Real damo makes of the command lines and the JSON that are written here the config that they were written for.

Its code runs in a process of its own over files in memory (`damo_in_memory.py`), and never meets the kernel's own.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from damotui.formats import damo_command, kdamonds_json
from damotui.formats.damo_limits import said_by_options
from damotui.formats.plain import plain
from damotui.presets import all_presets
from engine.config.damo_json import kdamonds_from_json
from engine.config.model import (
    UINT_MAX,
    ULONG_MAX,
    AccessPattern,
    AddrRange,
    Context,
    Dest,
    Filter,
    Goal,
    Intervals,
    IntervalsGoal,
    Kdamond,
    NrRegions,
    Quotas,
    Range,
    Scheme,
    Target,
    Watermarks,
    Weights,
)
from engine.damos.filters import CORE_TYPES
from engine.versions import kernel_version
from tests.conformance.damo_in_memory import RAM
from tests.damotui.formats.configs import PIDS, Tree, random_tree
from tests.damotui.formats.test_sysfs_script import with_processes

ROOT = Path(__file__).parents[2]
NAMES = ("PID", "PID2", "PID3")
SEEDS = range(40)

Damo = Callable[[str, list[str]], Tree | str]

pytestmark = pytest.mark.skipif(find_spec("damo") is None, reason="damo is not installed beside this Python")


@pytest.fixture(scope="module")
def damo() -> Iterator[Damo]:
    """Gives what the files say after `damo start` with some words, or what damo says if it refuses them."""
    program = [sys.executable, "-m", "tests.conformance.damo_in_memory"]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        requests, answers = process.stdin, process.stdout

        def ask(kernel: str, words: list[str]) -> Tree | str:
            requests.write(json.dumps({"kernel": kernel, "words": words}) + "\n")
            requests.flush()
            answer: dict[str, str] = json.loads(answers.readline())
            return answer["error"] if "error" in answer else kdamonds_from_json(answer["kdamonds"])

        yield ask
        requests.close()
        assert process.wait(20) == 0


def words_of(command: str) -> list[str]:
    """The words behind `damo start`, as a shell makes them, with the pids of processes in the variables."""
    for name, pid in zip(NAMES, PIDS, strict=True):
        command = command.replace(f'"${name}"', str(pid))
    first, second, *words = shlex.split(command.replace(" \\\n", " "))
    assert (first, second) == ("damo", "start")
    return words


def changed(tree: Tree, change: Callable[[Context], Context]) -> Tree:
    return tuple(replace(k, contexts=tuple(map(change, k.contexts))) for k in tree)


def schemes_changed(tree: Tree, change: Callable[[Scheme], Scheme]) -> Tree:
    return changed(tree, lambda context: replace(context, schemes=tuple(map(change, context.schemes))))


def settled(tree: Tree) -> Tree:
    """With what damo does on its own, and what makes no difference to the kernel.

    Physical memory without regions is that which damo finds; filters of the two layers are asked one layer after the
    other; and without limits, goals and weights no reset interval counts.
    """

    def context(one: Context) -> Context:
        found = Target(regions=(AddrRange(*RAM),))
        physical = one.ops == "paddr"
        return replace(one, targets=tuple(found if physical and t == Target() else t for t in one.targets))

    def scheme(one: Scheme) -> Scheme:
        filters = sorted(one.filters, key=lambda item: item.type not in CORE_TYPES)
        quotas = Quotas() if one.quotas == Quotas(reset_interval_ms=ULONG_MAX) else one.quotas
        return replace(one, filters=tuple(filters), quotas=quotas)

    return schemes_changed(changed(tree, context), scheme)


def with_no_limits(got: Tree, asked: Tree) -> Tree:
    """With the greatest number where that was asked for, and damo wrote one that no count gets to in 32 bits."""

    def settle(mine: Range, theirs: Range) -> Range:
        ends = [
            wanted if wanted in (UINT_MAX, ULONG_MAX) and found & UINT_MAX >= 1 << 28 else found
            for found, wanted in ((mine.min, theirs.min), (mine.max, theirs.max))
        ]
        return Range(*ends)

    wanted = iter([s.access_pattern for k in asked for c in k.contexts for s in c.schemes])

    def scheme(one: Scheme) -> Scheme:
        mine, theirs = one.access_pattern, next(wanted)
        nr, age = settle(mine.nr_accesses, theirs.nr_accesses), settle(mine.age, theirs.age)
        return replace(one, access_pattern=AccessPattern(mine.sz, nr, age))

    return schemes_changed(got, scheme)


def test_presets(damo: Damo) -> None:
    for preset in all_presets():
        for tree in (preset.kdamonds, preset.for_machine(4 << 30)):
            written = damo_command(tree, kernel_version("next"))
            got = damo("next", words_of(written.text))
            assert not isinstance(got, str), got
            asked = settled(with_processes(tree))
            assert settled(with_no_limits(got, asked)) == asked, preset.name
            assert not [note for note in written.notes if "left out" in note or "refuses" in note]


@pytest.mark.parametrize("kernel", ["5.19", "6.12", "7.1", "next"])
def test_any_valid_config_arrives_or_is_refused_or_what_is_missing_was_said(damo: Damo, kernel: str) -> None:
    arrived = 0
    for seed in SEEDS:
        tree = random_tree(seed, kernel_version(kernel))
        written = damo_command(tree, kernel_version(kernel))
        got = damo(kernel, words_of(written.text))
        if any("refuses" in note or "fails" in note for note in written.notes):
            assert isinstance(got, str), (seed, written)
            continue
        assert not isinstance(got, str), (seed, written, got)
        asked = with_processes(plain(tree))
        came = settled(with_no_limits(got, asked))
        assert came == settled(said_by_options(asked)), (seed, written, got)
        same = came == settled(asked)
        assert same == (not any("left out" in note for note in written.notes)), (seed, written, got)
        arrived += same
    assert 4 <= arrived < len(SEEDS)


def scheme_with(**fields: Any) -> Scheme:
    return Scheme(**{"access_pattern": AccessPattern(Range(0, ULONG_MAX), Range(1, 5), Range(3, 9)), **fields})


def tree_with(*schemes: Scheme, **fields: Any) -> Tree:
    return (Kdamond((Context(**{"targets": (Target(4242),), "schemes": schemes, **fields}),)),)


PADDR = {"ops": "paddr", "targets": (Target(regions=(AddrRange(4 << 30, 5 << 30), AddrRange(6 << 30, 7 << 30))),)}
QUOTAS = Quotas(
    10,
    (1 << 20) + 1,
    1_500,
    Weights(1, 29, 1000),
    (
        Goal("user_input", 10_000, 77),
        Goal("some_mem_psi_us", 12_345),
        Goal("node_mem_used_bp", 2_901, nid=1),
        Goal("node_memcg_free_bp", 58, nid=2, memcg_path=r"/a b/it's\x2d$HOME"),
        Goal("inactive_mem_bp", 10_001),
        Goal("node_eligible_mem_bp", 1_234),
    ),
    "temporal",
    3,
    7,
)
FILTERS = (
    Filter("anon", True, True),
    Filter("active"),
    Filter("young", True),
    Filter("unmapped", False, True),
    Filter("memcg", True, memcg_path="/a b/`id`"),
    Filter("addr", False, addr=AddrRange(4096, 1 << 40)),
    Filter("target", True, target_idx=1),
    Filter("hugepage_size", True, True, sz=Range(2 << 20, ULONG_MAX)),
)
HARD: dict[str, Tree] = {
    "two targets with regions": tree_with(
        targets=(Target(4242), Target(4243, (AddrRange(0, 4096), AddrRange(8192, 1 << 47)))), ops="fvaddr"
    ),
    "all kinds of quotas and goals": tree_with(scheme_with(quotas=QUOTAS), **PADDR),
    "all kinds of filters, one for each scheme": tree_with(
        *(scheme_with(filters=(item,)) for item in FILTERS), **PADDR
    ),
    "a filter and a goal for the second scheme only": tree_with(
        scheme_with(),
        scheme_with(filters=FILTERS[4:5], quotas=Quotas(0, 0, 1000, goals=(Goal("user_input", 5, 3),))),
        targets=(Target(4242), Target(4243)),
    ),
    "watermarks": tree_with(scheme_with(watermarks=Watermarks("free_mem_rate", 5_000_001, 999, 58, 29))),
    "migration to a node": tree_with(scheme_with(action="migrate_cold", target_nid=1), **PADDR),
    "migration to several nodes": tree_with(
        scheme_with(action="migrate_hot", dests=(Dest(0, 3), Dest(1, 7))),
        scheme_with(action="migrate_hot", dests=(Dest(2, 1),)),
        scheme_with(),
    ),
    "tuned intervals": tree_with(
        intervals=Intervals(5_001, 100_007, 2**60 + 1, IntervalsGoal(58, 3, 999, 2**55 + 1)),
        nr_regions=NrRegions(3, ULONG_MAX),
    ),
    "a great apply interval and a last snapshot": tree_with(
        scheme_with(apply_interval_us=2**62 + 1, max_nr_snapshots=2**60 + 1)
    ),
    "a limit that damo's max misses": tree_with(
        scheme_with(access_pattern=AccessPattern(Range(0, ULONG_MAX), Range(0, ULONG_MAX), Range(0, ULONG_MAX))),
        intervals=Intervals(4_000, 100_000, 0),
    ),
    "three kdamonds of all kinds": (
        *tree_with(scheme_with(filters=FILTERS[:1]), scheme_with(action="cold"), pause=True),
        replace(tree_with(scheme_with(quotas=QUOTAS), addr_unit=4096, **PADDR)[0], refresh_ms=1_500),
        *tree_with(targets=(Target(4243, obsolete=True), Target(4244)), ops="fvaddr"),
    ),
    "two contexts": (Kdamond((*tree_with(scheme_with())[0].contexts, *tree_with(**PADDR)[0].contexts)),),
}


@pytest.mark.parametrize("name", HARD)
def test_hard_ones(damo: Damo, name: str) -> None:
    """More than one context for a kdamond is refused by the kernel, which then has the first of them."""
    tree = HARD[name]
    written = damo_command(tree, kernel_version("next"))
    assert not [note for note in written.notes if "left out" in note or "refuses" in note]
    got = damo("next", words_of(written.text))
    if name == "two contexts":
        assert isinstance(got, str) and "nr_contexts" in got
        return
    assert not isinstance(got, str), got
    assert settled(with_no_limits(got, tree)) == settled(tree)


def test_each_number_of_samples_arrives(damo: Damo) -> None:
    """And no limit is none, also where damo's `max` comes to nothing in the kernel's 32 bits."""
    everything = AccessPattern(Range(0, ULONG_MAX), Range(0, ULONG_MAX), Range(0, ULONG_MAX))
    for most in (1, 2, 3, 7, 20, 25, 29, 64, 100, 113, 128, 199, 1000, 6553, 100_000, 1 << 20):
        counts = sorted({*range(min(most + 1, 30)), most // 3, most // 2, most - 1, most, most + 1, UINT_MAX - 1})
        patterns = [AccessPattern(Range(0, ULONG_MAX), Range(n, n), Range(n, n)) for n in counts] + [everything]
        schemes = [scheme_with(access_pattern=pattern) for pattern in patterns]
        tree = tree_with(*schemes, intervals=Intervals(4_096, 4_096 * most, 0))
        got = damo("7.1", words_of(damo_command(tree, kernel_version("7.1")).text))
        assert not isinstance(got, str), got
        assert settled(with_no_limits(got, tree)) == settled(tree), most


def test_damos_own_max_may_come_to_nothing(damo: Damo) -> None:
    """So that `1e99` is needed: at 25 samples, and at an aggregation interval that is a power of 2."""
    words = ["--ops", "paddr", "--damos_action", "stat", "--monitoring_intervals", "65536", "1638400", "0"]
    got = damo("7.1", [*words, "--damos_age", "0", "max"])
    assert not isinstance(got, str)
    pattern = got[0].contexts[0].schemes[0].access_pattern
    assert pattern.nr_accesses.max == 1 << 62 and pattern.nr_accesses.max & UINT_MAX == 0
    tree = tree_with(scheme_with(access_pattern=AccessPattern()), intervals=Intervals(65_536, 1_638_400, 0))
    unlimited = replace(tree[0].contexts[0].schemes[0].access_pattern, nr_accesses=Range(0, ULONG_MAX))
    written = damo_command(schemes_changed(tree, lambda s: replace(s, access_pattern=unlimited)), kernel_version("7.1"))
    assert "--damos_access_rate 0% 1e99" in written.text
    assert written.notes == (
        "kdamonds[0].contexts[0]: 1e99 stands for no limit, as damo's max comes to a low one at these intervals",
    )


def test_several_filters_of_a_scheme_are_kept_and_refused(damo: Damo) -> None:
    tree = tree_with(scheme_with(filters=FILTERS[:2]))
    written = damo_command(tree, kernel_version("7.1"))
    assert written.text.endswith("--damos_filter allow anon \\\n    --damos_filter reject none active\n")
    assert written.notes == (
        "kdamonds[0].contexts[0].schemes[0] has 2 filters: damo 3.4.3 refuses more than one --damos_filter of a scheme,"
        " and takes them from kdamonds JSON only",
    )
    assert isinstance(damo("7.1", words_of(written.text)), str)
    got = damo("7.1", [kdamonds_json(tree, kernel_version("7.1")).text])
    assert not isinstance(got, str) and settled(got) == settled(tree)


@pytest.mark.parametrize(
    ("tree", "note"),
    [
        (tree_with(scheme_with(quotas=Quotas(goals=(Goal("hugepage_mem_bp", 1),)))), "does not know hugepage_mem_bp"),
        (tree_with(scheme_with(filters=(Filter("memcg", memcg_path="-x"),))), "path begins with -"),
        (tree_with(scheme_with(), intervals=Intervals(0, 0)), "fails where one is 0"),
    ],
)
def test_what_damo_refuses(damo: Damo, tree: Tree, note: str) -> None:
    written = damo_command(tree, kernel_version("next"))
    assert any(note in one for one in written.notes)
    assert isinstance(damo("next", words_of(written.text)), str)


def test_a_context_without_targets_gets_one(damo: Damo) -> None:
    written = damo_command(tree_with(targets=()), kernel_version("7.1"))
    assert written.notes == ("kdamonds[0].contexts[0] has no target: damo can't be told so, and takes one at least",)
    got = damo("7.1", words_of(written.text))
    assert not isinstance(got, str) and got[0].contexts[0].targets == (Target(0),)


def test_json_arrives_whole(damo: Damo) -> None:
    trees = [random_tree(seed, kernel_version("next")) for seed in SEEDS] + [HARD[name] for name in HARD]
    for tree in trees:
        written = kdamonds_json(tree, kernel_version("next"))
        got = damo("next", [written.text])
        if len(tree[0].contexts) > 1 or any("refuses" in note for note in written.notes):
            assert isinstance(got, str)
            continue
        assert not isinstance(got, str), got
        lost = any("passes over" in note or "does not write" in note for note in written.notes)
        asked = settled(schemes_changed(_without_open_pids(tree), _as_it_counts))
        assert (schemes_changed(settled(got), _as_it_counts) == asked) != lost


def _without_open_pids(tree: Tree) -> Tree:
    """In the files no pid is 0."""
    return changed(
        tree,
        lambda context: replace(
            context,
            targets=tuple(replace(t, pid=None if context.ops == "paddr" else t.pid or 0) for t in context.targets),
        ),
    )


def _as_it_counts(scheme: Scheme) -> Scheme:
    """Without what the kernel looks at for other types of filters, and other metrics, only."""
    own = {"memcg": "memcg_path", "addr": "addr", "target": "target_idx"}
    filters = []
    for item in scheme.filters:
        bare = Filter(item.type, item.matching, item.allow, sz=item.sz)
        name = own.get(item.type)
        filters.append(replace(bare, **{name: getattr(item, name)}) if name else bare)
    goals = tuple(replace(goal, nid=goal.nid if goal.metric.startswith("node_") else 0) for goal in scheme.quotas.goals)
    return replace(scheme, filters=tuple(filters), quotas=replace(scheme.quotas, goals=goals))
