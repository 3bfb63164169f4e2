"""Axes, legend and cells, as they are read."""

from textwrap import dedent

import pytest

from damotui.render.axes import address_across, address_down, time_across, time_down
from damotui.render.canvas import Canvas, Ink
from damotui.render.history import History
from damotui.render.layout import RangeName, TargetRange, fold, ranges_of
from damotui.render.legend import describe, format_hertz, format_percent, notes, scale_texts, titles
from damotui.render.scale import Scale
from damotui.render.view import View
from damotui.render.window import TimeWindow
from tests.damotui.aggregations import HEAP, MIB, MMAP, aggregation, step

NAMES = [
    RangeName(0, *(HEAP[0], sum(HEAP)), "heap"),
    RangeName(0, MMAP[0], MMAP[0] + 40 * MIB, "a"),
    RangeName(0, MMAP[0] + 40 * MIB, sum(MMAP), "b_is_long"),
    RangeName(1, MMAP[0], sum(MMAP), "of another target"),
]


def drawn(text):
    return dedent(text).strip("\n")


def axis(size, unit=1):
    return fold(ranges_of(step(0)), size, unit=unit)


def test_addresses_across():
    assert address_across(axis(80), 80).text() == drawn(
        """
        0x55d0c8a00000 (1 MiB)  0x7f3a40000000 (100 MiB)        0x7ffd8a3e0000 (132 KiB)
        ╷  ┊╷             ╷+20 MiB      ╷+40 MiB       ╷+60 MiB      ╷+80 MiB       ┊╷
        """
    )


def test_addresses_across_where_there_is_little_room():
    assert address_across(axis(30), 30).text() == drawn(
        """
        0x55d0c8a00000  0x7f3a40000000
        ╷  ┊╷          ╷+50 MiB   ┊╷
        """
    )
    assert address_across(axis(16), 16).text() == "  0x7f3a40000000\n╷ ┊╷         ┊╷"


def test_names_of_ranges_across():
    assert address_across(axis(60), 60, NAMES).text().split("\n")[2] == "    ▏a                  ▏b_is_long"


def test_targets_are_parted_across():
    made = fold([TargetRange(0, 0, MIB), TargetRange(1, 0, MIB)], 21)
    assert address_across(made, 21).text() == "0x0 (1 MiB)  0x0\n╷         │╷"


def test_addresses_down():
    assert address_down(axis(48, 2), 24).text().split("\n") == [
        " 0x55d0c8a00000",
        "        (1 MiB)",
        "",
        "              ┄",
        " 0x7f3a40000000",
        *["", "", "      +20 MiB ╶"],
        *["", "", "      +40 MiB ╶"],
        *["", "", "      +60 MiB ╶"],
        *["", "", "      +80 MiB ╶"],
        *["", "", ""],
        "              ┄",
        " 0x7ffd8a3e0000",
        "      (132 KiB)",
        "",
    ]


def test_names_down_stand_where_ranges_start():
    lines = address_down(axis(48, 2), 24, NAMES).text().split("\n")
    assert lines[:12] == [
        " 0x55d0c8a00000",
        "         heap ╶",
        "",
        "              ┄",
        " 0x7f3a40000000",
        "            a ╶",
        *["", "      +20 MiB ╶"],
        *["", "", "    b_is_long ╶", ""],
    ]


def test_times_down():
    marks = [(2_500_000, "phase 1"), (4_000_000, "commit too long"), (60_000_000, "later")]
    assert (
        time_down(TimeWindow(0, 24, 250_000), 12, marks).text()
        == drawn(
            """
             0 s ╶



             2 s ╶
          phase 1▸


        commit t…▸



        """
        ).rstrip()
        + "\n\n\n"
    )


def test_long_times_keep_their_end():
    assert time_down(TimeWindow(1_200_000, 8, 12_500), 4).text().split("\n")[0] == "…0m00.0s ╶"
    assert time_down(TimeWindow(12_000, 8, 1_250_000), 4).text().split("\n")[0] == "4h10m00s ╶"


def test_times_across():
    assert time_across(TimeWindow(30, 40, 100_000), 40, [(3_500_000, "commit"), (3_600_000, "hidden")]).text() == drawn(
        """
        ╵3 s      ╵4 s      ╵5 s      ╵6 s
             ▴commit
        """
    )
    assert time_across(TimeWindow(0, 10, 100_000), 10).height == 1


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5])
def test_tiny_axes(size):
    assert address_across(axis(size), size, NAMES).width == size
    assert address_down(axis(2 * size, 2), size, NAMES).height == size
    assert time_down(TimeWindow(0, 2 * size, 1000), size, [(0, "x")]).height == size
    assert time_across(TimeWindow(0, size, 1000), size, [(0, "x")]).width == size


