"""Reads the theme files into frozen values, checking each field."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
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

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours for access rates, from none to the highest; lightness rises all the way."""

    name: str
    description: str
    anchors: tuple[RGB, ...]
    """Colours at equal steps, to interpolate between."""
    xterm256: tuple[int, ...]
    """The same ramp in xterm-256 colour numbers, to pick from."""


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
    anchors = tuple(_rgb(colour, f"{where}: anchors[{i}]") for i, colour in enumerate(_list(table, "anchors", where)))
    if len(anchors) < 2:
        raise ValueError(f"{where}: anchors has {len(anchors)} colours; at least 2 are needed")
    xterm256 = _list(table, "xterm256", where)
    for i, number in enumerate(xterm256):
        if type(number) is not int or not 16 <= number <= 255:
            raise ValueError(f"{where}: xterm256[{i}] is {number!r}; a whole number from 16 to 255 is needed")
    if len(xterm256) < 2:
        raise ValueError(f"{where}: xterm256 has {len(xterm256)} colours; at least 2 are needed")
    return Palette(_text(table, "name", where), _text(table, "description", where), anchors, tuple(xterm256))


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
