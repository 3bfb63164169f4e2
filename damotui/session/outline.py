"""The staged tree as rows to show: what is expanded of it, with its live state beside it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Any

from damotui.session import tree
from damotui.session.document import Session
from damotui.session.kinds import name_of
from damotui.session.live import Live, kdamond_name
from damotui.session.summaries import DEFAULT, at_default, nr_regions, summary
from damotui.session.tree import Path
from damotui.session.values import spec_of
from engine.config.fields import FieldSpec
from engine.config.model import (
    AccessPattern,
    Context,
    Filter,
    Goal,
    Intervals,
    Kdamond,
    NrRegions,
    Range,
    Scheme,
    Target,
)
from engine.snapshot import KdamondStatus
from engine.versions import Feature, Kernel


class Kind(Enum):
    """What a row stands for."""

    FIELD = "field"
    GROUP = "group"
    LIST = "list"
    ENTRY = "entry"
    """An entry of a list: can be removed."""
    DEBUGFS = "debugfs"
    """A context that was started through debugfs: it is no part of the tree."""


class State(Enum):
    """How the value of a row is to be read."""

    PLAIN = "plain"
    ON = "on"
    OFF = "off"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree."""

    path: Path
    depth: int
    label: str
    value: str
    kind: Kind
    expandable: bool = False
    expanded: bool = False
    uncommitted: bool = False
    """What is staged here or below is not what is committed."""
    problem: str = ""
    """The first thing wrong with this very field, or with a folded row's inside."""
    severe: bool = True
    """Whether the problem is an error, and no warning."""
    state: State = State.PLAIN
    lack: str = ""
    """Why the kernel can't take it: `needs Linux 6.17 or later, and this is 6.1`; empty if it can."""
    default: bool = False
    """Whether it is a field, group or list that is as the kernel makes it."""


def starting_paths(session: Session, kdamonds: Iterable[int] | None = None, *, roomy: bool = False) -> set[Path]:
    """What is expanded at first: what was set of each context, and the patterns of the schemes if there is room.

    Args:
        session: whose staged tree it is.
        kdamonds: indices of those that are asked about; None for all.
        roomy: whether there is room.
    """
    opened: set[Path] = set()
    for k in range(len(session.staged)) if kdamonds is None else kdamonds:
        opened.add((k,))
        for c, set_up in enumerate(session.staged[k].contexts):
            context: Path = (k, "contexts", c)
            opened |= {context, (*context, "targets"), (*context, "schemes")}
            opened |= {(*context, "intervals")} if set_up.intervals != Intervals() else set()
            opened |= {(*context, "nr_regions")} if set_up.nr_regions != NrRegions() else set()
            for s in range(len(set_up.schemes) if roomy else 0):
                scheme = (*context, "schemes", s)
                opened |= {scheme, (*scheme, "access_pattern")}
    return opened


def rows(session: Session, live: Live, expanded: Container[Path], *, only_set: bool = False) -> list[Row]:
    """The rows to show, from top to bottom.

    Args:
        session: whose staged tree it is.
        live: what runs of it.
        expanded: paths of the branches that are unfolded.
        only_set: whether what is at its default is left out, unless something is to be said about it.
    """
    outline = _Outline(session, live, expanded, only_set=only_set)
    own = [row for index in range(len(session.staged)) for row in outline.entry((index,), 0)]
    return own + [_debugfs_row(status, session.kernel) for status in live.debugfs]


def lack_at(path: Path, kernel: Kernel) -> str:
    """Why a kernel does not have what is at `path`, whatever its value; empty if it does."""
    for length in range(1, len(path) + 1):
        if isinstance(path[length - 1], str):
            since = spec_of(path[:length]).since
            if since is not None and not kernel.has(since):
                return kernel.lack(since)
    return ""


def scheme_at(row: Row | None) -> int | None:
    """The index of the scheme that a row is or belongs to."""
    path = row.path if row else ()
    return int(path[4]) if len(path) > 4 and path[3] == "schemes" else None


