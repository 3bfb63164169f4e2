"""Presets: their figures, who can read them, and the command line."""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from damotui.experiment import load_experiment
from damotui.launch import main
from damotui.presets import all_presets, load_preset, preset_names
from engine.config.damo_json import kdamonds_from_json, kdamonds_to_json
from engine.config.model import (
    ULONG_MAX,
    AccessPattern,
    AddrRange,
    Dest,
    Filter,
    Goal,
    Intervals,
    IntervalsGoal,
    NrRegions,
    Quotas,
    Range,
    Scheme,
    Target,
    Watermarks,
    Weights,
)
from engine.config.validate import validate
from engine.errors import InputError
from engine.records import read_record
from engine.versions import RELEASES, Feature, kernel_version, release
from tests.engine.test_config_json import DAMO_READS, as_damo_keeps_context

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "damotui" / "presets"
NAMES = [
    *("damon_lru_sort", "damon_reclaim", "damon_stat", "ethp", "full_snapshot"),
    *("prcl", "tiering", "usage_example", "weighted_interleave", "wss"),
]
GIB = 1 << 30
ANY, PAGES, NONE = Range(0, ULONG_MAX), Range(4096, ULONG_MAX), Range(0, 0)
TUNED = IntervalsGoal(access_bp=400, aggrs=3, min_sample_us=5_000, max_sample_us=10_000_000)
SINCE = {
    **dict.fromkeys(NAMES, "5.16"),
    **{"damon_lru_sort": "6.0", "damon_stat": "6.17", "tiering": "6.16", "weighted_interleave": "6.17"},
}


def at_least(low):
    return Range(low, ULONG_MAX)


def contexts(name):
    return [kdamond.contexts[0] for kdamond in load_preset(name).kdamonds]


def schemes(name):
    return [scheme for context in contexts(name) for scheme in context.schemes]


# What they are


def test_the_names():
    assert preset_names() == NAMES
    assert [preset.name for preset in all_presets()] == NAMES


