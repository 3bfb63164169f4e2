"""Serves the app to browsers, until a signal ends it."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from textual_serve.server import Server

from damotui.commands import RUN
from damotui.exits import killed_by, say
from damotui.web.addresses import is_loopback, is_welcome
from engine.errors import InputError

_PAGE = Path(__file__).with_name("page.html")
_GRACE_S = 3.0
"""For so long sessions may take to end."""
_OF_A_BROWSER = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONIOENCODING": "utf-8"}
"""What the terminal that a browser shows can do, whatever the one can that the server runs in."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class ServeRequest:
    """What to serve, and where."""

    options: tuple[str, ...] = ()
    """Options of the app, for each session."""
    host: str = "127.0.0.1"
    port: int = 8000
    """0 takes any that is free."""


def serve(request: ServeRequest) -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP.

    Returns:
        The exit code for the signal.

    Raises:
        InputError: the host or port can't be had.
    """
    os.environ.update(_OF_A_BROWSER)
    if not is_loopback(request.host):
        say(
            f"warning: whoever reaches {request.host} can do as this user what damotui can, and that includes reading "
            "and saving files"
        )
    return asyncio.run(_serve(request))


class Sessions(Server):
    """Starts a process for each page that is opened, and ends it with the page.

    Args:
        options: of the app.
        host: that it listens on.
    """

    def __init__(self, options: Sequence[str], host: str) -> None:
        super().__init__(shlex.join([sys.executable, "-m", "damotui", RUN, *options]), host=host, title="damotui")
        self._tasks: set[asyncio.Task[object]] = set()

    def application(self) -> web.Application:
        """All that is served."""
        app = web.Application(middlewares=[self._check])
        app.add_routes(
            [
                web.get("/", self.page),
                web.get("/ws", self.session),
                web.get("/download/{key}", self.handle_download),
                web.static("/static", self.statics_path),
            ]
        )
        app.on_shutdown.append(self._end)
        return app

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page that shows the app."""
        return web.FileResponse(_PAGE)

    async def session(self, request: web.Request) -> web.StreamResponse:
        """A process, as long as its page is open."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            return await self.handle_websocket(request)
        finally:
            self._tasks.discard(task)

    @web.middleware
    async def _check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_welcome(self.host, request.host, request.headers.get("Origin")):
            raise web.HTTPForbidden(text="This is damotui, and it speaks to its own pages only.\n")
        return await handler(request)

    async def _end(self, app: web.Application) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_GRACE_S)


async def _serve(request: ServeRequest) -> int:
    stopped: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    _heed_signals(stopped)
    runner = web.AppRunner(Sessions(request.options, request.host).application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, request.host, request.port).start()
    except OSError as error:
        await runner.cleanup()
        # What names can't be resolved for has numbers below 0.
        reason = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else error.strerror
        raise InputError(f"port {request.port} of {request.host} can't be had: {reason}") from None
    host, port = runner.addresses[0][:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"damotui is served on http://{shown}:{port}/ and each page is a session of its own; Ctrl-C ends it")
    sys.stdout.flush()
    number = await stopped
    await runner.cleanup()
    return killed_by(number)


def _heed_signals(stopped: asyncio.Future[int]) -> None:
    """Let the first of the signals that ask for an end be the answer."""

    def stop(number: int) -> None:
        if not stopped.done():
            stopped.set_result(number)

    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            loop.add_signal_handler(number, stop, number)
