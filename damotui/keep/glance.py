"""What a session is in a few words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from damotui.keep.saved import Saved
from damotui.session.live import clock

_MOST_BYTES = 64 << 20
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Glance:
    """What a list of sessions shows."""

    at: str
    """When it was written; when the file was, if that is not known."""
    about: str
    time_us: int = 0


def about(saved: Saved) -> str:
    """`stairs on Linux 7.1, 12.3 s, 5 edits`, after the user's note if there is one."""
    experiment = saved.experiment
    return _about(
        saved.note, experiment.workload.name, experiment.kernel.name, saved.time_us, len(saved.edits.steps), ""
    )


def glance_at(path: Path) -> Glance:
    """The same of a file, without checking all that is in it; what can't be read is said to be damaged."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_MOST_BYTES).decode())
        workload, machine = found["workload"], found["machine"]
        name = workload.get("library") or workload["name"]
        said = _about(
            str(found["note"] or ""),
            str(name),
            str(machine["kernel"]),
            int(found["time_us"]),
            len(found["steps"]),
            str(found["file"] or ""),
        )
        return Glance(str(found["at"]) or _written(path), said, int(found["time_us"]))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Glance(_written(path), "it can't be read: it is damaged")


def day_and_time(at: str, now: datetime | None = None) -> str:
    """A moment as people say it: `12:03` if that was today, else `2026-03-14 15:09`."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return _shown(at)
    today = (now or datetime.now(moment.tzinfo)).date()
    return f"{moment:%H:%M}" if moment.date() == today else f"{moment:%Y-%m-%d %H:%M}"


def _about(note: str, workload: str, kernel: str, time_us: int, steps: int, file: str) -> str:
    parts: list[Any] = [f"{_shown(workload)} on Linux {_shown(kernel)}", clock(time_us)]
    parts.append(f"{steps:,} edit{'' if steps == 1 else 's'}")
    said = ", ".join(parts)
    if file:
        said = f"{_shown(Path(file).name)}, not saved: {said}"
    return f"{_shown(note)}: {said}" if note else said


def _shown(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"


def _written(path: Path) -> str:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime).astimezone().isoformat(timespec="seconds")
    except OSError:
        return ""
