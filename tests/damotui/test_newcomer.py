"""A newcomer's way through the app, with nothing but keys: from an empty tree to a tuned scheme that damo can start.

The keys are listed in tests/data/newcomer.md. After a change that is meant: UPDATE_SCREENS=1 lists them anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import pytest

from damotui.formats import FORMATS, carried
from damotui.options import AppOptions
from damotui.session.templates import new_kdamond
from damotui.setup import load_setup
from engine.config.damo_json import kdamonds_from_json
from engine.config.model import ULONG_MAX, AccessPattern, Kdamond, Range, Scheme
from engine.errors import InputError
from engine.units import parse_bytes
from engine.versions import DEFAULT_KERNEL, kernel_version
from tests.damotui.tmux import Tmux

ROOT = Path(__file__).parents[2]
LISTED = ROOT / "tests" / "data" / "newcomer.md"
MOST_KEYS = 45
MANY_REFAULTS, FEW_REFAULTS = 10_000, 100
"""Pages per second: of a scheme that takes out what is in use, and of one that may stay."""
LEAST_SAVED = 100 << 20
"""Bytes that it must save all the same."""


@dataclass(frozen=True)
class Step:
    """What a newcomer wants, what they press, and what the screen shows then."""

    aim: str
    keys: tuple[str, ...]
    shown: Callable[[str], bool]


def says(pattern: str) -> Callable[[str], bool]:
    """Whether a screen has something that matches."""
    return lambda text: re.search(pattern, text) is not None


def refaults(text: str) -> float:
    """Pages per second, as a screen has them; -1 where it does not say."""
    found = re.search(r"refaults (?:[^,\n]*, *)?([\d.,]+)( [kM])?/s", text)
    return float(found[1].replace(",", "")) * {None: 1, " k": 1e3, " M": 1e6}[found[2]] if found else -1


def saved(text: str) -> int:
    """Bytes, as a screen has them; -1 where it does not say."""
    found = re.search(r"saved +([\d.,]+ \wi?B)", text)
    return parse_bytes(found[1]) if found else -1


def thrashes(text: str) -> bool:
    return "0 pageout active" in text and refaults(text) > MANY_REFAULTS


def is_good(text: str) -> bool:
    return "age.min: 2 → 50" in text and 0 <= refaults(text) < FEW_REFAULTS and saved(text) > LEAST_SAVED


STEPS = (
    Step("Begin with an empty tree", (), says("there is no kdamond: a adds one")),
    Step("Add a kdamond …", ("a",), says("kdamond vaddr")),
    Step("… for virtual memory: it comes with a context and a target", ("Enter",), says("context 0(.|\n)*target 0")),
    Step("Add in it …", ("a",), says("context  at the end|scheme  in context 0")),
    Step("… a scheme …", ("Down", "Enter"), says("stat: everything")),
    Step("… that only counts, and is about all memory", ("Down",) * 5 + ("Enter",), says(r"stat everything \*")),
    Step("Set its values:", ("A",), says("new: c commits")),
    Step("take out", ("Right",) * 3, says("pageout, scheme 0")),
    Step("what no check found accessed", ("Down",) * 4 + ("^",), says(r"nr_accesses.max +0 ")),
    Step("for 200 ms", ("Down", "Right", "Right"), says(r"age.min +2 200 ms")),
    Step("Start the kdamond with what is staged", ("s",), says("as committed")),
    Step("Let time pass as fast as it goes", ("m",), says(" max ")),
    Step("See in the statistics what the scheme does: it refaults all the time", ("Escape",), thrashes),
    Step("Tune it, where it is seen what would match:", ("A",), says(r"matches +[\d.]+ \w+ of ")),
    Step("only what was not accessed for 5 s", ("Down",) * 5 + ("5", "0", "Enter"), says(r"matches .* committed ")),
    Step("Commit, and watch until it refaults no more, and saves memory", ("c",), is_good),
    Step("Carry it to damo", ("Y",), says(r"damo start \\")),
    Step("Copy the command", ("y",), says("to the clipboard")),
    Step("Save it …", ("X",), says("Save the damo command to")),
    Step("… by the name that is proposed", ("Enter",), says("saved to damon-damo")),
    Step("Go back …", ("Escape",), says("start/stop")),
)
LEAVE = Step("… and leave", ("q",), lambda text: True)

_NAMES = {"Down": "↓", "Right": "→", "Escape": "Esc"}


def keys_in_words(keys: tuple[str, ...]) -> str:
    """`↓` ×4 `^`."""
    runs = ((_NAMES.get(key, key), len(list(run))) for key, run in groupby(keys))
    return " ".join(f"`{key}`" + f" ×{count}" * (count > 1) for key, count in runs)


def listed(steps: tuple[Step, ...]) -> str:
    """The steps as Markdown."""
    count = sum(len(step.keys) for step in steps)
    rows = [f"| {step.aim} | {keys_in_words(step.keys)} |" for step in steps if step.keys]
    head = f"From `damotui --preset none --workload leak` to a tuned scheme that damo can start: {count} keys."
    return "\n".join([head, "", "| What you want | Keys |", "|---|---|", *rows, ""])


def tuned() -> tuple[Kdamond, ...]:
    """What is built on the way."""
    pattern = AccessPattern(Range(0, ULONG_MAX), Range(0, 0), Range(50, ULONG_MAX))
    made = new_kdamond()
    return (replace(made, contexts=(replace(made.contexts[0], schemes=(Scheme("pageout", pattern),)),)),)


def arrives_in_damo(command: str) -> bool:
    """Whether real damo, in memory, makes of it what is built on the way."""
    from tests.conformance.test_damo_formats import settled, with_no_limits, with_processes, words_of

    words = words_of("".join(line for line in command.splitlines(True) if not line.startswith("#")))
    program = [sys.executable, "-m", "tests.conformance.damo_in_memory"]
    request = json.dumps({"kernel": DEFAULT_KERNEL, "words": words}) + "\n"
    answer = subprocess.run(program, cwd=ROOT, input=request, capture_output=True, text=True, timeout=60, check=True)
    found, asked = kdamonds_from_json(json.loads(answer.stdout)["kdamonds"]), settled(with_processes(tuned()))
    return settled(with_no_limits(found, asked)) == asked


def test_an_empty_tree_is_asked_for_by_name(tmp_path):
    assert load_setup(AppOptions(preset="None")).kdamonds == ()
    file = tmp_path / "kdamonds.json"
    with pytest.raises(InputError, match="--preset: 'none' can't be used together with --kdamonds"):
        load_setup(AppOptions(preset="none", kdamonds=file))


def test_the_keys_are_listed_and_no_more_than_stated():
    text = listed((*STEPS, LEAVE))
    if os.environ.get("UPDATE_SCREENS"):
        LISTED.write_text(text, "utf-8")
    assert LISTED.read_text("utf-8") == text
    assert sum(len(step.keys) for step in (*STEPS, LEAVE)) <= MOST_KEYS


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_from_an_empty_tree_to_a_command_for_damo(tmp_path):
    environment = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CONFIG", "STATE", "DATA", "CACHE")}
    program = [sys.executable, "-m", "damotui", "--preset", "none", "--workload", "leak"]
    with Tmux(program, (120, 40), environment | {"PYTHONPATH": str(ROOT)}, tmp_path) as terminal:
        for step in STEPS:
            terminal.press(*step.keys)
            terminal.until(step.shown, step.aim)
        copied = terminal.clipboard
        terminal.press(*LEAVE.keys)
        assert terminal.exit_code() == 0
        assert terminal.keys <= MOST_KEYS
    (file,) = tmp_path.glob("damon-damo*.sh")
    command = file.read_text("utf-8")
    assert command == copied
    assert command.endswith(carried(FORMATS["damo"], tuned(), kernel_version(DEFAULT_KERNEL)).text)
    if find_spec("damo") is not None:
        assert arrives_in_damo(command)
