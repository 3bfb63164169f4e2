"""Directories of the tree, as they are made after their description."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping

from engine.files.errors import FileError
from engine.files.nodes import About, Directory, Node
from engine.files.waiting import Waiting, written
from engine.sysfs.grammar import Value
from engine.sysfs.layout import Entry, FileSpec, Group, Listing, Member
from engine.sysfs.leaf import Interface, MadeFile, SysfsFile, ValueFile

NODES_MOST = 300_000
"""How many directories and files there may be in all; a count that would exceed it is refused with ENOMEM."""


class Room:
    """How much of the tree there is, against how much there may be."""

    def __init__(self) -> None:
        self.nodes = 0

    def has(self, nodes: int) -> bool:
        """Whether so many nodes more fit."""
        return self.nodes + nodes <= NODES_MOST


class SysfsDirectory(Directory):
    """A directory whose entries come and go by the count of its things only.

    Args:
        about: what it is for.
        room: counts it.
    """

    def __init__(self, about: About, room: Room) -> None:
        self._about = about
        self._room = room
        room.nodes += 1
        self.content: dict[str, Node] = {}

    @property
    def about(self) -> About:
        """What it is for."""
        return self._about

    def entries(self) -> Mapping[str, Node]:
        """Names and what they stand for."""
        return self.content

    def remove(self) -> None:
        """Take all that is in it out of use, and itself out of the count."""
        for node in self.content.values():
            _remove(node, self._room)
        self._room.nodes -= 1


class MemberDirectory(SysfsDirectory):
    """One of a listing.

    Args:
        spec: its description.
        interface: that it belongs to.
        room: counts it.
        kdamond: index of the kdamond that it is of; None for the kdamond itself.
        index: which of its listing it is.
    """

    def __init__(self, spec: Member, interface: Interface, room: Room, kdamond: int | None, index: int) -> None:
        super().__init__(spec.about, room)
        self.spec = spec
        self.index = index
        _fill(self.content, spec.entries, interface, room, index if kdamond is None else kdamond)

    def value(self, path: str) -> ValueFile | None:
        """The file at a path below, if this kernel has it."""
        node = self._at(path)
        return node if isinstance(node, ValueFile) else None

    def listing(self, path: str) -> ListingDirectory | None:
        """The listing at a path below, if this kernel has it."""
        node = self._at(path)
        return node if isinstance(node, ListingDirectory) else None

    def set(self, path: str, value: Value) -> None:
        """Change what the file at a path below shows, if this kernel has it."""
        file = self.value(path)
        if file is not None:
            file.value = value

    def _at(self, path: str) -> Node | None:
        node: Node | None = self
        for name in path.split("/"):
            node = node.content.get(name) if isinstance(node, SysfsDirectory) else None
        return node


class ListingDirectory(SysfsDirectory):
    """A directory with a numbered one for each of so many things.

    Args:
        spec: its description.
        interface: that it belongs to.
        room: counts it.
        kdamond: index of the kdamond that it is of; None for the listing of kdamonds.
    """

    def __init__(self, spec: Listing, interface: Interface, room: Room, kdamond: int | None = None) -> None:
        super().__init__(spec.about, room)
        self.spec = spec
        self.members: list[MemberDirectory] = []
        self.before_change: Callable[[], None] | None = None
        """Called before the number of members is changed by a write; raises `FileError` if it must not be."""
        self._interface = interface
        self._kdamond = kdamond
        _fill(self.content, spec.files, interface, room, kdamond)
        if spec.count is not None:
            self.content[spec.count.name] = CountFile(spec.count, interface, self)
            room.nodes += 1

    def recreate(self, count: int) -> None:
        """Remove all members, and make so many new ones.

        Raises:
            FileError: ENOMEM; the old ones are gone then, too.
        """
        self.resize(0)
        if not self._room.has(count * self.spec.member.nodes):
            raise FileError(errno.ENOMEM, f"{count} are too many: the tree may hold {NODES_MOST} files and directories")
        self.resize(count)

    def resize(self, count: int) -> None:
        """Remove the last members, or add new ones, until there are so many; the others stay as they are."""
        for member in self.members[count:]:
            member.remove()
            del self.content[str(member.index)]
        del self.members[count:]
        for index in range(len(self.members), count):
            self.append(index)

    def append(self, index: int) -> MemberDirectory:
        """Add the new member with the next index."""
        member = MemberDirectory(self.spec.member, self._interface, self._room, self._kdamond, index)
        self.members.append(member)
        self.content[str(index)] = member
        return member

    def has_room(self) -> bool:
        """Whether one more member fits."""
        return self._room.has(self.spec.member.nodes)


class CountFile(SysfsFile):
    """The file `nr_…` of a listing.

    Args:
        spec: its description.
        interface: that it belongs to.
        listing: whose members it counts.
    """

    def __init__(self, spec: FileSpec, interface: Interface, listing: ListingDirectory) -> None:
        super().__init__(spec, interface)
        self._listing = listing

    def content(self) -> bytes:
        """How many there are."""
        return b"%d\n" % len(self._listing.members)

    def accept(self, data: bytes) -> Waiting:
        """Make so many new ones."""
        count = self.spec.grammar.parse(data)
        assert isinstance(count, int)
        self._interface.check_lock(self.spec, write=True)
        if self._listing.before_change is not None:
            self._listing.before_change()
        self._listing.recreate(count)
        return written(len(data))


def _fill(
    content: dict[str, Node], entries: tuple[Entry, ...], interface: Interface, room: Room, kdamond: int | None
) -> None:
    for entry in entries:
        match entry:
            case FileSpec(made=True):
                assert kdamond is not None
                content[entry.name] = MadeFile(entry, interface, kdamond)
                room.nodes += 1
            case FileSpec():
                content[entry.name] = ValueFile(entry, interface)
                room.nodes += 1
            case Group():
                directory = SysfsDirectory(entry.about, room)
                _fill(directory.content, entry.entries, interface, room, kdamond)
                content[entry.name] = directory
            case Listing():
                content[entry.name] = ListingDirectory(entry, interface, room, kdamond)


def _remove(node: Node, room: Room) -> None:
    if isinstance(node, SysfsDirectory):
        node.remove()
    elif isinstance(node, SysfsFile):
        node.removed = True
        room.nodes -= 1


def named(entries: tuple[Entry, ...], above: str = "") -> Iterator[tuple[str, FileSpec | Listing]]:
    """Paths of all files and listings of a member, with their descriptions."""
    for entry in entries:
        path = f"{above}{entry.name}"
        if isinstance(entry, Group):
            yield from named(entry.entries, f"{path}/")
        else:
            yield path, entry
