"""cd, pwd, ls, tree, cat and echo, with the words of a real system for what fails."""

import subprocess

import pytest

from damotui.shell.places import Place
from damotui.shell.session import Manner
from tests.damotui.shell.shells import ADMIN, Shell, say

ONE = f"cd {ADMIN}; echo 1 > kdamonds/nr_kdamonds; "

LONG = """\
drwxr-xr-x 2 root root     0 contexts
-r-------- 1 root root  4096 pid
-rw------- 1 root root  4096 refresh_ms
-rw------- 1 root root  4096 state
"""


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("pwd", "/\n"),
        ("cd /sys/kernel/mm; pwd; cd ..; pwd; cd; pwd; cd -; cd ./mm/./damon/..; pwd",
         "/sys/kernel/mm\n/sys/kernel\n/\n/sys/kernel\n/sys/kernel/mm\n"),
        ("cd sys; cd ../../..; pwd; echo $PWD $OLDPWD", "/\n/ /sys\n"),
        ("ls; ls /; ls /sys/kernel/mm", "dev\nsys\ndev\nsys\ndamon\n"),
        (f"ls {ADMIN}/", "kdamonds\n"),
        (f"cd {ADMIN}/kdamonds; ls . nr_kdamonds", "nr_kdamonds\n\n.:\nnr_kdamonds\n"),
        (f"ls -d {ADMIN}", f"{ADMIN}\n"),
        (ONE + "ls -l kdamonds/0", LONG),
        (ONE + "ls -R kdamonds/0/contexts", "kdamonds/0/contexts:\nnr_contexts\n"),
        (ONE + "tree .", ".\n└── kdamonds\n    ├── 0\n    │   ├── contexts\n    │   │   └── nr_contexts\n"
         "    │   ├── pid\n    │   ├── refresh_ms\n    │   └── state\n    └── nr_kdamonds\n"),
        (ONE + "cat kdamonds/nr_kdamonds kdamonds/0/state", "1\noff\n"),
        (ONE + "cd kdamonds/0; cat ../nr_kdamonds", "1\n"),
        (ONE + "cd kdamonds/0; echo 1 > ../nr_kdamonds; cat state", "off\n"),
        (ONE + "cd kdamonds/0/contexts; cat ../../nr_kdamonds > nr_contexts; cat nr_contexts", "1\n"),
        (ONE + "echo -n 2 > kdamonds/nr_kdamonds; cat kdamonds/nr_kdamonds", "2\n"),
        (ONE + "echo 2 >> kdamonds/nr_kdamonds; cat < kdamonds/nr_kdamonds", "2\n"),
        (ONE + "> kdamonds/nr_kdamonds; echo -n > kdamonds/nr_kdamonds; cat kdamonds/nr_kdamonds", "1\n"),
        ("echo -n a; echo -ne 'b\\n'; echo -e 'c\\td\\x41\\0102\\\\\\q\\c e'; echo; echo -E 'f\\n'; echo -z -n",
         "ab\nc\tdAB\\\\q\nf\\n\n-z -n\n"),
        ("echo", "\n"),
    ],
)  # fmt: skip
def test_output(text, out):
    said = say(text)
    assert (said.out, said.err) == (out, "")


