"""The menu of what can be added from where the cursor is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from damotui.session import outline
from damotui.session.document import Session
from damotui.session.kinds import entry_around, is_list, kind_of, lists_around, name_of
from damotui.session.live import Live
from damotui.session.meanings import ENTRIES
from damotui.session.summaries import summary
from damotui.session.template import Around, Template
from damotui.session.templates import templates_for
from damotui.session.tree import Path
from damotui.session.words import since_words
from engine.config.model import AddrRange, Context, Scheme
from engine.errors import InputError
from engine.versions import RELEASES


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the menu."""

    collection: Path
    """The list that it adds to."""
    name: str
    help: str
    detail: str = ""
    template: Template | None = None
    """What it adds; None for a line that leads to a menu of the list."""
    refused: str = ""
    """Why it can't be added; empty if it can."""
    odd: bool = False
    """Whether it would do nothing there."""


class Adding:
    """Knows what can be added where, and adds it.

    Args:
        session: whose staged tree it is.
        live: knows the processes that run.
        nodes: the physical memory of each NUMA node.
    """

    def __init__(self, session: Session, live: Live, nodes: Sequence[AddrRange]) -> None:
        self._session, self._live, self._nodes = session, live, tuple(nodes)

    def offers(self, cursor: Path) -> list[Offer]:
        """The kinds of entries that can be added from there, the nearest first; at a list, what can be added to that.

        Raises:
            InputError: it is a list that the kernel does not have.
        """
        lists = lists_around(self._session.staged, cursor)
        if len(lists) == 1 or (cursor and is_list(cursor)):
            return self.offers_in(lists[0])
        return [self._list(one, cursor) for one in lists]

    def offers_in(self, collection: Path) -> list[Offer]:
        """What can be added to a list: first what works there, last what the kernel lacks.

        Raises:
            InputError: the kernel does not have the list.
        """
        kind = kind_of(collection)
        if lack := outline.lack_at(collection, self._session.kernel):
            raise InputError(f"a {kind.name} {lack}")
        around = self._around(collection)
        made = [self._offer(collection, template, around) for template in templates_for(kind.list)]
        return sorted(made, key=lambda offer: 2 * bool(offer.refused) + offer.odd)

    def add(self, offer: Offer, cursor: Path) -> Path:
        """Stage a new entry, behind the sibling that the cursor is at or in; gives its path.

        Raises:
            InputError: the kernel does not have it.
        """
        assert offer.template is not None
        if offer.refused:
            raise InputError(f"{offer.name} {offer.refused}")
        entry = offer.template.make(self._around(offer.collection))
        return self._session.add(offer.collection, entry, f"add {offer.name}", _index(offer.collection, cursor))

    def _offer(self, collection: Path, template: Template, around: Around) -> Offer:
        kind = kind_of(collection)
        lack = template.lack(around.kernel)
        odd = "" if lack else template.oddity(around)
        made = summary((*collection, 0), template.make(around))
        since = max(template.needs, key=lambda feature: RELEASES.index(feature.first), default=None)
        details = [template.detail or ENTRIES[kind.name], f"{made}."]
        details += [f"{since_words(since)}."] if since else []
        details += [odd] if odd else []
        return Offer(
            collection,
            template.name if kind.name in ("scheme", template.name) else f"{kind.name} {template.name}",
            lack or odd.partition(":")[0] or template.help,
            " ".join(details),
            template,
            lack,
            bool(odd),
        )

    def _list(self, collection: Path, cursor: Path) -> Offer:
        kind = kind_of(collection)
        lack = outline.lack_at(collection, self._session.kernel)
        index = _index(collection, cursor)
        if not collection:
            where = "at the end"
        elif index is None:
            where = f"in {name_of(entry_around(collection))}"
        else:
            where = f"after {name_of((*collection, index - 1))}"
        return Offer(collection, kind.name, lack or where, ENTRIES[kind.name], refused=lack)

    def _around(self, collection: Path) -> Around:
        get = self._session.get
        context = get(collection[:3]) if len(collection) > 3 else Context()
        scheme = get(collection[:5]) if len(collection) > 5 and collection[3] == "schemes" else Scheme()
        mappings = [mapping for process in self._live.running_processes for mapping in process.mappings]
        largest = max(mappings, key=lambda mapping: mapping.end - mapping.start, default=None)
        return Around(
            kernel=self._session.kernel,
            context=context,
            scheme=scheme,
            entries=get(collection),
            nodes=self._nodes,
            mapped=None if largest is None else AddrRange(largest.start, largest.end),
        )


def _index(collection: Path, cursor: Path) -> int | None:
    """Behind the entry of a list that the cursor is at or in; None if it is in none."""
    inside = len(cursor) > len(collection) and cursor[: len(collection)] == collection
    return int(cursor[len(collection)]) + 1 if inside else None
