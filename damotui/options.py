"""What the app is started with, and the parser of its own options.

The options are read before typer, textual or numpy are imported, so that `damotui --help` and a mistyped option are
answered at once.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from damotui import __version__
from damotui.commands import COMMANDS, RUN, suggestion
from engine.errors import InputError, shown

DEFAULT_WORKLOAD = "stairs"


@dataclass(frozen=True, slots=True)
class AppOptions:
    """What a user asked the app to start with; the names are not looked up yet."""

    workload: str | None = None
    """Name of a library workload, or path of a masim file; None takes that of the settings, or `DEFAULT_WORKLOAD`."""
    kdamonds: Path | None = None
    """damo's kdamonds JSON; None, and no preset, stands for `damotui.defaults.default_kdamonds`."""
    preset: str | None = None
    """Name of a preset instead of such a file; `none` stands for no kdamonds."""
    kernel: str | None = None
    """Release whose DAMON is simulated; None stands for the newest known."""
    seed: int = 0
    speed: float | None = None
    """Simulated seconds per second, infinite for as fast as it goes; None takes that of the settings, or 1."""
    theme: str | None = None
    """None leaves the choice to the app."""
    loop: bool = True
    """Start the workload again when it ends."""
    memory_bytes: int | None = None
    """Memory of the simulated machine; None stands for what the workload asks for."""
    node_bytes: tuple[int, ...] | None = None
    """Memory of each of its NUMA nodes, instead of `memory_bytes`."""
    swap_bytes: int | None = None
    """None stands for as much as there is memory."""
    config: Path | None = None
    """File of settings in place of the user's own."""
    use_config: bool = True
    """Whether any settings are read."""
    session: Path | None = None
    """File of a session to go on with, in place of all that makes a new one."""
    replay: bool = True
    """Whether that goes on where it was, and does not begin at time 0."""
    lesson: str | None = None
    """Name of a lesson to take, on a machine of its own."""
    mouse: bool = True
    """Whether the app may take the mouse, if the settings let it."""
    plain: bool = False
    """Whether there is no app, but lines of text."""
    duration_us: int | None = None
    """Simulated time that these tell of by themselves; None takes commands instead."""
    every_us: int | None = None
    """How often they do; None stands for a second."""


def parse_app_options(arguments: Sequence[str]) -> AppOptions:
    """Read the command line of `damotui [run] [OPTIONS]`, without the program's name.

    Raises:
        InputError: an option is unknown or its value can't be used.
        SystemExit: after `--help` or `--version` was answered.
    """
    parser = _parser()
    given, unknown = parser.parse_known_args(arguments[1:] if arguments[:1] == [RUN] else arguments)
    if unknown:
        name = unknown[0].partition("=")[0]
        raise InputError(f"there is no option {name!r}: {suggestion(name, _option_names(given))}")
    if given.stray:
        raise InputError(_about_stray(given.stray[0]))
    if given.session is not None:
        _check_alone(given, "session", "a session brings its own along")
    if given.lesson is not None:
        _check_alone(given, "lesson", "a lesson has a machine of its own", "session")
        if given.plain:
            raise InputError(f"--plain: a lesson is printed as text by damotui lessons --plain {given.lesson}")
    _check_plain(given)
    return AppOptions(
        workload=given.workload,
        kdamonds=given.kdamonds,
        preset=given.preset,
        kernel=given.kernel,
        seed=0 if given.seed is None else parse_seed(given.seed),
        speed=None if given.speed is None else parse_speed(given.speed),
        theme=given.theme,
        loop=given.loop is not False,
        memory_bytes=None if given.memory is None else parse_memory(given.memory),
        node_bytes=None if given.nodes is None else parse_nodes(given.nodes),
        swap_bytes=None if given.swap is None else parse_swap(given.swap),
        config=given.config,
        use_config=given.use_config,
        session=given.session,
        replay=given.replay,
        lesson=given.lesson,
        mouse=given.mouse,
        plain=given.plain,
        duration_us=None if given.duration is None else parse_duration(given.duration),
        every_us=None if given.every is None else parse_duration(given.every, "--every"),
    )


def parse_seed(text: str) -> int:
    """The seed of all chance: 0 or more.

    Raises:
        InputError: it is no such number.
    """
    if not (text.isascii() and text.isdigit()):
        raise InputError(f"--seed: {text!r} is not a seed: give a whole number, 0 or more")
    return int(text)


def parse_speed(text: str) -> float:
    """Simulated seconds per second: "0.1", "10", "10x" or "max" (infinity).

    Raises:
        InputError: it is not a number from 0.1 to 1000, nor "max".
    """
    if text == "max":
        return math.inf
    try:
        speed = float(text.removesuffix("x").removesuffix("×"))
    except ValueError:
        speed = math.nan
    if not 0.1 <= speed <= 1000:
        raise InputError(f"--speed: {text!r} is not a speed: give a number from 0.1 to 1000, or max")
    return speed


def parse_duration(text: str, option: str = "--duration") -> int:
    """Simulated time in microseconds. A bare number is refused: it could be seconds as well as microseconds.

    Raises:
        InputError: it is no time, has no unit, or isn't above 0.
    """
    from engine.units import parse_us  # not needed for the help

    accepted = "give a time above 0 with its unit, such as 60s, 500ms or 2m"
    if text.strip() == "max" or not any(letter.isalpha() for letter in text):
        raise InputError(f"{option}: {shown(text)} can't be used: {accepted}")
    try:
        duration_us = parse_us(text)
    except InputError as error:
        raise InputError(f"{option}: {error}") from None
    if duration_us <= 0:
        raise InputError(f"{option}: {shown(text)} is no time to run: {accepted}")
    return duration_us


