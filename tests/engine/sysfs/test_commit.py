"""New parameters for a running kdamond, through `state`."""

from __future__ import annotations

import pytest

from tests.engine.sysfs.admin import NEW, STATE, C, S
from tests.engine.sysfs.commanding import BOTH, running, shown_stats, status


@BOTH
def test_commit_takes_over_parameters_and_keeps_statistics(kernel: str) -> None:
    admin = running(kernel)
    admin.advance(1_050_000)
    admin.write(STATE, "update_schemes_stats")
    before = shown_stats(admin)
    admin.write(f"{C}/monitoring_attrs/intervals/sample_us", "10000")
    admin.write(f"{S}/access_pattern/age/min", "1000000")
    assert status(admin).intervals != admin.system.sysfs.config(0).contexts[0].intervals
    admin.write(STATE, "commit")
    assert status(admin).intervals == admin.system.sysfs.config(0).contexts[0].intervals
    admin.advance(1_000_000)
    admin.write(STATE, "update_schemes_stats")
    assert before[0] <= shown_stats(admin)[0] <= before[0] + 9


@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
def test_parameters_are_read_when_the_kdamond_takes_them(kernel: str) -> None:
    admin = running(kernel)
    waiting = admin.begin(STATE, "commit")
    admin.write(f"{C}/monitoring_attrs/intervals/update_us", "123456")
    while not waiting.done:
        admin.advance(1_000)
    intervals = status(admin).intervals
    assert intervals is not None and intervals.update_us == 123_456


@pytest.mark.parametrize(("kernel", "us"), [("6.12", 100_000), ("7.1", 5_000)])
def test_commit_comes_after_an_aggregation_once_and_now_at_each_tick(kernel: str, us: int) -> None:
    admin = running(kernel)
    admin.advance(200_001)
    waiting = admin.begin(STATE, "commit")
    admin.advance(us - 2)
    assert not waiting.done
    admin.advance(1)
    assert waiting.done


@BOTH
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("monitoring_attrs/nr_regions/min", "5000"),
        ("monitoring_attrs/nr_regions/max", "2"),
        ("targets/0/pid_target", "999999"),
        ("targets/0/regions/nr_regions", "2"),
    ],
)
def test_a_wrong_commit_ends_an_old_kdamond_and_is_told_by_a_new_one(kernel: str, path: str, text: str) -> None:
    admin = running(kernel)
    admin.advance(500_000)
    config = status(admin).config
    admin.write(f"{C}/{path}", text)
    if kernel in ("6.1", "6.12"):
        assert admin.write(STATE, "commit") == 6
        assert (admin.read(STATE), admin.read("kdamonds/0/pid")) == ("off\n", "-1\n")
        assert admin.refused(STATE, "off") == "EPERM"
    else:
        assert admin.refused(STATE, "commit") == "EINVAL"
        assert admin.read(STATE) == "on\n"
        assert status(admin).config == config
        assert int(admin.read("kdamonds/0/pid")) > 0


@NEW
def test_a_commit_with_a_scheme_that_can_not_be_made_is_no_memory(kernel: str) -> None:
    admin = running(kernel)
    admin.set({f"{S}/filters/nr_filters": 1, f"{S}/filters/0/type": "memcg"})
    assert admin.refused(STATE, "commit") == "ENOMEM"
    assert admin.read(STATE) == "on\n"


@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
@pytest.mark.parametrize("how", ["targets/nr_targets", "nr_contexts"])
def test_without_targets_a_commit_is_the_end(kernel: str, how: str) -> None:
    admin = running(kernel)
    if how == "nr_contexts":
        admin.write("kdamonds/0/contexts/nr_contexts", "1")
    else:
        admin.write(f"{C}/{how}", "0")
    assert admin.read(STATE) == "on\n"
    assert admin.write(STATE, "commit") == 6
    admin.advance(100_000)
    assert admin.read(STATE) == "off\n"


@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
def test_operations_may_be_committed(kernel: str) -> None:
    admin = running(kernel)
    admin.write(f"{C}/operations", "paddr")
    admin.write(STATE, "commit")
    admin.advance(500_000)
    assert admin.read(STATE) == "on\n"
    config = status(admin).config
    assert config is not None and config.contexts[0].ops == "paddr"


@pytest.mark.parametrize("kernel", ["6.19", "7.1"])
def test_an_obsolete_target_goes_and_one_that_is_not_there_can_not(kernel: str) -> None:
    admin = running(kernel)
    pid = admin.read(f"{C}/targets/0/pid_target").strip()
    admin.write(f"{C}/targets/nr_targets", "2")
    admin.set({f"{C}/targets/{number}/pid_target": pid for number in range(2)})
    admin.write(f"{C}/targets/1/obsolete_target", "Y")
    assert admin.refused(STATE, "commit") == "EINVAL"
    admin.write(f"{C}/targets/1/obsolete_target", "N")
    admin.write(STATE, "commit")
    admin.write(f"{C}/targets/1/obsolete_target", "Y")
    admin.write(STATE, "commit")
    config = status(admin).config
    assert config is not None and len(config.contexts[0].targets) == 1


@pytest.mark.parametrize("kernel", ["6.8", "6.12", "7.1"])
def test_goals_may_be_committed_alone(kernel: str) -> None:
    admin = running(kernel, on=False)
    goal = f"{S}/quotas/goals/0"
    admin.set({f"{S}/quotas/goals/nr_goals": 1, f"{goal}/target_value": 100, f"{goal}/current_value": 10})
    admin.write(f"{S}/quotas/reset_interval_ms", "100")
    admin.write(STATE, "on")
    admin.advance(300_000)
    admin.set({f"{goal}/current_value": 77, f"{C}/monitoring_attrs/intervals/sample_us": 10_000})
    admin.write(STATE, "commit_schemes_quota_goals")
    assert [g.current_value for g in status(admin).scheme_states[0].goals] == [77]
    intervals = status(admin).intervals
    assert intervals is not None and intervals.sample_us == 5_000


def test_a_goal_of_a_cgroup_that_is_not_there_is_not_taken() -> None:
    admin = running("7.1")
    goal = f"{S}/quotas/goals/0"
    admin.set({f"{S}/quotas/goals/nr_goals": 1, f"{goal}/target_value": 5, f"{goal}/path": "/nowhere"})
    admin.write(f"{goal}/target_metric", "node_memcg_used_bp")
    assert admin.refused(STATE, "commit_schemes_quota_goals") == "EINVAL"
    assert admin.read(STATE) == "on\n"
