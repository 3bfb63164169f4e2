"""How the scripts begin that write the kernel's files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from damotui.formats.carried import comments
from damotui.formats.pids import OpenPids, assignments
from engine.versions import RELEASES, Kernel

ROOT = "DAMON"
"""The variable that stands for the directory of the files."""
GIVE_PID = "give it to the script as an argument, or put it into the script"


def head(purpose: Sequence[str], root: str, pids: OpenPids) -> Iterator[str]:
    """The lines up to the first write: what the script is for, where the files are, and whose pids it needs."""
    yield "#!/bin/sh"
    yield from comments(purpose)
    yield "set -e"
    yield f"{ROOT}={root}"
    yield from assignments(pids)


def name_of(kernel: Kernel) -> str:
    """`Linux 6.12`; the newest has no number yet."""
    return f"Linux {kernel.name}" if kernel.name != RELEASES[-1] else f"a kernel after Linux {RELEASES[-2]}"
