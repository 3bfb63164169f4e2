"""Mounted files are those of the machine: names, modes, contents, counts and errors."""

import errno
import os
import stat

import pytest

from engine.files.errors import FileError
from engine.system import TRACE
from tests.damotui.mount.mounting import CONTEXT, KDAMONDS, STATE, machine, mounted, stage, write

KERNELS = ["6.0", "7.1"]


def regular(system):
    """Paths of the files that have an end."""
    return [path for path in system.files.walk() if not system.files.stat(path).directory and path != TRACE]


def outcome(work):
    """What came of it, or the error."""
    try:
        return work()
    except FileError as error:
        return error.name
    except OSError as error:
        return errno.errorcode[error.errno]


@pytest.fixture
def staged():
    system = machine()
    stage(system, schemes=2)
    return system


@pytest.fixture
def files(staged, tmp_path):
    with mounted(staged, tmp_path) as mount:
        yield mount.directory


@pytest.mark.parametrize("kernel", KERNELS)
def test_tree_has_the_names_types_modes_and_sizes(kernel, tmp_path):
    system = machine(kernel)
    stage(system, schemes=2)
    with mounted(system, tmp_path) as mount:
        place = mount.directory
        found = {str(path.relative_to(place)): path.lstat() for path in place.rglob("*")}
    assert sorted(found) == sorted(system.files.walk())
    assert len(found) > 60
    for path, seen in found.items():
        asked = system.files.stat(path)
        kind = stat.S_IFDIR if asked.directory else stat.S_IFREG
        assert (seen.st_mode, seen.st_size) == (kind | asked.mode, asked.size), path
        assert (seen.st_uid, seen.st_gid) == (os.getuid(), os.getgid())


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_file_reads_as_the_machine_says(kernel, tmp_path):
    system = machine(kernel)
    stage(system, schemes=2)
    with mounted(system, tmp_path) as mount:
        place = mount.directory
        for path in regular(system):
            expected = outcome(lambda path=path: system.read(path))
            assert outcome(lambda path=path: (place / path).read_text()) == expected, path


@pytest.mark.parametrize("kernel", KERNELS)
def test_what_was_read_is_taken_back_as_by_the_machine(kernel, tmp_path):
    system, twin = machine(kernel), machine(kernel)
    for one in (system, twin):
        stage(one, schemes=2)
    took = 0
    with mounted(system, tmp_path) as mount:
        place = mount.directory
        for path in regular(twin):
            if twin.files.stat(path).mode != 0o600:
                continue
            # Removed by a file before it, if there are none of its kind.
            content = outcome(lambda path=path: twin.read(path))
            if content in errno.errorcode.values() or not content:
                continue
            expected = outcome(lambda path=path, content=content: twin.write(path, content))
            got = outcome(lambda path=path, content=content: write(place / path, content.encode()))
            assert got == expected, (path, content)
            took += got == len(content)
    assert took > 20
    assert {path: outcome(lambda path=path: system.read(path)) for path in regular(system)} == {
        path: outcome(lambda path=path: twin.read(path)) for path in regular(twin)
    }


@pytest.mark.parametrize(
    "path, data, expected",
    [
        (f"{KDAMONDS}/nr_kdamonds", b"2", 1),
        (f"{KDAMONDS}/nr_kdamonds", b"2\n", 2),
        (f"{KDAMONDS}/nr_kdamonds", b"", 0),
        (f"{KDAMONDS}/nr_kdamonds", b"x", "EINVAL"),
        (f"{KDAMONDS}/nr_kdamonds", b"-1", "EINVAL"),
        (f"{CONTEXT}/monitoring_attrs/intervals/sample_us", b"99999999999999999999", "ERANGE"),
        (f"{CONTEXT}/monitoring_attrs/intervals/sample_us", b"0" * 4095 + b"7", 4096),
        (f"{CONTEXT}/monitoring_attrs/intervals/sample_us", b"0" * 4095 + b"78", 4096),
        (f"{CONTEXT}/operations", b"paddr", 5),
        (f"{CONTEXT}/operations", b"nothing", "EINVAL"),
        (f"{KDAMONDS}/0/pid", b"1", "EACCES"),
        (f"{CONTEXT}/avail_operations", b"vaddr", "EACCES"),
        (f"{CONTEXT}/schemes/0/stats/nr_tried", b"0", "EACCES"),
        (TRACE, b"1", "EACCES"),
        (STATE, b"off", "EINVAL"),
        (STATE, b"begin", "EINVAL"),
        (f"{CONTEXT}/nothing", b"1", "ENOENT"),
        (f"{STATE}/nothing", b"1", "ENOTDIR"),
        (KDAMONDS, b"1", "EISDIR"),
    ],
)
def test_counts_and_errors_of_writes(path, data, expected, files):
    assert outcome(lambda: write(files / path, data)) == expected


def test_a_write_behind_4096_bytes_is_cut_and_not_repeated(files):
    path = f"{CONTEXT}/monitoring_attrs/intervals/sample_us"
    assert write(files / path, b"0" * 4095 + b"78" + b"x" * (3 << 20)) == 4096
    assert (files / path).read_text() == "7\n"


