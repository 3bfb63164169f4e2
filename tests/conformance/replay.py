"""Play a transcript of a real kernel against the simulated files, and tell where they answer differently.

    python tests/conformance/replay.py TRANSCRIPT --kernel 6.12 [--base sysfs|debugfs] [--through-mount] [--speed N]

Prints how many operations agreed, differed and are excepted (and by which rule), then each difference. Ends with 0 if
there is none, 1 if there is one, 2 if the transcript can't be played.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from damotui.options import parse_speed
from engine.errors import InputError
from engine.versions import Kernel, kernel_version
from tests.conformance.replay_files import TreeFiles
from tests.conformance.replay_machine import new_system
from tests.conformance.replay_rules import JUST_ON, NOTHING, OUTSIDE, RULES, UNKNOWN
from tests.conformance.replayer import Replayer, Report
from tests.conformance.transcript import BASES, read_transcript


def replay(
    transcript: Path,
    kernel: Kernel,
    base: str | None = None,
    *,
    through_mount: bool = False,
    speed: float = math.inf,
) -> Report:
    """Play a transcript against the tree of a kernel.

    Args:
        transcript: a file of JSON lines.
        kernel: whose files they are.
        base: `sysfs` or `debugfs`, whose paths relative ones are; None to see it from the transcript.
        through_mount: reach the files through a mount of them.
        speed: simulated seconds per second, at most.

    Raises:
        InputError: it can't be read or played.
    """
    steps = read_transcript(transcript, base)
    system = new_system(kernel)
    tree = TreeFiles(system)
    if through_mount:
        # Where nothing can be mounted, the rest works all the same.
        from tests.conformance.replay_mount import mount

        with mount(system, speed) as mounted:
            return Replayer(system, mounted.files, let_pass=mounted.let_pass, beside=tree).play(steps)

    def let_pass(duration_us: int) -> None:
        system.advance(duration_us)
        time.sleep(duration_us / 1e6 / speed)

    return Replayer(system, tree, let_pass=let_pass).play(steps)


def text(report: Report, transcript: Path, kernel: Kernel) -> str:
    """What is printed of a report."""
    reasons = {rule.name: rule.reason for rule in (*RULES, *JUST_ON, NOTHING, UNKNOWN)}

    def by_rule(counts: Counter[str]) -> list[str]:
        return [f"{count:11} {name}: {reasons[name]}" for name, count in counts.most_common()]

    lines = [
        f"{transcript.name} on {kernel.name}: {report.compared} operations compared",
        f"{report.agreed:7} agreed" + (", of which by rule" if report.agreed_by else ""),
        *by_rule(report.agreed_by),
        f"{len(report.different):7} differing",
        f"{sum(report.excepted.values()):7} excepted ({report.excepted_share:.2%})",
        *by_rule(report.excepted),
    ]
    lines.append(f"{report.outside:7} outside: {OUTSIDE}")
    lines += [str(difference) for difference in report.different]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Play a transcript of a real kernel against the simulated files.")
    parser.add_argument("transcript", type=Path, metavar="TRANSCRIPT", help="a file of JSON lines")
    parser.add_argument("--kernel", required=True, metavar="RELEASE", help="whose files they are, such as 6.12")
    parser.add_argument("--base", choices=sorted(BASES), help="whose paths relative ones are (seen from the name)")
    parser.add_argument("--through-mount", action="store_true", help="reach the files through a mount of them")
    parser.add_argument("--speed", default="max", metavar="N", help="simulated seconds per second, 0.1 to 1000 (max)")
    options = parser.parse_args(arguments)
    try:
        kernel, speed = kernel_version(options.kernel), parse_speed(options.speed)
        report = replay(options.transcript, kernel, options.base, through_mount=options.through_mount, speed=speed)
    except InputError as error:
        print(f"replay: {error}", file=sys.stderr)
        return 2
    print(text(report, options.transcript, kernel), end="")
    return 1 if report.different else 0


if __name__ == "__main__":
    sys.exit(main())
