"""What a row of the tree means: for the key that explains what the cursor is at."""

from __future__ import annotations

from typing import Any

from damotui.explain import Explanation
from damotui.session import tree
from damotui.session.document import Session
from damotui.session.kinds import entry_around, is_entry, kind_of, name_of
from damotui.session.live import Live
from damotui.session.meanings import ENTRIES, KEYWORDS
from damotui.session.outline import Kind, Row
from damotui.session.running import running_value
from damotui.session.summaries import DEFAULT, summary
from damotui.session.tree import Path
from damotui.session.values import spec_of
from damotui.session.words import since_words
from engine.config.fields import FieldSpec
from engine.units import Unit, format_exact

_UNITS = {
    Unit.BYTES: "bytes, typed as 4096, 4 KiB or 1.5 GiB",
    Unit.ADDRESS: "an address in bytes, typed as 4096, 0x1000 or 4 GiB",
    Unit.US: "microseconds, typed as 5000, 5 ms or 1.5 s",
    Unit.MS: "milliseconds, typed as 5, 5 ms or 1.5 s",
    Unit.COUNT: "a number",
    Unit.PERMIL: "1/1,000, typed as 50, 5 % or 50 permil",
    Unit.BP: "1/10,000, typed as 400, 4 % or 400 bp",
    Unit.SAMPLES: "samples of one aggregation, typed as 5 or 25 %",
    Unit.AGGREGATIONS: "aggregations, typed as 50 or 5 s",
    Unit.BOOL: "Y or N",
    Unit.NODE: "the number of a NUMA node",
    Unit.PID: "the pid of a process, or next",
    Unit.KEYWORD: "one of these words",
    Unit.TEXT: "a text",
}
_SIGNS = Explanation(
    "The signs of the tree",
    "What is at its default is dim. What is staged and not committed has a *, and so has all that it is in: c gives it "
    "to the kdamond, D shows it beside what is committed. A ! is at what is wrong, or odd: the line below the tree "
    "says what. What this kernel does not have is grey, with the reason below the tree.",
)


def explained(session: Session, live: Live, row: Row) -> list[Explanation]:
    """The node of a row, then the entry that it is in, and what the signs of the tree mean."""
    if row.kind is Kind.DEBUGFS:
        return [Explanation(row.label, f"{row.value}: {row.problem}.", ()), _SIGNS]
    said = [node_explained(session, live, row.path, row)]
    around = entry_around(row.path[:-1])
    if around:
        said.append(node_explained(session, live, around))
    return [*said, _SIGNS]


def field_facts(session: Session, live: Live, path: Path) -> list[tuple[str, str]]:
    """Unit, range, default, keywords and release of a field, and what of it is staged, committed and runs."""
    spec = spec_of(path)
    facts = [("unit", _UNITS[spec.unit])] if spec.unit else []
    if spec.unit and spec.choices is None and isinstance(session.get(path), int) and spec.unit is not Unit.BOOL:
        facts.append(("range", _bounds(spec)))
    if spec.unit:
        facts.append(("default", summary(path, spec.default) or "empty"))
    facts += [(word, f"{KEYWORDS[word]} ({since_words(feature)})") for word, feature in spec.choice_since.items()]
    if spec.since is not None:
        facts.append(("needs", since_words(spec.since)))
    return facts + state_facts(session, live, path)


def state_facts(session: Session, live: Live, path: Path) -> list[tuple[str, str]]:
    """What is staged of a node, what is committed, and what the kdamond runs with now."""
    value, origin = session.get(path), session.since_commit.origin(path)
    facts = [("staged", _words(path, value))]
    facts.append(("committed", "no" if origin is None else _words(origin, tree.get(session.committed, origin))))
    if (found := running_value(session, live, path)) is not None:
        facts.append(("running now", _words(path, found.value)))
    return facts


def node_explained(session: Session, live: Live, path: Path, row: Row | None = None) -> Explanation:
    """A staged node: what it is, and what of it is staged, committed and runs; with its row, what is wrong with it."""
    title = f"{name_of(path)} of {name_of(around)}" if (around := entry_around(path[:-1])) else name_of(path)
    facts = state_facts(session, live, path) if is_entry(path) else field_facts(session, live, path)
    if row is not None and row.problem:
        facts.append(("wrong" if row.severe else "odd", row.problem))
    if row is not None and row.lack:
        facts.append(("lacking", row.lack))
    text = ENTRIES[kind_of(path[:-1]).name] if is_entry(path) else spec_of(path).help
    return Explanation(title, text, tuple(facts))


def _words(path: Path, value: Any) -> str:
    return summary(path, value) or DEFAULT


def _bounds(spec: FieldSpec) -> str:
    return " to ".join(format_exact(spec.unit or Unit.COUNT, bound) for bound in (spec.low, spec.high))
