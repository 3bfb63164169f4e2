"""The whole: kdamonds that monitor a simulated machine, on one virtual clock."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import numpy as np

from engine.calls import CallRequest
from engine.config.model import Kdamond as KdamondConfig
from engine.config.validate import Problem
from engine.damos.walk import WalkRequest
from engine.errors import BusyError, InputError
from engine.events import EVENTS, Event, Tracepoints
from engine.kdamond import Kdamond
from engine.machine.costs import Costs
from engine.machine.machine import Machine
from engine.monitored import SplitMemory
from engine.ops import Registry
from engine.refusals import refusals, running_pids
from engine.snapshot import Aggregation, KdamondStatus, Snapshot
from engine.surroundings import Surroundings
from engine.truth import true_aggregation, windows_of
from engine.versions import DEFAULT_KERNEL, Feature, Kernel, kernel_version
from engine.workload.library import Workload

FIRST_KDAMOND_PID = 501

Listener = Callable[[Aggregation], None]


class Engine:
    """A machine, its processes and its kdamonds. Times are microseconds of simulated time.

    Equal arguments and equal calls give equal results, however `advance` cuts the time into pieces. It
    must be used by one thread at a time.

    Args:
        kernel: whose DAMON it is; the newest known release by default.
        seed: of all chance: the workloads', and each kdamond's sampling and splitting.
        memory_bytes: physical memory of the machine; several figures make several NUMA nodes.
        swap_bytes: room for anonymous memory that leaves; None for as much as there is memory.
        costs: of what happens to pages; None for the defaults.
        truncated_sampling: draw sampling addresses with 32 bits only, as kernels up to 7.1 do, so that of a
            region of 4 GiB and more only a part is ever checked (specification section 3.1).
        first_kdamond_pid: where the pids of kdamonds begin; those of processes pass over them.
    """

    def __init__(
        self,
        *,
        kernel: Kernel | None = None,
        seed: int = 0,
        memory_bytes: int | tuple[int, ...] = 16 << 30,
        swap_bytes: int | None = None,
        costs: Costs | None = None,
        truncated_sampling: bool = False,
        first_kdamond_pid: int = FIRST_KDAMOND_PID,
    ) -> None:
        if seed < 0:
            raise InputError(f"seed {seed} is negative; whole numbers from 0 on are accepted")
        self.kernel = kernel or kernel_version(DEFAULT_KERNEL)
        self.seed = seed
        self.now_us = 0
        nodes = memory_bytes if isinstance(memory_bytes, tuple) else (memory_bytes,)
        self.machine = Machine(nodes, sum(nodes) if swap_bytes is None else swap_bytes, costs, seed)
        self.operations = Registry(self.machine)
        """The operations sets that contexts can name; others can be registered."""
        self._kdamonds: dict[int, Kdamond] = {}
        self._starts: dict[int, int] = {}
        self._kdamond_pids = range(first_kdamond_pid, first_kdamond_pid)
        self._alone: frozenset[int] = frozenset()
        """Kdamonds that were started to be alone."""
        self._listeners: list[Listener] = []
        self._system = Surroundings(
            kernel=self.kernel,
            operations=self.operations.make,
            split_memory=SplitMemory(),
            emit=self._emit,
            tracepoints=Tracepoints(),
            truncated_sampling=truncated_sampling,
        )

    # Processes

    def start_process(self, workload: Workload, *, pid: int | None = None, loop: bool = False) -> int:
        """Start a process that runs a workload, and return its pid.

        Raises:
            InputError: a process has or had the pid, or the workload does not fit into the memory that is left.
        """
        if pid is None and self.machine.next_pid in self._kdamond_pids:
            pid = self._kdamond_pids.stop
        if pid in self._kdamond_pids and pid not in self.machine.processes:
            last = self._kdamond_pids[-1]
            raise InputError(f"pid {pid} is or was that of a kdamond; a number above {last} is accepted")
        return self.machine.start(workload, pid=pid, loop=loop, now_us=self.now_us).pid

    def kill_process(self, pid: int) -> None:
        """End a process now; its memory is free at once.

        Raises:
            InputError: no such process runs; init and kthreadd, which run none, can't be ended.
        """
        if pid not in self.machine.pids(self.now_us):
            raise InputError(f"no process with pid {pid} runs a workload; {self._running_pids()}")
        self.machine.processes[pid].kill(self.now_us)

    def finished(self) -> bool:
        """Whether every process has ended."""
        return all(not process.runs_at(self.now_us) for process in self.machine.processes.values())

    def _running_pids(self) -> str:
        return running_pids(self.machine.pids(self.now_us))

    # Kdamonds

    def turn_on(self, index: int, config: KdamondConfig) -> None:
        """Start a kdamond with these parameters, its statistics and regions from zero.

        Raises:
            BusyError: it runs already, or others do that want to be alone.
            InputError: the kernel would refuse the parameters.
        """
        self._check_startable({index})
        self._start(index, self._checked(config))

    def start_together(
        self, configs: Mapping[int, KdamondConfig], *, exclusive: bool, overdue: Collection[int] = ()
    ) -> None:
        """Start several kdamonds at once, or none of them.

        Args:
            configs: parameters by index.
            exclusive: they want to be alone, as what is started through debugfs does (specification section 1.6).
            overdue: those whose intervals have passed before they start, as debugfs' contexts live on while they are
                off; up to 6.6 their first sample completes an aggregation (section 2.2).

        Raises:
            BusyError: one of them runs already, or others do and either side wants to be alone.
            InputError: the kernel would refuse the parameters of one.
        """
        self._check_startable(configs.keys(), exclusive=exclusive)
        checked = {index: self._checked(config) for index, config in configs.items()}
        for index, config in checked.items():
            self._start(index, config, overdue=index in overdue)
        if exclusive:
            self._alone = frozenset(checked)

    def _check_startable(self, indices: Collection[int], *, exclusive: bool = False) -> None:
        for index in sorted(indices):
            if self.is_running(index):
                raise BusyError(f"kdamond {index} is on already; turn it off first, or commit")
        if exclusive and self.any_running():
            raise BusyError("other kdamonds run, and these would have to be alone; turn the others off first")
        if any(self.is_running(index) for index in self._alone):
            raise BusyError("the kdamonds that run want to be alone; turn them off first")

    def _start(self, index: int, config: KdamondConfig, *, overdue: bool = False) -> None:
        starts = self._starts.get(index, 0)
        self._starts[index] = starts + 1
        seed = np.random.SeedSequence([self.seed, index, starts])
        pid = self._kdamond_pids.stop
        while pid in self.machine.processes:
            pid += 1
        self._kdamond_pids = range(self._kdamond_pids.start, pid + 1)
        name = f"kdamond.{sum(kdamond.running for kdamond in self._kdamonds.values())}"
        overdue = overdue and not self.kernel.has(Feature.COUNTED_INTERVALS)
        self._kdamonds[index] = Kdamond(index, pid, name, config, self._system, seed, self.now_us, overdue=overdue)

    def turn_off(self, index: int) -> None:
        """Stop a kdamond now.

        Raises:
            InputError: it does not run.
        """
        self._running(index).turn_off()

    def commit(self, index: int, config: KdamondConfig) -> None:
        """Give a running kdamond new parameters from its next tick on (from its next aggregation up to 6.13).

        Raises:
            InputError: it does not run, the kernel would refuse the parameters, or they change its operations.
        """
        kdamond = self._running(index)
        config = self._checked(config)
        if config.contexts[0].ops != kdamond.context.ops:
            raise InputError(
                f"kdamond {index} runs with operations {kdamond.context.ops}, and"
                f" {config.contexts[0].ops} can not be committed to it; turn it off and on again instead"
            )
        _check_obsolete(kdamond, config)
        kdamond.commit(config, self.now_us)

    def request(self, index: int, work: Callable[[], None], *, commits: bool = False) -> CallRequest:
        """Let a running kdamond do `work` when it next carries out commands.

        That is at its next tick; up to 6.13 after an aggregation for what `commits`, and up to 6.6 for everything,
        or when it looks at its watermarks while it sleeps (but from 6.7 to 6.13 not for what `commits`).

        Raises:
            InputError: it does not run.
        """
        return self._running(index).request(work, self.now_us, commits=commits)

    def commit_now(self, index: int, config: KdamondConfig) -> None:
        """Give a running kdamond new parameters at once; only from within the work of a request.

        Its operations may change, too: the regions stay, and are from then on those of other memory.

        Raises:
            InputError: the kernel would refuse the parameters; nothing changes then.
        """
        kdamond = self._running(index)
        config = self._checked(config)
        _check_obsolete(kdamond, config)
        kdamond.commit_now(config)

    def commit_goals_now(self, index: int, config: KdamondConfig) -> None:
        """Give a running kdamond the goals of quotas in `config`, nothing else; only from within a request's work."""
        self._running(index).commit_goals_now(config)

    def is_running(self, index: int) -> bool:
        """Whether the kdamond runs."""
        return index in self._kdamonds and self._kdamonds[index].running

    def any_running(self) -> bool:
        """Whether any kdamond runs, through whatever interface it was started."""
        return any(kdamond.running for kdamond in self._kdamonds.values())

    def pid_exists(self, pid: int) -> bool:
        """Whether there is a task of that number that could be a target: a process, init, or kthreadd."""
        return self.machine.runs(pid, self.now_us)

    def _running(self, index: int) -> Kdamond:
        if not self.is_running(index):
            raise InputError(f"kdamond {index} is off; turn it on first")
        return self._kdamonds[index]

    def _checked(self, config: KdamondConfig) -> KdamondConfig:
        """The config with its pids filled in, after all checks that the kernel makes."""
        config = self.resolve(config)
        for problem in self.problems(config):
            raise InputError(str(problem))
        return config

    def problems(self, config: KdamondConfig) -> list[Problem]:
        """Why the kernel would not turn a kdamond on with these parameters, in the order in which it looks."""
        return refusals(config, self.kernel, self.machine, self.operations, self.now_us)

    def resolve(self, config: KdamondConfig) -> KdamondConfig:
        """The config with each missing pid of a process target replaced by the next process that runs."""
        pids = self.machine.pids(self.now_us)
        contexts = []
        for number, context in enumerate(config.contexts):
            targets = list(context.targets)
            for index, target in enumerate(targets):
                if target.pid is not None or target.obsolete or not self.operations.of_processes(context.ops):
                    continue
                if not pids:
                    raise InputError(
                        f"contexts[{number}].targets[{index}].pid is left to be the next process of the workload, and"
                        f" there is none left; give a pid ({self._running_pids()}), or fewer targets"
                    )
                targets[index] = replace(target, pid=pids.pop(0))
            contexts.append(replace(context, targets=tuple(targets)))
        return replace(config, contexts=tuple(contexts))

    def tried_regions(self, index: int) -> WalkRequest:
        """Ask which regions a running kdamond's schemes are about; answered by the next turn of each of them.

        Raises:
            InputError: it does not run, has no schemes, or is asked already.
        """
        return self._running(index).request_walk()

    # Time

    def advance(self, duration_us: int) -> None:
        """Let simulated time pass. Listeners get every aggregation of it, in the order of time.

        Raises:
            InputError: the duration is negative.
        """
        if duration_us < 0:
            raise InputError(f"time can not go back by {-duration_us} us; durations from 0 on are accepted")
        horizon = self.now_us + duration_us
        memory = self.machine.memory
        while True:
            # A step of the machine first: it may put off the end of a process, and a kdamond's with it.
            change = memory.next_step_us()
            kdamond = min(self._kdamonds.values(), key=Kdamond.next_event_us, default=None)
            due = math.inf if kdamond is None else kdamond.next_event_us()
            if min(change, due) > horizon:
                break
            if change <= due or kdamond is None:
                memory.run_until(int(change))
                continue
            self.now_us = int(due)
            memory.run_until(self.now_us)
            kdamond.step(self.now_us)
        memory.run_until(horizon)
        self.now_us = horizon

    def next_event_us(self) -> float:
        """When some kdamond next has something to do; infinite if none runs."""
        return min((k.next_event_us() for k in self._kdamonds.values()), default=float("inf"))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every aggregation from now on; the result takes it off again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def trace(self, listener: Callable[[Event], None], kinds: Collection[type[Event]] = EVENTS) -> Callable[[], None]:
        """Call `listener` with each event of these kinds from now on; the result takes it off again.

        The kinds are in `engine.events`. Listeners hear of what follows one sample of a kdamond once all of it is
        done, in the order in which it happened.
        """
        return self._system.tracepoints.listen(listener, kinds)

    def _emit(self, aggregation: Aggregation) -> None:
        for listener in tuple(self._listeners):
            listener(aggregation)

    # What is shown

    def snapshot(self) -> Snapshot:
        """All of it as it is now. Looking changes nothing and draws nothing."""
        return Snapshot(
            time_us=self.now_us,
            kdamonds=tuple(self._kdamonds[index].status() for index in sorted(self._kdamonds)),
            processes=tuple(process.status(self.now_us) for process in self.machine.processes.values()),
            memory_bytes=self.machine.memory_bytes,
            free_bytes=self.machine.free_bytes(),
            machine=self.machine.status(),
        )

    def truth_of(self, aggregation: Aggregation) -> Aggregation | None:
        """What a perfect monitor would have found in place of an aggregation (see `engine.truth`).

        It is asked for when the aggregation has just been told of: where physical memory and huge pages are, is of
        now. None if its kdamond is gone, or watches other targets than it did. Looking changes nothing.
        """
        kdamond = self._kdamonds.get(aggregation.kdamond)
        touched = kdamond.touched(windows_of(aggregation)) if kdamond is not None else []
        return true_aggregation(aggregation, touched) if len(touched) == aggregation.nr_targets else None

    def kdamond_status(self, index: int) -> KdamondStatus | None:
        """A kdamond as it is now; None if it was never turned on."""
        kdamond = self._kdamonds.get(index)
        return None if kdamond is None else kdamond.status()

    def fork(self) -> Engine:
        """A copy that goes on from here by itself, with the same future until something else is done to it.

        Listeners stay behind, and so do those who wait for a call or a walk. What both share is never written to.
        """
        listeners, self._listeners = self._listeners, []
        try:
            return copy.deepcopy(self)
        finally:
            self._listeners = listeners


def _check_obsolete(kdamond: Kdamond, config: KdamondConfig) -> None:
    there = len(kdamond.context.targets)
    for index, target in enumerate(config.contexts[0].targets[there:], there):
        if target.obsolete:
            raise InputError(
                f"contexts[0].targets[{index}].obsolete: there is no such target to remove, as kdamond"
                f" {kdamond.index} has {there}; leave it out"
            )
