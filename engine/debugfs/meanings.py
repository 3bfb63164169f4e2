"""What each file and directory is for, in the words that a screen shows."""

from __future__ import annotations

from collections.abc import Mapping

from engine.files.nodes import About

ROOT = About("The debugfs interface to DAMON; the files here are those of the first context", since="5.15")
CONTEXT = About("A context of its own, with its own kdamond", since="5.15")

_ULONG = "0 to 18446744073709551615"
_MONITOR_ON = (
    "Whether any context of the whole system is monitored, through whichever interface; "
    "what is written turns all contexts of this one on or off"
)

MEANINGS: Mapping[str, About] = {
    "attrs": About(
        "Sampling, aggregation and update interval, then the least and the greatest number of regions",
        unit="microseconds, and numbers of regions",
        accepts=f"five numbers ({_ULONG}); at least 3 regions",
        since="5.15",
    ),
    "target_ids": About(
        "What is monitored: the processes of some pids, or the physical memory, which is shown as 42",
        accepts="up to 32 pids, or paddr; a new line for none",
        since="5.15",
    ),
    "init_regions": About(
        "Regions that targets begin with; without any, the mappings of a process are taken",
        unit="bytes",
        accepts="lines of a target's index, from 0 on, and the start and end of a region; ascending for each target",
        since="5.16",
    ),
    "schemes": About(
        "What is done to which regions, a scheme on each line: least and greatest size (bytes), number of accesses "
        "and age (aggregations); action; quota of time (ms) and size (bytes), and its reset interval (ms); weights of "
        "size, accesses and age; watermarks: metric, interval (us), high, mid and low. Five statistics follow: "
        "nr_tried, sz_tried, nr_applied, sz_applied, qt_exceeds",
        accepts="18 numbers for each of up to 256 schemes; action: 0 willneed, 1 cold, 2 pageout, 3 hugepage, "
        "4 nohugepage, 5 stat; metric: 0 none, 1 free memory in permil",
        since="5.16",
    ),
    "kdamond_pid": About("The pid of the thread that monitors this context, or none", since="5.15"),
    "monitor_on": About(_MONITOR_ON, accepts="on or off", since="5.15"),
    "monitor_on_DEPRECATED": About(_MONITOR_ON, accepts="on or off", since="6.9"),
    "mk_contexts": About("Makes a context, as a directory here", accepts="a name", since="5.15"),
    "rm_contexts": About("Removes a context with its directory", accepts="the name of a context", since="5.15"),
    "DEPRECATED": About("Says that this interface is going to be removed", since="6.9"),
}
"""By file name."""
