"""What things mean, and the config as other tools take it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from damotui.commands import suggestion
from damotui.exits import say
from damotui.explain import Explanation
from damotui.formats import FORMATS, carried, parts_at
from damotui.plain.desk import Desk
from damotui.plain.lines import described
from damotui.plain.places import node_at
from damotui.plain.tree import Unfolded
from damotui.session import outline
from damotui.session.explained import node_explained
from damotui.session.tree import Path
from engine.errors import InputError, shown


def explain(desk: Desk, words: str) -> Iterator[str]:
    """`explain PATH|FIGURE`: what a node of the tree, or a figure, means; without anything, which figures there are.

    Raises:
        InputError: there is neither of that name.
    """
    named = _figures()
    if not words:
        yield "explain takes a place in the tree, or one of these figures:"
        yield ", ".join(sorted(named))
        return
    known = named.get(words.lower()) or _beginning(named, words.lower())
    if known is None:
        yield from described(_node(desk, words, named))
        return
    for one in known:
        yield from described(one)


def carry(desk: Desk, name: str, words: str) -> Iterator[str]:
    """The staged config as another tool takes it, and nothing else; what is to be said about it goes to stderr.

    Args:
        desk: whose config it is.
        name: of the format.
        words: a node, for the smallest part that it is in; empty for the whole tree.

    Raises:
        InputError: the kernel does not have the format, or nothing can be said in it.
    """
    form, kernel = FORMATS[name], desk.session.kernel
    if form.needs is not None and not kernel.has(form.needs):
        raise InputError(f"{name} {kernel.lack(form.needs)}")
    at: Path = node_at(desk.session.staged, words) if words else ()
    part = parts_at(desk.session.staged, at)[-1]
    made = carried(form, part.kdamonds, kernel)
    if not made.text:
        raise InputError(made.notes[0])
    if not form.comments:
        for note in made.notes:
            say(note)
    yield from made.text.splitlines()


def _node(desk: Desk, words: str, named: dict[str, list[Explanation]]) -> Explanation:
    try:
        path = node_at(desk.session.staged, words)
    except InputError as error:
        if "could be any of" in str(error):
            raise
        raise InputError(
            f"there is nothing to explain named {shown(words)}: {suggestion(words, sorted(named))}"
        ) from None
    rows = outline.rows(desk.session, desk.seen.live, Unfolded())
    return node_explained(desk.session, desk.seen.live, path, next((row for row in rows if row.path == path), None))


def _beginning(named: dict[str, list[Explanation]], words: str) -> list[Explanation] | None:
    found = [one for name, one in named.items() if name.startswith(words)]
    return found[0] if len(found) == 1 else None


def _figures() -> dict[str, list[Explanation]]:
    """What all figures mean, by their names in small letters; some names stand for several."""
    from damotui.session import intervals_meanings, snapshot_meanings, status_meanings, whatif_meanings
    from damotui.session.tuning import meanings as tuning_meanings
    from damotui.widgets import scheme_columns

    tables: list[Sequence[Explanation]] = [
        status_meanings.MEANINGS,
        [Explanation(name, f"{text}.") for name, text in scheme_columns.MEANINGS],
        [*snapshot_meanings.COLUMNS.values(), *snapshot_meanings.SUMMARY],
        tuning_meanings.FIGURES,
        intervals_meanings.MEANINGS,
        [whatif_meanings.WHAT_IF, *whatif_meanings.MEANINGS.values()],
    ]
    named: dict[str, list[Explanation]] = {}
    for one in (one for table in tables for one in table):
        for name in one.title.lower().replace(" (", ", ").replace(")", "").split(", "):
            named.setdefault(name, []).append(one)
    return named
