"""What is shown, as files."""

import csv
import io
import json

import numpy as np
import pytest

from damotui.export.kinds import Shown, check_kind, save
from damotui.export.png import png_of
from damotui.export.sheet import Sheet, as_csv, as_json
from engine.errors import InputError
from tests.damotui.app_in_test import driven

SHEET = Sheet("test", ("name", "size_bytes", "rate"), [('a "b", c', 1 << 40, 0.5), ("ü", 0, None)], [("time_us", 7)])
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><rect width="4" height="2" fill="red"/></svg>'


def test_csv_keeps_every_value():
    head, *rows = csv.reader(io.StringIO(as_csv(SHEET)))
    assert tuple(head) == SHEET.columns
    assert rows == [['a "b", c', "1099511627776", "0.5"], ["ü", "0", ""]]


def test_json_keeps_every_value_and_what_holds_for_all():
    found = json.loads(as_json(SHEET))
    assert (found["view"], found["time_us"]) == ("test", 7)
    assert found["rows"] == [dict(zip(SHEET.columns, row, strict=True)) for row in SHEET.rows]
    assert json.loads(as_json(Sheet("none", ("a",), [])))["rows"] == []


def test_the_ending_says_what_is_saved(tmp_path):
    shown = Shown(SVG, ("one   ", "two"), lambda: SHEET)
    for suffix in (".svg", ".png", ".txt", ".csv", ".JSON"):
        save(tmp_path / f"x{suffix}", shown)
    assert (tmp_path / "x.svg").read_text() == SVG
    assert (tmp_path / "x.txt").read_text() == "one\ntwo\n"
    assert (tmp_path / "x.csv").read_text() == as_csv(SHEET)
    assert (tmp_path / "x.JSON").read_text() == as_json(SHEET)
    png = (tmp_path / "x.png").read_bytes()
    assert png.startswith(b"\x89PNG") and (png[16:24] == bytes((0, 0, 0, 8, 0, 0, 0, 4)))  # twice as large


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x", "'x' doesn't say what to save: end it in .svg, .png, .txt, .csv, .json"),
        ("x.gif", "'x.gif' doesn't say what to save"),
        ("x.csv", "there are no figures behind this view for .csv"),
    ],
)
def test_what_can_not_be_saved_is_said_before(name, message):
    with pytest.raises(InputError) as refused:
        check_kind(name, Shown(SVG, (), None))
    assert str(refused.value).startswith(message)


def test_png_without_its_package_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    with pytest.raises(InputError, match=r"pip install 'damotui\[png\]'; SVG \(.svg\) works without"):
        png_of(SVG)


async def test_each_pane_gives_its_picture_its_text_and_its_figures(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with driven(seconds=3.0) as app:

        async def save_as(name):
            await app.press("X", "ctrl+u")
            await app.pilot.press(*name)
            await app.press("enter")

        await save_as("a.svg")
        await save_as("a.txt")
        assert "kdamond 0" in (tmp_path / "a.txt").read_text()
        assert (tmp_path / "a.svg").read_text().startswith("<svg")
        await save_as("tree.csv")
        tree = list(csv.DictReader((tmp_path / "tree.csv").read_text().splitlines()))
        (aggr,) = [row for row in tree if row["path"] == "kdamonds[0].contexts[0].intervals.aggr_us"]
        assert (aggr["staged"], aggr["committed"]) == ("100 ms", "100 ms")
        app.main.map_pane.focus()
        await app.settle()
        await save_as("map.json")
        rows = json.loads((tmp_path / "map.json").read_text())["rows"]
        rates = app.main.map_pane.map.picture.rates
        assert len(rows) == int((~np.isnan(rates)).sum())
        assert sorted(row["rate"] for row in rows) == sorted(rates[~np.isnan(rates)].tolist())
        assert all(row["start"] < row["end"] and row["start_us"] < row["end_us"] <= 3_000_000 for row in rows)
        app.main.scheme_pane.focus()
        await app.settle()
        await save_as("schemes.csv")
        first = next(csv.DictReader((tmp_path / "schemes.csv").read_text().splitlines()))
        assert (first["action"], int(first["sz_tried"])) == ("stat", 30 << 20)
        assert float(first["sz_tried_per_s"]) == 10 << 20
        await app.press("X", "ctrl+u", "x", "full_stop", "g", "enter")
        assert "doesn't say what to save" in app.text
        await app.press("escape")
        await save_as("a.txt")
        assert "is there already" in app.text
