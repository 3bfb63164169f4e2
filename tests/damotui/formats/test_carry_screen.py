"""The screen on which a config is carried elsewhere: what is chosen, copied and saved."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from damotui.formats import FORMATS, carried
from damotui.presets import load_preset
from damotui.screens.carry import CarryScreen
from damotui.screens.explain import ExplainDialog
from damotui.screens.name_dialog import NameDialog
from damotui.session.carry_view import CarryView
from damotui.session.document import Session
from engine.config.model import Context, Kdamond, Scheme, Target
from engine.errors import InputError
from engine.versions import kernel_version
from tests.damotui.app_in_test import driven

SCREENS = Path(__file__).parents[2] / "data" / "screens"
TREE = load_preset("damon_lru_sort").kdamonds
SCHEME = (0, "contexts", 0, "schemes", 1, "action")


def view_of(kernel: str, tree: tuple[Kdamond, ...] = TREE) -> tuple[CarryView, Session]:
    session = Session(tree, kernel_version(kernel), lambda request: None)
    return CarryView(session), session


class TestView:
    def test_the_part_that_the_cursor_is_in_comes_first_then_the_whole(self) -> None:
        view, _ = view_of("7.1")
        view.look_at(SCHEME)
        assert view.part.title == "scheme 1 of kdamond 0"
        assert "lru_deprio" in view.carried.text and "lru_prio" not in view.carried.text
        assert view.file_name == "damon-damo-scheme-1-kdamond-0.sh"
        view.next_part()
        assert (view.part.kdamonds, view.file_name) == (TREE, "damon-damo.sh")
        view.look_at((0,))
        with pytest.raises(InputError, match="there is no smaller part here"):
            view.next_part()

    def test_staged_or_committed(self) -> None:
        view, session = view_of("7.1")
        view.look_at(SCHEME)
        size = len(view.carried.text)
        assert view.headline == f"scheme 1 of kdamond 0   staged and committed   11 lines, {size} B   1 note"
        with pytest.raises(InputError, match="all that is staged is committed"):
            view.next_basis()
        session.set((0, "contexts", 0, "schemes", 1, "action"), "pageout")
        assert "pageout" in view.carried.text and "   staged   " in view.headline
        view.next_basis()
        assert "lru_deprio" in view.carried.text and "   committed   " in view.headline
        session.remove((0, "contexts", 0, "schemes", 1))
        view.next_basis()
        assert view.part.title == "the whole tree", "the scheme is not there any more"

    def test_formats_that_the_kernel_lacks_are_passed_over_and_refused(self) -> None:
        view, _ = view_of("7.1")
        found = []
        for _ in range(4):
            found.append(view.form.name)
            view.step(1)
        assert found == ["damo", "json", "sysfs", "damo"]
        with pytest.raises(InputError, match=r"debugfs needs Linux 6\.14 or earlier, and this is 7\.1"):
            view.choose(4)
        older, _ = view_of("6.12")
        older.step(-1)
        assert older.form.name == "debugfs"
        assert older.headline.endswith("   2 notes")

    def test_every_choice_and_figure_is_explained(self) -> None:
        view, _ = view_of("6.12")
        view.choose(4)
        titles = [one.title for one in view.explanations()]
        assert titles == [
            *("debugfs lines", "Notes", "Part", "Staged or committed"),
            *("damo command", "kdamonds JSON", "sysfs script"),
        ]
        newest, _ = view_of("7.1")
        lacking = newest.explanations()[-1]
        assert ("here", "not to be had: it needs Linux 6.14 or earlier, and this is 7.1") in lacking.facts


async def test_a_config_is_carried_from_key_to_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with driven((100, 30), kernel="6.12") as app:
        sent: list[str] = []
        monkeypatch.setattr(app.app, "copy_to_clipboard", sent.append)
        await app.go_to("scheme 1")
        await app.press("Y")
        screen = app.app.screen
        assert isinstance(screen, CarryScreen)
        kernel, staged = kernel_version("6.12"), app.session.staged
        assert "scheme 1 of kdamond 0" in app.text and "--damos_action" in app.text
        await app.press("w")
        assert "the whole tree" in app.text
        await app.press("y")
        assert sent == [carried(FORMATS["damo"], staged, kernel).text]
        lines, size = sent[0].count("\n"), len(sent[0])
        said = f"sent {lines} lines ({size} bytes) to the clipboard: the terminal must allow that (OSC 52)"
        assert said in app.told

        await app.press("right")
        assert "2 ▸kdamonds JSON" in app.text and "! kdamonds[0]" in app.text, "JSON has no comments for notes"
        await app.press("tab", "end")
        assert "3 ▸sysfs script" in app.text and 'echo on > "$DAMON/kdamonds/0/state"' in app.text
        await app.press("g", "pagedown", "pageup", "j", "k")
        assert app.lines[2].strip() == "#!/bin/sh" and "more lines below" in app.text
        await app.press("f1")
        assert isinstance(app.app.screen, ExplainDialog) and "sysfs script" in app.lines[2]
        await app.press("escape", "X")
        assert isinstance(app.app.screen, NameDialog) and "damon-sysfs.sh" in app.text
        await app.press("enter")
        saved = (tmp_path / "damon-sysfs.sh").read_text("utf-8")
        assert saved == carried(FORMATS["sysfs"], staged, kernel).text
        await app.press("enter")
        assert "damon-sysfs-2.sh" in app.text, "a name that nothing has"
        await app.press("ctrl+u")
        await app.type("damon-sysfs.sh")
        await app.press("enter")
        trouble = app.app.screen.query_one("#trouble")
        assert trouble.content == "damon-sysfs.sh is there already and stays as it is: give another name"
        await app.press("escape")

        # What is edited meanwhile is followed, and what is chosen stays for the next time.
        app.session.set((0, "contexts", 0, "nr_regions", "max"), 5)
        await app.press("home")
        assert "Linux 6.12 refuses this config" in app.text and "   staged   " in app.text
        await app.press("escape", "Y")
        assert "3 ▸sysfs script" in app.text
        await app.pilot.click("#formats", offset=(app.lines[0].index("damo command"), 0))
        assert "1 ▸damo command" in app.text
        await app.press("q")
        assert app.app.screen is app.main


async def test_where_differences_are_it_is_about_the_node_under_the_cursor() -> None:
    schemes = (Scheme(), Scheme("pageout"))
    async with driven((100, 30)) as app:
        context = replace(app.session.staged[0].contexts[0], schemes=schemes)
        app.session.load((Kdamond((context,)), Kdamond((Context(targets=(Target(),)),))), "two")
        await app.settle()
        await app.go_to("kdamond 0")
        await app.press("s", "D", "end", "Y")
        assert "kdamond 1   staged" in app.text
        await app.press("4")
        assert "debugfs needs Linux 6.14 or earlier, and this is 7.1" in app.told
        await app.press("y")
        app.session.load((), "nothing")
        await app.press("y")
        assert "there is no context, and so nothing for damo to start" in app.told


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: "x".join(map(str, size)))
async def test_the_screen(size: tuple[int, int]) -> None:
    """Word for word. After a change that is meant: UPDATE_SCREENS=1."""
    async with driven(size, kernel="6.12", preset="damon_lru_sort") as app:
        await app.press("Y", "4")
        shown = app.text + "\n"
    path = SCREENS / f"carry-{size[0]}x{size[1]}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")
