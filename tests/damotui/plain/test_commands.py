"""Each command does what the key of the app does, and says so in lines."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.formats import FORMATS, carried
from damotui.plain.words import COMMANDS, Leave, command, perform
from damotui.session.intervals_advice import Verdict
from engine.config.damo_json import kdamonds_from_json
from engine.errors import InputError
from tests.damotui.plain.desks import desk_of, said

AGGR_US = (0, "contexts", 0, "intervals", "aggr_us")
SCHEMES = (0, "contexts", 0, "schemes")


def refused(desk, line):
    with pytest.raises(InputError) as error:
        said(desk, line)
    return str(error.value)


def test_the_tree_is_built_and_taken_back():
    desk = desk_of()
    before = desk.session.staged
    assert said(desk, "set aggr_us 200 ms") == ["kdamonds[0].contexts[0].intervals.aggr_us: 100 ms -> 200 ms"]
    assert desk.session.get(AGGR_US) == 200_000
    assert said(desk, "add pageout gently") == [
        "added: kdamonds[0].contexts[0].schemes[2], scheme 2 (pageout sz>=4.0K nr=0 age>=600)"
    ]
    assert said(desk, "set scheme 2 quotas.sz_bytes 1.5 GiB")[0].endswith("quotas.sz_bytes: 128 MiB -> 1536 MiB")
    assert said(desk, "set scheme 0 age.min 200", "undo")[-1] == "undone: min: 0 -> 200"
    assert said(desk, "set scheme 2 action cold")[0].endswith("action: pageout -> cold")
    added = said(desk, "add filter anon at scheme 2")
    assert added[0].startswith("added: kdamonds[0].contexts[0].schemes[2].filters[0], filter 0 (reject anon)")
    assert added[1].startswith("warning: kdamonds[0].contexts[0].schemes[2].filters[0].type: anon is passed over")
    assert said(desk, "remove scheme 0") == ["removed: kdamonds[0].contexts[0].schemes[0], scheme 0 (stat nr>=10)"]
    assert [scheme.action for scheme in desk.session.get(SCHEMES)] == ["stat", "cold"]
    assert said(desk, "history")[1] == "edit 2: add pageout: gently"
    assert said(desk, "diff") == [
        "kdamond 0: 3 not committed, on, pid 501",
        "  changed intervals.aggr_us: 100 ms -> 200 ms",
        "  removed scheme 0: stat nr>=10",
        "  added scheme 1: cold sz>=4.0K nr=0 age>=600",
    ]
    after, edits = desk.session.staged, desk.session.place
    assert said(desk, "undo") == ["undone: remove scheme 0 (stat nr>=10)"]
    said(desk, *["undo"] * (edits - 1))
    assert desk.session.staged == before
    assert refused(desk, "undo") == "there is nothing to undo"
    assert said(desk, "history")[0].endswith("(undone)")
    said(desk, *["redo"] * edits)
    assert desk.session.staged == after


def test_a_value_that_is_surely_not_meant_is_taken_with_a_warning():
    desk = desk_of()
    answered = said(desk, "set aggr_us 1 ms")
    assert answered[0].endswith("aggr_us: 100 ms -> 1 ms") and answered[1].startswith("warning: ")
    assert said(desk, "set aggr_us 1ms") == ["kdamonds[0].contexts[0].intervals.aggr_us: 1 ms already"]
    assert len(desk.session.steps) == 1


def test_kdamonds_are_committed_to_stopped_and_started():
    desk = desk_of()
    engine_calls = lambda: desk.pacer._stage._branches.a.engine.calls  # noqa: E731
    said(desk, "set aggr_us 200ms")
    assert said(desk, "commit") == ["committed to kdamond 0"]
    assert refused(desk, "commit") == "nothing is staged that is not committed"
    assert said(desk, "off") == ["kdamond 0: off"]
    assert refused(desk, "off") == "kdamond 0 is off"
    assert said(desk, "set aggr_us 300ms", "commit 0")[-1] == "committed: kdamond 0"
    assert said(desk, "on", "run 3s") == ["kdamond 0: on, pid 501", "time: 3.0 s"]
    assert engine_calls() == [("turn_on", 0), ("commit", 0), ("turn_off", 0), ("turn_off", 0), ("turn_on", 0)]
    assert said(desk, "add kdamond paddr", "on 1")[-1] == "kdamond 1: on, pid 502"
    assert refused(desk, "off") == "there are several kdamonds: say which, as in off 0"
    assert "'7' is no kdamond: give 0 or 1" in refused(desk, "status 7")
    assert [line for line in said(desk, "status") if " regions: " in line] == [
        "kdamond 0 regions: 10 of 10-1,000",
        "kdamond 1 regions: 10 of 10-1,000",
    ]
    assert said(desk, "kill 1001") == ["process 1001 killed"]
    assert "kdamond 1: ended: every target process has ended" in said(desk, "status")
    assert said(desk, "start", "restart") == ["another process runs the workload", "begun again"]
    assert said(desk, "status")[0] == "time: 0.0 s"


def test_a_what_if_is_begun_compared_and_kept():
    desk = desk_of(seconds=1.0)
    said(desk, "set aggr_us 500ms")
    assert said(desk, "whatif")[0].startswith("what-if since 1.0 s, 0.0 s ago   B: intervals.aggr_us: 100 ms -> 500 ms")
    said(desk, "run 2s")
    figures = said(desk, "whatif")
    assert figures[0].startswith("what-if since 1.0 s, 2.0 s ago")
    assert any("page checks: A 2.0 k/s, B " in line and "B is" in line for line in figures), figures
    assert said(desk, "branch b") == ["what-if: branch B"]
    assert "what-if: branch B" in "\n".join(said(desk, "status"))
    assert said(desk, "keep B") == ["branch B goes on alone"]
    assert desk.session.committed[0].contexts[0].intervals.aggr_us == 500_000
    assert refused(desk, "keep A") == "no what-if runs: whatif begins one"


def test_what_was_found_is_told():
    desk = desk_of(real=True)
    desk.truths.need("test")
    assert "has yet to end its first aggregation: run 1s" in refused(desk, "heatmap")
    said(desk, "run 8s")
    drawn = said(desk, "heatmap")
    assert drawn[0] == "kdamond 0, context 0, target 0: access rate by time (down) and address (across)"
    rows = [line.partition("|")[2] for line in drawn if "|" in line]
    assert len(rows) == 40 and all(len(row) <= 70 for row in rows)
    assert "9999" in rows[-1] and set(rows[-1]) <= set(".123456789")  # the phase that runs is the hottest there is
    assert len(said(desk, "heatmap all")) > 80
    hot = said(desk, "regions rate > 50%")
    assert all("rate 100 %" in line or "true" in line for line in hot[2:]) and len(hot) > 2
    assert "is nothing to filter by" in refused(desk, "regions heat > 5")
    figures = said(desk, "figures")
    assert "bytes by access rate" in figures
    assert sum(line.startswith("  ") for line in figures) > 40
    tuned = said(desk, "tune scheme 1")
    assert tuned[0] == "scheme 1 of kdamond 0: stat, as committed"
    assert [line.partition(":")[0] for line in tuned[1:]] == ["matches", "each alone", "truth", "quota", "running"]
    advice = said(desk, "advice")
    assert advice[0].partition(": ")[2] in {verdict.value for verdict in Verdict}
    assert any(line.startswith("observed: ") for line in advice)


def test_things_are_explained():
    desk = desk_of()
    assert said(desk, "explain aggr_us")[0].startswith("aggr_us of context 0: How often the checks are added up")
    assert said(desk, "explain working set")[0].startswith("working set: Bytes of the regions")
    assert said(desk, "explain temp")[0].startswith("temp (temperature): 100 x rate")
    assert said(desk, "explain scheme 1")[0].startswith("scheme 1 of context 0: An operation scheme")
    assert "working set" in said(desk, "explain")[1]
    assert "named 'wrking set'" in refused(desk, "explain wrking set")
    for name in COMMANDS:
        (line,) = said(desk, f"help {name}")
        assert line.startswith(name)
    assert len(said(desk, "help")) == len(COMMANDS) + 1


def test_the_config_is_carried_elsewhere_and_nothing_else_is_printed(capsys):
    desk = desk_of()
    said(desk, "set aggr_us 200ms")
    assert kdamonds_from_json("\n".join(said(desk, "json"))) == desk.session.staged
    assert "pid is null" in capsys.readouterr().err
    for name in ("damo", "sysfs"):
        text = carried(FORMATS[name], desk.session.staged, desk.session.kernel).text
        assert said(desk, name) == text.splitlines()
    assert len(json.loads("\n".join(said(desk, "json scheme 1")))["kdamonds"][0]["contexts"][0]["schemes"]) == 1
    assert "debugfs" in refused(desk, "debugfs")


def test_presets_and_files_are_loaded_and_sessions_saved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    desk = desk_of()
    assert said(desk, "load damon-reclaim") == ["staged: preset damon_reclaim"]
    assert desk.session.staged[0].contexts[0].ops == "paddr"
    (tmp_path / "k.json").write_text("\n".join(said(desk, "json")))
    said(desk, "undo")
    assert said(desk, "load k.json") == ["staged: file k.json"]
    assert desk.session.staged[0].contexts[0].ops == "paddr"
    mine = tmp_path / "mine.damotui.json"
    assert said(desk, "save mine", "save") == [f"saved: {mine.name}", f"saved: {mine}"]
    (tmp_path / "other.damotui").write_text("{}")
    assert "stays as it is" in refused(desk, "save other.damotui")
    assert "--session mine.damotui.json" in refused(desk, "load mine.damotui.json")
    assert "'no.json' can't be read" in refused(desk, "load no.json")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("xyzzy", ["'xyzzy' is no command", "status"]),
        ("s", ["could be any of status, set"]),
        ("stat nr", ["'nr' is no kdamond"]),
        ("set aggr_us", ["set needs a place and a value"]),
        ("set aggr_us soon", ["aggr_us: 'soon' is not"]),
        ("set nr_regions.min 2", ["nr_regions.min: 2 is too few"]),
        ("set scheme 0 5", ["schemes[0] is no value"]),
        ("set scheme 7 age.min 5", ["'scheme 7 age.min'"]),
        ("set max 5", ["could be any of"]),
        ("add wings", ["'wings' is nothing to add here"]),
        ("add goal", ["a goal goes into the goals of a scheme's quotas: say where, as in add goal at scheme 0"]),
        ("remove aggr_us", ["aggr_us can't be removed: go to context 0"]),
        ("run", ["run needs a time"]),
        ("run 10", ["run: '10' can't be used: give a time above 0 with its unit"]),
        ("kill me", ["'me' is none"]),
        ("kill 7", ["no process with pid 7"]),
        ("branch", ["'' is no branch"]),
        ("tune aggr_us x", ["in the tree"]),
        ("x" * 5000, ["5,000 characters"]),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(line, told):
    desk = desk_of()
    before = desk.session.staged
    sentence = refused(desk, line)
    assert all(one in sentence for one in told)
    assert "\n" not in sentence and len(sentence) < 600
    assert desk.session.staged == before and not desk.session.steps


def test_names_may_be_shortened_as_long_as_they_are_plain():
    assert command("comm").name == "commit"
    assert command("c").name == "commit"  # what the app's own sentences call it
    assert command("on").name == "on"
    assert command("QUIT").name == "quit"
    assert said(desk_of(), "", "   ", "# a comment") == []
    with pytest.raises(Leave):
        said(desk_of(), "q")


def test_running_is_interrupted_between_frames():
    desk = desk_of()
    asked = iter([False, False, True])
    assert said(desk, "run 10s", interrupted=lambda: next(asked)) == ["time: 0.2 s"]


_PLACES = ("0", "scheme 0", "aggr_us", "age.min", "kdamond", "all", "at", "A", "b")
_VALUES = ("5s", "100ms", "max", "-1", "pageout", "filter anon", "size > 2M", "damon_reclaim", "…", '"', "#", "\udcff")
_WORDS = st.sampled_from([*COMMANDS, *_PLACES, *_VALUES])


@settings(max_examples=150)
@given(st.lists(st.lists(_WORDS, max_size=4).map(" ".join), max_size=8))
def test_whatever_is_typed_is_answered_or_refused(lines):
    desk = desk_of(seconds=0.3)
    for line in lines:
        if line.startswith(("save", "load", "run")):
            continue  # files of whoever runs this, and time
        try:
            assert all(isinstance(answer, str) for answer in perform(line, desk))
        except InputError as error:
            assert str(error) and "\n" not in str(error)
        except Leave:
            pass
        assert len(desk.session.staged) <= 9
