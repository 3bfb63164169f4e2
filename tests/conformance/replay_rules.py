"""When an answer of ours counts, though it is not the same as the kernel's.

An answer is compared point by point: error, count, content, and each name below a directory. Points that differ are
accepted by a rule for that kind of point and path, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.conformance.transcript import Answer, Entry, Step

Said = str | int | bytes | None


@dataclass(frozen=True, slots=True)
class Point:
    """Something in which an answer of ours is not the kernel's."""

    path: str
    what: str
    """`errno`, `stage`, `count`, `value`, `mode`, `size`, or `there` (whether a name is)."""
    kernel: Said
    ours: Said

    def __str__(self) -> str:
        return f"{self.what}: kernel {_words(self.kernel)}, ours {_words(self.ours)}"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which differences are accepted."""

    name: str
    reason: str
    what: frozenset[str]
    """Kinds of points."""
    path: re.Pattern[str]
    """The whole path below /sys matches it."""
    accepts: Callable[[Said, Said], bool]
    """Whether the kernel's and ours are of one kind."""
    agrees: bool = False
    """Whether the operation counts as agreed all the same."""


def _pid_kind(said: Said) -> str:
    text = said.decode(errors="replace").strip() if isinstance(said, bytes) else ""
    return text if text in ("-1", "none") else "a pid" if re.fullmatch("[1-9][0-9]*", text) else f"no pid: {text}"


def _same_pid_kind(kernel: Said, ours: Said) -> bool:
    return _pid_kind(kernel) == _pid_kind(ours) in ("-1", "none", "a pid")


def _running_or_not(kernel: Said, ours: Said) -> bool:
    kinds = {_pid_kind(kernel), _pid_kind(ours)}
    return {kernel, ours} == {b"on\n", b"off\n"} or kinds == {"-1", "a pid"}


def _both_above_zero(kernel: Said, ours: Said) -> bool:
    return all(isinstance(said, bytes) and re.fullmatch(rb"[1-9][0-9]*\n", said) for said in (kernel, ours))


def _both_numbers(kernel: Said, ours: Said) -> bool:
    return all(isinstance(said, bytes) and re.fullmatch(rb"[0-9]+\n", said) for said in (kernel, ours))


_PARAMETERS = 18
"""Numbers of a line of debugfs `schemes` before the statistics."""


def _only_statistics_differ(kernel: Said, ours: Said) -> bool:
    if not (isinstance(kernel, bytes) and isinstance(ours, bytes)):
        return False
    lines, our_lines = kernel.split(b"\n"), ours.split(b"\n")
    return len(lines) == len(our_lines) and all(map(_only_last_differ, lines, our_lines))


def _only_last_differ(line: bytes, our_line: bytes) -> bool:
    words, our_words = line.split(b" "), our_line.split(b" ")
    return (
        words[:_PARAMETERS] == our_words[:_PARAMETERS]
        and len(words) == len(our_words)
        and all(
            w == o or (w.isdigit() and o.isdigit() and int(w) > 0 and int(o) > 0)
            for w, o in zip(words[_PARAMETERS:], our_words[_PARAMETERS:], strict=True)
        )
    )


def _both_say_something(kernel: Said, ours: Said) -> bool:
    return bool(kernel) and bool(ours)


def _anything(kernel: Said, ours: Said) -> bool:
    return True


_ADMIN = "kernel/mm/damon/admin/"
_DEBUG = "kernel/debug/damon/"
_SCHEME = rf"{_ADMIN}kdamonds/[0-9]+/contexts/[0-9]+/schemes/[0-9]+/"

RULES: Final = (
    Rule(
        "pid",
        "a pid is one of the machine's: -1, none and a number are told apart",
        frozenset({"value", "count"}),
        re.compile(rf"{_ADMIN}kdamonds/[0-9]+/pid|{_DEBUG}([^/]+/)?kdamond_pid"),
        _same_pid_kind,
        agrees=True,
    ),
    Rule(
        "statistic",
        "how much was found, tried and applied depends on what ran on the machine: zero and more are told apart",
        frozenset({"value"}),
        re.compile(rf"{_SCHEME}(stats/[^/]+|tried_regions/total_bytes|quotas/effective_bytes)"),
        _both_above_zero,
    ),
    Rule(
        "statistic in debugfs schemes",
        "the same of the numbers behind the 18 parameters of a scheme",
        frozenset({"value"}),
        re.compile(rf"{_DEBUG}([^/]+/)?schemes"),
        _only_statistics_differ,
    ),
    Rule(
        "tried region",
        "where the regions are, and how often they are found accessed, depends on what ran on the machine",
        frozenset({"value"}),
        re.compile(rf"{_SCHEME}tried_regions/[0-9]+/[^/]+"),
        _both_numbers,
    ),
    Rule(
        "number of tried regions",
        "so does how many they are, if there is one at all",
        frozenset({"there", "errno"}),
        re.compile(rf"{_SCHEME}tried_regions/[1-9][0-9]*(/[^/]+)?"),
        _anything,
    ),
    Rule(
        "words for people",
        "debugfs says that it is deprecated; any words that do so will do",
        frozenset({"value", "count"}),
        re.compile(rf"{_DEBUG}DEPRECATED"),
        _both_say_something,
    ),
)
"""For every replay."""

