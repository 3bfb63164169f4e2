"""All lessons that are shipped can be taken, show what they say, and leave out nothing of the document's examples."""

import json
import re
from itertools import pairwise

import pytest

from damotui.cli import run_command
from damotui.guide.library import all_lessons, lesson_names, load_lesson
from damotui.guide.page import page
from damotui.guide.plain import play
from damotui.guide.run import LessonRun
from engine.errors import InputError
from tests.damotui.shell.test_document import COMMANDS, DOCUMENT


@pytest.mark.parametrize("name", lesson_names())
def test_what_should_be_seen_after_each_step_is_seen(name):
    lesson, said = load_lesson(name), []
    assert play(lesson, said.append), "\n".join(said)
    text = "\n".join(said)
    assert lesson.title in text and f"Linux {lesson.kernel}" in text
    for number, step in enumerate(lesson.steps, 1):
        assert f"{number}/{len(lesson.steps)} {step.title}" in said
        for line in step.commands.splitlines()[:1]:
            assert f"    # {line}" in said
    checks = sum(len(step.checks) for step in lesson.steps)
    assert sum(line.startswith("  ok  ") for line in said) == checks > 0
    assert "{found}" not in text and "  NOT" not in text


def test_lessons_come_in_an_order_of_their_own():
    lessons = all_lessons()
    assert len({lesson.place for lesson in lessons}) == len(lessons)
    assert [lesson.name for lesson in lessons[:3]] == ["sysfs", "regions", "tracepoint"]
    assert sorted(lesson.name for lesson in lessons) == lesson_names()


def headlines(text):
    """What is underlined."""
    lines = text.splitlines()
    return {
        line for line, under in pairwise(lines) if line and re.fullmatch(r"=+|-+|~+", under) and len(under) == len(line)
    }


def test_sections_are_headlines_of_the_document():
    named = {step.section for lesson in all_lessons() for step in lesson.steps if step.section}
    found = headlines(DOCUMENT.read_text("utf-8"))
    assert named - found == set()
    assert {"schemes/<N>/quotas/", "schemes/<N>/watermarks/", "Target IDs", "Attributes", "Schemes"} <= named


def bare(line):
    """A command line without prompt, comment and blanks that mean nothing."""
    return " ".join(re.sub(r"\s# .*$", "", re.sub(r"^\s*# ", "", line)).split())


def test_every_command_of_the_document_is_typed_in_a_lesson():
    typed = {bare(line) for lesson in all_lessons() for step in lesson.steps for line in step.commands.splitlines()}
    shown = {bare(line) for block in COMMANDS for line in block.text.splitlines() if re.match(r"^\s*# |\s+[01] ", line)}
    printed = {
        "ls: cannot access 'foo': No such file or directory",
        "attrs init_regions kdamond_pid schemes target_ids",
    }
    # What the document writes for its own root, and a place that the lesson is at already.
    known = {"cd <debugfs>/damon", "cd /sys/kernel/mm/damon/admin/"} | printed
    missing = {line for line in shown - typed - known if not line.startswith("#")}
    assert missing == set()


def test_a_page_has_the_commands_before_they_are_typed():
    run = LessonRun(load_lesson("debugfs"))
    text = "\n".join(text for _, text in page(run, lambda name: f"<{name}>"))
    assert "# echo 5000 100000 1000000 10 1000 > attrs" in text
    assert text.endswith("<lesson_next> types this")


class TestCommand:
    def test_lists_them(self, capsys):
        assert run_command(["lessons"]) == 0
        text = capsys.readouterr().out
        for lesson in all_lessons():
            assert re.search(rf"^{lesson.name} +{re.escape(lesson.title)} \(", text, re.MULTILINE)
        assert "damotui --lesson NAME" in text

    def test_lists_them_for_programs(self, capsys):
        assert run_command(["lessons", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert [one["name"] for one in told] == [lesson.name for lesson in all_lessons()]
        assert told[0]["steps"][0]["section"] == "kdamonds/"

    def test_plays_one_as_text(self, capsys):
        assert run_command(["lessons", "--plain", "debugfs_contexts"]) == 0
        text = capsys.readouterr().out
        assert "    # echo foo > mk_contexts\n" in text
        assert "  ok  2 threads run.\n" in text

    def test_fails_where_something_is_not_as_told(self, capsys, monkeypatch):
        from damotui.guide import lesson_file

        broken = 'title = "t"\nabout = "a"\nplace = 1\nkernel = "6.0"\nworkload = "stairs"\n[[steps]]\ntitle = "s"\n'
        broken += 'text = "x"\ncommands = "echo 1"\n[[steps.checks]]\nsees = "It is {found}."\nsays = "2"\n'
        whole = lesson_file.parse_lesson
        monkeypatch.setattr(lesson_file, "parse_lesson", lambda text, name: whole(broken, name))
        assert run_command(["lessons", "--plain", "filters"]) == 1
        assert "  NOT It is 1. Wanted is 2.\n" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--plain", "filtrs"], "there is no lesson 'filtrs': did you mean filters?"),
            (["--plain", "filters", "--json"], "--plain: 'filters' can't be given together with --json"),
        ],
    )
    def test_refuses_in_a_sentence(self, arguments, said):
        with pytest.raises(InputError, match=re.escape(said)):
            run_command(["lessons", *arguments])
