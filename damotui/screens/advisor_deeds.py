"""What the actions of the intervals advisor do: one method for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.screens.advisor import AdvisorScreen

SPANS = (10, 20, 50, 100, 200)
"""How many aggregations can be looked at."""


class AdvisorDeeds:
    """Carries them out on one screen."""

    def __init__(self, screen: AdvisorScreen) -> None:
        self._screen = screen

    def stage_proposal(self) -> None:
        """The one at the cursor."""
        self._screen.stage()

    def proposal_up(self) -> None:
        """One up."""
        self._screen.advice.move_by(-1)

    def proposal_down(self) -> None:
        """One down."""
        self._screen.advice.move_by(1)

    def advice_page_up(self) -> None:
        """One page."""
        self._screen.advice.scroll_pages(-1)

    def advice_page_down(self) -> None:
        """One page."""
        self._screen.advice.scroll_pages(1)

    def shorter_span(self) -> None:
        """The next smaller number."""
        self._span(-1)

    def longer_span(self) -> None:
        """The next larger number."""
        self._span(1)

    def leave_advisor(self) -> None:
        """Back."""
        self._screen.dismiss()

    def _span(self, step: int) -> None:
        at = SPANS.index(self._screen.most) + step
        if not 0 <= at < len(SPANS):
            raise InputError(f"from {SPANS[0]} to {SPANS[-1]} aggregations can be looked at")
        self._screen.most = SPANS[at]
