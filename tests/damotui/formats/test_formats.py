"""What is the same for all formats, the parts of a tree, and texts that need no other program to be looked at."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import replace

import pytest

from damotui.formats import FORMATS, Carried, carried, damo_command, kdamonds_json, parts_at
from damotui.formats.carried import comments, with_comments
from damotui.formats.damo_numbers import access_rate, age, share, size, time_ms, time_us
from damotui.presets import load_preset
from engine.config.damo_json import kdamonds_from_json
from engine.config.model import (
    UINT_MAX,
    ULONG_MAX,
    AccessPattern,
    Context,
    Filter,
    Goal,
    Intervals,
    Kdamond,
    NrRegions,
    Quotas,
    Range,
    Scheme,
    Target,
)
from engine.versions import KERNELS, kernel_version
from tests.damotui.formats.configs import random_tree

NEWEST = kernel_version("7.1")
DEFAULT = Intervals()


class TestDamoNumbers:
    @pytest.mark.parametrize(
        ("us", "text"),
        [
            (0, "0us"),
            (999, "999us"),
            (5_000, "5ms"),
            (90_000_000, "90s"),
            (60_000_000, "1m"),
            (172_800_000_000, "2d"),
            (2**53, str(2**53)),
            (ULONG_MAX, "max"),
        ],
    )
    def test_times_are_in_one_unit_and_exact(self, us: int, text: str) -> None:
        assert time_us(us) == text

    def test_milliseconds_have_their_own(self) -> None:
        assert [time_ms(ms) for ms in (0, 10, 1_500, 3_600_000, 2**60)] == ["0ms", "10ms", "1500ms", "1h", str(2**60)]

    def test_sizes(self) -> None:
        assert [size(n) for n in (0, 4096, 4097, ULONG_MAX)] == ["0B", "4KiB", "4097B", "max"]

    def test_shares_are_percentages_where_doubles_allow_it(self) -> None:
        assert [share(n, 1000) for n in (0, 1, 500, 1000)] == ["0%", "0.1%", "50%", "100%"]
        assert [share(n, 10_000) for n in (400, 9_970, ULONG_MAX)] == ["4%", "99.7%", "max"]
        assert int(0.29 / 100.0 * 10_000) == 28, "29/10,000 as 0.29 % would come to 28"
        assert share(29, 10_000) == "29"

    def test_access_rates_are_the_shortest_that_come_to_the_count(self) -> None:
        texts = [access_rate(samples, DEFAULT) for samples in (0, 1, 5, 20, 21)]
        assert texts == ["0%", "5%", "25%", "100%", "105%"]
        assert access_rate(1, Intervals(5_000, 1_000_000)) == "0.5%"
        # 58 % is 57.99… in doubles, and 58 is 58.
        assert access_rate(58, Intervals(1_000, 100_000)) == "58"

    def test_ages_are_times(self) -> None:
        assert [age(n, DEFAULT) for n in (0, 1, 1200)] == ["0us", "100ms", "2m"]

    def test_no_limit_is_max_where_max_is_none(self) -> None:
        assert [access_rate(n, DEFAULT) for n in (UINT_MAX, ULONG_MAX)] == ["max", "max"]
        assert access_rate(ULONG_MAX, Intervals(4_000, 100_000)) == "1e99"
        assert (age(ULONG_MAX, DEFAULT), age(ULONG_MAX, Intervals(1 << 12, 1 << 17))) == ("max", "1e99")


class TestDamoCommand:
    def test_one_scheme_needs_no_markers(self) -> None:
        context = Context(
            targets=(Target(),),
            schemes=(Scheme("pageout", AccessPattern(Range(4096, ULONG_MAX), Range(0, 0), Range(300, ULONG_MAX))),),
        )
        written = damo_command((Kdamond((context,)),), NEWEST)
        assert written.text == (
            "damo start \\\n"
            "    --ops vaddr \\\n"
            "    --monitoring_intervals 5ms 100ms 1m \\\n"
            '    --target_pid "$PID" \\\n'
            "    --damos_action pageout \\\n"
            "    --damos_sz_region 4KiB max \\\n"
            "    --damos_access_rate 0% 0% \\\n"
            "    --damos_age 30s max\n"
        )
        assert written.notes == (
            "$PID stands for the pid of kdamonds[0].contexts[0].targets[0], which has none yet: give it a value before,"
            " such as PID=$(pidof NAME)",
        )
        assert damo_command((Kdamond((context,)),), NEWEST, "tune").text.startswith("damo tune \\\n")

    def test_an_option_that_one_scheme_needs_is_given_to_all(self) -> None:
        everything = AccessPattern(Range(0, ULONG_MAX), Range(0, ULONG_MAX), Range(0, ULONG_MAX))
        schemes = (Scheme("stat", everything), Scheme("cold", replace(everything, sz=Range(4096, 8192))))
        text = damo_command((Kdamond((Context(targets=(Target(7),), schemes=schemes),)),), NEWEST).text
        assert text.count("--damos_scheme") == 2 and "--damon_ctx" not in text and "--damon_target" not in text
        assert [line.strip(" \\") for line in text.splitlines() if "sz_region" in line] == [
            "--damos_sz_region 0B max",
            "--damos_sz_region 4KiB 8KiB",
        ]
        assert "damos_age" not in text

    def test_what_has_no_place_is_said(self) -> None:
        goals = (Goal("node_eligible_mem_bp", 1, 2, 3), Goal("active_mem_bp", 5, 6))
        scheme = Scheme(
            "pageout",
            AccessPattern(Range(0, 4096), Range(0, 5), Range(2**60 + 1, 2**60 + 1)),
            0,
            3,
            quotas=Quotas(goals=goals),
        )
        context = Context(targets=(Target(7),), schemes=(scheme,), addr_unit=4096)
        said = damo_command((Kdamond((context, Context("paddr", targets=(Target(8),)))),), NEWEST).notes
        assert said == (
            "kdamonds[0].contexts[0].schemes[0].access_pattern.age is left out: damo's arithmetic can't come to it",
            "kdamonds[0].contexts[0].schemes[0].target_nid: 3 is left out:"
            " damo takes one for a migration without dests only",
            "kdamonds[0].contexts[0].schemes[0].quotas.goals[0].current_value: 2 is left out:"
            " damo takes one for user_input only",
            "kdamonds[0].contexts[0].schemes[0].quotas.goals[0].nid: 3 is left out: damo takes one for"
            " node_mem_used_bp, node_mem_free_bp, node_memcg_used_bp, node_memcg_free_bp only",
            "kdamonds[0].contexts[0].schemes[0].quotas.goals[1].current_value: 6 is left out:"
            " damo takes one for user_input only",
            "kdamonds[0].contexts[0].addr_unit: 4 KiB is left out: damo takes one with paddr only",
            "kdamonds[0].contexts[1].targets[0].pid: 8 is left out: paddr has no process",
            "kdamonds[0].contexts[1] has no regions: damo takes the largest range of System RAM then",
        )

    @pytest.mark.parametrize("path", ["/a b", "/it's", r"/a\x2db", "/$HOME`id`", '/"\n\\'])
    def test_a_shell_reads_the_words_as_they_are_meant(self, path: str) -> None:
        scheme = Scheme(filters=(Filter("memcg", True, memcg_path=path),))
        text = damo_command((Kdamond((Context(targets=(Target(),), schemes=(scheme,)),)),), NEWEST).text
        script = f"damo() {{ printf '%s\\0' \"$@\"; }}\nPID=4242\n{text}"
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
        words = done.stdout.split("\0")[:-1]
        assert words[0] == "start" and words[words.index("--target_pid") + 1] == "4242"
        assert words[words.index("--damos_filter") + 1 :] == ["reject", "memcg", path]

    def test_nothing_is_nothing(self) -> None:
        said = Carried("", ("there is no context, and so nothing for damo to start",))
        assert damo_command((), NEWEST) == damo_command((Kdamond(),), NEWEST) == said


class TestJson:
    @pytest.mark.parametrize("kernel", KERNELS)
    def test_it_is_read_back_here(self, kernel: str) -> None:
        for seed in range(10):
            tree = random_tree(seed, kernel_version(kernel))
            assert kdamonds_from_json(kdamonds_json(tree, kernel_version(kernel)).text) == tree

    def test_what_damo_makes_otherwise_is_said(self) -> None:
        goals = (Goal("node_eligible_mem_bp", 1, nid=2), Goal("hugepage_mem_bp", 3))
        scheme = Scheme(max_nr_snapshots=5, quotas=Quotas(goals=goals))
        tree = (Kdamond((Context(targets=(Target(1), Target()), schemes=(Scheme(), scheme)),)),)
        assert kdamonds_json(tree, NEWEST).notes == (
            "kdamonds[0].contexts[0].schemes[1].max_nr_snapshots is there, and damo 3.4.3 passes over it:"
            " its option sets it",
            "kdamonds[0].contexts[0].schemes[1].quotas.goals[0].nid is there, and damo 3.4.3 does not write it for"
            " node_eligible_mem_bp",
            "kdamonds[0].contexts[0].schemes[1].quotas.goals[1]: damo 3.4.3 does not know hugepage_mem_bp,"
            " and refuses the file",
            "kdamonds[0].contexts[0].targets[1].pid is null, as the process is not known yet: put its pid there",
        )


class TestCarried:
    @pytest.mark.parametrize("name", FORMATS)
    def test_what_is_wrong_comes_first(self, name: str) -> None:
        tree = (Kdamond((Context(nr_regions=NrRegions(10, 5), targets=(Target(),)),)),)
        found = carried(FORMATS[name], tree, kernel_version("6.12"))
        refused = "Linux 6.12 refuses this config: kdamonds[0].contexts[0].nr_regions.max: 5 is below min"
        assert found.notes[0].startswith(refused)
        said = "".join(line.removeprefix("# ").strip() + " " for line in found.text.splitlines()[:4])
        assert (refused in said) == (name != "json")

    def test_no_note_leaves_its_comment(self) -> None:
        evil = "a\necho b\r\nc\x0bd\u2028e" + " x" * 1000
        lines = list(comments([evil]))
        assert len(lines) < 8 and all(line.startswith("# ") and len(line) <= 78 for line in lines)
        assert "\n" not in "".join(lines)
        assert with_comments("#!/bin/sh\necho\n", ["why"]) == "#!/bin/sh\n# why\necho\n"
        assert with_comments("echo\n", ["why"]) == "# why\necho\n"

    @pytest.mark.parametrize("name", ["damo", "sysfs", "debugfs"])
    def test_scripts_are_read_by_a_shell(self, name: str) -> None:
        for seed in range(6):
            text = carried(FORMATS[name], random_tree(seed, kernel_version("6.12")), kernel_version("6.12")).text
            done = subprocess.run(["sh", "-n", "-c", text], capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")
            assert shlex.split(text, comments=True)

    def test_what_is_left_out_is_not_called_refused_as_well(self) -> None:
        tree = (Kdamond((Context(targets=(Target(7),)),), refresh_ms=7),)
        kernel = kernel_version("6.12")
        assert carried(FORMATS["sysfs"], tree, kernel).notes == (
            "kdamonds[0].refresh_ms: 7 ms is left out: it needs Linux 6.17 or later, and this is 6.12",
        )
        assert carried(FORMATS["damo"], tree, kernel).notes == (
            "Linux 6.12 refuses this config: kdamonds[0].refresh_ms: 7 ms needs Linux 6.17 or later, and this is 6.12:"
            " leave it at 0 ms",
        )

    def test_regions_of_physical_memory_are_of_this_machine(self) -> None:
        tree = load_preset("damon_reclaim").for_machine(1 << 30)
        for form in FORMATS.values():
            assert carried(form, tree, kernel_version("6.12")).notes[-1] == (
                "the regions of kdamonds[0].contexts[0] are physical addresses:"
                " other machines have memory elsewhere (/proc/iomem)"
            )

    def test_what_the_kernel_cuts_off_is_said_whatever_the_format(self) -> None:
        pattern = AccessPattern(Range(0, 2**40), Range(0, ULONG_MAX), Range(2**32 + 7, UINT_MAX))
        tree = (Kdamond((Context(targets=(Target(7),), schemes=(Scheme("stat", pattern),)),)),)
        for form in FORMATS.values():
            assert carried(form, tree, kernel_version("6.12")).notes == (
                "kdamonds[0].contexts[0].schemes[0].access_pattern.age.min: 4,294,967,303 becomes 7,"
                " as the kernel keeps 32 bits of it",
            )


class TestParts:
    def test_a_node_has_the_parts_that_it_is_in(self) -> None:
        tree = load_preset("damon_lru_sort").kdamonds + load_preset("wss").kdamonds
        parts = parts_at(tree, (0, "contexts", 0, "schemes", 1, "access_pattern", "sz", "min"))
        assert [part.title for part in parts] == ["the whole tree", "kdamond 0", "scheme 1 of kdamond 0"]
        assert parts[0].kdamonds == tree and parts[1].kdamonds == tree[:1]
        (alone,) = parts[2].kdamonds
        assert alone.contexts[0].schemes == tree[0].contexts[0].schemes[1:]
        assert replace(alone.contexts[0], schemes=()) == replace(tree[0].contexts[0], schemes=())

    def test_what_says_the_same_is_named_once(self) -> None:
        tree = load_preset("damon_reclaim").kdamonds
        path = (0, "contexts", 0, "schemes", 0, "action")
        assert [part.title for part in parts_at(tree, path)] == ["the whole tree"]
        two = (replace(tree[0], contexts=tree[0].contexts * 2),)
        assert [part.title for part in parts_at(two, path)] == ["the whole tree", "context 0 of kdamond 0"]

    @pytest.mark.parametrize(
        "path", [(), (7,), (0, "contexts", 5), (0, "contexts", 0, "schemes", 9), (0, "refresh_ms")]
    )
    def test_a_node_that_is_not_there_any_more_is_in_what_is_left(self, path: tuple[str | int, ...]) -> None:
        tree = load_preset("damon_reclaim").kdamonds
        assert parts_at(tree, path)[-1].kdamonds == tree
        assert [part.title for part in parts_at(tree * 2, (1,))] == ["the whole tree", "kdamond 1"]
