"""How every command ends: the exit codes, and one sentence on stderr in place of a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from errno import EDQUOT, EFBIG, ENOSPC
from io import TextIOWrapper

OK = 0
FAILED = 1
"""A fault of this program, or of the machine that it runs on."""
BAD_INPUT = 2
"""Something given can't be used."""
INTERRUPTED = 130
"""Ended by Ctrl-C: what `killed_by` says of SIGINT."""
DEBUG_VARIABLE = "DAMOTUI_DEBUG"
"""Set to 1 in the environment to see the traceback of an internal error."""
_FULL = (ENOSPC, EDQUOT, EFBIG)


def killed_by(signal_number: int) -> int:
    """The exit code for having ended because of a signal."""
    return 128 + signal_number


def say(sentence: str) -> None:
    """Say one sentence on stderr, on one line."""
    print("damotui:", " ".join(sentence.split()), file=sys.stderr)


def run_guarded(body: Callable[[], int]) -> int:
    """Run a command and turn whatever it raises into its exit code.

    Args:
        body: does the work and returns an exit code.

    Returns:
        The exit code; the sentence that goes with it has been said.
    """
    _mend_streams()
    try:
        code = body()
        sys.stdout.flush()  # so that a reader who went away is noticed here, not on the way out
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()  # whoever read it has had enough
        return FAILED
    except OSError as error:
        return _file_trouble(error)
    except Exception as error:
        from engine.errors import InputError  # the caller has made sure that this is our engine

        if isinstance(error, InputError):
            say(str(error))
            return BAD_INPUT
        return _internal_error(error)


def _mend_streams() -> None:
    """Let output never fail for where it goes.

    A character that the locale doesn't have, such as µ, becomes a question mark of the same width. A stream that the
    caller closed, as a shell's `>&-` does, goes nowhere.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - it lasts as long as we do
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _drop_output() -> None:
    """Let what the interpreter flushes once more on its way out go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _file_trouble(error: OSError) -> int:
    if error.filename is not None:
        say(f"{os.fspath(error.filename)!r}: {error.strerror or type(error).__name__}")
        return BAD_INPUT
    if error.errno in _FULL:
        _drop_output()
        say(f"the output can't be written: {error.strerror}")
        return FAILED
    return _internal_error(error)


def _internal_error(error: Exception) -> int:
    if os.environ.get(DEBUG_VARIABLE) == "1":
        raise error
    name = type(error).__name__
    say(f"internal error ({name}: {error}): please report it, with what it shows under {DEBUG_VARIABLE}=1")
    return FAILED
