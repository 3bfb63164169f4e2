"""What the figures of the status line mean, and those of the scheme statistics."""

from __future__ import annotations

from damotui.explain import Explanation

_KERNEL = "the kernel's design document of DAMON"
_MACHINE = "the simulated machine"
_ENGINE = "damotui's own clock"


def _one(title: str, text: str, unit: str, source: str) -> Explanation:
    return Explanation(title, text, (("unit", unit), ("source", source)))


MEANINGS: tuple[Explanation, ...] = (
    _one(
        "time",
        "Simulated time since the engine was made. It passes at the speed that is asked for, and stands while paused.",
        "seconds of simulated time",
        _ENGINE,
    ),
    _one(
        "speed",
        "Simulated seconds per second, as asked for; in brackets what was reached lately, where that is less.",
        "times",
        _ENGINE,
    ),
    _one(
        "regions",
        "How many regions the kdamond has now, of the fewest and the most that nr_regions allows. Each costs one check"
        " per sampling interval; more of them see finer.",
        "regions",
        _KERNEL,
    ),
    _one(
        "checks",
        "How often the kdamond looks whether a page was accessed: regions / sample_us. What monitoring costs grows with"
        " it.",
        "checks per second of simulated time",
        _KERNEL,
    ),
    _one(
        "working set",
        "Bytes of the regions in which at least one check of the last aggregation found an access.",
        "bytes",
        "damo 3.4.3, report wss",
    ),
    _one("resident", "Memory of all processes that is in memory now (rss).", "bytes", _MACHINE),
    _one("free", "Memory of the machine that nobody uses now.", "bytes", _MACHINE),
    _one("swap used", "What is swapped out now.", "bytes", _MACHINE),
    _one(
        "PSI",
        "The share of about the last 10 s in which some process waited for memory (the kernel's pressure “some”).",
        "percent of time",
        "pressure stall information",
    ),
    Explanation(
        "staged",
        "The tree as edited. What is staged and not committed does not run yet: commit gives it to its kdamond.",
    ),
)
