"""How fast the app is: what a frame costs."""

from __future__ import annotations

import json
from dataclasses import asdict

from damotui.bench.frames import COLUMNS, ROWS, SCENARIOS, FrameFigures, measure


def run(*, as_json: bool) -> str:
    """The figures, as text for people or as JSON."""
    frames = [measure(scenario) for scenario in SCENARIOS]
    if as_json:
        return json.dumps({"frames": {"columns": COLUMNS, "rows": ROWS, "figures": [asdict(one) for one in frames]}})
    return frame_table(frames)


def frame_table(figures: list[FrameFigures]) -> str:
    """Figures of frames as a table."""
    rows = [
        f"{f'{COLUMNS}x{ROWS} cells':<32}{'ms/frame':>10}{'p95':>8}{'bytes/frame':>13}{'% of a core at 20 fps':>23}"
    ]
    rows += [
        f"{f.scenario:<32}{f.ms_per_frame:>10.2f}{f.ms_per_frame_p95:>8.2f}{f.bytes_per_frame:>13,}"
        f"{f.percent_of_core_at_20_fps:>23.1f}"
        for f in figures
    ]
    return "\n".join(rows)
