"""The library of workloads: what ships, what its files state of themselves, and how a workload is found."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import InputError
from engine.workload.header import Header, PhaseTruth, parse_accesses_per_ms, parse_header
from engine.workload.library import (
    DEFAULT_ACCESSES_PER_MS,
    DEFAULT_BATCH,
    DEFAULT_MEMORY_BYTES,
    Workload,
    all_workloads,
    load_workload,
    parse_workload,
    workload_names,
)
from engine.workload.masim import Access, format_masim, parse_masim

LIBRARY = Path(__file__).parents[2] / "engine" / "workload" / "library"
DATA = Path(__file__).parents[1] / "data" / "masim"
RECORDINGS = Path(__file__).parents[2].parent / "shared" / "groundtruth" / "linux-6.12.107"
NAMES = ["analytics", "build", "database", "jvm", "kvstore", "leak", "nightly", "shifter", "stairs", "zigzag"]
PAGE = 4096
MIB = 1 << 20

ONE = "a, 1048576\n\np\n5\na, 0, 64, 1\n\nq\n5\na, 1, 64, 1\n"


# The truth of a library file, from masim's rules alone


def touched_share(
    size: int, access: Access, share: float, per_ms: float, batch: int, window_ms: float = 5.0, offsets: int = 97
) -> float:
    """The mean share of a region's pages that a pattern touches in a window.

    A window is cut by the ends of batches into a first piece, k whole batches and a last piece; each piece is the
    pattern's with probability `share`. n random accesses leave a page untouched with probability (1 - 1/pages)^n;
    n sequential ones go on where the last ended, and cover n strides. Averaged over where in a batch a window begins.
    """
    if not share:
        return 0.0
    pages = -(-size // PAGE)
    length = per_ms * window_ms
    means = []
    for offset in (np.arange(offsets) + 0.5) / offsets * batch:
        first = min(batch - offset, length)
        whole, last = divmod(length - first, batch)
        if access.random:
            # A piece that isn't the pattern's leaves all pages alone.
            pieces = {first: 1, float(batch): int(whole)} if first < batch else {first: 1 + int(whole)}
            untouched = math.prod((1 - share + share * (1 - 1 / pages) ** n) ** times for n, times in pieces.items())
            means.append(1 - untouched * (1 - share + share * (1 - 1 / pages) ** last))
            continue
        mean = 0.0
        for hits in range(int(whole) + 1):
            chance = math.comb(int(whole), hits) * share**hits * (1 - share) ** (int(whole) - hits)
            for piece, p in (
                (0.0, (1 - share) ** 2),
                (first, share * (1 - share)),
                (last, share * (1 - share)),
                (first + last, share**2),
            ):
                n = hits * batch + piece
                reached = ((n - 1) * access.stride / PAGE + 1) / pages if n > 0 else 0.0
                mean += chance * p * min(1.0, reached)
        means.append(mean)
    return float(np.mean(means))


def region_shares(workload: Workload, number: int) -> dict[str, float]:
    """The mean share of windows of 5 ms in which a page of each region is touched, in one phase."""
    phase = workload.config.phases[number]
    speeds = workload.accesses_per_ms
    per_ms = speeds[number] if len(speeds) > 1 else speeds[0]
    sizes = {region.name: region.size for region in workload.config.regions}
    total = sum(access.weight for access in phase.accesses)
    shares = dict.fromkeys(sizes, 0.0)
    assert max(Counter(access.region for access in phase.accesses).values()) == 1, "patterns would add up"
    for access in phase.accesses:
        assert access.random or access.stride <= PAGE, "only some pages would be touched"
        shares[access.region] = touched_share(
            sizes[access.region], access, access.weight / total, per_ms, workload.batch
        )
    return shares


@pytest.mark.parametrize("name", NAMES)
def test_the_stated_truth_is_the_truth(name: str) -> None:
    workload = load_workload(name)
    assert len(workload.truth) == len(workload.config.phases)
    for number, stated in enumerate(workload.truth):
        shares = region_shares(workload, number)
        sizes = {region.name: region.size for region in workload.config.regions}
        hot = sum(sizes[r] for r, share in shares.items() if share >= 0.50)
        warm = sum(sizes[r] for r, share in shares.items() if 0.01 <= share < 0.50)
        cold = sum(sizes[r] for r, share in shares.items() if share < 0.01)
        assert stated == PhaseTruth(workload.config.phases[number].name, hot, warm, cold)


@pytest.mark.parametrize("name", NAMES)
def test_no_region_is_near_the_border_of_hot_warm_and_cold(name: str) -> None:
    workload = load_workload(name)
    for number in range(len(workload.config.phases)):
        for share in region_shares(workload, number).values():
            assert share <= 0.005 or 0.02 <= share <= 0.40 or share >= 0.60


@pytest.mark.parametrize(
    ("access", "share", "size", "batch"),
    [
        (Access("a", True, 0, 1), 0.3, 40 * PAGE, 50),
        (Access("a", False, PAGE, 1), 0.3, 40 * PAGE, 50),
        (Access("a", False, 512, 1), 0.6, 100 * PAGE, 400),
        (Access("a", True, 0, 1), 0.05, 300 * PAGE, 3000),
    ],
)
def test_the_closed_form_agrees_with_playing_every_access(access: Access, share: float, size: int, batch: int) -> None:
    rng = np.random.default_rng(3)
    windows, per_window = 4_000, 500
    mine = rng.random(-(-windows * per_window // batch)) < share
    made = np.repeat(mine, batch)[: windows * per_window]
    byte = rng.integers(0, size, len(made)) if access.random else np.cumsum(made) * access.stride % size
    page = byte // PAGE
    touched = np.zeros((windows, size // PAGE), bool)
    touched[np.arange(len(made))[made] // per_window, page[made]] = True
    played = touched.mean()
    # In 4,000 windows the draws of batches alone let the mean vary by up to 0.01.
    assert touched_share(size, access, share, per_window / 5.0, batch) == pytest.approx(played, abs=0.02)


# What ships


def test_the_library_is_what_is_documented() -> None:
    assert workload_names() == NAMES
    assert [workload.name for workload in all_workloads()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_library_file_is_one_that_masim_accepts(name: str) -> None:
    text = (LIBRARY / f"{name}.masim").read_text()
    without_comments = re.sub(r"^#.*\n", "", text, flags=re.M)
    assert format_masim(parse_masim(text, name)) == without_comments


@pytest.mark.parametrize("name", NAMES)
def test_a_workload_says_what_it_is_and_fits_its_machine(name: str) -> None:
    workload = load_workload(name)
    lines = workload.description.split("\n")
    assert len(lines) == 2
    assert all(20 < len(line) <= 78 and line.endswith(".") for line in lines)
    assert 100_000_000 <= workload.footprint_bytes <= 100_000_000_000
    assert workload.memory_bytes >= workload.footprint_bytes * 1.05
    assert 30_000_000 <= workload.duration_us <= 600_000_000
    assert workload.footprint_bytes == sum(region.size for region in workload.config.regions)


def test_the_library_reaches_from_100_megabytes_to_100_gigabytes() -> None:
    sizes = [workload.footprint_bytes for workload in all_workloads()]
    assert min(sizes) == 100_000_000
    assert max(sizes) > 99_000_000_000


def test_stairs() -> None:
    stairs = load_workload("stairs")
    assert [region.size for region in stairs.config.regions] == [10_000_000] * 10
    assert [phase.time_ms for phase in stairs.config.phases] == [5000] + [2500] * 10
    steps = [[access.region for access in phase.accesses] for phase in stairs.config.phases]
    assert steps == [[f"s{i}" for i in range(10)]] + [[f"s{i}"] for i in range(10)]
    assert stairs.duration_us == 30_000_000
    assert stairs.memory_bytes == 16 << 30


def test_zigzag() -> None:
    zigzag = load_workload("zigzag")
    assert [region.size for region in zigzag.config.regions] == [100_000_000] * 2
    assert ["".join(a.region for a in phase.accesses) for phase in zigzag.config.phases] == ["ab"] + ["a", "b"] * 6
    assert zigzag.duration_us == 35_000_000


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings of real kernels are not beside the repository")
@pytest.mark.parametrize(("name", "run"), [("stairs", "v01-stairs"), ("zigzag", "v02-zigzag100")])
def test_stairs_and_zigzag_are_what_real_kernels_were_recorded_with(name: str, run: str) -> None:
    recorded = parse_masim((RECORDINGS / run / "masim.cfg").read_text(), run)
    assert load_workload(name).config == recorded


# Finding and reading workloads


def test_a_file_without_a_header_gets_a_machine_of_today() -> None:
    workload = load_workload(str(DATA / "weighted.cfg"))
    assert workload.name == "weighted"
    assert workload.description == ""
    assert workload.memory_bytes == DEFAULT_MEMORY_BYTES == 16 << 30
    assert workload.accesses_per_ms == (DEFAULT_ACCESSES_PER_MS,) == (90_000.0,)
    assert workload.batch == DEFAULT_BATCH == 131_072
    assert workload.truth == ()


@pytest.mark.parametrize(("size", "memory"), [("14 GiB", 16), ("15 GiB", 32), ("32 GiB", 64), ("100 GiB", 128)])
def test_memory_grows_with_the_regions(size: str, memory: int) -> None:
    workload = parse_workload(f"a, {size}\n\np\n5\na, 0, 64, 1\n", "big", "big.cfg")
    assert workload.memory_bytes == memory << 30


def test_a_header_is_read_wherever_it_stands() -> None:
    text = (
        "#damotui: description=First line.\r\n# a note\r\n"
        + ONE.replace("\n", "\r\n")
        + " #  damotui :  description = Second = line. \n#damotui: memory=1.5 GiB\n#damotui: batch=4096\n"
        "#damotui: accesses_per_ms=500, 90000.5\n#damotui: truth=p|hot=1 MiB|warm=0|cold=0\n"
        "#damotui: truth=q|hot=512 KiB|warm=512KiB|cold=0"
    )
    workload = parse_workload(text, "one", "one.masim")
    assert workload.description == "First line.\nSecond = line."
    assert workload.memory_bytes == 3 << 29
    assert workload.batch == 4096
    assert workload.accesses_per_ms == (500.0, 90_000.5)
    assert workload.truth == (PhaseTruth("p", MIB, 0, 0), PhaseTruth("q", MIB // 2, MIB // 2, 0))


def test_the_name_of_a_phase_in_a_truth_may_hold_bars() -> None:
    header = parse_header("#damotui: truth=a|b|hot=1|warm=2|cold=3", "x")
    assert header == Header(truth=(PhaseTruth("a|b", 1, 2, 3),))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "speed=5",
            "unknown key 'speed' in the header: accepted are description, memory, accesses_per_ms, batch, truth",
        ),
        ("memori=5", "did you mean memory?"),
        ("memory", "a header is '#damotui: key=value', and 'memory' has no '='"),
        ("", "a header is '#damotui: key=value', and '' has no '='"),
        ("memory=", "memory has no value"),
        ("memory=lots", "'lots' is not a size"),
        ("memory=0", "memory must be from 1 MiB to 4 PiB, not '0'"),
        ("memory=max", "memory must be from 1 MiB to 4 PiB, not 'max'"),
        ("batch=0", "batch must be from 1 to 2147483647 accesses, not 0"),
        ("batch=-1", "batch must be a whole number of accesses, not '-1'"),
        ("batch=9999999999", "batch must be from 1 to 2147483647 accesses, not 9999999999"),
        ("accesses_per_ms=fast", "accesses_per_ms must be a number, or one for each phase with commas, not 'fast'"),
        ("accesses_per_ms=5,,6", "accesses_per_ms must be a number, or one for each phase with commas, not ''"),
        ("accesses_per_ms=nan", "accesses_per_ms must be a number"),
        ("accesses_per_ms=5,0", "accesses_per_ms must be above 0 and at most 1000000000, not 0"),
        ("accesses_per_ms=1000000001", "accesses_per_ms must be above 0 and at most 1000000000, not 1e+09"),
        ("truth=p", "truth must be 'PHASE|hot=SIZE|warm=SIZE|cold=SIZE', not 'p'"),
        ("truth=p|hot=0|cold=0|warm=0", "'cold=0' is where warm=SIZE should be"),
        ("truth=p|hot=x|warm=0|cold=0", "'x' is not a size"),
        ("description=a\x1b[31m", "a description must be printable text"),
    ],
)
def test_a_wrong_header_is_named_with_its_line(line: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_workload(f"# note\n#damotui: {line}\n{ONE}", "one", "one.masim")
    assert str(caught.value).startswith("one.masim, line 2: ")
    assert says in str(caught.value)


@pytest.mark.parametrize("key", ["memory=1 GiB", "batch=5", "accesses_per_ms=5"])
def test_a_key_that_is_said_twice_is_refused(key: str) -> None:
    with pytest.raises(InputError, match=rf"^x, line 2: {key.partition('=')[0]} is said twice$"):
        parse_header(f"#damotui: {key}\n#damotui: {key}\n", "x")


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("accesses_per_ms=1,2,3", "accesses_per_ms has 3 numbers, but must have one, or one for each of the 2 phases"),
        ("truth=p|hot=1 MiB|warm=0|cold=0", "truth must be stated for each phase in order, ['p', 'q']"),
        (
            "truth=p|hot=1 MiB|warm=0|cold=1\n#damotui: truth=q|hot=1 MiB|warm=0|cold=0",
            "the truth of phase 'p' adds up to 1048577 bytes, but the regions to 1048576",
        ),
    ],
)
def test_a_header_must_fit_the_configuration(header: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_workload(f"#damotui: {header}\n{ONE}", "one", "one.masim")
    assert str(caught.value).startswith("one.masim: ")
    assert says in str(caught.value)


def test_a_workload_on_another_machine_is_checked_too() -> None:
    stairs = load_workload("stairs")
    speeds = parse_accesses_per_ms("23330," + ",".join(["90000"] * 10))
    assert replace(stairs, accesses_per_ms=speeds).accesses_per_ms[:2] == (23_330.0, 90_000.0)
    with pytest.raises(InputError, match="one for each of the 11 phases of stairs"):
        replace(stairs, accesses_per_ms=(1.0, 2.0))
    with pytest.raises(InputError, match="accesses_per_ms must be above 0"):
        replace(stairs, accesses_per_ms=(math.inf,))
    with pytest.raises(InputError, match="batch must be from 1"):
        replace(stairs, batch=0)


def test_an_unknown_name_gets_the_list_and_a_suggestion() -> None:
    with pytest.raises(InputError) as caught:
        load_workload("Stair")
    assert str(caught.value) == (
        "there is no workload 'Stair': give the path of a masim file, or one of analytics, build, database, jvm, "
        "kvstore, leak, nightly, shifter, stairs, zigzag, did you mean stairs?"
    )


@pytest.mark.parametrize("name", ["", "x" * 5000, "a\0b"])
def test_a_name_that_can_be_no_file_is_unknown(name: str) -> None:
    with pytest.raises(InputError, match="there is no workload"):
        load_workload(name)


def test_files_that_cannot_be_read_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"workload file '.*none.masim' can't be read: No such file or directory$"):
        load_workload(str(tmp_path / "none.masim"))
    with pytest.raises(InputError, match=r"can't be read: Is a directory$"):
        load_workload(str(tmp_path))
    binary = tmp_path / "binary.cfg"
    binary.write_bytes(b"\x7fELF\xff\xfe")
    with pytest.raises(InputError, match=r"is no text, but a masim configuration is$"):
        load_workload(str(binary))
    huge = tmp_path / "huge.cfg"
    with huge.open("wb") as file:
        file.truncate(17 << 20)
    with pytest.raises(InputError, match="is larger than 16 MiB"):
        load_workload(str(huge))


def test_an_error_in_a_file_names_the_path_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.cfg").write_text("a, 100\n\np\n5\nb, 0, 8, 1\n")
    with pytest.raises(InputError, match=r"^mine.cfg, line 5: phase 'p' accesses region 'b'"):
        load_workload("mine.cfg")


def test_a_name_of_the_library_comes_before_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("stairs").write_text(ONE)
    Path("mine").write_text(ONE)
    assert len(load_workload("stairs").config.regions) == 10
    assert len(load_workload("./stairs").config.regions) == 1
    assert load_workload("mine").name == "mine"
