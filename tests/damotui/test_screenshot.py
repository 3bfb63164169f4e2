"""The README's picture is made by a command, always the same."""

import xml.etree.ElementTree as ET

from damotui import screenshot
from damotui.options import AppOptions
from damotui.setup import load_setup


def test_the_same_options_give_the_same_picture():
    first, second = (screenshot.take(AppOptions(seed=3), 2.0, (80, 24)) for _ in range(2))
    assert first == second
    ET.fromstring(first)
    for words in ("kdamond&#160;0", "aggr_us", "2.0&#160;s", "found&#160;0", "pause"):
        assert words in first
    assert first != screenshot.take(AppOptions(seed=4), 2.0, (80, 24))


def _named(options, seconds):
    return f"{load_setup(options).workload.name} after {seconds}"


def test_the_command_writes_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(screenshot, "take", _named)
    assert screenshot.main([str(tmp_path / "a.svg")]) == 0
    assert (tmp_path / "a.svg").read_text("utf-8") == "stairs after 28"


def test_the_readme_shows_it():
    readme = screenshot.PICTURE.parents[2] / "README.md"
    assert "damotui/assets/screenshot.svg" in readme.read_text("utf-8")
    assert "phase&#160;0" in screenshot.PICTURE.read_text("utf-8")
