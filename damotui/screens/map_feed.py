"""What the heatmap of the main screen is given to show."""

from __future__ import annotations

from damotui.screens.map_pane import MapPane
from damotui.session.document import Session
from damotui.session.marks import mapping_names
from damotui.session.seen import Seen
from engine.config.model import Kdamond
from engine.snapshot import DEBUGFS_FIRST_INDEX


class MapFeed:
    """Brings the newest of a kdamond to the map.

    Args:
        session: whose kdamonds they are.
        seen: what has come from the engine.
        pane: the map.
    """

    def __init__(self, session: Session, seen: Seen, pane: MapPane) -> None:
        self._session, self._seen, self._pane = session, seen, pane

    def show(self, index: int) -> None:
        """Show what the kdamond has found up to now, or had until it was turned off."""
        live = self._seen.live
        snapshot, config = live.snapshot, self._config(index)
        if snapshot is None or config is None:
            return
        running = index in self._session.running or index >= DEBUGFS_FIRST_INDEX
        last = self._seen.history.latest(index)
        self._pane.show(
            self._seen.history,
            # What a kdamond has seen stays in sight while it is off.
            snapshot.time_us if running or last is None else last.end_us,
            index,
            reason=live.idle_because(index) if running else f"kdamond {index} is off, s starts it",
            marks=self._seen.marks.until(snapshot),
            names=mapping_names(live, index, config),
        )

    def _config(self, index: int) -> Kdamond | None:
        """What is staged for a kdamond, or what a context of debugfs runs with."""
        if index < len(self._session.staged):
            return self._session.staged[index]
        status = self._seen.live.status(index)
        return status.config if status else None
