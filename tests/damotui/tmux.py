"""A terminal multiplexer of its own, in which a program runs, keys are pressed, and the screen is read."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

POLL_S = 0.05


class Tmux:
    """One window of a server that nobody else uses; ends with the block.

    Args:
        program: what runs in it.
        size: columns and lines.
        environment: what it finds there, beside what this process does.
        directory: where it runs.
    """

    def __init__(
        self, program: Sequence[str], size: tuple[int, int], environment: Mapping[str, str], directory: Path
    ) -> None:
        self._program, self._size, self._directory = program, size, directory
        self._folder = TemporaryDirectory(prefix="tmux-")
        self._socket = str(Path(self._folder.name) / "socket")
        self._ended = directory / "exit-code"
        # Neither the size nor the multiplexer that pytest itself runs in is the program's.
        passed = {n: v for n, v in os.environ.items() if n not in ("COLUMNS", "LINES", "TMUX", "TMUX_PANE")}
        self._environment = passed | {"LC_ALL": "C.UTF-8"} | environment
        self.keys = 0
        """How many were pressed."""

    def __enter__(self) -> Tmux:
        columns, lines = self._size
        # What a program sends to the clipboard becomes a buffer of the server.
        options = ["set-option", "-s", "set-clipboard", "on", ";", "set-option", "-g", "remain-on-exit", "on", ";"]
        # tmux does not always hear of the end of a program, so a shell tells.
        program = f"{shlex.join(self._program)}; echo $? > {shlex.quote(str(self._ended))}"
        window = ["new-session", "-d", "-x", str(columns), "-y", str(lines), "-c", str(self._directory)]
        self._call(*options, *window, program)
        return self

    def __exit__(self, *exception: object) -> None:
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], check=False, capture_output=True)
        self._folder.cleanup()

    def press(self, *keys: str) -> None:
        """Press keys, as tmux names them: `a`, `Enter`, `Down`."""
        self.keys += len(keys)
        if keys:
            self._call("send-keys", *keys)

    @property
    def text(self) -> str:
        """What the screen shows."""
        return self._call("capture-pane", "-p")

    @property
    def clipboard(self) -> str:
        """What the program has sent to the clipboard."""
        return self._call("show-buffer")

    def until(self, there: Callable[[str], bool], what: str, seconds: float = 60.0) -> str:
        """Wait until the screen shows it; gives the screen."""
        deadline = time.monotonic() + seconds
        while not there(text := self.text):
            assert time.monotonic() < deadline, f"{what}: this was not shown, but:\n{text}"
            time.sleep(POLL_S)
        return text

    def exit_code(self, seconds: float = 20.0) -> int:
        """Of the program, when it has ended."""
        deadline = time.monotonic() + seconds
        while not (self._ended.exists() and (said := self._ended.read_text())):
            assert time.monotonic() < deadline, f"it goes on:\n{self.text}"
            time.sleep(POLL_S)
        return int(said)

    def _call(self, *words: str) -> str:
        program = ["tmux", "-S", self._socket, "-f", os.devnull, *words]
        return subprocess.run(program, env=self._environment, check=True, capture_output=True, text=True).stdout
