"""The tree built, arranged, compared and taken back with nothing but the keyboard."""

from damotui.presets import load_preset
from damotui.screens.deeds import Deeds
from damotui.screens.dialogs import ChoiceDialog
from damotui.screens.history_dialog import HistoryDialog
from damotui.screens.path_dialog import PathDialog
from engine.config.damo_json import kdamonds_to_json
from tests.damotui.app_in_test import driven

CONTEXT = (0, "contexts", 0)
SCHEMES = (*CONTEXT, "schemes")


def cursor(app):
    return app.main.tree_pane.cursor_row.path


def actions(app, path=SCHEMES):
    return " ".join(scheme.action for scheme in app.session.get(path))


async def test_from_nothing_to_a_running_scheme_with_a_filter_and_a_goal():
    """The keys that a newcomer needs, in one go."""
    async with driven((80, 24)) as app:
        await app.press("s", "x")
        assert app.session.staged == ()
        await app.press("a")
        assert "kdamond vaddr" in app.text and "all physical memory" in app.text
        await app.press("enter")
        assert app.told[-1] == "kdamond 0 (vaddr) added: u takes it back"
        await app.press("a", "down", "enter", "enter")  # kdamond, scheme: pageout of what is cold comes first
        assert cursor(app) == (*SCHEMES, 0)
        assert app.row("scheme 0").value == "pageout sz≥4.0K nr=0 age≥50"
        await app.press("a", "down", "enter")
        assert isinstance(app.app.screen, ChoiceDialog)
        assert "filter addr" in app.text and "anon is passed over by vaddr with pageout" in app.text
        await app.press("enter")
        assert cursor(app) == (*SCHEMES, 0, "filters", 0)
        assert app.row("filter 0").value == "reject addr"
        await app.press(*["left"] * 4, "a", "down", "down", "enter", "down", "enter")
        assert app.session.get((*SCHEMES, 0, "quotas", "goals", 0)).metric == "some_mem_psi_us"
        assert "0 ms starts the quota anew" in " ".join(app.session.problems(0)[0].message.split())
        await app.press("s")
        assert app.scene.engine.calls[-1] == ("turn_on", 0)
        assert not app.session.uncommitted()


async def test_entries_are_copied_cut_moved_and_the_cursor_stays_with_them():
    async with driven((80, 24)) as app:
        await app.go_to("scheme 1")
        await app.press("right", "d")
        assert (cursor(app), app.told[-1]) == (
            (*SCHEMES, 2),
            "scheme 1 (stat nr=0 age≥30) is there twice: u takes it back",
        )
        await app.press("ctrl+up", "left_curly_bracket")
        assert cursor(app) == (*SCHEMES, 0)
        assert app.row("scheme 0").expanded is True
        await app.press("ctrl+up")
        assert app.told[-1] == "scheme 0 is the first scheme already"
        await app.press("right_curly_bracket", "ctrl+x")
        assert app.told[-1] == "cut scheme 1 (stat nr=0 age≥30): v pastes it, u takes it back"
        assert len(app.session.get(SCHEMES)) == 2
        await app.go_to("kdamond 0")
        await app.press("a", "enter", "enter", "v")
        assert cursor(app) == (1, "contexts", 0, "schemes", 0)
        assert app.told[-1] == "pasted scheme 1 (stat nr=0 age≥30) as kdamond 1, scheme 0: u takes it back"
        await app.press("y", "u", "g", "right_square_bracket", "left_square_bracket")
        assert cursor(app) == (0,)
        await app.press("right_curly_bracket")
        assert app.told[-1] == "kdamond 0 can't be moved while kdamond 0 runs: stop it first"
        await app.press("u")
        await app.go_to("aggr_us")
        await app.press("x")
        assert app.told[-1] == "aggr_us can't be removed: go to context 0 to remove that"
        await app.press("plus", "y", "minus", "v")
        assert app.row("aggr_us").value == "200 ms"
        await app.press("backspace")
        assert app.row("aggr_us").value == "100 ms"
        assert app.told[-1] == "aggr_us is as it is committed: u takes that back"


async def test_lines_are_found_unfolded_and_left_out():
    async with driven((80, 24)) as app:
        tree = app.main.tree_pane
        await app.go_to("scheme 0")
        await app.press("asterisk")
        assert [row.label for row in tree.rows].count("access_pattern") == 2
        assert app.told[-1] == "unfolded all of scheme: 2, * again takes it back"
        await app.press("slash")
        await app.type("quota")
        assert "find quota" in app.text
        assert [row.label for row in tree.rows] == [
            "kdamond 0", "context 0", "schemes", "scheme 0", "quotas", "scheme 1", "quotas",
        ]  # fmt: skip
        assert cursor(app) == (*SCHEMES, 0, "quotas")
        await app.press("enter", "down", "down", "right")
        assert cursor(app) == (*SCHEMES, 1, "quotas")
        assert (*SCHEMES, 1, "quotas", "sz_bytes") in [row.path for row in tree.rows]
        await app.press("a", *["down"] * 4, "enter")  # what is added is shown, though nobody has looked for it
        assert cursor(app) == (*CONTEXT, "targets", 1)
        assert "find" not in app.text
        await app.press("slash")
        await app.type("no such line")
        said = app.main.query_one("#problem").content
        assert said == "no line of the tree holds 'no such line': Esc shows all lines"
        await app.press("enter", "x")
        assert app.told[-1].startswith("no line of the tree holds")
        await app.press("escape", "number_sign")
        assert "nr_regions" not in [row.label for row in tree.rows]
        await app.press("number_sign")
        assert "nr_regions" in [row.label for row in tree.rows]


