"""What a run has cost, and what it was good for."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.machine.layout import PAGE_SIZE


@dataclass(slots=True)
class ProcessAccount:
    """Counts of one process since it started; pages unless another unit is stated."""

    elapsed_us: int = 0
    work_us: float = 0.0
    """What it would have needed had every page been in memory on a fast node."""
    stalled_us: float = 0.0
    """Time in which it waited for memory: for swap, files, and direct reclaim."""
    first_touches: int = 0
    """Minor faults; a huge page is one."""
    swap_ins: int = 0
    file_reads: int = 0
    saved_refaults: int = 0
    """Those of `swap_ins` and `file_reads` that brought back what an action had taken out."""
    direct_reclaims: int = 0
    reclaimed: int = 0
    """Pages taken out of memory for want of it."""
    paged_out: int = 0
    """Pages taken out of memory by actions."""
    saved_byte_us: float = 0.0
    bloat_byte_us: float = 0.0
    saved_peak: int = 0

    @property
    def refaults(self) -> int:
        """Major faults: pages that were needed and had left memory."""
        return self.swap_ins + self.file_reads

    @property
    def refaults_per_s(self) -> float:
        """Major faults per second of its life so far."""
        return self.refaults * 1e6 / self.elapsed_us if self.elapsed_us else 0.0

    @property
    def slowdown(self) -> float:
        """How much longer it takes than its work alone: 0.25 for a quarter more, below 0 where huge pages help."""
        if not self.elapsed_us:
            return 0.0
        return self.elapsed_us / self.work_us - 1.0 if self.work_us > 0 else float("inf")

    @property
    def saved_byte_s(self) -> float:
        """Memory saved by actions, in byte-seconds: bytes that they took out, for as long as they stayed out."""
        return self.saved_byte_us / 1e6

    @property
    def bloat_byte_s(self) -> float:
        """Memory wasted by huge pages: bytes in memory that were never touched, in byte-seconds."""
        return self.bloat_byte_us / 1e6

    def pass_time(self, duration_us: int, saved: int, bloat: int) -> None:
        """Let time pass, in which so many pages are saved and wasted."""
        self.elapsed_us += duration_us
        self.saved_byte_us += duration_us * saved * PAGE_SIZE
        self.bloat_byte_us += duration_us * bloat * PAGE_SIZE


@dataclass(slots=True)
class MachineAccount:
    """Counts of the whole machine since it was made, processes that have ended included."""

    elapsed_us: int = 0
    refaults: int = 0
    """Major faults: pages that were needed and had left memory."""
    saved_refaults: int = 0
    """Those of them that brought back what an action had taken out."""
    saved_byte_us: float = 0.0
    """What actions took out of memory and is still out, summed up over time."""
    bloat_byte_us: float = 0.0
    saved_peak_bytes: int = 0
    """The most that was saved at one time, less what huge pages wasted then."""
    swapped_out_bytes: int = 0
    dropped_bytes: int = 0
    """Of files."""
    swapped_in_bytes: int = 0
    file_read_bytes: int = 0
    migrated_bytes: int = 0
    collapsed_bytes: int = 0
    action_ns: dict[str, int] = field(default_factory=dict)
    """Time that actions took, by their names."""

    @property
    def refaults_per_s(self) -> float:
        """Major faults per second so far."""
        return self.refaults * 1e6 / self.elapsed_us if self.elapsed_us else 0.0

    @property
    def moved_bytes(self) -> int:
        """Bytes that went to or came from swap, files, and other nodes; dropping is no moving."""
        return self.swapped_out_bytes + self.swapped_in_bytes + self.file_read_bytes + self.migrated_bytes

    @property
    def saved_byte_s(self) -> float:
        """Memory saved less memory wasted, in byte-seconds."""
        return (self.saved_byte_us - self.bloat_byte_us) / 1e6

    def pass_time(self, duration_us: int, saved: int, bloat: int) -> None:
        """Let time pass, in which so many pages are saved and wasted in all."""
        self.elapsed_us += duration_us
        self.saved_byte_us += duration_us * saved * PAGE_SIZE
        self.bloat_byte_us += duration_us * bloat * PAGE_SIZE
        self.saved_peak_bytes = max(self.saved_peak_bytes, (saved - bloat) * PAGE_SIZE)

    def spend(self, action: str, elapsed_ns: int) -> None:
        """Note the time that an action took."""
        self.action_ns[action] = self.action_ns.get(action, 0) + elapsed_ns
