"""The language of the shell: quotes, variables, substitutions, lists of commands, and what is no part of it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from damotui.shell.lexer import DEEPEST
from damotui.shell.session import Manner
from tests.damotui.shell.shells import ADMIN, Shell, say


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("echo a  b", "a b\n"),
        ("echo 'a  b' \"c  d\"", "a  b c  d\n"),
        ("echo a\\ \\ b \\# \\' \\\"", "a  b # ' \"\n"),
        ("echo a \\\n  b", "a b\n"),
        ("echo 'a\nb'", "a\nb\n"),
        ('echo "a\nb\\\nc"', "a\nbc\n"),
        ("echo a # b", "a\n"),
        ("echo a#b", "a#b\n"),
        ("x=5; echo $x ${x}y \"$x\" '$x' \\$x", "5 5y 5 $x $x\n"),
        ("x='a  b'; echo $x; echo \"$x\"", "a b\na  b\n"),
        ("x=1; x+=2; echo $x", "12\n"),
        ('x+=2; x="$x $((x * 3))"; echo $x', "2 6\n"),
        ('x=; echo [$x] $y["$x"]', "[] []\n"),
        ('echo $((1024*4)) "$((2 + (3)))" $(( $(echo 4) * 2 ))', "4096 5 8\n"),
        ("x=3; echo $((x * $x))", "9\n"),
        ('echo $(echo a; echo b) "$(echo c; echo d)"', "a b c\nd\n"),
        ("echo $(echo $(echo deep))", "deep\n"),
        ('echo `echo a` "`echo \\`echo b\\``"', "a b\n"),
        ("echo $(\necho a\n\necho b # c\n)", "a b\n"),
        ("x=1; y=$(x=2; echo $x); echo $x $y", "1 2\n"),
        ("cd /sys; echo $(cd /; pwd) $(pwd)", "/ /sys\n"),
        ("echo '<sysfs>' \"<debugfs>\" <sysfs>/kernel", "<sysfs> /sys/kernel/debug /sys/kernel\n"),
        ("echo <workload>", "shifter\n"),
        ("echo $ $% a$", "$ $% a$\n"),
        ("echo \"\" '' | cat", " \n"),
        ("echo a;echo b;", "a\nb\n"),
        ("true && echo a || echo b", "a\n"),
        ("false && echo a || echo b", "b\n"),
        ("false || true && echo c", "c\n"),
        ("true &&\n\n# between\n echo a", "a\n"),
        ("! false && echo a", "a\n"),
        ("echo a | cat | cat", "a\n"),
        ("echo a |\ncat", "a\n"),
        ("false; echo $?; true; echo $?; nothing 2> /dev/null; echo $?", "1\n0\n127\n"),
        ("x=$(false); echo $?; x=5; echo $?", "1\n0\n"),
        ("x=1 y=2; echo $x$y", "12\n"),
        ("x=1 echo [$x]", "[]\n"),
        ("echo a > /dev/null; echo b 2> /dev/null", "b\n"),
        ("nothing 2>&1 | cat", "nothing: command not found\n"),
        ("nothing &> /dev/null; nothing >& /dev/null; echo $?", "127\n"),
        ("> /dev/null echo a; echo b", "b\n"),
        ("cat < /dev/null; echo a | cat - | cat", "a\n"),
        ("echo 2>/dev/null 2", "2\n"),
        ("echo a2>/dev/null", ""),
        ("echo a;;", ""),
        ("echo 'µ' \"é\" ü", "µ é ü\n"),
    ],
)
def test_output(text, out):
    assert say(text).out == out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cd kdamonds; echo *", "0 1 2 nr_kdamonds"),
        ("echo kdamonds/[01]", "kdamonds/0 kdamonds/1"),
        (f"echo {ADMIN}/kdamonds/?", " ".join(f"{ADMIN}/kdamonds/{n}" for n in range(3))),
        ("echo k*/1/s*e", "kdamonds/1/state"),
        ("echo kdamonds/*/nothing", "kdamonds/*/nothing"),
        ('echo \'*\' "*" \\* kdamonds/"*"', "* * * kdamonds/*"),
        ("x='kdamonds/[12]'; echo $x \"$x\"", "kdamonds/1 kdamonds/2 kdamonds/[12]"),
        ("echo kdamonds/nr_kdamonds/*", "kdamonds/nr_kdamonds/*"),
        ("echo nothing/*", "nothing/*"),
    ],
)
def test_patterns_of_file_names(text, found):
    said = say(f"cd {ADMIN}; echo 3 > kdamonds/nr_kdamonds; {text}")
    assert (said.out, said.err) == (f"{found}\n", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("echo 'a", "unexpected EOF while looking for matching `''"),
        ('echo "a', "unexpected EOF while looking for matching `\"'"),
        ("echo $(echo a", "unexpected EOF while looking for matching `)'"),
        ("echo $((1", "unexpected EOF while looking for matching `))'"),
        ("echo $((1)", "syntax error near unexpected token `)'"),
        ("echo `a", "unexpected EOF while looking for matching ``'"),
        ("&& a", "syntax error near unexpected token `&&'"),
        ("echo a && ; b", "syntax error near unexpected token `;'"),
        ("echo a && # b", "syntax error: unexpected end of file"),
        ("echo >", "syntax error near unexpected token `newline'"),
        ("a ;; b", "syntax error near unexpected token `;;'"),
        ("; a", "syntax error near unexpected token `;'"),
        ("a & & b", "syntax error near unexpected token `&'"),
        ("(echo a)", "there are no subshells here"),
        ("echo)", "syntax error near unexpected token `)'"),
        ("cat << END", "there are no here documents here"),
        ("x=(1 2)", "there are no arrays here"),
        ("echo ${x:-a}", "${x:-a}: bad substitution"),
        ("for i in 1; do echo; done", "`for' is not among the words of this shell: see help"),
        ("if true; then echo; fi", "`if' is not among the words of this shell"),
        ("echo " + "$(" * 500 + "echo" + ")" * 500, f"more than {DEEPEST} substitutions are nested"),
        ("echo " + "$((" * 500, f"more than {DEEPEST} substitutions are nested"),
        ('echo "$(echo "' * 500, f"more than {DEEPEST} substitutions are nested"),
        ("echo " + "a" * (1 << 20), "a line of more than 1048576 characters is too long"),
        ("echo '" + "a\n" * (1 << 20), "a command of more than 1048576 characters is too long"),
    ],
    ids=lambda value: value[:30],
)
def test_syntax_error_ends_a_script_with_2(text, words):
    behind = "" if "end of file" in words else "\necho behind"
    said = say(f"echo before\n{text}{behind}")
    assert (said.out, said.status) == ("before\n", 2)
    assert words in said.err
    assert said.err.count("\n") == 1


def test_prompt_goes_on_after_a_syntax_error():
    said = Shell(manner=Manner(interactive=True)).run("echo )\necho $?")
    assert (said.out, said.status) == ("2\n", 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("echo $((1 / 0))", "1 / 0: division by 0"),
        ("x=$((2 +))", "operand expected"),
        ("echo a > ''", ": No such file or directory"),
        ("echo a > /dev/null$x/b", "/dev/null/b: Not a directory"),
        ("x='a b'; echo a > $x", "a b: ambiguous redirect"),
        ("echo a > $x", ": ambiguous redirect"),
        ("echo a >&3", "3: Bad file descriptor"),
        ("echo a | cat < /nothing", "/nothing: No such file or directory"),
        ("x=a" + "; x+=$x" * 30, "a value of more than 4194304 characters is too long"),
    ],
    ids=lambda value: value[:30],
)
def test_command_that_fails_leaves_the_rest(text, words):
    said = say(f"{text}\necho $?")
    assert words in said.err
    assert said.out == "1\n"


def test_status_is_that_of_the_last_command():
    assert say("true; nothing").status == 127
    assert say("nothing; true").status == 0
    assert say("").status == 0
    assert say("false | true").status == 0
    assert say("true | false").status == 1


def test_errors_of_a_script_name_it_and_the_line():
    said = Shell(manner=Manner(name="try.sh")).run(f"\nnothing\n\necho x > {ADMIN}/kdamonds/nr_kdamonds\ncd /no\n")
    assert said.err.splitlines() == [
        "try.sh: line 2: nothing: command not found",
        "try.sh: line 4: echo: write error: Invalid argument",
        "try.sh: line 5: cd: /no: No such file or directory",
    ]


def test_only_single_commands_run_in_the_background():
    said = say("true && sleep 1 &\n")
    assert (said.err, said.status) == ("only a single command can run in the background here\n", 2)


def test_many_commands_on_a_line():
    assert say("true;" * 20_000 + "echo a").out == "a\n"
    assert say("true && " * 20_000 + "echo a").out == "a\n"


@settings(deadline=None, max_examples=200)
@given(st.text("ab x=1+$(){}[]<>'\"`\\&|;#*?\n/!~-", max_size=60))
@example("$(`")
@example('"$((\\')
@example("`\\")
def test_anything_typed_is_answered(text):
    said = Shell.run(SHARED, text)
    assert 0 <= said.status <= 255


SHARED = Shell()
