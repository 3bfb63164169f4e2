"""Themes that a user has added."""

from __future__ import annotations

from pathlib import Path

from engine.errors import InputError
from themes import AppTheme, app_theme_names, palette_names
from themes.loader import parse_app_theme


def own_themes(folder: Path) -> tuple[AppTheme, ...]:
    """The themes in a directory, one in each file `*.toml`, by the names of the files; none if there is no directory.

    Raises:
        InputError: a file can't be read, is no theme, or has the name of another theme.
    """
    found: dict[str, AppTheme] = {}
    for path in sorted(folder.glob("*.toml")):
        theme = _read(path)
        if theme.name in app_theme_names() or theme.name in found:
            raise InputError(f"{path}: name is {theme.name!r}, as that of another theme: give it a name of its own")
        if theme.heat not in palette_names():
            raise InputError(f"{path}: heat is {theme.heat!r}, and has to be one of {', '.join(palette_names())}")
        found[theme.name] = theme
    return tuple(found.values())


def _read(path: Path) -> AppTheme:
    try:
        return parse_app_theme(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise InputError(f"theme: {str(path)!r} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"theme: {str(path)!r} is no text in UTF-8") from None
    except ValueError as error:
        raise InputError(str(error)) from None
