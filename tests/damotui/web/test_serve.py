"""`damotui serve`, and the app in a browser."""

import asyncio
import os
import re
import shutil
import signal
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from damotui.launch import main
from tests.damotui.web.browser import CHROMIUM, browser_page

REPO = Path(__file__).parents[3]
BROWSER = next(filter(None, map(shutil.which, CHROMIUM)), None)


@asynccontextmanager
async def served(*options):
    """The process, and the address of its page; it is gone afterwards."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "damotui", "serve", "--port", "0", "--no-config", *options),
        cwd=REPO,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(30):
            said = await process.stdout.readline()
        assert said, await process.stderr.read()
        yield process, re.search(r"http://127\.0\.0\.1:\d+/", said.decode())[0]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def children_of(pid):
    """Processes that it has started, and these again."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1]) if entry.name.isdecimal() else 0
        except OSError:
            continue
        if parent == pid:
            found += [int(entry.name), *children_of(int(entry.name))]
    return found


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")
async def test_the_app_is_used_in_a_browser(tmp_path):
    pytest.importorskip("textual_serve", reason="textual-serve is not installed")
    async with served("--seed", "3") as (process, url), browser_page(BROWSER, url, tmp_path) as page:
        await page.until("age≥30")
        await page.press(" ")
        await page.until("paused at")
        await page.press("j", "j", "j", "j", "e")
        await page.until("leave as it was")
        await page.press("7", "Enter")
        await page.until("7 us")
        await page.press("u")
        await page.until("undone: sample_us")
        await page.resize(1500, 900)
        assert len((await page.until(lambda text: len(text.split("\n")[0]) > 140)).split("\n")) > 40
        assert (await page.picture()).startswith(b"\x89PNG")
        sessions = children_of(process.pid)
        assert sessions
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(15):
            assert await process.wait() == 130
            assert await process.stderr.read() == b""
        await page.evaluate("1")
        assert not any(Path(f"/proc/{pid}").exists() for pid in sessions)


async def test_other_pages_are_turned_away_and_a_session_ends_with_its_page(monkeypatch):
    aiohttp = pytest.importorskip("aiohttp", reason="textual-serve is not installed")
    pytest.importorskip("textual_serve", reason="textual-serve is not installed")
    from aiohttp.test_utils import TestClient, TestServer

    from damotui.web.serve import Sessions

    monkeypatch.chdir(REPO)
    sessions = Sessions(["--no-config"], "127.0.0.1")
    async with TestClient(TestServer(sessions.application())) as client:
        for headers in ({"Origin": "https://example.org"}, {"Host": "example.org"}):
            for path in ("/", "/ws", "/static/js/textual.js"):
                assert (await client.get(path, headers=headers)).status == 403
        page = await client.get("/")
        assert page.status == 200 and "https:" not in (await page.text())  # nothing is fetched from elsewhere
        others = set(children_of(os.getpid()))
        socket = await client.ws_connect("/ws?width=90&height=25")
        data = b""
        while b"kdamond 0" not in data:
            message = await socket.receive(timeout=30)
            assert message.type is aiohttp.WSMsgType.BINARY
            data += message.data
        assert set(children_of(os.getpid())) - others
        await socket.close()
        async with asyncio.timeout(15):
            while set(children_of(os.getpid())) - others:
                await asyncio.sleep(0.05)


def test_a_port_that_is_taken_is_told_of(capsys, monkeypatch):
    pytest.importorskip("textual_serve", reason="textual-serve is not installed")
    monkeypatch.setattr(os, "environ", dict(os.environ))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port), "--no-config"]) == 2
    assert capsys.readouterr().err == f"damotui: port {port} of 127.0.0.1 can't be had: Address already in use\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--port", "http"], "--port: 'http' is no port"),
        (["--workload", "stars"], "'stars'"),
        (["--worklod", "stairs"], "did you mean --workload"),
        (["--plain"], "--plain is for a terminal"),
    ],
)
def test_what_cannot_be_served_is_told_before_anything_is(options, told, capsys):
    assert main(["serve", *options, "--no-config"]) == 2
    said = capsys.readouterr()
    assert told in said.err and said.err.count("\n") == 1 and said.out == ""


def test_without_textual_serve_it_says_what_is_missing(capsys, monkeypatch):
    for name in ("textual_serve", "textual_serve.server", "damotui.web.serve"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "damotui.web.serve")
    assert main(["serve", "--no-config"]) == 2
    assert capsys.readouterr().err == (
        "damotui: serving needs textual-serve, which is not installed: pip install 'damotui[web]' brings it\n"
    )


def test_another_host_is_warned_of(capsys, monkeypatch):
    pytest.importorskip("textual_serve", reason="textual-serve is not installed")
    monkeypatch.setattr(os, "environ", dict(os.environ))
    assert main(["serve", "--host", "203.0.113.7", "--port", "0", "--no-config"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("damotui: warning: whoever reaches 203.0.113.7 can do as this user")
    assert second == "damotui: port 0 of 203.0.113.7 can't be had: Cannot assign requested address"
