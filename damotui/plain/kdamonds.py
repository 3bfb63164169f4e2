"""Commands that kdamonds, the machine and the engine are given, and that let time pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from damotui.options import parse_duration
from damotui.pacer.requests import Branch
from damotui.plain.desk import Desk
from damotui.plain.lines import fact
from damotui.session.live import clock
from damotui.session.whatif_rows import rows_of
from damotui.session.whatif_words import headline
from engine.errors import InputError, shown
from engine.units import parse_count


def index_in(desk: Desk, words: str, command: str) -> int:
    """The kdamond that is named by its number, or the only one there is.

    Raises:
        InputError: there is none, or there are several.
    """
    there = desk.kdamonds
    text = words.lower().removeprefix("kdamond").strip()
    if not text and len(there) == 1:
        return there[0]
    if not there:
        raise InputError("there is no kdamond: add kdamond adds one")
    if not text:
        raise InputError(f"there are several kdamonds: say which, as in {command} {there[0]}")
    try:
        index = parse_count(text)
    except InputError:
        index = -1
    if index not in there:
        raise InputError(f"{shown(words)} is no kdamond: give {_either(there)}")
    return index


def commit(desk: Desk, words: str) -> Iterator[str]:
    """`commit [K]`: one kdamond, or all that differ.

    Raises:
        InputError: nothing is staged, or it is refused.
    """
    session = desk.session
    if not words:
        if not session.uncommitted():
            raise InputError("nothing is staged that is not committed")
        yield from _done(desk, session.commit_all, "all that was staged")
        return
    index = index_in(desk, words, "commit")
    if not session.uncommitted((index,)):
        raise InputError(f"nothing is staged for kdamond {index} that is not committed")
    yield from _done(desk, lambda: session.commit(index), f"kdamond {index}")


def turn_on(desk: Desk, words: str) -> Iterator[str]:
    """`on [K]`: start a kdamond with what is staged of it.

    Raises:
        InputError: it runs, or is invalid.
    """
    index = index_in(desk, words, "on")
    yield from _asked(desk, lambda: desk.session.turn_on(index))
    yield fact(f"kdamond {index}", desk.seen.live.kdamond_state(index).replace("  ", ", "))


def turn_off(desk: Desk, words: str) -> Iterator[str]:
    """`off [K]`: stop a kdamond.

    Raises:
        InputError: it does not run.
    """
    index = index_in(desk, words, "off")
    yield from _asked(desk, lambda: desk.session.turn_off(index))
    yield fact(f"kdamond {index}", desk.seen.live.kdamond_state(index).replace("  ", ", "))


def run(desk: Desk, words: str, interrupted: Callable[[], bool]) -> Iterator[str]:
    """`run TIME`: let simulated time pass.

    Raises:
        InputError: it is no time, or the engine fails.
    """
    if not words:
        raise InputError("run needs a time with its unit, such as run 10s")
    duration_us = parse_duration(words, "run")
    yield from desk.run(duration_us, interrupted)
    yield fact("time", clock(desk.now_us))


def kill(desk: Desk, words: str) -> Iterator[str]:
    """`kill PID`: end a process of the simulated machine.

    Raises:
        InputError: there is none.
    """
    try:
        pid = parse_count(words)
    except InputError:
        raise InputError(f"kill needs the pid of a process, and {shown(words)} is none: machine lists them") from None
    yield from _asked(desk, lambda: desk.session.kill_process(pid))


def start_process(desk: Desk) -> Iterator[str]:
    """`start`: run the workload as one more process."""
    yield from _asked(desk, desk.session.start_process)


def restart(desk: Desk) -> Iterator[str]:
    """`restart`: begin again at time 0."""
    yield from _asked(desk, desk.session.restart)


def whatif(desk: Desk) -> Iterator[str]:
    """`whatif`: let branch B begin with what is staged; or, while one runs, the figures of both branches."""
    if desk.seen.whatif is None:
        yield from _asked(desk, desk.session.what_if)
    found = desk.seen.whatif
    if found is None:
        return
    yield headline(found)
    group = ""
    for row in rows_of(found.differences()):
        if not row.key[1]:
            group = row.name
            continue
        a, b, change, percent = row.texts
        told = f"A {a}, B {b}, difference {change}{f' or {percent}' if percent else ''}"
        yield fact(f"{group} {row.name}", told + (f", B is {row.verdict}" if row.verdict else ""))


def turn_to(desk: Desk, words: str) -> Iterator[str]:
    """`branch A|B`: what is told and committed is that branch's from now on.

    Raises:
        InputError: there is no such branch.
    """
    desk.seen.look_at(_branch(words, "branch"))
    yield fact("what-if", f"branch {desk.session.branch.value}")


def keep(desk: Desk, words: str) -> Iterator[str]:
    """`keep A|B`: end the what-if, and go on with one of its branches.

    Raises:
        InputError: there is no such branch.
    """
    branch = _branch(words, "keep")
    if desk.seen.whatif is None:
        raise InputError("no what-if runs: whatif begins one")
    yield from _asked(desk, lambda: desk.session.keep(branch))


def _done(desk: Desk, deed: Callable[[], None], what: str) -> Iterator[str]:
    """What a commit has come to; one that nothing runs of needs no engine, and is told of here."""
    told = _asked(desk, deed)
    yield from told or [fact("committed", what)]


def _asked(desk: Desk, deed: Callable[[], None]) -> list[str]:
    """Ask for something, and tell what came of it."""
    deed()
    return desk.take()


def _branch(words: str, command: str) -> Branch:
    if words.upper() not in ("A", "B"):
        raise InputError(f"{shown(words)} is no branch of a what-if: give {command} A or {command} B")
    return Branch[words.upper()]


def _either(numbers: list[int]) -> str:
    return " or ".join(map(str, numbers[:5])) + (" …" if len(numbers) > 5 else "")
