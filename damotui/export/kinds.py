"""Which kinds of file there are, chosen by the ending of the name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from damotui.export.png import check_png, png_of
from damotui.export.sheet import Sheet, as_csv, as_json
from damotui.files import write_whole
from engine.errors import InputError, shown

PICTURES, TEXTS, FIGURES = (".svg", ".png"), (".txt",), (".csv", ".json")
SUFFIXES = (*PICTURES, *TEXTS, *FIGURES)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What can be saved of a screen."""

    svg: str
    lines: tuple[str, ...]
    sheet: Callable[[], Sheet] | None
    """Gives the figures behind it; None if it has none."""


def check_kind(name: str, shown_: Shown) -> None:
    """Check that something can be saved under that name, whatever is there already.

    Raises:
        InputError: the ending is none of those that are known, or what it stands for can't be had.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"{shown(Path(name).name)} doesn't say what to save: end it in {', '.join(SUFFIXES)}")
    if suffix in FIGURES:
        if shown_.sheet is None:
            raise InputError(
                f"there are no figures behind this view for {suffix}: .svg, .png and .txt save how it looks"
            )
        shown_.sheet()
    if suffix == ".png":
        check_png()


def save(path: Path, shown_: Shown) -> None:
    """Write what the ending of the path's name says.

    Raises:
        InputError: it can't be had or written.
    """
    check_kind(path.name, shown_)
    match path.suffix.lower():
        case ".svg":
            write_whole(path, shown_.svg)
        case ".png":
            write_whole(path, png_of(shown_.svg))
        case ".txt":
            write_whole(path, "".join(f"{line.rstrip()}\n" for line in shown_.lines))
        case suffix:
            assert shown_.sheet is not None
            sheet = shown_.sheet()
            write_whole(path, as_csv(sheet) if suffix == ".csv" else as_json(sheet))
