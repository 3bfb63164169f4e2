"""Lines of events, the newest at the end. It keeps a place of its own among them, so that many more cost nothing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import ClassVar

from textual import events
from textual.strip import Strip
from textual.widget import Widget

from damotui.session.trace_log import TraceLine, TraceLog
from damotui.widgets.inked import Inked
from damotui.widgets.pieces import Piece, strip_of

_SIDE_STEP = 16
_WHEEL = 3
_PARTS = re.compile(r"(?P<task>\S+ +\d+ \[\d+\]) +(?P<time>\d+\.\d+): (?P<group>damon:)(?P<event>\w+): (?P<text>.*)")
_WHOLE_WIDTH = 150
"""From this width on, lines are shown whole at first."""


class TraceLines(Inked, Widget, can_focus=True, inherit_bindings=False):
    """A window on the log: at its end, where it follows, or further back, where it stays."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "trace-lines--task",
        "trace-lines--time",
        "trace-lines--event",
        "trace-lines--text",
        "trace-lines--found",
        "trace-lines--lost",
        "trace-lines--bar",
        "trace-lines--thumb",
        "trace-lines--empty",
    }

    DEFAULT_CSS = """
    TraceLines {
        height: 1fr;
        & > .trace-lines--task { color: $foreground 68%; }
        & > .trace-lines--time { color: $foreground 70%; }
        & > .trace-lines--event { color: $primary; }
        & > .trace-lines--text { color: $foreground; }
        & > .trace-lines--found { color: $warning; text-style: bold; }
        & > .trace-lines--lost { color: $error; text-style: bold; }
        & > .trace-lines--bar { color: $foreground 15%; }
        & > .trace-lines--thumb { color: $primary; }
        & > .trace-lines--empty { color: $foreground 68%; }
    }
    """

    def __init__(self, log: TraceLog, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.log_ = log
        self.empty = ""
        """What stands there while there is no line."""
        self.short: bool | None = None
        """Whether thread, CPU and group are left out; None: if there is too little room."""
        self.following = True
        self._top = 0
        """Index of the first line in sight, counted from the first line that there ever was."""
        self._left = 0
        self._drawn: object = None

    @property
    def shortened(self) -> bool:
        """Whether thread, CPU and group are left out."""
        return self.size.width < _WHOLE_WIDTH if self.short is None else self.short

    @property
    def place(self) -> tuple[int, int]:
        """Numbers of the first and last line in sight, from 1 on."""
        first = self._top - self.log_.dropped
        return first + 1, min(first + self.size.height, len(self.log_.shown))

    def show(self) -> None:
        """Show what the log holds now."""
        log = self.log_
        last_top = log.dropped + max(0, len(log.shown) - self.size.height)
        self._top = last_top if self.following else min(max(self._top, log.dropped), last_top)
        # Where neither the window nor what is in it has moved, nothing is drawn.
        drawn = (self._top, min(len(log.shown) + log.dropped, self._top + self.size.height), log.version, self.size)
        drawn_all = (*drawn, self._left, self.shortened, self._thumb(), self.empty)
        if drawn_all != self._drawn:
            self._drawn = drawn_all
            self.refresh()

    def move_by(self, lines: int) -> None:
        """Look further forth, or back if negative; at the end, follow."""
        log = self.log_
        last_top = log.dropped + max(0, len(log.shown) - self.size.height)
        self._top = min(max(self._top + lines, log.dropped), last_top)
        self.following = self._top >= last_top
        self.show()

    def move_by_pages(self, pages: int) -> None:
        """Look forth by what is in sight at once, less a line; or back."""
        self.move_by(pages * max(1, self.size.height - 1))

    def move_to_oldest(self) -> None:
        """Look at the beginning."""
        self.move_by(-len(self.log_.shown))

    def move_to_newest(self) -> None:
        """Follow."""
        self.following = True
        self.show()

    def move_aside(self, steps: int) -> None:
        """Show more of the end of the lines, or of the beginning if negative."""
        self._left = max(0, self._left + steps * _SIDE_STEP)
        self.show()

    def on_resize(self) -> None:
        """Keep the end in sight, or the place."""
        self.show()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look back."""
        event.stop()
        self.move_by(-_WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look forth."""
        event.stop()
        self.move_by(_WHEEL)

    def render_line(self, y: int) -> Strip:
        """One line, and at its right end a piece of the bar that tells where in the log that is."""
        width = self.size.width
        shown = self.log_.shown
        at = self._top - self.log_.dropped + y
        pieces: list[Piece] = []
        if 0 <= at < len(shown):
            pieces = self._cut_left(self._pieces(shown[at]))
        elif y == 0 and not shown:
            pieces = [(self.empty, self.ink("trace-lines--empty"))]
        first, last = self._thumb()
        bar = ("▐", self.ink("trace-lines--thumb" if first <= y < last else "trace-lines--bar"))
        line = strip_of(pieces, max(0, width - 1), self.base)
        return Strip.join([line, strip_of([bar if len(shown) > self.size.height else (" ", self.base)], 1, self.base)])

    def _thumb(self) -> tuple[int, int]:
        count, height = max(1, len(self.log_.shown)), self.size.height
        size = max(1, min(height, height * height // count))
        room = max(1, count - height)
        first = (height - size) * min(self._top - self.log_.dropped, room) // room
        return first, first + size

    def _pieces(self, line: TraceLine) -> list[Piece]:
        parts = _parts(line.text)
        if parts is None:
            return [(line.text, self.ink("trace-lines--lost"))]
        task, time, group, event, text = parts
        head: list[Piece] = [] if self.shortened else [(f"{task} ", self.ink("trace-lines--task"))]
        name = f"{'' if self.shortened else group}{event}: "
        pieces = [
            *head,
            (f"{time:>12}: ", self.ink("trace-lines--time")),
            (name, self.ink("trace-lines--event")),
            (text, self.ink("trace-lines--text")),
        ]
        return self._marked(pieces) if self.log_.find else pieces

    def _marked(self, pieces: list[Piece]) -> list[Piece]:
        """With what was searched for standing out, where it is within one piece."""
        wanted, found = self.log_.find.lower(), self.ink("trace-lines--found")
        marked: list[Piece] = []
        for text, style in pieces:
            lower, at = text.lower(), 0
            while (hit := lower.find(wanted, at)) >= 0:
                marked += [(text[at:hit], style), (text[hit : hit + len(wanted)], found)]
                at = hit + len(wanted)
            marked.append((text[at:], style))
        return marked

    def _cut_left(self, pieces: list[Piece]) -> list[Piece]:
        gone = self._left
        cut: list[Piece] = []
        for text, style in pieces:
            cut.append((text[gone:], style))
            gone = max(0, gone - len(text))
        return cut


@lru_cache(maxsize=1024)
def _parts(text: str) -> tuple[str, str, str, str, str] | None:
    found = _PARTS.fullmatch(text)
    return (found["task"], found["time"], found["group"], found["event"], found["text"]) if found else None
