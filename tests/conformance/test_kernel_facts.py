"""What real kernels 6.1 and 6.12 were seen to do through sysfs, and what others do by the same rules.

Each test shows one rule; the values written are not those of any recording.
"""

from __future__ import annotations

import pytest

from engine.files.errors import FileError
from engine.system import ADMIN
from tests.conformance.facts import ATTRS, BOTH, REGIONS, STATE, C, K, Machine, S, running
from tests.engine.make import MIB

# Values


@BOTH
@pytest.mark.parametrize(
    ("path", "text", "answer", "reads"),
    [
        (f"{ATTRS}/intervals/sample_us", "", "", "5000"),
        (f"{ATTRS}/intervals/sample_us", "\n", "EINVAL", "5000"),
        (f"{ATTRS}/intervals/sample_us", " 8", "EINVAL", "5000"),
        (f"{ATTRS}/intervals/sample_us", "8\n\n", "EINVAL", "5000"),
        (f"{ATTRS}/intervals/sample_us", "-0", "EINVAL", "5000"),
        (f"{ATTRS}/intervals/aggr_us", "+0x20\n", "", "32"),
        (f"{ATTRS}/intervals/update_us", "021", "", "17"),
        (f"{ATTRS}/nr_regions/min", b"12\0 34", "", "12"),
        (f"{ATTRS}/nr_regions/max", str(2**64), "ERANGE", "1000"),
        (f"{ATTRS}/nr_regions/max", f"{2**64} x", "ERANGE", "1000"),
        (f"{REGIONS}/0/start", str(2**64), "ERANGE", "0"),
        (f"{C}/targets/0/pid_target", str(2**31), "EINVAL", "0"),
        (f"{C}/targets/0/pid_target", str(-(2**31)), "", str(-(2**31))),
        (f"{S}/quotas/ms", str(2**64), "EINVAL", "0"),
        (f"{S}/quotas/bytes", str(2**64), "EINVAL", "0"),
        (f"{S}/quotas/reset_interval_ms", str(2**64), "EINVAL", "0"),
        (f"{S}/quotas/weights/age_permil", str(2**32), "ERANGE", "0"),
        (f"{S}/watermarks/high", str(2**64), "ERANGE", "0"),
        (f"{S}/watermarks/metric", "free_mem_rate\n\n", "EINVAL", "none"),
        (f"{S}/action", b"cold\0\n\n", "", "cold"),
        (f"{S}/action", b"cold" + b"\0" * 5000, "", "cold"),
        (f"{C}/schemes/nr_schemes", str(2**31), "ERANGE", "1"),
        (f"{C}/schemes/nr_schemes", "-1", "EINVAL", "1"),
        (f"{K}/contexts/nr_contexts", "2", "EINVAL", "1"),
        (f"{K}/contexts/nr_contexts", str(2**31), "ERANGE", "1"),
        (f"{K}/pid", "1", "EACCES", "-1"),
        (f"{S}/stats/nr_tried", "0", "EACCES", "0"),
        (STATE, "update_tuned_intervals", "EINVAL", "off"),
    ],
)
def test_what_is_written(kernel: str, path: str, text: str | bytes, answer: str, reads: str) -> None:
    machine = Machine(kernel)
    machine.configure(schemes=1)
    machine.set({f"{REGIONS}/nr_regions": 1})
    machine.set({f"{C}/targets/0/pid_target": 0})
    assert (machine.write(path, text), machine.read(path)) == (answer, reads)


@BOTH
def test_a_page_of_a_long_write_is_taken(kernel: str) -> None:
    machine = Machine(kernel)
    machine.configure()
    path = f"{ADMIN}/{ATTRS}/intervals/sample_us"
    assert machine.system.write(path, "0" * 4095 + "7" + "5" * 100) == 4096
    assert machine.read(f"{ATTRS}/intervals/sample_us") == "7"


@BOTH
def test_what_was_read_halfway_can_be_read_to_its_end_though_the_file_is_gone(kernel: str) -> None:
    machine = Machine(kernel)
    machine.configure()
    begun, fresh = (machine.system.files.open(f"{ADMIN}/{ATTRS}/intervals/sample_us") for _ in range(2))
    assert begun.read(2, 0) == b"50"
    machine.set({f"{K}/contexts/nr_contexts": 1})
    assert begun.read(10, 2) == b"00\n"
    assert fresh.read(0, 0) == b""
    for opened, offset in ((begun, 5), (begun, 0), (fresh, 2)):
        with pytest.raises(FileError) as raised:
            opened.read(10, offset)
        assert raised.value.name == "ENODEV"


