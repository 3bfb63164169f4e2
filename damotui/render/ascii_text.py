"""Texts in ASCII, for terminals and readers that have nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rich.cells import cell_len

_ONE = {
    **dict.fromkeys("–−─━╌╍┄┅┈┉╴╶╸╺═", "-"),
    **dict.fromkeys("│┃╎╏┆┇┊┋╵╷╹╻║↕", "|"),
    **dict.fromkeys("┌┍┎┏┐┑┒┓└┕┖┗┘┙┚┛├┝┞┟┠┡┢┣┤┥┦┧┨┩┪┫┬┭┮┯┰┱┲┳┴┵┶┷┸┹┺┻┼╋╔╗╚╝╠╣╦╩╬╭╮╯╰", "+"),
    **dict.fromkeys("·•∙⋅␣", "."),
    **dict.fromkeys("▶▸►", ">"),
    **dict.fromkeys("◀◂◄", "<"),
    **dict.fromkeys("▼▾↓⬇", "v"),
    **dict.fromkeys("▲▴↑⬆", "^"),
    **dict.fromkeys("“”„″", '"'),
    **dict.fromkeys("\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}", "'"),
    **dict.fromkeys("●◉■◼⬤", "*"),
    **dict.fromkeys("○◯□◻", "o"),
    **dict.fromkeys("×✕✖", "x"),
    **dict.fromkeys("µμ", "u"),
    "…": "~",
    "≈": "=",
    "✓": "+",
    "✗": "x",
    "⊗": "q",
    **dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}", " "),
    "÷": "/",
    "⚠": "!",
    "🔎": "/ ",
    # Bars that grow upwards, edges of frames, halves and shades.
    **dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True)),
    **dict.fromkeys("▏▎▍▌▋▊▉▐▕", "|"),
    **dict.fromkeys("▀▔▖▗▘▙▚▛▜▝▞▟", "="),
    **dict(zip("░▒▓", ".:%", strict=True)),
}
_MORE = {"≥": ">=", "≤": "<=", "≠": "!=", "→": "->", "←": "<-", "±": "+-", "‖": "||", "↵": "Ret"}
ONE: Mapping[str, str] = MappingProxyType(_ONE)
"""Signs that have a likeness of the same width."""
MORE: Mapping[str, str] = MappingProxyType(_MORE)
"""Signs that nothing as narrow could stand for without saying something else: `nr≥10` is not `nr>10`."""
CUT = "~"
"""Stands where a line was cut."""
_GAP = re.compile("  +")
_SPELLED = str.maketrans({**_ONE, **_MORE, "…": "..."})


def spelled(text: str) -> str:
    """A line of any width, with damotui's own signs spelled in ASCII; letters of other languages stay as they are."""
    return text if text.isascii() else text.translate(_SPELLED)


def in_cells(texts: Sequence[str]) -> list[str]:
    """The pieces of a line in ASCII, which together take as many cells as before.

    What needs more room takes it from the gap behind it or before it; with no gap, the end of the line is cut.
    What has no likeness becomes a question mark in each of its cells.
    """
    cells: list[tuple[str, int]] = []
    wide: list[int] = []
    for piece, text in enumerate(texts):
        for letter in text:
            signs = MORE.get(letter) or _narrow(letter)
            cells += [(sign, piece) for sign in signs]
            if letter in MORE:
                wide += [len(cells)] * (len(signs) - 1)
    for taken, at in enumerate(wide):
        _take_a_cell(cells, at - taken)
    lines = [""] * len(texts)
    for sign, piece in cells:
        lines[piece] += sign
    return lines


def _narrow(letter: str) -> str:
    if letter.isascii():
        return letter
    return ONE.get(letter) or "?" * cell_len(letter)


def _take_a_cell(cells: list[tuple[str, int]], at: int) -> None:
    """Make a line one cell shorter, at a place near `at`."""
    text = "".join(sign for sign, _ in cells)
    gaps = [gap.span() for gap in _GAP.finditer(text)]
    nearest = [*[gap for gap in gaps if gap[0] >= at][:1], *[gap for gap in gaps if gap[1] <= at][-1:]]
    if nearest:
        # What is at the right end of its room stays there if the wider gap, at its left, gives way.
        del cells[max(nearest, key=lambda gap: gap[1] - gap[0])[0]]
        return
    del cells[-1]
    if not text.endswith(" "):
        cells[-1] = (CUT, cells[-1][1])
