"""Transcripts of real kernels against our files, and whether the replayer notices what is not the same."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.errors import InputError
from engine.versions import kernel_version
from tests.conformance.replay import main, replay
from tests.conformance.replay_files import TreeFiles
from tests.conformance.replay_machine import new_system
from tests.conformance.replay_rules import RULES, Point, accepting, differences
from tests.conformance.replayer import Replayer
from tests.conformance.transcript import Answer, Step, read_transcript

EXCERPTS = Path(__file__).parents[1] / "data" / "transcripts"
RECORDINGS = Path(__file__).parents[2].parent / "shared" / "groundtruth"
SCHEME = "kernel/mm/damon/admin/kdamonds/0/contexts/0/schemes/0"
DEBUG = "kernel/debug/damon"


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EXCERPTS / name).read_text().splitlines()]


def _written(rows: list[dict[str, Any]], path: Path) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _turned_on(ops: str) -> list[dict[str, Any]]:
    """Writes that turn a kdamond on which monitors nothing."""
    context = "kdamonds/0/contexts"
    values = {"kdamonds/nr_kdamonds": "1", f"{context}/nr_contexts": "1", f"{context}/0/operations": ops}
    return [
        {"op": "write", "t": 1.0, "path": path, "value": value, "ret": len(value), "errno": None}
        for path, value in (*values.items(), ("kdamonds/0/state", "on"))
    ]


def _changed(answer: Answer) -> Answer:
    """An answer that differs in the last point of those that it has."""
    if answer.errno:
        return replace(answer, errno="EIO")
    if answer.tree:
        last = max(answer.tree)
        return replace(answer, tree={**answer.tree, last: replace(answer.tree[last], mode=0o777)})
    if answer.entries is not None:
        return replace(answer, entries=(*answer.entries, "more"))
    if answer.value is not None:
        return replace(answer, value=answer.value + b"more")
    return replace(answer, errno="EIO") if answer.count is None else replace(answer, count=answer.count + 1)


class TestRealKernels:
    @pytest.mark.parametrize(
        ("name", "kernel", "compared", "excepted"),
        [
            ("sysfs-6.12.jsonl", "6.12", 553, {"statistic": 6, "tried region": 1, "kdamond just turned on": 1}),
            ("debugfs-6.1.jsonl", "6.1", 333, {"statistic in debugfs schemes": 4}),
            ("debugfs-init_regions-6.0.jsonl", "6.0", 4, {}),
        ],
    )
    def test_every_answer_of_the_excerpts_is_ours(
        self, name: str, kernel: str, compared: int, excepted: dict[str, int]
    ) -> None:
        report = replay(EXCERPTS / name, kernel_version(kernel))
        assert [str(difference) for difference in report.different] == []
        assert report.compared == compared
        assert report.excepted == excepted

    @pytest.mark.parametrize(
        ("name", "kernel", "compared"),
        [("sysfs-transcript-6.12.107.jsonl", "6.12", 2784), ("debugfs-transcript-6.1.192.jsonl", "6.1", 441)],
    )
    def test_every_answer_of_the_whole_transcripts_is_ours(self, name: str, kernel: str, compared: int) -> None:
        if not (RECORDINGS / name).exists():
            pytest.skip("the transcripts of real kernels are not beside the repository")
        report = replay(RECORDINGS / name, kernel_version(kernel))
        assert [str(difference) for difference in report.different] == []
        assert report.compared == compared
        assert report.excepted_share < 0.01


@pytest.mark.skipif(
    os.geteuid() != 0 or not os.access("/dev/fuse", os.R_OK | os.W_OK), reason="needs root and /dev/fuse to mount"
)
class TestThroughMount:
    @pytest.mark.parametrize(
        ("name", "kernel", "compared", "beside"),
        [("sysfs-6.12.jsonl", "6.12", 553, 0), ("debugfs-6.1.jsonl", "6.1", 333, 4)],
    )
    def test_every_answer_is_the_same_through_a_mount(
        self, capsys: pytest.CaptureFixture[str], name: str, kernel: str, compared: int, beside: int
    ) -> None:
        code = main([str(EXCERPTS / name), "--kernel", kernel, "--through-mount"])
        shown = capsys.readouterr()
        if "mounted on" in shown.err:
            pytest.skip(shown.err.strip())
        assert (code, shown.err) == (0, "")
        assert f": {compared} operations compared\n" in shown.out
        assert (f"{beside} write of nothing beside the mount" in shown.out) == (beside > 0)
        assert "damotui-replay" not in Path("/proc/self/mounts").read_text()

    def test_an_answer_that_was_changed_is_told_there_too(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows = _rows("sysfs-6.12.jsonl")[:20]
        rows[5]["value"] = "7\n"
        code = main([str(_written(rows, tmp_path / "sysfs.jsonl")), "--kernel", "6.12", "--through-mount"])
        shown = capsys.readouterr()
        if "mounted on" in shown.err:
            pytest.skip(shown.err.strip())
        assert code == 1
        assert "line 6 (nr_kdamonds values): read kdamonds/nr_kdamonds: value: kernel '7\\n', ours '0\\n'" in shown.out


class TestWhatIsNotTheSame:
    @pytest.mark.parametrize(
        ("op", "path", "key", "value", "told"),
        [
            ("read", "kdamonds/nr_kdamonds", "value", "7\n", "value: kernel '7\\n', ours '0\\n'"),
            ("read", "kdamonds/nr_kdamonds", "errno", "EBUSY", "errno: kernel EBUSY, ours '0\\n'"),
            ("write", "kdamonds/nr_kdamonds", "errno", "ERANGE", "errno: kernel ERANGE at write, ours EINVAL at write"),
            ("write", "kdamonds/1/state", "stage", "write", "errno: kernel ENOENT at write, ours ENOENT at open"),
            ("write", "kdamonds/0/contexts/nr_contexts", "errno", None, "errno: kernel success, ours EINVAL at write"),
            ("list", "kdamonds", "entries", ["0", "nr_kdamonds"], "1: there: kernel no, ours yes"),
            ("mkdir", "kdamonds/5", "errno", "EACCES", "errno: kernel EACCES, ours EPERM"),
            ("create", "kdamonds/newfile", "errno", None, "errno: kernel success, ours EACCES"),
        ],
    )
    def test_an_answer_that_was_changed_is_told(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], op: str, path: str, key: str, value: object, told: str
    ) -> None:
        rows = _rows("sysfs-6.12.jsonl")[:140]
        line = next(number for number, row in enumerate(rows, 1) if (row["op"], row.get("path")) == (op, path))
        rows[line - 1][key] = value
        if key == "errno" and op == "write" and value is None:
            rows[line - 1]["ret"] = 2
        assert main([str(_written(rows, tmp_path / "sysfs.jsonl")), "--kernel", "6.12"]) == 1
        printed = capsys.readouterr().out.splitlines()
        assert [text.split()[:2] for text in printed if "differing" in text] == [["1", "differing"]]
        assert printed[-1].startswith(f"line {line} (")
        assert printed[-1].endswith(f"{path}: {told}") or printed[-1].endswith(f": {told}")

    @pytest.mark.parametrize(("name", "kernel"), [("sysfs-6.12.jsonl", "6.12"), ("debugfs-6.1.jsonl", "6.1")])
    def test_no_answer_can_be_changed_unnoticed(self, name: str, kernel: str) -> None:
        system = new_system(kernel_version(kernel))
        steps = [replace(step, answer=_changed(step.answer)) for step in read_transcript(EXCERPTS / name)]
        report = Replayer(system, TreeFiles(system)).play(steps)
        waits = sum(step.blocked for step in steps)
        assert (report.agreed, report.excepted, report.agreed_by) == (waits, {}, {})
        assert len(report.different) > 300

    def test_a_count_that_was_changed_is_told(self, tmp_path: Path) -> None:
        rows = _rows("sysfs-6.12.jsonl")[:20]
        line = next(number for number, row in enumerate(rows, 1) if row["op"] == "write" and row["errno"] is None)
        rows[line - 1]["ret"] += 1
        report = replay(_written(rows, tmp_path / "sysfs.jsonl"), kernel_version("6.12"))
        assert [(d.step.line, d.points) for d in report.different] == [(line, ("count: kernel 1, ours 0",))]

    @pytest.mark.parametrize(
        ("key", "value", "told"),
        [
            ("mode", "0644", "kdamonds/nr_kdamonds: mode: kernel 0o644, ours 0o600"),
            ("size", 0, "kdamonds/nr_kdamonds: size: kernel 0, ours 4096"),
            ("value", "3\n", "kdamonds/nr_kdamonds: value: kernel '3\\n', ours '0\\n'"),
            ("path", "./kdamonds/nr", "kdamonds/nr: there: kernel yes, ours no"),
        ],
    )
    def test_a_file_of_a_tree_that_was_changed_is_told(
        self, tmp_path: Path, key: str, value: object, told: str
    ) -> None:
        rows = _rows("sysfs-6.12.jsonl")[:3]
        rows[2]["files"][1][key] = value
        report = replay(_written(rows, tmp_path / "sysfs.jsonl"), kernel_version("6.12"))
        assert [d.step.line for d in report.different] == [3]
        assert report.different[0].points[0] == told

    def test_the_same_transcript_on_another_kernel_differs(self) -> None:
        report = replay(EXCERPTS / "sysfs-6.12.jsonl", kernel_version("6.18"))
        assert len(report.different) > 10

    def test_a_write_that_should_wait_and_does_not_is_told(self, tmp_path: Path) -> None:
        rows: list[dict[str, Any]] = [
            {"op": "write", "t": 1.0, "dt": 8.0, "path": "kdamonds/nr_kdamonds", "value": "1", "ret": -1, "errno": None,
             "blocked": True},
            {"op": "blocked_write_returned", "t": 9.0, "dt": 8.0, "what": "kdamonds/nr_kdamonds <- 1", "ret": 1,
             "errno": None},
        ]  # fmt: skip
        report = replay(_written(rows, tmp_path / "sysfs.jsonl"), kernel_version("6.12"))
        assert [d.points for d in report.different] == [
            ("the kernel waited 8 s, ours returned 1",),
            ("no such write waits here",),
        ]


class TestRules:
    """Only what depends on the machine is accepted, and of that only the same kind."""

    @pytest.mark.parametrize(
        ("path", "kernel", "ours", "name"),
        [
            ("kernel/mm/damon/admin/kdamonds/0/pid", b"190\n", b"501\n", "pid"),
            ("kernel/mm/damon/admin/kdamonds/0/pid", b"190\n", b"-1\n", None),
            ("kernel/mm/damon/admin/kdamonds/0/pid", b"190\n", b"0\n", None),
            ("kernel/mm/damon/admin/kdamonds/0/contexts/0/targets/0/pid_target", b"190\n", b"501\n", None),
            (f"{DEBUG}/kdamond_pid", b"49\n", b"501\n", "pid"),
            (f"{DEBUG}/foo/kdamond_pid", b"none\n", b"501\n", None),
            (f"{SCHEME}/stats/nr_tried", b"139\n", b"20\n", "statistic"),
            (f"{SCHEME}/stats/nr_tried", b"0\n", b"20\n", None),
            (f"{SCHEME}/stats/nr_tried", b"139\n", b"20", None),
            (f"{SCHEME}/tried_regions/total_bytes", b"4096\n", b"8192\n", "statistic"),
            (f"{SCHEME}/tried_regions/0/start", b"4096\n", b"0\n", "tried region"),
            (f"{SCHEME}/quotas/bytes", b"4096\n", b"8192\n", None),
            (f"{DEBUG}/schemes", b"1 2 3 4 5 6 5 0 0 0 0 0 0 0 0 0 0 0 9 8 0 0 0\n",
             b"1 2 3 4 5 6 5 0 0 0 0 0 0 0 0 0 0 0 7 6 0 0 0\n", "statistic in debugfs schemes"),
            (f"{DEBUG}/schemes", b"1 2 3 4 5 6 5 0 0 0 0 0 0 0 0 0 0 0 9 8 0 0 0\n",
             b"1 2 3 4 5 6 5 0 0 0 0 0 0 0 0 0 0 0 9 8 1 0 0\n", None),
            (f"{DEBUG}/schemes", b"1 2 3 4 5 6 5 0 0 0 0 0 0 0 0 0 0 0 9 8 0 0 0\n",
             b"1 2 3 4 5 6 4 0 0 0 0 0 0 0 0 0 0 0 9 8 0 0 0\n", None),
            (f"{DEBUG}/attrs", b"1\n", b"2\n", None),
            (f"{DEBUG}/DEPRECATED", b"Do not use it.\n", b"It is old.\n", "words for people"),
            (f"{DEBUG}/DEPRECATED", b"Do not use it.\n", b"", None),
        ],
    )  # fmt: skip
    def test_of_values(self, path: str, kernel: bytes, ours: bytes, name: str | None) -> None:
        rule = accepting(Point(path, "value", kernel, ours), RULES)
        assert (rule and rule.name) == name

    @pytest.mark.parametrize(
        ("name", "accepted"),
        [("tried_regions/1", True), ("tried_regions/1/start", True), ("tried_regions/0", False), ("stats/new", False)],
    )
    def test_of_names_that_are_not_there(self, name: str, accepted: bool) -> None:
        rule = accepting(Point(f"{SCHEME}/{name}", "there", "yes", "no"), RULES)
        assert (rule is not None) == accepted

    @pytest.mark.parametrize(("after_s", "excepted"), [(0.04, 1), (0.06, 0)])
    def test_whether_a_kdamond_has_ended_is_left_open_in_its_first_instant_only(
        self, tmp_path: Path, after_s: float, excepted: int
    ) -> None:
        rows = [*_turned_on("paddr"), {"op": "read", "path": "kdamonds/0/state", "value": "off\n", "errno": None}]
        rows[-1]["t"] = rows[-2]["t"] + after_s
        report = replay(_written(rows, tmp_path / "sysfs.jsonl"), kernel_version("6.12"))
        assert report.excepted == ({"kdamond just turned on": 1} if excepted else {})
        assert [d.points for d in report.different] == [("value: kernel 'off\\n', ours 'on\\n'",)][excepted:]

    def test_a_module_that_is_on_keeps_others_off(self, tmp_path: Path) -> None:
        module = {
            "op": "write",
            "t": 0.5,
            "path": "/sys/module/damon_reclaim/parameters/enabled",
            "value": "Y",
            "ret": 1,
        }
        rows = [{**module, "errno": None}, *_turned_on("paddr")]
        rows[-1].update(ret=-1, errno="EBUSY", stage="write")
        report = replay(_written(rows, tmp_path / "sysfs.jsonl"), kernel_version("6.12"))
        assert (report.different, report.outside) == ([], 1)
        rows.insert(1, {**module, "value": "N", "errno": None})
        report = replay(_written(rows, tmp_path / "sysfs.jsonl"), kernel_version("6.12"))
        assert [d.points for d in report.different] == [("errno: kernel EBUSY at write, ours success",)]

    def test_a_statistic_has_to_be_read_as_the_kernel_reads_it(self) -> None:
        step = Step(1, "read", f"{SCHEME}/stats/nr_tried", answer=Answer(value=b"3\n"))
        (point,) = differences(step, Answer("EBUSY"))
        assert accepting(point, RULES) is None


class TestTranscripts:
    def test_a_value_that_was_cut_is_filled_up(self) -> None:
        steps = {step.line: step for step in read_transcript(EXCERPTS / "sysfs-6.12.jsonl")}
        cut = [step for step in steps.values() if step.op == "write" and step.size]
        assert [step.data for step in cut] == [b"1" * 5000, b"0" * 4095 + b"7"]
        assert not any(step.unknown for step in cut)

    def test_a_value_that_was_cut_within_words_is_not_compared(self, tmp_path: Path) -> None:
        rows: list[dict[str, Any]] = [
            {"op": "write", "path": "attrs", "value": "5000 1000", "value_len": 28, "ret": 28, "errno": None},
            {"op": "read", "path": "attrs", "value": "5000 100000 1000000 10 1000\n", "errno": None},
        ]
        report = replay(_written(rows, tmp_path / "debugfs.jsonl"), kernel_version("6.1"))
        assert report.excepted == {"value that is not known": 2}
        assert report.agreed == 0
        assert report.different == []

    def test_other_files_are_left_alone(self, tmp_path: Path) -> None:
        rows: list[dict[str, Any]] = [
            {"op": "read", "path": "/sys/module/damon_reclaim/parameters/enabled", "value": "N\n", "errno": None},
            {"op": "read", "path": "/sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds", "value": "0\n", "errno": None},
        ]
        report = replay(_written(rows, tmp_path / "debugfs.jsonl"), kernel_version("6.1"))
        assert (report.outside, report.agreed, report.compared) == (1, 1, 1)

    @pytest.mark.parametrize("name", ["sysfs-6.12.jsonl", "debugfs-6.1.jsonl"])
    def test_the_base_is_seen_from_the_content(self, tmp_path: Path, name: str) -> None:
        path = _written(_rows(name), tmp_path / "some.jsonl")
        assert read_transcript(path) == read_transcript(EXCERPTS / name)

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("{", "line 1: no JSON object"),
            ('{"op":"fly"}', "line 1: no operation that is known"),
            ('{"op":"read","path":"kdamonds"}', "line 1: read with something missing or wrong"),
            ('{"op":"note","text":"nothing"}', "--base tells it"),
        ],
    )
    def test_what_can_not_be_played_is_told_in_a_sentence(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
    ) -> None:
        (tmp_path / "some.jsonl").write_text(text)
        assert main([str(tmp_path / "some.jsonl"), "--kernel", "6.12"]) == 2
        shown = capsys.readouterr()
        assert (shown.out, told in shown.err) == ("", True)

    def test_a_kernel_that_is_not_known_is_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([str(EXCERPTS / "sysfs-6.12.jsonl"), "--kernel", "4.19"]) == 2
        assert "'4.19'" in capsys.readouterr().err

    def test_a_missing_file_is_told(self) -> None:
        with pytest.raises(InputError, match=r"nowhere\.jsonl can't be read: No such file"):
            read_transcript(Path("nowhere.jsonl"), "sysfs")
