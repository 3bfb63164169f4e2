"""All about one file: where it is, what it says, and what it is for. Drawn line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar

from textual.strip import Strip
from textual.widget import Widget

from damotui.pacer.watched import FileSeen
from damotui.session.files_view import FileValue, permissions, real_path
from damotui.session.live import clock
from damotui.widgets.inked import Inked
from damotui.widgets.pieces import strip_of

Words = Sequence[tuple[str, str]]
"""Pieces of a line, each with the component class that it is drawn in."""

_WIDEST = 100
_NAME_WIDTH = 9


class FileDetail(Inked, Widget):
    """What is known of the selected file."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "file-detail--above",
        "file-detail--name",
        "file-detail--value",
        "file-detail--fresh",
        "file-detail--error",
        "file-detail--meaning",
        "file-detail--fact",
        "file-detail--what",
    }

    DEFAULT_CSS = """
    FileDetail {
        height: 1fr;
        & > .file-detail--above { color: $foreground 68%; }
        & > .file-detail--name { color: $primary; text-style: bold; }
        & > .file-detail--value { color: $secondary; text-style: bold; }
        & > .file-detail--fresh { color: $warning; text-style: bold; }
        & > .file-detail--error { color: $error; }
        & > .file-detail--meaning { color: $foreground; }
        & > .file-detail--what { color: $foreground 68%; }
        & > .file-detail--fact { color: $foreground 85%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._seen: FileSeen | None = None
        self._fresh = False
        self._values: Sequence[FileValue] = ()
        self._top = 0
        self._lines: list[Words] = []

    def show(self, seen: FileSeen | None, values: Sequence[FileValue], *, fresh: bool) -> None:
        """Show a file.

        Args:
            seen: the file.
            values: what it has said so far, the oldest first.
            fresh: whether what it says has just changed.
        """
        if (seen, fresh, values) == (self._seen, self._fresh, self._values):
            return
        if (seen.path if seen else "") != (self._seen.path if self._seen else ""):
            self._top = 0
        self._seen, self._fresh, self._values = seen, fresh, values
        self._rebuild()

    def move_by(self, lines: int) -> None:
        """Show what is further down, or up if negative."""
        self._top = min(max(self._top + lines, 0), max(0, len(self._lines) - self.size.height))
        self.refresh()

    def on_resize(self) -> None:
        """Fold the lines anew."""
        self._rebuild()

    def render_line(self, y: int) -> Strip:
        """One of the lines."""
        line = y + self._top
        words = self._lines[line] if line < len(self._lines) else ()
        return strip_of([(text, self.ink(f"file-detail--{name}")) for text, name in words], self.size.width, self.base)

    def _rebuild(self) -> None:
        width = min(self.size.width, _WIDEST)
        self._lines = _lines(self._seen, width, fresh=self._fresh) if self._seen and width > 3 else []
        if len(self._values) > 1 and self._lines:
            self._lines += [(), (("changes", "what"),), *map(_value, reversed(self._values))]
        self._top = min(self._top, max(0, len(self._lines) - self.size.height))
        self.refresh()


def _lines(seen: FileSeen, width: int, *, fresh: bool) -> list[Words]:
    lines = _path(real_path(seen.path), width)
    lines.append(())
    if seen.error:
        lines += [((line, "error"),) for line in wrap(f"can't be read: {seen.error}", width)]
    elif not seen.directory:
        lines += [((line, "fresh" if fresh else "value"),) for line in _content(seen.text, width)]
    lines += [((line, "what"),) for line in wrap(_sentence(seen.why), width)]
    if len(lines) > 2 and lines[-1]:
        lines.append(())
    about = seen.about
    lines += [((line, "meaning"),) for line in wrap(about.meaning, width)]
    facts = [
        ("unit", about.unit),
        ("accepts", about.accepts),
        ("since", f"Linux {about.since}" if about.since[:1].isdigit() else about.since and "a kernel after 7.1"),
        ("mode", permissions(seen.mode, directory=seen.directory)),
    ]
    if about.meaning:
        lines.append(())
    for name, text in facts:
        folded = wrap(text, max(width - _NAME_WIDTH, 4))
        for at, part in enumerate(folded):
            lines.append((((name if at == 0 else "").ljust(_NAME_WIDTH), "what"), (part, "fact")))
    return lines


def _value(value: FileValue) -> Words:
    return ((f"{clock(value.time_us):>{_NAME_WIDTH + 3}}  ", "what"), (value.text, "value"))


def _path(path: str, width: int) -> list[Words]:
    """The path, broken behind slashes where there are any; the name at its end stands out."""
    lines: list[str] = [""]
    for step in re.findall(r"[^/]*/?", path):
        if len(lines[-1]) + len(step) > width and lines[-1]:
            lines.append("")
        lines[-1] += step
    head, last = lines[:-1], lines[-1]
    above = last[: last.rfind("/") + 1]
    return [*(((line, "above"),) for line in head), ((above, "above"), (last[len(above) :], "name"))]


def _content(text: str, width: int) -> list[str]:
    if not text.strip("\n"):
        return ["(empty)"] if not text else ["(an empty line)"]
    lines: list[str] = []
    for line in text.removesuffix("\n").split("\n"):
        lines += [line[at : at + width] for at in range(0, max(len(line), 1), width)]
    return lines


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