@pytest.mark.parametrize(
    ("kernel", "known"),
    [("6.1", 2), ("6.12", 7)],
)
def test_a_kernel_has_its_commands_and_no_others(kernel: str, known: int) -> None:
    machine = running(kernel, schemes=1)
    words = ["commit", "update_schemes_stats", "update_schemes_tried_bytes", "update_schemes_tried_regions"]
    words += ["clear_schemes_tried_regions", "update_schemes_effective_quotas", "commit_schemes_quota_goals"]
    words += ["update_tuned_intervals"]
    assert [machine.write(STATE, word) for word in words] == [""] * known + ["EINVAL"] * (8 - known)
    assert ("tried_regions" in machine.list(S)) == (kernel == "6.12")


# On and off


@BOTH
def test_on_and_off(kernel: str) -> None:
    machine = Machine(kernel)
    machine.set({"kdamonds/nr_kdamonds": 1})
    assert [machine.write(STATE, word) for word in ("on", "off", "commit")] == ["EINVAL"] * 3
    machine.configure()
    assert [machine.write(STATE, word) for word in ("off", "on", "on")] == ["EINVAL", "", "EBUSY"]
    for path, text, answer in (
        ("kdamonds/nr_kdamonds", "1", "EBUSY"),
        ("kdamonds/nr_kdamonds", "x", "EINVAL"),
        ("kdamonds/nr_kdamonds", "-1", "EINVAL"),
    ):
        assert machine.write(path, text) == answer
    assert [machine.write(STATE, word) for word in ("off", "off", "commit")] == ["", "EPERM", "EINVAL"]
    machine.set({f"{C}/targets/0/pid_target": 0})
    assert [machine.write(STATE, word) for word in ("on", "off")] == ["EINVAL", "EINVAL"], "nothing is left to stop"
    machine.set({"kdamonds/nr_kdamonds": 1})
    assert machine.write(STATE, "off") == "EINVAL"


@pytest.mark.parametrize(
    ("values", "answers"),
    [
        ({f"{ATTRS}/intervals/sample_us": 300_000}, {"6.1": "", "6.12": "EINVAL"}),
        ({f"{ATTRS}/intervals/aggr_us": 0}, {"6.1": "", "6.12": "EINVAL"}),
        ({f"{ATTRS}/intervals/sample_us": 0}, {"6.1": "", "6.12": ""}),
        ({f"{ATTRS}/nr_regions/min": 2}, {"6.1": "EINVAL", "6.12": "EINVAL"}),
        ({f"{ATTRS}/nr_regions/max": 9}, {"6.1": "EINVAL", "6.12": "EINVAL"}),
        ({f"{C}/targets/0/pid_target": -1}, {"6.1": "EINVAL", "6.12": "EINVAL"}),
        ({f"{C}/targets/0/pid_target": 1}, {"6.1": "", "6.12": ""}),
        ({f"{C}/targets/0/pid_target": 2}, {"6.1": "", "6.12": ""}),
        ({f"{C}/targets/nr_targets": 0}, {"6.1": "", "6.12": ""}),
        ({f"{C}/operations": "paddr", f"{C}/targets/nr_targets": 2}, {"6.1": "EINVAL", "6.12": "EINVAL"}),
        ({f"{C}/operations": "paddr", f"{C}/targets/0/pid_target": 77_777}, {"6.1": "", "6.12": ""}),
        ({f"{S}/access_pattern/age/min": 9, f"{S}/access_pattern/age/max": 1}, {"6.1": "", "6.12": ""}),
        ({f"{S}/watermarks/low": 9, f"{S}/watermarks/high": 1}, {"6.1": "", "6.12": ""}),
        ({f"{S}/filters/nr_filters": 1, f"{S}/filters/0/type": "memcg"}, {"6.12": "ENOMEM"}),
        (
            {f"{S}/filters/nr_filters": 1, f"{S}/filters/0/type": "memcg", f"{S}/filters/0/memcg_path": "/no"},
            {"6.12": "ENOMEM"},
        ),
        (
            {f"{S}/filters/nr_filters": 1, f"{S}/filters/0/type": "memcg", f"{S}/filters/0/memcg_path": "/\n"},
            {"6.12": ""},
        ),
        (
            {f"{S}/filters/nr_filters": 1, f"{S}/filters/0/type": "addr", f"{S}/filters/0/addr_start": 1},
            {"6.12": "ENOMEM"},
        ),
    ],
)
def test_what_on_says_to_parameters(values: dict[str, object], answers: dict[str, str]) -> None:
    for kernel, answer in answers.items():
        machine = Machine(kernel)
        machine.configure(schemes=1)
        machine.set(values)
        assert machine.write(STATE, "on") == answer, kernel
        assert machine.write(STATE, "off") in (("", "EPERM") if answer == "" else ("EINVAL",))


