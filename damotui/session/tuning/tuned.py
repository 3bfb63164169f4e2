"""One scheme under tuning: everything that is told of it beside its values, worked out anew only when it changes."""

from __future__ import annotations

from dataclasses import dataclass

from damotui.session import tree
from damotui.session.document import Session
from damotui.session.machine_view import MachineView
from damotui.session.scheme_view import SchemeLine
from damotui.session.seen import Seen
from damotui.session.tree import Path
from damotui.session.tuning.commits import Stretch
from damotui.session.tuning.cutoff import CutOff, cut_off
from damotui.session.tuning.leaves import Surroundings
from damotui.session.tuning.limit import RunningQuota, limit_of
from damotui.session.tuning.preview import Amount, Preview, preview_of
from damotui.session.tuning.touched import Touched
from damotui.session.tuning.truly import Verdict, verdict_of
from engine.config.model import Context, Scheme
from engine.config.validate import min_region_bytes
from engine.damos.rules import Rules
from engine.damos.watermarks import WatermarkState
from engine.snapshot import Aggregation

_SCHEMES: Path = ("contexts", 0, "schemes")
"""Where a kdamond's schemes are."""
_MOST_FOLDED = 1_000
"""Aggregations that are looked at between two frames: of more, the last ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What the staged parameters would do with the newest aggregation."""

    aggregation: Aggregation
    scheme: Scheme
    context: Context
    preview: Preview
    committed: Amount | None
    """What the committed parameters match; None where they are the same, or there are none."""
    cut: CutOff
    verdict: Verdict | None


