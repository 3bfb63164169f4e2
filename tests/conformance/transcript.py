"""Transcripts: what was asked of a real kernel's files, operation by operation, and what it answered.

A transcript is a file of JSON objects, one a line. Paths are relative to the directory of one interface, its base, or
absolute. `value` is what was written or read; a write that waited has `dt`, the seconds that it took.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from engine.errors import InputError
from engine.system import ADMIN, DEBUG

BASES: Final = {"sysfs": ADMIN, "debugfs": DEBUG}
"""Where relative paths begin, below /sys."""
SYS: Final = "/sys/"
ASKS: Final = ("read", "pread", "write", "list", "tree", "mkdir", "rmdir", "unlink", "create")
"""Operations on files."""
SAYS: Final = ("section", "note", "sleep", "spawn", "kill", "blocked_write_returned")
"""What else a transcript tells."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or directory below the one that a `tree` was made of."""

    kind: str
    """`file` or `dir`."""
    mode: int
    size: int | None = None
    """None for directories."""
    value: bytes | None = None
    """What was read, or None where nothing could be."""
    errno: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an operation. Only what it can come to is set."""

    errno: str | None = None
    stage: str | None = None
    """`open` or `write`: where a write failed, if that is told."""
    count: int | None = None
    """Bytes written or read."""
    value: bytes | None = None
    entries: tuple[str, ...] | None = None
    """Names in a directory, sorted."""
    tree: dict[str, Entry] | None = None
    """Everything below a directory, by path from the directory."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line. Times are microseconds."""

    line: int
    op: str
    path: str = ""
    """From /sys on, without a leading slash; as it stands there if it is neither interface's."""
    shown: str = ""
    """The path as the transcript has it."""
    answer: Answer = field(default_factory=Answer)
    """Of the kernel."""
    data: bytes = b""
    """What is written."""
    unknown: bool = False
    """The transcript has not got all of what was written, and the rest can not be told either."""
    blocked: bool = False
    """The write had not returned after `took_us`."""
    offset: int = 0
    size: int = 0
    at_us: int | None = None
    """When it began."""
    took_us: int = 0
    """How long a write took, or a sleep."""
    pid: int = 0
    mib: int = 0
    text: str = ""
    """Of a section or note; of a blocked write that returned: which."""

    @property
    def ours(self) -> bool:
        """Whether the path is one of DAMON's two interfaces."""
        return any(self.path == base or self.path.startswith(base + "/") for base in BASES.values())


def read_transcript(path: Path, base: str | None = None) -> list[Step]:
    """The steps of a transcript.

    Args:
        path: of the file.
        base: `sysfs` or `debugfs`: whose paths the relative ones are; None to see it from the name or content.

    Raises:
        InputError: it can't be read, or has something that is not known; with the number of the line.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise InputError(f"transcript {path} can't be read: {reason}") from None
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{path}, line {number}: no JSON object, but each line is one ({error})") from None
        if not isinstance(row, dict) or row.get("op") not in (*ASKS, *SAYS):
            raise InputError(
                f"{path}, line {number}: no operation that is known; known are {', '.join((*ASKS, *SAYS))}"
            )
        rows.append((number, row))
    below = BASES[base or _base(path, [row for _, row in rows])]
    steps = []
    for number, row in rows:
        try:
            steps.append(_step(number, row, below))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"{path}, line {number}: {row['op']} with something missing or wrong: {error!r}") from None
    return completed(steps)


def _base(path: Path, rows: Sequence[dict[str, Any]]) -> str:
    for name in BASES:
        if path.name.startswith(name):
            return name
    for row in rows:
        names = {*row.get("entries", ()), *(str(f.get("path", "")) for f in row.get("files", ()))}
        for name, sign in (("sysfs", "kdamonds"), ("debugfs", "target_ids")):
            if any(n.removeprefix("./").split("/")[0] == sign for n in (*names, str(row.get("path", "")))):
                return name
    raise InputError(f"{path} does not show whether its paths are those of sysfs or debugfs; --base tells it")


def _step(line: int, row: dict[str, Any], base: str) -> Step:
    op = row["op"]
    step = Step(
        line,
        op,
        at_us=round(row["t"] * 1e6) if "t" in row else None,
        took_us=round(row["ms"] * 1e3) if op == "sleep" else round(row.get("dt", 0) * 1e6),
    )
    if op in ("section", "note"):
        return replace(step, text=row["text"])
    if op == "sleep":
        return step
    if op in ("spawn", "kill"):
        return replace(step, pid=row["pid"], mib=row.get("mib", 0))
    if op == "blocked_write_returned":
        # Its time is that of the end, and how long it took is counted from when it was begun.
        return replace(step, text=row["what"], answer=_written(row), took_us=0)
    shown = row["path"]
    step = replace(step, path=_full(shown, base), shown=shown)
    if op == "write":
        # A length tells that the value has been cut; what can be told of the rest is filled in later.
        return replace(
            step,
            data=_bytes(row["value"]),
            size=row.get("value_len", 0),
            blocked=row.get("blocked", False),
            answer=Answer() if row.get("blocked") else _written(row),
        )
    if op == "pread":
        answer = Answer(row["errno"], count=row["ret"], value=_read(row))
        return replace(step, offset=row["offset"], size=row["count"], answer=answer)
    if op == "read":
        return replace(step, answer=Answer(row["errno"], value=_read(row)))
    if op == "list":
        entries = None if row["errno"] else tuple(sorted(row["entries"]))
        return replace(step, answer=Answer(row["errno"], entries=entries))
    if op == "tree":
        found = {_below(f["path"], shown): _entry(f) for f in row["files"]}
        return replace(step, answer=Answer(row.get("errno"), tree=found))
    return replace(step, answer=Answer(row["errno"]))


def _full(path: str, base: str) -> str:
    if path.startswith("/"):
        return path.removeprefix(SYS)
    while path.startswith("./"):
        path = path.removeprefix("./")
    return base if path in ("", ".") else f"{base}/{path}"


def _below(path: str, directory: str) -> str:
    return path.removeprefix(directory.rstrip("/") + "/")


def _entry(row: dict[str, Any]) -> Entry:
    if row["type"] == "dir":
        return Entry("dir", int(row["mode"], 8))
    return Entry(row["type"], int(row["mode"], 8), row["size"], _read(row), row["errno"])


def _written(row: dict[str, Any]) -> Answer:
    if row["errno"]:
        return Answer(row["errno"], stage=row.get("stage"))
    return Answer(count=row["ret"])


def _read(row: dict[str, Any]) -> bytes | None:
    return None if row["value"] is None else _bytes(row["value"])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def completed(steps: Iterable[Step]) -> list[Step]:
    """The steps with the values of writes that the transcript has cut filled up to their length, where that can be.

    Such a value is one character, again and again. Where that is 0 and the write succeeded, the number that was then
    read from the file was at its end: in octal, as a leading 0 says.
    """
    done = list(steps)
    for index, step in enumerate(done):
        missing = step.size - len(step.data) if step.op == "write" else 0
        if missing <= 0:
            continue
        if len(set(step.data)) != 1:
            done[index] = replace(step, unknown=True)
            continue
        data = step.data[:1] * step.size
        after = next((s for s in done[index + 1 :] if s.path == step.path and s.op in ("read", "write")), None)
        number = after.answer.value if after is not None and after.op == "read" else None
        if data[:1] == b"0" and step.answer.errno is None and number is not None and number.strip().isdigit():
            end = b"%o" % int(number)
            data = data[: -len(end)] + end
        done[index] = replace(step, data=data)
    return done
