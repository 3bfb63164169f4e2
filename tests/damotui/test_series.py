"""What `record` tells of a run once a simulated second."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from damotui.launch import main

MIB = 1 << 20
WARM = "hot, 10485760\ncold, 41943040\n\ninit\n1000\nhot, 0, 4096, 1\ncold, 0, 4096, 1\n\n"
BACK = "hot\n5000\nhot, 0, 4096, 1\n\nback\n1500\ncold, 0, 4096, 1\n"
PAGEOUT = {
    "action": "pageout",
    "access_pattern": {"nr_accesses": {"min": "0 samples", "max": "0 samples"}, "age": {"min": "5 aggr_intervals"}},
    "quotas": {"sz_bytes": "8 MiB", "reset_interval_ms": "1 s"},
}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w.masim").write_text(WARM + BACK)
    context = {"ops": "vaddr", "targets": [{"pid": None, "regions": []}], "schemes": [PAGEOUT, {"action": "stat"}]}
    Path("k.json").write_text(json.dumps({"kdamonds": [{"contexts": [context]}]}))


def run(*more: str, output: str = "x.data") -> int:
    words = ["--workload", "w.masim", "--duration", "10s", "--output", output, "--accesses-per-ms", "30000", *more]
    return main(["record", *words])


def summary(name: str = "s.json") -> Any:
    return json.loads(Path(name).read_text())


@pytest.fixture
def told() -> Any:
    assert run("--kdamonds", "k.json", "--summary", "s.json", "--memory", "1GiB") == 0
    return summary()


def columns(of: Any) -> Any:
    return of["series"]


def test_every_column_has_a_value_for_each_whole_second(told: Any) -> None:
    times = told["series_us"]
    assert times == [1_000_000 * n for n in range(1, len(times) + 1)]
    assert len(times) >= 7
    parts = [*told["kdamonds"][0]["schemes"], *told["memory"]["processes"], told["machine"]]
    assert len(parts) == 4
    assert {len(column) for part in parts for column in columns(part).values()} == {len(times)}


def test_schemes_are_told_with_their_quota_and_what_they_tried(told: Any) -> None:
    pageout, stat = told["kdamonds"][0]["schemes"]
    series = columns(pageout)
    assert series["effective_bytes"][-1] == pageout["effective_bytes"] == 8 * MIB
    assert set(series["active"]) == {True}
    assert all(later >= earlier for earlier, later in zip(series["sz_tried"], series["sz_tried"][1:], strict=False))
    assert all(
        later - earlier <= 8 * MIB for earlier, later in zip(series["sz_tried"], series["sz_tried"][1:], strict=False)
    )
    assert series["sz_applied"][-1] > 8 * MIB
    whole = columns(stat)["tried_bytes"]
    assert min(whole[:6]) == max(whole[:6]) > 50 * MIB
    assert columns(stat)["effective_bytes"] == [0] * len(whole)


def test_process_and_machine_show_what_the_scheme_did(told: Any) -> None:
    (process,) = told["memory"]["processes"]
    series = columns(process)
    assert max(series["swap_bytes"]) > 8 * MIB
    assert series["refaults"][4] < 100
    assert process["refaults"] == series["refaults"][-1] > 2048
    assert process["slowdown"] > 0
    assert 10 * series["slowdown"][4] < series["slowdown"][-1]
    machine = told["machine"]
    assert machine["refaults_per_s"] == pytest.approx(machine["refaults"] / (told["run"]["simulated_us"] / 1e6))
    assert machine["saved_peak_bytes"] >= max(columns(machine)["saved_bytes"]) > 8 * MIB
    assert machine["saved_byte_s"] > 8 * MIB
    assert machine["moved_bytes"] > 16 * MIB
    assert machine["action_us"]["pageout"] > 0
    assert machine["psi_some_us"] == columns(machine)["psi_some_us"][-1] > 0


def test_looking_changes_nothing() -> None:
    assert run("--kdamonds", "k.json", "--summary", "s.json") == 0
    assert run("--kdamonds", "k.json", output="y.data") == 0
    assert Path("x.data").read_bytes() == Path("y.data").read_bytes()


def test_same_run_has_the_same_series() -> None:
    assert run("--kdamonds", "k.json", "--summary", "s.json") == 0
    assert run("--kdamonds", "k.json", "--summary", "t.json", output="y.data") == 0
    one, other = summary(), summary("t.json")
    for told in (one, other):
        del told["run"]["wall_s"], told["run"]["cpu_s"]
    assert one == other


def test_swap_and_nodes_are_the_machines() -> None:
    assert run("--nodes", "256MiB,768MiB", "--swap", "0", "--kdamonds", "k.json", "--summary", "s.json") == 0
    told = summary()
    assert told["experiment"]["node_bytes"] == [256 * MIB, 768 * MIB]
    assert (told["experiment"]["swap_bytes"], told["machine"]["swap_bytes"]) == (0, 0)
    assert [node["total_bytes"] for node in told["machine"]["nodes"]] == [256 * MIB, 768 * MIB]
    assert max(columns(told["memory"]["processes"][0])["swap_bytes"]) == 0


def test_swap_is_as_much_as_memory_unless_asked_for() -> None:
    assert run("--memory", "1GiB", "--summary", "s.json") == 0
    assert summary()["machine"]["swap_bytes"] == 1 << 30


@pytest.mark.parametrize("preset", ["tiering", "weighted_interleave"])
def test_preset_over_two_nodes_makes_a_machine_that_has_them(preset: str) -> None:
    assert run("--preset", preset, "--memory", "1GiB", "--summary", "s.json") == 0
    assert summary()["experiment"]["node_bytes"] == [512 * MIB, 512 * MIB]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--memory", "1GiB", "--nodes", "1GiB"], "--nodes: sizes can't be given together with --memory"),
        (["--nodes", "1GiB,x"], "--nodes: "),
        (["--nodes", "1GiB,0"], "--nodes: '1GiB,0' has a node without memory"),
        (["--swap", "much"], "--swap: "),
        (["--nodes", "1GiB", "--preset", "tiering"], "needs a machine with 2 NUMA nodes, and this has 1"),
    ],
)
def test_what_can_not_be_is_refused_in_one_sentence(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1
