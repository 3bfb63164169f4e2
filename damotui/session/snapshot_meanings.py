"""What each figure of the regions' screen means: its formula, its unit, and where that is from."""

from __future__ import annotations

from damotui.explain import Explanation
from damotui.session.snapshot_budget import CHECK_NS
from damotui.session.snapshot_course import SKIPPED

_DAMO = "damo 3.4.3, report access"
_KERNEL = "the kernel's design document of DAMON"
_GUIDE = "the kernel's tuning guide of DAMON"
_SIMULATOR = "the workload itself: only a simulator knows it"


def _one(title: str, text: str, unit: str, source: str) -> Explanation:
    return Explanation(title, text, (("unit", unit), ("source", source)))


COLUMNS: dict[str, Explanation] = {
    "target": _one(
        "tg (target)",
        "The target that the region is of: a process with vaddr and fvaddr, all of the machine's memory with paddr.",
        "index in the context's list of targets, from 0",
        _KERNEL,
    ),
    "address": _one(
        "address, end",
        "Where the region begins, and the first address behind it. DAMON moves these borders at each aggregation: it"
        " merges neighbours with about the same nr_accesses, and splits regions at random.",
        "bytes, in hexadecimal; address units where the context's addr_unit is not 1",
        _KERNEL,
    ),
    "size": _one("size", "Bytes from its start to its end.", "bytes; KiB, MiB and GiB are powers of 1024", _KERNEL),
    "nr_accesses": _one(
        "nr (nr_accesses)",
        "In how many checks of this aggregation the page that was looked at had been accessed, of how many checks. Each"
        " sample_us one page of the region is looked at, drawn at random; the region is taken to be like that page.",
        "checks",
        _KERNEL,
    ),
    "rate": _one(
        "rate",
        "nr_accesses / (aggr_us / sample_us): the share of the checks that found an access. It says how much of the"
        " region is touched within a sampling interval, not how often the processor reads or writes.",
        "percent",
        _DAMO,
    ),
    "hz": _one(
        "Hz",
        "nr_accesses / aggr_us: accesses per second that could be told apart. There can be no more than one in each"
        " sampling interval, so that 1 / sample_us is the highest that is ever shown.",
        "per second of simulated time",
        _DAMO,
    ),
    "true": _one(
        "true",
        "What rate would be with unlimited checks: the share of the region's pages that was touched in a sampling"
        " interval, on average over the aggregation. What lies far from rate is a page drawn by luck, or a border in"
        " the wrong place. – where it was not watched: it is while this screen is open.",
        "percent",
        _SIMULATOR,
    ),
    "age": _one(
        "age",
        "For how many aggregations the region has kept about the same nr_accesses. It begins anew when they change by"
        " more than a tenth of what is possible, and when a scheme has acted on it; regions that are merged have the"
        " mean of theirs, weighted by size.",
        "aggregations",
        _KERNEL,
    ),
    "age time": _one(
        "for",
        "age × aggr_us: for how long the region has kept its access pattern, under the intervals of now.",
        "time",
        _DAMO,
    ),
    "idle": _one(
        "idle",
        "For how long no check found an access: age × aggr_us + aggr_us where nr_accesses is 0, else nothing. A page"
        " may well have been accessed meanwhile, between two looks at it (see look). damo says the same, but that it"
        " takes rates below 1 % for none.",
        "time",
        _DAMO,
    ),
    "look": _one(
        "look",
        "size / 4 KiB × sample_us: the time between two looks at the same page, on average. One page of the region is"
        " looked at in each sampling interval, drawn anew.",
        "time",
        _GUIDE,
    ),
    "temp": _one(
        "temp (temperature)",
        "100 × rate in whole percent + 100 × age in microseconds, and the negative of it where the rate is 0: the"
        " hotter or the colder, the longer it has been so. Age outweighs the rate at once: a second is 100,000,000. k,"
        " M and G are thousands, millions and thousands of millions.",
        "none",
        f"{_DAMO}, with its weights 0, 100, 100 of size, rate and age",
    ),
    "schemes": _one(
        "schemes",
        "Indices of the schemes whose access pattern the region matches now: size, nr_accesses and age in their"
        " ranges. Quotas, filters and watermarks may keep them from acting. A region on which one has just acted"
        " begins again at age 0, so this is what their next turn would find.",
        "index in the context's list of schemes, from 0",
        _KERNEL,
    ),
    "name": _one(
        "name",
        "The mapping that the region lies in, by the process' own names; +2 for two more that it covers. Nothing with"
        " paddr: which page of memory holds what is not a matter of addresses.",
        "none",
        "the workload's regions",
    ),
}
"""By what the columns sort by."""

