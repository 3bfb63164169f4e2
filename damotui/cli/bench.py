"""`damotui bench engine|app`."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def engine(as_json: AsJson = False) -> int:
    """Measure what an aggregation of the engine costs, at the settings of the reference loop in C."""
    from damotui.bench.engine import run

    print(run(as_json=as_json))
    return 0


def app(as_json: AsJson = False) -> int:
    """Measure what a frame of the app costs, and how soon a key is answered."""
    from damotui.bench.app import run

    print(run(as_json=as_json))
    return 0


BENCHES = (engine, app)
