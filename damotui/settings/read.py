"""Reads the file of settings, and says what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from damotui.options import parse_speed
from damotui.settings.keymap import Keymap, keymap_of
from damotui.settings.model import Settings
from engine.errors import InputError, shown

_MOST_BYTES = 1 << 20
_TEXTS = ("theme", "palette", "workload", "kernel", "preset")
_SWITCHES = ("transposed", "mouse", "autosave", "tour")
_KNOWN = (*_TEXTS, *_SWITCHES, "speed", "keys")


def load_settings(path: Path, *, must_exist: bool = False) -> Settings:
    """The settings in a file; the defaults if there is none.

    Raises:
        InputError: it can't be read or used, or is missing although `must_exist` says so.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        if must_exist:
            raise InputError(f"--config: there is no file {str(path)!r}") from None
        return Settings()
    except OSError as error:
        raise InputError(f"settings: {str(path)!r} can't be read: {error.strerror}") from None
    if len(data) > _MOST_BYTES:
        raise InputError(f"settings: {str(path)!r} is larger than 1 MiB, and surely no file of settings")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"settings: {str(path)!r} is no text in UTF-8") from None
    return parse_settings(text, str(path))


def parse_settings(text: str, where: str) -> Settings:
    """The settings in a TOML text.

    Args:
        text: the text.
        where: names the file in messages.

    Raises:
        InputError: it is no TOML, or a setting is unknown or can't be used. Names of themes, palettes, workloads,
            presets and kernels are looked up later, where they are used.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where}: this is no TOML: {error}") from None
    except RecursionError:
        raise InputError(f"{where}: this is nested too deeply for settings") from None
    for name in table:
        if name not in _KNOWN:
            close = get_close_matches(name, _KNOWN)
            hint = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(_KNOWN)}"
            raise InputError(f"{where}: there is no setting {shown(name)}: {hint}")
    texts = {name: _of_type(table, name, str, "a text", where) for name in _TEXTS if name in table}
    switches = {name: _of_type(table, name, bool, "true or false", where) for name in _SWITCHES if name in table}
    return Settings(**texts, **switches, speed=_speed(table, where), keymap=_keymap(table, where))


def _of_type(table: Mapping[str, Any], name: str, wanted: type, what: str, where: str) -> Any:
    value = table[name]
    if type(value) is not wanted or value == "":
        raise InputError(f"{where}: {name} is {value!r}, and has to be {what}")
    return value


def _speed(table: Mapping[str, Any], where: str) -> float | None:
    value = table.get("speed")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise InputError(f"{where}: speed is {value!r}, and has to be a number from 0.1 to 1000, or max")
    try:
        return parse_speed(str(value))
    except InputError:
        raise InputError(f"{where}: speed is {value!r}, and has to be a number from 0.1 to 1000, or max") from None


def _keymap(table: Mapping[str, Any], where: str) -> Keymap:
    given = table.get("keys", {})
    if not isinstance(given, dict):
        raise InputError(f"{where}: keys is {given!r}, and has to be a table of keys by the names of actions")
    chosen: dict[str, list[str]] = {}
    for name, keys in given.items():
        listed = [keys] if isinstance(keys, str) else keys
        if not isinstance(listed, list) or not all(isinstance(key, str) for key in listed):
            raise InputError(
                f'{where}: keys.{name} is {keys!r}, and has to be a key or a list of keys, such as ["c", "f5"]'
            )
        chosen[name] = listed
    return keymap_of(chosen, f"{where}: keys")
