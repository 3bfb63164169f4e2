"""Real damo tells the same of a snapshot's regions as the regions' screen: idle times, temperatures, bandwidth.

Only a report from a file is run: it touches no kernel interface, whoever runs it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from damotui.session.snapshot_figures import PERCENTILES, percentiles, totals
from damotui.session.snapshot_order import Order
from damotui.session.snapshot_regions import regions_of
from engine.snapshot import Aggregation
from tests.recordings import by_chance, recorded

DAMO = Path(sys.executable).with_name("damo")

pytestmark = [
    pytest.mark.skipif(not DAMO.exists(), reason="damo is not installed beside this Python"),
    pytest.mark.skipif(shutil.which("file") is None, reason="damo needs the command 'file', which is not installed"),
]


def report(folder: Path, one: Aggregation, *options: str) -> str:
    """What `damo report access` prints of one aggregation, without colours and thousands' commas."""
    path = recorded(folder / "record", [one])
    done = subprocess.run(
        [str(DAMO), "report", "access", "--input", str(path), "--raw_number", *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"HOME": str(folder), "TMPDIR": str(folder), "PATH": os.environ.get("PATH", os.defpath)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout).replace(",", "")


@pytest.fixture(scope="module")
def one() -> Aggregation:
    (aggregation,) = by_chance(11, 1, nr_regions=12)
    return aggregation


def test_idle_times(tmp_path: Path, one: Aggregation) -> None:
    wanted = map(str, (*PERCENTILES,))
    text = report(tmp_path, one, "--style", "idle-time-percentiles", "--percentiles_range", *wanted)
    told = [(int(p), int(us)) for p, us in re.findall(r"^ *(\d+) +(\d+)(?: us)? +\|", text, re.MULTILINE)]
    regions = regions_of(one)
    assert told == list(zip(PERCENTILES, percentiles(regions.idle_us, regions.bytes), strict=True))


def test_temperatures_and_bandwidth(tmp_path: Path, one: Aggregation) -> None:
    text = report(
        tmp_path,
        one,
        "--sort_regions_by",
        "temperature",
        "--format",
        "set",
        "region",
        "<start address> <temperature>",
        "--format",
        "set",
        "snapshot_tail",
        "bandwidth <estimated memory bandwidth>",
    )
    regions = regions_of(one)
    order = Order("temp").of(regions)
    told = [(int(start), int(heat)) for start, heat in re.findall(r"^(\d+) (-?\d+)$", text, re.MULTILINE)]
    # Among equal ones, damo's order is by what it sorted by before.
    assert [heat for _, heat in told] == regions.temperature[order].tolist()
    assert sorted(told) == sorted(zip(regions.start.tolist(), regions.temperature.tolist(), strict=True))
    (bandwidth,) = re.findall(r"bandwidth (\d+(?:\.\d+)?)", text)
    assert float(bandwidth) == pytest.approx(totals(regions, 1).bandwidth)
