"""Processes that are named one by one, and the machine with files that they run on."""

import pytest

from damotui.experiment import load_experiment
from damotui.processes import HIGHEST_PID, LOWEST_PID, NamedProcess, parse_process, start_system
from engine.errors import InputError


@pytest.mark.parametrize(
    ("text", "process"),
    [
        ("masim", NamedProcess("masim")),
        ("masim:4242", NamedProcess("masim", 4242)),
        ("my-load_2.x:042", NamedProcess("my-load_2.x", 42)),
        (f"a:{LOWEST_PID}", NamedProcess("a", 3)),
        (f"a:{HIGHEST_PID}", NamedProcess("a", 4194304)),
    ],
)
def test_parse_process(text, process):
    assert parse_process(text) == process


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no name"),
        (":42", "has no name"),
        ("a b:42", "has no name"),
        ("./masim:42", "has no name"),
        ("a:", "has no pid behind the colon"),
        ("a:b", "has no pid behind the colon"),
        ("a:0", "has no pid behind the colon"),
        ("a:1", "with a pid from 3 to 4194304"),
        ("a:-5", "has no pid behind the colon"),
        ("a:4194305", "has no pid behind the colon"),
        ("a:4²", "has no pid behind the colon"),
        ("a:" + "9" * 10_000, "has no pid behind the colon"),
        ("a:1:2", "has no pid behind the colon"),
    ],
)
def test_no_process(text, words):
    with pytest.raises(InputError, match="--process: ") as error:
        parse_process(text)
    assert words in str(error.value)
    assert "give NAME or NAME:PID" in str(error.value)
    assert len(str(error.value)) < 250


def processes_of(experiment, *texts):
    system = start_system(experiment, [parse_process(text) for text in texts])
    return {p.pid: (p.name, sum(m.end - m.start for m in p.mappings)) for p in system.engine.snapshot().processes}


def test_names_of_the_library_run_its_workloads():
    experiment = load_experiment(workload="shifter", loop=True)
    alone = processes_of(experiment)
    assert {name for name, _ in alone.values()} == {"shifter"}
    [(_, shifter_bytes)] = alone.values()
    found = processes_of(experiment, "other", "shifter:42", "zigzag:1001")
    assert {pid: name for pid, (name, _) in found.items()} == {42: "shifter", 1001: "zigzag", 1002: "other"}
    assert found[42][1] == found[1002][1] == shifter_bytes != found[1001][1]


def test_pid_that_is_taken():
    with pytest.raises(InputError, match="--process b: pid 42 is or was a"):
        processes_of(load_experiment(workload="shifter"), "a:42", "b:42")


def test_machine_without_room():
    with pytest.raises(InputError, match=r"--process zigzag: .*a larger memory"):
        processes_of(load_experiment(workload="shifter", memory_bytes=200 << 20, swap_bytes=0), "shifter", "zigzag")


@pytest.mark.parametrize("stage", [False, True])
def test_staged_kdamonds_are_off(stage):
    system = start_system(load_experiment(workload="shifter", preset="prcl"), [NamedProcess("x", 42)], stage=stage)
    assert system.read("kernel/mm/damon/admin/kdamonds/nr_kdamonds") == f"{int(stage)}\n"
    assert not system.engine.any_running()
    if stage:
        assert system.read("kernel/mm/damon/admin/kdamonds/0/state") == "off\n"
        assert system.read("kernel/mm/damon/admin/kdamonds/0/contexts/0/targets/0/pid_target") == "42\n"
