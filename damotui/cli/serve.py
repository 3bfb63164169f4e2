"""`damotui serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.errors import InputError, shown

_MISSING = "serving needs textual-serve, which is not installed: pip install 'damotui[web]' brings it"


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(metavar="HOST", help="Address to listen on; others than this machine's own are for all.")
    ] = "127.0.0.1",
    port: Annotated[str, typer.Option(metavar="N", help="Port to listen on, 0 for any that is free.")] = "8000",
) -> int:
    """Serve the command. What follows are options of the app, which each session gets."""
    number = parse_port(port)
    check_options(tuple(context.args))
    try:
        from damotui.web.serve import ServeRequest
        from damotui.web.serve import serve as run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("aiohttp", "textual_serve", "aiohttp_jinja2", "jinja2"):
            raise InputError(_MISSING) from None
        raise
    return run(ServeRequest(tuple(context.args), host, number))


def parse_port(text: str) -> int:
    """A port of TCP.

    Raises:
        InputError: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) < 1 << 16):
        raise InputError(f"--port: {shown(text)} is no port: give a number from 0 to 65535")
    return int(text)


def check_options(options: tuple[str, ...]) -> None:
    """Check what each session is to be started with, before any is.

    Raises:
        InputError: an option can't be used, or is none of the app's.
    """
    from damotui.options import parse_app_options
    from damotui.user_setup import user_setup

    given = parse_app_options(options)
    if given.plain:
        raise InputError("--plain is for a terminal or a pipe, and can't be served")
    if given.session is None:
        user_setup(given)
