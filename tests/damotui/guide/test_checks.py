"""What checks find: worked out by hand."""

from dataclasses import replace

import pytest

from damotui.guide.check import Check, findings
from damotui.guide.figures import FIGURES
from damotui.shell.printed import Line, Look, Printed, Typed
from engine.snapshot import KdamondStatus, ProcessStatus, Snapshot

MIB = 1 << 20


def process(rss, refaults=0, elapsed_us=0, work_us=0.0, *, pid=7, running=True):
    return ProcessStatus(
        pid, "p", running, 0, None, "", rss, (), refaults=refaults, elapsed_us=elapsed_us, work_us=work_us
    )


def kdamond(pid, nr_regions, checks, aggregations):
    on = pid > 0
    return KdamondStatus(0, on, pid, None, nr_regions, checks, aggregations, None, (), "")


def snapshot(time_us, *processes, kdamonds=(), free=0):
    return Snapshot(time_us, tuple(kdamonds), processes, 1000 * MIB, free)


NOW, SINCE = snapshot(0), snapshot(0)


def typed(*lines, looks=(), now=NOW, since=SINCE):
    return Typed(tuple(lines), 0, tuple(looks), now, since)


def found(check, out="", err="", status=0):
    (finding,) = findings((replace(check, run="look"),), typed(looks=[Look(out, err, status)]))
    return finding.text, finding.seen, finding.wanted


class TestTexts:
    def test_all_of_it(self):
        check = Check("It is {found}.", says="on\n")
        assert found(check, "on\n") == ("It is on.", True, "")
        assert found(check, "on  \n\n") == ("It is on.", True, "")
        assert found(check, "off\n") == ("It is off.", False, "on")
        assert found(check, "on\nmore\n") == ("It is on ….", False, "on")
        assert found(check, "") == ("It is nothing.", False, "on")

    def test_a_part_of_it(self):
        check = Check("There: {found}", holds="b")
        assert found(check, "a\nabc\nb\n") == ("There: abc", True, "")
        assert found(check, "a\n") == ("There: a", False, "something with b")

    def test_a_pattern_in_it(self):
        check = Check("There: {found}", finds=r"n=(\d+)$")
        assert found(check, "n=x\nn=12\nn=13\n") == ("There: 12", True, "")
        assert found(check, "n=x") == ("There: n=x", False, r"something like n=(\d+)$")
        assert found(replace(check, finds="^n=.")) == ("There: nothing", False, "something like ^n=.")
        assert found(replace(check, finds="^n=."), "m\nn=1") == ("There: n=1", True, "")

    def test_anything_at_all(self):
        assert found(Check("Some: {found}"), "x") == ("Some: x", True, "")
        assert found(Check("Some: {found}"), "\n") == ("Some: nothing", False, "anything")

    def test_what_failed_shows_its_complaint(self):
        check = Check("It is {found}.", says="on")
        assert found(check, "", "cat: x: No such file\n", 1) == ("It is cat: x: No such file.", False, "on")

    def test_long_lines_are_cut(self):
        text, seen, _ = found(Check("{found}", holds="x"), "x" * 100)
        assert seen and text == "x" * 59 + "…"


