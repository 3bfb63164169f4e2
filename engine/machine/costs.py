"""What happens to pages costs time: one table, from which every simulated delay comes."""

from __future__ import annotations

from dataclasses import dataclass, fields

from engine.errors import InputError, shown


@dataclass(frozen=True, slots=True)
class Costs:
    """Nanoseconds, unless another unit is stated. `dataclasses.replace` makes a table with other values.

    "Measured" is on a virtual machine of two CPUs with Linux 6.18: the median of six runs over 128 MiB of anonymous
    memory, by the time that the system call, or the first writing of every page, took. "Assumed" is nobody's
    measurement, but an order of magnitude.

    Raises:
        InputError: a value is negative, no number, or makes accesses take no time.
    """

    first_touch_ns: float = 0
    """A page is touched for the first time. 0, because a workload's `accesses_per_ms` is what it reached while it did
    that, too. Where it was not: 1 GiB is first touched at 4,609 pages per ms, that is 217 ns each; measured: 1,900."""
    huge_first_touch_ns: float = 0
    """A whole huge page is made at a first touch. 0 for the same reason; measured: 98,000."""
    swap_in_ns: float = 70_000
    """A page is read from swap because it is needed. Measured: 63,000 to 76,000 for a random read of 4 KiB from a disk;
    compressed memory (zram) takes about a tenth of it (assumed)."""
    file_read_ns: float = 70_000
    """A page of a file is read again because it is needed. Measured, as above."""
    direct_reclaim_ns: float = 2_700
    """A page is freed by a process that can't get memory otherwise. Taken to be what `pageout_ns` is."""
    pageout_ns: float = 2_700
    """A page is taken out of memory. Measured: 720 for MADV_PAGEOUT without swap, which unmaps, isolates and puts back;
    assumed: 2,000 more for handing it to the swap device, which then writes by itself."""
    madvise_ns: float = 100
    """A page is looked at by madvise() and nothing else happens. Measured: 92 for MADV_COLD."""
    advise_ns: float = 2_000
    """The hugepage advice of one range is changed; no page is looked at. Measured: 40,000 ns and less for a call, most
    of it from entering the kernel through Python; assumed: a twentieth of that."""
    willneed_ns: float = 3_000
    """A page is read ahead; the reading itself is not waited for. Assumed: as much work as a pageout."""
    collapse_ns: float = 800_000
    """A huge page is made of 512 pages that are in memory. Measured: 570,000 to 830,000; in two runs 9,000,000."""
    migrate_ns: float = 2_000
    """A page is moved to another node: unmapped, copied, mapped. Assumed."""
    lru_ns: float = 200
    """A page is moved from one LRU list to another. Assumed: twice what looking at it takes."""
    check_ns: float = 100
    """A page is looked at by filters. Assumed: as by madvise()."""
    latency_ratio: tuple[float, ...] = (1.0, 2.0)
    """How many times as long an access takes on each node; the last one holds for all further nodes. Assumed: memory
    behind CXL answers after about twice the time, memory of another socket after about 1.5 times."""
    huge_time_ratio: float = 0.95
    """How long accesses to huge pages take compared to others. Assumed: few programs gain more than 5 % by fewer misses
    of the TLB, and those which do gain much more."""
    khugepaged_pages_per_s: float = 409.6
    """How fast khugepaged looks at pages. The kernel's defaults: pages_to_scan 4096 each scan_sleep_millisecs 10000."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            for number in value if isinstance(value, tuple) else (value,):
                if not isinstance(number, (int, float)) or not 0 <= number < float("inf"):
                    raise InputError(
                        f"cost {field.name} is {shown(number)}; numbers from 0 on are accepted, in nanoseconds"
                        if field.name.endswith("_ns")
                        else f"cost {field.name} is {shown(number)}; numbers from 0 on are accepted"
                    )
        if not self.latency_ratio or min(*self.latency_ratio, self.huge_time_ratio) <= 0:
            raise InputError(
                f"latency_ratio {shown(self.latency_ratio)} and huge_time_ratio {shown(self.huge_time_ratio)}"
                " must be above 0, and there must be a ratio for at least one node"
            )

    def latency_of(self, node: int) -> float:
        """How many times as long an access takes on a node."""
        return self.latency_ratio[min(node, len(self.latency_ratio) - 1)]
