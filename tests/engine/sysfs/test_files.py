"""Open files, and the files that make directories."""

from __future__ import annotations

import pytest

from engine.system import ADMIN
from tests.engine.sysfs.admin import Admin, C, S, code_of

SAMPLE = f"{C}/monitoring_attrs/intervals/sample_us"


@pytest.fixture
def admin() -> Admin:
    made = Admin("7.1")
    made.one_kdamond(schemes=1)
    return made


def test_an_empty_write_changes_nothing(admin: Admin) -> None:
    for path in ("kdamonds/nr_kdamonds", "kdamonds/0/state", SAMPLE, f"{C}/operations", f"{C}/schemes/nr_schemes"):
        before = admin.read(path)
        assert admin.write(path, b"") == 0
        assert admin.read(path) == before


def test_a_page_of_a_write_is_taken(admin: Admin) -> None:
    assert admin.write(SAMPLE, b"0" * 4095 + b"7" + b"junk") == 4096
    assert admin.read(SAMPLE) == "7\n"


def test_a_refused_write_keeps_the_value(admin: Admin) -> None:
    admin.write(SAMPLE, "1234")
    assert admin.refused(SAMPLE, "1234 ") == "EINVAL"
    assert admin.refused(SAMPLE, str(2**64)) == "ERANGE"
    assert admin.read(SAMPLE) == "1234\n"


@pytest.mark.parametrize(("kernel", "error"), [("5.19", "EINVAL"), ("6.0", "EINVAL"), ("6.1", "ERANGE")])
def test_numbers_out_of_range_are_told_apart_from_61_on(kernel: str, error: str) -> None:
    admin = Admin(kernel)
    admin.one_kdamond(schemes=1, pid=1)
    for path, above in [
        (SAMPLE, 2**64),
        (f"{S}/access_pattern/sz/min", 2**64),
        (f"{S}/watermarks/high", 2**64),
        (f"{S}/quotas/weights/age_permil", 2**32),
    ]:
        assert admin.refused(path, str(above)) == error
    # How many there are of something has always been told apart.
    assert admin.refused("kdamonds/nr_kdamonds", str(2**31)) == "ERANGE"
    assert admin.refused(f"{C}/schemes/nr_schemes", str(2**31)) == "ERANGE"


@pytest.mark.parametrize(
    ("path", "text", "error"),
    [
        (f"{C}/targets/0/pid_target", str(2**31), "EINVAL"),
        (f"{S}/quotas/ms", str(2**64), "EINVAL"),
        (f"{S}/quotas/bytes", str(2**64), "EINVAL"),
        (f"{S}/quotas/reset_interval_ms", str(2**64), "EINVAL"),
        (f"{S}/quotas/weights/sz_permil", str(2**32), "ERANGE"),
        (f"{S}/quotas/fail_charge_num", str(2**32), "EINVAL"),
        (f"{S}/quotas/fail_charge_denom", str(2**32), "EINVAL"),
        (f"{S}/target_nid", str(2**31), "ERANGE"),
        (f"{S}/access_pattern/age/max", str(2**64), "ERANGE"),
        (f"{C}/addr_unit", "0", "EINVAL"),
        (f"{C}/pause", "maybe", "EINVAL"),
        (f"{C}/targets/0/obsolete_target", "2", "EINVAL"),
        ("kdamonds/0/refresh_ms", str(2**32), "ERANGE"),
        ("kdamonds/0/refresh_ms", "-1", "EINVAL"),
    ],
)
def test_what_a_file_refuses(path: str, text: str, error: str) -> None:
    admin = Admin("next")
    admin.one_kdamond(schemes=1, pid=1)
    assert admin.refused(path, text) == error


def test_a_cgroup_path_keeps_its_newline(admin: Admin) -> None:
    path = f"{S}/filters/0/memcg_path"
    admin.write(f"{S}/filters/nr_filters", "1")
    for text in ("/a", "/a\n", "a b", "/"):
        admin.write(path, text)
        assert admin.read(path) == f"{text}\n"


