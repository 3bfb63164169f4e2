"""The README's table of keys: `python -m damotui.key_table README.md` brings it up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from damotui.actions import Action, Scope, in_scope, key_name

BEGIN, END = "<!-- keys -->", "<!-- /keys -->"


def markdown() -> str:
    """All keys as Markdown tables, one for each place where they work."""
    sections = []
    for scope in Scope:
        rows = "\n".join(f"| {_keys(a)} | {a.help} |" for a in in_scope(scope))
        sections.append(f"**{scope.value}**\n\n| Key | What it does |\n|---|---|\n{rows}")
    return "\n\n".join(sections)


def updated(text: str) -> str:
    """A document with what stands between its markers replaced by the table.

    Raises:
        ValueError: it has no such markers.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"there is no {BEGIN} … {END} to put the keys between")
    return f"{before}{BEGIN}\n\n{markdown()}\n\n{END}{after}"


def main(arguments: list[str]) -> int:
    """Bring the tables in the named files up to date."""
    for name in arguments:
        path = Path(name)
        path.write_text(updated(path.read_text("utf-8")), "utf-8")
    if not arguments:
        print(markdown())
    return 0


def _keys(a: Action) -> str:
    return " ".join(f"`{key_name(key)}`" for key in a.keys)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
