"""From words and operators to programs."""

from __future__ import annotations

from collections.abc import Mapping

from damotui.shell.lexer import Kind, Lexer, Source, Token
from damotui.shell.source import ASSIGNMENT
from damotui.shell.syntax import (
    Assignment,
    Chain,
    Command,
    Literal,
    Pipeline,
    Program,
    Redirection,
    ShellSyntaxError,
    Word,
)

_RESERVED = frozenset(
    ["if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "select", "function"]
) | {"{", "}", "[[", "]]", "time", "coproc"}
_REDIRECTIONS = {">": (1, ">"), ">|": (1, ">"), ">>": (1, ">>"), "<": (0, "<"), ">&": (1, ">&"), "&>": (1, "&>")}


class Parser:
    """Reads one command line after the other from a source.

    Args:
        source: where lines come from.
        placeholders: words such as `<sysfs>` and what they stand for.
    """

    def __init__(self, source: Source, placeholders: Mapping[str, str]) -> None:
        self._lexer = Lexer(source, placeholders, _nested)

    @property
    def line(self) -> int:
        """Number of the line that was read last."""
        return self._lexer.line

    def next(self) -> Program | None:
        """The commands of the next line, which may be none; None at the end of everything.

        Raises:
            ShellSyntaxError: they can't be read; the next call goes on with the line after them.
        """
        if not self._lexer.begin():
            return None
        return _Reading(self._lexer).program(Kind.NEWLINE)


def _nested(lexer: Lexer) -> Program:
    """The commands of a substitution; what closes it has been read then."""
    return _Reading(lexer).program(None)


class _Reading:
    """One command line, or one substitution.

    Args:
        lexer: at its beginning.
    """

    def __init__(self, lexer: Lexer) -> None:
        self._lexer = lexer
        self._token = lexer.token()

    def _go(self) -> None:
        self._token = self._lexer.token()

    def _is(self, *operators: str) -> bool:
        return self._token.kind is Kind.OPERATOR and self._token.text in operators

    def program(self, end: Kind | None) -> Program:
        """All commands up to a newline, or up to `)`."""
        chains: list[Chain] = []
        while True:
            if end is None:
                self._skip_newlines()
                if self._is(")"):
                    return tuple(chains)
            if self._token.kind in (Kind.NEWLINE, Kind.END):
                if end is None:
                    raise ShellSyntaxError("unexpected EOF while looking for matching `)'")
                return tuple(chains)
            chain = self._chain()
            background = self._is("&")
            if background:
                chain = Chain(chain.first, chain.rest, background=True)
            chains.append(chain)
            if background or self._is(";"):
                self._go()
            elif self._token.kind not in (Kind.NEWLINE, Kind.END) and not (end is None and self._is(")")):
                self._unexpected()

    def _skip_newlines(self) -> None:
        while self._token.kind is Kind.NEWLINE:
            self._go()

    def _chain(self) -> Chain:
        first = self._pipeline()
        rest: list[tuple[str, Pipeline]] = []
        while self._is("&&", "||"):
            operator = self._token.text
            self._go()
            self._skip_newlines()
            rest.append((operator, self._pipeline()))
        return Chain(first, tuple(rest))

    def _pipeline(self) -> Pipeline:
        inverted = self._token.kind is Kind.WORD and self._token.text == "!"
        if inverted:
            self._go()
        commands = [self._command()]
        while self._is("|"):
            self._go()
            self._skip_newlines()
            commands.append(self._command())
        return Pipeline(tuple(commands), inverted)

    def _command(self) -> Command:
        line = self._lexer.line
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirections: list[Redirection] = []
        while True:
            token = self._token
            if token.kind is Kind.OPERATOR and token.text in _REDIRECTIONS:
                redirections.extend(self._redirection(None))
            elif token.kind is not Kind.WORD:
                break
            elif token.glued and token.text in ("0", "1", "2"):
                self._go()
                redirections.extend(self._redirection(int(token.text)))
            elif not words and (assignment := _assignment(token)):
                assignments.append(assignment)
                self._go()
                if self._is("("):
                    raise ShellSyntaxError(f"{assignment.name}: there are no arrays here")
            else:
                if not words and token.text in _RESERVED:
                    raise ShellSyntaxError(f"`{token.text}' is not among the words of this shell: see help")
                words.append(token.word)
                self._go()
        if not (assignments or words or redirections):
            self._unexpected()
        if self._is("("):
            self._unexpected()
        return Command(tuple(assignments), tuple(words), tuple(redirections), line)

    def _redirection(self, descriptor: int | None) -> list[Redirection]:
        if not (self._token.kind is Kind.OPERATOR and self._token.text in _REDIRECTIONS):
            self._unexpected()
        default, operator = _REDIRECTIONS[self._token.text]
        self._go()
        if self._token.kind is not Kind.WORD:
            self._unexpected()
        target, spelled = self._token.word, self._token.text
        self._go()
        number = default if descriptor is None else descriptor
        if operator == ">&" and not spelled.isdigit():
            operator = "&>"
        if operator == "&>":
            return [Redirection(1, ">", target), Redirection(2, ">&", (Literal("1", quoted=False),))]
        return [Redirection(number, operator, target)]

    def _unexpected(self) -> None:
        token = self._token
        if token.kind is Kind.END:
            raise ShellSyntaxError("syntax error: unexpected end of file")
        shown = {Kind.NEWLINE: "newline", Kind.OPERATOR: token.text}.get(token.kind, token.text or "word")
        raise ShellSyntaxError(f"syntax error near unexpected token `{shown}'{_ABOUT.get(token.text, '')}")


_ABOUT = {
    "(": ": there are no subshells here",
    "<<": ": there are no here documents here, but a string may go over several lines",
    "<<<": ": there are no here strings here",
}


def _assignment(token: Token) -> Assignment | None:
    first = token.word[0]
    if not isinstance(first, Literal) or first.quoted:
        return None
    found = ASSIGNMENT.match(first.text)
    if found is None:
        return None
    value = (Literal(first.text[found.end() :], quoted=False), *token.word[1:])
    return Assignment(found[1], bool(found[2]), value)