@BOTH
@pytest.mark.parametrize("ops", ["vaddr", "fvaddr", "paddr"])
@pytest.mark.parametrize(
    ("regions", "answer"),
    [
        (((MIB, 2 * MIB), (2 * MIB, 3 * MIB)), ""),
        (((MIB + 1, 2 * MIB + 5),), ""),
        (((MIB, MIB + 9),), ""),
        (((1 << 45, (1 << 45) + MIB),), ""),
        (((MIB, 3 * MIB), (2 * MIB, 4 * MIB)), "EINVAL"),
        (((2 * MIB, 3 * MIB), (MIB, 2 * MIB)), "EINVAL"),
        (((MIB, 2 * MIB), (MIB, 2 * MIB)), "EINVAL"),
        (((MIB, MIB),), "EINVAL"),
        (((2 * MIB, MIB),), "EINVAL"),
        (((0, 0),), "EINVAL"),
        (((MIB, 2 * MIB), (0, 0)), "EINVAL"),
    ],
)
def test_initial_regions(kernel: str, ops: str, regions: tuple[tuple[int, int], ...], answer: str) -> None:
    machine = Machine(kernel)
    machine.configure(ops)
    machine.set({f"{REGIONS}/nr_regions": len(regions)})
    for index, (start, end) in enumerate(regions):
        machine.set({f"{REGIONS}/{index}/start": start, f"{REGIONS}/{index}/end": end})
    assert machine.write(STATE, "on") == answer
    machine.wait(300)
    assert machine.read(STATE) == ("off" if answer else "on")


@BOTH
def test_without_targets_vaddr_ends_at_once_and_paddr_does_not(kernel: str) -> None:
    for ops, state, off in (("vaddr", "off", "EPERM"), ("fvaddr", "off", "EPERM"), ("paddr", "on", "")):
        machine = running(kernel, ops, targets=0)
        assert (machine.read(STATE), machine.write(STATE, "off")) == (state, off), ops


@BOTH
def test_it_ends_with_its_last_process(kernel: str) -> None:
    machine = running(kernel, targets=2, processes=2)
    machine.engine.kill_process(machine.pids[0])
    machine.wait(100)
    assert machine.read(STATE) == "on"
    machine.engine.kill_process(machine.pids[1])
    machine.wait(100)
    assert (machine.read(STATE), machine.read(f"{K}/pid")) == ("off", "-1")
    words = ("off", "update_schemes_stats", "commit", "on", "off")
    assert [machine.write(STATE, word) for word in words] == ["EPERM", "EINVAL", "EINVAL", "EINVAL", "EINVAL"]


# While it runs


@BOTH
def test_directories_may_go_while_it_runs(kernel: str) -> None:
    machine = running(kernel, schemes=1)
    assert machine.stats()["nr_tried"] > 0
    machine.set({f"{C}/schemes/nr_schemes": 1})
    assert machine.read(f"{S}/stats/nr_tried") == "0"
    assert machine.stats()["nr_tried"] > 0
    machine.set({f"{C}/schemes/nr_schemes": 0, f"{C}/targets/nr_targets": 0})
    assert machine.write(STATE, "update_schemes_stats") == ""
    machine.set({f"{K}/contexts/nr_contexts": 0})
    words = ("commit", "update_schemes_stats", "on", "bogus", "")
    assert [machine.write(STATE, word) for word in words] == ["EINVAL"] * 4 + [""]
    assert (machine.read(STATE), machine.write(STATE, "off"), machine.read(f"{K}/pid")) == ("on", "", "-1")


