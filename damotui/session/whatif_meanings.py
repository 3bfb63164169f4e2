"""What the figures of a what-if mean."""

from __future__ import annotations

from damotui.explain import Explanation
from damotui.session.differences import (
    ACTIONS,
    APPLIED,
    APPLIED_BYTES,
    CHECKS,
    EXCEEDED,
    MOVED,
    PSI,
    REFAULTS,
    REFAULTS_PER_S,
    REGIONS,
    RESIDENT,
    RESIDENT_MEAN,
    SAVED,
    SAVED_IN_ALL,
    SLOWDOWN,
    TRIED,
    TRIED_BYTES,
    Better,
    Measure,
)

_WANTED = {
    Better.LOWER: "less is better",
    Better.HIGHER: "more is better",
    Better.NEITHER: "neither is better by itself",
}
_MACHINE, _MONITOR = "the simulated machine", "what the kernel counts"

WHAT_IF = Explanation(
    "What-if",
    "A copy of the running engine, branch B, goes on beside it, with what was staged committed to it. Both have the"
    " same memory, processes, regions and statistics at the fork, the same seed, and the same future: what the workload"
    " does is the same in both, and processes are killed and started in both. So every difference is due to the change;"
    " a branch that is an exact copy stays equal to the byte. Figures without “now” count from the fork on.",
    (
        ("B − A", "branch B less branch A"),
        ("%", "the same in percent of A; nothing where A is 0"),
        ("B is", "better or worse than A in this figure; same below 0.05 %; nothing where neither can be said"),
        ("speed", "two engines take about twice the time of one: at full speed, each has half of it"),
    ),
)
"""About the screen as a whole."""

_TEXTS: dict[Measure, tuple[str, str, str]] = {
    RESIDENT: (
        "Memory of all processes that is in memory at this moment.",
        "the sum of rss over the processes that run",
        _MACHINE,
    ),
    RESIDENT_MEAN: (
        "The same, averaged over the time since the fork.",
        "from the moments that were shown, each joined to the next by a straight line; at great speed these lie apart,"
        " in both branches alike",
        _MACHINE,
    ),
    SAVED: (
        "What actions of schemes took out of memory and is still out at this moment.",
        "pages that pageout took out and that were not touched again",
        _MACHINE,
    ),
    SAVED_IN_ALL: (
        "Memory saved for as long as it stayed saved: 1 GiB for ten seconds is 10 GiB s. It tells lasting savings from"
        " memory that went and came.",
        "saved memory summed up over time since the fork, less what huge pages wasted",
        _MACHINE,
    ),
    MOVED: (
        "Traffic that memory management caused: what went to or came from swap, files and other nodes.",
        "bytes swapped out and in, read from files, and migrated since the fork",
        _MACHINE,
    ),
    REFAULTS: (
        "Major faults since the fork: pages that were needed and had left memory. Each made its process wait.",
        "swap-ins and file reads of all processes",
        _MACHINE,
    ),
    REFAULTS_PER_S: (
        "The same per second of simulated time.",
        "refaulted pages ÷ time since the fork",
        _MACHINE,
    ),
    SLOWDOWN: (
        "How much longer all processes together took since the fork than their work alone would have taken: 25 % for a"
        " quarter longer. Below 0 where huge pages make up for more than what is lost.",
        "time that the processes existed ÷ work that they did, less 1",
        _MACHINE,
    ),
    PSI: (
        "The share of the time since the fork in which some process waited for memory.",
        "growth of the kernel's “some” pressure total ÷ time since the fork",
        "pressure stall information",
    ),
    CHECKS: (
        "What monitoring costs: each check looks whether one page was accessed.",
        "checks of all kdamonds since the fork ÷ time",
        _MONITOR,
    ),
    REGIONS: (
        "Regions of all kdamonds that run, at this moment. More of them see finer, and cost a check each per sample.",
        "the sum over the kdamonds",
        _MONITOR,
    ),
    ACTIONS: (
        "The share of the time since the fork that actions of schemes took, in their kdamonds.",
        "time of all actions ÷ time since the fork",
        _MACHINE,
    ),
    TRIED_BYTES: (
        "Memory that the scheme's action was tried on, per second.",
        "growth of sz_tried since the fork ÷ time",
        _MONITOR,
    ),
    APPLIED_BYTES: (
        "Memory on which it succeeded, per second.",
        "growth of sz_applied since the fork ÷ time",
        _MONITOR,
    ),
    TRIED: (
        "Regions that the scheme's action was tried on, per second.",
        "growth of nr_tried since the fork ÷ time",
        _MONITOR,
    ),
    APPLIED: (
        "Regions of which some memory succeeded, per second.",
        "growth of nr_applied since the fork ÷ time",
        _MONITOR,
    ),
    EXCEEDED: (
        "How often the quota kept the scheme from doing all that it would have done.",
        "growth of qt_exceeds since the fork",
        _MONITOR,
    ),
}

MEANINGS: dict[str, Explanation] = {
    measure.key: Explanation(
        measure.name,
        text,
        (("unit", measure.unit), ("worked out as", formula), ("wanted", _WANTED[measure.better]), ("source", source)),
    )
    for measure, (text, formula, source) in _TEXTS.items()
}
"""By the key of the measure."""
