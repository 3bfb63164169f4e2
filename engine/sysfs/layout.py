"""How the tree of files is described, and what of it a kernel release has.

A description is data: `engine/sysfs/table.py` holds the one of the newest kernel, and `cut` takes away what a release
does not have. Directories and files are made after it (`engine/sysfs/tree.py`).
"""

from __future__ import annotations

import dataclasses
import errno
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.config.fields import INT_MAX, INT_MIN, FieldSpec, spec_at
from engine.files.nodes import About
from engine.sysfs.grammar import Flag, Grammar, Number, Path, Value, Word
from engine.units import Unit
from engine.versions import RELEASES, Feature, Kernel

FIRST_RELEASE = "5.18"
"""The release that the sysfs interface came with."""

_NO_UNIT = (Unit.COUNT, Unit.KEYWORD, Unit.BOOL, Unit.TEXT)


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file that holds a value, or whose content the interface makes."""

    name: str
    grammar: Grammar
    default: Value
    about: About
    field: str = ""
    """The field of its member's configuration that it stands for: `quotas.time_ms`; empty for none."""
    mode: int = 0o600
    since: Feature | None = None
    """What a kernel needs to have it; None: all have it that have its directory."""
    words: Mapping[str, Feature] = dataclasses.field(default_factory=dict)
    """Keywords, with what a kernel needs for each; the grammar is made of those that it has."""
    locks: bool = False
    """Writing it needs the lock of the interface."""
    made: bool = False
    """The interface makes its content, and takes what is written."""