def test_reading_in_pieces_gives_one_state_and_reading_anew_the_present_one(admin: Admin) -> None:
    opened = admin.system.files.open(f"{ADMIN}/{SAMPLE}")
    assert opened.read(2, 0) == b"50"
    admin.write(SAMPLE, "12345678")
    assert opened.read(2, 2) == b"00"
    assert opened.read(100, 4) == b"\n"
    assert opened.read(100, 5) == b""
    assert opened.read(100, 0) == b"12345678\n"
    assert opened.read(3, 6) == b"78\n"
    assert opened.read(0, 0) == b""


def test_where_one_writes_does_not_matter(admin: Admin) -> None:
    opened = admin.system.files.open(f"{ADMIN}/{SAMPLE}", write=True)
    assert opened.write(b"42", 1000).result() == 2
    assert opened.write(b"43", 0).result() == 2
    assert opened.read(10, 0) == b"43\n"


def test_what_is_open_and_removed_is_no_device_any_more(admin: Admin) -> None:
    opened = admin.system.files.open(f"{ADMIN}/{S}/action", write=True)
    admin.write("kdamonds/0/contexts/nr_contexts", "1")
    assert code_of(lambda: opened.write(b"stat", 0)) == "ENODEV"
    assert code_of(lambda: opened.read(10, 0)) == "ENODEV"


def test_what_was_opened_for_reading_can_not_be_written(admin: Admin) -> None:
    opened = admin.system.files.open(f"{ADMIN}/{SAMPLE}")
    assert code_of(lambda: opened.write(b"1", 0)) == "EBADF"


# nr_*


def test_a_count_makes_and_removes_directories(admin: Admin) -> None:
    for count in ("3", "1", "0", "2"):
        admin.write(f"{C}/schemes/nr_schemes", count)
        assert admin.list(f"{C}/schemes") == [*map(str, range(int(count))), "nr_schemes"]
        assert admin.read(f"{C}/schemes/nr_schemes") == f"{count}\n"


def test_the_same_count_makes_all_anew(admin: Admin) -> None:
    admin.write(f"{S}/action", "pageout")
    admin.write(SAMPLE, "1234")
    admin.write(f"{C}/schemes/nr_schemes", "1")
    assert admin.read(f"{S}/action") == "stat\n"
    assert admin.read(SAMPLE) == "1234\n"
    admin.write("kdamonds/0/contexts/nr_contexts", "1")
    assert admin.read(SAMPLE) == "5000\n"
    assert admin.list(f"{C}/schemes") == ["nr_schemes"]


@pytest.mark.parametrize(
    ("path", "text", "error"),
    [
        ("kdamonds/nr_kdamonds", "-1", "EINVAL"),
        ("kdamonds/nr_kdamonds", "x", "EINVAL"),
        ("kdamonds/nr_kdamonds", "2147483648", "ERANGE"),
        ("kdamonds/0/contexts/nr_contexts", "2", "EINVAL"),
        ("kdamonds/0/contexts/nr_contexts", "-1", "EINVAL"),
        (f"{C}/schemes/nr_schemes", "-1", "EINVAL"),
    ],
)
def test_a_refused_count_keeps_all(admin: Admin, path: str, text: str, error: str) -> None:
    admin.write(f"{S}/action", "pageout")
    assert admin.refused(path, text) == error
    assert admin.read(f"{S}/action") == "pageout\n"


@pytest.mark.parametrize("path", [f"{C}/schemes", f"{C}/targets", "kdamonds"])
def test_a_count_beyond_all_reason_leaves_none(admin: Admin, path: str) -> None:
    name = path.split("/")[-1]
    assert admin.refused(f"{path}/nr_{name}", "2147483647") == "ENOMEM"
    assert admin.read(f"{path}/nr_{name}") == "0\n"
    assert admin.list(path) == [f"nr_{name}"]


def test_what_was_removed_makes_room_again(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.sysfs.tree.NODES_MOST", 6_000)
    admin.write(f"{C}/targets/nr_targets", "1")
    regions = f"{C}/targets/0/regions"
    for _ in range(2):
        admin.write(f"{regions}/nr_regions", "1900")
        assert admin.refused(f"{C}/schemes/nr_schemes", "100") == "ENOMEM"
    admin.write(f"{regions}/nr_regions", "0")
    admin.write(f"{C}/schemes/nr_schemes", "100")
    assert len(admin.list(f"{C}/schemes")) == 101
