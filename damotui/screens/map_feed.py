"""What the heatmap of the main screen is given to show."""

from __future__ import annotations

from damotui.render.layout import RangeName
from damotui.render.places import cell_of
from damotui.screens.map_pane import MapPane
from damotui.session.cursor_reader import CursorReader
from damotui.session.document import Session
from damotui.session.marks import mapping_names
from damotui.session.seen import Seen
from damotui.session.truth_watch import TruthWatch
from engine.config.model import Kdamond, Scheme
from engine.snapshot import DEBUGFS_FIRST_INDEX


class MapFeed:
    """Brings the newest of a kdamond to the map.

    Args:
        session: whose kdamonds they are.
        seen: what has come from the engine.
        pane: the map.
        truths: is told whether the map needs the truth.
    """

    def __init__(self, session: Session, seen: Seen, pane: MapPane, truths: TruthWatch) -> None:
        self._session, self._seen, self._pane, self._truths = session, seen, pane, truths
        self._reader = CursorReader(seen)
        self.index = 0
        """The kdamond that is shown."""
        self.names: tuple[RangeName, ...] = ()
        """What its addresses are called."""

    def show(self, index: int, scheme: int | None) -> None:
        """Show what the kdamond has found up to now, or had until it was turned off.

        Args:
            index: which kdamond.
            scheme: whose marks are shown; None for all schemes of it.
        """
        self._truths.need("heatmap", self._pane.map.showing.needs_truth)
        self._truths.need("cursor", self._pane.map.cursor is not None)
        self.index = index
        live = self._seen.live
        snapshot, config = live.snapshot, self._config(index)
        if snapshot is None:
            return
        self._pane.mark(config.contexts[0].schemes if config and config.contexts else (), scheme)
        running = index in self._session.running or index >= DEBUGFS_FIRST_INDEX
        last = self._seen.history.latest(index)
        self.names = mapping_names(live, index, config) if config else ()
        self._pane.show(
            self._seen.history,
            # What a kdamond has seen stays in sight while it is off.
            snapshot.time_us if running or last is None else last.end_us,
            index,
            reason=live.idle_because(index) if running else self._off_because(index),
            marks=self._seen.marks.until(snapshot),
            names=self.names,
            truth=self._seen.truth,
        )
        self.read_out()

    def _off_because(self, index: int) -> str:
        there = index < len(self._session.staged)
        return f"kdamond {index} is off, s starts it" if there else "there is no kdamond, a adds one"

    def read_out(self) -> None:
        """Tell what is at the cursor of the map, if it has one."""
        cursor, picture = self._pane.map.cursor, self._pane.map.picture
        if cursor is None or picture is None:
            return
        place = cell_of(picture, cursor)
        cell = None if place is None else picture.cell(*place)
        schemes, now_us = self._schemes(), self._pane.map.session_us[1]
        self._pane.tell(self._reader.read(self.index, cursor, cell, now_us, self.names, schemes), schemes)

    def target_names(self) -> tuple[str, ...]:
        """What the targets of the kdamond are."""
        config, live = self._config(self.index), self._seen.live
        if config is None or not config.contexts:
            return ()
        return tuple(live.target_state(self.index, at, one)[0] for at, one in enumerate(config.contexts[0].targets))

    def _schemes(self) -> tuple[Scheme, ...]:
        """Those that the kdamond runs with, or would be started with."""
        status = self._seen.live.status(self.index)
        config = status.config if status is not None and status.running else self._config(self.index)
        return config.contexts[0].schemes if config is not None and config.contexts else ()

    def _config(self, index: int) -> Kdamond | None:
        """What is staged for a kdamond, or what a context of debugfs runs with."""
        if index < len(self._session.staged):
            return self._session.staged[index]
        status = self._seen.live.status(index)
        return status.config if status else None
