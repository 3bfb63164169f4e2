"""How fast the app is: what a frame costs, and how soon a key is answered."""

from __future__ import annotations

import json
from dataclasses import asdict

from damotui.bench import keys
from damotui.bench.frames import COLUMNS, ROWS, SCENARIOS, FrameFigures, measure
from damotui.bench.keys import KeyFigures

SPEEDS = ("2", "max")
"""At 2× each of 20 frames a second has an aggregation to show."""


def run(*, as_json: bool) -> str:
    """The figures, as text for people or as JSON.

    Raises:
        InputError: keys can't be measured on this system.
    """
    frames = [measure(scenario) for scenario in SCENARIOS]
    pressed = [keys.measure(speed) for speed in SPEEDS]
    if as_json:
        return json.dumps(
            {
                "frames": {"columns": COLUMNS, "rows": ROWS, "figures": [asdict(one) for one in frames]},
                "keys": {"columns": keys.COLUMNS, "lines": keys.LINES, "figures": [asdict(one) for one in pressed]},
            }
        )
    return f"{frame_table(frames)}\n\n{key_table(pressed)}"


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


def key_table(figures: list[KeyFigures]) -> str:
    """Figures of keys as a table."""
    title = f"terminal of {keys.COLUMNS}x{keys.LINES}, speed"
    rows = [f"{title:<32}{'key ms':>10}{'p90':>8}{'KiB/s':>13}{'% of a core, all of it':>23}"]
    rows += [
        f"{f.speed:<32}{f.key_ms_median:>10.1f}{f.key_ms_p90:>8.1f}{f.kilobytes_per_s:>13,.1f}{f.percent_of_core:>23.1f}"
        for f in figures
    ]
    return "\n".join(rows)
