"""One tree over one engine: reads, writes that wait, time that passes, and several threads at once."""

from __future__ import annotations

import random
import threading
from collections import Counter

import pytest

from engine.errors import InputError
from engine.files.errors import FileError
from engine.system import ADMIN, DEBUG, TRACE, StillWaiting, System
from tests.engine.make import engine, kdamond
from tests.engine.running import HOT

KDAMOND = f"{ADMIN}/kdamonds/0"
CONTEXT = f"{KDAMOND}/contexts/0"


def running(kernel: str = "7.1", **values: str) -> System:
    """A system whose kdamond 0 monitors a process, with one scheme that counts everything."""
    system = System(engine(kernel))
    pid = system.engine.start_process(HOT, loop=True)
    system.write(f"{ADMIN}/kdamonds/nr_kdamonds", "1")
    system.write(f"{KDAMOND}/contexts/nr_contexts", "1")
    system.write(f"{CONTEXT}/targets/nr_targets", "1")
    system.write(f"{CONTEXT}/targets/0/pid_target", str(pid))
    system.write(f"{CONTEXT}/schemes/nr_schemes", "1")
    for name in ("sz", "nr_accesses", "age"):
        system.write(f"{CONTEXT}/schemes/0/access_pattern/{name}/max", str(2**64 - 1))
    for name, value in values.items():
        system.write(f"{KDAMOND}/{name}", value)
    system.write(f"{KDAMOND}/state", "on")
    return system


def test_where_the_faces_are() -> None:
    assert System(engine("6.12")).files.list("kernel/debug/damon")[0] == "DEPRECATED"
    system = System(engine("7.1"))
    assert system.files.list("") == ["kernel", "trace"]
    assert system.files.list(ADMIN) == ["kdamonds"]
    assert system.files.stat(TRACE).mode == 0o400
    with pytest.raises(FileError) as raised:
        system.files.list(DEBUG)
    assert raised.value.name == "ENOENT"


def test_a_write_that_waits_lets_time_pass() -> None:
    system = running("6.12")
    system.advance(30_000)
    assert system.write(f"{KDAMOND}/state", "commit") == 6
    assert 100_000 <= system.engine.now_us <= 110_000


def test_a_write_that_waits_for_ever_is_given_up() -> None:
    system = running("6.12")
    system.write(f"{CONTEXT}/schemes/0/watermarks/metric", "free_mem_rate")
    system.write(f"{CONTEXT}/schemes/0/watermarks/interval_us", "100000")
    system.write(f"{KDAMOND}/state", "commit")
    system.advance(200_000)
    before_us = system.engine.now_us
    with pytest.raises(StillWaiting, match="state: the write still waits after 2 s"):
        system.write(f"{KDAMOND}/state", "commit", patience_us=2_000_000)
    assert system.engine.now_us - before_us == 2_000_000
    # Whoever turns it off ends the wait.
    assert system.write(f"{KDAMOND}/state", "off") == 3


def test_statistics_are_refreshed_as_often_as_asked_for() -> None:
    system = running(refresh_ms="250")
    seen = []
    for _ in range(10):
        system.advance(100_000)
        seen.append(int(system.read(f"{CONTEXT}/schemes/0/stats/nr_snapshots")))
    # At 250, 500, 750 and 1000 ms: 2, 5, 7 and 10 aggregations of 100 ms were over, or just so.
    assert seen == [0, 0, 2, 2, 5, 5, 5, 7, 7, 10]


def test_time_does_not_go_back() -> None:
    with pytest.raises(InputError, match="time can not go back"):
        running().advance(-1)


@pytest.mark.parametrize("command", ["commit", "update_schemes_tried_regions"])
def test_a_forked_engine_goes_on_without_its_files(command: str) -> None:
    system = running("7.1")
    waiting = system.begin_write(f"{KDAMOND}/state", command)
    copied = system.engine.fork()
    copied.advance(1_000_000)
    assert not waiting.done
    system.advance(100_000)
    assert waiting.done
    assert copied.snapshot().kdamonds[0].aggregations == 10


@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
def test_threads_see_whole_trees_and_break_nothing(kernel: str) -> None:
    """Four threads read, write and walk while a fifth lets time pass; each has its own seed."""
    system = running(kernel)
    errors: list[BaseException] = []
    answers: Counter[str] = Counter()
    done = threading.Event()

    def use(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(250):
                paths = [path for path in system.files.walk(ADMIN) if chance.random() < 0.2]
                for path in paths:
                    try:
                        if system.files.stat(path).directory:
                            system.files.list(path)
                        elif path.rpartition("/")[2].startswith("nr_") and chance.random() < 0.3:
                            system.begin_write(path, str(chance.randint(0, 2)))
                        elif path.endswith("state"):
                            words = ["on", "off", "commit", "update_schemes_stats", "update_schemes_tried_regions"]
                            system.begin_write(path, chance.choice(words))
                        else:
                            system.read(path)
                        answers["taken"] += 1
                    except FileError as error:
                        answers[error.name] += 1
                        assert error.name in {"ENOENT", "EBUSY", "EINVAL", "EPERM", "ENOTDIR", "ECANCELED", "EACCES"}
        except BaseException as error:
            errors.append(error)

    def pass_time() -> None:
        try:
            while not done.is_set():
                system.advance(5_000)
        except BaseException as error:
            errors.append(error)

    users = [threading.Thread(target=use, args=(seed,)) for seed in range(4)]
    clock = threading.Thread(target=pass_time)
    for thread in (*users, clock):
        thread.start()
    for thread in users:
        thread.join()
    done.set()
    clock.join()
    assert errors == []
    assert answers["taken"] > 1_000 and answers["EINVAL"] > 10
    for path in system.files.walk(ADMIN):
        folder, _, name = path.rpartition("/")
        if name == f"nr_{folder.rpartition('/')[2]}":
            count = int(system.read(path))
            assert sorted(int(n) for n in system.files.list(folder) if n.isdigit()) == list(range(count))


def test_processes_and_kdamonds_never_share_a_pid() -> None:
    system = System(engine())
    system.engine.start_process(HOT, pid=501, loop=True)
    system.write(f"{ADMIN}/kdamonds/nr_kdamonds", "1")
    system.write(f"{KDAMOND}/contexts/nr_contexts", "1")
    system.write(f"{CONTEXT}/targets/nr_targets", "1")
    system.write(f"{CONTEXT}/targets/0/pid_target", "501")
    system.write(f"{KDAMOND}/state", "on")
    assert system.read(f"{KDAMOND}/pid") == "502\n"
    with pytest.raises(InputError, match="pid 502 is or was that of a kdamond; a number above 502 is accepted"):
        system.engine.start_process(HOT, pid=502)


def test_a_process_that_is_numbered_by_itself_passes_over_kdamonds() -> None:
    system = engine(first_kdamond_pid=1_001)
    for index in range(3):
        system.turn_on(index, kdamond(ops="paddr"))
    assert [system.start_process(HOT), system.start_process(HOT)] == [1_004, 1_005]


@pytest.mark.parametrize("pid", [1, 2, 999])
def test_only_processes_with_a_workload_can_be_ended(pid: int) -> None:
    with pytest.raises(InputError, match=f"no process with pid {pid} runs a workload; none does"):
        engine().kill_process(pid)
