"""`damotui config`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from damotui.settings.model import Settings
    from themes import AppTheme


def config(
    sample: Annotated[
        bool, typer.Option("--sample", help="Print a file with all settings, none of them in force.")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Write that file where settings are looked for.")] = False,
    actions: Annotated[
        bool, typer.Option("--actions", help="List the names of actions, and the keys that they have.")
    ] = False,
    file: Annotated[
        Path | None, typer.Option("--config", metavar="F", help="File of settings, in place of yours.")
    ] = None,
) -> int:
    """Serve the command."""
    from damotui.keep.places import user_places
    from damotui.settings.own_themes import own_themes
    from damotui.settings.read import load_settings
    from damotui.settings.sample import SAMPLE

    places = user_places()
    path = file or places.settings
    if sample:
        print(SAMPLE, end="")
        return 0
    if write:
        _write(path, SAMPLE)
        print(f"written: {path}")
        return 0
    settings = load_settings(path, must_exist=file is not None)
    if actions:
        print(_actions(settings))
        return 0
    print(f"settings: {path}{'' if path.exists() else ' (not there: --write makes it)'}")
    print(f"themes:   {places.themes}{'' if places.themes.is_dir() else ' (not there)'}")
    themes = own_themes(places.themes)
    print(_in_force(settings, [theme.name for theme in themes]))
    _check(settings, themes, path)
    return 0


def _check(settings: Settings, themes: Sequence[AppTheme], path: Path) -> None:
    """Raise `InputError` if nothing can be started with these."""
    from damotui.options import AppOptions
    from damotui.setup import load_setup
    from engine.errors import InputError

    try:
        load_setup(AppOptions(), settings, themes)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _write(path: Path, text: str) -> None:
    from damotui.files import write_whole
    from engine.errors import InputError

    if path.exists():
        raise InputError(f"--write: {path} is there already and stays as it is; --sample prints what it would be")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--write: {path.parent} can't be made: {error.strerror}") from None
    write_whole(path, text)


def _in_force(settings: Settings, themes: list[str]) -> str:
    from dataclasses import fields

    from damotui.actions import key_names

    lines = [] if not themes else [f"own themes: {', '.join(themes)}"]
    for one in fields(settings):
        value = getattr(settings, one.name)
        if one.name != "keymap" and value is not None and value != one.default:
            lines.append(f"{one.name} = {value}")
    lines += [f"keys of {name}: {key_names(keys) or 'none'}" for name, keys in settings.keymap.changed.items()]
    return "\n".join(lines or ["nothing is other than damotui has it by itself"])


def _actions(settings: Settings) -> str:
    from damotui.actions import ACTIONS, Scope, in_scope, key_names

    width = max(len(a.name) for a in ACTIONS)
    lines = []
    for scope in Scope:
        offered = [settings.keymap.applied(a) for a in in_scope(scope) if not a.told]
        keys = max((len(key_names(a.keys)) for a in offered), default=0)
        lines += [
            f"{scope.value}:",
            *(f"  {a.name:<{width}}  {key_names(a.keys):<{keys}}  {a.help}" for a in offered),
            "",
        ]
    return "\n".join(lines[:-1])
