"""masim configurations: memory regions, and phases of weighted access patterns over them.

masim is the access generator with which DAMON is tested. Its file is paragraphs of lines:

    name, size in bytes[, data file]                      one line for each region
                                                          an empty line before each phase
    name of the phase
    time in milliseconds
    region, random (0 or 1), stride in bytes, weight[, ro|wo|rw]      one line for each access pattern

While a phase lasts, one of its patterns is drawn by weight and makes a batch of accesses, again and again.
Lines that begin with '#' are comments. `parse_masim` also reads what masim itself stumbles over; `format_masim`
writes only what masim accepts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal, NoReturn, get_args

from engine.errors import InputError, shown
from engine.units import parse_bytes

Mode = Literal["ro", "wo", "rw"]

INT_MAX: Final = 2**31 - 1
"""masim keeps times, strides and weights, and the sum of a phase's weights, in a C int."""
NAME_MAX_BYTES: Final = 255
"""masim keeps a region's name in 256 bytes."""
REGIONS_MAX_BYTES: Final = 127 << 40
"""What the regions may take together: a process has 128 TiB of addresses, and other mappings need some."""

_REGION_FIELDS = "'name, size in bytes', and optionally a data file"
_ACCESS_FIELDS = "'region, random (0 or 1), stride in bytes, weight', and optionally ro, wo or rw"
_MODES: Final[tuple[Mode, ...]] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class MasimRegion:
    """A block of memory that masim allocates. What data it starts with doesn't matter here and isn't kept."""

    name: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Access:
    """One access pattern of a phase."""

    region: str
    random: bool
    """Each access at a random byte; otherwise `stride` bytes after the one before, wrapping at the end."""
    stride: int
    """Bytes between two sequential accesses; 0 stays at the region's first byte. Random access ignores it."""
    weight: int
    """How often this pattern is drawn, relative to the phase's others."""
    mode: Mode = "wo"
    """Whether an access reads, writes, or both."""


@dataclass(frozen=True, slots=True)
class Phase:
    """What is accessed for a while. With weights that sum up to 0, nothing is."""

    name: str
    time_ms: int
    accesses: tuple[Access, ...]


@dataclass(frozen=True, slots=True)
class MasimConfig:
    """Regions, in the order in which they are allocated, and phases, in the order in which they run."""

    regions: tuple[MasimRegion, ...]
    phases: tuple[Phase, ...]

    @property
    def footprint_bytes(self) -> int:
        """Bytes of all regions."""
        return sum(region.size for region in self.regions)

    @property
    def duration_us(self) -> int:
        """Microseconds that all phases take, without the part of a batch by which masim overruns each."""
        return sum(phase.time_ms for phase in self.phases) * 1_000


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


def parse_masim(text: str, where: str) -> MasimConfig:
    """Read a masim file, tolerantly.

    Beyond what masim accepts: a missing last newline, any number of empty lines between paragraphs and at both ends,
    CRLF, blanks around names and fields, blanks before a comment's '#', a comment after the fields of a line, and
    sizes with a unit ("16 MiB"; K, M, G and T are powers of 1024).

    Args:
        text: the content of the file.
        where: what to call it in errors, such as its path.

    Raises:
        InputError: with `where` and the number of the line.
    """
    return _Reader(where).read(text)


def format_masim(config: MasimConfig) -> str:
    """Write a masim file, strictly: `parse_masim` gives the same configuration again, and masim accepts it.

    Raises:
        InputError: naming what masim would not accept.
    """
    _check(config)
    paragraphs = [[f"{region.name}, {region.size}" for region in config.regions]]
    paragraphs += [[p.name, str(p.time_ms), *map(_format_access, p.accesses)] for p in config.phases]
    # masim counts phases by empty lines: one too many, or none after the last line, is an error to it.
    return "\n\n".join("\n".join(lines) for lines in paragraphs) + "\n"


def _format_access(access: Access) -> str:
    line = f"{access.region}, {int(access.random)}, {access.stride}, {access.weight}"
    return line if access.mode == "wo" else f"{line}, {access.mode}"


