"""Pictures of the screen, compared with those that are kept."""

from __future__ import annotations

import os
import re
from pathlib import Path

from textual.widgets import Input

KEPT = Path(__file__).parents[1] / "data" / "pictures"
_MADE_UP = re.compile(r"terminal-\d+")
"""Textual makes up a new id for each picture."""
_REMOTE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def picture(app) -> str:
    """What the app shows, as SVG that is the same whenever the screen is."""
    for line in app.screen.query(Input):
        line.cursor_blink = False
    return _REMOTE.sub("", _MADE_UP.sub("damotui", app.export_screenshot()))


def assert_as_kept(app, name: str) -> None:
    """Compare with the picture of that name; with UPDATE_SCREENS=1 in the environment, keep what there is now."""
    path, now = KEPT / f"{name}.svg", picture(app)
    if os.environ.get("UPDATE_SCREENS"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(now, "utf-8")
    before = path.read_text("utf-8")
    if now != before:
        other = [
            f"line {at}: {b.strip()[:160]!r} instead of {a.strip()[:160]!r}"
            for at, (a, b) in enumerate(zip(before.splitlines(), now.splitlines(), strict=False), 1)
            if a != b
        ]
        raise AssertionError(f"{name}.svg is another picture: {'; '.join(other[:3]) or 'it has another length'}")
