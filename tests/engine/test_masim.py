"""masim files: read tolerantly, written so that masim itself accepts them, refused with a line number."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InputError
from engine.workload.masim import (
    INT_MAX,
    Access,
    MasimConfig,
    MasimRegion,
    Phase,
    format_masim,
    parse_masim,
)

DATA = Path(__file__).parents[1] / "data" / "masim"
RECORDINGS = Path(__file__).parents[2].parent / "shared" / "groundtruth" / "linux-6.12.107"

TWO = MasimConfig(
    (MasimRegion("a", 10_000_000), MasimRegion("b", 4096)),
    (
        Phase("both", 5000, (Access("a", False, 4096, 1), Access("b", True, 64, 3, "ro"))),
        Phase("only a", 2500, (Access("a", False, 4096, 50),)),
    ),
)
TWO_TEXT = """\
a, 10000000
b, 4096

both
5000
a, 0, 4096, 1
b, 1, 64, 3, ro

only a
2500
a, 0, 4096, 50
"""


def masim_reads(text: str) -> MasimConfig:
    """What masim makes of a file, by its rules: names byte for byte, phases counted by empty lines, no forgiveness."""
    kept = [line for line in text.split("\n") if not line.startswith("#")]
    head, separator, tail = "\n".join(kept).partition("\n\n")
    assert separator, "Wrong file format"
    regions = []
    for line in head.split("\n"):
        name, size = line.split(",")[:2]
        assert line.count(",") in (1, 2), "Wrong number of fields"
        assert len(name.encode()) < 256, "overruns the name"
        regions.append(MasimRegion(name, int(re.match(" *([0-9]+)", size)[1])))  # type: ignore[index]
    names = {region.name for region in regions}
    lines = tail.split("\n")
    phases = []
    for _ in range(lines.count("")):
        end = lines.index("")
        mine, lines = lines[:end], lines[end + 1 :]
        assert len(mine) >= 3, f"Wrong number of lines! {len(mine)}"
        accesses = []
        for line in mine[2:]:
            fields = line.split(",")
            assert len(fields) in (4, 5), "Wrong number of fields!"
            assert fields[0] in names, "Cannot find region"
            numbers = [int(field) for field in fields[1:4]]
            assert all(abs(n) <= INT_MAX for n in numbers), "atoi"
            mode = fields[4].split()[0] if len(fields) == 5 else "wo"
            accesses.append(Access(fields[0], bool(numbers[0]), numbers[1], numbers[2], mode))  # type: ignore[arg-type]
        assert sum(access.weight for access in accesses) <= INT_MAX, "int total_probability"
        phases.append(Phase(mine[0], int(mine[1]), tuple(accesses)))
    assert lines == [], "masim loses what follows the last empty line"
    return MasimConfig(tuple(regions), tuple(phases))


# Reading


def test_reads_regions_phases_and_accesses() -> None:
    assert parse_masim(TWO_TEXT, "two.masim") == TWO
    assert TWO.footprint_bytes == 10_004_096
    assert TWO.duration_us == 7_500_000


def test_reads_comments_data_files_and_modes() -> None:
    config = parse_masim((DATA / "modes.cfg").read_text(), "modes.cfg")
    assert config.regions == (MasimRegion("a", 256), MasimRegion("b", 64), MasimRegion("c", 128))
    assert config.phases[0] == Phase("write one", 1000, (Access("a", True, 64, 80, "wo"),))
    assert config.phases[1].name == "read, and both"
    assert [access.mode for access in config.phases[1].accesses] == ["ro", "rw"]


def test_reads_weights_and_a_region_that_is_never_accessed() -> None:
    config = parse_masim((DATA / "weighted.cfg").read_text(), "weighted.cfg")
    assert [access.weight for access in config.phases[1].accesses] == [1, 4, 15, 80]
    assert config.regions[-1] == MasimRegion("never", 16 << 20)
    assert config.duration_us == 26_000_000


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TWO_TEXT.rstrip("\n"), id="no newline at the end"),
        pytest.param(TWO_TEXT + "\n\n \n", id="empty lines at the end"),
        pytest.param("\n\n" + TWO_TEXT, id="empty lines at the beginning"),
        pytest.param(TWO_TEXT.replace("\n\n", "\n\n\n \t\n"), id="several empty lines between paragraphs"),
        pytest.param(TWO_TEXT.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(TWO_TEXT.replace("\n", "\r"), id="CR"),
        pytest.param("\ufeff" + TWO_TEXT, id="byte order mark"),
        pytest.param(TWO_TEXT.replace(",", " ,\t"), id="blanks around fields"),
        pytest.param(re.sub("^(?=.)", "  ", TWO_TEXT, flags=re.M), id="indented"),
        pytest.param(TWO_TEXT.replace("\n", "\n# note\n"), id="a comment after each line"),
        pytest.param(TWO_TEXT.replace("\n", "\n  # note\n"), id="an indented comment after each line"),
        pytest.param("# note\n" + TWO_TEXT + "# note", id="comments at both ends"),
        pytest.param(TWO_TEXT.replace("4096\n", "4096 # small, but hot\n"), id="comment after a region"),
        pytest.param(TWO_TEXT.replace("3, ro", "3, ro# why"), id="comment after an access"),
        pytest.param(TWO_TEXT.replace("5000", "5000 # ms"), id="comment after a time"),
        pytest.param(TWO_TEXT.replace("b, 4096\n", "b, 4 KiB\n"), id="size with a unit"),
        pytest.param(TWO_TEXT.replace("b, 4096\n", "b, 4k, /tmp/data\n"), id="size with a unit and a data file"),
        pytest.param(TWO_TEXT.replace("a, 0, 4096, 50", "a, 0, 4096, 50, wo"), id="the default mode said"),
    ],
)
def test_reads_what_masim_stumbles_over(text: str) -> None:
    assert parse_masim(text, "two.masim") == TWO


def test_names_may_hold_number_signs_and_blanks() -> None:
    config = parse_masim("a #1, 100\n\np #2\n5\na #1, 0, 8, 1\n", "x")
    assert config.regions[0].name == "a #1"
    assert config.phases[0] == Phase("p #2", 5, (Access("a #1", False, 8, 1),))


def test_a_phase_of_no_weight_and_two_patterns_of_one_region_are_allowed() -> None:
    config = parse_masim("a, 100\n\nidle\n5\na, 0, 8, 0\na, 1, 0, 0\n", "x")
    assert config.phases[0].accesses == (Access("a", False, 8, 0), Access("a", True, 0, 0))


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("a, 10000000", "a", 1, "a region is 'name, size in bytes', and optionally a data file, not 'a'"),
        ("a, 10000000", "a, 1, none, x", 1, "a region is 'name, size in bytes'"),
        ("a, 10000000", ", 100", 1, "a region needs a name"),
        ("b, 4096\n", "b, 0\n", 2, "the size of region 'b' must be from 1 byte to 127 TiB, not '0'"),
        ("b, 4096\n", "b, -4096\n", 2, "the size of region 'b' is wrong: '-4096' is not a size"),
        ("b, 4096\n", "b, 0 MiB\n", 2, "the size of region 'b' must be from 1 byte to 127 TiB, not '0 MiB'"),
        ("b, 4096\n", "b, many\n", 2, "the size of region 'b' is wrong: 'many' is not a size"),
        ("b, 4096\n", "b, 200 TiB\n", 2, "the size of region 'b' must be from 1 byte to 127 TiB, not '200 TiB'"),
        ("b, 4096\n", "b, 127 TiB\n", 2, "the regions may take 127 TiB together"),
        ("b, 4096\n", "b, " + "9" * 5000 + "\n", 2, "the size of region 'b' is wrong: '9999"),
        ("b, 4096\n", "a, 4096\n", 2, "region 'a' is already there"),
        ("b, 4096\n", "b\x07, 4096\n", 2, "must be printable"),
        ("b, 4096\n", "b" * 256 + ", 4096\n", 2, "the name of a region may have 255 bytes"),
        ("b, 4096\n\n", "b, 4096\n", 3, "a region is 'name, size in bytes'"),
        ("5000", "5 s", 5, "the time of phase 'both' in ms must be a whole number, not '5 s'"),
        ("5000\n", "", 5, "the time of phase 'both' in ms must be a whole number, not 'a, 0, 4096, 1'"),
        ("5000", "0", 5, "the time of phase 'both' in ms must be from 1 to 2147483647, not '0'"),
        ("5000", "-1", 5, "must be from 1 to"),
        ("5000", "1.5", 5, "must be a whole number"),
        ("2500\na, 0, 4096, 50\n", "", 9, "phase 'only a' has no time"),
        ("a, 0, 4096, 50\n", "", 10, "phase 'only a' has no accesses"),
        ("2500\n", "2500\n\n", 10, "phase 'only a' has no accesses"),
        ("only a", "only\x1ba", 9, "the name of a phase must be printable"),
        ("b, 1, 64, 3, ro", "c, 1, 64, 3", 7, "phase 'both' accesses region 'c', but the regions are a, b"),
        ("b, 1, 64, 3, ro", "B, 1, 64, 3", 7, "phase 'both' accesses region 'B', but the regions are a, b"),
        ("b, 1, 64, 3, ro", "b, 1, 64", 7, "an access is 'region, random (0 or 1), stride in bytes, weight'"),
        ("b, 1, 64, 3, ro", "b, 1, 64, 3, ro, x", 7, "an access is"),
        ("b, 1, 64, 3, ro", "b, 2, 64, 3, ro", 7, "the second field, 0 for sequential or 1 for random access,"),
        ("b, 1, 64, 3, ro", "b, yes, 64, 3, ro", 7, "must be a whole number, not 'yes'"),
        ("b, 1, 64, 3, ro", "b, 1, -64, 3, ro", 7, "the stride in bytes must be from 0 to 2147483647, not '-64'"),
        ("b, 1, 64, 3, ro", "b, 1, 64, -3, ro", 7, "the weight must be from 0 to"),
        ("b, 1, 64, 3, ro", "b, 1, 64, 0.5, ro", 7, "the weight must be a whole number, not '0.5'"),
        ("b, 1, 64, 3, ro", "b, 1, 64, , ro", 7, "the weight must be a whole number, not ''"),
        ("b, 1, 64, 3, ro", "b, 1, 64, \u0661, ro", 7, "the weight must be a whole number"),
        ("b, 1, 64, 3, ro", "b, 1, 64, 3, rx", 7, "the mode of an access is ro, wo or rw, not 'rx'"),
        ("b, 1, 64, 3, ro", "b, 1, 64, 2147483647", 4, "the weights of phase 'both' may sum up to 2147483647"),
    ],
)
def test_errors_name_the_file_the_line_and_the_value(old: str, new: str, line: int, says: str) -> None:
    text = TWO_TEXT.replace(old, new, 1)
    assert text != TWO_TEXT
    with pytest.raises(InputError) as caught:
        parse_masim(text, "dir/two.masim")
    message = str(caught.value)
    assert message.startswith(f"dir/two.masim, line {line}: ")
    assert says in message
    assert len(message) < 400
    assert "\n" not in message


def test_lines_are_counted_with_comments_and_empty_lines() -> None:
    with pytest.raises(InputError, match=r"^x, line 9: the weight"):
        parse_masim("# one\n\na, 100\n# four\n\n\np\n5\na, 0, 8, w\n", "x")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "x has no regions"),
        ("\n \n# only notes\n", "x has no regions"),
        ("a, 100\n", "x has no phases"),
    ],
)
def test_a_file_without_regions_or_phases_is_refused(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_masim(text, "x")


def test_an_unknown_region_gets_a_suggestion_and_a_short_list() -> None:
    regions = "".join(f"block{i}, 100\n" for i in range(30))
    with pytest.raises(InputError, match=r"block11 and 18 more, did you mean 'block2\d?'\?$"):
        parse_masim(f"{regions}\np\n5\nblok2, 0, 8, 1\n", "x")


# Writing


def test_writes_exactly_what_masim_takes() -> None:
    assert format_masim(TWO) == TWO_TEXT


names = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters=",#"), min_size=1, max_size=40)
# Inside a name everything printable may stand, blanks among it.
titles = st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs"), include_characters=" "), max_size=40)


@st.composite
def configs(draw: st.DrawFn) -> MasimConfig:
    keys = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    inner = draw(st.lists(st.sampled_from(["", " ", "#", " # ", "|", "="]), min_size=len(keys), max_size=len(keys)))
    keys = list(dict.fromkeys(f"{key}{mark}{key}" if mark else key for key, mark in zip(keys, inner, strict=True)))
    sizes = st.one_of(st.integers(1, 10**6), st.integers(1, 1 << 44))
    regions = tuple(MasimRegion(key, draw(sizes)) for key in keys)
    weights = st.integers(0, INT_MAX // 8)
    accesses = st.builds(
        Access,
        st.sampled_from(keys),
        st.booleans(),
        st.integers(0, INT_MAX),
        weights,
        st.sampled_from(["ro", "wo", "rw"]),
    )
    title = st.builds(lambda first, rest: (first + rest).strip(), names, titles)
    phases = st.builds(Phase, title, st.integers(1, INT_MAX), st.lists(accesses, min_size=1, max_size=5).map(tuple))
    return MasimConfig(regions, tuple(draw(st.lists(phases, min_size=1, max_size=5))))


@settings(derandomize=True, deadline=None)
@given(configs())
def test_round_trip(config: MasimConfig) -> None:
    text = format_masim(config)
    assert parse_masim(text, "x") == config
    assert masim_reads(text) == config


@settings(derandomize=True, deadline=None)
@given(configs(), st.randoms(use_true_random=False))
def test_round_trip_survives_blanks_comments_and_line_ends(config: MasimConfig, random: object) -> None:
    choice = random.choice  # type: ignore[attr-defined]
    lines = format_masim(config).split("\n")
    messy = []
    for line in lines:
        messy += choice([[], ["# note"], [" # note, with, commas"]])
        messy.append(f"{choice(['', ' ', chr(9)])}{line}{choice(['', '  '])}")
        messy += choice([[], [""]]) if not line else []
    assert parse_masim(choice(["\n", "\r\n"]).join(messy), "x") == config


def with_region(**changes: object) -> MasimConfig:
    return replace(TWO, regions=(replace(TWO.regions[0], **changes), TWO.regions[1]))  # type: ignore[arg-type]


def with_phase(**changes: object) -> MasimConfig:
    return replace(TWO, phases=(replace(TWO.phases[0], **changes), TWO.phases[1]))  # type: ignore[arg-type]


def with_access(**changes: object) -> MasimConfig:
    first = replace(TWO.phases[0].accesses[0], **changes)  # type: ignore[arg-type]
    return with_phase(accesses=(first, *TWO.phases[0].accesses[1:]))


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (replace(TWO, regions=()), "needs a region"),
        (replace(TWO, phases=()), "needs a phase"),
        (with_region(name="a,b"), "must not hold a comma"),
        (with_region(name="#a"), "begin with '#'"),
        (with_region(name=" a"), "no blanks around it"),
        (with_region(name="a\nb"), "must be printable"),
        (with_region(name="b"), "two regions are called 'b'"),
        (with_region(name="ä" * 128), "may have 255 bytes"),
        (with_region(size=0), "at least 1 byte, not 0"),
        (with_region(size=1 << 47), "may take 127 TiB together"),
        (with_phase(name=""), "a phase needs a name"),
        (with_phase(name="#1"), "must not begin with '#'"),
        (with_phase(name="one\n\ntwo"), "must be printable"),
        (with_phase(time_ms=0), "must be from 1 to 2147483647 ms, not 0"),
        (with_phase(accesses=()), "phase 'both' has no accesses"),
        (with_access(region="c"), "accesses region 'c', but the regions are a, b"),
        (with_access(stride=-1), "the stride of 'a' in phase 'both' must be 0 to 2147483647, not -1"),
        (with_access(weight=1 << 31), "the weight of 'a' in phase 'both'"),
        (with_access(weight=INT_MAX), "the weights of phase 'both' may sum up to"),
        (with_access(mode="x"), "is ro, wo or rw, not 'x'"),
    ],
)
def test_what_masim_would_not_accept_is_not_written(config: MasimConfig, says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        format_masim(config)


@pytest.mark.parametrize("text", [TWO_TEXT.rstrip("\n"), TWO_TEXT + "\n", TWO_TEXT.replace("\n\n", "\n\n\n")])
def test_the_model_of_masim_here_is_as_strict_as_masim(text: str) -> None:
    assert masim_reads(TWO_TEXT) == TWO
    with pytest.raises(AssertionError):
        masim_reads(text)


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings of real kernels are not beside the repository")
def test_configurations_of_recorded_runs_survive_unchanged() -> None:
    files = sorted(RECORDINGS.glob("*/masim.cfg"))
    assert len(files) == 17
    for file in files:
        text = file.read_text()
        assert format_masim(parse_masim(text, str(file))) == text
