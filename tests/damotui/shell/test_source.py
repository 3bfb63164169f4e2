"""Which lines are commands: in scripts, in texts copied from documents and terminals, and at a prompt."""

import pytest

from damotui.shell.session import Manner
from damotui.shell.source import Typed
from damotui.shell.words import WORDS
from tests.damotui.shell.shells import Shell, say

SCRIPT_WITH_A_COMMENT_LIKE_A_COMMAND = """\
# cd to nowhere, and
# echo something
echo a
# echo b
nothing
"""
TRANSCRIPT = """\
    # # what is here
    # cd /sys
    # ls: this is no command
    # echo "a
    # b"
    a
    # b
    nothing
    $ pwd
    /sys
    # x=5
    # echo $x; pwd
"""


def test_a_script_has_comments():
    said = say(SCRIPT_WITH_A_COMMENT_LIKE_A_COMMAND)
    assert (said.out, said.err, said.status) == ("a\n", "nothing: command not found\n", 127)


def test_of_a_copied_text_what_commands_printed_is_passed_over():
    said = say(TRANSCRIPT)
    assert (said.out, said.err) == ("a\n    # b\n/sys\n5\n/sys\n", "")


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("# echo a", "a\n"),
        ("  $ echo a\nb\n", "a\n"),
        ("$ echo a\n# echo b\nc\n", "a\nb\n"),
        ("\n# just words\n\n# echo a\nb", "a\n"),
        ("# just words\n", ""),
        ("# echo a\necho b", "b\n"),
        ("#echo a\n# x=1", ""),
        ("#!/bin/sh\n# echo a\n\necho b", "b\n"),
        ("echo a\n$ echo b\n# echo c", "a\nb\n"),
        ("# echo a\nprinted\n# echo 'b\n# echo c'\n", "a\nb\n# echo c\n"),
        ("", ""),
        ("\n\n", ""),
    ],
)
def test_prompts_and_comments(text, out):
    said = say(text)
    assert (said.out, said.err) == (out, "")


def test_commands_of_an_endless_script_run_as_they_come():
    read = []

    def lines():
        for line in ("# a comment\n", "echo a\n", "exit 3\n", "echo b\n"):
            read.append(line)
            yield line

    from damotui.shell.source import Lines

    said = Shell().run("", lines=Lines(lines(), WORDS.__contains__))
    assert (said.out, said.status) == ("a\n", 3)
    assert read[-1] == "exit 3\n"


def typed(*answers, interrupted=lambda: False):
    """A source that gets these answers one after the other; an exception is raised."""
    prompts = []
    waiting = list(answers)

    def ask(prompt):
        prompts.append(prompt)
        answer = waiting.pop(0) if waiting else EOFError()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return Typed(ask, lambda: "now # ", WORDS.__contains__, interrupted), prompts


def converse(*answers):
    source, prompts = typed(*answers)
    shell = Shell(manner=Manner(interactive=True))
    return shell.run("", lines=source), prompts


def test_copied_prompts_may_be_typed():
    said, prompts = converse("# echo a", "$ echo b", "# no command", "#echo c", "echo d")
    assert (said.out, said.err) == ("a\nb\nd\n", "")
    assert prompts == ["now # "] * 6


def test_a_command_is_asked_for_until_it_is_complete():
    said, prompts = converse("echo 'a", "b'", "true &&", "echo c")
    assert said.out == "a\nb\nc\n"
    assert prompts == ["now # ", "> ", "now # ", "> ", "now # "]


def test_end_within_a_command():
    said, prompts = converse("echo 'a", EOFError(), "echo b")
    assert (said.out, said.status) == ("b\n", 0)
    assert "unexpected EOF" in said.err
    assert len(prompts) == 4


def test_interrupt_abandons_the_line():
    said, prompts = converse("echo 'a", KeyboardInterrupt(), "echo $?", KeyboardInterrupt())
    assert (said.out, said.err, said.status) == ("130\n", "\n\n", 130)
    assert prompts == ["now # ", "> ", "now # ", "now # ", "now # "]


def test_a_block_is_pasted_as_a_whole():
    said, prompts = converse("# echo a\nnothing\n# echo 'b", "c'", "echo d")
    assert (said.out, said.err) == ("a\nb\n\nc\nd\n".replace("\n\n", "\n"), "")
    assert prompts == ["now # ", "> ", "now # ", "now # "]


def test_what_was_pasted_is_dropped_with_an_interrupt():
    pressed = []
    source, _ = typed("echo a\necho b\necho c", interrupted=lambda: bool(pressed))
    assert source.begin() == "echo a\n"
    pressed.append(True)
    assert source.begin() is None


def test_script_ends_at_an_interrupt():
    presses = iter([False, False, True])
    said = Shell(interrupted=lambda: next(presses)).run("echo a\necho b\necho c\necho d")
    assert (said.out, said.status) == ("a\nb\n", 130)
