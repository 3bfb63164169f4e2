"""The README's picture: `python -m damotui.screenshot [FILE]` runs the app without terminal or clock, and takes it."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from damotui.app import DamotuiApp
from damotui.options import AppOptions
from damotui.pacer import ManualPacer
from damotui.scene import ExperimentScene
from damotui.screens.main import MainScreen
from damotui.setup import load_setup

PICTURE = Path(__file__).parent / "assets" / "screenshot.svg"
SIZE = (120, 40)
SECONDS = 28
_FRAME_US = 100_000


def take(options: AppOptions, seconds: float, size: tuple[int, int] = SIZE) -> str:
    """The app as SVG, after so many simulated seconds; the same options give the same picture."""
    return asyncio.run(_take(options, seconds, size))


def main(arguments: list[str]) -> int:
    """Write the picture."""
    path = Path(arguments[0]) if arguments else PICTURE
    path.parent.mkdir(exist_ok=True)
    path.write_text(take(AppOptions(), SECONDS), "utf-8")
    return 0


async def _take(options: AppOptions, seconds: float, size: tuple[int, int]) -> str:
    setup = load_setup(options)
    pacer = ManualPacer(ExperimentScene(setup.experiment))
    pacer.start()
    app = DamotuiApp(setup, pacer)
    async with app.run_test(size=size) as pilot:
        screen = app.screen
        assert isinstance(screen, MainScreen)
        screen.show_all()
        for _ in range(round(seconds * 1e6 / _FRAME_US)):
            pacer.run(_FRAME_US)
            screen.show_all()
        await pilot.pause()
        screen.show_all()
        await pilot.pause()
        # Textual makes up a new id for each picture.
        return re.sub(r"terminal-\d+", "damotui", app.export_screenshot())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
