"""`damotui presets`."""

from __future__ import annotations

import json
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from damotui.presets import Preset

_WIDTH = 100


def presets(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with the kdamonds in damo's format.")] = False,
) -> int:
    """Serve the command."""
    from damotui.presets import all_presets

    known = all_presets()
    print(json.dumps([_plain(preset) for preset in known], indent=2) if as_json else _table(known))
    return 0


def _plain(preset: Preset) -> dict[str, Any]:
    from engine.config.damo_json import kdamonds_to_json

    return {
        "name": preset.name,
        "title": preset.title,
        "explanation": preset.explanation,
        "since": preset.since_release,
        "nodes": list(preset.nodes),
        "kdamonds": json.loads(kdamonds_to_json(preset.kdamonds))["kdamonds"],
    }


def _table(known: list[Preset]) -> str:
    width = max(len(preset.name) for preset in known)
    indent = " " * (width + 2)
    return "\n\n".join(
        f"{preset.name:<{width}}  {preset.title} (Linux {preset.since_release} or later)\n"
        + fill(preset.explanation, _WIDTH, initial_indent=indent, subsequent_indent=indent)
        for preset in known
    )