SUMMARY: tuple[Explanation, ...] = (
    _one(
        "regions",
        "Regions of all targets as they were merged at the end of the aggregation. Right after that DAMON splits them"
        " for the next one, which is why the last line of the screen counts more.",
        "regions, and the bytes that they cover",
        _KERNEL,
    ),
    _one(
        "accessed",
        "Bytes of the regions in which at least one check found an access: the working set, as damo report wss has it."
        " All of a region counts, though one page was seen.",
        "bytes, and percent of those monitored",
        "damo 3.4.3, report wss",
    ),
    _one(
        "idle ≥",
        "Bytes of the regions whose idle time is at least that.",
        "bytes, and percent of those monitored",
        _DAMO,
    ),
    _one(
        "hottest",
        "The region with the highest temperature; of several, the one with the highest rate.",
        "its rate in percent, and the time for which it has been so",
        _DAMO,
    ),
    Explanation(
        "filter",
        "Words, signs and values, all of which must hold: size, age, rate, nr_accesses, hz, idle, name, target,"
        " address, temp, true, look, scheme. Table, summary and the panes of one aggregation are then about the regions"
        " that pass; what goes over time is about all of them.",
    ),
)

_PANES = {
    2: _one(
        "bytes by access rate",
        "Bytes of the regions in each class of rates: without any access, above 0 up to 10 %, and so on. Percent are of"
        " all bytes shown. ▸ is where the region at the cursor is.",
        "bytes",
        "this screen's own",
    ),
    3: _one(
        "bytes by age",
        "Bytes of the regions whose access pattern is that old, up to the next line. The first part of a bar was found"
        " accessed, the second was not. Young all over: the intervals tell no pattern, or there is none.",
        "bytes, by time",
        "this screen's own",
    ),
    4: _one(
        "idle time, percentiles of bytes",
        "With all bytes in the order of their idle time: of p percent of them it is no longer than that. 0 are those"
        " that were accessed in this aggregation. Of the regions in that order, it is the first at which p percent of"
        " all bytes are reached.",
        "time, for percent of the bytes",
        f"{_DAMO}, idle-time-percentiles; the kernel's DAMON_STAT has such percentiles, too",
    ),
    5: _one(
        "cold-memory tail",
        "Bytes idle for at least that time; each line holds those below it. What could be taken away, if no page is"
        " wanted again that was not wanted for so long.",
        "bytes, by time",
        f"{_DAMO}, cold-memory-tail",
    ),
    6: _one(
        "working set over time",
        "Bytes of the regions in which at least one check found an access, aggregation by aggregation; a column is the"
        f" mean of its time. Percentiles leave the first {SKIPPED} out, as regions adapt then, and take element"
        " p / 100 × n of n rising sizes. All regions count, whatever the filter.",
        "bytes",
        "damo 3.4.3, report wss",
    ),
    7: _one(
        "estimated bandwidth",
        "Size × nr_accesses / aggr_us, summed up: as if each check that found an access stood for one touch of the"
        " whole region. On average that is what is really touched, with each page counted once in a sampling interval"
        " at most; it is no estimate of bytes read: of a page, one byte may be, or all many times. true is the same"
        " from what was really touched. At least 4 KiB are certain for each check that found an access.",
        "bytes per second of simulated time",
        f"{_DAMO}, estimated memory bandwidth; the two others are this screen's own",
    ),
    8: _one(
        "detection budget",
        "How often a page is looked at: size / 4 KiB × sample_us on average, as one page of each region is looked at in"
        " each sampling interval. What changes faster than that is found by luck. Percentiles are over bytes, and over"
        " the regions as they were merged: until then each was split in two or three, and its pages were looked at as"
        " much more often. Each region that there is costs 1 / sample_us checks per second, of now or, while frozen, of"
        f" the merged ones; {CHECK_NS:.0f} ns each is assumed, as long as it takes to look at a page in a page table.",
        "time; checks per second; percent of one processor",
        _GUIDE,
    ),
}


def pane_meaning(number: int) -> Explanation:
    """What the pane with that number shows."""
    return _PANES[number]
