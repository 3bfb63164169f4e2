"""`damotui report heatmap|access|wss`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.reports.selection import Selection

Input = Annotated[Path, typer.Option("--input", metavar="FILE", help="A recording, of damotui or of damo.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OfKdamond = Annotated[str | None, typer.Option("--kdamond", metavar="N", help="Only what this kdamond found.")]
OfTarget = Annotated[str | None, typer.Option("--target", metavar="N", help="Only what is of this target.")]
Draw = Annotated[
    str,
    typer.Option(
        metavar="hottest|all", help="Which of the ranges of addresses that gaps divide: the one accessed most, or all."
    ),
]

Raw = Annotated[bool, typer.Option("--raw", help="Print a line per cell: time, address and heat, as damo does.")]
Guide = Annotated[bool, typer.Option("--guide", help="Print which times and ranges of addresses there are.")]


def heatmap(
    recording: Input,
    draw: Draw = "hottest",
    kdamond: OfKdamond = None,
    target: OfTarget = None,
    raw: Raw = False,
    guide: Guide = False,
    as_json: AsJson = False,
) -> int:
    """Show when which memory was how hot."""
    from damotui.reports.heatmap import guide_json, render_guide, render_raw, render_text, to_json
    from engine.records import read_record

    if raw and (guide or as_json):
        raise InputError(f"--raw: can't be used together with {'--guide' if guide else '--json'}: give one of the two")
    records, selection = read_record(recording), _selection(kdamond, target)
    if guide:
        found = guide_json(records, selection=selection) if as_json else render_guide(records, selection=selection)
        print(json.dumps(found) if as_json else found)
    elif raw:
        print(render_raw(records, selection=selection, draw=draw))
    elif as_json:
        print(json.dumps(to_json(records, selection=selection, draw=draw)))
    else:
        on_terminal = sys.stdout.isatty()
        width = shutil.get_terminal_size().columns if on_terminal else 80
        color = on_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        print(render_text(records, selection=selection, draw=draw, width=width, color=color))
    return 0


def access(recording: Input, kdamond: OfKdamond = None, target: OfTarget = None, as_json: AsJson = False) -> int:
    """Show the regions of the last snapshot."""
    from damotui.reports.access import render_text, to_json
    from engine.records import read_record

    records, selection = read_record(recording), _selection(kdamond, target)
    print(json.dumps(to_json(records, selection=selection)) if as_json else render_text(records, selection=selection))
    return 0


def wss(recording: Input, kdamond: OfKdamond = None, target: OfTarget = None, as_json: AsJson = False) -> int:
    """Show how the size of the working set was distributed."""
    from damotui.reports.wss import render_text, to_json
    from engine.records import read_record

    records, selection = read_record(recording), _selection(kdamond, target)
    print(json.dumps(to_json(records, selection=selection)) if as_json else render_text(records, selection=selection))
    return 0


def _selection(kdamond: str | None, target: str | None) -> Selection:
    from damotui.reports.selection import Selection

    return Selection(kdamond=_index("--kdamond", kdamond), target=_index("--target", target))


def _index(option: str, text: str | None) -> int | None:
    from engine.units import parse_count

    try:
        return None if text is None else parse_count(text)
    except InputError as error:
        raise InputError(f"{option}: {error}") from None


REPORTS = (heatmap, access, wss)
