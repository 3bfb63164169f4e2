"""Opening what was kept: from a file that a user saved, or from the shelf of what is kept by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from damotui.keep.places import Places
from damotui.keep.recent import Recents
from damotui.keep.saved import Saved
from damotui.keep.shelf import Shelf, Slot
from damotui.pacer.replay import Replay

LONG_US = 300_000_000
"""To bring back more than this takes long enough to be asked for."""
_MOST_CLOSED, _MOST_LOST = 10, 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, and where it comes from."""

    saved: Saved
    file: Path | None = None
    """Where the user saves it."""
    shelved: Path | None = None
    """Where it is on the shelf."""
    slot: Slot | None = None
    """Its place there, once it is held."""
    replay: bool = True
    """Whether what was done before is to be done again."""

    @property
    def replayed(self) -> Replay | None:
        """What is to be done again; None if nothing is."""
        return Replay(self.saved.done, self.saved.time_us) if self.replay and self.saved.time_us else None

    def begun_again(self) -> Opened:
        """The same at time 0, where what is committed runs and nothing was done yet."""
        return replace(self, saved=self.saved.begun_again(), replay=False)

    def held(self, places: Places | None) -> Opened:
        """The same with its place on the shelf, if it has one, which nobody else can take then.

        Raises:
            InputError: it is open in another damotui.
        """
        if places is None or self.shelved is None:
            return self
        return replace(self, slot=shelf_of(places).take(self.shelved))


@dataclass(frozen=True, slots=True)
class Offer:
    """A session that can be opened."""

    path: Path
    at: str
    """When it was written: `2026-03-14T15:09:26+01:00`."""
    about: str
    """What it is in a few words."""
    time_us: int = 0
    """How far it had come."""
    lost: bool = False
    """Whether it was not closed."""
    named: bool = True
    """Whether it is in a file that a user gave a name to."""


def shelf_of(places: Places) -> Shelf:
    """Where sessions are kept by themselves."""
    return Shelf(places.state / "sessions")


def recents_of(places: Places) -> Recents:
    """The list of those of the user's files that were open last."""
    return Recents(places.state / "recent.json")


def open_session(path: Path, places: Places | None) -> Opened:
    """What a file holds.

    Args:
        path: of the file.
        places: where the shelf is; None for none.

    Raises:
        InputError: it can't be read, is no session, or is open in another damotui.
    """
    from damotui.keep.reader import read_session

    saved = read_session(path)
    if places is None or not shelf_of(places).has(path):
        return Opened(saved, path.absolute())
    shelf_of(places).check_free(path)
    return Opened(saved, Path(saved.file) if saved.file else None, path)


def offers(places: Places) -> tuple[list[Offer], str]:
    """What can be opened: what was not closed, then what was open last; and what is wrong with the list of these."""
    shelf, recents = shelf_of(places), recents_of(places)
    lost = shelf.left_behind()
    closed = [_kept(path) for path in shelf.closed()]
    named = [Offer(recent.path, recent.at, recent.about, recent.time_us) for recent in recents.all()]
    latest = sorted([*closed, *named], key=lambda offer: offer.at, reverse=True)
    return [*(_kept(path, lost=True) for path in lost), *latest], recents.trouble


def newest_lost(places: Places) -> Offer | None:
    """The newest session that was not closed, if there is one."""
    lost = shelf_of(places).left_behind()
    return _kept(lost[0], lost=True) if lost else None


def tidy(places: Places) -> None:
    """Forget sessions without a name beyond the newest few."""
    shelf = shelf_of(places)
    for path in (*shelf.closed()[_MOST_CLOSED:], *shelf.left_behind()[_MOST_LOST:]):
        shelf.remove(path)
    shelf.sweep()


def _kept(path: Path, *, lost: bool = False) -> Offer:
    from damotui.keep.glance import glance_at

    seen = glance_at(path)
    return Offer(path, seen.at, seen.about, seen.time_us, lost=lost, named=False)
