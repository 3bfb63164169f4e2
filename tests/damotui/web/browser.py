"""A page in headless Chromium, driven over the DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import re
import time
from contextlib import asynccontextmanager

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_CATCH = """
Object.defineProperty(Object.prototype, "websocket_url", {configurable: true, set(url) {
    window.page_controller = this;
    Object.defineProperty(this, "websocket_url", {value: url, writable: true});
}});
"""
"""The script of the page keeps its terminal to itself: this catches the object that has it, as it is made."""
_TEXT = """(() => {
    const terminal = window.page_controller?.terminal;
    if (!terminal) return "";
    const lines = [];
    for (let y = 0; y < terminal.rows; y++)
        lines.push(terminal.buffer.active.getLine(y)?.translateToString(true) ?? "");
    return lines.join("\\n");
})()"""
_LISTENING = re.compile(rb"DevTools listening on (ws://\S+)")
_KEYS = {"Enter": (13, "\r"), "Escape": (27, ""), "ArrowDown": (40, ""), "ArrowRight": (39, "")}


class Page:
    """One page, and what the terminal in it shows."""

    def __init__(self, socket):
        self._socket = socket
        self._numbers = itertools.count(1)
        self._session = None

    async def open(self, url):
        target = (await self._call("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        await self._call("Page.enable")
        await self._call("Page.bringToFront")
        await self._call("Emulation.setFocusEmulationEnabled", enabled=True)
        await self._call("Page.addScriptToEvaluateOnNewDocument", source=_CATCH)
        await self._call("Page.navigate", url=url)

    async def evaluate(self, expression):
        found = await self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def text(self):
        """All lines of the terminal."""
        return await self.evaluate(_TEXT)

    async def until(self, wanted, seconds=30.0):
        """Wait until the terminal shows a text, or `wanted`, given the text, is true; gives the text."""
        deadline = time.monotonic() + seconds
        while True:
            text = await self.text()
            if wanted in text if isinstance(wanted, str) else wanted(text):
                return text
            assert time.monotonic() < deadline, f"{wanted!r} did not come, but:\n{text}"
            await asyncio.sleep(0.05)

    async def press(self, *keys):
        """Letters by themselves, other keys by their names in JavaScript."""
        for key in keys:
            code, text = _KEYS.get(key, (ord(key.upper()) if len(key) == 1 else 0, key))
            event = {"key": key, "windowsVirtualKeyCode": code, **({"text": text} if text else {})}
            await self._call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **event)
            await self._call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    async def resize(self, width, height):
        await self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def picture(self):
        """What the page looks like, as PNG."""
        return base64.b64decode((await self._call("Page.captureScreenshot", format="png"))["data"])

    async def close(self):
        self._session = None
        await self._call("Browser.close")

    async def _call(self, method, **parameters):
        number = next(self._numbers)
        order = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json(order | ({"sessionId": self._session} if self._session else {}))
        while True:
            answer = json.loads((await self._socket.receive(timeout=30)).data)
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]


@asynccontextmanager
async def browser_page(program, url, folder):
    """A page in a browser of its own, which is gone afterwards."""
    import aiohttp

    process = await asyncio.create_subprocess_exec(
        program,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--window-size=1200,800",
        "--disable-extensions",
        "--disable-background-networking",
        "--remote-debugging-port=0",
        f"--user-data-dir={folder}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(30):
            while not (
                found := re.search(rb"DevTools listening on (ws://\S+)", line := await process.stderr.readline())
            ):
                assert line, "the browser did not start"
        async with aiohttp.ClientSession() as client, client.ws_connect(found[1].decode(), max_msg_size=0) as socket:
            page = Page(socket)
            await page.open(url)
            yield page
            await page.close()
    finally:
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