@pytest.mark.parametrize(
    ("text", "err", "status"),
    [
        ("cd /nothing", "cd: /nothing: No such file or directory", 1),
        ("cd kdamonds/nr_kdamonds", "cd: kdamonds/nr_kdamonds: Not a directory", 1),
        ("cd a b", "cd: too many arguments", 1),
        ("ls foo", "ls: cannot access 'foo': No such file or directory", 2),
        ("ls kdamonds/nr_kdamonds/", "ls: cannot access 'kdamonds/nr_kdamonds/': Not a directory", 2),
        ("ls -z", "ls: invalid option -- 'z'", 2),
        ("cat foo", "cat: foo: No such file or directory", 1),
        ("cat kdamonds", "cat: kdamonds: Is a directory", 1),
        ("cat kdamonds/0/state/x", "cat: kdamonds/0/state/x: Not a directory", 1),
        ("cat kdamonds/9/../0/state", "cat: kdamonds/9/../0/state: No such file or directory", 1),
        ("cat ''", "cat: : No such file or directory", 1),
        ("cat", "cat: nothing is typed into it here: name a file", 1),
        ("echo x > kdamonds/nr_kdamonds", "echo: write error: Invalid argument", 1),
        ("echo 99999999999 > kdamonds/nr_kdamonds", "echo: write error: Numerical result out of range", 1),
        ("cat kdamonds/0/state > kdamonds/nr_kdamonds", "cat: write error: Invalid argument", 1),
        ("echo on > kdamonds/9/state", "kdamonds/9/state: No such file or directory", 1),
        ("echo on > kdamonds/0/pid", "kdamonds/0/pid: Permission denied", 1),
        ("echo on > kdamonds/0/new", "kdamonds/0/new: Permission denied", 1),
        ("echo on > kdamonds/0", "kdamonds/0: Is a directory", 1),
        ("echo on > kdamonds/0/new/", "kdamonds/0/new/: Permission denied", 1),
        ("echo on > kdamonds/0/state/x", "kdamonds/0/state/x: Not a directory", 1),
        ("echo on > /new", "/new: Read-only file system", 1),
        ("echo off > kdamonds/0/state", "echo: write error: Invalid argument", 1),
        ("echo 1 > " + "a/" * 3000, "File name too long", 1),
        ("cat " + "a" * 300, "File name too long", 1),
        ("foo", "foo: command not found", 127),
        ("./foo", "./foo: No such file or directory", 127),
        ("./kdamonds", "./kdamonds: Is a directory", 126),
        ("kdamonds/nr_kdamonds", "kdamonds/nr_kdamonds: Permission denied", 126),
        ("''", ": command not found", 127),
        ("tree foo", "", 2),
        ("cat /sys/trace", "time stands while it is read", 0),
        ("help foo", "there is no word 'foo' here", 1),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_failure(text, err, status):
    shell = Shell()
    shell.run(ONE)
    said = shell.run(text)
    assert said.status == status
    assert said.err.endswith(f"{err}\n") if err.isascii() and ":" in err and "a/" not in text else err in said.err
    assert said.err.count("\n") <= 1


def test_a_command_goes_on_with_what_there_is():
    said = say(ONE + "cat foo kdamonds/nr_kdamonds bar; ls foo kdamonds")
    assert said.out == "1\nkdamonds:\n0\nnr_kdamonds\n"
    assert said.err.count("\n") == 3
    assert said.status == 2


def test_working_directory_may_go():
    shell = Shell()
    shell.run(ONE + "cd kdamonds/0; echo 0 > ../nr_kdamonds")
    assert shell.run("ls; cat state; echo 1 > state; cd .").err.count("No such file or directory") == 4
    said = shell.run("cat ../nr_kdamonds; cd ..; pwd")
    assert (said.out, said.err) == (f"0\n{ADMIN}/kdamonds\n", "")


def test_why_the_kernel_refuses_is_said_to_someone_who_looks():
    shell = Shell(manner=Manner(explains=True))
    said = shell.run(ONE + "echo foo > kdamonds/0/state")
    assert said.err.startswith("echo: write error: Invalid argument\ndamotui: note: ")
    assert "on, off, commit" in said.err


def test_a_note_about_a_misprint_is_made_once():
    said = say(f"cd {ADMIN}; echo 1 > kdamonds/nr; echo 1 > kdamonds/nr; cat kdamonds/nr")
    assert said.out == "1\n"
    assert said.err == f"damotui: note: there is no {ADMIN}/kdamonds/nr: nr_kdamonds is its name, and is used\n"


@pytest.mark.parametrize(
    ("misprint", "name"),
    [
        ("schemes/nr", "nr_schemes"),
        ("targets/nr", "nr_targets"),
        ("targets/0/regions/nr", "nr_regions"),
        ("targets/0/pid", "pid_target"),
        ("schemes/0/access_patterns/sz/min", "access_pattern"),
        ("schemes/0/quotas/goals/nr", "nr_goals"),
    ],
)
def test_misprints_lead_to_the_real_file(misprint, name):
    shell = Shell()
    shell.run(ONE + "echo 1 > kdamonds/0/contexts/nr_contexts; cd kdamonds/0/contexts/0")
    shell.run("echo 1 > targets/nr_targets; echo 1 > schemes/nr_schemes")
    said = shell.run(f"echo 3 > {misprint} && cat {misprint}")
    assert (said.out, said.status) == ("3\n", 0)
    assert f"{name} is its name" in said.err


def test_what_is_no_misprint_stays_missing():
    said = say(ONE + "cat kdamonds/0/nr pid; ls stat; cd /nr; cat /sys/nr; ls kdamonds/0/states")
    assert said.err.count("No such file or directory") == 6 - 1
    assert "is its name" in said.err  # states
    assert Place("/dev/null", None).in_tree is None


@pytest.mark.parametrize("text", ["ls <debugfs>", "cat <debugfs>/damon/attrs", "echo on > <debugfs>/damon/monitor_on"])
def test_missing_debugfs_is_explained(text):
    said = say(text, kernel="6.18")
    assert said.err.startswith("damotui: note: /sys/kernel/debug")
    assert "start with --kernel 5.19, 6.0, 6.1 or 6.12\n" in said.err
    assert "No such file or directory" in said.err
    assert "debugfs" not in say("cat /sys/kernel/debug/foo", kernel="6.12").err


def test_help_tells_of_every_word():
    said = say("help")
    assert all(
        f"\n  {word} " in f"\n{said.out}" for word in ("cd", "ls", "cat", "echo", "sleep", "perf", "tree", "exit")
    )
    assert all(len(line) <= 100 for line in f"{said.out}{say('help perf echo').out}".splitlines())
    assert say("help kill").out == "kill [-9|-KILL|-TERM|...] PID...\n    Ends simulated processes, perf among them.\n"


@pytest.mark.parametrize(
    "text",
    [
        r"printf %s '/a\x2d b'",
        r"printf '%s|%d\n' a 5 b -7",
        r"printf '%d%%\t\\%s\n' 05",
        "printf '' a b",
        "printf plain",
    ],
)
def test_printf_prints_what_bash_prints(text):
    bash = subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=True)
    assert say(text).out == bash.stdout


def test_printf_refuses_what_it_does_not_know():
    assert say("printf").err == "printf: usage: printf FORMAT [ARG...]\n"
    assert say("printf %q x").err == "printf: %q: invalid format: %s, %d and %% are known here\n"
    said = say("printf %d q")
    assert (said.out, said.err, said.status) == ("0", "printf: q: invalid number\n", 1)
