"""The simulator beside recordings of a real kernel: the bounds that `fidelity.md` shows, at fixed seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.conformance.comparison import (
    NR_REGIONS_BOUND,
    PAIRS_BOUND,
    REQUIRED,
    Comparison,
    compare,
    misses,
    simulate,
    wss_bounds,
)
from tests.conformance.fidelity import DATA, HERE, main, saved_recordings
from tests.conformance.fidelity_table import table
from tests.conformance.recording import PERCENTILES, extract, load, percentiles, save
from tests.once import Once, shared_folder

SEEDS = 10
RECORDINGS = saved_recordings()
NAMES = [recording.name for recording in RECORDINGS]
OTHERS = [name for name in NAMES if name not in REQUIRED]
GROUNDTRUTH = Path(__file__).parents[2].parent / "shared" / "groundtruth"

FIRST_TOUCHES = pytest.mark.xfail(
    strict=True,
    reason="first touches took masim 94 µs each while it was recorded; the simulator's take no longer than others",
)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Comparison]:
    makers = {recording.name: partial(compare, recording, SEEDS) for recording in RECORDINGS}
    return Once(shared_folder(tmp_path_factory), "fidelity", makers)


def test_all_required_recordings_are_there() -> None:
    assert set(REQUIRED) <= set(NAMES)
    assert len(OTHERS) >= 5


@pytest.mark.parametrize(
    ("name", "percentile"),
    [
        pytest.param(
            name, p, marks=FIRST_TOUCHES if (name, p) == ("v08-stairs-10ms-200ms-10-100", 75) else (), id=f"{name}-p{p}"
        )
        for name in REQUIRED
        for p in PERCENTILES
    ],
)
def test_working_set_is_as_the_kernel_found_it(compared: Mapping[str, Comparison], name: str, percentile: int) -> None:
    index = PERCENTILES.index(percentile)
    assert abs(compared[name].wss_differences()[index]) <= wss_bounds(RECORDINGS)[index]


@pytest.mark.parametrize("name", NAMES)
def test_number_of_regions_is_near_the_kernels(compared: Mapping[str, Comparison], name: str) -> None:
    assert abs(compared[name].nr_regions_difference()) <= NR_REGIONS_BOUND


def test_access_ratios_are_the_kernels(compared: Mapping[str, Comparison]) -> None:
    pairs = [pair for name in REQUIRED for pair in compared[name].pairs()]
    assert len(pairs) == 329
    assert sum(pair.holds for pair in pairs) / len(pairs) >= PAIRS_BOUND


@pytest.mark.parametrize("name", OTHERS)
def test_half_of_the_working_sets_of_other_recordings(compared: Mapping[str, Comparison], name: str) -> None:
    """Their 75th percentile falls between two groups of snapshots where the first phase is a quarter of all."""
    assert (abs(compared[name].wss_differences()[:2]) <= wss_bounds(RECORDINGS)[:2]).all()


def test_where_ratios_differ_the_recorded_ones_are_lower(compared: Mapping[str, Comparison]) -> None:
    """The emulated machine lost sight of accesses, and none were seen that the simulation lacks."""
    missed = [pair for one in compared.values() for pair in one.pairs() if not pair.holds]
    assert missed
    assert min(pair.difference for pair in missed) > 0.0


def test_bounds_notice_another_workload(compared: Mapping[str, Comparison]) -> None:
    stairs = compared["v01-stairs"].recording
    wider = replace(stairs, masim=stairs.masim.replace("10000000", "12000000"))
    differences = Comparison(stairs, (simulate(wider, seed=0),)).wss_differences()
    assert (abs(differences) > wss_bounds(RECORDINGS)).all()


def test_bounds_notice_another_speed(compared: Mapping[str, Comparison]) -> None:
    hotness = compared["v05-hotness4"].recording
    quicker = replace(hotness, accesses_per_ms=tuple(3 * speed for speed in hotness.accesses_per_ms))
    missed = [pair.region for pair in Comparison(hotness, (simulate(quicker, seed=0),)).pairs() if not pair.holds]
    assert missed == ["a", "b"]


def test_bounds_notice_other_parameters(compared: Mapping[str, Comparison]) -> None:
    stairs = compared["v09-stairs-min100"].recording
    fewer = Comparison(stairs, (simulate(replace(stairs, min_nr_regions=50), seed=0),))
    assert "nr_regions" in misses(fewer, wss_bounds(RECORDINGS))


def test_table_explains_every_miss(compared: Mapping[str, Comparison]) -> None:
    text = table(list(compared.values()), SEEDS)
    assert "Not explained" not in text
    assert text.count("| holds |") + text.count("| **misses** |") == 4 * len(NAMES) + 2
    written = (HERE / "fidelity.md").read_text()
    assert [line for line in written.splitlines() if line.startswith("#")] == [
        line for line in text.splitlines() if line.startswith("#")
    ]
    assert all(f"| {name} | wss p50" in written for name in NAMES)


def test_percentiles_are_values_that_occurred() -> None:
    assert percentiles([40, 10, 30, 20]) == (20, 30, 40)
    assert percentiles([7]) == (7, 7, 7)


def test_recorded_figures_are_kept_as_they_are(tmp_path: Path) -> None:
    for recording in RECORDINGS:
        path = save(recording, tmp_path)
        assert load(path) == recording
        assert path.read_text() == (DATA / path.name).read_text()


@pytest.mark.parametrize("name", NAMES)
def test_recorded_figures_are_the_recordings(name: str) -> None:
    folder = next(iter(GROUNDTRUTH.glob(f"*/{name}")), None)
    if folder is None:
        pytest.skip(f"the recordings themselves are not beside this repository ({GROUNDTRUTH})")
    assert extract(folder) == load(DATA / f"{name}.json")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seeds", "0"], "--seeds 0: at least 1 is needed"),
        (["--groundtruth", "/nowhere/at/all"], "/nowhere/at/all is no folder"),
        (["--groundtruth", str(HERE)], "no recording with a comparators.json"),
    ],
)
def test_command_says_what_is_wrong(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1
