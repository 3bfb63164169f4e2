"""The whole: kdamonds that monitor a simulated machine, on one virtual clock."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from engine.config.model import Context
from engine.config.model import Kdamond as KdamondConfig
from engine.config.validate import check
from engine.damos.walk import WalkRequest
from engine.errors import InputError
from engine.kdamond import Kdamond, Surroundings
from engine.machine.costs import Costs
from engine.machine.machine import Machine
from engine.monitored import SplitMemory
from engine.ops import operations
from engine.snapshot import Aggregation, KdamondStatus, Snapshot
from engine.versions import DEFAULT_KERNEL, Kernel, kernel_version
from engine.workload.library import Workload

_FIRST_KDAMOND_PID = 501

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
    ) -> None:
        if seed < 0:
            raise InputError(f"seed {seed} is negative; whole numbers from 0 on are accepted")
        self.kernel = kernel or kernel_version(DEFAULT_KERNEL)
        self.seed = seed
        self.now_us = 0
        nodes = memory_bytes if isinstance(memory_bytes, tuple) else (memory_bytes,)
        self.machine = Machine(nodes, sum(nodes) if swap_bytes is None else swap_bytes, costs, seed)
        self._kdamonds: dict[int, Kdamond] = {}
        self._starts: dict[int, int] = {}
        self._listeners: list[Listener] = []
        self._system = Surroundings(
            kernel=self.kernel,
            operations=partial(operations, machine=self.machine),
            split_memory=SplitMemory(),
            emit=self._emit,
            truncated_sampling=truncated_sampling,
        )

    # Processes

    def start_process(self, workload: Workload, *, pid: int | None = None, loop: bool = False) -> int:
        """Start a process that runs a workload, and return its pid.

        Raises:
            InputError: a process has or had the pid, or the workload does not fit into the memory that is left.
        """
        return self.machine.start(workload, pid=pid, loop=loop, now_us=self.now_us).pid

    def kill_process(self, pid: int) -> None:
        """End a process now; its memory is free at once.

        Raises:
            InputError: no such process runs.
        """
        if not self.machine.runs(pid, self.now_us):
            raise InputError(f"no process with pid {pid} runs; {self._running_pids()}")
        self.machine.processes[pid].kill(self.now_us)

    def finished(self) -> bool:
        """Whether every process has ended."""
        return all(not process.runs_at(self.now_us) for process in self.machine.processes.values())

    def _running_pids(self) -> str:
        pids = [str(p.pid) for p in self.machine.processes.values() if p.runs_at(self.now_us)]
        return f"running: {', '.join(pids)}" if pids else "none does"

    # Kdamonds

    def turn_on(self, index: int, config: KdamondConfig) -> None:
        """Start a kdamond with these parameters, its statistics and regions from zero.

        Raises:
            InputError: it runs already, or the kernel would refuse the parameters.
        """
        if self._is_on(index):
            raise InputError(f"kdamond {index} is on already; turn it off first, or commit")
        config = self._checked(config)
        starts = self._starts.get(index, 0)
        self._starts[index] = starts + 1
        seed = np.random.SeedSequence([self.seed, index, starts])
        pid = _FIRST_KDAMOND_PID + sum(self._starts.values()) - 1
        self._kdamonds[index] = Kdamond(index, pid, config, self._system, seed, self.now_us)

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
        there = len(kdamond.context.targets)
        for index, target in enumerate(config.contexts[0].targets[there:], there):
            if target.obsolete:
                raise InputError(
                    f"contexts[0].targets[{index}].obsolete: there is no such target to remove, as kdamond"
                    f" {kdamond.index} has {there}; leave it out"
                )
        kdamond.commit(config, self.now_us)

    def _is_on(self, index: int) -> bool:
        return index in self._kdamonds and self._kdamonds[index].running

    def _running(self, index: int) -> Kdamond:
        if not self._is_on(index):
            raise InputError(f"kdamond {index} is off; turn it on first")
        return self._kdamonds[index]

    def _checked(self, config: KdamondConfig) -> KdamondConfig:
        """The config with its pids filled in, after all checks that the kernel makes."""
        config = self.resolve(config)
        check(config, self.kernel)
        for number, context in enumerate(config.contexts):
            self._check_pids(number, context)
        return config

    def resolve(self, config: KdamondConfig) -> KdamondConfig:
        """The config with each missing pid of a process target replaced by the next process that runs."""
        pids = [p.pid for p in self.machine.processes.values() if p.runs_at(self.now_us)]
        contexts = []
        for number, context in enumerate(config.contexts):
            targets = list(context.targets)
            for index, target in enumerate(targets):
                if context.ops == "paddr" or target.pid is not None or target.obsolete:
                    continue
                if not pids:
                    raise InputError(
                        f"contexts[{number}].targets[{index}].pid is left to be the next process of the workload, and"
                        f" there is none left; give a pid ({self._running_pids()}), or fewer targets"
                    )
                targets[index] = replace(target, pid=pids.pop(0))
            contexts.append(replace(context, targets=tuple(targets)))
        return replace(config, contexts=tuple(contexts))

    def _check_pids(self, number: int, context: Context) -> None:
        if context.ops == "paddr":
            return
        for index, target in enumerate(context.targets):
            if not target.obsolete and not self.machine.runs(target.pid or 0, self.now_us):
                raise InputError(
                    f"contexts[{number}].targets[{index}].pid: {target.pid} is no running process;"
                    f" {self._running_pids()}"
                )

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

    def _emit(self, aggregation: Aggregation) -> None:
        for listener in tuple(self._listeners):
            listener(aggregation)

    # What is shown

    def snapshot(self) -> Snapshot:
        """All of it as it is now. Looking changes nothing and draws nothing."""
        return Snapshot(
            time_us=self.now_us,
            kdamonds=tuple(self._status(index) for index in sorted(self._kdamonds)),
            processes=tuple(process.status(self.now_us) for process in self.machine.processes.values()),
            memory_bytes=self.machine.memory_bytes,
            free_bytes=self.machine.free_bytes(),
            machine=self.machine.status(),
        )

    def _status(self, index: int) -> KdamondStatus:
        return self._kdamonds[index].status()

    def fork(self) -> Engine:
        """A copy that goes on from here by itself, over the same workload; listeners stay behind."""
        listeners, self._listeners = self._listeners, []
        try:
            return copy.deepcopy(self)
        finally:
            self._listeners = listeners
