"""A shell script that writes the debugfs files of a config and turns monitoring on.

debugfs has no kdamonds: it runs each context in a thread of its own. The first context's files are there from the
start, and so keep what they were last told; all of them are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from damotui.formats.carried import Carried
from damotui.formats.debugfs_limits import METRICS, notes_on_debugfs, said_by_debugfs
from damotui.formats.pids import OpenPids, notes_on, open_pids
from damotui.formats.plain import plain
from damotui.formats.script import GIVE_PID, ROOT, head, name_of
from damotui.session.tree import Path, Tree, text
from engine.config.model import Context, Scheme
from engine.debugfs.schemes import ACTIONS
from engine.versions import Feature, Kernel

DIRECTORY = "/sys/kernel/debug/damon"

_ONE_WRITE = 4096
"""Bytes up to which shells write in one piece."""


@dataclass(frozen=True, slots=True)
class _Write:
    file: str
    records: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Records on a line each, which `echo` joins to one: debugfs wants all of them in one piece."""
        quoted = " \\\n    ".join(f'"{record}"' for record in self.records)
        return f'echo {quoted} > "${ROOT}/{self.file}"' if quoted else f'echo > "${ROOT}/{self.file}"'

    @property
    def size(self) -> int:
        return len(" ".join(self.records)) + 1


def debugfs_script(kdamonds: Tree, kernel: Kernel) -> Carried:
    """The script.

    Args:
        kdamonds: what is to be said.
        kernel: that the script is for; it should have debugfs.
    """
    asked = plain(kdamonds)
    pids = open_pids(asked)
    paths: list[Path] = [(k, "contexts", c) for k, kdamond in enumerate(asked) for c in range(len(kdamond.contexts))]
    if not paths:
        return Carried("", ("there is no context, and so nothing to monitor",))
    lines = list(head(_purpose(kernel), DIRECTORY, pids))
    writes: list[_Write] = []
    for number, path in enumerate(paths):
        context = asked[int(path[0])].contexts[int(path[2])]
        found = list(_of_context(context, path, number, pids))
        lines += ["", f"# {text(path)}", *(write.line for write in found)]
        writes += found
    switch = "monitor_on_DEPRECATED" if kernel.has(Feature.DEBUGFS_DEPRECATED) else "monitor_on"
    lines += ["", _Write(switch, ("on",)).line]
    notes = (*notes_on_debugfs(asked), *_too_long(writes), *notes_on(pids, GIVE_PID))
    return Carried("".join(f"{line}\n" for line in lines), notes)


def _purpose(kernel: Kernel) -> list[str]:
    return [
        f"Sets DAMON up through the debugfs files of {name_of(kernel)}, and starts it.",
        "Run it as root while nothing is monitored. All contexts there start, too.",
    ]


def _of_context(context: Context, path: Path, number: int, pids: OpenPids) -> Iterator[_Write]:
    """What is written for one context; all but the first are made."""
    said = said_by_debugfs(context)
    at = ""
    if number:
        yield _Write("mk_contexts", (f"context{number}",))
        at = f"context{number}/"
    intervals, bounds = said.intervals, said.nr_regions
    numbers = (intervals.sample_us, intervals.aggr_us, intervals.update_us, bounds.min, bounds.max)
    yield _Write(f"{at}attrs", (_words(numbers),))
    ids = [f"${pids[here]}" if (here := (*path, "targets", t)) in pids else target.pid
           for t, target in enumerate(said.targets)]  # fmt: skip
    yield _Write(f"{at}target_ids", (_words(["paddr"] if said.ops == "paddr" else ids),))
    regions = tuple(_words((t, r.start, r.end)) for t, target in enumerate(said.targets) for r in target.regions)
    if regions:
        yield _Write(f"{at}init_regions", regions)
    yield _Write(f"{at}schemes", tuple(map(_scheme, said.schemes)))


def _scheme(scheme: Scheme) -> str:
    """The line of a scheme (specification section 12)."""
    pattern, quotas, marks = scheme.access_pattern, scheme.quotas, scheme.watermarks
    return _words(
        (
            *(end for both in (pattern.sz, pattern.nr_accesses, pattern.age) for end in (both.min, both.max)),
            ACTIONS.index(scheme.action),
            *(quotas.time_ms, quotas.sz_bytes, quotas.reset_interval_ms),
            *(quotas.weights.sz_permil, quotas.weights.nr_accesses_permil, quotas.weights.age_permil),
            *(METRICS.index(marks.metric), marks.interval_us, marks.high, marks.mid, marks.low),
        )
    )


def _words(values: Sequence[object]) -> str:
    return " ".join(map(str, values))


def _too_long(writes: Sequence[_Write]) -> Iterator[str]:
    for write in writes:
        if write.size > _ONE_WRITE:
            yield (
                f"what is written to {write.file} has {write.size:,} bytes: shells may write that in several pieces,"
                " which debugfs refuses"
            )
