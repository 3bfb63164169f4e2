"""`damotui report` and `damotui workloads` show what the modules behind them say."""

import json

import pytest

from damotui.launch import main
from damotui.reports import access, heatmap, wss
from engine.records import read_record
from engine.workload.library import all_workloads


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("recording") / "x.data"
    assert main(["record", "--workload", "zigzag", "--duration", "5s", "--output", str(path)]) == 0
    return path


@pytest.mark.parametrize("module", [access, heatmap, wss])
def test_report(module, recording, capsys):
    name = module.__name__.rpartition(".")[2]
    records = read_record(recording)
    assert main(["report", name, "--input", str(recording)]) == 0
    assert capsys.readouterr() == (module.render_text(records) + "\n", "")
    assert main(["report", name, "--input", str(recording), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(module.to_json(records)))


def test_heatmap_draws_all_ranges_on_request(recording, capsys):
    assert main(["report", "heatmap", "--input", str(recording), "--json", "--draw", "all"]) == 0
    assert len(json.loads(capsys.readouterr().out)["heatmaps"]) == 3


def test_heatmap_prints_raw_cells_and_the_guide(recording, capsys):
    records = read_record(recording)
    assert main(["report", "heatmap", "--input", str(recording), "--raw"]) == 0
    assert capsys.readouterr() == (heatmap.render_raw(records) + "\n", "")
    assert main(["report", "heatmap", "--input", str(recording), "--guide"]) == 0
    assert capsys.readouterr() == (heatmap.render_guide(records) + "\n", "")
    assert main(["report", "heatmap", "--input", str(recording), "--guide", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(heatmap.guide_json(records)))


@pytest.mark.parametrize("other", ["--json", "--guide"])
def test_raw_cells_are_one_form_only(other, recording, capsys):
    assert main(["report", "heatmap", "--input", str(recording), "--raw", other]) == 2
    assert capsys.readouterr() == ("", f"damotui: --raw: can't be used together with {other}: give one of the two\n")


def test_selection_is_handed_on(recording, capsys):
    assert main(["report", "wss", "--input", str(recording), "--kdamond", "0", "--target", "0"]) == 0
    assert capsys.readouterr().out.startswith("kdamond 0, context 0, target 0")


def test_output_has_no_colours_where_it_is_no_terminal(recording, capsys):
    assert main(["report", "heatmap", "--input", str(recording)]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_workloads_table_has_each_with_its_description(capsys):
    assert main(["workloads"]) == 0
    shown = capsys.readouterr().out
    for workload in all_workloads():
        (line,) = [line for line in shown.splitlines() if line.startswith(f"{workload.name} ")]
        first, *rest = workload.description.splitlines()
        assert line.endswith(first)
        assert all(text in shown for text in rest)


def test_workloads_as_json_state_phases_and_their_heat(capsys):
    assert main(["workloads", "--json"]) == 0
    stated = {workload["name"]: workload for workload in json.loads(capsys.readouterr().out)}
    assert list(stated) == [workload.name for workload in all_workloads()]
    stairs = stated["stairs"]
    assert (stairs["duration_us"], stairs["footprint_bytes"]) == (30_000_000, 100_000_000)
    assert len(stairs["phases"]) == 11
    for phase in stairs["phases"]:
        assert phase["hot_bytes"] + phase["warm_bytes"] + phase["cold_bytes"] == 100_000_000
