"""Keeps one session: knows what of it is saved where, and sees to it that nothing of it is lost."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from damotui.experiment import Experiment
from damotui.keep.autosave import Autosave
from damotui.keep.opening import Opened, recents_of, shelf_of
from damotui.keep.places import Places
from damotui.keep.saved import Saved, View
from damotui.pacer.requests import Branch, OpenFiles, StageFiles
from damotui.session.document import Session
from damotui.session.seen import Seen
from engine.errors import InputError

_TIME_EVERY_S = 30.0
"""How far simulated time has come is kept this often, where there is something to keep."""


class Keeper:
    """Belongs to the thread of the user interface.

    Args:
        session: what is edited.
        seen: what came of it.
        experiment: what it runs on.
        view: how it is looked at now.
        places: where sessions are kept by themselves; None keeps none.
        opened: what it was opened from.
        autosave: whether what is edited is kept while it is.
    """

    def __init__(
        self,
        session: Session,
        seen: Seen,
        experiment: Experiment,
        view: Callable[[], View],
        places: Places | None = None,
        opened: Opened | None = None,
        *,
        autosave: bool = True,
    ) -> None:
        self._session, self._seen, self._experiment, self._view = session, seen, experiment, view
        self._places = places
        slot = opened.slot if opened else None
        kept = places is not None and (autosave or slot is not None)
        self._autosave = Autosave(shelf_of(places), slot) if places is not None and kept else None
        self._text: Callable[[Saved], str] | None = None
        self.file = opened.file if opened else None
        """Where the user saves it; None if nowhere yet."""
        self.note = opened.saved.note if opened else ""
        """A line of the user's own."""
        self._awaited = opened.saved if opened and opened.replayed else None
        self._in_file = opened.saved if opened and opened.file and not slot else None
        """What the file has; None if that is not known."""
        self._found = _signature(self.file)
        self._first = self._kept = self._mark()
        self._saved = None if slot else self._first
        self._kept_us, self._kept_s = 0, time.monotonic()
        self._closed = False

    @property
    def unsaved(self) -> bool:
        """Whether there is anything that is in no file of the user's."""
        return self._mark() != self._saved

    @property
    def safe(self) -> bool:
        """Whether what is unsaved is kept all the same."""
        return self._autosave is not None and not self._autosave.failure

    @property
    def failure(self) -> str:
        """Why it can't be kept by itself just now; empty if it can."""
        return self._autosave.failure if self._autosave else ""

    def arrived(self) -> None:
        """What was done before has been done again: from now on, what was seen of it counts."""
        self._awaited = None

    def capture(self) -> Saved:
        """The session as it is now. What is being brought back is whole, although not all of it was seen yet."""
        journal, awaited = self._seen.journal, self._awaited
        return Saved(
            experiment=awaited.experiment if awaited else replace(self._experiment, kdamonds=journal.begun),
            edits=self._session.edits,
            committed=self._session.committed_in(Branch.A),  # of a what-if, the first branch is kept
            done=awaited.done if awaited else tuple(journal.entries),
            time_us=awaited.time_us if awaited else self._seen.live.time_us,
            view=self._view(),
            note=self.note,
            at=_now(),
            file=str(self.file or ""),
        )

    def tick(self) -> None:
        """Keep it if something has changed; returns at once."""
        if self._closed:
            return
        mark, now_s = self._mark(), time.monotonic()
        passed = self._seen.live.time_us != self._kept_us and now_s - self._kept_s >= _TIME_EVERY_S
        if mark != self._kept or (passed and mark != self._first):
            self._keep()

    def save(self, path: Path) -> None:
        """Write it to a file of the user's.

        Raises:
            InputError: that can't be written.
        """
        from damotui.keep.durable import write_durably
        from damotui.keep.writer import Writer

        mark, saved = self._mark(), self.capture()
        write_durably(path, Writer().text(replace(saved, file="")))
        self.file, self._found = path.absolute(), _signature(path)
        self._saved = self._kept = self._first = mark
        self._in_file = saved
        if self._autosave is not None:
            self._autosave.clear()
        self._list(saved)

    def replaces_others(self, path: Path) -> bool:
        """Whether saving there replaces what this session has neither read nor written."""
        there = _signature(path)
        return there is not None and not (path.absolute() == self.file and there == self._found)

    def close(self) -> None:
        """The session is at its end: what is unsaved stays on the shelf."""
        if self._autosave is None or self._closed:
            return
        if self.unsaved:
            self._keep()
        else:
            self._autosave.clear()
        self._closed = True
        self._autosave.close()
        if self._in_file is not None:
            self._list(replace(self._in_file, at=_now()))

    def _mark(self) -> tuple[object, ...]:
        """Is another one when there is something else to keep."""
        edits, journal, awaited = self._session.edits, self._seen.journal, self._awaited
        begun, done = (awaited.experiment.kdamonds, awaited.done) if awaited else (journal.begun, journal.entries)
        committed = self._session.committed_in(Branch.A)
        # To look at files is no deed, although it is done again: writes to them depend on it.
        deeds = sum(not isinstance(one.request, StageFiles | OpenFiles) for one in done)
        return (edits.state, len(edits.steps), edits.place, committed, begun, deeds, self.note)

    def _keep(self) -> None:
        self._kept, self._kept_us, self._kept_s = self._mark(), self._seen.live.time_us, time.monotonic()
        if self._autosave is None:
            return
        if self._text is None:
            from damotui.keep.writer import Writer

            self._text = Writer().text
        saved, text = self.capture(), self._text
        self._autosave.keep(lambda: text(saved))

    def _list(self, saved: Saved) -> None:
        from damotui.keep.glance import about
        from damotui.keep.recent import Recent

        if self._places is None or self.file is None:
            return
        try:
            recents_of(self._places).add(Recent(self.file, saved.at, about(saved), saved.time_us))
        except InputError:
            return  # a list that can't be written is no reason to hold anybody up


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _signature(path: Path | None) -> tuple[int, int, int] | None:
    """Tells whether a file was changed; None if there is none."""
    try:
        found = None if path is None else os.stat(path)
    except (OSError, ValueError):
        return None
    return None if found is None else (found.st_ino, found.st_size, found.st_mtime_ns)
