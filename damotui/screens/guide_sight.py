"""What the tour sees of the screens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from damotui.guide.tour import Sight
from damotui.render.overlay import Marking
from damotui.screens.side_screen import SideScreen
from engine.config.model import Kdamond, Scheme

if TYPE_CHECKING:
    from damotui.screens.main import MainScreen

_RECLAIM = "pageout"


def sight_of(main: MainScreen) -> Sight:
    """The session of a main screen as it is now."""
    session, heat = main.session, main.map_pane.map
    schemes = tuple(_schemes(session.staged))
    running = [kdamond for index, kdamond in enumerate(session.committed) if index in session.running]
    beside = next((screen for screen in reversed(main.app.screen_stack) if isinstance(screen, SideScreen)), None)
    return Sight(
        speed=main.pacer.speed,
        pane=main.focused_scope.name if beside is None else beside.SCOPE.name,
        cursor=heat.cursor is not None,
        truth=heat.showing.needs_truth,
        marked=main.map_pane.marking is not Marking.NOTHING,
        reclaiming=sum(scheme.action == _RECLAIM for scheme in schemes),
        committed=sum(scheme.action == _RECLAIM for scheme in _schemes(running)),
        applied=_applied(main),
        staged=tuple((scheme.access_pattern, scheme.quotas, scheme.watermarks) for scheme in schemes),
        branches=session.has_branches,
        copied=main.app.clipboard,
    )


def _schemes(kdamonds: Iterable[Kdamond]) -> Iterable[Scheme]:
    return (scheme for kdamond in kdamonds for context in kdamond.contexts for scheme in context.schemes)


def _applied(main: MainScreen) -> int:
    """How often running schemes that page out were applied."""
    snapshot = main.live.snapshot
    count = 0
    for status in snapshot.kdamonds if snapshot is not None else ():
        if status.config is not None and status.running:
            pairs = zip(_schemes((status.config,)), status.schemes, strict=False)
            count += sum(stats.nr_applied for scheme, stats in pairs if scheme.action == _RECLAIM)
    return count
