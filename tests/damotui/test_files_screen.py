"""The files screen as a user meets it, over a real engine."""

import pytest
from rich.style import Style

from damotui.pacer.requests import KillProcess
from damotui.scene import ExperimentScene
from damotui.screens.files import FilesScreen
from damotui.screens.help import HelpScreen
from damotui.widgets.pieces import strip_of
from engine.config.model import Filter
from tests.damotui.app_in_test import driven

CONTEXT = (0, "contexts", 0)
MIN = (*CONTEXT, "nr_regions", "min")
ADMIN = "/sys/kernel/mm/damon/admin"


def real(setup):
    return ExperimentScene(setup.experiment)


class Files:
    """The screen, and ways through it."""

    def __init__(self, app):
        self.app = app

    @property
    def screen(self):
        assert isinstance(self.app.app.screen, FilesScreen)
        return self.app.app.screen

    @property
    def labels(self):
        return [row.label for row in self.screen.list.rows]

    @property
    def cursor(self):
        return self.screen.list.cursor_row.path

    @property
    def right(self):
        """What the right half says, as one line."""
        start = self.screen.query_one("#right").region.x
        return " ".join(" ".join(line[start:] for line in self.app.lines[:-2]).split())

    async def to(self, path):
        """Unfold all that a file is in, and go to it; paths are from the kdamonds on, but for those of debugfs."""
        roots = ("kernel/mm/damon/admin", "kernel/debug/damon", "trace")
        whole = path if path.startswith(roots) else f"kernel/mm/damon/admin/kdamonds/{path}"
        root = next(root for root in roots if whole.startswith(root))
        steps = [step for step in whole[len(root) + 1 :].split("/") if step]
        for length in range(len(steps) + 1):
            here = "/".join([root, *steps[:length]])
            (line,) = [at for at, row in enumerate(self.screen.list.rows) if row.path == here]
            self.screen.list.move_to(line)
            if length < len(steps) and not self.screen.list.cursor_row.expanded:
                await self.app.press("l")
        for _ in range(2):  # the file is asked for, and answered
            await self.app.settle()

    async def write(self, text):
        await self.app.press("enter", "ctrl+u")
        await self.app.type(text)
        await self.app.press("enter")
        await self.app.settle()

    async def to_min(self):
        await self.to("0/contexts/0/monitoring_attrs/nr_regions/min")


async def opened(app):
    await app.press("F")
    await app.settle()
    return Files(app)


