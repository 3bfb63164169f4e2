"""Plain text says what the app's screens show at the same moment, to the letter."""

import re

import pytest

from damotui.render.ascii_text import spelled
from damotui.scene import ExperimentScene
from damotui.session import outline
from damotui.widgets.scheme_table import table
from engine.config.model import Filter
from tests.damotui.app_in_test import driven
from tests.damotui.plain.desks import desk_of, said

WIDE = 500


class Everything:
    def __contains__(self, path):
        return True


def scheme_pane_texts(app):
    """All figures and words of the scheme statistics and the lines on the machine, without bars."""
    live = app.main.live
    made = table(live.schemes(0), live.machine(0), WIDE, 1000, ascii=True)
    return [text.strip() for line in made.lines[1:] for text, kind in line if kind in ("name", "value", "good", "rate")]


def shown_texts(text):
    """A cell of the table may have several figures: those of the rates are in one text."""
    return [part for part in re.split(r"(?<=/s) +| {2,}", text) if part not in ("", "per s")]


@pytest.mark.parametrize("preset", ["usage_example", "tiering"])
async def test_every_figure_of_the_main_screen_is_said(preset):
    """One preset has quotas by size and time and watermarks, the other goals, and nodes."""
    desk = desk_of(preset=preset)
    async with driven((120, 40), preset=preset) as app:
        await app.run(0.1)
        app.pacer.run(9_400_000)
        app.main.show_all()
        list(desk.run(100_000))
        desk.pacer.run(9_400_000)
        desk.take()
        status = said(desk, "status 0")
        for figure in app.main.status_figures():
            name, value = figure.forms[0]
            line = spelled({"▶": "time"}.get(name, f"kdamond 0 {name}")) + f": {spelled(value)}"
            assert line in status or line.removeprefix("kdamond 0 ") in status, line
        schemes = "\n".join(said(desk, "schemes", "machine"))
        texts = scheme_pane_texts(app)
        assert len(texts) > 15 and any(" used, anew every " in text for text in texts)
        for cell in texts:
            for text in shown_texts(cell):
                name = re.fullmatch(r"(\d+) ([a-z_]{2,})", text)
                assert spelled(f"scheme {name[1]}: {name[2]} " if name else text) in schemes, text


async def test_every_row_of_the_tree_is_said_with_its_signs():
    desk = desk_of(seconds=2.0, kernel="6.1")
    said(desk, "set aggr_us 5s", "set scheme 0 quotas.weights.age_permil 100", "add target")
    desk.session.set((0, "contexts", 0, "nr_regions", "min"), 2)
    desk.session.add((0, "contexts", 0, "schemes", 0, "filters"), Filter("anon"))
    async with driven(seconds=2.0, kernel="6.1") as app:
        app.session.resume(desk.session.edits, desk.session.committed)
        rows = outline.rows(app.session, app.main.live, Everything())
        lines = said(desk, "tree all")
        assert len(lines) == len(rows) > 40
        for row, line in zip(rows, lines, strict=True):
            told, _, notes = line.strip().partition(" [")
            assert told.split(": ") == [spelled(part.replace("  ", ", ")) for part in (row.label, row.value) if part]
            assert line.startswith(" " * 2 * row.depth + row.label)
            assert (spelled(row.problem) in notes) == bool(row.problem) or not row.problem
            assert ("error: " in notes) == bool(row.problem and row.severe)
            assert spelled(row.lack) in notes
        uncommitted = [row.label for row in rows if row.uncommitted]
        assert "aggr_us" in uncommitted and "filter 0" in uncommitted
        for label in ("aggr_us", "filter 0", "age_permil", "kdamond 0"):
            assert any(line.strip().startswith(label) and "not committed" in line for line in lines), label
        assert any(row.problem for row in rows)


async def test_every_cell_of_the_region_table_is_said():
    from damotui.screens.regions import RegionsScreen
    from damotui.widgets.region_columns import COLUMNS

    desk = desk_of(real=True)
    desk.truths.need("test")
    list(desk.run(4_000_000))
    async with driven(scene=lambda setup: ExperimentScene(setup.experiment)) as app:
        app.main.truths.need("test")
        await app.run(4.0)
        await app.press("S")
        screen = app.app.screen
        assert isinstance(screen, RegionsScreen)
        shown = screen.view.show(0)
        lines = said(desk, "regions")
        regions = [line for line in lines if line.startswith("region ")]
        assert len(regions) == len(shown.regions) > 5
        for index, line in enumerate(regions):
            for column in COLUMNS:
                text = column.text(shown.regions, index)
                assert not text or f"{column.title} {spelled(text)}" in line
        summary = next(line for line in app.lines if " regions of " in line)
        assert spelled(summary.strip()) in lines
