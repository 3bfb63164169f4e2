"""`damotui report heatmap|access|wss`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Input = Annotated[Path, typer.Option("--input", metavar="FILE", help="A recording, of damotui or of damo.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def heatmap(recording: Input, as_json: AsJson = False) -> int:
    """Show when which memory was how hot."""
    from damotui.reports import heatmap
    from engine.records import read_record

    records = read_record(recording)
    print(heatmap.to_json(records) if as_json else heatmap.render_text(records))
    return 0


def access(recording: Input, as_json: AsJson = False) -> int:
    """Show the regions of the last snapshot."""
    from damotui.reports import access
    from engine.records import read_record

    records = read_record(recording)
    print(access.to_json(records) if as_json else access.render_text(records))
    return 0


def wss(recording: Input, as_json: AsJson = False) -> int:
    """Show how the size of the working set was distributed."""
    from damotui.reports import wss
    from engine.records import read_record

    records = read_record(recording)
    print(wss.to_json(records) if as_json else wss.render_text(records))
    return 0


REPORTS = (heatmap, access, wss)
