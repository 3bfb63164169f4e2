"""The formats that a config can be carried in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from damotui.formats.carried import Carried, with_comments
from damotui.formats.damo_command import damo_command
from damotui.formats.debugfs_script import debugfs_script
from damotui.formats.kdamonds_json import kdamonds_json
from damotui.formats.script import name_of
from damotui.formats.sysfs_script import sysfs_script
from damotui.session.tree import Tree, differences, get, text
from engine.config.model import ULONG_MAX
from engine.config.validate import validate
from engine.sysfs.build import in_use
from engine.units import format_count
from engine.versions import Feature, Kernel


@dataclass(frozen=True, slots=True)
class Format:
    """One of them. Each takes any number of kdamonds, and so any of the parts of a tree."""

    name: str
    title: str
    suffix: str
    """Of files that hold it."""
    write: Callable[[Tree, Kernel], Carried]
    help: str
    """What it is, and what one does with it; some sentences."""
    needs: Feature | None = None
    """What a kernel must have for it; None: it does not depend on that."""
    comments: bool = True
    """Whether `#` begins a comment in it."""


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format(
                "damo",
                "damo command",
                ".sh",
                damo_command,
                "The options of damo 3.4.3 that start the same kdamonds: run it as root. `damo tune` takes the same "
                "ones to change kdamonds that run. Thresholds are in damo's units: shares of the samples of an "
                "aggregation, and times.",
            ),
            Format(
                "json",
                "kdamonds JSON",
                ".json",
                kdamonds_json,
                "damo's own form of a config: `damo start FILE` and `damo tune FILE` take it, and so does damotui with "
                "--kdamonds. All numbers survive it exactly.",
                comments=False,
            ),
            Format(
                "sysfs",
                "sysfs script",
                ".sh",
                sysfs_script,
                "A shell script that writes the files of /sys/kernel/mm/damon/admin that differ from what the kernel "
                "has in new ones, then turns all kdamonds on: run it as root on the kernel that it was made for, while "
                "no kdamond of these files runs. `damotui shell FILE` runs it on a simulated machine, once open pids "
                "are put into it.",
                needs=Feature.SYSFS,
            ),
            Format(
                "debugfs",
                "debugfs lines",
                ".sh",
                debugfs_script,
                "A shell script for the files of /sys/kernel/debug/damon, which older kernels have: monitoring "
                "attributes, targets, initial regions and schemes as lines of numbers. Whatever came later than these "
                "files has no place in them. `damotui shell FILE` runs it on a simulated machine, too.",
                needs=Feature.DEBUGFS,
            ),
        )
    }
)
"""By name, in the order in which they are offered."""


def carried(form: Format, kdamonds: Tree, kernel: Kernel) -> Carried:
    """A config in a format, with all there is to say about it: first what keeps it from running at all.

    Where the format has comments, the text says it too.

    Args:
        form: one of the formats.
        kdamonds: the config; it may be invalid.
        kernel: whose rules hold.
    """
    written = form.write(kdamonds, kernel)
    problems = [problem for problem in _problems(kdamonds, kernel) if not _left_out(problem, written.notes)]
    refused = [f"{name_of(kernel)} refuses this config: {problem}" for problem in problems]
    notes = (*refused, *_cut_off(kdamonds), *written.notes, *_of_this_machine(kdamonds))
    commented = form.comments and written.text
    return Carried(with_comments(written.text, notes) if commented else written.text, notes)


def _problems(kdamonds: Tree, kernel: Kernel) -> Iterator[str]:
    for index, kdamond in enumerate(kdamonds):
        for problem in validate(kdamond, kernel):
            yield f"kdamonds[{index}].{problem}"


def _left_out(problem: str, notes: Sequence[str]) -> bool:
    """Whether what a kernel would refuse is not in the text at all, as a note says."""
    path = problem.partition(": ")[0]
    return any(note.startswith((f"{path}: ", f"{path} ")) and " left out: " in note for note in notes)


def _cut_off(kdamonds: Tree) -> Iterator[str]:
    """Counts and ages of which the kernel keeps 32 bits, however it is told them."""
    for path, kept in differences(kdamonds, tuple(map(in_use, kdamonds))):
        asked = get(kdamonds, path)
        if asked != ULONG_MAX:
            yield f"{text(path)}: {format_count(asked)} becomes {format_count(kept)}, as the kernel keeps 32 bits of it"


def _of_this_machine(kdamonds: Tree) -> Iterator[str]:
    for k, kdamond in enumerate(kdamonds):
        for c, context in enumerate(kdamond.contexts):
            if context.ops == "paddr" and any(target.regions for target in context.targets):
                at = text((k, "contexts", c))
                yield f"the regions of {at} are physical addresses: other machines have memory elsewhere (/proc/iomem)"