class TestReading:
    async def test_the_tree_begins_with_the_kdamonds(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            assert files.labels == [
                "kernel/mm/damon/admin",
                "kdamonds",
                "0",
                "contexts",
                "pid",
                "refresh_ms",
                "state",
                "nr_kdamonds",
                "trace",
            ]
            assert [row.text for row in files.screen.list.rows if row.label in ("pid", "state")] == ["501", "on"]

    async def test_a_file_is_told_with_meaning_unit_range_and_release(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            await files.to("0/refresh_ms")
            assert f"{ADMIN}/kdamonds/0/refresh_ms" in files.right
            for part in ("unit milliseconds", "accepts 0 to 4294967295", "since Linux 6.17", "mode -rw-------"):
                assert part in files.right
            assert "brought up to date" in files.right

    async def test_the_cursor_moves_by_arrows_and_letters_and_folds(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            await app.press("j", "down", "k")
            assert files.cursor.endswith("/kdamonds")
            await app.press("h")
            assert files.labels == ["kernel/mm/damon/admin", "kdamonds", "trace"]
            await app.press("enter")
            assert "nr_kdamonds" in files.labels
            await app.press("G")
            assert files.cursor == "trace"
            assert "trace screen shows them" in files.right
            await app.press("g")
            assert files.screen.list.cursor_line == 0
            await app.press("l")
            assert files.screen.list.cursor_line == 1

    async def test_a_value_that_changes_stands_out_and_is_remembered(self):
        async with driven(scene=real, seconds=1.0) as app:
            files = await opened(app)
            await files.to("0/refresh_ms")
            await files.write("100")
            await files.to("0/contexts/0/schemes/0/stats/nr_tried")
            assert not files.screen.list.cursor_row.fresh
            await app.run(1.0)
            row = files.screen.list.cursor_row
            assert int(row.text) > 0
            assert row.fresh
            assert "changes" in files.right and f"2.0 s {row.text}" in files.right

    async def test_going_to_a_file_with_a_long_line_is_no_change_of_it(self):
        async with driven(scene=real, kernel="6.0", seconds=1.0) as app:
            files = await opened(app)
            await files.to("kernel/debug/damon/schemes")
            await files.write("0 18446744073709551615 0 4294967295 0 4294967295 5 1000 2000 3000" + " 0" * 8)
            schemes = files.cursor
            await files.to("kernel/debug/damon/attrs")
            await app.run(0.1)
            await files.to("kernel/debug/damon/schemes")
            await app.run(0.1)
            said = [value.text for value in files.screen.view.values(schemes)]
            assert [len(text) > 80 for text in said] == [False, True]

    async def test_names_are_found(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            await app.press("slash")
            await app.type("nr_regions")
            await app.settle()
            hits = [row.path for row in files.screen.list.rows if row.label == "nr_regions"]
            assert [path.split("/")[-2] for path in hits] == ["monitoring_attrs", "regions"]
            assert all(row.label == "nr_regions" or row.directory for row in files.screen.list.rows)
            assert files.cursor == hits[0]
            await app.press("enter")
            assert files.screen.list.has_focus
            await app.press("escape")
            await app.settle()
            assert "pid" in files.labels and files.screen.find.display is False
            await app.press("escape")
            assert app.app.screen is app.main

    async def test_nothing_that_is_found_is_said(self):
        async with driven(scene=real) as app:
            await opened(app)
            await app.press("slash")
            await app.type("zebra")
            await app.run(0.1)
            assert "no name holds 'zebra'" in app.text

    async def test_the_path_is_copied_as_on_a_real_system(self, monkeypatch):
        async with driven(scene=real) as app:
            files = await opened(app)
            copied = []
            monkeypatch.setattr(app.app, "copy_to_clipboard", copied.append)
            await files.to("0/state")
            await app.press("y")
            assert copied == [f"{ADMIN}/kdamonds/0/state"]

    async def test_where_one_was_is_kept_while_the_screen_is_closed(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            await files.to_min()
            await app.press("q")
            assert app.app.screen is app.main
            files = await opened(app)
            assert files.cursor.endswith("nr_regions/min")

    async def test_time_and_help_have_their_keys(self):
        async with driven(scene=real) as app:
            await opened(app)
            await app.press("space")
            assert app.pacer.paused
            assert "paused" in app.lines[-2] and "run" in app.lines[-1]
            await app.press("full_stop")
            assert app.main.live.time_us > 0
            await app.press("question_mark")
            assert isinstance(app.app.screen, HelpScreen)
            assert "In the files" in app.text
            await app.press("escape", "E")
            assert type(app.app.screen).__name__ == "TraceScreen"
            await app.press("F")
            assert isinstance(app.app.screen, FilesScreen)
            assert len(app.app.screen_stack) == 2

    async def test_it_can_be_used_by_mouse(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            line = files.labels.index("refresh_ms")
            await app.pilot.click("#files", offset=(8, line))
            await app.settle()
            assert files.cursor.endswith("refresh_ms")
            await app.pilot.click("#files", offset=(8, line))
            assert files.screen.writer.is_open
            await app.press("escape")
            await app.pilot.click("#files", offset=(1, 1))
            await app.settle()
            assert files.labels == ["kernel/mm/damon/admin", "kdamonds", "trace"]
            await app.pilot.click("#keys", offset=(app.lines[-1].index("back"), 0))
            assert app.app.screen is app.main

    @pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40), (200, 60)])
    async def test_any_workable_size_shows_list_and_file(self, size):
        async with driven(size, scene=real) as app:
            files = await opened(app)
            await files.to("0/state")
            assert "Whether it runs" in " ".join(app.text.split()) or size == (40, 12)
            assert "/sys/kernel/mm" in app.text
            assert all(len(line) <= size[0] for line in app.lines)


class TestWriting:
    async def test_what_is_written_is_staged_in_the_tree_and_undone(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            await files.to_min()
            await files.write("20")
            assert "20 ok, 3 bytes" in files.right
            assert not files.screen.writer.is_open
            assert "staged" in app.lines[-2]
            await app.press("escape")
            await app.go_to("nr_regions")
            await app.press("right")
            assert app.row("min").value == "20" and app.row("min").uncommitted
            await app.press("u")
            assert "undone: write …/nr_regions/min" in app.told
            assert app.row("min").value == "10"
            files = await opened(app)
            assert files.screen.list.cursor_row.text == "10"

    async def test_undo_works_without_leaving(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            await files.to_min()
            await files.write("20")
            await app.press("u")
            await app.settle()
            assert files.screen.list.cursor_row.text == "10"
            await app.press("ctrl+r")
            await app.settle()
            assert files.screen.list.cursor_row.text == "20"

    async def test_what_is_refused_is_told_in_the_kernel_s_words_and_stays_to_be_mended(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            staged = app.session.staged
            await files.to_min()
            await files.write("many")
            assert "many write error: Invalid argument" in files.right
            assert files.screen.writer.is_open
            assert app.session.staged == staged and files.screen.list.cursor_row.text == "10"
            await app.press("ctrl+u")
            await app.type("12")
            await app.press("enter")
            await app.settle()
            assert app.session.get(MIN) == 12
            assert not files.screen.writer.is_open

    async def test_what_is_typed_for_one_file_can_not_get_into_another(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            await files.to_min()
            await app.press("enter", "7")
            (line,) = [at for at, row in enumerate(files.screen.list.rows) if row.label == "max"]
            await app.pilot.click("#files", offset=(8, line - files.screen.list.scroll_offset.y))
            await app.settle()
            assert files.cursor.endswith("/nr_regions/max")
            assert not files.screen.writer.is_open
            await app.press("enter")
            assert files.screen.writer.query_one("Input").value == "1000"

    async def test_a_reason_is_told_where_there_is_one(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            await files.to("nr_kdamonds")
            await files.write("3")
            assert "write error: Device or resource busy" in files.right
            assert "A kdamond runs" in files.right

    async def test_what_was_written_before_is_a_key_away(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            await files.to_min()
            await files.write("20")
            await files.write("30")
            await app.press("enter", "up", "up")
            line = files.screen.writer.query_one("Input")
            assert line.value == "20"
            await app.press("down", "down")
            assert line.value == "30"
            await app.press("escape")
            assert app.session.get(MIN) == 30

    async def test_off_and_on_are_seen_in_the_tree(self):
        async with driven(scene=real, seconds=1.0) as app:
            files = await opened(app)
            await files.to("0/state")
            await files.write("off")
            assert app.session.running == frozenset()
            await app.press("escape")
            assert app.row("kdamond 0").value == "off"
            files = await opened(app)
            await files.write("on")
            await app.run(1.0)
            await app.press("escape")
            await app.settle()
            assert app.row("kdamond 0").value.startswith("on")
            assert not app.session.uncommitted()
            assert app.main.seen.history.latest(0).end_us == 2_000_000

    async def test_a_commit_waits_for_time_and_then_nothing_is_uncommitted(self):
        async with driven(scene=real, seconds=1.0) as app:
            files = await opened(app)
            await files.to_min()
            await files.write("20")
            await files.to("0/state")
            await app.press("space")
            await files.write("commit")
            assert "commit waits for simulated time, which stands" in files.right
            assert app.session.uncommitted()
            await app.press("space")
            assert "commit waits for the kdamond" in files.right
            await app.run(0.2)
            assert "commit ok, 7 bytes" in files.right
            assert not app.session.uncommitted()
            assert app.main.live.status(0).config.contexts[0].nr_regions.min == 20

    async def test_directories_come_and_go_with_their_count_while_the_cursor_stays(self):
        async with driven(scene=real) as app:
            await app.press("s")
            files = await opened(app)
            await files.to("0/contexts/0/targets/nr_targets")
            await files.write("3")
            await app.settle()
            assert files.cursor.endswith("/nr_targets")
            at = files.screen.list.cursor_line
            assert [row.label for row in files.screen.list.rows[at - 3 : at]] == ["0", "1", "2"]
            assert len(app.session.get((*CONTEXT, "targets"))) == 3
            await files.to("0/contexts/0/targets/2")
            await app.press("u")
            await app.settle()
            await app.settle()
            assert files.cursor.endswith("/targets/0") or files.cursor.endswith("/targets")

    async def test_a_path_keeps_the_newline_that_it_was_written_with_and_shows_none(self):
        async with driven(scene=real) as app:
            at = (*CONTEXT, "schemes", 0, "filters")
            app.session.set(at, (Filter("memcg"),))
            files = await opened(app)
            await files.to("0/contexts/0/schemes/0/core_filters")
            await files.to("0/contexts/0/schemes/0/ops_filters/0/memcg_path")
            await files.write("/a")
            assert "/a ok, 3 bytes" in files.right
            assert app.session.get((*at, 0)).memcg_path == "/a\n"
            await app.press("escape")
            app.main.expand_to((*at, 0))
            await app.settle()
            assert app.row("memcg_path").value == "/a"

    async def test_what_only_reads_is_not_written(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            await files.to("0/pid")
            await app.press("enter")
            assert "pid can only be read" in app.told
            assert not files.screen.writer.is_open


class TestFollowing:
    async def test_an_edit_in_the_tree_is_seen_in_its_file(self):
        async with driven(scene=real) as app:
            await app.go_to("aggr_us")
            await app.press("plus")
            files = await opened(app)
            await files.to("0/contexts/0/monitoring_attrs/intervals/aggr_us")
            assert files.screen.list.cursor_row.text == "200000"
            await app.press("escape", "minus")
            files = await opened(app)
            assert files.screen.list.cursor_row.text == "100000"

    async def test_starting_by_key_is_seen_in_state_and_pid(self):
        async with driven(scene=real) as app:
            await app.press("s")
            files = await opened(app)
            texts = {row.label: row.text for row in files.screen.list.rows}
            assert (texts["state"], texts["pid"]) == ("off", "-1")
            await app.press("escape", "s")
            files = await opened(app)
            texts = {row.label: row.text for row in files.screen.list.rows}
            assert (texts["state"], texts["pid"]) == ("on", "502")

    async def test_looking_at_an_open_pid_is_no_edit(self):
        async with driven(scene=real) as app:
            files = await opened(app)
            await files.to("0/contexts/0/targets/0/pid_target")
            assert files.screen.list.cursor_row.text == "1001"
            await files.write("1001")
            assert "ok, 5 bytes" in files.right
            assert app.session.to_undo is None
            assert app.session.get((*CONTEXT, "targets", 0)).pid is None

    async def test_another_engine_shows_its_files(self):
        async with driven(scene=real, seconds=1.0) as app:
            files = await opened(app)
            await files.to_min()
            await files.write("20")
            await app.press("escape", "R", "y")
            await app.settle()
            files = await opened(app)
            assert files.screen.list.cursor_row.text == "20"


class TestDebugfs:
    async def test_a_context_runs_is_shown_and_blocks(self):
        async with driven(scene=real, kernel="6.1") as app:
            await app.press("s")
            files = await opened(app)
            await files.to("kernel/debug/damon/target_ids")
            await files.write("1001")
            await files.to("kernel/debug/damon/monitor_on")
            await files.write("on")
            await app.run(2.0)
            await files.to("kernel/debug/damon/attrs")
            await files.write("5000 100000 1000000 10 1000")
            assert "write error: Device or resource busy" in files.right
            assert "The context is being monitored; write off to monitor_on first" in files.right
            await app.press("escape", "escape")
            await app.settle()
            row = app.row("debugfs context 0")
            assert row.value == "on  pid 502"
            assert "off written to monitor_on stops it" in row.problem
            await app.press("s")
            assert "want to be alone" in app.told[-1]
            await app.press("G")
            assert not app.main.map_pane.map.picture.empty
            for key in ("s", "a", "x", "plus", "enter", "c", "K"):
                await app.press(key)
                assert app.told[-1] == "debugfs context 0 was started through debugfs: its files control it (F)"
            await app.press("u")
            assert app.told[-1] == "there is nothing to undo"
            app.pacer.request(KillProcess(1001))
            await app.run(0.5)
            assert "debugfs context 0 ended: every target process has ended" in app.told
            assert "debugfs context 0" not in [row.label for row in app.main.tree_pane.rows]

    async def test_kernels_without_it_have_none(self):
        async with driven(scene=real, kernel="6.18") as app:
            files = await opened(app)
            assert "kernel/debug/damon" not in files.labels


def test_what_a_terminal_would_obey_is_shown_as_dots():
    strip = strip_of([("a\n\x1b[31mb", Style())], 12, Style())
    assert strip.text == "a··[31mb    "
