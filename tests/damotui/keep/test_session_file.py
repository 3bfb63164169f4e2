"""A session's file: what is written is read back, and what can't be read is refused in a sentence."""

import contextlib
import json
import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from damotui import __version__
from damotui.keep.glance import about, glance_at
from damotui.keep.migrations import FORMAT, MIGRATIONS
from damotui.keep.reader import MOST_BYTES, parse_session, read_session
from damotui.keep.saved import Saved, View
from damotui.keep.writer import Writer
from damotui.options import AppOptions
from damotui.session.history import Edits
from engine.config.damo_json import kdamonds_to_json
from engine.config.model import Scheme
from engine.errors import InputError
from engine.workload.library import load_workload, parse_workload
from tests.damotui.keep.sessions import AGGR, CONTEXT, edit, edits, saved_of, session_with

repeatable = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)

MASIM = "#damotui: memory=1 GiB\nheap, 64 MiB\n\nwork\n1000\nheap, 1, 4096, 100\n"


def plain_session():
    setup, session, _ = session_with([])
    session.set(AGGR, 200_000, "aggr_us: 100 ms → 200 ms")
    session.add((*CONTEXT, "schemes"), Scheme("pageout"), "add pageout", 1)
    session.undo()
    return saved_of(setup, session)


def document():
    return json.loads(Writer().text(plain_session()))


def refused(document):
    with pytest.raises(InputError) as raised:
        parse_session(document if isinstance(document, str) else json.dumps(document), "my.damotui")
    message = str(raised.value)
    assert message.startswith("my.damotui") and "\n" not in message and len(message) < 600
    return message


class TestRoundTrip:
    @repeatable
    @given(edits)
    def test_all_that_is_edited_and_asked_for_comes_back(self, script):
        setup, session, sent = session_with(script)
        saved = saved_of(setup, session, sent, note="mine")
        assert parse_session(Writer().text(saved), "f") == saved

    @settings(repeatable, max_examples=15)
    @given(edits, edits)
    def test_lines_that_are_known_are_those_that_would_be_made(self, first, then):
        writer = Writer()
        setup, session, sent = session_with(first)
        writer.text(saved_of(setup, session, sent))
        for part in range(3):
            for kind, where, what in then[part::3]:
                _try(session, kind, where, what)
            saved = saved_of(setup, session, sent)
            assert writer.text(saved) == Writer().text(saved)

    def test_undo_goes_on_where_it_was(self):
        saved = parse_session(Writer().text(plain_session()), "f")
        _, session, _ = session_with([])
        session.resume(saved.edits, saved.committed)
        assert session.redo().label == "add pageout"
        assert session.get((*CONTEXT, "schemes", 1)) == Scheme("pageout")
        session.undo()
        assert session.undo().label == "aggr_us: 100 ms → 200 ms"
        assert session.get(AGGR) == 100_000
        assert session.undo() is None

    def test_an_edit_takes_a_line_and_what_is_shared_is_not_repeated(self):
        setup, session, _ = session_with([])
        sizes = []
        for count in (10, 1_010):
            while session.edits.place < count:
                session.set(AGGR, 100_000 + 5_000 * (session.edits.place + 1), "aggr_us")
            sizes.append(len(Writer().text(saved_of(setup, session))))
        assert (sizes[1] - sizes[0]) / 1_000 < 120
        lines = Writer().text(saved_of(setup, session)).splitlines()
        assert (
            ' {"label": "aggr_us", "changes": [{"set": "kdamonds[0].contexts[0].intervals.aggr_us", "to": 105000}]},'
            in lines
        )

    def test_a_workload_of_the_library_goes_by_its_name(self):
        assert document()["workload"]["library"] == "stairs"
        saved = parse_session(json.dumps(document()), "f")
        assert saved.experiment.workload == load_workload("stairs") and saved.passed_over == ()

    def test_a_masim_file_goes_along(self, tmp_path):
        path = tmp_path / "mine.masim"
        path.write_text(MASIM)
        setup, session, _ = session_with([], AppOptions(workload=str(path), seed=3, loop=False, swap_bytes=0))
        text = Writer().text(saved_of(setup, session))
        path.unlink()
        back = parse_session(text, "f").experiment
        assert back.workload.text == MASIM
        assert back == setup.experiment
        assert (back.seed, back.loop, back.swap_bytes, back.node_bytes) == (3, False, 0, (1 << 30,))

    def test_the_figures_of_a_workload_that_are_not_those_of_its_file(self):
        setup, session, _ = session_with([])
        workload = replace(parse_workload(MASIM, "mine", "mine"), accesses_per_ms=(5.5,), batch=7)
        saved = replace(saved_of(setup, session), experiment=replace(setup.experiment, workload=workload))
        back = parse_session(Writer().text(saved), "f")
        assert back == saved and back.experiment.workload.batch == 7

    def test_how_it_is_looked_at(self):
        view = View(
            "dusk", math.inf, AGGR, frozenset(), {"heatmap": {"zoom": 5, "scale": 0.5, "all": None, "on": True}}
        )
        back = parse_session(Writer().text(replace(plain_session(), view=view)), "f").view
        assert back == view
        assert "expanded" not in json.loads(Writer().text(replace(plain_session(), view=View())))["view"]


