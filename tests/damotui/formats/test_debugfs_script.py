"""The debugfs lines of a config, run on each kernel that has such files, make it run as far as they can say it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from damotui.formats import debugfs_script
from damotui.formats.debugfs_limits import said_by_debugfs
from damotui.presets import load_preset
from engine.config.model import (
    ULONG_MAX,
    AccessPattern,
    AddrRange,
    Context,
    Filter,
    Intervals,
    Kdamond,
    NrRegions,
    Quotas,
    Range,
    Scheme,
    Target,
    Watermarks,
    Weights,
)
from engine.snapshot import DEBUGFS_FIRST_INDEX
from engine.versions import KERNELS, Feature, kernel_version
from tests.damotui.formats.configs import PIDS, Tree, random_tree
from tests.damotui.formats.test_sysfs_script import with_pids, with_processes
from tests.damotui.shell.shells import Shell

WITH_DEBUGFS = [name for name in KERNELS if kernel_version(name).has(Feature.DEBUGFS)]
PATTERN = AccessPattern(Range(4096, 8192), Range(0, 5), Range(10, ULONG_MAX))
SCHEME = Scheme(
    "pageout",
    PATTERN,
    quotas=Quotas(10, 1 << 30, 1000, Weights(1, 2, 3)),
    watermarks=Watermarks("free_mem_rate", 5_000_000, 600, 500, 300),
)


def ran(kernel: str, script: str) -> tuple[Shell, str]:
    """A machine on which a script was run, and what that said."""
    machine = Shell(kernel, [f"masim:{pid}" for pid in PIDS])
    return machine, machine.run(with_pids(script)).err


def running(machine: Shell) -> list[Context]:
    """The contexts that run, in the order in which they were made."""
    found = [status for status in machine.system.engine.snapshot().kdamonds if status.running]
    assert all(status.index >= DEBUGFS_FIRST_INDEX for status in found)
    return [status.config.contexts[0] for status in found if status.config is not None]


def expected(tree: Tree) -> list[Context]:
    """What the lines say; marks of no metric are nothing."""
    return [
        replace(said, schemes=tuple(map(_without_unused_marks, said.schemes)))
        for kdamond in with_processes(tree)
        for said in map(said_by_debugfs, kdamond.contexts)
    ]


def _without_unused_marks(scheme: Scheme) -> Scheme:
    return scheme if scheme.watermarks.metric != "none" else replace(scheme, watermarks=Watermarks())


def test_there_are_four_such_kernels() -> None:
    assert WITH_DEBUGFS == ["5.19", "6.0", "6.1", "6.12"]


@pytest.mark.parametrize("kernel", WITH_DEBUGFS)
def test_any_config_runs_as_far_as_it_can_be_said(kernel: str) -> None:
    ways = []
    for seed in range(30):
        tree = random_tree(seed, kernel_version(kernel))
        written = debugfs_script(tree, kernel_version(kernel))
        machine, err = ran(kernel, written.text)
        refused = any("debugfs refuses" in note for note in written.notes)
        ways.append(refused)
        assert err == ("echo: write error: Invalid argument\n" if refused else ""), written
        assert refused or running(machine) == expected(tree)
    assert 5 < sum(ways) < 25


@pytest.mark.parametrize("kernel", WITH_DEBUGFS)
def test_presets_without_what_came_later_run_whole(kernel: str) -> None:
    for name in ("damon_reclaim", "prcl", "ethp", "usage_example", "wss"):
        tree = load_preset(name).for_machine(4 << 30)
        written = debugfs_script(tree, kernel_version(kernel))
        assert not [note for note in written.notes if "stands for the pid" not in note]
        machine, err = ran(kernel, written.text)
        assert err == ""
        assert running(machine) == expected(tree)


def test_the_lines() -> None:
    targets = (Target(None, (AddrRange(4096, 8192), AddrRange(12288, 16384))), Target(77, (AddrRange(0, 4096),)))
    first = Context("vaddr", Intervals(1, 2, 3), NrRegions(4, 5), targets, (SCHEME, replace(SCHEME, action="stat")))
    tree = (Kdamond((first,)), Kdamond((Context("paddr", targets=(Target(),)),)))
    written = debugfs_script(tree, kernel_version("6.12"))
    assert written.text == (
        "#!/bin/sh\n"
        "# Sets DAMON up through the debugfs files of Linux 6.12, and starts it.\n"
        "# Run it as root while nothing is monitored. All contexts there start, too.\n"
        "set -e\n"
        "DAMON=/sys/kernel/debug/damon\n"
        "PID=$1  # pid of kdamonds[0].contexts[0].targets[0]\n"
        "\n"
        "# kdamonds[0].contexts[0]\n"
        'echo "1 2 3 4 5" > "$DAMON/attrs"\n'
        'echo "$PID 77" > "$DAMON/target_ids"\n'
        'echo "0 4096 8192" \\\n'
        '    "0 12288 16384" \\\n'
        '    "1 0 4096" > "$DAMON/init_regions"\n'
        'echo "4096 8192 0 5 10 4294967295 2 10 1073741824 1000 1 2 3 1 5000000 600 500 300" \\\n'
        '    "4096 8192 0 5 10 4294967295 5 10 1073741824 1000 1 2 3 1 5000000 600 500 300" > "$DAMON/schemes"\n'
        "\n"
        "# kdamonds[1].contexts[0]\n"
        'echo "context1" > "$DAMON/mk_contexts"\n'
        'echo "5000 100000 60000000 10 1000" > "$DAMON/context1/attrs"\n'
        'echo "paddr" > "$DAMON/context1/target_ids"\n'
        'echo > "$DAMON/context1/schemes"\n'
        "\n"
        'echo "on" > "$DAMON/monitor_on_DEPRECATED"\n'
    )
    assert [note[:4] for note in written.notes] == ["$PID"]


def test_the_switch_has_its_former_name_before_6_9() -> None:
    tree = (Kdamond((Context("paddr", targets=(Target(),)),)),)
    assert debugfs_script(tree, kernel_version("6.1")).text.endswith('echo "on" > "$DAMON/monitor_on"\n')


def test_what_debugfs_has_no_place_for_is_said() -> None:
    schemes = (Scheme("lru_prio"), replace(SCHEME, filters=(Filter("anon"),), apply_interval_us=1_000_000))
    context = Context("fvaddr", targets=(Target(77, obsolete=True),), schemes=schemes)
    tree = (Kdamond((context, Context("paddr"), Context()), 48),)
    assert debugfs_script(tree, kernel_version("6.12")).notes == (
        "kdamonds[0].refresh_ms: 48 ms is left out: debugfs has no place for it",
        "kdamonds[0]: debugfs runs each of its 3 contexts in a kdamond of its own",
        "kdamonds[0].contexts[0].ops: fvaddr becomes vaddr, which brings the regions up to date with the mappings",
        "kdamonds[0].contexts[0].targets[0].obsolete: Y is left out: debugfs has no place for it",
        "kdamonds[0].contexts[0].schemes[0] is left out: debugfs has no number for the action lru_prio",
        "kdamonds[0].contexts[0].schemes[1].apply_interval_us: 1 s is left out: debugfs has no place for it",
        "kdamonds[0].contexts[0].schemes[1].filters: the only one is left out: debugfs has no place for it",
        "kdamonds[0].contexts[1] has no target: debugfs adds one",
        "kdamonds[0].contexts[2] has no target: debugfs refuses to start",
    )


def test_more_than_debugfs_takes_is_said() -> None:
    context = Context(targets=tuple(map(Target, range(1, 35))), schemes=(SCHEME,) * 258)
    written = debugfs_script((Kdamond((context,)),), kernel_version("6.1"))
    assert written.notes == (
        "kdamonds[0].contexts[0].targets[32] is left out: debugfs takes 32 at most",
        "kdamonds[0].contexts[0].targets[33] is left out: debugfs takes 32 at most",
        "kdamonds[0].contexts[0].schemes[256] is left out: debugfs takes 256 at most",
        "kdamonds[0].contexts[0].schemes[257] is left out: debugfs takes 256 at most",
        "what is written to schemes has 19,712 bytes: shells may write that in several pieces, which debugfs refuses",
    )
    assert written.text.count("4096 8192 0 5") == 256
    assert debugfs_script((), kernel_version("6.1")).text == ""
