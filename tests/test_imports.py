"""What is imported for what, as seen in `sys.modules` of a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def modules_after(code):
    """The modules that are loaded after `code`, without those that Python has at its start."""
    script = f"""
import sys
before = set(sys.modules)
try:
{code}
except SystemExit as end:
    assert not end.code, end.code
names = sorted(set(sys.modules) - before)
import json
print(json.dumps(names), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def modules_of_command(*arguments):
    return modules_after(f"    from damotui.launch import main\n    assert main({list(arguments)!r}) == 0")


def packages(modules):
    return {module.partition(".")[0] for module in modules}


def test_version_needs_nothing_but_the_launcher():
    modules = modules_of_command("--version")
    ours = {module for module in modules if packages({module}) == {"damotui"}}
    assert ours == {"damotui", "damotui.launch", "damotui.exits", "damotui.import_guard"}
    assert packages(modules - ours) <= sys.stdlib_module_names
    assert modules.isdisjoint({"argparse", "dataclasses", "importlib.metadata", "inspect", "re", "typing"})


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("--seed", "1", "--help")])
def test_help_of_the_app_needs_only_the_standard_library(arguments):
    assert packages(modules_of_command(*arguments)) <= sys.stdlib_module_names | {"damotui", "engine"}


@pytest.mark.parametrize(
    "command", ["record", "report", "shell", "mount", "serve", "workloads", "presets", "lessons", "config", "bench"]
)
def test_help_of_a_command_needs_neither_textual_nor_numpy(command):
    assert packages(modules_of_command(command, "--help")).isdisjoint({"numpy", "rich", "textual"})


@pytest.mark.parametrize("command", ["workloads", "presets", "lessons"])
def test_what_is_shipped_is_listed_without_numpy_and_textual(command):
    assert packages(modules_of_command(command)).isdisjoint({"numpy", "textual"})


def test_engine_brings_no_front_end():
    modules = packages(modules_after("    import engine.engine, engine.records, engine.config.damo_json"))
    assert modules <= sys.stdlib_module_names | {"engine", "numpy"}


def test_themes_bring_neither_engine_nor_front_end():
    modules = packages(modules_after("    import themes.loader"))
    assert modules.isdisjoint({"engine", "damotui", "textual"})


@pytest.mark.parametrize(
    "module",
    [
        "damotui.headless",
        "damotui.formats",
        "damotui.reports.heatmap_text",
        "damotui.session.document",
        "damotui.plain.start, damotui.plain.found",
    ],
)
def test_what_works_without_the_app_does_not_bring_textual(module):
    assert "textual" not in packages(modules_after(f"    import {module}"))


def test_the_app_brings_files_and_events_when_they_are_asked_for():
    modules = modules_after("    import damotui.app, damotui.scene")
    later = {"engine.system", "engine.sysfs", "engine.debugfs", "engine.trace", "damotui.pacer.faces"}
    later |= {"damotui.screens.files", "damotui.screens.trace", "damotui.screens.side_screen", "damotui.formats"}
    assert "damotui.screens.main" in modules
    assert modules.isdisjoint(later)
