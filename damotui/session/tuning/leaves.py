"""The values of a scheme that can be tuned, in the order in which they are shown, and between what they make sense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log1p
from typing import Any

from damotui.session import tree
from damotui.session.document import Session
from damotui.session.outline import relevant
from damotui.session.tree import Path
from damotui.session.values import spec_of
from engine.attrs import max_nr_accesses
from engine.config.fields import FieldSpec
from engine.config.lint import LONG_AGE_US
from engine.config.model import Context, Scheme, Watermarks
from engine.units import Unit

_HOUR_US = 3_600_000_000
_PAGE = 4096
_LABELS = {
    "apply_interval_us": "apply_interval",
    "quotas.sz_bytes": "quota.sz",
    "quotas.time_ms": "quota.time",
    "quotas.reset_interval_ms": "quota.reset",
    "quotas.goal_tuner": "quota.goal_tuner",
    "quotas.fail_charge_num": "fail_charge_num",
    "quotas.fail_charge_denom": "fail_charge_denom",
    "quotas.weights.sz_permil": "weight.sz",
    "quotas.weights.nr_accesses_permil": "weight.nr_accesses",
    "quotas.weights.age_permil": "weight.age",
    "watermarks.interval_us": "watermark.interval",
}
"""Where a name says more than a line has room for; the unit stands beside the value."""
_SHORTENED = (("quotas.goals[", "goal["), ("_value", ""), ("watermarks.", "watermark."), ("dests[", "dest["))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What bounds the values that make sense."""

    memory_bytes: int = 1 << 30
    """Of the machine, or of what is monitored if that is more."""
    nr_nodes: int = 1


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value."""

    path: Path
    label: str
    spec: FieldSpec
    least: int = 0
    """Where steps down end."""
    top: int = 0
    """Where steps up end; a number beyond it makes no difference, or none that is meant."""
    endless: bool = False
    """Whether one more step leads to `max`: no upper limit."""
    linear: bool = False
    """Whether its scale is linear, as that of a share is; otherwise it is logarithmic."""
    choices: tuple[str, ...] = ()
    """The keywords that this kernel knows; empty for a number."""

    @property
    def greatest(self) -> int:
        """The greatest value that steps lead to."""
        return self.spec.high if self.endless else self.top


def leaves_of(session: Session, scheme_path: Path, around: Surroundings) -> tuple[Leaf, ...]:
    """The leaves of the staged scheme at `scheme_path`, which stands in a context: those that mean anything there."""
    scheme: Scheme = session.get(scheme_path)
    context: Context = session.get(scheme_path[:3])
    return tuple(
        _leaf(session, (*scheme_path, *below), context, around)
        for below in _paths(scheme)
        if _relevant(session, (*scheme_path, *below))
    )


def _paths(scheme: Scheme) -> Iterator[Path]:
    yield ("action",)
    for name in ("sz", "nr_accesses", "age"):
        yield ("access_pattern", name, "min")
        yield ("access_pattern", name, "max")
    yield ("apply_interval_us",)
    for name in ("sz_bytes", "time_ms", "reset_interval_ms"):
        yield ("quotas", name)
    for name in ("nr_accesses_permil", "age_permil", "sz_permil"):
        yield ("quotas", "weights", name)
    for index in range(len(scheme.quotas.goals)):
        for name in ("metric", "target_value", "current_value", "nid"):
            yield ("quotas", "goals", index, name)
    for name in ("goal_tuner", "fail_charge_num", "fail_charge_denom"):
        yield ("quotas", name)
    for name in ("metric", "interval_us", "high", "mid", "low"):
        yield ("watermarks", name)
    yield ("target_nid",)
    for index in range(len(scheme.dests)):
        yield ("dests", index, "weight")
    yield ("max_nr_snapshots",)


def _relevant(session: Session, path: Path) -> bool:
    owner, name, spec = session.get(path[:-1]), str(path[-1]), spec_of(path)
    value = getattr(owner, name)
    if not relevant(owner, name, session.kernel, spec):
        return False
    if isinstance(owner, Watermarks) and owner.metric == "none":
        return name == "metric" or bool(value != spec.default)
    if name == "current_value":
        return bool(owner.metric == "user_input")
    return name != "goal_tuner" or bool(owner.goals) or bool(value != spec.default)


def _leaf(session: Session, path: Path, context: Context, around: Surroundings) -> Leaf:
    spec, below = spec_of(path), path[5:]
    if spec.choices:
        return Leaf(path, label_of(path), spec, choices=spec.choices_in(session.kernel))
    least = -1 if below == ("target_nid",) else max(spec.low, 0)
    return Leaf(
        path,
        label_of(path),
        spec,
        least,
        _top(spec, below, session.get(path[:-1]), context, around),
        endless=below[0] == "access_pattern" and below[-1] == "max",
        linear=spec.unit is Unit.NODE or (spec.unit is Unit.PERMIL and below[0] == "watermarks"),
    )


def label_of(path: Path) -> str:
    """A leaf's name from its scheme on, in as few signs as its place leaves clear."""
    below = path[5:]
    if below[0] == "access_pattern":
        return ".".join(str(step) for step in below[1:])
    name = tree.text(("", *below)).removeprefix(".")
    if name in _LABELS:
        return _LABELS[name]
    for long, short in _SHORTENED:
        name = name.replace(long, short)
    return name


def _top(spec: FieldSpec, below: Path, owner: Any, context: Context, around: Surroundings) -> int:
    memory = 1 << max(around.memory_bytes - 1, 1 << 20).bit_length()
    match spec.unit:
        case Unit.BYTES:
            return memory
        case Unit.SAMPLES:
            return max_nr_accesses(context.intervals)
        case Unit.AGGREGATIONS:
            return max(LONG_AGE_US // max(context.intervals.aggr_us, 1), 10)
        case Unit.US:
            return _HOUR_US
        case Unit.MS:
            return _HOUR_US // 1000
        case Unit.PERMIL:
            return 1000
        case Unit.NODE:
            return max(around.nr_nodes - 1, 0)
    if below[:2] == ("quotas", "goals"):
        return 10_000 if owner.metric.endswith("_bp") else 10_000_000
    return 1000


def scale(leaf: Leaf, value: int) -> float:
    """Where a value lies on the leaf's scale from `least` (0) to `top` (1)."""
    if value >= leaf.top:
        return 1.0
    if leaf.linear:
        return max(0.0, (value - leaf.least) / max(leaf.top - leaf.least, 1))
    unit = _PAGE if leaf.spec.unit is Unit.BYTES else 1
    return log1p(max(value, 0) / unit) / log1p(leaf.top / unit)


def at_scale(leaf: Leaf, share: float) -> int:
    """The value at a place of the scale, the inverse of `scale`; beyond its end, the greatest."""
    share = max(share, 0.0)
    if share >= 1.0:
        return leaf.greatest
    if leaf.linear:
        return leaf.least + round(share * (leaf.top - leaf.least))
    unit = _PAGE if leaf.spec.unit is Unit.BYTES else 1
    units: float = (1 + leaf.top / unit) ** share - 1
    return round(units) * unit
