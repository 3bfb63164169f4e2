"""damo's record files: snapshots of access monitoring results, written and read."""

from engine.records.model import Record, RecordIntervals, RecordSnapshot
from engine.records.read import read_record
from engine.records.write import EPOCH_NS, RecordWriter

__all__ = ["EPOCH_NS", "Record", "RecordIntervals", "RecordSnapshot", "RecordWriter", "read_record"]
