"""The figures behind a view as rows and columns, and these as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

Cell = int | float | str | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One table."""

    view: str
    """What it is of, in a word: `heatmap`."""
    columns: Sequence[str]
    """Names with their units: `start_us`, `size_bytes`, `rate`."""
    rows: Sequence[Sequence[Cell]]
    about: Sequence[tuple[str, Cell]] = field(default=())
    """What holds for all rows: ("time_us", 12_300_000)."""


@runtime_checkable
class Sheeted(Protocol):
    """A pane or screen that can give its figures."""

    def sheet(self) -> Sheet:
        """What it shows now.

        Raises:
            InputError: there is nothing yet.
        """


def as_csv(sheet: Sheet) -> str:
    """A line of column names, then the rows, as RFC 4180 has them but for plain newlines; None is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(sheet.columns)
    writer.writerows(["" if cell is None else cell for cell in row] for row in sheet.rows)
    return text.getvalue()


def as_json(sheet: Sheet) -> str:
    """An object that says what it is of, with the rows as objects, one to a line."""
    head: dict[str, Any] = {"view": sheet.view, **dict(sheet.about)}
    lines = [json.dumps(dict(zip(sheet.columns, row, strict=True)), allow_nan=False) for row in sheet.rows]
    begin = json.dumps(head, allow_nan=False).removesuffix("}")
    return f'{begin}, "rows": [\n' + ",\n".join(lines) + "\n]}\n"
