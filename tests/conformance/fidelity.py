"""Compare simulations with recordings of real kernels, and write the table of it.

    python -m tests.conformance.fidelity [--groundtruth DIR] [--seeds 10] [--write]

Without `--groundtruth` the recorded figures are those of tests/data/groundtruth; with it they are taken from the
recordings below that folder, and `--extract` keeps them. `--write` writes fidelity.md instead of printing it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.errors import InputError
from tests.conformance.comparison import REQUIRED, compare
from tests.conformance.fidelity_table import table
from tests.conformance.recording import Recording, extract, load, save

HERE = Path(__file__).parent
DATA = HERE.parent / "data" / "groundtruth"


def saved_recordings() -> list[Recording]:
    """Those of tests/data/groundtruth, the required ones first."""
    found = [load(path) for path in sorted(DATA.glob("*.json"))]
    return sorted(found, key=lambda r: (r.name not in REQUIRED, r.name))


def _recordings_below(folder: Path) -> tuple[list[Recording], list[str]]:
    """The recordings below a folder, and why others there are left out."""
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; --groundtruth takes the one that holds the recordings")
    found, left_out = [], []
    for path in sorted(folder.glob("**/comparators.json")):
        try:
            found.append(extract(path.parent))
        except InputError as error:
            left_out.append(str(error))
    if not found:
        raise InputError(f"no recording with a comparators.json that can be compared lies below {folder}")
    return sorted(found, key=lambda r: (r.name not in REQUIRED, r.name)), left_out


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compare simulations with recordings of real kernels.")
    parser.add_argument("--groundtruth", type=Path, metavar="DIR", help="folder of recordings")
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="simulations of each (10)")
    parser.add_argument("--write", action="store_true", help="write tests/conformance/fidelity.md")
    parser.add_argument("--extract", action="store_true", help="keep the recorded figures in tests/data/groundtruth")
    options = parser.parse_args(arguments)
    try:
        if options.seeds < 1:
            raise InputError(f"--seeds {options.seeds}: at least 1 is needed")
        if options.groundtruth:
            recordings, left_out = _recordings_below(options.groundtruth)
        else:
            recordings, left_out = saved_recordings(), []
    except InputError as error:
        print(f"fidelity: {error}", file=sys.stderr)
        return 2
    for reason in left_out:
        print(f"left out: {reason}", file=sys.stderr)
    if options.extract:
        for recording in recordings:
            save(recording, DATA)
    text = table([compare(recording, options.seeds) for recording in recordings], options.seeds)
    if options.write:
        (HERE / "fidelity.md").write_text(text)
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
