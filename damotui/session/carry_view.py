"""What is carried elsewhere: which part of which tree, in which format, and the text that comes of it."""

from __future__ import annotations

from damotui.explain import Explanation
from damotui.formats import FORMATS, Carried, Format, Part, carried, parts_at
from damotui.session.document import Session
from damotui.session.tree import Path, Tree
from engine.errors import InputError
from engine.units import format_bytes

CLIPBOARD_BYTES = 74_994
"""What terminals take at most that keep to 100,000 characters of OSC 52."""

_PARTS = Explanation(
    "Part",
    "The whole tree, or only the kdamond, context or scheme that the cursor was at, with nothing else of its kind. "
    "A scheme keeps the targets and attributes of its context, so that it can run.",
)
_BASIS = Explanation(
    "Staged or committed",
    "Staged is the tree as edited; committed is what the running kdamonds obey, and the stopped ones would start with.",
)


class CarryView:
    """Keeps what is chosen, also while nobody looks.

    Args:
        session: whose trees are carried.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._path: Path = ()
        self._narrow = True
        self._committed = False
        self._made: tuple[Part, Format, Carried] | None = None
        self.form = self.available[0]

    def look_at(self, path: Path) -> None:
        """Begin with the smallest part that a node is in."""
        self._path, self._narrow = path, True

    @property
    def available(self) -> list[Format]:
        """The formats that the kernel has."""
        return [form for form in FORMATS.values() if not self.lack(form)]

    @property
    def part(self) -> Part:
        """What is carried."""
        parts = parts_at(self._tree, self._path)
        return parts[-1] if self._narrow else parts[0]

    @property
    def carried(self) -> Carried:
        """The text, and what there is to say about it."""
        part = self.part
        if self._made is None or self._made[:2] != (part, self.form):
            self._made = (part, self.form, carried(self.form, part.kdamonds, self._session.kernel))
        return self._made[2]

    @property
    def size(self) -> int:
        """Bytes of the text."""
        return len(self.carried.text.encode(errors="surrogateescape"))

    @property
    def file_name(self) -> str:
        """What a file of it could be called."""
        number = (
            f"-{self.part.title.replace(' of ', ' ').replace(' ', '-')}" if self._narrow and self._has_parts else ""
        )
        return f"damon-{self.form.name}{number}{self.form.suffix}"

    @property
    def headline(self) -> str:
        """What is carried, in a line."""
        text, notes = self.carried.text, self.carried.notes
        lines = text.count("\n")
        basis = "committed" if self._committed else "staged"
        if self._session.staged == self._session.committed:
            basis = "staged and committed"
        said = [self.part.title, basis, f"{lines:,} line{'s' * (lines != 1)}, {format_bytes(self.size)}"]
        said += [f"{len(notes)} note{'s' * (len(notes) > 1)}"] if notes else []
        return "   ".join(said)

    def lack(self, form: Format) -> str:
        """Why the kernel does not have a format; empty if it does."""
        kernel = self._session.kernel
        return kernel.lack(form.needs) if form.needs is not None and not kernel.has(form.needs) else ""

    def choose(self, number: int) -> None:
        """Take the format of a number from 1 on.

        Raises:
            InputError: the kernel does not have it.
        """
        form = list(FORMATS.values())[number - 1]
        if lack := self.lack(form):
            raise InputError(f"{form.name} {lack}")
        self.form = form

    def step(self, steps: int) -> None:
        """Take the next format that there is, or one before."""
        there = self.available
        self.form = there[(there.index(self.form) + steps) % len(there)]

    def next_part(self) -> None:
        """Take the whole, or the part.

        Raises:
            InputError: the whole is all there is.
        """
        if not self._has_parts:
            raise InputError("there is no smaller part here: the whole tree says the same")
        self._narrow = not self._narrow

    def next_basis(self) -> None:
        """Take what is staged, or what is committed.

        Raises:
            InputError: they are the same.
        """
        if self._session.staged == self._session.committed:
            raise InputError("all that is staged is committed")
        self._committed = not self._committed

    def explanations(self) -> list[Explanation]:
        """The format, what is said about the text, and the choices."""
        notes = [Explanation("Notes", "\n".join(self.carried.notes))] if self.carried.notes else []
        others = [_explained(form, self.lack(form)) for form in FORMATS.values() if form is not self.form]
        return [_explained(self.form, ""), *notes, _PARTS, _BASIS, *others]

    @property
    def _tree(self) -> Tree:
        return self._session.committed if self._committed else self._session.staged

    @property
    def _has_parts(self) -> bool:
        return len(parts_at(self._tree, self._path)) > 1


def _explained(form: Format, lack: str) -> Explanation:
    facts = [("files", f"*{form.suffix}")]
    facts += [("notes", "stand in the text as comments" if form.comments else "do not stand in the text")]
    facts += [("here", f"not to be had: it {lack}")] if lack else []
    return Explanation(form.title, form.help, tuple(facts))