@pytest.mark.parametrize(
    ("ops", "targets", "values", "alive"),
    [
        ("vaddr", 1, {f"{ATTRS}/nr_regions/min": 1001}, ""),
        ("vaddr", 1, {f"{ATTRS}/nr_regions/min": 2}, ""),
        ("vaddr", 1, {f"{ATTRS}/intervals/sample_us": 400_000}, "6.1"),
        ("vaddr", 1, {f"{ATTRS}/intervals/aggr_us": 0}, "6.1"),
        ("vaddr", 1, {f"{ATTRS}/intervals/sample_us": 0}, "6.1 6.12"),
        ("vaddr", 1, {f"{C}/targets/0/pid_target": 77_777}, ""),
        ("vaddr", 1, {f"{C}/targets/nr_targets": 0}, ""),
        ("fvaddr", 1, {f"{C}/targets/nr_targets": 0}, ""),
        ("paddr", 1, {f"{C}/targets/nr_targets": 0}, "6.1 6.12"),
        ("paddr", 1, {f"{C}/targets/nr_targets": 2}, ""),
        ("paddr", 1, {f"{C}/targets/0/pid_target": 77_777}, "6.1 6.12"),
        ("vaddr", 1, {f"{K}/contexts/nr_contexts": 1}, ""),
        ("vaddr", 1, {f"{REGIONS}/nr_regions": 1}, ""),
        ("vaddr", 1, {f"{C}/operations": "fvaddr"}, "6.1 6.12"),
        ("vaddr", 1, {f"{C}/operations": "paddr"}, "6.1 6.12"),
        ("vaddr", 2, {f"{C}/operations": "paddr"}, ""),
        ("paddr", 1, {f"{C}/operations": "vaddr"}, ""),
        ("vaddr", 1, {f"{C}/schemes/nr_schemes": 3}, "6.1 6.12"),
    ],
)
@BOTH
def test_a_wrong_commit_succeeds_and_is_the_end(
    kernel: str, ops: str, targets: int, values: dict[str, object], alive: str
) -> None:
    machine = running(kernel, ops, targets)
    machine.set(values)
    assert machine.write(STATE, "commit") == ""
    machine.wait(200)
    lives = kernel in alive.split()
    assert machine.read(STATE) == ("on" if lives else "off")
    assert (machine.read(f"{K}/pid") == "-1") == (not lives)
    assert machine.write(STATE, "off") == ("" if lives else "EPERM")


@BOTH
def test_a_commit_keeps_statistics_of_schemes_that_stay(kernel: str) -> None:
    machine = running(kernel, schemes=1)
    machine.wait(1_000)
    before = machine.stats()
    machine.set({f"{S}/access_pattern/nr_accesses/max": 0, f"{S}/access_pattern/nr_accesses/min": 1})
    assert machine.write(STATE, "commit") == ""
    machine.wait(500)
    after = machine.stats()
    assert after["nr_tried"] >= before["nr_tried"] > 0
    machine.set({f"{C}/schemes/nr_schemes": 2})
    assert machine.write(STATE, "commit") == ""
    assert machine.stats()["nr_tried"] >= after["nr_tried"]
    assert machine.stats(1)["nr_tried"] == 0


@BOTH
def test_one_request_is_waited_for_at_a_time(kernel: str) -> None:
    machine = Machine(kernel)
    machine.set({"kdamonds/nr_kdamonds": 2})
    for at in ("kdamonds/0", "kdamonds/1"):
        machine.set({f"{at}/contexts/nr_contexts": 1, f"{at}/contexts/0/targets/nr_targets": 1})
        machine.set({f"{at}/contexts/0/targets/0/pid_target": machine.pids[0]})
        machine.set({f"{at}/state": "on"})
    waiting = machine.begin("kdamonds/0/state", "commit")
    words = ("commit", "update_schemes_stats", "on", "off", "off", "on")
    answers = ["EBUSY", "EBUSY", "EBUSY", "", "EPERM", ""]
    assert [machine.write("kdamonds/1/state", word) for word in words] == answers
    assert (machine.read("kdamonds/0/state"), machine.read("kdamonds/0/pid") == "-1") == ("on", False)
    machine.set({f"{C}/schemes/nr_schemes": 1})
    assert not waiting.done
    machine.wait(200)
    assert waiting.result() == len("commit")
