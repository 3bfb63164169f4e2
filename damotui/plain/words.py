"""The table of commands, and how a line becomes one of them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from damotui.commands import suggestion
from damotui.plain import editing, kdamonds, status, telling, tree
from damotui.plain.desk import Desk
from damotui.plain.lines import fact
from damotui.plain.places import node_at
from engine.errors import InputError, shown

LONGEST = 4096
"""Characters of a line that is read."""
_WIDTH = 80


class Leave(Exception):
    """The user has had enough."""


@dataclass(frozen=True, slots=True)
class Call:
    """One command, as it was given."""

    desk: Desk
    words: str
    """What follows its name."""
    interrupted: Callable[[], bool]
    """Whether it is to end where it is."""


Deed = Callable[[Call], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Command:
    """A word that something is done by."""

    name: str
    usage: str
    """What follows it."""
    help: str
    deed: Deed


def perform(line: str, desk: Desk, interrupted: Callable[[], bool] = lambda: False) -> Iterator[str]:
    """Do what a line says; an empty one, and one that begins with #, say nothing.

    Args:
        line: a command and what follows it.
        desk: what it works on.
        interrupted: asked while time passes whether that is to end.

    Raises:
        InputError: it can't be done.
        Leave: it was `quit`.
    """
    if len(line) > LONGEST:
        raise InputError(f"this line has {len(line):,} characters, and no command has more than {LONGEST:,}")
    word, _, rest = line.strip().partition(" ")
    if word and not word.startswith("#"):
        yield from command(word).deed(Call(desk, rest.strip(), interrupted))


def command(word: str) -> Command:
    """The command of a name, or of the beginning of one.

    Raises:
        InputError: there is none, or there are several.
    """
    if word.lower() in COMMANDS:
        return COMMANDS[word.lower()]
    begun = [name for name in COMMANDS if name.startswith(word.lower())]
    if len(begun) == 1:
        return COMMANDS[begun[0]]
    if begun:
        raise InputError(f"{shown(word)} could be any of {', '.join(begun)}: say more of it")
    raise InputError(f"{shown(word)} is no command: {suggestion(word.lower(), COMMANDS)}")


def _status(call: Call) -> Iterator[str]:
    chosen = [kdamonds.index_in(call.desk, call.words, "status")] if call.words else call.desk.kdamonds
    yield from status.status_lines(call.desk, chosen)


def _schemes(call: Call) -> Iterator[str]:
    chosen = [kdamonds.index_in(call.desk, call.words, "schemes")] if call.words else call.desk.kdamonds
    for index in chosen:
        yield from status.scheme_lines(call.desk, index)


def _machine(call: Call) -> Iterator[str]:
    index = kdamonds.index_in(call.desk, call.words, "machine") if call.words else min(call.desk.kdamonds, default=0)
    yield from status.machine_lines(call.desk, index)
    yield from status.memory_lines(call.desk)


def _tree(call: Call) -> Iterator[str]:
    words = call.words.split()
    whole = words[-1:] == ["all"]
    name = " ".join(words[:-1] if whole else words)
    at = node_at(call.desk.session.staged, name) if name else ()
    yield from tree.tree_lines(call.desk, at, whole=whole or bool(name))


def _heatmap(call: Call) -> Iterator[str]:
    from damotui.plain.found import heatmap_lines

    words = call.words.split()
    draw = "all" if words[-1:] == ["all"] else "hottest"
    name = " ".join(words[:-1] if draw == "all" else words)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH
    index = kdamonds.index_in(call.desk, name, "heatmap")
    yield from heatmap_lines(call.desk, index, width=width, draw=draw)


def _regions(call: Call) -> Iterator[str]:
    from damotui.plain.found import region_lines

    yield from region_lines(call.desk, *_kdamond_and_filter(call))


def _figures(call: Call) -> Iterator[str]:
    from damotui.plain.found import figure_lines

    yield from figure_lines(call.desk, *_kdamond_and_filter(call))


def _kdamond_and_filter(call: Call) -> tuple[int, str]:
    first, _, rest = call.words.partition(" ")
    named = first.isdecimal()
    index = kdamonds.index_in(call.desk, first if named else "", "regions")
    return index, rest if named else call.words


def _tune(call: Call) -> Iterator[str]:
    from damotui.plain.found import tune_lines
    from damotui.session.tuning.tuned import first_scheme

    session = call.desk.session
    at = node_at(session.staged, call.words) if call.words else ()
    path = first_scheme(session, at)
    if path is None:
        raise InputError("there is no scheme to tune: add scheme adds one")
    yield from tune_lines(call.desk, path)


def _advice(call: Call) -> Iterator[str]:
    from damotui.plain.found import advice_lines, advice_on

    index = kdamonds.index_in(call.desk, call.words, "advice")
    yield from advice_lines(advice_on(call.desk, index))


def _help(call: Call) -> Iterator[str]:
    if call.words:
        one = command(call.words)
        yield fact(f"{one.name} {one.usage}".strip(), one.help)
        return
    for one in COMMANDS.values():
        yield fact(f"{one.name} {one.usage}".strip(), one.help)
    yield "A command may be shortened as long as no other begins like it; # begins a comment."


def _quit(call: Call) -> Iterator[str]:
    raise Leave


def _carry(name: str) -> Deed:
    return lambda call: telling.carry(call.desk, name, call.words)


_PATH = "PATH names a node of the tree by what tells it from others: aggr_us, scheme 1 age.min, kdamond 0"

_TABLE = (
    Command("status", "[K]", "time, speed, memory, and the figures of all kdamonds or of one", _status),
    Command("tree", "[PATH] [all]", f"what is staged, with all that is at its default if asked for. {_PATH}", _tree),
    Command("set", "PATH VALUE", "stage a value", lambda call: editing.set_value(call.desk, call.words)),
    Command(
        "add",
        "[WHAT] [at PATH]",
        "stage a kdamond, scheme, target, filter …; alone, it lists what there is",
        lambda call: editing.add(call.desk, call.words),
    ),
    Command("remove", "PATH", "stage the removal of an entry", lambda call: editing.remove(call.desk, call.words)),
    Command("undo", "", "take back the last edit", lambda call: editing.undo(call.desk)),
    Command("redo", "", "do again what was taken back", lambda call: editing.redo(call.desk)),
    Command("history", "", "all edits", lambda call: tree.history_lines(call.desk)),
    Command("diff", "", "what is staged and not committed", lambda call: tree.diff_lines(call.desk)),
    Command(
        "commit",
        "[K]",
        "give what is staged to one kdamond, or to all that differ",
        lambda call: kdamonds.commit(call.desk, call.words),
    ),
    Command("on", "[K]", "start a kdamond", lambda call: kdamonds.turn_on(call.desk, call.words)),
    Command("off", "[K]", "stop a kdamond", lambda call: kdamonds.turn_off(call.desk, call.words)),
    Command(
        "run",
        "TIME",
        "let simulated time pass, such as 10s",
        lambda call: kdamonds.run(call.desk, call.words, call.interrupted),
    ),
    Command("heatmap", "[K] [all]", "access rates as digits: time down, addresses across", _heatmap),
    Command(
        "regions", "[K] [FILTER]", "the regions of the newest aggregation, such as regions size > 2M age > 5s", _regions
    ),
    Command("figures", "[K] [FILTER]", "what these regions add up to: by rate, age, idle time, over time", _figures),
    Command("schemes", "[K]", "what schemes did, and what limits them", _schemes),
    Command("machine", "[K]", "what schemes have won and cost, memory, and processes", _machine),
    Command("tune", "[PATH]", "what the staged values of a scheme would match now", _tune),
    Command("advice", "[K]", "whether the intervals suit what is found", _advice),
    Command(
        "whatif",
        "",
        "let a branch B begin with what is staged; or compare both, while one runs",
        lambda call: kdamonds.whatif(call.desk),
    ),
    Command("branch", "A|B", "turn to a branch of the what-if", lambda call: kdamonds.turn_to(call.desk, call.words)),
    Command("keep", "A|B", "end the what-if with that branch", lambda call: kdamonds.keep(call.desk, call.words)),
    Command("kill", "PID", "end a process", lambda call: kdamonds.kill(call.desk, call.words)),
    Command("start", "", "run the workload as one more process", lambda call: kdamonds.start_process(call.desk)),
    Command("restart", "", "begin again at time 0", lambda call: kdamonds.restart(call.desk)),
    Command(
        "explain",
        "[PATH|FIGURE]",
        "what something means; alone, it lists the figures",
        lambda call: telling.explain(call.desk, call.words),
    ),
    Command("damo", "[PATH]", "the options of damo that start the same", _carry("damo")),
    Command("json", "[PATH]", "the config as damo's JSON", _carry("json")),
    Command("sysfs", "[PATH]", "the config as a shell script for sysfs", _carry("sysfs")),
    Command("debugfs", "[PATH]", "the config as a shell script for debugfs", _carry("debugfs")),
    Command(
        "load",
        "FILE|PRESET",
        "stage kdamonds of damo's JSON, or a preset, in place of all",
        lambda call: editing.load(call.desk, call.words),
    ),
    Command("save", "[FILE]", "save the session", lambda call: editing.save(call.desk, call.words)),
    Command("help", "[COMMAND]", "this", _help),
    Command("quit", "", "end", _quit),
)
COMMANDS = {command.name: command for command in _TABLE}
"""By name, in the order of the help."""