async def test_staged_and_running_side_by_side():
    async with driven((80, 24), seconds=1.0) as app:
        await app.go_to("scheme 0")
        await app.press("x", "a", "enter", "enter")
        await app.go_to("aggr_us")
        await app.press("plus", "D")
        lines = app.lines
        assert lines[1] == " kdamond 0  on  pid 501  3 not committed"
        assert lines[2].split() == ["~", "intervals.aggr_us", "100", "ms", "200", "ms"]
        assert lines[3].startswith("  - scheme 0") and "stat nr≥10" in lines[3]
        assert lines[4].startswith("  + scheme 1") and "pageout" in lines[4]
        await app.press("down", "backspace", "backspace")
        assert app.told[-2:] == [
            "aggr_us is as it is committed: u takes that back",
            "scheme 0 is there again: u takes that back",
        ]
        assert actions(app) == "stat stat pageout"
        await app.press("f1")
        assert "an entry that stands elsewhere in its list" in app.text
        await app.press("escape", "g", "c")
        assert app.scene.engine.calls[-1] == ("commit", 0)
        assert "All that is staged is committed, and runs as it is." in app.text
        await app.press("backspace")
        assert app.told[-1] == "all that is staged is committed"
        await app.press("u")
        assert "scheme 0" in app.lines[2]
        await app.press("down", "enter")
        await app.settle()
        assert app.app.screen is app.main
        assert cursor(app) == SCHEMES  # of what is gone, the list that it was in
        await app.press("ctrl+r", "D", "c")
        assert app.told[-1] == "all that is staged is committed"


async def test_all_edits_are_a_list_to_go_back_and_forth_in():
    async with driven((80, 24)) as app:
        await app.go_to("aggr_us")
        for _ in range(3):
            await app.press("plus", "down", "up")
        states = [step.after for step in app.session.steps]
        await app.press("U")
        assert isinstance(app.app.screen, HistoryDialog)
        assert [line for line in app.lines if "aggr_us:" in line][-1].endswith("▶ 3  aggr_us: 500 ms → 1 s")
        await app.press("k", "k", "enter")
        assert (app.session.staged, app.session.place) == (states[0], 1)
        await app.press("U", "end", "enter")
        assert app.session.staged == states[2]
        await app.press("U", "home", "escape", "U", "U")
        assert app.session.staged == states[2]
        await app.press("U", "g", "enter")
        assert not app.session.uncommitted()
        for number in range(10_000):
            app.session.set((*CONTEXT, "nr_regions", "max"), number)
        await app.press("U")
        assert "▶ 10000" in app.text


async def test_kdamonds_come_from_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prcl.json").write_text(kdamonds_to_json(load_preset("prcl").kdamonds))
    (tmp_path / "broken.json").write_text('{"kdamonds": [{"contexts": [{"ops": "maddr"}]}]}')
    (tmp_path / "notes.txt").write_text("")
    async with driven((80, 24)) as app:
        before = app.session.staged
        await app.press("P", "up", "enter")
        assert isinstance(app.app.screen, PathDialog)
        await app.press("tab")
        assert "broken.json  prcl.json" in app.text and "notes" not in app.text
        await app.press("b", "tab", "enter")
        words = " ".join(app.text.split())
        assert "broken.json: kdamonds[0].contexts[0].ops: 'maddr' can't be used: give one of vaddr" in words
        await app.press("enter", "ctrl+u")
        await app.type("no/where")
        await app.press("enter")
        assert "'no/where' can't be read: No such file or directory" in app.text
        assert "no/where" in app.text and app.session.staged == before
        await app.press("ctrl+u", "p", "tab", "enter")
        assert app.session.staged == load_preset("prcl").kdamonds
        assert app.told[-1] == "file prcl.json is staged: C commits it, u takes it back"
        await app.press("P", "up", "a")
        assert "prcl.json" in app.text  # what was typed last
        await app.press("enter")
        assert len(app.session.staged) == 2
        assert cursor(app) == (1,)
        await app.press("P", *"jjjjj", "s")
        assert actions(app, (1, "contexts", 0, "schemes")) == "pageout pageout"
        assert app.told[-1] == "preset prcl has given 1 scheme to kdamond 1: c commits, u takes it back"
        await app.press("P", *"jjjjjj", "a")
        assert "needs a machine with 2 NUMA nodes" in app.told[-1]


def test_what_groups_of_deeds_share_has_one_meaning():
    """They are put together as one class: of two methods of one name, one would be lost."""
    owners = {}
    for kind in Deeds.__mro__[:-1]:
        for name in vars(kind):
            if not name.startswith("__"):
                owners.setdefault(name, []).append(kind.__name__)
    assert not {name: kinds for name, kinds in owners.items() if len(kinds) > 1}


async def test_all_of_it_in_a_small_terminal():
    async with driven((40, 12), seconds=1.0) as app:
        await app.go_to("scheme 0")
        for key in ("a", "P", "U", "D", "f1", "slash"):
            await app.press("d", key)
            assert app.lines[-1].strip() and all(len(line) <= 40 for line in app.lines)
            await app.press("escape", "escape")
        assert len(app.session.get(SCHEMES)) == 8
