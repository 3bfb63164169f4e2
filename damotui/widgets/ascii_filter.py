"""Draws all widgets in ASCII, where the terminal has nothing else."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from damotui.render.ascii_text import in_cells


class AsciiFilter(LineFilter):
    """Goes over each line after it was laid out, and leaves its width as it is."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The line in ASCII."""
        if all(segment.text.isascii() for segment in segments):
            return segments
        texts = in_cells([segment.text for segment in segments])
        both = zip(texts, segments, strict=True)
        return [Segment(text, style, control) for text, (_, style, control) in both if text]
