"""Reads the theme files into frozen values, checking each field."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Any

RGB = tuple[int, int, int]

COLOURS = (
    "primary",
    "secondary",
    "accent",
    "success",
    "warning",
    "error",
    "foreground",
    "background",
    "surface",
    "panel",
)
"""The colours that each theme of the app names."""

GROUNDS = ("dark", "light")
"""What may lie around a heat map."""
BRIGHT = 8
"""From this of a terminal's 16 colours on they are bright, and some terminals have no such backgrounds."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Ramp:
    """Colours in order, for each kind of terminal; lightness moves away from the ground all the way."""

    anchors: tuple[RGB, ...]
    """Colours at equal steps, to interpolate between."""
    xterm256: tuple[int, ...]
    """The same ramp in xterm-256 colour numbers, to pick from."""
    ansi16: tuple[int, ...]
    """The same, roughly, in numbers of a terminal's own 16 colours, to shade from one to the next."""


@dataclass(frozen=True, slots=True)
class Palette(Ramp):
    """Colours for access rates, from none to the highest."""

    name: str
    description: str
    ground: str
    """One of `GROUNDS`: lightness rises with the rate on a dark ground, and falls on a light one."""
    cvd_safe: bool
    """Whether colour blindness of each kind leaves the steps apart and in order."""


@dataclass(frozen=True, slots=True)
class Diverging:
    """Colours for differences: two ramps that leave the same neutral colour, for less and for more."""

    name: str
    description: str
    below: Ramp
    """From no difference to the least."""
    above: Ramp
    """From no difference to the greatest."""


@dataclass(frozen=True, slots=True)
class AppTheme:
    """Colours of the app around the heat map."""

    name: str
    dark: bool
    heat: str
    """Name of the palette that goes with it."""
    colours: tuple[tuple[str, str], ...]
    """(field, "#rrggbb") for each of `COLOURS`."""
    variables: tuple[tuple[str, str], ...]
    """(CSS variable, value)."""

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments that make a Textual `Theme` of it."""
        return {"name": self.name, "dark": self.dark, **dict(self.colours), "variables": dict(self.variables)}


def palette_names() -> tuple[str, ...]:
    """Names of the heat palettes, sorted."""
    return _names("palettes")


def app_theme_names() -> tuple[str, ...]:
    """Names of the app's themes, sorted."""
    return _names("apps")


def glyph_ramp_names() -> tuple[str, ...]:
    """Names of the ramps made of characters."""
    return tuple(_parse(_read(files(__package__), "glyphs.toml"), "glyphs.toml"))


def load_palette(name: str) -> Palette:
    """The heat palette of that name.

    Raises:
        ValueError: There is none, or its file is wrong; the message names file and field.
    """
    return parse_palette(_named("palettes", name, "heat palette"), f"palettes/{name}.toml")


def load_diverging(ground: str) -> Diverging:
    """The colours of differences for one of `GROUNDS`.

    Raises:
        ValueError: There are none, or their file is wrong; the message names file and field.
    """
    return parse_diverging(_named("diverging", ground, "ground of differences"), f"diverging/{ground}.toml")


def load_app_theme(name: str) -> AppTheme:
    """The app's theme of that name.

    Raises:
        ValueError: There is none, or its file is wrong; the message names file and field.
    """
    return parse_app_theme(_named("apps", name, "theme"), f"apps/{name}.toml")


def load_glyph_ramp(name: str) -> str:
    """One character per step, from no access to the highest rate.

    Raises:
        ValueError: There is none of that name.
    """
    where = "glyphs.toml"
    ramps = _parse(_read(files(__package__), where), where)
    if name not in ramps:
        raise ValueError(f"{name!r} is not a glyph ramp: choose one of {', '.join(ramps)}")
    return _text(ramps, name, where)


def parse_palette(text: str, where: str) -> Palette:
    """A palette from TOML text; `where` names the file in messages.

    Raises:
        ValueError: A field is missing or wrong.
    """
    table = _parse(text, where)
    ramp = _ramp(table, where)
    ground = table.get("ground", GROUNDS[0])
    if ground not in GROUNDS:
        raise ValueError(f"{where}: ground is {ground!r}; {' or '.join(GROUNDS)} is needed")
    safe = table.get("cvd_safe", False)
    if not isinstance(safe, bool):
        raise ValueError(f"{where}: cvd_safe is {safe!r}; true or false is needed")
    return Palette(
        anchors=ramp.anchors,
        xterm256=ramp.xterm256,
        ansi16=ramp.ansi16,
        name=_text(table, "name", where),
        description=_text(table, "description", where),
        ground=ground,
        cvd_safe=safe,
    )


