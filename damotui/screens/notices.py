"""What needs to be known before anything else: an engine that failed, or a kdamond that stopped by itself."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from damotui.session.live import Live, kdamond_name
from damotui.widgets.told_line import ToldLine


class Notices(Vertical):
    """Lines above the heatmap; none while all is well."""

    DEFAULT_CSS = """
    Notices {
        height: auto;
        & > ToldLine { max-height: 3; }
        & > #trouble { background: $error 30%; }
        & > #notice { background: $warning 20%; }
        & > #progress { background: $primary 20%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._trouble = ToldLine(id="trouble")
        self._notice = ToldLine(id="notice")
        self._progress = ToldLine(id="progress")
        self._stands = False

    def compose(self) -> ComposeResult:
        """The lines."""
        yield self._trouble
        yield self._notice
        yield self._progress

    def failed(self, message: str, advice: str) -> None:
        """Something failed; it stays in sight until `goes_on`."""
        self._stands = True
        self._trouble.say(f"{message}: {advice}")

    def goes_on(self) -> None:
        """What failed is over; the next `show` takes it away."""
        self._stands = False

    def progress(self, text: str) -> None:
        """Tell how far something is; nothing once it has ended."""
        self._progress.say(text)

    def show(self, live: Live, index: int) -> None:
        """Show what there is to know about a kdamond."""
        if not self._stands:
            self._trouble.say("")
        reason = live.ended_because(index)
        self._notice.say(f"{kdamond_name(index)} ended: {reason}. N starts a process, s the kdamond" if reason else "")