class TestFormats:
    def test_there_is_a_way_from_each_to_the_newest(self):
        assert sorted(MIGRATIONS) == list(range(FORMAT))
        assert document()["format"] == FORMAT

    def test_format_0_is_what_damo_writes(self):
        _, session, _ = session_with([])
        session.set(AGGR, 300_000)
        saved = parse_session(kdamonds_to_json(session.staged), "f")
        assert saved.edits == Edits(session.staged)
        assert saved.committed == saved.experiment.kdamonds == session.staged
        assert saved.experiment.workload.name == "stairs"
        assert (saved.done, saved.time_us, saved.passed_over) == ((), 0, ())

    def test_a_newer_one_is_refused_by_a_sentence_that_names_both(self):
        message = refused(document() | {"format": 7, "written_by": {"damotui": "3.1"}})
        assert message == (
            "my.damotui: this is a session of format 7, written by damotui 3.1, and this damotui reads formats up to "
            f"{FORMAT}: open it with that damotui, or a later one"
        )
        assert document()["written_by"]["damotui"] == __version__

    def test_what_is_not_known_is_passed_over_and_told(self):
        mine = document() | {"colour": "red", "written_by": {"numpy": "0.1"}}
        mine["steps"][0]["mood"] = 1
        mine["workload"]["crc32"] = 5
        saved = parse_session(json.dumps(mine), "f")
        assert saved == plain_session()
        assert [note.split(":")[1].strip() for note in saved.passed_over] == [
            "was written with numpy '0.1', and this is " + document()["written_by"]["numpy"],
            "workload",
            "steps[0].mood is passed over",
            "colour is passed over",
        ]


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"workload": {"library": "nothing"}}, "workload.library: 'nothing' can't be used: give one of"),
            ({"workload": {"masim": "x", "name": "n"}}, "workload.masim"),
            ({"workload": None}, "workload is missing"),
            ({"machine": {"kernel": "2.4"}}, "machine.kernel: '2.4' can't be used: give one of"),
            ({"machine": {"node_bytes": []}}, "machine.node_bytes: a list can't be used: give the memory of 1 to"),
            ({"seed": -1}, "seed: -1 can't be used"),
            ({"seed": True}, "seed: True can't be used"),
            ({"loop": "yes"}, "loop: 'yes' can't be used: give true or false"),
            ({"time_us": 1.5}, "time_us: 1.5 can't be used: give a whole number"),
            ({"place": 99}, "place: 99 can't be used: give a whole number from 0 to 2"),
            ({"first": None}, "first is missing"),
            ({"begun": [{"contexts": [{"ops": "xaddr"}]}]}, "begun[0].contexts[0].ops: 'xaddr'"),
            ({"begun": [{"contexts": [{"intervals": {"sample_us": -1}}]}]}, "begun[0].contexts[0].intervals.sample_us"),
            ({"begun": [{}]}, "begun[0].contexts"),
            ({"steps": [{"changes": [{"set": "kdamonds[0].contexts[0].x", "to": 1}]}]}, "steps[0].changes[0].set"),
            ({"steps": [{"changes": [{"set": "kdamonds[0].contexts[0].ops", "to": 1}]}]}, "changes[0].to: 1 can't"),
            ({"steps": [{"changes": [{"set": "kdamonds[0].__class__.contexts", "to": 1}]}]}, "changes[0].set"),
            ({"steps": [{"changes": [{"list": "kdamonds[0].contexts[0].ops", "at": 0, "remove": 0, "insert": []}]}]},
             "changes[0].list"),
            ({"steps": [{"changes": [{"list": "kdamonds", "at": 2, "remove": 0, "insert": []}]}]}, "changes[0].at: 2"),
            ({"done": [{"at_us": 2_000_000, "do": "start_process"}]}, "done[0].at_us: 2000000 can't be used"),
            ({"done": [{"at_us": 5, "do": "dance"}]}, "done[0].do: 'dance' can't be used: give one of turn_on"),
            ({"done": [{"at_us": 5, "do": "kill", "pid": 1}, {"at_us": 4, "do": "kill", "pid": 1}]}, "done[1].at_us"),
            ({"view": {"speed": 0}}, "view.speed: 0 can't be used"),
            ({"view": {"panes": {"map": {"x": [1]}}}}, "view.panes.map.x: a list can't be used"),
            ({"format": "1"}, "format: '1' can't be used"),
        ],
    )  # fmt: skip
    def test_what_can_t_be_used_is_named(self, change, said):
        assert said in refused(document() | change)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "line 1 column 1 is not JSON"),
            ("[" * 100_000, "nested too deeply"),
            ('{"format": 1, "x": ' + "[" * 900 + "]" * 900 + "}", "workload is missing"),
            ('{"format": 1, "seed": ' + "9" * 5_000 + "}", "thousands of digits"),
            ("{}", "give a session that damotui has saved, or damo's kdamonds JSON"),
            ('"x"', "give a session that damotui has saved"),
        ],
    )
    def test_what_is_no_session(self, text, said):
        assert said in refused(text)

    def test_a_file_that_can_t_be_read(self, tmp_path):
        path = tmp_path / "f.damotui"
        for content, said in ((b"\xff\xfe", "is no text"), (b" " * (MOST_BYTES + 1), "is larger than 64 MiB")):
            path.write_bytes(content)
            with pytest.raises(InputError, match=said):
                read_session(path)
        with pytest.raises(InputError, match="can't be read: No such file"):
            read_session(tmp_path / "none")
        with pytest.raises(InputError, match="can't be read: Is a directory"):
            read_session(tmp_path)

    @settings(repeatable, max_examples=100)
    @given(st.data())
    def test_cut_off_or_changed_anywhere_it_is_refused_or_a_session(self, data):
        content = Writer().text(plain_session()).encode()
        at = data.draw(st.integers(0, len(content) - 1))
        what = data.draw(st.sampled_from(["cut", "byte", "drop"]))
        if what == "cut":
            content = content[:at]
        elif what == "byte":
            content = content[:at] + bytes([data.draw(st.integers(0, 255))]) + content[at + 1 :]
        else:
            content = content[:at] + content[at + data.draw(st.integers(1, 50)) :]
        assert_read_or_refused(content.decode(errors="replace"))

    @settings(repeatable, max_examples=120)
    @given(st.data())
    def test_with_anything_else_in_any_place_it_is_refused_or_a_session(self, data):
        mine = document()
        mine["done"] = [
            {"at_us": 1, "do": "commit", "kdamond": 0, "changes": [{"set": "kdamonds[0].refresh_ms", "to": 5}]}
        ]
        node = mine
        while True:
            key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
            if not (isinstance(node[key], dict | list) and node[key] and data.draw(st.booleans())):
                break
            node = node[key]
        others = [
            -1,
            0,
            1,
            2**64,
            10**30,
            1.5,
            math.nan,
            True,
            None,
            "",
            "x",
            "kdamonds[9]",
            [],
            [1],
            {},
            {"x": 1},
            [[]],
        ]
        node[key] = data.draw(st.sampled_from(others))
        assert_read_or_refused(json.dumps(mine))


