"""Reads damo's record files: json_compressed (zlib of JSON) and plain json."""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path

from engine.errors import InputError
from engine.records.model import Record
from engine.records.parse import FormatError, records_of

_ACCEPTED = "damo's json_compressed and json records are read"


def read_record(path: str | os.PathLike[str]) -> tuple[Record, ...]:
    """All records of a file, in its order.

    Raises InputError, in one sentence, for a file that can't be read, is damaged, or is no record.
    """
    where = os.fspath(path)
    try:
        if Path(where).exists() and not Path(where).is_file():
            raise InputError(f"{where}: can't be read (it is no regular file)")
        data = Path(where).read_bytes()
    except OSError as error:
        raise InputError(f"{where}: can't be read ({error.strerror or error})") from None
    text = _text(data, where)
    del data
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{where}: is not a record, or a damaged one: its JSON ends or breaks at line {error.lineno},"
            f" column {error.colno}; {_ACCEPTED}"
        ) from None
    except (RecursionError, ValueError) as error:
        raise InputError(f"{where}: is not a record: its JSON is unusable ({error})") from None
    del text
    try:
        return tuple(records_of(value))
    except FormatError as error:
        raise InputError(f"{where}: is not a usable record: {error}") from None


def _text(data: bytes, where: str) -> str:
    """The JSON text of a file's content."""
    if _is_zlib(data):
        data = _inflated(data, where)
    elif other := _other_format(data):
        raise InputError(f"{where}: is {other}, which can't be read; {_ACCEPTED}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{where}: is not a record: it holds bytes that are no text; {_ACCEPTED}") from None


def _is_zlib(data: bytes) -> bool:
    """Whether the content starts with the header of a zlib stream (RFC 1950, section 2.2)."""
    return len(data) >= 2 and data[0] & 0x8F == 0x08 and int.from_bytes(data[:2], "big") % 31 == 0


def _inflated(data: bytes, where: str) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data)
    except zlib.error:
        raise InputError(f"{where}: is a damaged record: its compressed data can't be expanded") from None
    if not inflater.eof:
        raise InputError(f"{where}: is a damaged record: its compressed data end too early")
    return text


def _other_format(data: bytes) -> str | None:
    """What a file is that is neither zlib nor JSON, for the message; None if it may be JSON."""
    head = data[:4096]
    if not head.strip():
        return "an empty file"
    if head.startswith(b"PERFILE2"):
        return "a perf.data file"
    if head.startswith(b"\x1f\x8b"):
        return "a gzip file"
    if head.startswith(b"damon_recfmt_ver"):
        return "a record in damo's old binary format"
    if b"damon_aggregated" in head or b"damos_before_apply" in head:
        return "the text of a trace"
    return None if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{") else "in no known format"
