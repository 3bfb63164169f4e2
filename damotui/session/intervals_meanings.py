"""What the figures of the intervals advisor mean, and where they are from."""

from __future__ import annotations

from damotui.explain import Explanation
from damotui.session.intervals_advice import ADAPTING, LEAST
from damotui.session.intervals_proposal import CHECKS, MOST_AT_ONCE
from damotui.session.snapshot_budget import CHECK_NS

_GUIDE = "the kernel's tuning guide of DAMON"
_DESIGN = "the kernel's design document of DAMON, on auto-tuning of the intervals"


def _one(title: str, text: str, unit: str, source: str) -> Explanation:
    return Explanation(title, text, (("unit", unit), ("source", source)))


MEANINGS: tuple[Explanation, ...] = (
    _one(
        "observed",
        "Size × nr_accesses of all regions, by size × (aggr_us / sample_us): of all that could have been found"
        " accessed, how much was. The kernel aims at 4 % (access_bp 400): if a fifth of the memory gets most accesses,"
        " and a fifth of that most of these, such intervals see about two thirds of all. Between half and double of the"
        " goal the intervals are called about right; beyond it they are only if no others are expected to come nearer.",
        "percent of access events, a byte found accessed by a check being one",
        _DESIGN,
    ),
    _one(
        "too short, too long",
        "Too short: each check looks back over so little time that it finds next to nothing, all regions look alike,"
        " and only age tells them apart. Too long: everything was accessed meanwhile, and warm looks like hot. Both"
        " intervals, sample_us and aggr_us, are changed together, so that each region has as many checks.",
        "none",
        _GUIDE,
    ),
    _one(
        "to be expected",
        "A page that is touched at random times at an even rate is found untouched over k times the interval with the"
        " k-th power of the chance; summed up over the memory by the rates that were found. What was found at each"
        f" check, or never, stays so. Steps of 1-2-5 from 5 ms to 10 s, no further than {MOST_AT_ONCE} times at once.",
        "percent of access events",
        "this screen's own",
    ),
    _one(
        "looked at",
        f"The newest aggregations that had the intervals of now. {LEAST} at least; with"
        f" fewer than {ADAPTING}, regions may have yet to adapt.",
        "aggregations, and time from the first to the last",
        "this screen's own; damo report wss leaves out as many",
    ),
    _one(
        "accesses",
        "How often a check found an access, over all regions: the fewer, the more the ratio is a matter of luck.",
        "checks",
        "this screen's own",
    ),
    _one(
        "never accessed, at each check",
        "Bytes of the regions in which no check, or every check, of an aggregation found an access; the mean over the"
        " aggregations.",
        "percent of all bytes monitored",
        _GUIDE,
    ),
    _one(
        "regions",
        "Mean number, as merged at the end of an aggregation, between the context's min and max. They are split only"
        " while there are no more than half of max; they are merged no further than to min.",
        "regions",
        "the kernel's design document of DAMON",
    ),
    _one(
        "checks",
        f"aggr_us / sample_us: in so many steps rates can be told apart. The guide recommends {CHECKS}.",
        "checks of a region in an aggregation",
        _GUIDE,
    ),
    _one(
        "sampling",
        "A check tells whether its page was touched at all since the sample before. So no more than 1 / sample_us"
        " accesses per second can be told, and all that is touched more often looks the same.",
        "time",
        "the kernel's design document of DAMON",
    ),
    _one(
        "looks",
        "Half of the memory is looked at less often than once in that time, on average: size / 4 KiB × sample_us of its"
        " region.",
        "time",
        _GUIDE,
    ),
    _one(
        "age of scheme",
        "The bounds that a scheme sets to the age of regions, in aggregations and as the time that they come to. Other"
        " intervals change that time; what is proposed here changes the bounds with them.",
        "aggregations × aggr_us",
        "the kernel's documents: age is counted in aggregations",
    ),
    _one(
        "cost",
        f"Checks per second as the kdamond counts them, at {CHECK_NS:.0f} ns each, as long as it takes to look at a"
        " page in a page table. While it is off: regions / sample_us, of the regions as they were merged.",
        "checks per second; percent of one processor",
        "assumed: see the table of costs of the simulated machine",
    ),
)
