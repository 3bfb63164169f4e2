"""The values of a scheme, each in a line with a slider: they are pointed at here, and changed elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.strip import Strip

from damotui.render.cut import cut
from damotui.session.tree import Path
from damotui.session.tuning.rows import TuningRow
from damotui.widgets.cursor_rows import CursorRows
from damotui.widgets.pieces import Piece, strip_of
from damotui.widgets.terminal_colours import ColourMode, colour_mode

_LABEL, _VALUE, _ASIDE = 20, 9, 10
_SLIDER_LEAST, _SLIDER_MOST = 5, 24
_DEFAULT = 16
"""Cells of the default, where there is room."""


@dataclass(frozen=True, slots=True)
class _Track:
    """What a slider is drawn with: the scale, what of it is filled, and the handle."""

    scale: str = "─"
    filled: str = "━"
    handle: str = "●"


_ASCII = _Track("-", "=", "o")


class TuningRows(CursorRows[TuningRow], can_focus=True, inherit_bindings=False):
    """Rows with a cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tuning-rows--label",
        "tuning-rows--value",
        "tuning-rows--aside",
        "tuning-rows--scale",
        "tuning-rows--filled",
        "tuning-rows--changed",
        "tuning-rows--error",
        "tuning-rows--cursor",
        "tuning-rows--cursor-blurred",
    }

    DEFAULT_CSS = """
    TuningRows {
        & > .tuning-rows--label { color: $foreground 75%; }
        & > .tuning-rows--value { color: $secondary; text-style: bold; }
        & > .tuning-rows--aside { color: $foreground 68%; }
        & > .tuning-rows--scale { color: $foreground 30%; }
        & > .tuning-rows--filled { color: $primary; }
        & > .tuning-rows--changed { color: $warning; text-style: bold; }
        & > .tuning-rows--error { color: $error; text-style: bold; }
        & > .tuning-rows--cursor { background: $primary 35%; }
        & > .tuning-rows--cursor-blurred { background: $foreground 10%; }
    }
    """

    @dataclass
    class Stepped(Message):
        """The wheel was turned over the value of the cursor's row."""

        up: bool

    @dataclass
    class SetTo(Message):
        """A place of the slider of the cursor's row was clicked."""

        share: float
        """From 0 to 1."""

    def key_of(self, row: TuningRow) -> Path:
        """Its path."""
        return row.path

    def near(self, key: Hashable) -> Iterator[Hashable]:
        """Nothing is nearer than what takes its place."""
        yield from ()

    def render_line(self, y: int) -> Strip:
        """One row: name, value, the same in another unit, slider."""
        line, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if line >= len(self.rows):
            return Strip.blank(width, self.base)
        row, fill = self.rows[line], self.base
        if line == self._at:
            name = "tuning-rows--cursor" if self.has_focus else "tuning-rows--cursor-blurred"
            fill = fill + self.background(name)
        return strip_of(self._pieces(row, width), width, fill)

    def on_click(self, event: events.Click) -> None:
        """Point with the mouse; at the slider of the cursor's own row, set the value."""
        line = event.y + self.scroll_offset.y
        start, length = self._slider(self.scrollable_content_region.width)
        if line == self._at and length and start <= event.x < start + length and self.rows[line].handle is not None:
            event.stop()
            event.prevent_default()
            self.post_message(self.SetTo((event.x - start) / max(length - 1, 1)))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Over the cursor's row, a step up; elsewhere the rows are scrolled."""
        self._wheel(event, up=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Over the cursor's row, a step down; elsewhere the rows are scrolled."""
        self._wheel(event, up=False)

    def _wheel(self, event: events.MouseEvent, *, up: bool) -> None:
        event.stop()
        if event.y + self.scroll_offset.y == self._at:
            event.prevent_default()
            self.post_message(self.Stepped(up))

    def _pieces(self, row: TuningRow, width: int) -> list[Piece]:
        changed = bool(row.committed)
        value = "tuning-rows--changed" if changed else "tuning-rows--value"
        badge = "!" if row.problem else "*" if changed else " "
        badge_ink = "tuning-rows--error" if row.severe else "tuning-rows--changed"
        wide = _VALUE if row.handle is not None else _VALUE + _ASIDE + self._slider(width)[1]
        text = row.value.rjust(_VALUE) if len(row.value) <= _VALUE or row.handle is not None else f" {row.value}"
        pieces = [
            (badge, self.ink(badge_ink)),
            (cut(row.label, _LABEL - 1).ljust(_LABEL - 1), self.ink("tuning-rows--label")),
            (cut(text, wide).ljust(wide), self.ink(value)),
        ]
        if row.handle is not None:
            pieces += [
                (cut(f" {row.aside}", _ASIDE).ljust(_ASIDE), self.ink("tuning-rows--aside")),
                *self._drawn_slider(row, row.handle, self._slider(width)[1]),
            ]
        if width >= self._slider(width)[0] + self._slider(width)[1] + _DEFAULT:
            pieces.append((f"  default {row.default}", self.ink("tuning-rows--aside")))
        return pieces

    @staticmethod
    def _slider(width: int) -> tuple[int, int]:
        """Where the slider begins, and how long it is."""
        start = _LABEL + _VALUE + _ASIDE
        room = width - start - 1
        if room >= _SLIDER_LEAST + 8 + _DEFAULT:
            room -= _DEFAULT
        return start, min(room, _SLIDER_MOST) if room >= _SLIDER_LEAST else 0

    def _drawn_slider(self, row: TuningRow, handle: float, length: int) -> list[Piece]:
        if not length:
            return []
        track = _ASCII if colour_mode(self.app) is ColourMode.ASCII else _Track()
        low, high, at = (round(share * (length - 1)) for share in (*row.filled, handle))
        scale, filled = self.ink("tuning-rows--scale"), self.ink("tuning-rows--filled")
        ink = self.ink("tuning-rows--changed" if row.committed else "tuning-rows--value")
        pieces: list[Piece] = []
        for cell in range(length):
            if cell == at:
                pieces.append((track.handle, ink))
            else:
                pieces.append((track.filled, filled) if low <= cell <= high else (track.scale, scale))
        return pieces