NOTHING: Final = Rule(
    "write of nothing beside the mount",
    "Linux returns from it without asking a file system in user space, so the files were asked directly",
    frozenset(),
    re.compile(r".*"),
    _anything,
    agrees=True,
)
"""For empty writes through a mount."""
JUST_ON_US: Final = 50_000
JUST_ON: Final = (
    Rule(
        "kdamond just turned on",
        "one with nothing to monitor ends by itself at once, and whether that is seen yet depends on the machine",
        frozenset({"value", "count"}),
        re.compile(rf"{_ADMIN}kdamonds/[0-9]+/(state|pid)"),
        _running_or_not,
    ),
)
"""For `JUST_ON_US` after a kdamond was turned on."""

OUTSIDE: Final = "files of other parts of the kernel, such as the parameters of its modules"
"""Why operations on other paths are not carried out."""
UNKNOWN: Final = Rule(
    "value that is not known",
    "the transcript has only the beginning of what was written",
    frozenset(),
    re.compile(r".*"),
    _anything,
)
"""For writes whose value has been cut, and what the file then holds."""


def differences(step: Step, ours: Answer) -> Iterator[Point]:
    """The points in which an answer is not the kernel's."""
    kernel = step.answer
    if kernel.errno != ours.errno or (kernel.stage and kernel.stage != ours.stage):
        # Where one of the two succeeded, all the rest differs for that reason.
        yield Point(step.path, "errno", _outcome(kernel), _outcome(ours))
        return
    if kernel.value != ours.value:
        yield Point(step.path, "value", kernel.value, ours.value)
    elif kernel.count != ours.count:
        yield Point(step.path, "count", kernel.count, ours.count)
    if kernel.entries is not None or ours.entries is not None:
        for name in sorted({*(kernel.entries or ())} ^ {*(ours.entries or ())}):
            yield _there(f"{step.path}/{name}", name in (kernel.entries or ()))
    if kernel.tree is not None or ours.tree is not None:
        yield from _tree_differences(step.path, kernel.tree or {}, ours.tree or {})


def _tree_differences(path: str, kernel: dict[str, Entry], ours: dict[str, Entry]) -> Iterator[Point]:
    for name in sorted({*kernel, *ours}):
        theirs, our = kernel.get(name), ours.get(name)
        at = f"{path}/{name}"
        if theirs is None or our is None:
            yield _there(at, theirs is not None)
            continue
        for what in ("kind", "mode", "size", "errno", "value"):
            said, we_said = getattr(theirs, what), getattr(our, what)
            if said != we_said:
                yield Point(
                    at, what, oct(said) if what == "mode" else said, oct(we_said) if what == "mode" else we_said
                )


def _there(path: str, kernel_has: bool) -> Point:
    return Point(path, "there", *(("yes", "no") if kernel_has else ("no", "yes")))


def _outcome(answer: Answer) -> Said:
    if answer.errno:
        return f"{answer.errno} at {answer.stage}" if answer.stage else answer.errno
    return "success" if answer.value is None else answer.value


def _words(said: Said) -> str:
    if said is None:
        return "none"
    if isinstance(said, bytes):
        text = repr(said.decode("utf-8", "backslashreplace"))
        return text if len(text) <= 300 else f"{text[:300]}… ({len(said)} bytes)"
    return str(said)


def accepting(point: Point, rules: tuple[Rule, ...]) -> Rule | None:
    """The rule that accepts a difference, if one does."""
    for rule in rules:
        if point.what in rule.what and rule.path.fullmatch(point.path) and rule.accepts(point.kernel, point.ours):
            return rule
    return None
