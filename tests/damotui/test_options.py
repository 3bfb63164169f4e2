"""The app's own options."""

import math
from pathlib import Path

import pytest

from damotui.options import AppOptions, parse_app_options
from damotui.setup import load_setup


def test_nothing_given_is_the_defaults():
    assert parse_app_options([]) == parse_app_options(["run"]) == AppOptions()
    assert load_setup(AppOptions()).workload.name == "stairs"
    assert load_setup(AppOptions()).speed == 1.0


def test_everything_given():
    line = (
        "run --workload w.masim --kdamonds k.json --preset wss --kernel 6.12 --seed 7 --speed 10 --theme t "
        "--memory 64MiB --no-loop --no-mouse --plain --duration 30s --every 500ms"
    )
    assert parse_app_options(line.split()) == AppOptions(
        workload="w.masim",
        kdamonds=Path("k.json"),
        preset="wss",
        kernel="6.12",
        seed=7,
        speed=10.0,
        theme="t",
        loop=False,
        memory_bytes=64 << 20,
        mouse=False,
        plain=True,
        duration_us=30_000_000,
        every_us=500_000,
    )


@pytest.mark.parametrize(
    ("text", "speed"), [("max", math.inf), ("0.1", 0.1), ("10x", 10.0), ("2×", 2.0), ("1000", 1000.0)]
)
def test_speed(text, speed):
    assert parse_app_options([f"--speed={text}"]).speed == speed
