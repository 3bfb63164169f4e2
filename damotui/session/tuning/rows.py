"""The values of a scheme as rows to show: what each is, and where it lies on its scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from damotui.session import tree
from damotui.session.document import Session
from damotui.session.tree import Path
from damotui.session.tuning.leaves import Leaf, Surroundings, leaves_of, scale
from damotui.session.values import format_value, spec_of
from engine.attrs import max_nr_accesses
from engine.config.model import Context, Goal, Range
from engine.units import Unit, format_bp, format_exact, format_percent, format_permil, format_us

_ZEROS = {
    "apply_interval_us": "per aggr",
    "sz_bytes": "no limit",
    "time_ms": "no limit",
    "max_nr_snapshots": "no limit",
}
"""What 0 stands for, where it is no amount."""


@dataclass(frozen=True, slots=True)
class TuningRow:
    """One value; all of it as it stands in a line."""

    leaf: Leaf
    value: str
    """As it can be typed in again."""
    aside: str = ""
    """The same in another unit: an age as a time, a count as a share; empty if there is none."""
    handle: float | None = None
    """Where the value lies on its scale, 0 to 1; None for a keyword."""
    filled: tuple[float, float] = (0.0, 0.0)
    """What of the scale matches or is allowed: of a range both ends, otherwise from 0 to the value."""
    default: str = ""
    committed: str = ""
    """What is committed, where that is something else; empty otherwise."""
    problem: str = ""
    """What is wrong or odd about this very value."""
    severe: bool = False
    depth: int = 0
    expandable: bool = False

    @property
    def path(self) -> Path:
        """Of the value."""
        return self.leaf.path

    @property
    def label(self) -> str:
        """Its name."""
        return self.leaf.label

    @property
    def help(self) -> str:
        """What it means; of a bound, what it is a bound of, too."""
        above = spec_of(self.path[:-1]).help if self.path[5] == "access_pattern" else ""
        return f"{above} {self.leaf.spec.help}".strip()

    @property
    def bounds(self) -> str:
        """Between what steps go, or the keywords."""
        leaf = self.leaf
        if leaf.choices:
            return ", ".join(leaf.choices)
        ends = [format_value(leaf.spec, leaf.least), format_value(leaf.spec, leaf.top)]
        return " – ".join([*ends, *(["max"] if leaf.endless else [])])


def rows_of(session: Session, scheme_path: Path, around: Surroundings) -> list[TuningRow]:
    """The rows of the staged scheme at `scheme_path`, from top to bottom."""
    context: Context = session.get(scheme_path[:3])
    problems = {tree.parse(p.path): p for p in reversed(session.problems(int(scheme_path[0])))}
    rows = []
    for leaf in leaves_of(session, scheme_path, around):
        value, owner = session.get(leaf.path), session.get(leaf.path[:-1])
        problem = problems.get(leaf.path[1:])
        rows.append(
            TuningRow(
                leaf=leaf,
                value=format_value(leaf.spec, value),
                aside=aside_of(leaf, value, owner, context),
                handle=None if leaf.choices else scale(leaf, value),
                filled=_filled(leaf, value, owner),
                default=format_value(leaf.spec, leaf.spec.default),
                committed=_committed(session, leaf, value),
                problem=problem.message if problem else "",
                severe=problem is not None and problem.severity == "error",
            )
        )
    return rows


def aside_of(leaf: Leaf, value: Any, owner: Any, context: Context) -> str:
    """A value in another unit, or what a value without a unit of its own is counted in; empty if there is none."""
    if not isinstance(value, int) or value >= leaf.spec.high:
        return ""
    if not value:
        return _ZEROS.get(str(leaf.path[-1]), "")
    match leaf.spec.unit:
        case Unit.AGGREGATIONS:
            return format_us(value * context.intervals.aggr_us)
        case Unit.SAMPLES:
            return format_percent(100 * value / max_nr_accesses(context.intervals))
        case Unit.PERMIL if leaf.path[-2] == "watermarks":
            return format_permil(value)
        case Unit.COUNT if isinstance(owner, Goal):
            return measured(owner.metric, value) if owner.metric.endswith(("_bp", "_us")) else ""
    return ""


def measured(metric: str, value: int) -> str:
    """A value of a quota goal's metric with its unit."""
    if metric.endswith("_bp"):
        return format_bp(value)
    return format_us(value) if metric.endswith("_us") else format_exact(Unit.COUNT, value)


def _filled(leaf: Leaf, value: Any, owner: Any) -> tuple[float, float]:
    if leaf.choices:
        return 0.0, 0.0
    if isinstance(owner, Range):
        return scale(leaf, owner.min), scale(leaf, owner.max)
    return 0.0, scale(leaf, value)


def _committed(session: Session, leaf: Leaf, value: Any) -> str:
    before = tree.find(session.committed, leaf.path)
    return "" if before is None or before == value else format_value(leaf.spec, before)
