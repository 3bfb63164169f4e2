"""From characters to words and operators."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from damotui.shell.source import LONGEST
from damotui.shell.syntax import Arithmetic, Literal, Parameter, Part, Program, ShellSyntaxError, Substitution, Word

DEEPEST = 24
"""Substitutions within each other."""

_OPERATORS = re.compile(r"&&|\|\||;;|&>>|&>|>>|>&|>\||<<<|<<|<&|<>|[;&|<>()]")
_PLAIN = re.compile(r"[^ \t\r\f\v\n;&|<>()\\'\"$`]+")
_PLAIN_QUOTED = re.compile(r"[^\\\"$`<]+")
_PLAIN_ARITHMETIC = re.compile(r"[^()\\\"$`\n]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9?!$#@*-]")
_BRACED = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[?!$#@*-])\}")
_BACKQUOTED = re.compile(r"(?:[^`\\]|\\.|\\\n)*")
_BLANKS = re.compile(r"[ \t\r\f\v]+")


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    OPERATOR = "operator"
    NEWLINE = "newline"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A word, an operator, or an end of a line or of everything."""

    kind: Kind
    text: str = ""
    """Of an operator: itself. Of a word: its characters, if they all stand for themselves and none is quoted."""
    word: Word = ()
    glued: bool = False
    """Whether the next character belongs to the next token without a blank between."""


class Source(Protocol):
    """Where lines come from."""

    number: int

    def begin(self) -> str | None:
        """The line of a new command, with its newline; None at the end."""

    def more(self) -> str | None:
        """A further line; None at the end."""


