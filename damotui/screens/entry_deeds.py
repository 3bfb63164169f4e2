"""What the actions do that add, remove and arrange the entries of the tree."""

from __future__ import annotations

from damotui.presets import node_ranges
from damotui.screens.deed_base import DeedBase
from damotui.screens.dialogs import ChoiceDialog
from damotui.session.adding import Adding, Offer
from damotui.session.clipboard import cuttable
from damotui.session.kinds import entry_around, name_of
from damotui.session.summaries import described
from damotui.session.tree import Path


class EntryDeeds(DeedBase):
    """All of them stage something, and say how it is taken back."""

    def add(self) -> None:
        """What is chosen from all that can be added there."""
        cursor = self._row().path if self._session.staged else ()
        self._choose(self._adding.offers(cursor), cursor)

    def remove(self) -> None:
        """The entry that the cursor is at."""
        path = cuttable(self._row().path)
        what = described(path, self._session.get(path))
        self._session.remove(path, f"remove {what}")
        self._screen.staged_changed()
        self._screen.tell(f"{what} removed: u takes it back")

    def duplicate(self) -> None:
        """The entry that the cursor is at or in."""
        path = entry_around(self._row().path)
        what = described(path, self._session.get(path))
        self._show(self._session.duplicate(path), f"{what} is there twice: u takes it back")

    def move_up(self) -> None:
        """The entry that the cursor is at or in."""
        self._shift(-1)

    def move_down(self) -> None:
        """The entry that the cursor is at or in."""
        self._shift(1)

    def copy_node(self) -> None:
        """What the cursor is at, with all that is in it."""
        clip = self._session.copy(self._row().path)
        self._screen.tell(f"copied {clip.name}: v pastes it")

    def cut_node(self) -> None:
        """The entry that the cursor is at."""
        clip = self._session.cut(self._row().path)
        self._screen.staged_changed()
        self._screen.tell(f"cut {clip.name}: v pastes it, u takes it back")

    def paste_node(self) -> None:
        """What was copied or cut, as near as it fits."""
        path = self._session.paste(self._row().path if self._session.staged else ())
        clip = self._session.clip
        assert clip is not None
        into = f"{name_of(path[:1])}, {name_of(path)}" if len(path) > 1 else name_of(path)
        self._show(path, f"pasted {clip.name} as {into}: u takes it back")

    def revert(self) -> None:
        """What the cursor is at."""
        done = self._session.revert(self._row().path)
        self._screen.staged_changed()
        self._screen.tell(f"{done}: u takes that back")

    @property
    def _adding(self) -> Adding:
        return Adding(self._session, self._screen.live, node_ranges(self._screen.node_bytes))

    def _choose(self, offers: list[Offer], cursor: Path) -> None:
        def take(choice: int | None) -> None:
            if choice is not None:
                self._screen.attempt(lambda: self._take(offers[choice], cursor))

        if len(offers) == 1:
            self._take(offers[0], cursor)
            return
        lacking = [at for at, offer in enumerate(offers) if offer.refused or offer.odd]
        lines = [(offer.name, offer.help) for offer in offers]
        self._screen.app.push_screen(ChoiceDialog("Add", lines, [offer.detail for offer in offers], lacking), take)

    def _take(self, offer: Offer, cursor: Path) -> None:
        if offer.template is None:
            self._choose(self._adding.offers_in(offer.collection), cursor)
            return
        path = self._adding.add(offer, cursor)
        self._show(path, f"{described(path, self._session.get(path))} added: u takes it back")

    def _shift(self, steps: int) -> None:
        path = self._row().path
        place = self._session.move(path, steps)
        self._screen.staged_changed()
        self._screen.tree_pane.move_to_path((*place, *path[len(place) :]))

    def _show(self, path: Path, said: str) -> None:
        self._screen.tree_side.go_to(path)
        self._screen.staged_changed()
        self._screen.tell(said)
