"""What a running kdamond is told through `state`, but for new parameters."""

from __future__ import annotations

import pytest

from engine.damos.walk import WalkRequest
from engine.files.errors import FileError
from tests.engine.make import KIB, MIB, workload
from tests.engine.sysfs.admin import NEW, OLD, STATE, Admin, C, S, error_of
from tests.engine.sysfs.commanding import BOTH, running, shown_stats, sleeping, status, true_stats

WALKING = pytest.mark.parametrize("kernel", ["6.6", "6.12", "6.18", "7.1", "next"])
WORDS = {
    "commit": "5.19",
    "update_schemes_stats": "5.18",
    "update_schemes_tried_regions": "6.2",
    "update_schemes_tried_bytes": "6.6",
    "clear_schemes_tried_regions": "6.2",
    "update_schemes_effective_quotas": "6.9",
    "commit_schemes_quota_goals": "6.8",
}


# Statistics


@BOTH
def test_statistics_are_those_of_the_moment_they_are_asked_for(kernel: str) -> None:
    admin = running(kernel)
    admin.advance(1_050_000)
    assert shown_stats(admin) == [0, 0, 0, 0]
    # The next round of the schemes comes after the command, also where both come after an aggregation.
    now = true_stats(admin)
    admin.write(STATE, "update_schemes_stats")
    before = shown_stats(admin)
    assert before == now
    assert before[:2] == [before[0], before[0] * 100 * KIB] and 27 <= before[0] <= 33
    admin.advance(1_000_000)
    assert shown_stats(admin) == before
    assert true_stats(admin) != before


@BOTH
def test_schemes_made_anew_show_nothing_until_the_next_update(kernel: str) -> None:
    admin = running(kernel)
    admin.advance(1_050_000)
    admin.write(STATE, "update_schemes_stats")
    admin.write(f"{C}/schemes/nr_schemes", "2")
    assert shown_stats(admin) == [0, 0, 0, 0]
    now = true_stats(admin)
    admin.write(STATE, "update_schemes_stats")
    assert shown_stats(admin) == now != [0, 0, 0, 0]
    assert shown_stats(admin, 1) == [0, 0, 0, 0], "the running kdamond does not have it"
    admin.write(f"{C}/schemes/nr_schemes", "0")
    for word in ("update_schemes_stats", "update_schemes_tried_regions", "commit"):
        if word != "update_schemes_tried_regions" or kernel != "6.1":
            assert admin.write(STATE, word) == len(word)
    assert admin.read(STATE) == "on\n"


@pytest.mark.parametrize("kernel", ["6.12", "6.18", "7.1"])
def test_effective_quotas_are_those_in_force(kernel: str) -> None:
    admin = running(kernel, on=False)
    admin.set({f"{S}/quotas/bytes": 8192, f"{S}/quotas/reset_interval_ms": 200})
    admin.write(STATE, "on")
    admin.advance(1_050_000)
    assert admin.read(f"{S}/quotas/effective_bytes") == "0\n"
    admin.write(STATE, "update_schemes_effective_quotas")
    assert admin.read(f"{S}/quotas/effective_bytes") == "8192\n"
    admin.write(STATE, "off")
    assert admin.read(f"{S}/quotas/effective_bytes") == "8192\n"


@pytest.mark.parametrize("kernel", ["6.15", "7.1"])
def test_tuned_intervals_take_the_place_of_those_that_were_written(kernel: str) -> None:
    admin = running(kernel, on=False)
    goal = {"access_bp": 400, "aggrs": 1, "min_sample_us": 5_000, "max_sample_us": 10_000_000}
    intervals = f"{C}/monitoring_attrs/intervals"
    admin.set({f"{intervals}/intervals_goal/{name}": value for name, value in goal.items()})
    admin.write(STATE, "on")
    admin.write(f"{intervals}/sample_us", "7000")
    admin.advance(2_000_000)
    assert admin.read(f"{intervals}/sample_us") == "7000\n"
    admin.write(STATE, "update_tuned_intervals")
    tuned = status(admin).intervals
    assert tuned is not None
    assert admin.read(f"{intervals}/sample_us") == f"{tuned.sample_us}\n"
    assert admin.read(f"{intervals}/aggr_us") == f"{tuned.aggr_us}\n"
    assert tuned.sample_us != 7_000


