"""What is drawn, and said, where there is nothing but ASCII."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from damotui.render.ascii_text import MORE, ONE, in_cells, spelled
from damotui.widgets import terminal_colours
from tests.damotui.app_in_test import driven

REPO = Path(__file__).parents[2]
SIGNS = "".join([*ONE, *MORE])


@pytest.mark.parametrize(
    ("pieces", "drawn"),
    [
        (["plain", " text"], ["plain", " text"]),
        (["▾ kdamond 0", " 10–1,000"], ["v kdamond 0", " 10-1,000"]),
        # Left in its room, and right in it: the wider gap gives way.
        (["0 stat  ", "nr≥10 age≥30", "     1.0 MiB"], ["0 stat  ", "nr>=10 age>=30", "   1.0 MiB"]),
        (["▸ scheme 1     ", "nr≥10 age≥30", "  "], ["> scheme 1   ", "nr>=10 age>=30", "  "]),
        (["↵ edit  a add      "], ["Ret edit a add     "]),
        # No gap: the end goes.
        (["nr≥10 age≥30"], ["nr>=10 age>~"]),
        (["a → b "], ["a -> b"]),
        (["≥"], ["~"]),
        # Letters of others have no likeness; a wide one has two cells, one that combines has none.
        (["é 日本 e\N{COMBINING ACUTE ACCENT}"], ["? ???? e"]),
    ],
)
def test_a_line_keeps_its_width(pieces, drawn):
    assert in_cells(pieces) == drawn
    assert sum(map(cell_len, drawn)) == sum(map(cell_len, pieces))


@given(st.lists(st.text(st.sampled_from(SIGNS + "ab  é日")), max_size=6))
def test_any_line_keeps_its_width_and_is_ascii(pieces):
    drawn = in_cells(pieces)
    assert len(drawn) == len(pieces)
    assert all(text.isascii() for text in drawn)
    assert sum(map(len, drawn)) == sum(map(cell_len, pieces))


def test_signs_for_one_cell_take_one_and_the_others_say_the_same():
    assert {sign for sign, likeness in ONE.items() if len(likeness) != cell_len(sign)} == set()
    assert not {*ONE} & {*MORE}
    assert spelled("nr≥10 → 10–1,000 × 3 é") == "nr>=10 -> 10-1,000 x 3 é"


def test_every_sign_in_the_sources_has_a_likeness():
    """No sign of damotui's own becomes a question mark. Sources may name other signs by their Unicode names."""
    files = [file for room in ("damotui", "engine", "themes") for file in (REPO / room).rglob("*.*")]
    texts = [file.read_text("utf-8") for file in files if file.suffix in (".py", ".toml", ".json", ".masim")]
    used = {letter for text in texts for letter in text if not letter.isascii()}
    assert used - {*SIGNS} == set()


KEYS = ("D", "S", "W", "A", "E", "question_mark", "f1", "ctrl+p")


async def test_every_screen_is_ascii_where_the_terminal_is(monkeypatch):
    monkeypatch.setattr(terminal_colours, "needs_ascii", lambda app: True)
    async with driven((100, 30), seconds=2.0) as app:
        await app.press("plus", "d")
        for key in KEYS:
            await app.press(key)
            assert app.text.isascii(), key
            assert {strip.cell_length for strip in app.app.screen._compositor.render_strips()} == {100}, key
            await app.press("escape")
            while len(app.app.screen_stack) > 1:
                app.app.pop_screen()
                await app.settle()
        assert "stat nr>=10" in app.text