class TestNumbers:
    @pytest.mark.parametrize(
        ("out", "seen"), [("4", False), ("5\n", True), ("6", True), ("7", True), ("8", False), ("-5", False)]
    )
    def test_both_ends_are_in_the_range(self, out, seen):
        assert found(Check("{found}", at_least=5, at_most=7), out)[1] is seen

    def test_says_what_is_wanted(self):
        check = Check("{found} bytes", at_least=MIB, at_most=2 * MIB, unit="bytes")
        assert found(check, str(MIB + MIB // 2)) == ("1.5 MiB bytes", True, "")
        assert found(check, "0") == ("0 B bytes", False, "at least 1.0 MiB and at most 2.0 MiB")
        assert found(Check("{found}", at_most=3), "4") == ("4", False, "at most 3")

    @pytest.mark.parametrize("out", ["", "x", "1 2", "1\n2", "0x10", "1.5"])
    def test_what_is_no_number_is_not_seen(self, out):
        _, seen, wanted = found(Check("It is {found}", at_least=1), out)
        assert not seen and wanted == "a number at least 1"

    def test_lines_are_counted(self):
        assert found(Check("{found}", lines=True, at_least=3), "a\nb\nc\n") == ("3", True, "")
        assert found(Check("{found}", lines=True, at_least=4), "a\nb\nc\n") == ("3", False, "at least 4")

    def test_large_ones_are_told_with_commas_and_small_parts_with_one_digit(self):
        assert found(Check("{found}", at_least=1), "1234567")[0] == "1,234,567"
        now = snapshot(3_000_000, kdamonds=[kdamond(5, 1, 1000, 1)])
        (finding,) = findings((Check("{found}", figure="checks_per_s"),), typed(now=now))
        assert finding.text == "333.3"


class TestFigures:
    def value(self, name, now, since=SINCE):
        return FIGURES[name].of(now, since)

    def test_of_kdamonds(self):
        since = snapshot(1_000_000, kdamonds=[kdamond(501, 10, 400, 3)])
        now = snapshot(3_000_000, kdamonds=[kdamond(501, 20, 1000, 23), replace(kdamond(502, 5, 100, 4), index=1)])
        assert self.value("nr_regions", now) == 25
        assert self.value("aggregations", now, since) == 20 + 4
        assert self.value("checks_per_s", now, since) == (600 + 100) / 2
        # One that was started anew counts from 0; one that is off, not at all.
        again = snapshot(3_000_000, kdamonds=[kdamond(777, 20, 1000, 23)])
        assert self.value("aggregations", again, since) == 23
        assert self.value("aggregations", snapshot(3_000_000, kdamonds=[kdamond(-1, 0, 900, 9)]), since) == 0

    def test_of_memory(self):
        since = snapshot(0, process(300 * MIB, 10), process(50 * MIB, 1, pid=8))
        now = snapshot(9, process(100 * MIB, 15), process(60 * MIB, 4, pid=8), free=250 * MIB)
        assert self.value("resident_bytes", now) == 160 * MIB
        assert self.value("shrunk_bytes", now, since) == 190 * MIB
        assert self.value("refaults", now, since) == 8
        assert self.value("free_percent", now) == 25
        gone = snapshot(9, process(100 * MIB, running=False))
        assert self.value("resident_bytes", gone) == 0

    def test_of_slowdown(self):
        since = snapshot(0, process(0, elapsed_us=1_000, work_us=1_000.0))
        now = snapshot(
            0, process(0, elapsed_us=2_500, work_us=2_000.0), process(0, elapsed_us=110, work_us=100.0, pid=8)
        )
        assert self.value("slowdown_percent", now, since) == pytest.approx(50)
        assert self.value("slowdown_percent", now, now) == 0

    def test_all_say_what_they_are(self):
        assert all(figure.meaning.endswith(".") for figure in FIGURES.values())


class TestComplaints:
    LINES = (Line(Printed.COMMAND, "echo x > y"), Line(Printed.ERROR, "echo: write error"))

    def test_an_error_is_a_finding_where_none_belongs(self):
        first, second = findings((Check("Fine: {found}", holds="echo"),), typed(*self.LINES))
        assert (first.seen, first.text) == (False, "The commands are refused: echo: write error")
        assert second == replace(second, seen=True, text="Fine: echo: write error")

    def test_an_error_that_belongs_to_the_step_is_wanted(self):
        assert findings((), typed(*self.LINES), refused=True) == ()
        (finding,) = findings((), typed(self.LINES[0]), refused=True)
        assert (finding.seen, finding.text, finding.wanted) == (False, "Nothing is refused.", "a complaint")

    def test_what_perf_says_of_a_recording_is_none(self):
        said = Line(Printed.ERROR, "[ perf record: Captured and wrote perf.data (7 samples) ]")
        assert findings((), typed(said)) == ()
        assert findings((), typed(Line(Printed.NOTE, "as you like"))) == ()