# Tried regions


@WALKING
def test_tried_regions_are_those_of_the_next_round(kernel: str) -> None:
    admin = running(kernel)
    admin.advance(1_050_000)
    admin.write(STATE, "update_schemes_tried_regions")
    at = f"{S}/tried_regions"
    assert admin.list(at) == ["0", "1", "2", "total_bytes"]
    assert admin.read(f"{at}/total_bytes") == f"{300 * KIB}\n"
    files = ["age", "end", "nr_accesses", "start"] + (["sz_filter_passed"] if kernel not in ("6.6", "6.12") else [])
    for number in range(3):
        assert admin.list(f"{at}/{number}") == files
        for end in ("start", "end"):
            given = admin.read(f"{C}/targets/0/regions/{number}/{end}")
            assert admin.read(f"{at}/{number}/{end}") == given
        assert int(admin.read(f"{at}/{number}/nr_accesses")) >= 18
        assert int(admin.read(f"{at}/{number}/age")) >= 5
    assert admin.refused(f"{at}/0/start", "1") == "EACCES"
    admin.write(STATE, "update_schemes_tried_bytes")
    assert admin.list(at) == ["total_bytes"]
    assert admin.read(f"{at}/total_bytes") == f"{300 * KIB}\n"
    admin.write(STATE, "clear_schemes_tried_regions")
    assert admin.read(f"{at}/total_bytes") == "0\n"


@WALKING
def test_each_scheme_has_its_own_tried_regions(kernel: str) -> None:
    admin = running(kernel, schemes=2, on=False)
    admin.write(f"{C}/schemes/1/access_pattern/nr_accesses/max", "5")
    admin.write(STATE, "on")
    admin.advance(1_050_000)
    admin.write(STATE, "update_schemes_tried_regions")
    assert len(admin.list(f"{S}/tried_regions")) == 4
    assert admin.list(f"{C}/schemes/1/tried_regions") == ["total_bytes"]


@pytest.mark.parametrize("kernel", ["6.12", "6.18", "7.1", "next"])
def test_while_tried_regions_are_collected_the_interface_is_locked(kernel: str) -> None:
    admin = running(kernel)
    admin.write(f"{S}/filters/nr_filters", "1")
    admin.advance(1_050_000)
    waiting = admin.begin(STATE, "update_schemes_tried_regions")
    admin.advance(10_000)
    assert not waiting.done
    for path, text in (
        (STATE, "off"),
        (STATE, "bogus"),
        ("kdamonds/nr_kdamonds", "1"),
        ("kdamonds/0/contexts/nr_contexts", "1"),
        (f"{C}/schemes/nr_schemes", "1"),
        (f"{S}/filters/0/memcg_path", "/"),
    ):
        assert admin.refused(path, text) == "EBUSY"
    assert admin.refused("kdamonds/nr_kdamonds", "x") == "EINVAL", "numbers are looked at before"
    assert read_error(admin, "kdamonds/0/pid") == "EBUSY"
    assert (read_error(admin, STATE) == "EBUSY") == (kernel == "next")
    assert admin.read("kdamonds/nr_kdamonds") == "1\n"
    admin.write(f"{S}/action", "stat")
    while not waiting.done:
        admin.advance(5_000)
    assert waiting.result() == len("update_schemes_tried_regions")
    assert admin.read(STATE) == "on\n"
    assert int(admin.read("kdamonds/0/pid")) > 0


def read_error(admin: Admin, path: str) -> str:
    try:
        admin.read(path)
    except FileError as error:
        return error.name
    return ""


