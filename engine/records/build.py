"""Packs snapshots into a `Record`, one at a time, so that any parser can feed it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np

from engine.records.model import UNKNOWN, Record, RecordIntervals


class RecordBuilder:
    """The growing columns of one record: 32 bytes per region."""

    def __init__(
        self,
        kdamond_idx: int,
        context_idx: int,
        scheme_idx: int | None,
        target_id: int | None,
        intervals: RecordIntervals | None,
    ) -> None:
        self.kdamond_idx = kdamond_idx
        self.context_idx = context_idx
        self.scheme_idx = scheme_idx
        self.target_id = target_id
        self.intervals = intervals
        self._times = array("q")
        self._total_bytes = array("Q")
        self._first = array("q", [0])
        self._addresses = array("Q")
        self._counts = array("q")

    def add(
        self,
        start_ns: int,
        end_ns: int,
        addresses: Sequence[int],
        counts: Sequence[int],
        *,
        sample_us: int = UNKNOWN,
        total_bytes: int | None = None,
    ) -> None:
        """Append a snapshot.

        `addresses` holds start and end of each region in turn, `counts` its nr_accesses and age. Raises ValueError
        if a value doesn't fit: an address beyond 64 bits, a region that ends before it starts.
        """
        nr_regions, odd = divmod(len(addresses), 2)
        if odd or len(counts) != len(addresses):
            raise ValueError("each region needs a start, an end, nr_accesses and an age")
        for index in range(nr_regions):
            if addresses[2 * index + 1] < addresses[2 * index]:
                raise ValueError(f"region {index} ends at {addresses[2 * index + 1]}, before its start")
        if end_ns < start_ns:
            raise ValueError(f"it ends at {end_ns} ns, before its start")
        try:
            self._addresses.extend(addresses)
            self._counts.extend(counts)
            self._times.extend((start_ns, end_ns, sample_us))
            size = sum(addresses[1::2]) - sum(addresses[::2]) if total_bytes is None else total_bytes
            self._total_bytes.append(size)
        except OverflowError:
            raise ValueError("a number in it is below 0 or does not fit 64 bits") from None
        self._first.append(len(self._addresses) // 2)

    def build(self) -> Record:
        """The record of all snapshots so far."""
        times = np.array(self._times, dtype=np.int64).reshape(-1, 3)
        addresses = np.array(self._addresses, dtype=np.uint64).reshape(-1, 2)
        counts = np.array(self._counts, dtype=np.int64).reshape(-1, 2)
        return Record(
            kdamond_idx=self.kdamond_idx,
            context_idx=self.context_idx,
            scheme_idx=self.scheme_idx,
            target_id=self.target_id,
            intervals=self.intervals,
            start_ns=np.ascontiguousarray(times[:, 0]),
            end_ns=np.ascontiguousarray(times[:, 1]),
            sample_us=np.ascontiguousarray(times[:, 2]),
            total_bytes=np.array(self._total_bytes, dtype=np.uint64),
            first=np.array(self._first, dtype=np.int64),
            start=np.ascontiguousarray(addresses[:, 0]),
            end=np.ascontiguousarray(addresses[:, 1]),
            nr_accesses=np.ascontiguousarray(counts[:, 0]),
            age=np.ascontiguousarray(counts[:, 1]),
        )
