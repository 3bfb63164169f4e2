"""Compare simulations with recordings of real kernels whose schemes acted, and write the table of it.

    python -m tests.conformance.schemes [--groundtruth DIR] [--seeds 10] [--write]

Without `--groundtruth` the recorded figures are those of tests/data/groundtruth/schemes; with it they are taken from
the recordings below that folder and kept there. `--write` writes schemes.md instead of printing it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.scheme_comparison import compare
from tests.conformance.scheme_recording import SchemeRun, extract, load, save
from tests.conformance.scheme_table import table

HERE = Path(__file__).parent
DATA = HERE.parent / "data" / "groundtruth" / "schemes"
RUNS = ("s01", "s02", "s04", "s05", "s06", "s07")


def saved_runs() -> list[SchemeRun]:
    """Those of tests/data/groundtruth/schemes, by name."""
    return [load(path) for path in sorted(DATA.glob("*.json"))]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compare simulated schemes with recordings of real kernels.")
    parser.add_argument("--groundtruth", type=Path, metavar="DIR", help="take the figures from the recordings below it")
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="simulations of each (10)")
    parser.add_argument("--write", action="store_true", help="write tests/conformance/schemes.md")
    options = parser.parse_args(arguments)
    if options.seeds < 1:
        print(f"schemes: --seeds {options.seeds}: at least 1 is needed", file=sys.stderr)
        return 2
    if options.groundtruth:
        folders = [folder for name in RUNS for folder in sorted(options.groundtruth.glob(f"**/{name}-*"))]
        if not folders:
            print(f"schemes: no recording named {', '.join(RUNS)} lies below {options.groundtruth}", file=sys.stderr)
            return 2
        for folder in folders:
            save(extract(folder), DATA)
    text = table([compare(run, options.seeds) for run in saved_runs()], options.seeds)
    if options.write:
        (HERE / "schemes.md").write_text(text)
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
