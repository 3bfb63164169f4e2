"""`damotui record`, from the command line to its files."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from damotui.launch import main
from engine.engine import Engine
from engine.records import read_record

ROOT = Path(__file__).parents[2]
COMMAND = ("--workload", "stairs", "--duration", "2s", "--output", "x.data")
SCHEME = {"action": "stat", "access_pattern": {"sz_bytes": {"min": "0", "max": "max"}}}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def record(*options, workload="stairs", duration="2s", output="x.data"):
    return main(["record", "--workload", workload, "--duration", duration, "--output", output, *options])


def summary(path="s.json"):
    return json.loads(Path(path).read_text())


def kdamonds(path, **context):
    context = {"ops": "vaddr", "targets": [{"pid": None, "regions": []}], "schemes": [], **context}
    Path(path).write_text(json.dumps({"kdamonds": [{"contexts": [context]}]}))
    return path


def test_record_holds_every_aggregation(capsys):
    assert record() == 0
    (found,) = read_record("x.data")
    assert found.nr_snapshots == 20
    assert (found.kdamond_idx, found.context_idx, found.target_id) == (0, 0, 0)
    assert found.intervals.aggr_us == 100_000
    assert found.intervals.ops_update_us == 1_000_000
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("context", [{"ops": "paddr"}, {"ops": "fvaddr"}, {"targets": []}])
def test_a_record_without_any_snapshot_is_said(context, capsys):
    assert record("--kdamonds", kdamonds("k.json", **context)) == 0
    said = capsys.readouterr().err
    assert said.startswith("damotui: no kdamond had anything to check, and x.data holds no snapshot: ")
    assert said.count("\n") == 1
    assert read_record("x.data") == ()


def test_a_field_that_is_passed_over_is_said(capsys):
    path = kdamonds(
        "k.json", intervals={"smple_us": "10 ms", "sample_us": "5 ms", "aggr_us": "100 ms", "ops_update_us": "1 s"}
    )
    assert record("--kdamonds", path) == 0
    assert "smple_us is passed over: no such field is known here" in capsys.readouterr().err


def test_a_record_of_a_kdamond_that_slept_says_why_it_is_empty(capsys):
    assert record("--preset", "damon_reclaim") == 0
    assert "watermarks of all schemes kept kdamond asleep, and x.data holds no snapshot" in capsys.readouterr().err


def test_nothing_but_the_record_is_left_behind(folder):
    assert record() == 0
    assert [path.name for path in folder.iterdir()] == ["x.data"]


def test_same_seed_same_bytes():
    for name in ("a", "b"):
        assert record("--seed", "5", output=name) == 0
    assert record("--seed", "6", output="c") == 0
    assert Path("a").read_bytes() == Path("b").read_bytes() != Path("c").read_bytes()


def test_existing_file_is_replaced_only_by_force(capsys):
    Path("x.data").write_text("precious")
    assert record() == 2
    assert Path("x.data").read_text() == "precious"
    assert "--force" in capsys.readouterr().err
    assert record("--force") == 0
    assert len(read_record("x.data")) == 1


def test_workload_that_ends_is_told_and_no_failure(capsys):
    Path("short.masim").write_text("a, 10485760\n\nonly\n1500\na, 0, 4096, 1\n")
    assert record("--summary", "s.json", workload="short.masim", duration="1m") == 0
    said = capsys.readouterr().err
    assert said == "damotui: the workload ended after 1.5 s of the 1 m asked for; x.data is complete until then\n"
    assert summary()["run"]["ending"] == "the workload ended"
    assert summary()["kdamonds"][0]["ended_because"]
    assert summary()["memory"]["processes"][0]["rss_bytes"] == 0
    assert summary()["memory"]["processes"][0]["peak_rss_bytes"] >= 10 << 20
    assert read_record("x.data")[0].nr_snapshots == 15


def test_loop_goes_on_until_the_duration(capsys):
    Path("short.masim").write_text("a, 10485760\n\nonly\n500\na, 0, 4096, 1\n")
    assert record("--loop", "--summary", "s.json", workload="short.masim") == 0
    assert capsys.readouterr().err == ""
    assert summary()["run"]["simulated_us"] == 2_000_000


def test_summary_has_the_statistics_of_schemes():
    kdamonds("k.json", schemes=[SCHEME])
    assert record("--kdamonds", "k.json", "--summary", "s.json") == 0
    (status,) = summary()["kdamonds"]
    (scheme,) = status["schemes"]
    assert status["aggregations"] == summary()["run"]["aggregations"] == 20
    assert scheme["nr_tried"] >= 10 * 20
    assert scheme["sz_tried"] >= 20 * (100 << 20) * 0.9
    assert summary()["run"]["checks"] >= 10 * 400


def test_summary_is_enough_to_make_the_run_again():
    options = ("--seed", "3", "--kernel", "6.12", "--accesses-per-ms", "30000", "--batch", "65536", "--memory", "1GiB")
    assert record("--summary", "s.json", *options, workload="zigzag") == 0
    used = summary()["experiment"]
    assert (used["seed"], used["kernel"], used["memory_bytes"]) == (3, "6.12", 1 << 30)
    Path("again.masim").write_text(used["workload"]["masim"])
    Path("again.json").write_text(json.dumps({"kdamonds": used["kdamonds"]}))
    again = {
        "--seed": used["seed"],
        "--kernel": used["kernel"],
        "--memory": used["memory_bytes"],
        "--accesses-per-ms": ",".join(map(str, used["workload"]["accesses_per_ms"])),
        "--batch": used["workload"]["batch"],
        "--kdamonds": "again.json",
    }
    words = [str(word) for option in again.items() for word in option]
    assert record(*words, workload="again.masim", duration=f"{used['duration_us']}us", output="y.data") == 0
    assert Path("x.data").read_bytes() == Path("y.data").read_bytes()


def test_summary_states_versions_and_cost():
    assert record("--summary", "s.json") == 0
    assert set(summary()["versions"]) == {"damotui", "numpy", "python"}
    assert summary()["run"]["wall_s"] > 0
    assert summary()["memory"]["memory_bytes"] == 16 << 30
    assert summary()["memory"]["free_bytes"] < 16 << 30


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_writes_what_it_has(number, folder, monkeypatch, capsys):
    advance = Engine.advance

    def advance_and_signal(engine, duration_us):
        advance(engine, duration_us)
        if engine.now_us == 3_000_000:
            signal.raise_signal(number)

    monkeypatch.setattr(Engine, "advance", advance_and_signal)
    before = signal.getsignal(number)
    assert record("--summary", "s.json", duration="300d") == 128 + number
    assert signal.getsignal(number) is before
    said = capsys.readouterr().err
    assert said == "damotui: interrupted after 3 s of the 300 d asked for; x.data is complete until then\n"
    assert summary()["run"]["ending"] == "it was interrupted"
    assert read_record("x.data")[0].nr_snapshots == 30
    assert sorted(path.name for path in folder.iterdir()) == ["s.json", "x.data"]


def test_failing_engine_leaves_nothing_behind(folder, monkeypatch, capsys):
    def fail(engine, duration_us):
        raise RuntimeError("lost my way")

    monkeypatch.setattr(Engine, "advance", fail)
    assert record("--summary", "s.json") == 1
    assert "lost my way" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_progress_is_shown_on_a_terminal():
    pty = pytest.importorskip("pty", reason="pseudo-terminals are Unix's")
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "damotui", "record", *COMMAND],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        timeout=60,
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert done.stdout == b""
    assert "2 s of 2 s" in shown
    assert "x.data: 20 aggregations of 2 s" in shown.splitlines()[-1]
