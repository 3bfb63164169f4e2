"""Writes what the engine finds as a damo record file (json_compressed), as it comes.

The format groups snapshots by target, so each target's are spooled to a file of its own, compressed already, and put
together at the end. The memory that this needs does not depend on how long a recording runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType

from engine.config.model import Intervals
from engine.errors import InputError
from engine.records.deflate import DeflatePart, write_zlib
from engine.snapshot import Aggregation

EPOCH_NS = 1_000_000_000_000
"""The clock of a record when the engine's stands at 0. Above 0, as regions may be older than their record."""

_REGION = (
    '{"start":%d,"end":%d,"nr_accesses":{"samples":%d},"age":{"usec":null,"aggr_intervals":%d},'
    '"probe_hits":[],"sz_filter_passed":0}'
)


class RecordWriter:
    """A record in the making.

    Nothing is at `path` before `close`, which puts the whole file there at once.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        force: bool = False,
        intervals_of: Callable[[int, int], Intervals] | None = None,
    ) -> None:
        """Prepare to write to `path`; a file that is there already is only replaced with `force`.

        `intervals_of(kdamond, context)` gives what aggregations don't tell: how often the mappings are read
        again, and the goal of intervals auto-tuning. Raises InputError.
        """
        self.path = Path(path)
        self.nr_snapshots = 0
        self.nr_regions = 0
        self._force = force
        self._intervals_of = intervals_of or (lambda kdamond, context: Intervals())
        self._parts: dict[tuple[int, int, int], list[_Part]] = {}
        self._check_free()
        try:
            spool = tempfile.mkdtemp(prefix=f".{self.path.name}", dir=self.path.parent)
        except OSError as error:
            raise self._unwritable(error) from None
        self._spool: Path | None = Path(spool)

    def add(self, aggregation: Aggregation) -> None:
        """Append one snapshot to each target that has regions. Raises InputError if the disk refuses it."""
        if self._spool is None:
            raise ValueError("the record is closed")
        nr_regions = aggregation.nr_regions
        edges = [0, *((aggregation.target[1:] != aggregation.target[:-1]).nonzero()[0] + 1).tolist(), nr_regions]
        try:
            for begin, end in pairwise(edges):
                if begin < end:
                    self._add_target(aggregation, slice(begin, end))
        except OSError as error:
            raise self._unwritable(error) from None

    def close(self) -> None:
        """Put the file in place, with all that was added. Closing again does nothing. Raises InputError."""
        if self._spool is None:
            return
        complete = self._spool / "record"
        try:
            for part in self._in_order():
                part.finish()
            with complete.open("wb") as out:
                write_zlib(out, self._pieces())
                out.flush()
                os.fsync(out.fileno())
            self._check_free()
            complete.replace(self.path)
        except OSError as error:
            self.abort()
            raise self._unwritable(error) from None
        except InputError as error:
            for part in self._in_order():
                part.deflate.path.unlink(missing_ok=True)
            self._spool = None
            raise InputError(f"{error}; what was recorded is in {complete}") from None
        self.abort()

    def abort(self) -> None:
        """Throw away what was added, and leave nothing behind."""
        if self._spool is None:
            return
        for part in self._in_order():
            with contextlib.suppress(OSError):
                part.deflate.discard()
        shutil.rmtree(self._spool, ignore_errors=True)
        self._spool = None

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, also when interrupted by the user; abort on any other error."""
        if kind is None or issubclass(kind, (KeyboardInterrupt, SystemExit)):
            self.close()
        else:
            self.abort()

    def _add_target(self, aggregation: Aggregation, regions: slice) -> None:
        part = self._part_of(aggregation, int(aggregation.target[regions.start]))
        columns = (aggregation.start, aggregation.end, aggregation.nr_accesses, aggregation.age)
        starts, ends, nr_accesses, ages = (column[regions].tolist() for column in columns)
        text = ",".join([_REGION % region for region in zip(starts, ends, nr_accesses, ages, strict=True)])
        sample_us = aggregation.sample_us if part.tuned else "null"
        start_ns, end_ns = (EPOCH_NS + 1000 * time_us for time_us in (aggregation.start_us, aggregation.end_us))
        part.append(
            f'{{"start_time":{start_ns},"end_time":{end_ns},'
            f'"total_bytes":{sum(ends) - sum(starts)},"sample_interval_us":{sample_us},"regions":[{text}]}}'
        )
        self.nr_snapshots += 1
        self.nr_regions += len(starts)

    def _part_of(self, aggregation: Aggregation, target: int) -> _Part:
        """Where the snapshot goes: to a new record if the intervals are not those of the target's last one."""
        key = (aggregation.kdamond, aggregation.context, target)
        parts = self._parts.setdefault(key, [])
        if not parts or not parts[-1].continued_by(aggregation.sample_us, aggregation.aggr_us):
            assert self._spool is not None
            name = "-".join(str(number) for number in (*key, len(parts)))
            intervals = self._intervals_of(aggregation.kdamond, aggregation.context)
            part = _Part(
                deflate=DeflatePart(self._spool / name),
                sample_us=aggregation.sample_us,
                aggr_us=aggregation.aggr_us,
                tuned=intervals.goal.aggrs != 0,
            )
            parts.append(part)
            part.begin(key, intervals)
        return parts[-1]

    def _in_order(self) -> list[_Part]:
        return [part for key in sorted(self._parts) for part in self._parts[key]]

    def _pieces(self) -> list[DeflatePart | bytes]:
        pieces: list[DeflatePart | bytes] = []
        for part in self._in_order():
            pieces += [b"," if pieces else b"[", part.deflate]
        return [*(pieces or [b"["]), b"]"]

    def _check_free(self) -> None:
        if not os.path.lexists(self.path):
            return
        if self.path.is_dir() or (self.path.exists() and not self.path.is_file()):
            raise InputError(f"{self.path}: can't be written, as it is no regular file")
        if not self._force:
            raise InputError(f"{self.path}: exists already and is kept; give another name, or --force to replace it")

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(f"{self.path}: can't be written ({error.strerror or error})")