def test_canvas_cuts_what_leaves_it():
    canvas = Canvas(5, 2)
    canvas.write(3, 0, "abc", Ink.LABEL)
    canvas.write(-1, 1, "xyz", Ink.TICK)
    canvas.write(0, 7, "no", Ink.TICK)
    assert canvas.text() == "   ab\nyz"
    assert canvas.lines()[0] == [("   ", Ink.BLANK), ("ab", Ink.LABEL)]
    assert not canvas.write_if_free(0, 1, "q", Ink.MARK)
    assert not canvas.write_if_free(2, 1, "q", Ink.MARK)
    assert canvas.write_if_free(4, 1, "q", Ink.MARK)


def picture(view, columns=40, rows=10, count=25):
    history = History()
    for i in range(count):
        history.add(step(i))
    return view.picture(history, 0, 0, count * 100_000, columns, rows)


def test_legend():
    shown = picture(View())
    assert scale_texts(shown) == ("0 %", "100 %")
    assert titles(shown) == ("access rate found", "found")
    assert notes(shown, "gray") == (
        "= 200 Hz", "fixed scale", "gray", "20 checks in 100 ms", "400 ms a row", "┊ folded gap",
    )  # fmt: skip
    view = View()
    view.transposed = True
    assert notes(picture(view))[3:] == ("100 ms a column", "┄ folded gap")


def test_legend_of_an_automatic_scale():
    view = View()
    view.scale = Scale.AUTOMATIC
    view.target = 0
    history = History()
    history.add(aggregation([(0, 0, MIB, 1)]))
    for _ in range(42):
        shown = view.picture(history, 0, 0, 100_000, 8, 2)
    assert scale_texts(shown)[1] == "5 %"
    assert notes(shown)[:2] == ("= 10 Hz", "scale of the highest")
    assert (shown.pixels(21)[0] == 20).all()


def test_a_cell_tells_its_time_addresses_and_rate():
    shown = picture(View())
    cell = shown.cell(10, 2)
    assert (cell.start_us, cell.end_us, cell.target) == (800_000, 1_200_000, 0)
    assert (cell.start, cell.end) == (MMAP[0] + 6 * 100 * MIB // 32, MMAP[0] + 7 * 100 * MIB // 32)
    assert (cell.rate, cell.nr_accesses, cell.hertz) == (0, 0, 0)
    hot = shown.cell(5, 2)
    assert describe(hot) == (
        "100 % · 20 accesses · 200 Hz",
        f"{hot.start:#x}–{hot.end:#x}",
        "800 ms–1.2 s",
        "target 0",
    )


def test_cells_without_anything():
    shown = picture(View())
    assert shown.cell(5, 9).rate is None
    assert describe(shown.cell(5, 9))[0] == "no data"
    assert shown.cell(3, 0) is None
    assert shown.cell(40, 0) is shown.cell(0, 10) is shown.cell(-1, 0) is None
    assert View().picture(History(), 0, 0, 0, 8, 2).cell(0, 0) is None


def test_a_cell_of_a_turned_map():
    view = View()
    view.transposed = True
    shown = picture(view, rows=20)
    mmap = next(segment for segment in shown.layout.segments if segment.start == MMAP[0])
    cell = shown.cell(4, mmap.first // 2)
    assert (cell.start_us, cell.end_us) == (400_000, 500_000)
    assert (cell.start, cell.end) == (MMAP[0], MMAP[0] + 2 * 100 * MIB // mmap.size)
    assert cell.rate == 1


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0, "0 %"), (1, "100 %"), (0.025, "2.5 %"), (0.126, "13 %"), (0.00001, "<0.01 %"), (0.0004, "0.04 %")],
)
def test_percent(rate, text):
    assert format_percent(rate) == text


def test_hertz():
    assert [format_hertz(x) for x in (0, 12.34, 200, 5000)] == ["0 Hz", "12.3 Hz", "200 Hz", "5 kHz"]
    assert (format_hertz(-150), format_percent(-0.25)) == ("−150 Hz", "−25 %")
