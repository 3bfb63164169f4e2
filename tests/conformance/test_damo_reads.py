"""Real damo reads the records that are written here, and its reports show the same figures as ours.

Only reports from files are run: they touch no kernel interface, whoever runs them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from damotui.reports import access, heatmap, wss
from damotui.reports.guide import guide
from damotui.reports.plan import DRAW
from damotui.reports.selection import Selection
from engine.config.model import Context, Intervals, IntervalsGoal, Kdamond, Target
from engine.engine import Engine
from engine.errors import InputError
from engine.records import EPOCH_NS, RecordWriter, read_record
from engine.snapshot import Aggregation
from engine.workload.library import load_workload
from tests.recordings import MIB, aggregation, by_chance

DAMO = Path(sys.executable).with_name("damo")
FROM_FILES = ("heatmap", "wss", "access")
DAMO_RECORDINGS = Path(__file__).parents[2].parent / "shared" / "damo-recordings"

pytestmark = [
    pytest.mark.skipif(not DAMO.exists(), reason="damo is not installed beside this Python"),
    pytest.mark.skipif(shutil.which("file") is None, reason="damo needs the command 'file', which is not installed"),
]


@pytest.fixture
def damo(tmp_path: Path) -> object:
    """Runs `damo report` on a file and gives what it prints, without colours."""

    def report(command: str, file: Path, *options: str) -> str:
        assert command in FROM_FILES and file.is_file(), "anything else would go to the kernel"
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        done = subprocess.run(
            [str(DAMO), "report", command, *options, "--input", str(file)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={"HOME": str(home), "TMPDIR": str(home), "PATH": os.environ.get("PATH", os.defpath)},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)

    return report


def tuned() -> Iterator[Aggregation]:
    """Aggregations whose intervals grow, as auto-tuning makes them."""
    time_us = 0
    for index, one in enumerate(by_chance(6, 24)):
        sample_us = 5_000 * (1 + index // 8)
        yield replace(
            one, sample_us=sample_us, aggr_us=20 * sample_us, start_us=time_us, end_us=time_us + 20 * sample_us
        )
        time_us += 20 * sample_us


def growing() -> Iterator[Aggregation]:
    """A target that is there from the start and one that comes later, in ranges that grow and close up."""
    for index in range(26):
        regions = [
            (0, 0, 1 * MIB, 3, index),
            (0, 1 * MIB, (2 + index) * MIB, index % 2, 1),
            (0, 90 * MIB, 91 * MIB, 0, 1),
        ]
        if index > 3:
            regions.append((1, (40 - index) * MIB, 41 * MIB, 20, 0))
        yield aggregation(regions, index)


def by_the_engine() -> Iterator[Aggregation]:
    """A process' memory and the machine's, monitored at once."""
    engine = Engine(seed=1)
    found: list[Aggregation] = []
    engine.subscribe(found.append)
    engine.start_process(load_workload("stairs"))
    for index, ops in enumerate(("vaddr", "paddr")):
        engine.turn_on(index, Kdamond(contexts=(Context(ops=ops, targets=(Target(),)),)))
    engine.advance(7_000_000)
    assert len(found) >= 138
    return iter(found)


SCENARIOS = {
    "engine": by_the_engine,
    "one target": lambda: by_chance(1, 40),
    "two targets": lambda: by_chance(2, 30, nr_targets=2, nr_regions=5),
    "pauses": lambda: by_chance(3, 30, pause_every=7),
    "auto-tuned": tuned,
    "from address 0": growing,
    "two kdamonds": lambda: chain(by_chance(4, 25), by_chance(5, 25, kdamond=1, nr_regions=12)),
    "one snapshot": lambda: by_chance(7, 1),
}


@pytest.fixture(params=SCENARIOS)
def record_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "record"
    goal = IntervalsGoal(access_bp=400, aggrs=3, min_sample_us=5_000, max_sample_us=10_000_000)
    intervals = Intervals(goal=goal if request.param == "auto-tuned" else IntervalsGoal(), update_us=1_000_000)
    with RecordWriter(path, intervals_of=lambda kdamond, context: intervals) as writer:
        for one in SCENARIOS[request.param]():
            writer.add(one)
    return path


def raw_numbers(text: str) -> np.ndarray:
    return np.array([[float(field) for field in line.split("\t")] for line in text.splitlines()])


def assert_same_cells(ours: str, damos: str) -> None:
    mine, theirs = raw_numbers(ours), raw_numbers(damos)
    assert mine.shape == theirs.shape
    assert np.array_equal(mine[:, :2], theirs[:, :2])
    np.testing.assert_allclose(mine[:, 2], theirs[:, 2], rtol=1e-9, atol=0, equal_nan=True)


@pytest.mark.parametrize("draw", DRAW)
def test_heatmap(damo, record_file: Path, draw: str) -> None:
    records = read_record(record_file)
    options = ("--output", "raw", "--draw_range", draw)
    for resolution in ((40, 80), (7, 13)):
        ours = heatmap.render_raw(records, resolution=resolution, draw=draw)
        assert_same_cells(ours, damo("heatmap", record_file, *options, "--resol", *map(str, resolution)))


def test_heatmap_of_chosen_ranges(damo, record_file: Path) -> None:
    """From when the record starts: a later start takes off what came before in damo (see `raw_cells`)."""
    records = read_record(record_file)
    found = guide([record for record in records if record.identity == records[0].identity])
    time_ns = (found.start_ns, found.end_ns - (found.end_ns - found.start_ns) // 3)
    addresses = [(r.start + r.size // 3, r.end) for r in found.ranges[:2]]
    options = ["--resol", "11", "9", "--time_range", *map(str, time_ns)]
    options += ["--kdamond_idx", str(found.identity[0]), "--context_idx", "0", "--tid", str(found.identity[3])]
    for start, end in addresses:
        options += ["--address_range", str(start), str(end)]
    ours = heatmap.render_raw(
        records,
        resolution=(11, 9),
        time_ns=time_ns,
        addresses=addresses,
        selection=Selection(kdamond=found.identity[0], target=found.identity[3]),
    )
    assert_same_cells(ours, damo("heatmap", record_file, "--output", "raw", *options))


def test_heatmap_from_the_middle_of_a_record(damo, tmp_path: Path) -> None:
    path = tmp_path / "record"
    with RecordWriter(path) as writer:
        for one in by_chance(8, 40):
            writer.add(one)
    time_ns = (EPOCH_NS + 10**9, EPOCH_NS + 3 * 10**9)
    ours = heatmap.render_raw(read_record(path), resolution=(10, 6), time_ns=time_ns)
    damos = damo(
        "heatmap", path, "--output", "raw", "--resol", "10", "6", "--time_range", *map(str, time_ns)
    )  # fmt: skip
    assert raw_numbers(damos)[:6, 2].min() < 0, "damo takes off the snapshots before the first row"
    assert raw_numbers(ours)[:6, 2].min() >= 0
    assert_same_cells("\n".join(ours.splitlines()[6:]), "\n".join(damos.splitlines()[6:]))


def test_guide(damo, record_file: Path) -> None:
    records = read_record(record_file)
    blocks = re.split(r"(?=kdamond_idx: )", damo("heatmap", record_file, "--guide"))[1:]
    ours = heatmap.guide_json(records)["guides"]
    assert len(blocks) == len(ours)
    for block, mine in zip(blocks, ours, strict=True):
        assert f"kdamond_idx: {mine['kdamond']}" in block and f"target_id: {mine['target']}" in block
        time = re.search(r"time: \[(\d+), (\d+)\)", block)
        assert time is not None
        assert (int(time[1]), int(time[2])) == (mine["time_ns"]["start"], mine["time_ns"]["end"])
        ranges = re.findall(r"region\t *\d+: \[(\d+), (\d+)\)", block)
        assert [(int(a), int(b)) for a, b in ranges] == [(r["start"], r["end"]) for r in mine["ranges"]]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ((), {}),
        (("--work_time", "350000", "--exclude_samples", "3"), {"work_time_us": 350_000, "skip": 3}),
        (("--sortby", "time", "--exclude_samples", "0"), {"sort": "time", "skip": 0}),
        (
            ("--acc_thres", "10", "--sz_thres", "100000", "--exclude_samples", "1"),
            {"min_accesses": 10, "min_size": 100_000, "skip": 1},
        ),
    ],
)
def test_wss(damo, record_file: Path, options: tuple[str, ...], what: wss.What) -> None:
    text = damo("wss", record_file, "--raw_number", "--range", "0", "101", "5", *options)
    records = read_record(record_file)
    if "no snapshot" in text:  # where damo shows nothing, we show what there is, or say why there is nothing
        if what.get("work_time_us", 0) > 100_000:
            with pytest.raises(InputError, match="don't span a work time of 350 ms"):
                wss.working_set_sizes(records, **what)
        else:
            assert [one.skipped for one in wss.working_set_sizes(records, **what)] == [0]
        return
    ours = wss.working_set_sizes(records, **what)[-1]  # of several kdamonds, damo shows the last
    average = re.search(r"avr:\t(\d+)", text)
    assert average is not None and int(average[1]) == int(ours.average)
    damos = {int(a): int(b) for a, b in re.findall(r"^ *(\d+) +(\d+) \|", text, re.MULTILINE)}
    assert damos == {percent: ours.percentile(percent) for percent in range(0, 101, 5)}


def test_wss_per_target(damo, tmp_path: Path) -> None:
    path = tmp_path / "record"
    with RecordWriter(path) as writer:
        for one in by_chance(9, 30, nr_targets=3, nr_regions=5):
            writer.add(one)
    text = damo("wss", path, "--raw_number", "--per_target")
    for block, ours in zip(
        text.split("# target_id\t")[1:], wss.working_set_sizes(read_record(path), per_target=True), strict=True
    ):
        assert int(block.split()[0]) == ours.identity[3]
        damos = {int(a): int(b) for a, b in re.findall(r"^ *(\d+) +(\d+) \|", block, re.MULTILINE)}
        assert damos == {percent: ours.percentile(percent) for percent in (0, 25, 50, 75, 100)}


def test_access(damo, record_file: Path) -> None:
    """The first snapshot of each target: damo shows a few lines without a pager only."""
    template = "R <index> <start address> <size> <access hz> <age>"
    text = damo(
        "access", record_file, "--snapshot_idx", "0", "0", "--raw_number", "--format", "set", "region", template,
        "--format", "set", "snapshot_tail", "T <total bytes> <estimated memory bandwidth>",
    )  # fmt: skip
    ours = access.to_json(read_record(record_file), snapshot=0)["snapshots"]
    damos = [[float(field) for field in line.split()[1:]] for line in text.splitlines() if line.startswith("R ")]
    mine = [
        [r["index"], r["start"], r["end"] - r["start"], r["access_hz"], r["age_us"]]
        for one in ours
        for r in one["regions"]
    ]
    assert damos == mine and len(mine) > 2
    totals = [line.split()[1:3] for line in text.splitlines() if line.startswith("T ")]
    assert [[int(a), int(b)] for a, b in totals] == [[one["total_bytes"], int(one["bytes_per_second"])] for one in ours]


def test_access_of_auto_tuned_intervals(damo, tmp_path: Path) -> None:
    path = tmp_path / "record"
    with RecordWriter(path, intervals_of=lambda k, c: Intervals(goal=IntervalsGoal(aggrs=3))) as writer:
        for one in tuned():
            writer.add(one)
    text = damo("access", path, "--snapshot_idx", "20", "20")
    (ours,) = access.to_json(read_record(path), snapshot=20)["snapshots"]
    assert "intervals: sample 15 ms aggr 300 ms" in text
    assert (ours["sample_us"], ours["aggr_us"]) == (15_000, 300_000)
    shown = [float(hz) for hz in re.findall(r"access (\S+) hz", text)]
    assert shown == [round(r["access_hz"], 3) if r["access_hz"] < 10 else int(r["access_hz"]) for r in ours["regions"]]


@pytest.mark.skipif(
    not DAMO_RECORDINGS.is_dir(), reason="the recordings of damo's own tests are not beside this checkout"
)
@pytest.mark.parametrize(
    "name", ["damon.data.json_compressed", "damon.data.snapshot.nofilter", "damon.data.snapshot.anon"]
)
def test_recordings_of_real_machines(damo, name: str) -> None:
    path = DAMO_RECORDINGS / name
    records = read_record(path)
    for draw in DRAW:
        ours = heatmap.render_raw(records, resolution=(60, 90), draw=draw)
        assert_same_cells(ours, damo("heatmap", path, "--output", "raw", "--draw_range", draw, "--resol", "60", "90"))
