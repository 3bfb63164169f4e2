"""The files mk_contexts and rm_contexts, and the directories that they make (specification section 12)."""

from __future__ import annotations

import pytest

from engine.files.errors import FileError
from tests.engine.debugfs.face import COUNT_ALL, Face

ROOT = ["attrs", "init_regions", "kdamond_pid", "mk_contexts", "monitor_on", "rm_contexts", "schemes", "target_ids"]
CONTEXT = ["attrs", "init_regions", "kdamond_pid", "schemes", "target_ids"]


def test_the_example_of_the_usage_document() -> None:
    face = Face()
    assert face.files.list("") == ROOT
    face.write("mk_contexts", "foo\n")
    assert face.files.list("") == sorted([*ROOT, "foo"])
    assert face.files.list("foo") == CONTEXT
    face.write("rm_contexts", "foo\n")
    assert face.files.list("") == ROOT


def test_a_new_context_has_defaults_and_is_on_its_own() -> None:
    face = Face()
    face.write("attrs", "1 2 3 4 5")
    face.write("mk_contexts", "foo")
    assert face.read("foo/attrs") == "5000 100000 60000000 10 1000\n"
    face.write("foo/target_ids", "42")
    face.write("foo/schemes", COUNT_ALL)
    assert (face.read("target_ids"), face.read("schemes")) == ("\n", "")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "EINVAL"),
        ("\0", "EINVAL"),
        ("\n", "EACCES"),
        (".", "EACCES"),
        ("..", "EACCES"),
        ("/", "EACCES"),
        ("a/b", "EACCES"),
        ("foo", "EEXIST"),
        ("foo bar", "EEXIST"),
        ("attrs", "EEXIST"),
        ("monitor_on", "EEXIST"),
        ("n" * 256, "ENAMETOOLONG"),
    ],
)
def test_names_that_are_not_taken(text: str, error: str) -> None:
    face = Face()
    face.write("mk_contexts", "foo")
    assert face.error("mk_contexts", text) == error
    assert face.files.list("") == sorted([*ROOT, "foo"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  a b\n", "a"),
        ("...", "..."),
        (".a", ".a"),
        ("n" * 255, "n" * 255),
        ("é".encode(), "é"),
        (b"a\xffb", "a\\xffb"),
        ("FOO", "FOO"),
    ],
)
def test_one_word_names_a_context(text: str | bytes, name: str) -> None:
    face = Face()
    face.write("mk_contexts", text)
    assert face.files.list("") == sorted([*ROOT, name])
    face.write("rm_contexts", text)
    assert face.files.list("") == ROOT


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "EINVAL"),
        ("nosuch", "ENOENT"),
        ("\n", "ENOENT"),
        ("..", "ENOENT"),
        (".", "ENOENT"),
        ("foo/attrs", "ENOENT"),
        ("attrs", "EINVAL"),
        ("rm_contexts", "EINVAL"),
    ],
)
def test_what_is_no_context_is_not_removed(text: str, error: str) -> None:
    face = Face()
    face.write("mk_contexts", "foo")
    assert face.error("rm_contexts", text) == error
    assert face.files.list("") == sorted([*ROOT, "foo"])


def test_while_running_words_are_looked_at_first() -> None:
    face = Face()
    face.write("mk_contexts", "foo")
    face.write("target_ids", "42")
    face.write("foo/target_ids", "42")
    face.write("monitor_on", "on")
    for path in ("mk_contexts", "rm_contexts"):
        assert [face.error(path, text) for text in ("", "foo", "..", "attrs")] == ["EINVAL", "EBUSY", "EBUSY", "EBUSY"]


def test_all_contexts_run_and_stop_together_each_with_a_kdamond() -> None:
    face = Face()
    face.write("mk_contexts", "foo")
    face.write("target_ids", "42")
    assert face.error("monitor_on", "on") == "EINVAL"
    assert face.read("monitor_on") == "off\n"
    face.write("foo/target_ids", "paddr\n")
    face.write("foo/attrs", "1000 200000 1000000 5 50")
    face.write("monitor_on", "on")
    pids = [face.read("kdamond_pid"), face.read("foo/kdamond_pid")]
    assert "none\n" not in pids and len(set(pids)) == 2
    first, second = face.engine.snapshot().kdamonds
    assert first.config is not None and second.config is not None
    assert (first.config.contexts[0].ops, second.config.contexts[0].ops) == ("vaddr", "paddr")
    assert second.config.contexts[0].nr_regions.min == 5
    face.write("monitor_on", "off")
    assert [face.read("kdamond_pid"), face.read("foo/kdamond_pid")] == ["none\n", "none\n"]


def test_statistics_stay_with_their_context_when_one_before_it_is_removed() -> None:
    face = Face()
    face.write("mk_contexts", "foo")
    face.write("mk_contexts", "bar")
    for path in ("", "foo/", "bar/"):
        face.write(f"{path}target_ids", "paddr")
    face.write("bar/init_regions", "0 4096 8192")
    face.write("bar/schemes", COUNT_ALL)
    face.write("monitor_on", "on")
    face.engine.advance(200_000)
    face.write("monitor_on", "off")
    face.write("rm_contexts", "foo")
    face.write("bar/init_regions", "0 4096 8192")
    face.write("monitor_on", "on")
    face.engine.advance(100_000)
    assert face.stats(path="bar/schemes") == [3, 3 * 4096, 0, 0, 0]


def test_open_files_of_a_removed_context_are_dead() -> None:
    face = Face()
    face.write("mk_contexts", "foo")
    opened = face.files.open("foo/attrs")
    face.write("rm_contexts", "foo")
    face.write("mk_contexts", "foo")
    with pytest.raises(FileError, match="Input/output error"):
        opened.read(100, 0)
    with pytest.raises(FileError, match="Input/output error"):
        opened.write(b"1 2 3 4 5", 0)
    assert face.read("foo/attrs") == "5000 100000 60000000 10 1000\n"
