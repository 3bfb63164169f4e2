"""What all files have in common, and which there are (specification section 12)."""

from __future__ import annotations

import pytest

from engine.debugfs.files import MOST_BYTES
from engine.files.errors import FileError
from engine.files.nodes import Directory
from engine.versions import RELEASES
from tests.engine.debugfs.face import Face

OLD = ["attrs", "init_regions", "kdamond_pid", "mk_contexts", "monitor_on", "rm_contexts", "schemes", "target_ids"]


@pytest.mark.parametrize(
    ("kernel", "names"),
    [
        ("5.19", OLD),
        ("6.1", OLD),
        ("6.12", sorted([*(set(OLD) - {"monitor_on"}), "DEPRECATED", "monitor_on_DEPRECATED"])),
    ],
)
def test_each_kernel_has_its_files(kernel: str, names: list[str]) -> None:
    face = Face(kernel)
    assert face.files.list("") == names


@pytest.mark.parametrize("kernel", ["6.1", "6.12"])
def test_files_are_for_their_owner_have_no_size_and_say_what_they_are_for(kernel: str) -> None:
    face = Face(kernel)
    face.write("mk_contexts", "foo")
    for path in face.files.walk():
        stat, node = face.files.stat(path), face.files.node(path)
        assert (stat.mode, stat.size) == (0o755 if isinstance(node, Directory) else 0o600, 0), path
        assert len(node.about.meaning) > 10, path
        assert node.about.since in RELEASES, path


def test_what_can_be_written_says_what_it_accepts() -> None:
    face = Face("6.12")
    fixed = {name for name in face.files.list("") if not face.files.about(name).accepts}
    assert fixed == {"kdamond_pid", "DEPRECATED"}


@pytest.mark.parametrize("path", ["mk_contexts", "rm_contexts"])
def test_commands_can_not_be_read(path: str) -> None:
    assert Face().error(path) == "EINVAL"


@pytest.mark.parametrize("text", ["", "1"])
def test_some_can_not_be_written(text: str) -> None:
    assert Face().error("kdamond_pid", text) == "EINVAL"
    assert Face("6.12").error("DEPRECATED", text) == "EINVAL"


def test_a_notice_says_that_the_interface_will_go() -> None:
    text = Face("6.12").read("DEPRECATED")
    assert "DAMON_SYSFS" in text and text.endswith("\n")


@pytest.mark.parametrize("path", ["attrs", "init_regions", "schemes", "target_ids", "monitor_on", "mk_contexts"])
def test_writing_begins_at_the_beginning(path: str) -> None:
    face = Face()
    opened = face.files.open(path, write=True)
    with pytest.raises(FileError) as raised:
        opened.write(b"paddr", 1)
    assert raised.value.name == "EINVAL"


def test_an_echo_of_two_lines_that_comes_in_two_pieces_fails_at_the_second() -> None:
    face = Face()
    face.write("target_ids", "42")
    opened = face.files.open("init_regions", write=True)
    assert opened.write(b"0 1 100\n", 0).result() == 8
    with pytest.raises(FileError, match="Invalid argument"):
        opened.write(b"0 100 200\n", 8)
    assert face.read("init_regions") == "0 1 100\n"


def test_so_much_can_be_written() -> None:
    face = Face()
    face.write("target_ids", b"42 " + b" " * (MOST_BYTES - 4))
    assert face.read("target_ids") == "42\n"
    assert face.error("target_ids", b" " * MOST_BYTES) == "ENOMEM"


def test_pieces_of_a_file() -> None:
    face = Face()
    opened = face.files.open("attrs")
    assert opened.read(4, 0) == b"5000"
    assert opened.read(100, 5) == b"100000 60000000 10 1000\n"
    assert opened.read(100, 29) == b""
    opened.close()


def test_an_open_file_shows_what_is_there_when_it_is_read() -> None:
    face = Face()
    opened = face.files.open("target_ids")
    face.write("target_ids", "42")
    assert opened.read(100, 0) == b"42\n"
