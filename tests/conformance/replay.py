"""Play a transcript of a real kernel against the simulated files, and tell where they answer differently.

    python tests/conformance/replay.py TRANSCRIPT --kernel 6.12 [--base sysfs|debugfs] [--through-mount] [--speed N]

Prints how many operations agreed, differed and are excepted (and by which rule), then each difference. Ends with 0 if
there is none, 1 if there is one, 2 if the transcript can't be played.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.errors import InputError
from engine.versions import Kernel, kernel_version
from tests.conformance.replay_files import TreeFiles
from tests.conformance.replay_rules import JUST_ON, OUTSIDE, RULES, THROUGH_MOUNT, UNKNOWN
from tests.conformance.replayer import Replayer, Report, new_system
from tests.conformance.transcript import BASES, read_transcript


def replay(transcript: Path, kernel: Kernel, base: str | None = None) -> Report:
    """Play a transcript against the tree of a kernel.

    Raises:
        InputError: it can't be read or played.
    """
    steps = read_transcript(transcript, base)
    system = new_system(kernel)
    return Replayer(system, TreeFiles(system)).play(steps)


def text(report: Report, transcript: Path, kernel: Kernel) -> str:
    """What is printed of a report."""
    lines = [f"{transcript.name} on {kernel.name}: {report.compared} operations compared"]
    kinds = ", ".join(f"{count} by kind of {name}" for name, count in sorted(report.by_kind.items()))
    lines.append(f"{report.agreed:7} agreed" + (f" ({kinds})" if kinds else ""))
    lines.append(f"{len(report.different):7} differing")
    lines.append(f"{sum(report.excepted.values()):7} excepted ({report.excepted_share:.2%})")
    reasons = {rule.name: rule.reason for rule in (*RULES, *JUST_ON, *THROUGH_MOUNT, UNKNOWN)}
    lines += [f"{count:11} {name}: {reasons[name]}" for name, count in report.excepted.most_common()]
    lines.append(f"{report.outside:7} outside: {OUTSIDE}")
    lines += [str(difference) for difference in report.different]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Play a transcript of a real kernel against the simulated files.")
    parser.add_argument("transcript", type=Path, metavar="TRANSCRIPT", help="a file of JSON lines")
    parser.add_argument("--kernel", required=True, metavar="RELEASE", help="whose files they are, such as 6.12")
    parser.add_argument("--base", choices=sorted(BASES), help="whose paths relative ones are (seen from the name)")
    options = parser.parse_args(arguments)
    try:
        kernel = kernel_version(options.kernel)
        report = replay(options.transcript, kernel, options.base)
    except InputError as error:
        print(f"replay: {error}", file=sys.stderr)
        return 2
    print(text(report, options.transcript, kernel), end="")
    return 1 if report.different else 0


if __name__ == "__main__":
    sys.exit(main())
