"""Where command lines come from, and which lines of a text are commands.

A text may be a script, in which `#` begins a comment, or be copied from a document or a terminal: then `# ` or `$ ` in
front of a line is the prompt of a shell, and lines without it are what commands printed.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from damotui.shell.syntax import ShellSyntaxError

LONGEST = 1 << 20
"""Characters of a command, over all of its lines."""
ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")

_PROMPT = re.compile(r"\s*([#$]) +")
_FIRST_WORD = re.compile(r"[^\s;&|<>()]*")


class Lines:
    """The lines of a text, a file or a stream.

    Args:
        lines: each with its newline; may be endless.
        known: whether a word is a command.
    """

    def __init__(self, lines: Iterable[str], known: Callable[[str], bool]) -> None:
        self._lines: Iterator[str] = iter(lines)
        self._waiting: deque[str] = deque()
        self._known = known
        self._transcript: bool | None = None
        self.number = 0
        """Of the line that was read last."""

    def begin(self) -> str | None:
        """The next line that may begin a command, without its prompt; None at the end."""
        if self._transcript is None:
            self._transcript = self._looks_like_transcript()
        while (line := self._next()) is not None:
            command = self._command_of(line)
            if command is not None:
                return command
        return None

    def more(self) -> str | None:
        """The next line as it is, within a command; None at the end."""
        return self._next()

    def _next(self) -> str | None:
        line = self._waiting.popleft() if self._waiting else next(self._lines, None)
        if line is not None:
            self.number += 1
            if len(line) > LONGEST:
                raise ShellSyntaxError(f"a line of more than {LONGEST} characters is too long")
        return line

    def _command_of(self, line: str) -> str | None:
        """The line without its prompt; None if it is no command."""
        prompt = _PROMPT.match(line)
        if self._transcript:
            if prompt is None:
                return line if self._begins_command(line) else None
            rest = line[prompt.end() :]
            return rest if prompt[1] == "$" or self._begins_command(rest) else None
        return line[prompt.end() :] if prompt and prompt[1] == "$" else line

    def _begins_command(self, line: str) -> bool:
        return begins_command(line, self._known)

    def _looks_like_transcript(self) -> bool:
        """Decide by the first line that is neither blank nor a comment, and by what stands before it."""
        prompted = False
        while (line := next(self._lines, None)) is not None:
            self._waiting.append(line)
            text = line.strip()
            if text.startswith("#"):
                prompt = _PROMPT.match(line)
                prompted |= prompt is not None and self._begins_command(line[prompt.end() :])
            elif text.startswith("$ "):
                return True
            elif text:
                return prompted and not self._begins_command(text)
        return prompted


class Typed:
    """Lines that someone types at a terminal, or pastes there, several at a time.

    A `# ` in front of a command is taken for a copied prompt.

    Args:
        ask: shows a prompt and returns what is typed, without the last newline; raises EOFError at the end.
        prompt: of a new command.
        known: whether a word is a command.
        interrupted: whether Ctrl-C was pressed since something was typed, so that the rest of it is not wanted.
    """

    def __init__(
        self,
        ask: Callable[[str], str],
        prompt: Callable[[], str],
        known: Callable[[str], bool],
        interrupted: Callable[[], bool],
    ) -> None:
        self._ask = ask
        self._prompt = prompt
        self._known = known
        self._interrupted = interrupted
        self._pasted: Lines | None = None
        self.number = 0

    def begin(self) -> str | None:
        """A line that may begin a command; None at the end."""
        if self._interrupted():
            self._pasted = None
        while True:
            if self._pasted is not None:
                if (line := self._pasted.begin()) is not None:
                    return line
                self._pasted = None
            try:
                text = self._ask(self._prompt())
            except EOFError:
                return None
            if "\n" not in text:
                return self._without_prompt(text)
            self._pasted = Lines(lines_of(text), self._known)

    def more(self) -> str | None:
        """A further line of the same command; None at the end."""
        if self._pasted is not None:
            if (line := self._pasted.more()) is not None:
                return line
            self._pasted = None
        try:
            return self._ask("> ")
        except EOFError:
            return None

    def _without_prompt(self, line: str) -> str:
        if len(line) > LONGEST:
            raise ShellSyntaxError(f"a line of more than {LONGEST} characters is too long")
        prompt = _PROMPT.match(line)
        if prompt is None:
            return line
        rest = line[prompt.end() :]
        return rest if prompt[1] == "$" or begins_command(rest, self._known) else line


def lines_of(text: str) -> list[str]:
    """The lines of a text, with their newlines."""
    return [f"{line}\n" for line in text.split("\n")]


def begins_command(line: str, known: Callable[[str], bool]) -> bool:
    """Whether a line begins with an assignment, or with a word that is known."""
    text = line.strip()
    word = _FIRST_WORD.match(text)
    return bool(ASSIGNMENT.match(text)) or (word is not None and known(word[0]))
