"""A terminal: asking for lines, and Ctrl-C."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType, TracebackType

from damotui.exits import INTERRUPTED


class Keyboard:
    """Heeds Ctrl-C while it is entered: at a prompt at once, elsewhere when the shell can, unless it comes twice.

    Interrupting the simulated machine anywhere would leave it half moved on.
    """

    def __init__(self) -> None:
        self.pressed = False
        """Whether Ctrl-C was pressed since a line was asked for."""
        self._asking = False
        self._before: object = None

    def __enter__(self) -> Keyboard:
        self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)  # type: ignore[arg-type]

    def _press(self, number: int, frame: FrameType | None) -> None:
        if self._asking:
            raise KeyboardInterrupt
        if self.pressed:
            raise SystemExit(INTERRUPTED)
        self.pressed = True

    def ask(self, prompt: str) -> str:
        """Show a prompt and return what is typed.

        Raises:
            EOFError: Ctrl-D.
            KeyboardInterrupt: Ctrl-C.
        """
        self.pressed = False
        self._asking = True
        try:
            if sys.stdout.isatty():
                return input(prompt)
            sys.stderr.write(prompt)
            sys.stderr.flush()
            line = sys.stdin.readline()
            if not line:
                raise EOFError
            return line.rstrip("\n")
        finally:
            self._asking = False


def edit_lines(complete: Callable[[str, int, str], list[str]], delimiters: str) -> None:
    """Let lines be edited, recalled and completed, where readline is there. What is recalled is in memory only.

    Args:
        complete: told a line, where in it a word begins, and the word, returns what the word could become.
        delimiters: characters that end a word.
    """
    try:
        import readline
    except ImportError:
        return
    found: list[str] = []

    def completer(text: str, state: int) -> str | None:
        if state == 0:
            found[:] = complete(readline.get_line_buffer(), readline.get_begidx(), text)
        return found[state] if state < len(found) else None

    readline.set_completer(completer)
    readline.set_completer_delims(delimiters)
    editline = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if editline else "tab: complete")
    if not editline:
        readline.parse_and_bind("set enable-bracketed-paste on")  # so that a pasted block comes as one text
