"""From words to what they stand for: variables, substitutions, arithmetic, and patterns of file names."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterable, MutableMapping
from fnmatch import fnmatchcase

from damotui.shell.arithmetic import evaluate
from damotui.shell.places import Places
from damotui.shell.syntax import Arithmetic, Literal, Parameter, Part, Program, Substitution, Word
from engine.files.errors import FileError

LONGEST = 1 << 22
"""Characters of a value."""

_SEPARATORS = re.compile(r"([ \t\n]+)")
_PATTERN = re.compile(r"[*?\[]")


class ExpansionProblem(Exception):
    """A word stands for nothing that can be used. The message is what a shell would say."""


class Expansion:
    """Expands words.

    Args:
        variables: values by name; looked up when they are needed.
        special: the value of `$?` and the like; None if there is no such parameter.
        output_of: runs commands and returns what they print.
        places: where patterns look for files.
    """

    def __init__(
        self,
        variables: MutableMapping[str, str],
        special: Callable[[str], str],
        output_of: Callable[[Program], str],
        places: Places,
    ) -> None:
        self._variables = variables
        self._special = special
        self._output_of = output_of
        self._places = places

    def fields(self, words: Iterable[Word]) -> list[str]:
        """All words, split at blanks that come from substitutions, and with patterns replaced by the files they match.

        Raises:
            ExpansionProblem: one is too long.
            ArithmeticProblem: an expression has no value.
        """
        expanded: list[str] = []
        for word in words:
            for field in self._split(word):
                plain = "".join(text for text, _ in field)
                expanded.extend(self._matching(field) or [plain])
        return expanded

    def text(self, word: Word) -> str:
        """A word that is neither split nor a pattern, as the value of an assignment."""
        return _checked("".join(self._value(part) for part in word))

    def _value(self, part: Part) -> str:
        match part:
            case Literal(text):
                return text
            case Parameter(name):
                return self._variables.get(name, "") if name.isidentifier() else self._special(name)
            case Substitution(program):
                return self._output_of(program).rstrip("\n")
            case Arithmetic(expression):
                return str(evaluate(self.text(expression), self._variables))

    def _split(self, word: Word) -> list[list[tuple[str, bool]]]:
        """Fields of pieces, each with whether it is quoted."""
        fields: list[list[tuple[str, bool]]] = []
        current: list[tuple[str, bool]] | None = None
        for part in word:
            value = _checked(self._value(part))
            if part.quoted or isinstance(part, Literal):
                current = [*(current or []), (value, part.quoted)]
                continue
            for piece in _SEPARATORS.split(value):
                if not piece:
                    continue
                if piece[0] not in " \t\n":
                    current = [*(current or []), (piece, False)]
                elif current is not None:
                    fields.append(current)
                    current = None
        return fields if current is None else [*fields, current]

    def _matching(self, field: list[tuple[str, bool]]) -> list[str]:
        """Paths that a field is a pattern of; none if it is no pattern."""
        if not any(_PATTERN.search(text) for text, quoted in field if not quoted):
            return []
        pattern = "".join(glob.escape(text) if quoted else text for text, quoted in field)
        found = ["/"] if pattern.startswith("/") else [""]
        names = [name for name in pattern.split("/") if name]
        for depth, name in enumerate(names, 1):
            found = [below for path in found for below in self._below(path, name, last=depth == len(names))]
        return sorted(found)

    def _below(self, path: str, name: str, *, last: bool) -> list[str]:
        if not _PATTERN.search(name):
            names = [name]
        else:
            try:
                names = (
                    self._places.names(self._places.existing(path or ".")) if self._places.there(path or ".") else []
                )
            except FileError:
                return []
            names = [candidate for candidate in names if fnmatchcase(candidate, name)]
        below = [f"{path}{candidate}" for candidate in names]
        return [path for path in below if self._places.there(path)] if last else [f"{path}/" for path in below]


def _checked(value: str) -> str:
    if len(value) > LONGEST:
        raise ExpansionProblem(f"a value of more than {LONGEST} characters is too long")
    return value
