"""Where nothing may be mounted, and what is said then: one sentence, and exit code 2."""

import os

import pytest

from damotui.launch import main
from damotui.mount import device, place
from damotui.mount.place import checked_place, mounted_on
from engine.errors import InputError

linux = pytest.mark.skipif(not os.path.exists("/proc/self/mountinfo"), reason="there is no list of mounts here")


@pytest.fixture
def files(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "precious").write_text("kept")
    (tmp_path / "file").write_text("kept")
    (tmp_path / "way").symlink_to("/sys/kernel")
    return tmp_path


@linux
@pytest.mark.parametrize(
    "name, words",
    [
        ("missing", ["does not exist", "mkdir"]),
        ("file", ["not a directory"]),
        ("full", ["not empty"]),
        ("file/below", ["not a directory"]),
        ("way", ["own kernel"]),
        ("/sys", ["own kernel"]),
        ("/sys/kernel/mm/damon/admin", ["own kernel"]),
        ("/sys/kernel/nothing", ["own kernel"]),
        ("/proc/self", ["own kernel"]),
        ("/dev/pts", ["own kernel"]),
    ],
)
def test_places_that_are_refused(name, words, files, capsys):
    assert main(["mount", str(files / name)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("damotui: ")
    assert said.err.count("\n") == 1
    for word in (str(files / name)[:40], *words):
        assert word in said.err
    assert (files / "full" / "precious").read_text() == "kept"


@linux
def test_an_empty_directory_is_taken_by_its_whole_path(files, monkeypatch):
    monkeypatch.chdir(files)
    (files / "link").symlink_to("empty")
    for name in ("empty", "./empty/", "link"):
        assert checked_place(place.Path(name)) == str(files / "empty")
    assert mounted_on(str(files / "empty")) is None


@linux
def test_names_in_the_list_of_mounts_are_read_as_they_are(tmp_path, monkeypatch):
    listed = tmp_path / "mountinfo"
    listed.write_text(
        "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
        "30 22 0:40 / /a\\040b rw,nosuid shared:7 master:1 - fuse.damotui damotui rw\n"
        "31 22 0:41 / /a\\040b rw - tmpfs none rw\n"
    )
    monkeypatch.setattr(place, "_MOUNTS", listed)
    assert mounted_on("/a b") == place.Mount("0:41", "/a b", "tmpfs")
    assert mounted_on("/a") is None


def refused(capsys, *arguments):
    assert main(["mount", *arguments]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    return said.err


@linux
def test_a_machine_without_fuse(files, capsys, monkeypatch):
    monkeypatch.setattr(device, "_DEVICE", files / "nothing")
    assert "modprobe fuse" in refused(capsys, str(files / "empty"))


@linux
def test_a_device_that_can_not_be_opened(files, capsys, monkeypatch):
    monkeypatch.setattr(device, "_DEVICE", files / "empty")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "can't be opened (Is a directory)" in refused(capsys, str(files / "empty"))


@linux
def test_a_user_without_the_helper(files, capsys, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(files / "empty"))
    monkeypatch.setattr(device, "_DEVICE", files / "file")
    assert "fusermount3, of the package fuse3" in refused(capsys, str(files / "empty"))


@linux
def test_what_the_helper_says_is_passed_on(files, capsys, monkeypatch):
    helper = files / "bin" / "fusermount3"
    helper.parent.mkdir()
    helper.write_text("#!/bin/sh\necho fusermount3: not allowed here >&2\nexit 1\n")
    helper.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(helper.parent))
    monkeypatch.setattr(device, "_DEVICE", files / "file")
    assert "fusermount3: not allowed here" in refused(capsys, str(files / "empty"))


def test_other_systems(monkeypatch, tmp_path):
    monkeypatch.setattr(device.sys, "platform", "darwin")
    with pytest.raises(InputError, match="needs Linux"):
        device.mount(str(tmp_path))


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], ["'DIR'"]),
        (["--speed", "0"], ["--speed", "'0'"]),
        (["--kernel", "5.0"], ["'5.0'", "6.12"]),
        (["--process", "x:1"], ["--process", "'x:1'"]),
        (["--preset", "nothing"], ["--preset", "'nothing'"]),
        (["--seed", "-1"], ["--seed", "'-1'"]),
    ],
)
def test_options_that_can_not_be_used(arguments, words, files, capsys):
    given = [str(files / "empty"), *arguments] if arguments else []
    said = refused(capsys, *given)
    for word in words:
        assert word in said