class Lexer:
    """Reads one command line after the other.

    Args:
        source: where lines come from.
        placeholders: words such as `<sysfs>` and what they stand for.
        nested: reads the commands of a substitution up to its end, from a lexer.
    """

    def __init__(self, source: Source, placeholders: Mapping[str, str], nested: Callable[[Lexer], Program]) -> None:
        self._source = source
        self._placeholders = placeholders
        self._nested = nested
        self._text: str | None = ""
        self._at = 0
        self._depth = 0
        self._length = 0

    @property
    def line(self) -> int:
        """Number of the line that is being read."""
        return self._source.number

    def begin(self) -> bool:
        """Go to the next line and begin a command there; False at the end of everything."""
        self._at = self._depth = self._length = 0
        self._text = ""  # if the source raises, nothing of the line before is left over
        self._text = _ended(self._source.begin())
        return self._text is not None

    def token(self) -> Token:
        """The next token; after a newline, the one that follows it on the next line.

        Raises:
            ShellSyntaxError: there can't be any.
        """
        while True:
            if self._text is None:
                return Token(Kind.END)
            if self._at >= len(self._text):
                self._more()
                continue
            if blanks := _BLANKS.match(self._text, self._at):
                self._at = blanks.end()
                continue
            char = self._text[self._at]
            if char == "\\" and self._text.startswith("\n", self._at + 1):
                self._more()
            elif char == "#":
                self._at = len(self._text) - 1
            elif char == "\n":
                self._at += 1
                return Token(Kind.NEWLINE)
            else:
                return self._operator() or self._word()

    def _more(self) -> bool:
        """Go on with the next line of the same command."""
        self._text, self._at = _ended(self._source.more()), 0
        self._length += len(self._text or "")
        if self._length > LONGEST:
            raise ShellSyntaxError(f"a command of more than {LONGEST} characters is too long")
        return self._text is not None

    def _rest(self, closing: str) -> str:
        """The line being read, at a place within `closing`; the next one if this is over."""
        while self._text is None or self._at >= len(self._text):
            if self._text is None or not self._more():
                raise ShellSyntaxError(f"unexpected EOF while looking for matching `{closing}'")
        return self._text

    def _operator(self) -> Token | None:
        text = self._text or ""
        if text[self._at] == "<" and self._placeholder():
            return None
        found = _OPERATORS.match(text, self._at)
        if found is None:
            return None
        self._at = found.end()
        return Token(Kind.OPERATOR, found[0])

    def _placeholder(self) -> str:
        return next((p for p in self._placeholders if (self._text or "").startswith(p, self._at)), "")

    def _word(self) -> Token:
        parts: list[Part] = []
        while self._text is not None and self._at < len(self._text):
            text, char = self._text, self._text[self._at]
            if run := _PLAIN.match(text, self._at):
                parts.append(Literal(run[0], quoted=False))
                self._at = run.end()
            elif char == "\\":
                self._at += 2
                if not text.startswith("\n", self._at - 1):
                    parts.append(Literal(text[self._at - 1 : self._at] or "\\", quoted=True))
                elif not self._more():
                    break
            elif char == "'":
                self._at += 1
                parts.append(Literal(self._until("'"), quoted=True))
            elif char == '"':
                self._at += 1
                parts.extend(self._double_quoted())
            elif char in "$`":
                parts.append(self._substituted(quoted=False))
            elif placeholder := self._placeholder():
                parts.append(Literal(self._placeholders[placeholder], quoted=True))
                self._at += len(placeholder)
            else:
                break
        bare = [part.text for part in parts if isinstance(part, Literal) and not part.quoted]
        spelled = "".join(bare) if len(bare) == len(parts) else ""
        glued = self._text is not None and self._text[self._at : self._at + 1] in ("<", ">")
        return Token(Kind.WORD, spelled, tuple(parts), glued)

    def _until(self, quote: str) -> str:
        """Characters up to a quote, over several lines if need be."""
        read = []
        while True:
            text = self._rest(quote)
            end = text.find(quote, self._at)
            read.append(text[self._at :] if end < 0 else text[self._at : end])
            self._at = len(text) if end < 0 else end + 1
            if end >= 0:
                return "".join(read)

    def _double_quoted(self) -> list[Part]:
        parts: list[Part] = [Literal("", quoted=True)]  # so that "" is a word
        while True:
            text = self._rest('"')
            char = text[self._at]
            if run := _PLAIN_QUOTED.match(text, self._at):
                parts.append(Literal(run[0], quoted=True))
                self._at = run.end()
            elif char == '"':
                self._at += 1
                return parts
            elif char == "\\":
                following = text[self._at + 1 : self._at + 2]
                kept = (
                    "" if following == "\n" else following if following in ("$", "`", '"', "\\") else f"\\{following}"
                )
                parts.append(Literal(kept, quoted=True))
                self._at += 2
            elif char == "<":
                placeholder = self._placeholder() or "<"
                parts.append(Literal(self._placeholders.get(placeholder, "<"), quoted=True))
                self._at += len(placeholder)
            else:
                parts.append(self._substituted(quoted=True))

    def _substituted(self, *, quoted: bool) -> Part:
        """What `$` or a backquote begins."""
        text = self._text or ""
        if text[self._at] == "`":
            self._at += 1
            return self._backquoted(quoted)
        self._at += 1
        if text.startswith("((", self._at):
            self._at += 2
            return self._deeper(lambda: self._arithmetic(quoted))
        if text.startswith("(", self._at):
            self._at += 1
            return self._deeper(lambda: Substitution(self._nested(self), quoted))
        if text.startswith("{", self._at):
            braced = _BRACED.match(text, self._at)
            if braced is None:
                raise ShellSyntaxError(f"{text[self._at - 1 :].split()[0]}: bad substitution")
            self._at = braced.end()
            return Parameter(braced[1], quoted)
        if name := _NAME.match(text, self._at):
            self._at = name.end()
            return Parameter(name[0], quoted)
        return Literal("$", quoted=True)

    def _deeper(self, read: Callable[[], Part]) -> Part:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ShellSyntaxError(f"more than {DEEPEST} substitutions are nested")
        part = read()
        self._depth -= 1
        return part

    def _backquoted(self, quoted: bool) -> Part:
        """The older spelling of a substitution, which is read as a text of its own."""
        inner = re.sub(r"\\([$`\\])", r"\1", self._until_backquote())
        lexer = Lexer(_Inner(inner, self.line), self._placeholders, self._nested)
        lexer.begin()
        lexer._depth = self._depth
        return lexer._deeper(lambda: Substitution(self._nested(lexer), quoted))

    def _until_backquote(self) -> str:
        read = []
        while True:
            text = self._rest("`")
            found = _BACKQUOTED.match(text, self._at)
            if found is not None:
                read.append(found[0])
                self._at = found.end()
            if text.startswith("`", self._at):
                self._at += 1
                return "".join(read)
            self._at = len(text)

    def _arithmetic(self, quoted: bool) -> Part:
        parts: list[Part] = []
        open_parentheses = 0
        while True:
            text = self._rest("))")
            char = text[self._at]
            if run := _PLAIN_ARITHMETIC.match(text, self._at):
                parts.append(Literal(run[0], quoted=True))
                self._at = run.end()
            elif char == ")" and not open_parentheses:
                if not text.startswith("))", self._at):
                    raise ShellSyntaxError("syntax error near unexpected token `)'")
                self._at += 2
                return Arithmetic(tuple(parts), quoted)
            elif char in "$`":
                parts.append(self._substituted(quoted=True))
            else:
                open_parentheses += {"(": 1, ")": -1}.get(char, 0)
                if char not in '\\"':
                    parts.append(Literal(char, quoted=True))
                self._at += 1


def _ended(line: str | None) -> str | None:
    """A line with its newline, which the last one of a text may lack."""
    return line if line is None or line.endswith("\n") else f"{line}\n"


class _Inner:
    """A text within backquotes, as a source of lines."""

    def __init__(self, text: str, number: int) -> None:
        self._lines = f"{text}\n)".split("\n")[::-1]
        self.number = number

    def begin(self) -> str | None:
        return self.more()

    def more(self) -> str | None:
        return self._lines.pop() if self._lines else None
