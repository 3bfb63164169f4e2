"""A shell script that writes the sysfs files of a config and turns its kdamonds on.

It is made from the description of the files of the kernel that it is for, so that it writes no other. Making the
directories anew gives all files their defaults; only what differs is written, and what one looks for first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from shlex import quote
from typing import Any

from damotui.formats.carried import Carried
from damotui.formats.left_out import left_out, spec_of
from damotui.formats.pids import OpenPids, notes_on, open_pids
from damotui.formats.plain import plain
from damotui.formats.script import GIVE_PID, ROOT, head, name_of
from damotui.session.tree import Path, Tree
from engine.config.model import AddrRange, Context, Dest, Filter, Goal, Kdamond, Scheme, Target
from engine.sysfs.build import made
from engine.sysfs.grammar import Path as PathGrammar
from engine.sysfs.layers import by_layer
from engine.sysfs.layout import FileSpec, Listing, Member
from engine.sysfs.table import tree_of
from engine.sysfs.tree import named
from engine.versions import Kernel

DIRECTORY = "/sys/kernel/mm/damon/admin"

_ALWAYS = ("ops", "action", "type", "metric")
"""Fields whose files are written even where that changes nothing: the others make no sense without them."""
_VARIABLES = {
    Kdamond: "kdamond",
    Context: "context",
    Target: "target",
    AddrRange: "region",
    Scheme: "scheme",
    Dest: "dest",
    Goal: "goal",
    Filter: "filter",
}


def sysfs_script(kdamonds: Tree, kernel: Kernel) -> Carried:
    """The script.

    Args:
        kdamonds: what is to be said.
        kernel: that the script is for.
    """
    asked = plain(kdamonds)
    files = tree_of(kernel)
    pids = open_pids(asked)
    lines = list(head(_purpose(kernel), DIRECTORY, pids))
    lines += _Writer(pids).listing(files, f"${ROOT}/{files.name}", asked, ())
    lines += ["", *(f'echo on > "${ROOT}/{files.name}/{index}/state"' for index in range(len(asked)))]
    said = tuple(_said(files.member, kdamond) for kdamond in asked)
    notes = (*left_out(asked, said, lambda path: _why(path, kernel)), *notes_on(pids, GIVE_PID))
    return Carried("".join(f"{line}\n" for line in lines), notes)


def _purpose(kernel: Kernel) -> list[str]:
    return [
        f"Sets DAMON up through the sysfs files of {name_of(kernel)}, and starts it.",
        "Run it as root while no kdamond of these files runs: all are replaced.",
    ]


class _Writer:
    """Makes lines that write files."""

    def __init__(self, pids: OpenPids) -> None:
        self._pids = pids

    def listing(self, listing: Listing, at: str, configs: Sequence[Any], path: Path) -> Iterator[str]:
        """Make the members of a directory, and write what is in them.

        Args:
            listing: the description of the directory.
            at: where it is, as the script names it.
            configs: what the members stand for.
            path: of the list in the tree.
        """
        assert listing.count is not None and listing.member.of is not None
        variable = _VARIABLES[listing.member.of]
        yield f'echo {len(configs)} > "{at}/{listing.count.name}"'
        for index, config in enumerate(configs):
            if isinstance(config, Kdamond | Scheme):
                yield ""
            lines = list(self._member(listing.member, f"${variable}", config, (*path, index)))
            if lines:
                yield from (f"{variable}={at}/{index}", *lines)

    def _member(self, member: Member, at: str, config: Any, path: Path) -> Iterator[str]:
        filters: list[tuple[str, Listing]] = []
        for name, spec in named(member.entries):
            if not spec.field:
                continue
            value = reduce(getattr, spec.field.split("."), config)
            if isinstance(spec, FileSpec):
                yield from self._file(spec, f"{at}/{name}", value, path)
            elif spec.member.of is Filter:
                filters.append((name, spec))
            elif value:
                yield from self.listing(spec, f"{at}/{name}", value, (*path, *spec.field.split(".")))
        if filters:
            parts = by_layer([spec for _, spec in filters], config.filters)
            for (name, spec), part in zip(filters, parts, strict=True):
                if part:
                    yield from self.listing(spec, f"{at}/{name}", part, (*path, "filters"))

    def _file(self, spec: FileSpec, at: str, value: Any, path: Path) -> Iterator[str]:
        if spec.field == "pid" and path in self._pids:
            yield f'echo "${self._pids[path]}" > "{at}"'
        elif value is None or (value == spec.default and spec.field not in _ALWAYS):
            pass
        elif isinstance(spec.grammar, PathGrammar):
            yield f'printf %s {quote(value)} > "{at}"'  # a newline would be part of the path
        else:
            text = spec.grammar.show(value).removesuffix("\n")
            yield f'echo {quote(text)} > "{at}"'


def _said(member: Member, config: Any) -> Any:
    """What the files that there are say of a configuration object."""
    values: dict[str, Any] = {}
    for _, spec in named(member.entries):
        if not spec.field:
            continue
        value = reduce(getattr, spec.field.split("."), config)
        if isinstance(spec, Listing):
            value = tuple(_said(spec.member, entry) for entry in value)
        values[spec.field] = value
    if isinstance(config, Context) and config.ops == "paddr":
        values["targets"] = tuple(_without_pid(target) for target in values["targets"])
    assert member.of is not None
    return made(member.of, values)


def _without_pid(target: Target) -> Target:
    return Target(regions=target.regions, obsolete=target.obsolete)


def _why(path: Path, kernel: Kernel) -> str:
    """Why a kernel has no file for a field, or for a group that it is in."""
    for length in range(2, len(path) + 1):
        since = spec_of(path[:length]).since if isinstance(path[length - 1], str) else None
        if since is not None and not kernel.has(since):
            return f"it {kernel.lack(since)}"
    return "paddr has no process"