def test_damon_reclaim_is_the_module_with_its_defaults():
    assert schemes("damon_reclaim") == [
        Scheme(
            "pageout",
            AccessPattern(PAGES, NONE, at_least(120_000_000 // 100_000)),
            quotas=Quotas(10, 134_217_728, 1000, Weights(0, 0, 1)),
            watermarks=Watermarks("free_mem_rate", 5_000_000, 500, 400, 200),
        )
    ]


def test_damon_lru_sort_is_the_module_with_its_defaults():
    half = Quotas(10 // 2, 0, 1000, Weights(0, 1, 1))
    marks = Watermarks("free_mem_rate", 5_000_000, 200, 150, 50)
    assert schemes("damon_lru_sort") == [
        Scheme("lru_prio", AccessPattern(PAGES, at_least(20 * 500 // 1000), ANY), quotas=half, watermarks=marks),
        Scheme("lru_deprio", AccessPattern(PAGES, NONE, at_least(1200)), quotas=half, watermarks=marks),
    ]


def test_damon_stat_only_monitors_with_tuned_intervals():
    (context,) = contexts("damon_stat")
    assert context.intervals == Intervals(5_000, 100_000, 60_000_000, TUNED)
    assert context.schemes == ()


def test_recipes_of_one_process():
    assert schemes("prcl") == [Scheme("pageout", AccessPattern(PAGES, NONE, at_least(50)))]
    assert schemes("ethp") == [
        Scheme("hugepage", AccessPattern(ANY, at_least(1), ANY)),
        Scheme("nohugepage", AccessPattern(at_least(2 << 20), NONE, at_least(70))),
    ]
    assert schemes("full_snapshot") == [Scheme("stat", AccessPattern(ANY, ANY, ANY))]
    assert schemes("wss") == [Scheme("stat", AccessPattern(ANY, at_least(1), ANY))]


def test_tiering_demotes_from_node_0_and_promotes_from_node_1():
    quotas = Quotas(0, 200 << 20, 1000, Weights(1, 1, 1))
    free, used = Goal("node_mem_free_bp", 50, nid=0), Goal("node_mem_used_bp", 9970, nid=0)
    assert load_preset("tiering").nodes == (0, 1)
    assert [context.intervals.goal for context in contexts("tiering")] == [TUNED, TUNED]
    assert schemes("tiering") == [
        Scheme(
            "migrate_cold",
            AccessPattern(ANY, NONE, ANY),
            apply_interval_us=1_000_000,
            target_nid=1,
            quotas=replace(quotas, goals=(free,)),
            filters=(Filter("young", matching=True, allow=False),),
        ),
        Scheme(
            "migrate_hot",
            AccessPattern(ANY, at_least(1), ANY),
            apply_interval_us=1_000_000,
            target_nid=0,
            quotas=replace(quotas, goals=(used,)),
            filters=(Filter("young", matching=True, allow=True),),
        ),
    ]


def test_weighted_interleave_has_two_equal_destinations():
    (scheme,) = schemes("weighted_interleave")
    assert (scheme.action, scheme.target_nid, scheme.dests) == ("migrate_hot", -1, (Dest(0, 1), Dest(1, 1)))
    assert scheme.access_pattern == AccessPattern(ANY, at_least(1), ANY)
    assert (scheme.quotas.sz_bytes, scheme.quotas.reset_interval_ms) == (200 << 20, 1000)


def test_usage_example_is_that_of_the_kernels_document():
    assert schemes("usage_example") == [
        Scheme(
            "pageout",
            AccessPattern(Range(4096, 8192), Range(0, 5), Range(10, 20)),
            quotas=Quotas(10, 1 << 30, 1000, Weights(0, 0, 100)),
            watermarks=Watermarks("free_mem_rate", 5_000_000, 600, 500, 300),
        )
    ]


@pytest.mark.parametrize("name", NAMES)
def test_all_monitor_at_the_kernels_intervals_and_bounds(name):
    for context in contexts(name):
        assert (context.intervals.sample_us, context.intervals.aggr_us) == (5_000, 100_000)
        assert context.nr_regions == NrRegions(10, 1000)
        assert context.targets == (Target(),)
        whole_machine = name in ("damon_reclaim", "damon_lru_sort", "damon_stat", "tiering")
        assert context.ops == ("paddr" if whole_machine else "vaddr")


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_does(name):
    preset = load_preset(name)
    assert preset.title and not preset.title.endswith(".")
    assert preset.explanation.endswith(".") and "\n" not in preset.explanation
    # Name and title fit on one line of the chooser, the explanation on six.
    assert len(name) + len(preset.title) <= 62
    assert len(preset.explanation) <= 330


# Which kernels have them


@pytest.mark.parametrize("name", NAMES)
def test_each_is_valid_from_its_release_on(name):
    preset = load_preset(name)
    assert preset.since_release == SINCE[name]
    for number in RELEASES[RELEASES.index(preset.since_release) :]:
        for kdamond in preset.for_machine(16 * GIB):
            assert validate(kdamond, release(number)) == []
        preset.check_kernel(release(number))


@pytest.mark.parametrize("name", NAMES)
def test_the_release_before_is_refused_with_the_one_that_has_it(name):
    preset = load_preset(name)
    before = RELEASES[RELEASES.index(preset.since_release) - 1]
    with pytest.raises(InputError) as refused:
        preset.check_kernel(release(before))
    assert str(refused.value) == f"preset {name} needs Linux {SINCE[name]} or later, and this is {before}"
    if name != "damon_stat":  # its intervals goal came before the module did
        assert any(validate(kdamond, release(before)) for kdamond in preset.kdamonds)


def test_weighted_interleave_waits_for_migration_of_virtual_memory():
    assert Feature.VADDR_MIGRATE.first == load_preset("weighted_interleave").since_release


# On a machine


@pytest.mark.parametrize("name", ["damon_reclaim", "damon_lru_sort", "damon_stat"])
def test_physical_presets_monitor_all_system_ram(name):
    (kdamond,) = load_preset(name).for_machine(16 * GIB)
    assert kdamond.contexts[0].targets == (Target(regions=(AddrRange(4 * GIB, 20 * GIB),)),)


def test_nodes_are_the_halves_of_the_memory_unless_told():
    preset = load_preset("tiering")

    def monitored(memory_bytes, node_bytes=None):
        kdamonds = preset.for_machine(memory_bytes, node_bytes)
        return [(r.start, r.end) for k in kdamonds for t in k.contexts[0].targets for r in t.regions]

    assert monitored(16 * GIB) == [(4 * GIB, 12 * GIB), (12 * GIB, 20 * GIB)]
    assert monitored(2 * 4096 + 4095) == [(4 * GIB, 4 * GIB + 4096), (4 * GIB + 4096, 4 * GIB + 2 * 4096 + 4095)]
    assert monitored(16 * GIB, [4 * GIB, 12 * GIB]) == [(4 * GIB, 8 * GIB), (8 * GIB, 20 * GIB)]
    with pytest.raises(InputError, match="tiering needs a machine with 2 NUMA nodes, and this has 1"):
        monitored(16 * GIB, [16 * GIB])


def test_presets_of_a_process_are_left_as_they_are():
    preset = load_preset("prcl")
    assert preset.for_machine(16 * GIB) == preset.kdamonds


# Reading and writing


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_what_is_written_of_it(name):
    document = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    preset = load_preset(name)
    assert document["kdamonds"] == json.loads(kdamonds_to_json(preset.kdamonds))["kdamonds"]
    for kdamonds in (preset.kdamonds, preset.for_machine(3 * GIB)):
        assert kdamonds_from_json(kdamonds_to_json(kdamonds)) == kdamonds


@pytest.mark.parametrize("name", NAMES)
def test_each_file_can_be_given_as_kdamonds(name):
    notes = []
    found = kdamonds_from_json((FOLDER / f"{name}.json").read_text("utf-8"), name, notes)
    assert found == load_preset(name).kdamonds
    assert notes == [f"{name}: preset is passed over: no such field is known here"]


# Reads the files as `damo start FILE` does, then hands them to the reading of tests/engine/test_config_json.py.
DAMO_READS_FILES = DAMO_READS.replace(
    'kdamonds = [_damon.Kdamond.from_kvpairs(k) for k in json.load(sys.stdin)["kdamonds"]]',
    """
import _damon_args
kdamonds = []
for path in sys.argv[2:]:
    found, error = _damon_args.kdamonds_from_json_arg(path)
    assert error is None, error
    kdamonds += found
""",
)


def test_damo_reads_each_file_as_the_same_values(tmp_path):
    found = importlib.util.find_spec("damo")
    if found is None or not found.submodule_search_locations:
        pytest.skip("damo is not installed")
    assert DAMO_READS_FILES != DAMO_READS
    answer = subprocess.run(
        [
            *(sys.executable, "-B", "-c", DAMO_READS_FILES, found.submodule_search_locations[0]),
            *(str(FOLDER / f"{name}.json") for name in NAMES),
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path)},
    )
    kdamonds = [kdamond for name in NAMES for kdamond in load_preset(name).kdamonds]
    assert json.loads(answer.stdout) == [
        [kdamond.refresh_ms, [as_damo_keeps_context(context) for context in kdamond.contexts]] for kdamond in kdamonds
    ]
    assert len(kdamonds) == 11


# Names


@pytest.mark.parametrize("given", ["DAMON_RECLAIM", "damon-reclaim", "damon_reclaim"])
def test_names_are_found_however_they_are_written(given):
    assert load_preset(given).name == "damon_reclaim"


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ("prlc", "did you mean prcl?"),
        ("reclaim", "did you mean damon_reclaim?"),
        ("", "known are damon_lru_sort, "),
        ("../prcl", "did you mean prcl?"),
        ("x" * 1000, "known are damon_lru_sort, "),
    ],
)
def test_unknown_names_are_answered_with_known_ones(given, advice):
    with pytest.raises(InputError, match="there is no preset ") as refused:
        load_preset(given)
    assert advice in str(refused.value)
    assert len(str(refused.value)) < 300


# The command line


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def record(*options):
    return main(["record", "--workload", "stairs", "--duration", "2s", "--output", "x.data", *options])


def test_record_runs_a_preset(folder):
    assert record("--preset", "wss", "--summary", "s.json") == 0
    summary = json.loads(Path("s.json").read_text())
    written = json.dumps({"kdamonds": summary["experiment"]["kdamonds"]})
    assert kdamonds_from_json(written) == load_preset("wss").kdamonds
    (scheme,) = summary["kdamonds"][0]["schemes"]
    (seen,) = read_record("x.data")
    accessed = seen.nr_accesses > 0
    assert scheme["nr_tried"] == accessed.sum() >= seen.nr_snapshots == 20
    assert scheme["sz_tried"] == (seen.end - seen.start)[accessed].sum()


def test_record_monitors_the_memory_of_the_machine(folder):
    assert record("--preset", "damon_stat", "--memory", "1GiB", "--summary", "s.json") == 0
    (kdamond,) = json.loads(Path("s.json").read_text())["experiment"]["kdamonds"]
    assert kdamond["contexts"][0]["targets"][0]["regions"] == [{"start": "4,294,967,296", "end": "5,368,709,120"}]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ("--preset", "wss", "--kdamonds", "k.json"),
            "--preset: 'wss' can't be used together with --kdamonds: give one of the two",
        ),
        (
            ("--preset", "damon_stat", "--kernel", "6.12"),
            "--preset: preset damon_stat needs Linux 6.17 or later, and this is 6.12",
        ),
        (("--preset", "wws"), "--preset: there is no preset 'wws': did you mean wss?"),
    ],
)
@pytest.mark.parametrize("command", [("record", "--workload=stairs", "--duration=2s", "--output=x.data"), ("run",)])
def test_what_cannot_be_used_is_one_sentence(folder, capsys, command, options, sentence):
    assert main([*command, *options]) == 2
    assert capsys.readouterr().err == f"damotui: {sentence}\n"
    assert list(folder.iterdir()) == []


def test_an_experiment_of_a_preset_is_as_reproducible_as_any():
    first, second = (load_experiment(workload="stairs", preset="tiering") for _ in range(2))
    assert first == second
    assert first.kernel == kernel_version("7.1")


def test_presets_are_listed_with_what_they_do(capsys):
    assert main(["presets"]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 100
    words = " ".join(shown.split())
    for preset in all_presets():
        assert f"{preset.name} {preset.title} (Linux {preset.since_release} or later) {preset.explanation}" in words


def test_presets_are_listed_as_json(capsys):
    assert main(["presets", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in listed] == NAMES
    assert {entry["name"]: entry["since"] for entry in listed} == SINCE
    for entry in listed:
        preset = load_preset(entry["name"])
        assert (entry["title"], entry["explanation"], entry["nodes"]) == (
            *(preset.title, preset.explanation),
            list(preset.nodes),
        )
        assert kdamonds_from_json(json.dumps({"kdamonds": entry["kdamonds"]})) == preset.kdamonds


def test_the_readme_has_each_preset():
    readme = (ROOT / "README.md").read_text("utf-8")
    for preset in all_presets():
        assert f"| `{preset.name}` | {preset.title} | {preset.since_release} |\n" in readme
