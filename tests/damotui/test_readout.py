"""What the cursor tells: each figure against a slow account of it, and the words for the room there is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.render.history import History
from damotui.render.layout import RangeName
from damotui.render.places import Cursor
from damotui.render.raster import Combine
from damotui.render.showing import Showing
from damotui.render.view import CellInfo, View
from damotui.session.map_meanings import explained
from damotui.session.mappings import named_parts
from damotui.session.readout import RegionThere, mean_rate, read
from damotui.session.readout_words import facts, laid_out
from engine.config.model import AccessPattern, Range, Scheme
from tests.damotui.aggregations import MIB, MMAP, aggregation, step
from tests.damotui.test_render_places import HISTORY

PAGE = 4096


def scheme(action, **ranges):
    return Scheme(action=action, access_pattern=AccessPattern(**{name: Range(*pair) for name, pair in ranges.items()}))


MOST = 2**64 - 1
SCHEMES = (
    scheme("pageout", sz=(0, MOST), nr_accesses=(0, 0), age=(30, MOST)),
    scheme("stat", sz=(0, MOST), nr_accesses=(5, 20), age=(0, MOST)),
    scheme("hugepage", sz=(2 * MIB, MOST), nr_accesses=(14, 14), age=(3, 5)),
)


def aged(regions, ages, start_us=0, end_us=100_000, **more):
    one = aggregation(regions, start_us, end_us, **more)
    one.age[:] = ages
    return one


def cell(start_us, end_us, start, end, rate=0.5, showing=Showing.FOUND):
    return CellInfo(start_us, end_us, 0, start, end, rate, None, None, showing=showing)


regions = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(0, 20)), min_size=1, max_size=5)


def placed(found):
    """Regions after each other, some with gaps between them."""
    made, at = [], 0
    for gap, size, nr in found:
        made.append((0, at + gap, at + gap + size, nr))
        at += gap + size
    return [one for one in made if one[1] < one[2]]


@settings(max_examples=80)
@given(st.lists(regions, min_size=1, max_size=4), st.integers(0, 12), st.integers(1, 8), st.integers(0, 25),
       st.integers(1, 25))  # fmt: skip
def test_a_mean_rate_is_that_of_each_byte_in_each_microsecond(several, start, size, start_us, time):
    found = [aggregation(placed(one), at * 10, at * 10 + 10) for at, one in enumerate(several)]
    every = [
        nr / 20
        for one in found
        for us in range(one.start_us, one.end_us)
        if start_us <= us < start_us + time
        for low, high, nr in zip(one.start.tolist(), one.end.tolist(), one.nr_accesses.tolist(), strict=True)
        for byte in range(low, high)
        if start <= byte < start + size
    ]
    mean = mean_rate(found, 0, start_us, start_us + time, start, start + size)
    assert mean == (pytest.approx(np.mean(every)) if every else None)
    assert mean_rate(found, 1, start_us, start_us + time, start, start + size) is None


def test_all_of_a_place_is_read():
    found = [
        aged([(0, 0, 4 * MIB, 14), (0, 4 * MIB, 10 * MIB, 0)], (4, 40), 0, 100_000),
        aged([(0, 0, 4 * MIB, 10), (0, 4 * MIB, 10 * MIB, 0)], (5, 41), 100_000, 200_000),
    ]
    truths = [aggregation([(0, 2 * MIB, 3 * MIB, 9_000)], 0, 100_000, checks=10_000)]
    names = [RangeName(0, MIB, 8 * MIB, "heap")]
    there = read(Cursor(50_000, 0, 3 * MIB), cell(0, 200_000, 2 * MIB, 4 * MIB), 700_000, found, truths, names, SCHEMES)
    assert (there.rate, there.nr_accesses, there.hertz) == (0.6, 12, 120)
    assert there.truth == 0.45  # of the one aggregation of which it is known
    assert (there.name, there.offset) == ("heap", MIB)
    assert there.region == RegionThere(0, 4 * MIB, 14, 20, 4, 400_000, (1, 2))
    words = [fact.long for fact in facts(there, SCHEMES)]
    assert words == [
        "60 % · 120 Hz · 12 of 20 checks",
        "truth 45 %",
        "heap +1 MiB",
        "age 4 (400 ms)",
        "matches scheme 1 stat, 2 hugepage",
        "at 0 s, 500 ms ago",
        "0x200000–0x400000 (2 MiB)",
        "region 0x0–0x400000 (4 MiB)",
    ]
    assert laid_out(facts(there, SCHEMES), 120, 2) == [
        "60 % · 120 Hz · 12 of 20 checks · truth 45 % · heap +1 MiB · age 4 (400 ms)"
        " · matches scheme 1 stat, 2 hugepage",
        "at 0 s, 500 ms ago · 0x200000–0x400000 (2 MiB) · region 0x0–0x400000 (4 MiB)",
    ]  # fmt: skip
    assert laid_out(facts(there, SCHEMES), 48, 2) == [
        "60 % 120 Hz 12/20 · truth 45 % · heap +1 MiB",
        "age 4 · scheme 1,2 · 0 s −500 ms · region 4 MiB",
    ]
    assert laid_out(facts(there, SCHEMES), 20, 1) == ["60 % 120 Hz 12/20"]


def test_what_is_not_known_is_said_so():
    found = [aged([(0, 0, MIB, 0)], (3,))]
    there = read(Cursor(50_000, 0, 100), cell(0, 100_000, 0, PAGE), 100_000, found, (), (), SCHEMES)
    assert there.truth is None
    assert [fact.short for fact in facts(there, SCHEMES)][:2] == ["0 % 0 Hz 0/20", "truth ?"]
    assert "no scheme matches" in [fact.long for fact in facts(there, SCHEMES)]
    assert "at 0 s, now" in [fact.long for fact in facts(there, SCHEMES)]
    unmonitored = read(Cursor(50_000, 0, 2 * MIB), cell(0, 100_000, 2 * MIB, 3 * MIB), 1, found, (), (), SCHEMES)
    assert (unmonitored.rate, unmonitored.region) == (None, None)
    assert facts(unmonitored, SCHEMES)[0].long == "no data"
    assert read(Cursor(0, 0, 0), None, 1, (), (), (), SCHEMES) is None


def test_out_of_sight_it_tells_of_a_page_at_its_moment():
    found = [aged([(0, 0, MIB, 20)], (3,))]
    there = read(Cursor(50_000, 0, 5_000), None, 900_000, found, (), (), ())
    assert (there.start_us, there.end_us, there.start, there.end) == (0, 100_000, PAGE, 2 * PAGE)
    assert facts(there, ())[0].long == "out of sight: an arrow goes there"


def test_sorted_memory_has_ranks_in_place_of_addresses():
    found = [aged([(0, 0, MIB, 20)], (3,))]
    here = cell(0, 100_000, 0, 512 << 10, rate=0.75, showing=Showing.SORTED)
    there = read(Cursor(50_000, -1, 1_000), here, 100_000, found, found, (), SCHEMES)
    assert [fact.long for fact in facts(there, SCHEMES)] == [
        "75 % · 150 Hz · 15 of 20 checks", "at 0 s, now", "the hottest 0 B–512 KiB",
    ]  # fmt: skip


def test_parts_are_targets_mappings_and_what_has_no_name():
    found = [
        aggregation([(0, 0, 2 * MIB, 10), (0, 2 * MIB, 4 * MIB, 20), (0, 8 * MIB, 9 * MIB, 0), (1, 0, MIB, 5)]),
        aggregation([(0, 0, 4 * MIB, 0), (0, 8 * MIB, 9 * MIB, 20), (1, 0, MIB, 5)], 100_000, 200_000),
    ]
    view = View()
    history = History()
    for one in found:
        history.add(one)
    view.picture(history, 0, 0, 200_000, 40, 10)
    names = [RangeName(0, MIB, 5 * MIB, "heap"), RangeName(0, 6 * MIB, 7 * MIB, "elsewhere")]
    parts = named_parts(view.space.ranges, names, ["first 11", "second 12"], found)
    assert [(part.name, part.target, part.start, part.end, part.monitored_bytes) for part in parts] == [
        ("target 0 first 11", 0, 0, 9 * MIB, 5 * MIB),
        ("target 1 second 12", 1, 0, MIB, MIB),
        ("heap", 0, MIB, 5 * MIB, 3 * MIB),
        ("range", 0, 8 * MIB, 9 * MIB, MIB),
        ("range", 1, 0, MIB, MIB),
    ]
    # Half of the time each: the heap has 0.5 and 1.0 in a MiB and two, then nothing.
    assert [part.rate for part in parts] == pytest.approx([(1.5 + 0.5) / 5, 0.25, 2.5 / 6, 0.5, 0.25])
    assert named_parts((), names, (), found) == ()


def test_each_figure_is_explained_with_its_value():
    view = View()
    picture = view.picture(HISTORY, 0, 0, 27_000_000, 40, 10)
    there = read(
        Cursor(50_000, 0, MMAP[0]),
        cell(0, 100_000, MMAP[0], MMAP[0] + MIB),
        200_000,
        [step(0)],
        [step(0)],
        [RangeName(0, *(MMAP[0], sum(MMAP)), "stairs")],
        SCHEMES,
    )
    said = {one.title: one for one in explained(picture, Combine.MEAN, there, SCHEMES, 1_600_000)}
    assert list(said) == [
        "access rate at the cursor", "truth", "addresses", "time", "region", "age", "matches", "a cell", "colours",
        "axes",
    ]  # fmt: skip
    facts_of = {title: dict(one.facts) for title, one in said.items()}
    assert facts_of["access rate at the cursor"]["here"] == "100 %, 200 Hz, 20 of 20 checks"
    assert facts_of["truth"]["here"] == "100 %"
    assert facts_of["addresses"]["mapping"] == "stairs, 0 B from its start"
    assert facts_of["region"]["here"].endswith("10 MiB")
    assert facts_of["matches"]["here"] == "1 stat"
    assert facts_of["a cell"]["time"] == "3 s a cell, 1.5 s a pixel"
    assert facts_of["a cell"]["addresses"] == "44 KiB to 3.12 MiB a cell, 2 gaps folded"
    assert "One aggregation stands for up to 1.6 s" in said["a cell"].text
    assert facts_of["colours"]["highest"] == "100 %, 200 Hz"
    assert all(one.text for one in said.values())
    assert explained(None, Combine.MAX, None, (), 0) == []
