"""The table of commands: what the help shows, what is suggested for a mistyped one, and what typer is built from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

RUN = "run"
"""The one command that isn't typer's: the app."""

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        RUN: "open the app (also without any command)",
        "record": "run a workload without the app and write what DAMON saw to a file",
        "report": "print a heatmap, access or working set report of a recording",
        "shell": "type commands of the kernel's documents on emulated sysfs and debugfs files",
        "mount": "mount emulated sysfs and debugfs files on a directory, for real programs to use",
        "serve": "show the app in browsers, on this machine unless told otherwise; takes the app's options, too",
        "workloads": "list the workloads of the library",
        "presets": "list the presets, kdamonds that are ready to use, and what each does",
        "lessons": "list the lessons, which replay the kernel's document step by step, or take one as text",
        "config": "show the settings in force, or write a file of settings to begin with",
        "bench": "measure the speed of the engine or of the app on this machine",
    }
)


def suggestion(given: str, known: Iterable[str]) -> str:
    """The words to add to a complaint about `given`: the close matches among `known`, or all of them."""
    import difflib  # only ever needed for a mistake, and slow to import

    names = list(known)
    close = difflib.get_close_matches(given, names)
    return f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(names)}"
