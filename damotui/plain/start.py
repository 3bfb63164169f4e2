"""`damotui --plain`, from its options to its exit code."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator

from damotui.exits import BAD_INPUT, OK, say
from damotui.options import AppOptions
from damotui.plain.desk import Desk
from damotui.plain.status import machine_lines, scheme_lines, status_lines
from damotui.plain.words import COMMANDS, Leave, perform
from damotui.render.ascii_text import spelled
from damotui.session.live import clock
from damotui.shell.prompt import Keyboard, edit_lines
from damotui.user_setup import user_setup
from engine.errors import InputError

_EVERY_US = 1_000_000
_DELIMITERS = " \t\n"


def run_plain(options: AppOptions) -> int:
    """Serve commands from a prompt or a pipe, or tell what happens for a while.

    Returns:
        The exit code.

    Raises:
        InputError: an option can't be used, or the engine can't be made.
    """
    setup = user_setup(options)
    for note in setup.experiment.notes:
        say(note)
    desk = Desk(setup)
    if options.duration_us is not None:
        _print(desk.start())
        return watch(desk, options.duration_us, options.every_us or _EVERY_US)
    desk.truths.need("plain")
    if sys.stdin is None or not sys.stdin.isatty():
        _print(desk.start())
        return _obey(desk, sys.stdin or ())
    with Keyboard() as keyboard:
        _print(desk.start(lambda: keyboard.pressed))
        return _converse(desk, keyboard)


def watch(desk: Desk, duration_us: int, every_us: int, sleep: Callable[[float], None] = time.sleep) -> int:
    """Tell again and again how everything stands, at the speed of the session.

    Args:
        desk: that has been started.
        duration_us: simulated time after which it ends.
        every_us: simulated time between two tellings.
        sleep: waits for so many seconds.
    """
    begun_s, begun_us = time.monotonic(), desk.now_us
    end_us = begun_us + duration_us
    while desk.now_us < end_us:
        _print(desk.run(min(every_us, end_us - desk.now_us)))
        due_s = begun_s + (desk.now_us - begun_us) / 1e6 / desk.setup.speed
        sleep(max(due_s - time.monotonic(), 0.0))
        _print([*block(desk), ""])
    return OK


def block(desk: Desk) -> Iterator[str]:
    """All figures of this moment."""
    yield from status_lines(desk, desk.kdamonds)
    for index in desk.kdamonds:
        if desk.seen.live.schemes(index):
            yield from scheme_lines(desk, index)
    yield from machine_lines(desk, min(desk.kdamonds, default=0))


def _obey(desk: Desk, lines: Iterable[str]) -> int:
    """Do what the lines of a file say, up to the first that can't be done."""
    for number, line in enumerate(lines, 1):
        try:
            _print(perform(line, desk))
        except Leave:
            return OK
        except InputError as error:
            say(f"line {number}: {error}")
            return BAD_INPUT
    return OK


def _converse(desk: Desk, keyboard: Keyboard) -> int:
    """Do what is typed, until there is no more."""
    edit_lines(lambda line, begin, text: _completions(desk, line[:begin], text), _DELIMITERS)
    _print(
        [
            f"The DAMON of Linux {desk.setup.kernel.name} on a simulated machine that runs {desk.setup.workload.name}.",
            "Time passes only when it is told to, as by run 10s. help lists the commands, quit ends.",
        ]
    )
    while True:
        try:
            line = keyboard.ask(f"{clock(desk.now_us)} > ")
        except EOFError:
            _print([""])
            return OK
        except KeyboardInterrupt:
            _print([""])
            continue
        try:
            _print(perform(line, desk, lambda: keyboard.pressed))
        except Leave:
            return OK
        except InputError as error:
            _print([f"error: {error}"])


def _completions(desk: Desk, before: str, text: str) -> list[str]:
    """What a word can become: a command, or behind one a node of the tree."""
    if not before.strip():
        return [f"{name} " for name in COMMANDS if name.startswith(text)]
    from damotui.plain.places import places

    names = places(desk.session.staged)
    words = dict.fromkeys([*names, *(name.rpartition(".")[2] for name in names)])
    return [f"{name} " for name in words if name.startswith(text)]


def _print(lines: Iterable[str]) -> None:
    """Print at once, in signs that any reader knows: a line must not wait until all are there."""
    for line in lines:
        print(spelled("".join(sign if sign.isprintable() else "." for sign in line)))
    sys.stdout.flush()
