"""The sysfs script of a config, run on the files of each kernel, makes kdamonds run that have this config."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Template

import pytest

from damotui.formats import FORMATS, carried, sysfs_script
from damotui.formats.left_out import left_out
from damotui.formats.plain import plain
from damotui.presets import all_presets, load_preset
from engine.config.model import (
    AccessPattern,
    AddrRange,
    Context,
    Dest,
    Filter,
    Goal,
    Intervals,
    IntervalsGoal,
    Kdamond,
    Quotas,
    Range,
    Scheme,
    Target,
)
from engine.config.validate import validate
from engine.sysfs.build import in_use
from engine.versions import KERNELS, kernel_version
from tests.damotui.formats.configs import PIDS, random_tree
from tests.damotui.shell.shells import Said, Shell
from tests.engine.sysfs.test_config import FULL


@cache
def shell(kernel: str) -> Shell:
    """A machine with processes; scripts make its files anew."""
    return Shell(kernel, [f"masim:{pid}" for pid in PIDS])


def run(kernel: str, script: str) -> Said:
    """Run a script, with the pids of processes as its arguments, where nothing runs."""
    machine = shell(kernel)
    machine.session.leaving = machine.session.ends_on_failure = False
    machine.session.variables.clear()
    engine = machine.system.engine
    for index in range(8):
        if engine.is_running(index):
            engine.turn_off(index)
    return machine.run(with_pids(script))


def with_pids(script: str, pids: tuple[int, ...] = PIDS) -> str:
    for number, pid in enumerate(pids, 1):
        script = script.replace(f"=${number}  #", f"={pid}  #")
    return script


def with_processes(tree: tuple[Kdamond, ...]) -> tuple[Kdamond, ...]:
    """The tree with each open pid being that of the next process."""
    left = iter(PIDS)

    def target(target: Target, ops: str) -> Target:
        return replace(target, pid=next(left)) if ops != "paddr" and target.pid is None else target

    return tuple(
        replace(k, contexts=tuple(replace(c, targets=tuple(target(t, c.ops) for t in c.targets)) for c in k.contexts))
        for k in tree
    )


def running(kernel: str, count: int) -> tuple[Kdamond | None, ...]:
    """The configs of the kdamonds that run."""
    engine = shell(kernel).system.engine
    return tuple(status.config if (status := engine.kdamond_status(k)) else None for k in range(count))


def expected(tree: tuple[Kdamond, ...]) -> tuple[Kdamond, ...]:
    """What runs: obsolete targets have no part in it, and counts and ages are 32 bits wide."""
    return tuple(in_use(kdamond) for kdamond in with_processes(tree))


def assert_arrives(kernel: str, tree: tuple[Kdamond, ...]) -> None:
    written = sysfs_script(tree, kernel_version(kernel))
    said = run(kernel, written.text)
    assert (said.err, said.status) == ("", 0), written.text
    assert running(kernel, len(tree)) == expected(tree)
    assert not [note for note in written.notes if "stands for the pid" not in note]


@pytest.mark.parametrize("kernel", KERNELS)
def test_any_valid_config_runs_as_it_was_written(kernel: str) -> None:
    for seed in range(30):
        assert_arrives(kernel, random_tree(seed, kernel_version(kernel)))


@pytest.mark.parametrize("kernel", KERNELS)
def test_presets_run_as_they_were_written(kernel: str) -> None:
    for preset in all_presets():
        if kernel_version(kernel).has(preset.needs):
            assert_arrives(kernel, preset.for_machine(4 << 30))


def test_every_field_that_there_is_is_written() -> None:
    said = run("next", sysfs_script((FULL,), kernel_version("next")).text)
    assert said.err == "echo: write error: Invalid argument\n", "9 regions at most, and 8 at least, and so on"
    read = shell("next").system.sysfs.config(0)
    (context,) = FULL.contexts
    (first, second) = context.schemes
    goal = replace(first.quotas.goals[0], memcg_path="/a")  # without the newline that a file may have
    first = replace(first, quotas=replace(first.quotas, goals=(goal,)))
    assert read == replace(FULL, contexts=(replace(context, schemes=(first, second)),))


def test_defaults_are_left_out_and_time_is_not_spent_on_what_is_not_there() -> None:
    kdamond = Kdamond((Context(targets=(Target(77),)),))
    assert sysfs_script((kdamond,), kernel_version("6.12")).text == (
        "#!/bin/sh\n"
        "# Sets DAMON up through the sysfs files of Linux 6.12, and starts it.\n"
        "# Run it as root while no kdamond of these files runs: all are replaced.\n"
        "set -e\n"
        "DAMON=/sys/kernel/mm/damon/admin\n"
        'echo 1 > "$DAMON/kdamonds/nr_kdamonds"\n'
        "\n"
        "kdamond=$DAMON/kdamonds/0\n"
        'echo 1 > "$kdamond/contexts/nr_contexts"\n'
        "context=$kdamond/contexts/0\n"
        'echo vaddr > "$context/operations"\n'
        'echo 1 > "$context/targets/nr_targets"\n'
        "target=$context/targets/0\n"
        'echo 77 > "$target/pid_target"\n'
        "\n"
        'echo on > "$DAMON/kdamonds/0/state"\n'
    )


@pytest.mark.parametrize("path", ["/a b", "/it's", r"/foo\x2dbar.service", "/-n", "/$HOME", "/`id`", "/é\n/x", "-n"])
def test_any_cgroup_arrives_as_it_is(path: str) -> None:
    """No such cgroup is there, which is found out when all is written."""
    goal, item = Goal("node_memcg_used_bp", 1, memcg_path=path), Filter("memcg", memcg_path=path)
    scheme = Scheme(quotas=Quotas(goals=(goal,)), filters=(item,))
    tree = (Kdamond((Context("paddr", targets=(Target(),), schemes=(scheme,)),)),)
    said = run("7.1", sysfs_script(tree, kernel_version("7.1")).text)
    assert "echo: write error: Cannot allocate memory" in said.err
    assert shell("7.1").system.sysfs.kdamonds() == tree


def test_an_open_pid_is_an_argument_of_the_script() -> None:
    tree = (Kdamond((Context(targets=(Target(), Target(99), Target())),)),)
    written = sysfs_script(tree, kernel_version("7.1"))
    assert (
        "PID=$1  # pid of kdamonds[0].contexts[0].targets[0]\nPID2=$2  # pid of kdamonds[0].contexts[0].targets[2]"
        in written.text
    )
    assert written.notes == (
        "$PID stands for the pid of kdamonds[0].contexts[0].targets[0], which has none yet:"
        " give it to the script as an argument, or put it into the script",
        "$PID2 stands for the pid of kdamonds[0].contexts[0].targets[2], which has none yet:"
        " give it to the script as an argument, or put it into the script",
    )
    said = run("7.1", written.text.replace("$1", "").replace("$2", "4243"))
    assert (said.err, said.status) == ("echo: write error: Invalid argument\n", 1), "it ends where no pid is given"
    assert shell("7.1").system.read("kernel/mm/damon/admin/kdamonds/0/state") == "off\n"


def test_what_a_kernel_has_no_file_for_is_said() -> None:
    scheme = Scheme(dests=(Dest(1, 2), Dest(0, 1)), quotas=Quotas(fail_charge_num=3, goal_tuner="temporal"))
    goal = IntervalsGoal(400, 3, 5000, 10_000_000)
    context = Context("paddr", Intervals(goal=goal), targets=(Target(77),), schemes=(scheme,), addr_unit=4096)
    written = sysfs_script((Kdamond((context,), 48),), kernel_version("6.12"))
    assert list(written.notes) == [
        "kdamonds[0].contexts[0].intervals.goal is left out: it needs Linux 6.15 or later, and this is 6.12",
        "kdamonds[0].contexts[0].targets[0].pid: 77 is left out: paddr has no process",
        "kdamonds[0].contexts[0].schemes[0].dests: all 2 are left out: it needs Linux 6.17 or later, and this is 6.12",
        "kdamonds[0].contexts[0].schemes[0].quotas.goal_tuner: temporal is left out:"
        " it needs Linux 7.1 or later, and this is 6.12",
        "kdamonds[0].contexts[0].schemes[0].quotas.fail_charge_num: 3 is left out:"
        " it needs a kernel after 7.1, and this is 6.12",
        "kdamonds[0].contexts[0].addr_unit: 4 KiB is left out: it needs Linux 6.18 or later, and this is 6.12",
        "kdamonds[0].refresh_ms: 48 ms is left out: it needs Linux 6.17 or later, and this is 6.12",
    ]


@pytest.mark.parametrize("kernel", KERNELS)
def test_each_part_of_a_full_config_is_written_refused_or_said(kernel: str) -> None:
    """Nothing is lost in silence, whatever the kernel lacks."""
    tree = plain((FULL,))
    written = sysfs_script(tree, kernel_version(kernel))
    assert len(written.notes) == dict(zip(KERNELS, (14, 14, 14, 15, 7, 3, 0), strict=True))[kernel]
    run(kernel, written.text.replace("set -e\n", "").partition("\necho on")[0])
    read = (shell(kernel).system.sysfs.config(0),)
    lost = {note.partition(" left out")[0] for note in left_out(tree, read, lambda path: "")}
    said = {note.partition(" left out")[0] for note in written.notes}
    refused = {f"kdamonds[0].{problem.path}: " for problem in validate(tree[0], kernel_version(kernel))}
    assert said <= lost
    assert all(any(one.startswith(start) for start in refused) for one in lost - said)


def test_where_filters_are_out_of_the_order_of_layers_they_stay_in_one_directory() -> None:
    filters = (Filter("anon"), Filter("addr", addr=AddrRange(0, 4096)), Filter("young", True))
    scheme = Scheme(access_pattern=AccessPattern(Range(0, 5)), filters=filters)
    tree = (Kdamond((Context("paddr", targets=(Target(),), schemes=(scheme,)),)),)
    script = sysfs_script(tree, kernel_version("7.1")).text
    assert 'echo 3 > "$scheme/filters/nr_filters"' in script and "core_filters" not in script
    assert_arrives("7.1", tree)


@pytest.mark.parametrize("name", ["sh", "bash"])
def test_real_shells_write_the_same(name: str, tmp_path: Path) -> None:
    """Over plain files, which hold what was written last."""
    item = Filter("memcg", memcg_path=r"/it's a\x2dslice\n")
    scheme = Scheme("pageout", filters=(item,))
    tree = (Kdamond((Context(targets=(Target(),), schemes=(scheme,)),)), *load_preset("tiering").kdamonds)
    script = carried(FORMATS["sysfs"], tree, kernel_version("7.1")).text
    script = script.replace("DAMON=/sys/kernel/mm/damon/admin", f"DAMON={tmp_path}")
    for directory in directories(script, tmp_path):
        directory.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([name, "-c", script, name, "4242"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    context = tmp_path / "kdamonds/0/contexts/0"
    assert (context / "targets/0/pid_target").read_bytes() == b"4242\n"
    assert (context / "schemes/0/ops_filters/0/memcg_path").read_bytes() == rb"/it's a\x2dslice\n"
    assert [(tmp_path / f"kdamonds/{k}/state").read_bytes() for k in range(3)] == [b"on\n"] * 3


def directories(script: str, root: Path) -> Iterator[Path]:
    """Where the files are that a script writes."""
    variables = {"DAMON": str(root)}
    for line in script.splitlines():
        if set_there := re.fullmatch(r"(\w+)=(\$\S+)", line):
            variables[set_there[1]] = Template(set_there[2]).substitute(variables)
        elif written := re.search(r'> "(.*)"$', line):
            yield Path(Template(written[1]).substitute(variables)).parent