def test_nothing_can_be_made_or_removed(files):
    there, not_there = files / KDAMONDS / "nr_kdamonds", files / KDAMONDS / "more"
    made = os.O_WRONLY | os.O_CREAT
    assert outcome(lambda: os.open(not_there, made)) == "EACCES"
    assert outcome(lambda: os.mkdir(not_there)) == "EPERM"
    assert outcome(lambda: os.mkdir(there)) == "EEXIST"
    assert outcome(lambda: os.mknod(not_there)) == "EPERM"
    assert outcome(lambda: os.symlink("x", not_there)) == "EPERM"
    assert outcome(lambda: os.link(there, not_there)) == "EPERM"
    assert outcome(lambda: os.unlink(there)) == "EPERM"
    assert outcome(lambda: os.unlink(not_there)) == "ENOENT"
    assert outcome(lambda: os.rmdir(files / KDAMONDS / "0")) == "EPERM"
    assert outcome(lambda: os.rmdir(there)) == "ENOTDIR"
    assert outcome(lambda: os.rename(there, not_there)) == "EPERM"
    assert outcome(lambda: os.chmod(there, 0o777)) == "EPERM"
    assert sorted(os.listdir(files / KDAMONDS)) == ["0", "nr_kdamonds"]


def test_opening_as_shells_and_editors_do_keeps_the_value(files):
    path = files / CONTEXT / "monitoring_attrs/intervals/sample_us"
    for flags in (os.O_TRUNC, os.O_CREAT, os.O_CREAT | os.O_TRUNC):
        os.close(os.open(path, os.O_WRONLY | flags))
    os.truncate(path, 0)
    os.truncate(path, 5)
    os.utime(path)
    assert path.read_text() == "5000\n"
    assert path.stat().st_size == 4096
    with path.open("w") as written:
        written.write("7000")
    assert path.read_text() == "7000\n"


def test_each_write_to_an_appending_file_begins_where_the_one_before_ended(tmp_path):
    system = machine("6.0")
    with mounted(system, tmp_path) as mount:
        place = mount.directory
        opened = os.open(place / "kernel/debug/damon/attrs", os.O_WRONLY | os.O_APPEND)
        assert os.write(opened, b"1000 2000 3000 4 50") == 19
        # debugfs takes what is written in one piece only.
        assert outcome(lambda: os.write(opened, b"1000 2000 3000 4 50")) == "EINVAL"
        os.close(opened)
        assert (place / "kernel/debug/damon/attrs").read_text() == "1000 2000 3000 4 50\n"


def test_reading_from_the_middle(files):
    opened = os.open(files / CONTEXT / "avail_operations", os.O_RDONLY)
    assert os.pread(opened, 2, 0) == b"va"
    assert os.pread(opened, 100, 2) == b"ddr\nfvaddr\npaddr\n"
    assert os.read(opened, 4096) == b"vaddr\nfvaddr\npaddr\n"
    assert os.read(opened, 4096) == b""
    os.close(opened)


def test_one_file_for_reading_and_writing(files):
    opened = os.open(files / KDAMONDS / "nr_kdamonds", os.O_RDWR)
    assert os.read(opened, 10) == b"1\n"
    assert os.pwrite(opened, b"3", 0) == 1
    assert os.pread(opened, 10, 0) == b"3\n"
    os.close(opened)
    assert outcome(lambda: os.open(files / KDAMONDS / "0/pid", os.O_RDWR)) == "EACCES"


def test_directories_come_and_go_at_once(files):
    count = files / KDAMONDS / "nr_kdamonds"
    for number in (2, 0, 3):
        write(count, str(number).encode())
        assert sorted(os.listdir(files / KDAMONDS)) == [*map(str, range(number)), "nr_kdamonds"]
        assert [(files / KDAMONDS / str(index) / "state").exists() for index in range(4)] == [
            index < number for index in range(4)
        ]


def test_an_open_file_outlives_its_directory(files):
    opened = os.open(files / CONTEXT / "operations", os.O_RDONLY)
    write(files / KDAMONDS / "nr_kdamonds", b"0")
    assert not (files / CONTEXT).exists()
    assert os.fstat(opened).st_size == 4096
    os.close(opened)


def test_numbers_of_files_stay_and_differ(files):
    paths = [files / path for path in ("kernel", STATE, f"{KDAMONDS}/0/pid", CONTEXT)]
    first = [path.stat().st_ino for path in paths]
    assert len(set(first)) == len(paths)
    with open(files / STATE, "wb", buffering=0):
        assert [path.stat().st_ino for path in paths] == first
    listed = {entry.name: entry.inode() for entry in os.scandir(files / KDAMONDS / "0")}
    assert listed["state"] == first[1]


def test_what_the_owner_may_do(files):
    assert os.access(files / KDAMONDS / "0/pid", os.R_OK)
    assert os.access(files / STATE, os.R_OK | os.W_OK)
    assert not os.access(files / STATE, os.X_OK)
    # As in /sys, root may by the permissions, and is refused when it opens the file.
    assert os.access(files / KDAMONDS / "0/pid", os.W_OK) == (os.getuid() == 0)
    assert os.access(files / CONTEXT, os.X_OK)


def test_what_is_running_can_not_be_removed(files, staged):
    assert write(files / STATE, b"on") == 2
    assert (files / STATE).read_text() == "on\n"
    assert int((files / KDAMONDS / "0/pid").read_text()) == staged.engine.kdamond_status(0).pid
    assert outcome(lambda: write(files / STATE, b"on")) == "EBUSY"
    assert outcome(lambda: write(files / KDAMONDS / "nr_kdamonds", b"0")) == "EBUSY"
    assert outcome(lambda: write(files / KDAMONDS / "nr_kdamonds", b"x")) == "EINVAL"
    assert write(files / STATE, b"off") == 3
    assert write(files / KDAMONDS / "nr_kdamonds", b"0") == 1


def test_a_full_directory_is_listed_whole(files):
    write(files / CONTEXT / "schemes/nr_schemes", b"1000")
    assert sorted(os.listdir(files / CONTEXT / "schemes")) == sorted([*map(str, range(1000)), "nr_schemes"])
