"""Every code block of the kernel's usage document of Linux 6.0 runs, and what it shows comes out of it."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.damotui.shell.shells import ADMIN, DOCUMENTED, Shell

DOCUMENT = Path(__file__).parents[2] / "data" / "kernel-docs" / "usage-6.0.rst"
FORMS = {
    "<target idx> <start address> <end address>",
    "<target access pattern> <action> <quota> <watermarks>",
    "min-size max-size min-acc max-acc min-age max-age",
    "<ms> <sz> <reset interval> <priority weights>",
    "<size weight> <access frequency weight> <age weight>",
    "<metric> <check interval> <high mark> <middle mark> <low mark>",
}
"""Blocks that say of what fields a line consists."""
ATTRS = "echo 5000 100000 1000000 10 1000 > attrs"
DEBUGFS_6_12 = "6.12"


@dataclass(frozen=True)
class Block:
    """A code block, with the indentation that it has in the document."""

    line: int
    text: str

    @property
    def kind(self):
        if re.search(r"^ *# ", self.text, re.MULTILINE):
            return "commands"
        return "figure" if "│" in self.text else "form"

    @property
    def printed(self):
        """What its commands print, as the document shows it; a `# ` in front of that is a slip."""
        lines, quoted = [], False
        for line in self.text.splitlines():
            bare = line.strip()
            inside, quoted = quoted, quoted ^ (bare.count('"') % 2 == 1)
            shown = bare.removeprefix("# ")
            if not inside and (not bare.startswith("# ") or re.match(r"ls: |attrs {2}", shown)):
                lines.append(shown)
        return lines


def blocks(text):
    """Each paragraph that ends in `::` has one behind it: the indented lines there."""
    found, lines = [], text.splitlines()
    for number, line in enumerate(lines):
        if not line.endswith("::") or line.startswith(".. "):
            continue
        block = []
        for following in lines[number + 1 :]:
            if following and not following.startswith("    "):
                break
            block.append(following)
        found.append(Block(number + 1, "\n".join(block).strip("\n") + "\n"))
    return found


BLOCKS = blocks(DOCUMENT.read_text("utf-8"))
COMMANDS = [block for block in BLOCKS if block.kind == "commands"]


def the(*words):
    """The one block of commands with these words."""
    [block] = [block for block in COMMANDS if all(word in block.text for word in words)]
    return block


SHORT = the("pidof <workload>")
SCHEME = the("watermarks/metric")
SET_ATTRS = the(ATTRS)
TARGETS = the("echo 42 4242")
PADDR = the("echo paddr > target_ids")
REGIONS = the('100" > init_regions')
SCHEMES = the('scheme+=" 0 0 100"')
ON_OFF = the("echo off > monitor_on", "cat monitor_on")
KDAMOND_PID = the("kdamond_pid", "18594")
MAKE = the("echo foo > mk_contexts")
REMOVE = the("echo foo > rm_contexts")
TRACE = the("perf script")


def test_all_blocks_are_known():
    assert {block.text.strip() for block in BLOCKS if block.kind == "form"} == FORMS
    assert len([block for block in BLOCKS if block.kind == "figure"]) == 1
    named = (SHORT, SCHEME, SET_ATTRS, TARGETS, PADDR, REGIONS, SCHEMES, ON_OFF, KDAMOND_PID, MAKE, REMOVE, TRACE)
    assert set(named) == set(COMMANDS)


@pytest.fixture
def shell():
    return Shell("6.0", DOCUMENTED)


def ran(shell, block):
    """What a block prints; it must succeed, and say nothing but notes."""
    said = shell.run(block.text)
    complaints = [line for line in said.err.splitlines() if not line.startswith("damotui: note: ")]
    assert (complaints, said.status) == ([], 0)
    return said.out.splitlines()


@pytest.mark.parametrize("kernel", ["5.19", "6.0", "6.1", "6.12", "6.18", "7.1", "next"])
def test_short_example_turns_monitoring_on(kernel):
    shell = Shell(kernel, DOCUMENTED)
    assert ran(shell, SHORT) == []
    said = shell.run("cat kdamonds/0/state kdamonds/0/pid kdamonds/0/contexts/0/targets/0/pid_target")
    state, pid, target = said.out.split()
    assert (state, target) == ("on", "42")
    assert int(pid) > 0


def test_short_example_is_told_the_real_names(shell):
    said = shell.run(SHORT.text)
    for name in ("nr_kdamonds", "nr_contexts", "nr_targets", "pid_target"):
        assert f"{name} is its name" in said.err
    assert said.err.count("\n") == 4


def in_figure():
    """Paths below `admin` that the figure shows, with 0 for each numbered directory."""
    [figure] = [block for block in BLOCKS if block.kind == "figure"]
    above, paths = [], set()
    for line in figure.text.splitlines()[1:]:
        bars = re.match(r"[ │]*", line)[0]
        depth, content = bars.count("│"), line[len(bars) :].strip()
        if content == "...":
            continue
        directory, _, files = content.rpartition("/")
        del above[depth - 1 :]
        above.append(directory)
        path = "/".join(part for part in above if part)
        paths.update("/".join(path.split("/")[:end]) for end in range(1, path.count("/") + 2))
        paths.update(f"{path}/{name}" for name in files.split(",") if name)
    return paths


@pytest.mark.parametrize("kernel", ["5.19", "6.0"])
def test_figure_shows_the_whole_tree(kernel):
    shell = Shell(kernel)
    context = f"{ADMIN}/kdamonds/0/contexts/0"
    said = shell.run(
        f"echo 1 > {ADMIN}/kdamonds/nr_kdamonds; echo 1 > {ADMIN}/kdamonds/0/contexts/nr_contexts;"
        f"echo 1 > {context}/targets/nr_targets; echo 1 > {context}/targets/0/regions/nr_regions;"
        f"echo 1 > {context}/schemes/nr_schemes"
    )
    assert said.err == ""
    there = {path.removeprefix("kernel/mm/damon/admin/") for path in shell.system.files.walk("kernel/mm/damon/admin")}
    assert in_figure() == there


@pytest.mark.parametrize("kernel", ["6.0", "7.1"])
def test_scheme_reads_back_as_written(kernel):
    shell = Shell(kernel, DOCUMENTED)
    assert ran(shell, SCHEME) == []
    behind_cd = SCHEME.text.partition("schemes/0\n")[2]
    written = {path: value for value, path in re.findall(r"# echo (\S+) > (\S+)$", behind_cd, re.MULTILINE)}
    assert written["quotas/bytes"] == "$((1024*1024*1024))"
    written["quotas/bytes"] = "1073741824"
    assert len(written) == 15
    files = [path.replace("access_patterns", "access_pattern") for path in written]
    said = shell.run(f"cat {' '.join(files)}")
    assert said.out.split() == [*written.values()]


def test_attrs_read_back(shell):
    assert ran(shell, SET_ATTRS) == SET_ATTRS.printed == ["5000 100000 1000000 10 1000"]


def test_target_ids_read_back(shell):
    assert ran(shell, TARGETS) == TARGETS.printed == ["42 4242"]


def test_physical_memory_is_one_target_called_42(shell):
    assert ran(shell, PADDR) == PADDR.printed == ["42"]


def test_initial_regions_of_two_targets(shell):
    ran(shell, TARGETS)
    assert ran(shell, REGIONS) == REGIONS.printed == ["42 4242"]
    assert shell.run("cat init_regions").out == "0 1 100\n0 100 200\n1 20 40\n1 50 100\n"


def test_initial_regions_need_the_targets(shell):
    said = shell.run(REGIONS.text)
    assert (said.out, said.err, said.status) == ("\n", "echo: write error: Invalid argument\n", 1)


def test_schemes_read_back_with_statistics(shell):
    assert ran(shell, SCHEMES) == []
    said = shell.run("cat schemes")
    assert said.out == "4096 8192 0 5 10 20 2 10 1073741824 1000 0 0 100 1 5000000 600 500 300 0 0 0 0 0\n"


def test_on_and_off(shell):
    ran(shell, TARGETS)
    assert ran(shell, ON_OFF) == ON_OFF.printed == ["off"]


def test_pid_of_the_kdamond(shell):
    ran(shell, TARGETS)
    *before, pid = ran(shell, KDAMOND_PID)
    assert before == KDAMOND_PID.printed[:-1] == ["off", "none"]
    assert int(pid) > 0
    assert shell.run(ATTRS).err == "echo: write error: Device or resource busy\n"


def test_contexts_come_and_go(shell):
    shell.run("cd <debugfs>/damon")
    said = shell.run(MAKE.text)
    missing, listed = MAKE.printed
    assert (said.err, said.status) == (f"{missing}\n", 0)
    assert said.out.split() == listed.split() == ["attrs", "init_regions", "kdamond_pid", "schemes", "target_ids"]
    said = shell.run(REMOVE.text)
    assert (said.out, said.err, said.status) == ("", f"{REMOVE.printed[0]}\n", 2)


def test_tracepoint_is_recorded(shell):
    ran(shell, TARGETS)
    lines = ran(shell, TRACE)
    assert len(lines) > 100
    form = r"kdamond\.0 +\d+ \[000\] +\d\.\d{6}: damon:damon_aggregated: target_id=[01] nr_regions=\d+ \d+-\d+: \d+ \d+"
    assert [line for line in lines if not re.fullmatch(form, line)] == []
    assert {line.split()[4] + line.split()[5] for line in lines} >= {"damon:damon_aggregated:target_id=0"}
    times_us = sorted({round(float(line.split()[3].rstrip(":")) * 1_000_000) for line in lines})
    assert times_us == [*range(times_us[0], 5_000_001, 100_000)]
    assert times_us[0] <= 100_000


def test_in_one_session_in_the_order_of_the_document():
    shell = Shell("6.0", DOCUMENTED)
    for block in (SHORT, SCHEME, SET_ATTRS, PADDR, TARGETS, REGIONS, SCHEMES, ON_OFF):
        said = shell.run(block.text)
        assert said.err.replace("damotui: note: ", "").count("write error") == 0
        assert (said.status, said.out.splitlines()) == (0, block.printed)
        shell.run(f"echo off > {ADMIN}/kdamonds/0/state 2> /dev/null")
    for block in (TARGETS, KDAMOND_PID, TRACE, MAKE, REMOVE):
        shell.run(block.text)
    assert shell.run("cat monitor_on").out == "off\n"


def test_monitor_on_has_another_name_from_6_9_on():
    shell = Shell(DEBUGFS_6_12, DOCUMENTED)
    ran(shell, TARGETS)
    said = shell.run(ON_OFF.text)
    assert (said.out, said.status) == ("off\n", 0)
    assert "monitor_on_DEPRECATED is its name" in said.err


@pytest.mark.parametrize("kernel", ["6.18", "7.1", "next"])
def test_kernels_without_debugfs_tell_which_have_it(kernel):
    said = Shell(kernel, DOCUMENTED).run("cd <debugfs>/damon")
    assert said.status == 1
    assert "cd: /sys/kernel/debug/damon: No such file or directory\n" in said.err
    assert f"ended with Linux 6.14, and this is {kernel}: start with --kernel 5.19, 6.0, 6.1 or 6.12" in said.err