def locked(admin: Admin) -> bool:
    return read_error(admin, "kdamonds/0/pid") == "EBUSY"


@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
def test_an_end_while_tried_regions_are_collected_unlocks_it(kernel: str) -> None:
    admin = running(kernel, on=False)
    admin.write(f"{S}/apply_interval_us", "60000000")
    admin.write(STATE, "on")
    waiting = admin.begin(STATE, "update_schemes_tried_regions")
    admin.advance(100_000)
    assert not waiting.done and locked(admin)
    admin.engine.turn_off(0)
    if kernel == "6.12":
        assert waiting.result() > 0
    else:
        assert error_of(waiting) == "ECANCELED"
    assert admin.read("kdamonds/0/pid") == "-1\n"


# Who may be told what, and when


@BOTH
def test_without_a_context_only_off_is_understood(kernel: str) -> None:
    admin = running(kernel)
    admin.write("kdamonds/0/contexts/nr_contexts", "0")
    assert admin.read(STATE) == "on\n"
    for word in ("on", "commit", "update_schemes_stats"):
        assert admin.refused(STATE, word) == "EINVAL"
    assert admin.write(STATE, "off") == 3


@pytest.mark.parametrize("kernel", ["6.12", "6.18", "7.0", "7.1", "next"])
def test_a_kdamond_that_does_not_run_can_not_be_told_much(kernel: str) -> None:
    new = kernel != "6.12"
    canceled = "ECANCELED" if kernel in ("7.1", "next") else "EINVAL"
    admin = running(kernel, on=False)
    for word in WORDS:
        if new and word == "clear_schemes_tried_regions":
            assert admin.write(STATE, word) == len(word)
        else:
            assert admin.refused(STATE, word) == "EINVAL"
    admin.write(STATE, "on")
    admin.advance(300_000)
    admin.write(STATE, "update_schemes_tried_regions")
    admin.write(STATE, "off")
    assert len(admin.list(f"{S}/tried_regions")) == 4
    for word in ("update_schemes_tried_regions", "commit", "update_schemes_stats", "update_schemes_tried_bytes"):
        assert admin.refused(STATE, word) == canceled
    assert len(admin.list(f"{S}/tried_regions")) == (1 if new else 4)
    word = "clear_schemes_tried_regions"
    if new:
        assert admin.write(STATE, word) == len(word)
    else:
        assert admin.refused(STATE, word) == "EINVAL"


@OLD
def test_an_old_kernel_has_one_place_for_a_request(kernel: str) -> None:
    admin = running(kernel)
    admin.advance(100_001)
    waiting = admin.begin(STATE, "update_schemes_stats")
    assert not waiting.done
    assert admin.refused(STATE, "commit") == "EBUSY"
    assert admin.refused(STATE, "on") == "EBUSY"
    assert admin.refused("kdamonds/nr_kdamonds", "1") == "EBUSY"
    assert (admin.read(STATE), admin.write(f"{C}/targets/nr_targets", "1")) == ("on\n", 1)
    assert admin.write(STATE, "off") == 3
    assert waiting.result() == len("update_schemes_stats")
    admin.write(f"{C}/targets/0/pid_target", "1")
    admin.write(STATE, "on")
    assert admin.write(STATE, "commit") == 6


@NEW
def test_a_new_kernel_is_locked_until_it_is_done(kernel: str) -> None:
    admin = running(kernel)
    admin.advance(100_001)
    waiting = admin.begin(STATE, "update_schemes_stats")
    for word in ("off", "on", "update_schemes_stats", "bogus"):
        assert admin.refused(STATE, word) == "EBUSY"
    admin.advance(5_000)
    assert waiting.result() == len("update_schemes_stats")
    assert admin.write(STATE, "off") == 3


