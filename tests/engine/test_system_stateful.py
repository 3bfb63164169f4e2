"""Whatever is written to the files, they stay consistent with each other and with the engine, which goes on.

Ten thousand random operations, shared among the kernels: writes of sensible and of odd values to files that are there,
and to some that are not, commands in every state, processes that come and go, and time that passes. After every third
one all is looked at: directories are as many as `nr_*` says, and `state` tells what the engine does.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from engine.files.errors import FileError
from engine.files.waiting import Waiting
from engine.system import ADMIN, DEBUG, System
from engine.versions import KERNELS, Feature
from tests.engine.make import MIB, engine, workload

STEPS, RUNS = 100, 18
LOAD = workload({"a": MIB}, (1_000_000, [("a", False, 4096, 1)]))
COUNTS = st.sampled_from(["0", "1", "1", "2", "3", "-1", "x", ""])
NUMBERS = st.sampled_from(
    [
        *map(str, (0, 1, 3, 10, 5_000, 20_000, 100_000, 4096, 2 << 20, 2**32 - 1, 2**32, 2**64 - 1, 2**64, -1)),
        *("0x10", "junk", "", "7\n", "1 2"),
    ]
)
WORDS = st.sampled_from(
    [
        *("vaddr", "paddr", "fvaddr", "stat", "pageout", "lru_prio", "migrate_hot", "none", "free_mem_rate", "/"),
        *("user_input", "some_mem_psi_us", "anon", "memcg", "addr", "target", "young", "Y", "N", "temporal", "bogus"),
    ]
)
COMMANDS = st.sampled_from(
    [
        *("on", "on", "on", "off", "commit", "bogus", "update_schemes_stats", "update_schemes_tried_regions"),
        *("update_schemes_tried_bytes", "clear_schemes_tried_regions", "update_schemes_effective_quotas"),
        *("update_tuned_intervals", "commit_schemes_quota_goals"),
    ]
)
REFUSALS = {"EINVAL", "ERANGE", "EBUSY", "EPERM", "ENOMEM", "ENOENT", "EACCES", "EEXIST", "ECANCELED"}
SCHEME = "0 18446744073709551615 0 4294967295 0 4294967295 5 0 0 0 0 0 0 0 0 0 0 0"
DEBUG_WRITES = st.sampled_from(
    [("target_ids", text) for text in ("1001", "1001 1002", "paddr\n", "", "999999", "junk")]
    + [("attrs", text) for text in ("5000 100000 1000000 10 1000", "5000 20000 100000 3 10", "1 2 3", "0 0 0 3 3")]
    + [("schemes", text) for text in (SCHEME, f"{SCHEME}\n{SCHEME}", "1 2 3", "")]
    + [("init_regions", text) for text in ("0 4096 8192", "0 4096 8192\n0 4096 8192", "")]
    + [("monitor_on", text) for text in ("on", "on", "off", "bogus")]
    + [("mk_contexts", "foo"), ("rm_contexts", "foo"), ("foo/target_ids", "1001"), ("foo/schemes", SCHEME)]
)


class Files(RuleBasedStateMachine):
    """One system under random operations."""

    kernel = "7.1"

    def __init__(self) -> None:
        super().__init__()
        self.system = System(engine(self.kernel, memory_bytes=256 << 20))
        self.waiting: list[Waiting] = []
        self.looks = 0

    @initialize()
    def set_up(self) -> None:
        """A process to monitor, and one kdamond."""
        self.spawn()
        self.write(f"{ADMIN}/kdamonds/nr_kdamonds", "1")
        self.write(f"{ADMIN}/kdamonds/0/contexts/nr_contexts", "1")
        context = f"{ADMIN}/kdamonds/0/contexts/0"
        self.write(f"{context}/targets/nr_targets", "1")
        self.write(f"{context}/targets/0/pid_target", "1001")
        self.write(f"{context}/schemes/nr_schemes", "1")

    @rule(where=st.randoms(use_true_random=False), number=NUMBERS, word=WORDS, count=COUNTS, command=COMMANDS)
    def write_somewhere(self, where: Any, number: str, word: str, count: str, command: str) -> None:
        """Any file: mostly something of its kind, at times something else."""
        files = [path for path in self.system.files.walk(ADMIN) if not self.system.files.stat(path).directory]
        path = where.choice(files)
        name = path.rpartition("/")[2]
        if name.startswith("nr_") and name not in ("nr_accesses", "nr_tried"):
            text = count
        elif name == "state":
            text = command
        elif where.random() < 0.1:
            text = where.choice([number, word, count, command])
        else:
            text = number if self.read(path).strip().lstrip("-").isdigit() else word
        self.write(path, text)

    @rule(command=COMMANDS, index=st.integers(0, 2))
    def command(self, command: str, index: int) -> None:
        """One for a kdamond, which may not be there."""
        self.write(f"{ADMIN}/kdamonds/{index}/state", command)

    @rule(write=DEBUG_WRITES)
    def write_debugfs(self, write: tuple[str, str]) -> None:
        """What kernels without debugfs answer with ENOENT."""
        self.write(f"{DEBUG}/{write[0]}", write[1])

    @rule(text=st.sampled_from(["1001", "1"]), sample=st.sampled_from(["5000", "1000", "10000"]))
    def mend(self, text: str, sample: str) -> None:
        """Make the first kdamond one that can run, and turn it on, so that not all of them are refused."""
        context = f"{ADMIN}/kdamonds/0/contexts/0"
        self.write(f"{context}/operations", "vaddr")
        self.write(f"{context}/targets/nr_targets", "1")
        self.write(f"{context}/targets/0/pid_target", text)
        for name, value in (("sample_us", sample), ("aggr_us", "20000"), ("update_us", "100000")):
            self.write(f"{context}/monitoring_attrs/intervals/{name}", value)
        self.write(f"{context}/monitoring_attrs/nr_regions/min", "3")
        self.write(f"{context}/monitoring_attrs/nr_regions/max", "10")
        self.write(f"{ADMIN}/kdamonds/0/state", "on")

    @rule(us=st.sampled_from([1, 999, 5_000, 20_001]))
    def pass_time(self, us: int) -> None:
        """Let the kdamonds work."""
        self.system.advance(us)

    @rule()
    def spawn(self) -> None:
        """One more process, up to a few."""
        if len(self.system.engine.machine.pids(self.system.engine.now_us)) < 3:
            self.system.engine.start_process(LOAD, loop=True)

    @rule()
    def kill(self) -> None:
        """The oldest process ends, if another one is left."""
        pids = self.system.engine.machine.pids(self.system.engine.now_us)
        if len(pids) > 1:
            self.system.engine.kill_process(pids[0])

    @rule(where=st.randoms(use_true_random=False))
    def refuse(self, where: Any) -> None:
        """Names can't be made or removed, nor directories written."""
        path = where.choice([ADMIN, *self.system.files.walk(ADMIN)])
        for exists, at in ((True, path), (False, f"{path}/new")):
            with pytest.raises(FileError):
                self.system.files.change(at, exists=exists)

    @invariant()
    def all_is_consistent(self) -> None:
        """All can be read; `nr_*` counts the directories beside it; `state` and `pid` say what the engine says."""
        self.looks += 1
        if self.looks % 3:
            return
        for path in self.system.files.walk():
            folder, _, name = path.rpartition("/")
            if name in ("mk_contexts", "rm_contexts", "trace") or self.system.files.stat(path).directory:
                continue
            text = self.read(path)
            counted = folder.rpartition("/")[2].removeprefix("core_").removeprefix("ops_")
            if name == f"nr_{counted}" and counted != "accesses":
                numbered = sorted(int(entry) for entry in self.system.files.list(folder) if entry.isdigit())
                assert numbered == list(range(int(text)))
            elif path.startswith(f"{ADMIN}/kdamonds/") and name in ("state", "pid") and text != "EBUSY":
                running = self.system.engine.is_running(int(folder.rpartition("/")[2]))
                assert (text == "on\n" or (name == "pid" and int(text) > 0)) == running

    def teardown(self) -> None:
        """What waited is answered once nothing runs any more."""
        for status in self.system.engine.snapshot().kdamonds:
            if status.running:
                self.system.engine.turn_off(status.index)
        self.system.advance(100_000)
        assert not self.system.engine.any_running()
        assert all(waiting.done for waiting in self.waiting)

    def read(self, path: str) -> str:
        """Its content, or `EBUSY`."""
        try:
            return self.system.read(path)
        except FileError as error:
            assert error.name == "EBUSY", path
            return error.name

    def write(self, path: str, text: str) -> None:
        """Write, whatever is answered; it may wait."""
        try:
            waiting = self.system.begin_write(path, text)
        except FileError as error:
            assert error.name in REFUSALS
            return
        if not waiting.done:
            self.waiting.append(waiting)


@pytest.mark.parametrize("kernel", KERNELS)
def test_files_and_engine_stay_consistent(kernel: str) -> None:
    machine = type(f"Files{kernel}", (Files,), {"kernel": kernel})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_there_is_debugfs_where_it_is_written_to() -> None:
    having = [kernel for kernel in KERNELS if engine(kernel).kernel.has(Feature.DEBUGFS)]
    assert having == ["5.19", "6.0", "6.1", "6.12"]