@dataclass(frozen=True, slots=True)
class Group:
    """A directory with fixed entries."""

    name: str
    about: About
    entries: tuple[Entry, ...]
    since: Feature | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A directory with a numbered one for each of so many things, and maybe files beside them."""

    name: str
    about: About
    member: Member
    count: FileSpec | None = None
    """The file that says how many there are, and makes them; None where the interface does."""
    field: str = ""
    """The field of its member's configuration that holds them."""
    files: tuple[FileSpec, ...] = ()
    since: Feature | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One of a listing: a directory that stands for one configuration object."""

    about: About
    entries: tuple[Entry, ...]
    of: type | None = None
    """The configuration dataclass that it stands for, if any."""

    @property
    def nodes(self) -> int:
        """How many directories and files a fresh one has, itself included."""
        return 1 + sum(_nodes(entry) for entry in self.entries)


Entry = FileSpec | Group | Listing


def _nodes(entry: Entry) -> int:
    match entry:
        case FileSpec():
            return 1
        case Group():
            return 1 + sum(_nodes(inner) for inner in entry.entries)
        case Listing():
            return 1 + len(entry.files) + (entry.count is not None)


def cut(listing: Listing, kernel: Kernel, since: str = FIRST_RELEASE) -> Listing:
    """The same as far as `kernel` has it, with all texts saying when it came.

    Args:
        listing: the newest description.
        kernel: the release.
        since: the release that what holds it came with.
    """
    since = _later(since, listing.since)
    member = listing.member
    return replace(
        listing,
        about=replace(listing.about, since=since),
        count=None if listing.count is None else _cut_file(listing.count, kernel, since),
        files=tuple(_cut_file(file, kernel, since) for file in listing.files if _has(kernel, file.since)),
        member=replace(
            member, about=replace(member.about, since=since), entries=_cut_entries(member.entries, kernel, since)
        ),
    )


def _cut_entries(entries: tuple[Entry, ...], kernel: Kernel, since: str) -> tuple[Entry, ...]:
    return tuple(_cut_entry(entry, kernel, since) for entry in entries if _has(kernel, entry.since))


def _cut_entry(entry: Entry, kernel: Kernel, since: str) -> Entry:
    match entry:
        case FileSpec():
            return _cut_file(entry, kernel, since)
        case Group():
            since = _later(since, entry.since)
            about = replace(entry.about, since=since)
            return replace(entry, about=about, entries=_cut_entries(entry.entries, kernel, since))
        case Listing():
            return cut(entry, kernel, since)


def _cut_file(file: FileSpec, kernel: Kernel, since: str) -> FileSpec:
    grammar = file.grammar
    if file.words:
        grammar = Word(tuple(word for word, needed in file.words.items() if kernel.has(needed)))
    if isinstance(grammar, Number) and not kernel.has(Feature.SYSFS_RANGE_ERRORS) and not file.name.startswith("nr_"):
        grammar = replace(grammar, out_of_range=errno.EINVAL)
    accepts = grammar.accepts if file.mode & 0o200 else ""
    about = replace(file.about, accepts=accepts, since=_later(since, file.since))
    return replace(file, grammar=grammar, about=about)


def _has(kernel: Kernel, since: Feature | None) -> bool:
    return since is None or kernel.has(since)


def _later(since: str, feature: Feature | None) -> str:
    return since if feature is None else max(since, feature.first, key=RELEASES.index)


# How the table says it


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a kdamond's configuration the fields are that some files stand for: `contexts[0].schemes[0]`."""

    path: str = ""

    def spec(self, name: str) -> FieldSpec:
        """The spec of a field below."""
        return spec_at(f"{self.path}.{name}" if self.path else name)

    def file(
        self,
        name: str,
        field: str,
        *,
        out_of_range: int = errno.ERANGE,
        words: Mapping[str, Feature] | None = None,
        locks: bool = False,
        default: Value | None = None,
    ) -> FileSpec:
        """A file that stands for a field, of its type, default, meaning and first release.

        Args:
            name: of the file.
            field: the dotted path of the field.
            out_of_range: error for numbers that its type does not hold.
            words: the keywords that it takes, if not all that the field has.
            locks: writing it needs the lock of the interface.
            default: in place of the field's.
        """
        spec = self.spec(field)
        value = spec.default if default is None else default
        assert isinstance(value, int | str), name
        return FileSpec(
            name,
            _grammar(spec, out_of_range),
            value,
            About(spec.help, "" if spec.unit is None or spec.unit in _NO_UNIT else spec.unit.value),
            field=field,
            since=spec.since,
            words=spec.choice_since if words is None else words,
            locks=locks,
        )

    def group(self, name: str, field: str, *entries: Entry) -> Group:
        """A directory that stands for a group of fields."""
        spec = self.spec(field)
        return Group(name, About(spec.help), entries, spec.since)

    def listing(self, name: str, field: str, what: str, member: Member, *, most: int | None = None) -> Listing:
        """A directory that stands for a list.

        Args:
            name: of the directory; `nr_` and this is that of the file that makes the members.
            field: the dotted path of the field.
            what: what the members are, in the plural.
            member: one of them.
            most: how many there may be; None for as many as an int counts.
        """
        spec = self.spec(field)
        return Listing(name, About(spec.help), member, count_file(name, what, most), field, since=spec.since)


def count_file(name: str, what: str, most: int | None = None) -> FileSpec:
    """The file `nr_…` of a listing."""
    about = About(f"How many {what} there are. Writing it removes all, and makes so many new ones.")
    return FileSpec(f"nr_{name}", Number(INT_MIN, INT_MAX, least=0, most=most), 0, about, locks=True)


def shown_number(name: str, meaning: str, unit: str = "", since: Feature | None = None) -> FileSpec:
    """A number that can only be read."""
    return FileSpec(name, Number(), 0, About(meaning, unit), mode=0o400, since=since)


def _grammar(spec: FieldSpec, out_of_range: int) -> Grammar:
    match spec.unit:
        case Unit.KEYWORD:
            return Word(spec.choices or ("",))
        case Unit.BOOL:
            return Flag()
        case Unit.TEXT:
            return Path()
    low = 0 if spec.low == 1 else spec.low
    return Number(low, spec.high, out_of_range, least=spec.low)
