"""damo's JSON of kdamonds, as `damo start FILE` takes it."""

from __future__ import annotations

from collections.abc import Iterator

from damotui.formats.carried import Carried
from damotui.formats.damo_limits import UNKNOWN_METRICS
from damotui.formats.pids import open_pids
from damotui.session.tree import Path, Tree, text
from engine.config.damo_json import kdamonds_to_json
from engine.config.model import Scheme
from engine.versions import Kernel


def kdamonds_json(kdamonds: Tree, kernel: Kernel) -> Carried:
    """The JSON, which is read here as exactly the same config.

    Args:
        kdamonds: what is to be said.
        kernel: of the config; damo finds out by itself what its kernel has.
    """
    return Carried(kdamonds_to_json(kdamonds), tuple(_notes(kdamonds)))


def _notes(kdamonds: Tree) -> Iterator[str]:
    """What damo 3.4.3 passes over, refuses, or still has to be told."""
    for k, kdamond in enumerate(kdamonds):
        for c, context in enumerate(kdamond.contexts):
            for s, scheme in enumerate(context.schemes):
                yield from _notes_on_scheme(scheme, (k, "contexts", c, "schemes", s))
    for path in open_pids(kdamonds):
        yield f"{text(path)}.pid is null, as the process is not known yet: put its pid there"


def _notes_on_scheme(scheme: Scheme, at: Path) -> Iterator[str]:
    if scheme.max_nr_snapshots:
        yield f"{text(at)}.max_nr_snapshots is there, and damo 3.4.3 passes over it: its option sets it"
    for g, goal in enumerate(scheme.quotas.goals):
        here = text((*at, "quotas", "goals", g))
        if goal.metric in UNKNOWN_METRICS:
            yield f"{here}: damo 3.4.3 does not know {goal.metric}, and refuses the file"
        elif goal.metric == "node_eligible_mem_bp" and goal.nid:
            yield f"{here}.nid is there, and damo 3.4.3 does not write it for {goal.metric}"