@dataclass(slots=True)
class _Part:
    """One damo record: a target's snapshots of the same intervals, or of intervals that are auto-tuned."""

    deflate: DeflatePart
    sample_us: int
    aggr_us: int
    tuned: bool
    empty: bool = True

    def continued_by(self, sample_us: int, aggr_us: int) -> bool:
        """Whether a snapshot of these intervals belongs to the record. Auto-tuning keeps their ratio."""
        if self.tuned:
            return self.aggr_us * sample_us == self.sample_us * aggr_us
        return (self.sample_us, self.aggr_us) == (sample_us, aggr_us)

    def begin(self, key: tuple[int, int, int], intervals: Intervals) -> None:
        kdamond, context, target = key
        goal = intervals.goal
        head = {
            "kdamond_idx": kdamond,
            "context_idx": context,
            "intervals": {
                "sample_us": self.sample_us,
                "aggr_us": self.aggr_us,
                "ops_update_us": intervals.update_us,
                "intervals_goal": {
                    "access_bp": goal.access_bp,
                    "aggrs": goal.aggrs,
                    "min_sample_us": goal.min_sample_us,
                    "max_sample_us": goal.max_sample_us,
                },
            },
            "scheme_idx": None,
            "target_id": target,
            "scheme_filters": [],
            "data_source": "unknown",
        }
        self.deflate.write(json.dumps(head, separators=(",", ":"))[:-1].encode() + b',"snapshots":[')

    def append(self, snapshot: str) -> None:
        self.deflate.write(snapshot.encode() if self.empty else b"," + snapshot.encode())
        self.empty = False

    def finish(self) -> None:
        self.deflate.write(b"]}")
        self.deflate.finish()