@NEW
def test_a_command_that_the_kdamond_does_not_come_to_is_canceled(kernel: str) -> None:
    admin = running(kernel)
    waiting = admin.begin(STATE, "commit")
    admin.engine.turn_off(0)
    assert error_of(waiting) == "ECANCELED"
    assert admin.read("kdamonds/0/pid") == "-1\n"


# Watermarks


def test_on_6_12_a_commit_to_a_sleeping_kdamond_waits_and_others_are_busy() -> None:
    admin = sleeping("6.12")
    for word in ("update_schemes_stats", "update_schemes_tried_bytes", "update_schemes_tried_regions"):
        assert admin.write(STATE, word) == len(word)
    waiting = admin.begin(STATE, "commit")
    admin.advance(90_000_000)
    assert not waiting.done
    for word in ("update_schemes_stats", "commit", "on"):
        assert admin.refused(STATE, word) == "EBUSY"
    assert admin.write(STATE, "off") == 3
    assert waiting.result() == 6
    assert admin.read(f"{S}/stats/nr_tried") == "0\n"


@pytest.mark.parametrize("kernel", ["6.1", "6.18", "7.1"])
def test_other_kernels_commit_when_they_look_at_the_watermarks(kernel: str) -> None:
    admin = sleeping(kernel)
    waiting = admin.begin(STATE, "commit")
    admin.advance(499_999)
    assert waiting.result() == 6


@NEW
def test_tried_regions_of_a_sleeping_kdamond_are_canceled(kernel: str) -> None:
    admin = sleeping(kernel)
    assert admin.refused(STATE, "update_schemes_tried_regions") == "ECANCELED"
    assert admin.write(STATE, "clear_schemes_tried_regions") > 0


@pytest.mark.parametrize(("kernel", "ends"), [("6.12", ""), ("6.14", "ECANCELED"), ("7.1", "ECANCELED")])
def test_without_schemes_no_regions_are_tried(kernel: str, ends: str) -> None:
    admin = running(kernel, schemes=0)
    word = "update_schemes_tried_regions"
    if ends:
        assert admin.refused(STATE, word) == ends
    else:
        assert admin.write(STATE, word) == len(word)
    assert admin.write(STATE, "off") == 3


def test_a_walk_that_others_asked_for_keeps_it_busy() -> None:
    admin = running("7.1")
    walk: WalkRequest = admin.engine.tried_regions(0)
    assert admin.refused(STATE, "update_schemes_tried_bytes") == "EBUSY"
    admin.advance(300_000)
    assert walk.ended
    assert admin.write(STATE, "update_schemes_tried_bytes") > 0


def test_two_kdamonds_share_the_place_for_a_request() -> None:
    admin = Admin("6.12")
    pids = [admin.process(workload({"a": MIB}, (1000, [("a", False, 4096, 1)]))) for _ in range(2)]
    admin.write("kdamonds/nr_kdamonds", "2")
    for number, pid in enumerate(pids):
        at = f"kdamonds/{number}/contexts"
        admin.write(f"{at}/nr_contexts", "1")
        admin.set({f"{at}/0/targets/nr_targets": 1, f"{at}/0/targets/0/pid_target": pid})
        admin.write(f"kdamonds/{number}/state", "on")
    waiting = admin.begin(STATE, "commit")
    assert admin.refused("kdamonds/1/state", "commit") == "EBUSY"
    assert admin.write("kdamonds/1/state", "off") == 3
    while not waiting.done:
        admin.advance(1_000)
    assert admin.refused("kdamonds/1/state", "commit") == "EINVAL"


@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
def test_what_happens_in_a_fork_of_the_engine_ends_no_wait(kernel: str) -> None:
    admin = running(kernel)
    admin.advance(300_001)
    waiting = admin.begin(STATE, "update_schemes_tried_regions")
    admin.advance(6_000)
    fork = admin.engine.fork()
    fork.advance(1_000_000)
    assert not waiting.done
    assert locked(admin)
    admin.advance(300_000)
    assert waiting.result() > 0
    assert len(admin.list(f"{S}/tried_regions")) == 4
