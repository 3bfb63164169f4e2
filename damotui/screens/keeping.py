"""What the main screen does so that its session is kept: looks after it, brings back what was kept, and tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from damotui.keep.keeper import Keeper
from damotui.pacer.frame import Frame
from damotui.screens.kept_view import kept_view, put_back
from damotui.session.live import clock
from damotui.setup import Setup

if TYPE_CHECKING:
    from damotui.screens.main import MainScreen

_LOOK_S = 0.1
_MOST_NOTES = 3


class Keeping:
    """Belongs to one screen, from its start to its end.

    Args:
        main: the screen.
        setup: what its session starts with.
    """

    @dataclass
    class Begin(Message):
        """Another session is to be shown in place of this one."""

        setup: Setup

    def __init__(self, main: MainScreen, setup: Setup) -> None:
        self._main = main
        self.setup = setup
        opened = setup.opened
        if opened is not None:
            main.session.resume(opened.saved.edits, opened.saved.committed)
        self.brings_back = setup.replay is not None
        """Whether what was done before is being done again."""
        self._looks = False
        self.keeper = Keeper(
            main.session,
            main.seen,
            setup.experiment,
            lambda: kept_view(main, main.app.theme, setup.speed if self.brings_back else main.pacer.speed),
            setup.places,
            opened,
            autosave=setup.settings.autosave,
        )
        self._told = ""

    @property
    def would_lose(self) -> bool:
        """Whether something is lost if the session ends now, although sessions are to be kept."""
        return self.setup.places is not None and self.keeper.unsaved and not self.keeper.safe

    def begin(self) -> None:
        """The screen is there."""
        opened = self.setup.opened
        if opened is not None:
            put_back(self._main, opened.saved.view)
            self._tell_of(opened.saved.passed_over)
        self._looks = True
        self._main.set_interval(_LOOK_S, self.look)
        if self.setup.places is not None and opened is None:
            self._main.call_after_refresh(self._tell_of_lost)

    def look(self) -> None:
        """Keep what has changed; tell if that is impossible."""
        self.keeper.tick()
        if self.keeper.failure != self._told:
            self._told = self.keeper.failure
            if self._told:
                self._main.tell(f"what you do can't be kept: {self._told}", "warning")

    def receive(self, frame: Frame) -> None:
        """Follow a replay to its end."""
        if not self.brings_back:
            return
        if frame.replaying_until_us is not None:
            now, until = clock(self._main.live.time_us), clock(frame.replaying_until_us)
            key = self._main.keymap.key("pause")
            self._main.show_progress(f"What was done before is done again: {now} of {until}. {key} stays here")
            return
        self.brings_back = False
        self.keeper.arrived()
        self._main.show_progress("")
        self._main.pacer.set_speed(self.setup.speed)
        if frame.paused:
            key = self._main.keymap.key("pause")
            self._main.tell(f"time stands at {clock(self._main.live.time_us)}, as the session was left: {key} goes on")

    def stay_here(self) -> None:
        """End a replay where it is."""
        self._main.session.stay_here()
        self._main.pacer.set_paused(True)

    def end(self) -> None:
        """The screen goes."""
        if self._looks:
            self._looks = False
            self.keeper.close()

    def _tell_of(self, notes: tuple[str, ...]) -> None:
        for note in notes[:_MOST_NOTES]:
            self._main.tell(note, "warning")
        if len(notes) > _MOST_NOTES:
            self._main.tell(f"{len(notes) - _MOST_NOTES} more of its parts are passed over", "warning")

    def _tell_of_lost(self) -> None:
        """Say that there is a session that was not closed."""
        from damotui.keep.glance import day_and_time
        from damotui.keep.opening import newest_lost, tidy

        places = self.setup.places
        if places is None:
            return
        lost = newest_lost(places)
        if lost is not None:
            key = self._main.keymap.key("open_session")
            self._main.tell(f"a session from {day_and_time(lost.at)} was not closed: {key} opens it", "warning")
        tidy(places)
