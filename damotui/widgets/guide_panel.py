"""What the guide says, in a few lines that take room only while there is something to say."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from damotui.guide.notice import Notice, Tone, laid_out
from damotui.widgets.inked import Inked
from damotui.widgets.key_footer import KeyFooter
from damotui.widgets.pieces import strip_of

_ROWS = ((0, 2), (18, 4), (24, 6))
"""From which height of the screen on how many rows it may take."""


class GuidePanel(Inked, Widget):
    """Lies between the panes and the status line, and hides nothing."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "guide-panel--head",
        "guide-panel--text",
        "guide-panel--todo",
        "guide-panel--done",
        "guide-panel--wrong",
        "guide-panel--typed",
    }

    DEFAULT_CSS = """
    GuidePanel {
        display: none;
        height: auto;
        padding: 0 1;
        background: $primary 20%;
        & > .guide-panel--head { color: $foreground; text-style: bold; }
        & > .guide-panel--text { color: $foreground 80%; }
        & > .guide-panel--todo { color: $foreground; }
        & > .guide-panel--done { color: $success; }
        & > .guide-panel--wrong { color: $warning; }
        & > .guide-panel--typed { color: $accent; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._notice: Notice | None = None
        self._laid: tuple[int, list[tuple[Tone, str]]] = (0, [])
        """For which width, and the rows."""

    def show(self, notice: Notice | None) -> None:
        """Show a notice, or nothing."""
        if notice == self._notice:
            return
        before, self._notice = len(self._laid[1]), notice
        self.display = notice is not None
        if notice is not None:
            self._lay(self._laid[0])
            self.refresh(layout=len(self._laid[1]) != before or not before)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the notice needs."""
        self._lay(width)
        return len(self._laid[1])

    def on_click(self, event: events.Click) -> None:
        """Go on, as the key does that stands there."""
        self.post_message(KeyFooter.Pressed("guide_next"))

    def render_line(self, y: int) -> Strip:
        """One of the rows."""
        rows = self._laid[1]
        at = y - self.gutter.top
        width = self.scrollable_content_region.width
        tone, text = rows[at] if at < len(rows) else (Tone.TEXT, "")
        return strip_of([(text, self.ink(f"guide-panel--{tone.value}"))], width, self.base)

    def _lay(self, width: int) -> None:
        most = max(rows for height, rows in _ROWS if self.app.size.height >= height)
        self._laid = (width, laid_out(self._notice, width, most) if self._notice is not None and width > 0 else [])
