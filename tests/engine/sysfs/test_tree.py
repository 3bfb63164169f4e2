"""Which files there are in each release, with their permissions and defaults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.system import ADMIN
from engine.versions import RELEASES
from tests.engine.sysfs.admin import Admin, C, S

TREE = Path(__file__).parents[2] / "data" / "sysfs_tree.txt"
SYSFS_RELEASES = RELEASES[RELEASES.index("5.18") :]
FILTERS = {"filters": "6.3", "core_filters": "6.15", "ops_filters": "6.15"}


def later(one: str, other: str) -> str:
    return max(one, other, key=RELEASES.index)


def expected() -> Iterator[tuple[str, int, str, str]]:
    """(path, mode, content, first release) of every file."""
    for line in TREE.read_text().splitlines():
        if line.startswith("#"):
            continue
        path, mode, content, since = line.split(" ")
        content = content.replace("\\n", "\n") + "\n"
        for name, first in FILTERS.items() if path.startswith("F/") else [("", since)]:
            full = path.replace("F/", f"{S}/{name}/").replace("S/", f"{S}/").replace("C/", f"{C}/")
            if full == path:
                full = f"kdamonds/{path}"
            yield full, int(mode, 8), content, later(since, first)


def one_of_each(kernel: str) -> Admin:
    admin = Admin(kernel)
    admin.one_kdamond(schemes=1)
    admin.write(f"{C}/targets/nr_targets", "1")
    counts = [f"{C}/targets/0/regions/nr_regions", f"{S}/dests/nr_dests", f"{S}/quotas/goals/nr_goals"]
    counts += [f"{S}/{name}/nr_filters" for name in FILTERS]
    there = set(admin.system.files.walk(ADMIN))
    for path in counts:
        if f"{ADMIN}/{path}" in there:
            assert admin.read(path) == "0\n"
            admin.write(path, "1")
    return admin


@pytest.mark.parametrize("kernel", SYSFS_RELEASES)
def test_each_release_has_its_files_and_no_others(kernel: str) -> None:
    admin = one_of_each(kernel)
    files = admin.system.files
    found = {}
    for path in files.walk(ADMIN):
        stat = files.stat(path)
        if stat.directory:
            assert stat.mode == 0o755
            continue
        assert stat.size == 4096
        name = path.removeprefix(f"{ADMIN}/")
        found[name] = (stat.mode, admin.read(name))
    has = [row for row in expected() if RELEASES.index(row[3]) <= RELEASES.index(kernel)]
    assert found == {path: (mode, content) for path, mode, content, _ in has}


@pytest.mark.parametrize("kernel", ["5.18", "6.12", "next"])
def test_every_file_and_directory_says_what_it_is_for_and_since_when(kernel: str) -> None:
    admin = one_of_each(kernel)
    files = admin.system.files
    since = {f"{ADMIN}/{path}": first for path, _, _, first in expected()}
    for path in files.walk(ADMIN):
        about = files.about(path)
        assert about.meaning.endswith("."), path
        stat = files.stat(path)
        assert bool(about.accepts) == (not stat.directory and stat.mode == 0o600), path
        if path in since:
            assert about.since == since[path], path


def test_units_and_accepted_values_are_those_of_the_field() -> None:
    files = one_of_each("7.1").system.files
    about = files.about(f"{ADMIN}/{C}/monitoring_attrs/intervals/sample_us")
    assert (about.unit, about.accepts) == ("microseconds", f"0 to {2**64 - 1}")
    assert files.about(f"{ADMIN}/{S}/quotas/weights/age_permil").accepts == f"0 to {2**32 - 1}"
    assert files.about(f"{ADMIN}/{C}/addr_unit").accepts == f"1 to {2**64 - 1}"
    assert files.about(f"{ADMIN}/{S}/core_filters/0/type").accepts == "addr or target"
    assert files.about(f"{ADMIN}/{S}/access_pattern/sz/min").unit == "bytes"


def test_what_only_reads_can_not_be_opened_for_writing() -> None:
    admin = one_of_each("next")
    for path, mode, _, _ in expected():
        if mode == 0o400:
            assert admin.refused(path, "0") == "EACCES"
            assert admin.refused(path, "") == "EACCES"


@pytest.mark.parametrize("kernel", ["5.18", "6.1", "6.12", "7.1", "next"])
def test_what_a_file_shows_can_be_written_back(kernel: str) -> None:
    admin = one_of_each(kernel)
    for path, mode, content, first in expected():
        if mode == 0o600 and RELEASES.index(first) <= RELEASES.index(kernel):
            name = path.rsplit("/", 1)[1]
            if name in ("state", "memcg_path", "path") or (name == "type" and "core_" in path):
                continue
            assert admin.write(path, content) == len(content), path
            assert admin.read(path) == content


ACTIONS = ["willneed", "cold", "pageout", "hugepage", "nohugepage", "collapse", "lru_prio", "lru_deprio"]
ACTIONS += ["migrate_hot", "migrate_cold", "stat"]
METRICS = ["user_input", "some_mem_psi_us", "node_mem_used_bp", "node_memcg_used_bp", "active_mem_bp"]
METRICS += ["node_eligible_mem_bp"]
TYPES = ["anon", "memcg", "addr", "target", "young", "active", "hugepage_size", "unmapped"]
COMMANDS = ["on", "off", "update_schemes_stats", "commit", "update_schemes_tried_regions"]
COMMANDS += ["clear_schemes_tried_regions", "update_schemes_tried_bytes", "commit_schemes_quota_goals"]
COMMANDS += ["update_schemes_effective_quotas", "update_tuned_intervals"]


@pytest.mark.parametrize(
    ("path", "kernel", "words"),
    [
        (f"{C}/operations", "5.18", ["vaddr", "paddr"]),
        (f"{C}/operations", "5.19", ["vaddr", "fvaddr", "paddr"]),
        (f"{S}/action", "5.19", [*ACTIONS[:5], "stat"]),
        (f"{S}/action", "6.0", [*ACTIONS[:5], "lru_prio", "lru_deprio", "stat"]),
        (f"{S}/action", "6.12", [*ACTIONS[:5], *ACTIONS[6:]]),
        (f"{S}/action", "next", ACTIONS),
        (f"{S}/quotas/goals/0/target_metric", "6.12", METRICS[:2]),
        (f"{S}/quotas/goals/0/target_metric", "6.16", METRICS[:3]),
        (f"{S}/quotas/goals/0/target_metric", "6.19", METRICS[:4]),
        (f"{S}/quotas/goals/0/target_metric", "7.0", METRICS[:5]),
        (f"{S}/quotas/goals/0/target_metric", "next", METRICS),
        (f"{S}/quotas/goal_tuner", "7.1", ["consist", "temporal"]),
        (f"{S}/watermarks/metric", "5.18", ["none", "free_mem_rate"]),
        (f"{S}/filters/0/type", "6.3", TYPES[:2]),
        (f"{S}/filters/0/type", "6.6", TYPES[:4]),
        (f"{S}/filters/0/type", "6.10", TYPES[:5]),
        (f"{S}/filters/0/type", "6.15", TYPES),
        (f"{S}/core_filters/0/type", "6.15", ["addr", "target"]),
        (f"{S}/ops_filters/0/type", "6.15", ["anon", "memcg", "young", "active", "hugepage_size", "unmapped"]),
    ],
)
def test_each_release_has_its_keywords(path: str, kernel: str, words: list[str]) -> None:
    admin = one_of_each(kernel)
    for word in {*ACTIONS, *METRICS, *TYPES, "vaddr", "fvaddr", "paddr", "consist", "temporal", "none"} - set(words):
        assert admin.refused(path, word) == "EINVAL"
    for word in words:
        assert admin.write(path, word) == len(word)
        assert admin.read(path) == f"{word}\n"


@pytest.mark.parametrize(
    ("kernel", "number"),
    [("5.18", 3), ("5.19", 4), ("6.1", 4), ("6.2", 6), ("6.6", 7), ("6.8", 8), ("6.12", 9), ("6.15", 10), ("next", 10)],
)
def test_each_release_has_its_commands(kernel: str, number: int) -> None:
    files = one_of_each(kernel).system.files
    accepts = files.about(f"{ADMIN}/kdamonds/0/state").accepts
    assert sorted(accepts.replace(" or ", ", ").split(", ")) == sorted(COMMANDS[:number])