def parse_memory(text: str) -> int:
    """Bytes of the simulated machine's memory.

    Raises:
        InputError: it is not a size above 0.
    """
    size = _parse_size("--memory", text)
    if size <= 0:
        raise InputError(f"--memory: {text!r} is no memory at all: give a size such as 16GiB")
    return size


def parse_nodes(text: str) -> tuple[int, ...]:
    """Bytes of each NUMA node of the simulated machine, such as "8GiB,8GiB".

    Raises:
        InputError: one of them is not a size above 0.
    """
    sizes = tuple(_parse_size("--nodes", part) for part in text.split(","))
    if min(sizes) <= 0:
        raise InputError(f"--nodes: {text!r} has a node without memory: give sizes such as 8GiB,8GiB")
    return sizes


def parse_swap(text: str) -> int:
    """Bytes of swap; 0 is a machine without.

    Raises:
        InputError: it is not a size.
    """
    return _parse_size("--swap", text)


def _parse_size(option: str, text: str) -> int:
    from engine.units import parse_bytes  # not needed for the help

    try:
        return parse_bytes(text)
    except InputError as error:
        raise InputError(f"{option}: {error}") from None


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message.removeprefix("argument "))


def _option_names(given: argparse.Namespace) -> list[str]:
    negated = ["--no-loop", "--no-mouse", "--no-replay", "--no-config"]
    others = ("stray", "mouse", "replay", "use_config")
    return [f"--{name}" for name in vars(given) if name not in others] + [*negated, "--help", "--version"]


_OF_A_NEW_SESSION = ("workload", "kdamonds", "preset", "kernel", "seed", "memory", "nodes", "swap", "loop")
"""What a saved session brings along."""


def _check_alone(given: argparse.Namespace, option: str, because: str, *others: str) -> None:
    also = [name for name in (*_OF_A_NEW_SESSION, *others) if getattr(given, name) is not None]
    if also:
        raise InputError(f"--{also[0]} can't be given together with --{option}: {because}")


def _check_plain(given: argparse.Namespace) -> None:
    for name in ("duration", "every"):
        if getattr(given, name) is not None and not given.plain:
            raise InputError(f"--{name} is for --plain, which tells in lines of text what happens: give both")
    if given.every is not None and given.duration is None:
        raise InputError("--every needs --duration, which says for how long: give both")


def _about_stray(word: str) -> str:
    if word in COMMANDS:
        return f"the command {word!r} has to come first, before any option: damotui {word} …"
    if word.endswith((".damotui", ".damotui.json")):
        return f"{word!r} isn't expected here: a session is opened as in --session {word}"
    return f"{word!r} isn't expected here: a workload is named as in --workload {word}"


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS)) + 2
    commands = "\n".join(f"  {name:<{width}}{summary}" for name, summary in COMMANDS.items())
    parser = _Parser(
        prog="damotui",
        usage="damotui [run] [OPTIONS]\n       damotui COMMAND [OPTIONS]",
        description="DAMON in your hands: watch it find the hot memory of a workload, live, without root or kernel.",
        epilog=f"commands (each has its own --help):\n{commands}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    app = parser.add_argument_group("options of the app")
    app.add_argument(
        "--workload",
        metavar="W",
        help=f"workload from the library, or a masim file (default: {DEFAULT_WORKLOAD})",
    )
    app.add_argument("--kdamonds", metavar="F", type=Path, help="kdamonds to start with, as damo's JSON")
    app.add_argument(
        "--preset",
        metavar="P",
        help="preset to start with, instead of a file: damotui presets lists them; none starts with an empty tree",
    )
    app.add_argument(
        "--kernel", metavar="V", help="kernel release whose DAMON runs, such as 6.12 (default: the newest)"
    )
    app.add_argument("--seed", metavar="N", help="seed of all chance (default: 0)")
    app.add_argument("--speed", metavar="X", help="simulated seconds per second, 0.1 to 1000, or max (default: 1)")
    app.add_argument("--theme", metavar="T", help="colours of the app")
    app.add_argument(
        "--memory", metavar="SIZE", help="memory of the simulated machine, such as 16GiB (default: the workload's)"
    )
    app.add_argument("--nodes", metavar="SIZES", help="memory of each NUMA node instead of --memory, such as 8GiB,8GiB")
    app.add_argument(
        "--swap", metavar="SIZE", help="swap of the simulated machine, 0 for none (default: as much as memory)"
    )
    app.add_argument(
        "--loop",
        action=argparse.BooleanOptionalAction,
        help="start the workload again when it ends (default: yes)",
    )
    app.add_argument("--session", metavar="F", type=Path, help="saved session to go on with where it was left")
    app.add_argument(
        "--no-replay", dest="replay", action="store_false", help="begin at time 0 with what was saved of it"
    )
    app.add_argument("--lesson", metavar="NAME", help="lesson to take: damotui lessons lists them")
    app.add_argument("--config", metavar="F", type=Path, help="file of settings, in place of the user's own")
    app.add_argument("--no-config", dest="use_config", action="store_false", help="pass over all settings")
    app.add_argument(
        "--no-mouse", dest="mouse", action="store_false", help="leave the mouse to the terminal, to select text with"
    )
    app.add_argument("--plain", action="store_true", help="no app: take commands, and answer in lines of text")
    app.add_argument("--duration", metavar="T", help="with --plain: tell what happens for that long, such as 30s")
    app.add_argument("--every", metavar="T", help="with --duration: how often (default: 1s of simulated time)")
    parser.add_argument("--version", action="version", version=f"damotui {__version__}", help="show the version")
    parser.add_argument("stray", nargs="*", help=argparse.SUPPRESS)
    return parser