class Tuned:
    """The scheme that is being tuned, and what is known about it.

    Args:
        session: whose scheme it is.
        seen: what has come from the engine.
        path: of the scheme.
    """

    def __init__(self, session: Session, seen: Seen, path: Path) -> None:
        self._session, self._seen = session, seen
        self.path = path
        self._touched = Touched()
        self._made_of: tuple[object, ...] = ()
        self._outlook: Outlook | None = None
        self._generation = seen.history.generation, seen.truth.generation
        self._folded_us = 0

    @property
    def kdamond(self) -> int:
        """Index of its kdamond."""
        return int(self.path[0])

    @property
    def index(self) -> int:
        """Its index among the schemes of its context."""
        return int(self.path[4])

    @property
    def name(self) -> str:
        """What people call it: `scheme 1 of kdamond 0`."""
        return f"scheme {self.index} of kdamond {self.kdamond}"

    @property
    def exists(self) -> bool:
        """Whether it is staged: it may have been taken back."""
        return isinstance(tree.find(self._session.staged, self.path), Scheme)

    @property
    def is_on(self) -> bool:
        """Whether its kdamond runs."""
        return self.kdamond in self._session.running

    @property
    def is_new(self) -> bool:
        """Whether nothing of it is committed."""
        return self._session.since_commit.origin(self.path) is None

    @property
    def scheme(self) -> Scheme:
        """As staged."""
        scheme: Scheme = self._session.get(self.path)
        return scheme

    @property
    def around(self) -> Surroundings:
        """What bounds its values."""
        snapshot = self._seen.live.snapshot
        if snapshot is None:
            return Surroundings()
        last = self._seen.history.latest(self.kdamond)
        monitored = int((last.end - last.start).sum()) if last is not None else 0
        nodes = len(snapshot.machine.nodes) if snapshot.machine else 1
        return Surroundings(max(snapshot.memory_bytes, monitored), nodes)

    def siblings(self) -> list[Path]:
        """Itself and all other schemes that are staged, in their order."""
        return [
            (k, *_SCHEMES, s)
            for k, kdamond in enumerate(self._session.staged)
            for s in range(len(kdamond.contexts[0].schemes) if kdamond.contexts else 0)
        ]

    def turn_to(self, path: Path) -> None:
        """Tune another scheme."""
        self.path = path
        self._forget()

    # What it would do

    def outlook(self) -> Outlook | None:
        """What the staged parameters would do; None while there is no aggregation."""
        self._fold()
        aggregation = self._seen.history.latest(self.kdamond)
        if aggregation is None:
            self._outlook = None
            return None
        context: Context = self._session.get(self.path[:3])
        line = self.line
        before = tree.find(self._session.committed, self.path)
        quota = (line.status.limited, line.status.esz_bytes) if line is not None and line.status is not None else None
        made_of = (aggregation, self.scheme, context, self._touched.latest, before, quota)
        if self._outlook is None or made_of != self._made_of:
            self._made_of = made_of
            self._outlook = self._look(aggregation, context, before, line)
        return self._outlook

    def _look(
        self, aggregation: Aggregation, context: Context, before: Scheme | None, line: SchemeLine | None
    ) -> Outlook:
        scheme, unit, kernel = self.scheme, context.addr_unit, self._session.kernel
        preview = preview_of(aggregation, scheme, self.index, unit)
        running = (
            RunningQuota(line.scheme.quotas, line.status) if line is not None and line.status is not None else None
        )
        limit = limit_of(scheme.quotas, Rules.of(kernel), min_region_bytes(context), running)
        committed = None
        if before is not None and before.access_pattern != scheme.access_pattern:
            committed = preview_of(aggregation, before, self.index, unit).matched
        return Outlook(
            aggregation=aggregation,
            scheme=scheme,
            context=context,
            preview=preview,
            committed=committed,
            cut=cut_off(aggregation, scheme, context, kernel, limit),
            verdict=verdict_of(aggregation, scheme, preview.mask, self._touched, unit),
        )

    def _fold(self) -> None:
        """Take note of the truths, and of what was acted on, since the last look."""
        found, truth = self._seen.history, self._seen.truth
        if (found.generation, truth.generation) != self._generation:
            self._generation = found.generation, truth.generation
            self._forget()
        new = found.between(self.kdamond, 0, self._folded_us, self._seen.live.time_us + 1)[-_MOST_FOLDED:]
        if not new:
            return
        truths = {one.end_us: one for one in truth.between(self.kdamond, 0, new[0].start_us, new[-1].end_us + 1)}
        for one in new:
            if one.end_us in truths:
                self._touched.add(truths[one.end_us])
            elif not self._touched.known:
                self._touched.add_found(one)
            self._touched.add_acted(one, self.index)
        self._folded_us = new[-1].end_us

    def _forget(self) -> None:
        self._touched.clear()
        self._folded_us = 0

    # What it does

    @property
    def line(self) -> SchemeLine | None:
        """The scheme as it runs, or last ran; None if it never did."""
        lines = self._seen.live.schemes(self.kdamond)
        return lines[self.index] if self.index < len(lines) else None

    @property
    def machine(self) -> MachineView | None:
        """What schemes have won, and what that costs."""
        return self._seen.live.machine(self.kdamond)

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """What it did between its commits, oldest first."""
        return self._seen.commits.stretches(self.kdamond, self.index)

    def active_now(self) -> bool | None:
        """Whether the staged watermarks would switch it on now; None if there are none, or nothing is known."""
        marks, machine = self.scheme.watermarks, self.machine
        if marks.metric == "none" or machine is None:
            return None
        state = WatermarkState(marks)
        state.check(machine.free_permil)
        return state.active


def first_scheme(session: Session, at: Path) -> Path | None:
    """The scheme to tune when the cursor is at `at`: the one that it is in, or the first of its kdamond, or of any."""
    if len(at) > 4 and at[3] == "schemes":
        return at[:5]
    kdamonds = [k for k in range(len(session.staged)) if session.staged[k].contexts]
    if at and at[0] in kdamonds:
        kdamonds.insert(0, int(at[0]))
    return next(((k, *_SCHEMES, 0) for k in kdamonds if session.staged[k].contexts[0].schemes), None)