class _Reader:
    """Reads one file; holds its name for the errors."""

    def __init__(self, where: str) -> None:
        self.where = where

    def read(self, text: str) -> MasimConfig:
        paragraphs = _paragraphs(text)
        if not paragraphs:
            raise InputError(f"{self.where} has no regions: its first paragraph must have lines of {_REGION_FIELDS}")
        regions = self.regions(paragraphs[0])
        if len(paragraphs) == 1:
            raise InputError(
                f"{self.where} has no phases: after the regions and an empty line must come the name of a phase, "
                "its time in ms, and its accesses"
            )
        return MasimConfig(tuple(regions.values()), tuple(self.phase(lines, regions) for lines in paragraphs[1:]))

    def fail(self, line: _Line, message: str) -> NoReturn:
        raise InputError(f"{self.where}, line {line.number}: {message}")

    def regions(self, lines: list[_Line]) -> dict[str, MasimRegion]:
        found: dict[str, MasimRegion] = {}
        total = 0
        for line in lines:
            fields = _fields(line.text)
            if len(fields) not in (2, 3):
                self.fail(line, f"a region is {_REGION_FIELDS}, not {shown(line.text)}")
            name = fields[0]
            if problem := _region_name_problem(name):
                self.fail(line, problem)
            if name in found:
                self.fail(line, f"region {shown(name)} is already there: each needs a name of its own")
            size = self.size(line, name, fields[1])
            total += size
            if problem := _total_problem(total):
                self.fail(line, problem)
            found[name] = MasimRegion(name, size)
        return found

    def size(self, line: _Line, name: str, field: str) -> int:
        try:
            size = parse_bytes(field)
        except InputError as error:
            self.fail(line, f"the size of region {shown(name)} is wrong: {error}")
        if not 1 <= size <= REGIONS_MAX_BYTES:
            self.fail(line, f"the size of region {shown(name)} must be from 1 byte to 127 TiB, not {shown(field)}")
        return size

    def phase(self, lines: list[_Line], regions: Collection[str]) -> Phase:
        name = lines[0].text
        if problem := _phase_name_problem(name):
            self.fail(lines[0], problem)
        if len(lines) == 1:
            self.fail(lines[0], f"phase {shown(name)} has no time: a line with its milliseconds must follow its name")
        time = self.number(lines[1], f"the time of phase {shown(name)} in ms", _uncommented(lines[1].text), 1, INT_MAX)
        if len(lines) == 2:
            self.fail(
                lines[1],
                f"phase {shown(name)} has no accesses: lines of {_ACCESS_FIELDS}, must follow its time directly",
            )
        accesses = tuple(self.access(line, name, regions) for line in lines[2:])
        if problem := _weights_problem(name, accesses):
            self.fail(lines[0], problem)
        return Phase(name, time, accesses)

    def access(self, line: _Line, phase: str, regions: Collection[str]) -> Access:
        fields = _fields(line.text)
        if len(fields) not in (4, 5):
            self.fail(line, f"an access is {_ACCESS_FIELDS}, not {shown(line.text)}")
        if fields[0] not in regions:
            self.fail(line, _unknown_region(phase, fields[0], regions))
        random = self.number(line, "the second field, 0 for sequential or 1 for random access,", fields[1], 0, 1)
        stride = self.number(line, "the stride in bytes", fields[2], 0, INT_MAX)
        weight = self.number(line, "the weight", fields[3], 0, INT_MAX)
        wanted = fields[4] if len(fields) == 5 else "wo"
        for mode in _MODES:
            if mode == wanted:
                return Access(fields[0], bool(random), stride, weight, mode)
        self.fail(line, f"the mode of an access is ro, wo or rw, not {shown(wanted)}")

    def number(self, line: _Line, what: str, field: str, low: int, high: int) -> int:
        if not re.fullmatch(r"[+-]?[0-9]+", field):
            self.fail(line, f"{what} must be a whole number, not {shown(field)}")
        value = int(field[:40])
        if not low <= value <= high:
            self.fail(line, f"{what} must be from {low} to {high}, not {shown(field)}")
        return value


