"""What real kernels 6.1 and 6.12 were seen to do through debugfs.

Each test shows one rule; the values written are not those of any recording.
"""

from __future__ import annotations

import pytest

from engine.system import DEBUG
from tests.conformance.facts import BOTH, STATE, ULONG_MAX, K, Machine


@BOTH
def test_the_files_of_debugfs(kernel: str) -> None:
    machine = Machine(kernel)
    names = {"attrs", "init_regions", "kdamond_pid", "mk_contexts", "rm_contexts", "schemes", "target_ids"}
    names |= {"monitor_on"} if kernel == "6.1" else {"monitor_on_DEPRECATED", "DEPRECATED"}
    files = machine.system.files
    assert set(files.list(DEBUG)) == names
    assert {(files.stat(f"{DEBUG}/{name}").mode, files.stat(f"{DEBUG}/{name}").size) for name in names} == {(0o600, 0)}
    assert machine.debugged("mk_contexts") == "EINVAL"
    assert machine.debug("kdamond_pid", "1") == "EINVAL"
    assert ("deprecated" in machine.debugged("DEPRECATED")) == (kernel == "6.12")
    assert machine.debug("DEPRECATED", "x") == ("ENOENT" if kernel == "6.1" else "EINVAL")


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("300000 100000 7 10 1000", ("", "EINVAL")),
        ("1 0 7 10 1000", ("", "EINVAL")),
        ("0 0 0 3 3", ("", "")),
        (f"{2**64 + 5} {2**64 + 6} 1 10 20 junk", ("", "")),
        ("5 6 7 10", ("EINVAL", "EINVAL")),
        ("0x5 6 7 10 20", ("EINVAL", "EINVAL")),
        ("5 6 7 2 20", ("EINVAL", "EINVAL")),
        ("5 6 7 10 9", ("EINVAL", "EINVAL")),
    ],
)
def test_debugfs_attributes(text: str, answers: tuple[str, str]) -> None:
    for kernel, answer in zip(("6.1", "6.12"), answers, strict=True):
        machine = Machine(kernel)
        assert machine.debug("attrs", text) == answer
        wrapped = " ".join(str(int(word) % 2**64) for word in text.split()[:5]) if not answer else ""
        assert machine.debugged("attrs") == (wrapped or "5000 100000 60000000 10 1000")


@BOTH
def test_debugfs_targets_are_forgotten_when_it_ends(kernel: str) -> None:
    machine = Machine(kernel, processes=2)
    on, (one, other) = machine.monitor_on, machine.pids
    assert machine.debug(on, "on") == "EINVAL"
    for text, reads in (
        (f"{one} {other}", f"{one} {other}"),
        ("pa", "42"),
        ("", "42"),
        ("paddr ", ""),
        (f"{one},{other}", f"{one}"),
    ):
        assert (machine.debug("target_ids", text), machine.debugged("target_ids")) == ("", reads)
    assert (machine.debug("target_ids", "0x1"), machine.debugged("target_ids")) == ("ENOMEM", f"{one}")
    everything = f"0 {ULONG_MAX} 0 4294967295 0 4294967295 5 0 0 0 0 0 0 0 0 0 0 0"
    assert machine.debug("schemes", everything) == ""
    assert [machine.debug(on, text) for text in ("on ", "on", "bogus")] == ["", "EBUSY", "EINVAL"]
    machine.wait(500)
    for path, text, answer in (
        ("attrs", "bad", "EINVAL"),
        ("attrs", "5000 100000 7 10 1000", "EBUSY"),
        ("target_ids", "77777", "ENOMEM"),
        ("target_ids", f"{other}", "EBUSY"),
        ("schemes", everything.replace("5 0 0", "9 0 0", 1), "EINVAL"),
        ("schemes", everything, "EBUSY"),
        ("init_regions", "bad", "EBUSY"),
        ("mk_contexts", "x", "EBUSY"),
        ("rm_contexts", "x", "EBUSY"),
        ("mk_contexts", "", "EINVAL"),
    ):
        assert machine.debug(path, text) == answer, path
    assert machine.debugged("init_regions") == "EBUSY"
    assert machine.debugged("kdamond_pid").isdigit()
    assert [machine.debug(on, text) for text in ("offf", "of\n", "off")] == ["EINVAL", "EINVAL", ""]
    assert [machine.debugged(name) for name in (on, "kdamond_pid", "target_ids")] == ["off", "none", ""]
    line = machine.debugged("schemes").split()
    assert line[:18] == everything.split() and len(line) == 23 and int(line[18]) > 0
    assert machine.debug(on, "on") == "EINVAL"


@BOTH
def test_debugfs_and_sysfs_exclude_each_other(kernel: str) -> None:
    machine = Machine(kernel)
    machine.configure("paddr")
    on = machine.monitor_on
    assert [machine.debug("target_ids", "paddr"), machine.debug(on, "on")] == ["", ""]
    assert [machine.write(STATE, word) for word in ("on", "off")] == ["EBUSY", "EINVAL"]
    assert (machine.read(STATE), machine.read(f"{K}/pid")) == ("off", "-1")
    assert [machine.debug(on, "off"), machine.write(STATE, "on")] == ["", ""]
    assert (machine.debugged(on), machine.debugged("kdamond_pid")) == ("on", "none")
    assert [machine.debug(on, "on"), machine.debug(on, "off")] == ["EBUSY", "EPERM"]
    assert [machine.debug("mk_contexts", "x"), machine.debug("attrs", "5000 100000 7 10 1000")] == ["EBUSY", ""]
    assert [machine.write(STATE, "off"), machine.debugged(on), machine.debug(on, "off")] == ["", "off", "EPERM"]


@BOTH
def test_debugfs_stops_contexts_up_to_the_first_that_does_not_run(kernel: str) -> None:
    machine = Machine(kernel, processes=2)
    on = machine.monitor_on
    assert machine.debug("mk_contexts", "more") == ""
    assert [machine.debug("target_ids", str(machine.pids[0])), machine.debug(on, "on")] == ["", "EINVAL"]
    assert [machine.debug("more/target_ids", str(machine.pids[1])), machine.debug(on, "on")] == ["", ""]
    machine.engine.kill_process(machine.pids[0])
    machine.wait(100)
    assert [machine.debugged(name) for name in ("target_ids", "more/target_ids")] == ["", str(machine.pids[1])]
    assert [machine.debug(on, "off"), machine.debugged(on), machine.debug(on, "on")] == ["EPERM", "on", "EINVAL"]
    machine.engine.kill_process(machine.pids[1])
    machine.wait(100)
    assert machine.debugged(on) == "off"
