"""Why a kdamond can't be turned on with some parameters on this machine: what only the whole system can tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.config.model import Context, Kdamond
from engine.config.validate import Problem, validate
from engine.errors import shown
from engine.machine.machine import Machine
from engine.ops import Registry
from engine.versions import Kernel


def refusals(config: Kdamond, kernel: Kernel, machine: Machine, registry: Registry, now_us: int) -> list[Problem]:
    """All reasons to refuse it, in the order in which the kernel looks: attributes, targets, schemes (section 11.4).

    Args:
        config: with every pid resolved.
        kernel: whose rules hold.
        machine: whose processes and cgroups are meant.
        registry: the operations sets.
        now_us: the time.
    """
    found = [problem for problem in validate(config, kernel, registry.added) if problem.severity == "error"]
    first_of_scheme = next((at for at, problem in enumerate(found) if ".schemes[" in problem.path), len(found))
    known = machine.memcgs()
    pids: list[Problem] = []
    groups: list[Problem] = []
    for number, context in enumerate(config.contexts):
        if registry.of_processes(context.ops):
            pids += _pids(f"contexts[{number}]", context, machine, now_us)
        groups += _memcgs(f"contexts[{number}]", context, known)
    return [*found[:first_of_scheme], *pids, *found[first_of_scheme:], *groups]


def running_pids(pids: Collection[int]) -> str:
    """The pids that run, as messages name them."""
    return f"running: {', '.join(map(str, pids))}" if pids else "none does"


def _pids(at: str, context: Context, machine: Machine, now_us: int) -> Iterator[Problem]:
    for index, target in enumerate(context.targets):
        pid = target.pid
        if not target.obsolete and pid is not None and pid > 0 and not machine.runs(pid, now_us):
            running = running_pids(machine.pids(now_us))
            yield Problem(f"{at}.targets[{index}].pid", f"{pid} is no running process; {running}")


def _memcgs(at: str, context: Context, known: Collection[str]) -> Iterator[Problem]:
    for index, scheme in enumerate(context.schemes):
        here = f"{at}.schemes[{index}]"
        asked = [(f"{here}.filters[{i}]", f.memcg_path) for i, f in enumerate(scheme.filters) if f.type == "memcg"]
        asked += [
            (f"{here}.quotas.goals[{i}]", goal.memcg_path)
            for i, goal in enumerate(scheme.quotas.goals)
            if goal.metric.startswith("node_memcg_")
        ]
        for place, path in asked:
            if path and path.removesuffix("\n") not in known:
                yield Problem(
                    f"{place}.memcg_path",
                    f"{shown(path)} is no cgroup of the machine: give one of {', '.join(sorted(known))}",
                )
