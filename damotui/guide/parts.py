"""Of what the page of a lesson consists."""

from __future__ import annotations

from enum import Enum


class Part(Enum):
    """What a paragraph of the page is."""

    TITLE = "title"
    SECTION = "section"
    TEXT = "text"
    TO_TYPE = "to-type"
    TYPED = "typed"
    OUT = "out"
    ERROR = "error"
    NOTE = "note"
    SEEN = "seen"
    MISSED = "missed"
    HINT = "hint"


Paragraph = tuple[Part, str]