def parse_diverging(text: str, where: str) -> Diverging:
    """Colours of differences from TOML text; `where` names the file in messages.

    Raises:
        ValueError: A field is missing or wrong, or the ramps don't begin with the same colours.
    """
    table = _parse(text, where)
    below, above = (_ramp(_table(table, side, where), f"{where}: {side}") for side in ("below", "above"))
    for field in ("anchors", "xterm256", "ansi16"):
        ends = getattr(below, field)[0], getattr(above, field)[0]
        if ends[0] != ends[1]:
            raise ValueError(f"{where}: {field} of below and above begin with {ends[0]} and {ends[1]}; one is needed")
    return Diverging(_text(table, "name", where), _text(table, "description", where), below, above)


def parse_app_theme(text: str, where: str) -> AppTheme:
    """A theme of the app from TOML text; `where` names the file in messages.

    Raises:
        ValueError: A field is missing or wrong.
    """
    table = _parse(text, where)
    dark = table.get("dark")
    if not isinstance(dark, bool):
        raise ValueError(f"{where}: dark is {dark!r}; true or false is needed")
    given = _table(table, "colours", where)
    for field in COLOURS:
        _rgb(given.get(field), f"{where}: colours.{field}")
    for field in given:
        if field not in COLOURS:
            raise ValueError(f"{where}: colours.{field} is unknown; the colours are {', '.join(COLOURS)}")
    variables = _table(table, "variables", where)
    return AppTheme(
        name=_text(table, "name", where),
        dark=dark,
        heat=_text(table, "heat", where),
        colours=tuple((field, str(given[field])) for field in COLOURS),
        variables=tuple((key, _text(variables, key, f"{where}: variables")) for key in variables),
    )


def _ramp(table: dict[str, Any], where: str) -> Ramp:
    anchors = tuple(_rgb(colour, f"{where}: anchors[{i}]") for i, colour in enumerate(_list(table, "anchors", where)))
    if len(anchors) < 2:
        raise ValueError(f"{where}: anchors has {len(anchors)} colours; at least 2 are needed")
    ansi16 = _numbers(table, "ansi16", where, 0, 15)
    for i, (one, other) in enumerate(pairwise(ansi16)):
        if min(one, other) >= BRIGHT:
            raise ValueError(f"{where}: ansi16[{i}] and ansi16[{i + 1}] are both bright; no two in a row may be")
    return Ramp(anchors, _numbers(table, "xterm256", where, 16, 255), ansi16)


def _numbers(table: dict[str, Any], field: str, where: str, low: int, high: int) -> tuple[int, ...]:
    """At least two colour numbers from `low` to `high`."""
    numbers = _list(table, field, where)
    for i, number in enumerate(numbers):
        if type(number) is not int or not low <= number <= high:
            raise ValueError(f"{where}: {field}[{i}] is {number!r}; a whole number from {low} to {high} is needed")
    if len(numbers) < 2:
        raise ValueError(f"{where}: {field} has {len(numbers)} colours; at least 2 are needed")
    return tuple(numbers)


def _names(folder: str) -> tuple[str, ...]:
    entries = files(__package__).joinpath(folder).iterdir()
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in entries if entry.name.endswith(".toml")))


def _named(folder: str, name: str, what: str) -> str:
    names = _names(folder)
    if name not in names:
        raise ValueError(f"{name!r} is not a {what}: choose one of {', '.join(names)}")
    return _read(files(__package__).joinpath(folder), f"{name}.toml")


def _read(folder: Traversable, name: str) -> str:
    return folder.joinpath(name).read_text(encoding="utf-8")


def _parse(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{where}: not TOML: {error}") from error


def _text(table: dict[str, Any], field: str, where: str) -> str:
    value = table.get(field)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{where}: {field} is {value!r}; a text is needed")
    return value


def _list(table: dict[str, Any], field: str, where: str) -> list[Any]:
    value = table.get(field)
    if not isinstance(value, list):
        raise ValueError(f"{where}: {field} is {value!r}; a list is needed")
    return value


def _table(table: dict[str, Any], field: str, where: str) -> dict[str, Any]:
    value = table.get(field, {})
    if not isinstance(value, dict):
        raise ValueError(f"{where}: {field} is {value!r}; a table is needed")
    return value


def _rgb(value: object, where: str) -> RGB:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise ValueError(f"{where} is {value!r}; a colour like #1d242e is needed")
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)