def _paragraphs(text: str) -> list[list[_Line]]:
    paragraphs: list[list[_Line]] = []
    current: list[_Line] = []
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, raw in enumerate(lines, 1):
        stripped = raw.strip()
        if stripped.startswith("#"):
            continue
        if stripped:
            current.append(_Line(number, stripped))
        elif current:
            paragraphs.append(current)
            current = []
    return [*paragraphs, current] if current else paragraphs


def _uncommented(text: str) -> str:
    return text.partition("#")[0].strip()


def _fields(text: str) -> list[str]:
    """The fields of a region's or an access' line. A name may hold a '#', so a comment begins after it only."""
    name, comma, rest = text.partition(",")
    return [name.strip(), *(field.strip() for field in _uncommented(rest).split(","))] if comma else [name]


def _unknown_region(phase: str, name: str, regions: Collection[str]) -> str:
    known = list(regions)
    close = get_close_matches(name, known, 1)
    hint = f", did you mean {shown(close[0])}?" if close else ""
    listed = ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
    return f"phase {shown(phase)} accesses region {shown(name)}, but the regions are {listed}{hint}"


def _region_name_problem(name: str) -> str | None:
    if not name:
        return f"a region needs a name: a region is {_REGION_FIELDS}"
    if len(name.encode(errors="replace")) > NAME_MAX_BYTES:
        return f"the name of a region may have {NAME_MAX_BYTES} bytes, and {shown(name)} has more"
    if "," in name or name.startswith("#"):
        return f"the name of a region must not hold a comma or begin with '#', as {shown(name)} does"
    return _text_problem(name, "region")


def _phase_name_problem(name: str) -> str | None:
    if not name:
        return "a phase needs a name"
    if name.startswith("#"):
        return f"the name of a phase must not begin with '#', as {shown(name)} does"
    return _text_problem(name, "phase")


def _text_problem(name: str, what: str) -> str | None:
    if name != name.strip() or not name.isprintable():
        return f"the name of a {what} must be printable and have no blanks around it, not {shown(name)}"
    return None


def _total_problem(total: int) -> str | None:
    if total > REGIONS_MAX_BYTES:
        return f"the regions may take 127 TiB together, the addresses of a process, and take {total / 2**40:.1f} TiB"
    return None


def _weights_problem(phase: str, accesses: Iterable[Access]) -> str | None:
    total = sum(access.weight for access in accesses)
    return f"the weights of phase {shown(phase)} may sum up to {INT_MAX}, not {total}" if total > INT_MAX else None


def _check(config: MasimConfig) -> None:
    """Raise InputError for what `parse_masim` could not have given."""
    names = Counter(region.name for region in config.regions)
    problems = [_region_name_problem(name) for name in names]
    problems += [
        f"region {shown(r.name)} must have at least 1 byte, not {r.size}" for r in config.regions if r.size < 1
    ]
    problems += [f"two regions are called {shown(name)}" for name, count in names.items() if count > 1]
    problems.append(_total_problem(config.footprint_bytes))
    problems.append(None if names else "a masim configuration needs a region")
    problems.append(None if config.phases else "a masim configuration needs a phase")
    for phase in config.phases:
        problems += [_phase_name_problem(phase.name), *_phase_problems(phase, names)]
    if found := next((problem for problem in problems if problem), None):
        raise InputError(found)


def _phase_problems(phase: Phase, regions: Collection[str]) -> Iterable[str | None]:
    named = f"phase {shown(phase.name)}"
    if not 1 <= phase.time_ms <= INT_MAX:
        yield f"the time of {named} must be from 1 to {INT_MAX} ms, not {phase.time_ms}"
    if not phase.accesses:
        yield f"{named} has no accesses"
    for access in phase.accesses:
        if access.region not in regions:
            yield _unknown_region(phase.name, access.region, regions)
        for what, value in (("stride", access.stride), ("weight", access.weight)):
            if not 0 <= value <= INT_MAX:
                yield f"the {what} of {shown(access.region)} in {named} must be 0 to {INT_MAX}, not {value}"
        if access.mode not in _MODES:
            yield f"the mode of {shown(access.region)} in {named} is ro, wo or rw, not {shown(access.mode)}"
    yield _weights_problem(phase.name, phase.accesses)