class _Outline:
    def __init__(self, session: Session, live: Live, expanded: Container[Path], *, only_set: bool) -> None:
        self.session, self.live, self.expanded, self.only_set = session, live, expanded, only_set
        self.problems = {
            (index, *tree.parse(problem.path)): problem
            for index in range(len(session.staged))
            for problem in reversed(session.problems(index))
        }

    def entry(self, path: Path, depth: int) -> Iterator[Row]:
        value = self.session.get(path)
        yield self._row(path, depth, name_of(path), value, Kind.ENTRY, expandable=True)
        if path in self.expanded:
            yield from self._inside(path, value, depth + 1)

    def _inside(self, path: Path, value: Any, depth: int) -> Iterator[Row]:
        for member in fields(value):
            at = (*path, member.name)
            inner = getattr(value, member.name)
            if not relevant(value, member.name, self.session.kernel, spec_of(at)) or self._left_out(at, value, inner):
                continue
            if isinstance(inner, tuple):
                yield from self._list(at, inner, depth)
            elif is_dataclass(inner):
                yield self._row(at, depth, member.name, inner, Kind.GROUP, expandable=True)
                if at in self.expanded:
                    yield from self._inside(at, inner, depth + 1)
            else:
                yield self._row(at, depth, member.name, inner, Kind.FIELD)

    def _list(self, path: Path, entries: tuple[Any, ...], depth: int) -> Iterator[Row]:
        if path[-1] == "contexts" and len(entries) == 1:
            yield from self.entry((*path, 0), depth)
            return
        yield self._row(path, depth, str(path[-1]), entries, Kind.LIST, expandable=bool(entries))
        if path in self.expanded:
            for index in range(len(entries)):
                yield from self.entry((*path, index), depth + 1)

    def _left_out(self, path: Path, owner: Any, value: Any) -> bool:
        """Whether nothing is to be said about a field at its default; both ends of a range belong together."""
        if not self.only_set or isinstance(owner, Range) or not at_default(path, value):
            return False
        return not self.session.uncommitted(path) and not any(at[: len(path)] == path for at in self.problems)

    def _row(self, path: Path, depth: int, label: str, value: Any, kind: Kind, *, expandable: bool = False) -> Row:
        opened = expandable and path in self.expanded
        problem = self.problems.get(path)
        if problem is None and expandable and not opened:
            inside = [(at, p) for at, p in self.problems.items() if at[: len(path)] == path]
            inside.sort(key=lambda found: found[1].severity != "error")
            problem = next((replace(p, message=f"{_below(path, at)}: {p.message}") for at, p in inside), None)
        shown, state = self._summary(path, value)
        lack = lack_at(path, self.session.kernel) or _lack_of(path, value, self.session.kernel)
        return Row(
            path=path,
            depth=depth,
            label=label,
            value=shown,
            kind=kind,
            expandable=expandable,
            expanded=opened,
            uncommitted=self.session.uncommitted(path),
            problem=problem.message if problem else "",
            severe=problem is not None and problem.severity == "error",
            state=state,
            lack=lack,
            default=at_default(path, value),
        )

    def _summary(self, path: Path, value: Any) -> tuple[str, State]:
        if isinstance(value, Kdamond):
            return self.live.kdamond_state(int(path[0])), self._kdamond_state(int(path[0]))
        if isinstance(value, Target) and self.session.get(path[:3]).ops == "paddr":
            return "physical memory", State.PLAIN
        if isinstance(value, Target):
            text, gone = self.live.target_state(int(path[0]), int(path[-1]), value)
            return text, State.ENDED if gone else State.PLAIN
        if isinstance(value, NrRegions) and (now := self.live.nr_regions(int(path[0]))) is not None:
            return f"{now:,} of {nr_regions(value)}", State.PLAIN
        if isinstance(value, AccessPattern):
            return DEFAULT if at_default(path, value) else "", State.PLAIN  # its scheme says it already
        return summary(path, value), State.PLAIN

    def _kdamond_state(self, index: int) -> State:
        if index in self.session.running:
            return State.ON
        return State.ENDED if self.live.ended_because(index) else State.OFF


def _lack_of(path: Path, value: Any, kernel: Kernel) -> str:
    """Why a kernel does not know a keyword."""
    needed = spec_of(path).choice_since.get(value) if isinstance(value, str) else None
    return kernel.lack(needed) if needed is not None and not kernel.has(needed) else ""


def _debugfs_row(status: KdamondStatus, kernel: Kernel) -> Row:
    file = "monitor_on_DEPRECATED" if kernel.has(Feature.DEBUGFS_DEPRECATED) else "monitor_on"
    return Row(
        path=(status.index,),
        depth=0,
        label=kdamond_name(status.index),
        value=f"on  pid {status.pid}",
        kind=Kind.DEBUGFS,
        state=State.ON,
        problem="it was started through debugfs, and while it runs no kdamond can be started:"
        f" off written to {file} stops it (F shows the files)",
        severe=False,
    )


def _below(path: Path, inner: Path) -> str:
    """An inner path as seen from `path`: `access_pattern.age.min`, `[0].action`."""
    return tree.text(("", *inner[len(path) :])).removeprefix(".")


def relevant(owner: Any, name: str, kernel: Kernel, spec: FieldSpec) -> bool:
    """Whether a field means anything here: what this kernel lacks or the value of another field rules out is hidden."""
    value = getattr(owner, name)
    if value != spec.default and not isinstance(owner, Range):
        return True
    if spec.since is not None and not kernel.has(spec.since):
        return False
    match owner:
        case Context():
            return name != "addr_unit" or owner.ops == "paddr"
        case Scheme():
            return name not in ("target_nid", "dests") or owner.action.startswith("migrate_")
        case Target():
            return name != "obsolete"
        case Goal():
            wanted = {"nid": "node_", "memcg_path": "node_memcg_"}.get(name, "")
            return owner.metric.startswith(wanted)
        case Filter():
            needs = {"memcg_path": "memcg", "addr": "addr", "target_idx": "target", "sz": "hugepage_size"}
            return needs.get(name, owner.type) == owner.type
        case _:
            return True