def assert_read_or_refused(text):
    try:
        saved = parse_session(text, "f")
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(saved, Saved)
        again = parse_session(Writer().text(saved), "f")
        assert replace(again, view=saved.view) == saved  # NaN is not equal to itself


class TestGlance:
    def test_it_says_the_same_of_a_file_as_of_a_session(self, tmp_path):
        path = tmp_path / "a.damotui"
        saved = replace(plain_session(), note="cold pages", at="2026-03-14T15:09:26+01:00")
        path.write_text(Writer().text(saved))
        assert about(saved) == "cold pages: stairs on Linux 7.1, 1.0 s, 2 edits"
        seen = glance_at(path)
        assert (seen.about, seen.at, seen.time_us) == (about(saved), saved.at, 1_000_000)
        path.write_text(Writer().text(replace(saved, note="", file="/home/me/x.damotui")))
        assert glance_at(path).about == "x.damotui, not saved: stairs on Linux 7.1, 1.0 s, 2 edits"

    @pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"workload": 1}', b"[" * 100_000])
    def test_what_is_damaged_is_said_to_be(self, tmp_path, content):
        path = tmp_path / "a.damotui"
        path.write_bytes(content)
        assert glance_at(path).about == "it can't be read: it is damaged"
        assert glance_at(path).at


def _try(session, *one):
    with contextlib.suppress(InputError, LookupError):
        edit(session, *one)
