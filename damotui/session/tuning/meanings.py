"""What each value, and each figure of the tuning screen, means: its formula, its unit, and where that is from."""

from __future__ import annotations

from damotui.explain import Explanation
from damotui.session import tree
from damotui.session.meanings import KEYWORDS
from damotui.session.tuning.rows import TuningRow
from damotui.session.tuning.touched import MOST_AVERAGED
from engine.units import Unit

_KERNEL = "the kernel's design document of DAMON"
_ENGINE = "the kernel's own arithmetic, played over the regions of the newest aggregation"
_SIMULATOR = "the workload itself: only a simulator knows it"

_STEPS: dict[Unit, tuple[str, str, str]] = {
    Unit.BYTES: ("twice or half the size", "three times that, ×8", "a sixteenth of the size, at least a page"),
    Unit.US: ("1-2-5", "a decade", "1 in the second digit"),
    Unit.MS: ("1-2-5", "a decade", "1 in the second digit"),
    Unit.KEYWORD: ("the next keyword", "the next keyword", "the next keyword"),
}
_COUNTED = ("1, above 100 ten, above 1,000 a hundred, and so on", "ten of these", "1")


def value(row: TuningRow, scheme: str) -> Explanation:
    """What the value of a row means, what it can be, and how keys change it."""
    spec, leaf = row.leaf.spec, row.leaf
    natural, coarse, fine = _STEPS.get(spec.unit or Unit.COUNT, _COUNTED)
    if leaf.linear and spec.unit is Unit.PERMIL:
        natural, coarse = "1 %, which is 10", "10 %"
    meaning = KEYWORDS.get(row.value, "")
    text = f"{row.help} {row.value}: {meaning}." if meaning else row.help
    if row.problem:
        text += f" Now: {row.problem}."
    facts = [
        ("now", f"{row.value}{f', that is {row.aside}' * bool(row.aside)}"),
        ("committed", row.committed or "the same"),
        ("unit", spec.unit.value if spec.unit else "none"),
        ("default", row.default),
        ("steps", f"from {row.bounds}" if not leaf.choices else row.bounds),
        ("← →", natural),
        ("with Shift", coarse),
        ("[ ]", fine),
        ("field", tree.text(("", *leaf.path[3:])).removeprefix(".")),
    ]
    if spec.since is not None:
        facts.append(("since", f"Linux {spec.since.first}"))
    return Explanation(f"{leaf.label} of {scheme}", text, facts)


def _one(title: str, text: str, unit: str, source: str) -> Explanation:
    return Explanation(title, text, (("unit", unit), ("source", source)))


FIGURES: tuple[Explanation, ...] = (
    _one(
        "matches",
        "Bytes of the regions whose size, nr_accesses and age all lie in the staged ranges, of all that is monitored,"
        " and how many regions that are. They are those of the newest aggregation, counted under the intervals it had."
        " Beside it what the committed ranges match, where these are others. The aggregation tells of regions after"
        " its schemes had their turn: what one acted on has age 0 again, and is counted as acted on in this"
        " aggregation. Filters, quota and watermarks are not asked here.",
        "bytes; regions; percent of the bytes",
        _KERNEL,
    ),
    _one(
        "each alone",
        "The share of all bytes that would pass, if the range of sz, of nr_accesses or of age were the only one."
        " The smallest keeps most of the memory out: it is the one to change first.",
        "percent of all bytes, and bytes",
        _KERNEL,
    ),
    _one(
        "truth",
        "For cold actions (pageout, cold, lru_deprio, migrate_cold, nohugepage, and stat with nr_accesses up to 10 %):"
        " truly cold are bytes that no access touched in the last age.min aggregations. For hot ones (willneed,"
        " hugepage, collapse, lru_prio, migrate_hot, and other stat schemes): truly hot are bytes that were touched, on"
        f" average over the last age.min aggregations, at most {MOST_AVERAGED}, in nr_accesses.min of the checks or"
        " more. The percentage is the part of the matching bytes that truly is (precision). Missed is what truly is and"
        " does not match, less cold memory that the running scheme acted on before, with success, and that was not"
        " touched since; recall is the rest in percent of all that truly is. The truth is known from when this screen"
        " was opened on: over says how much of the time is looked at.",
        "bytes; percent",
        _SIMULATOR,
    ),
    _one(
        "quota",
        "How much may be done in each charge window (quota.reset), and what it comes from: quota.sz; quota.time by how"
        " much the action gets done in a millisecond; goals as far as they have tuned it. If not all that matches"
        " fits, regions score by their access rate and age, weighted, from 0 to 99; a histogram of their bytes is added"
        " up from 99 down until the quota is reached, and that score is the least that gets a turn. Below it are bytes"
        " that match and get none. A window takes what the first turn of a new window would try, from low addresses"
        " up: core filters are asked, those of pages and other schemes are not, and the action always succeeds.",
        "bytes; scores",
        _ENGINE,
    ),
    _one(
        "watermark",
        "The share of memory that is free now, and whether the staged watermarks would switch the scheme on: above"
        " high and below low it is off, below mid on, and between mid and high it stays as it is; a commit begins with"
        " on.",
        "percent of memory; 1/1,000 in the fields",
        _KERNEL,
    ),
    _one(
        "running",
        "What the scheme does with its committed values: bytes tried and applied per second over the last 2 s of"
        " simulated time, pages per second that had left memory and were needed again, what is out of memory now, how"
        " much longer the slowest of the processes takes, and what is charged of the present window's quota.",
        "bytes/s; pages/s; bytes; percent",
        "the scheme's statistics, and the simulated machine's",
    ),
    _one(
        "the chart",
        "All regions of the newest aggregation by two of access rate, age and size; b takes another two. A cell is the"
        " brighter, the more bytes have these values, in steps of the logarithm from 1/4,096 of all up. Both axes are"
        " logarithmic, too, with 0 apart. The frame is the staged pattern, its changing side in another colour. / marks"
        " what matches and has a score below the least that gets a turn.",
        "bytes a cell",
        _ENGINE,
    ),
    _one(
        "the heatmap",
        "Access rates over addresses and time, as in the main screen. Marked is where the staged pattern matches, in"
        " each aggregation as it was, and where the scheme acted.",
        "share of the checks that found an access",
        _KERNEL,
    ),
    _one(
        "since … saved",
        "Each line is a time in which the scheme ran with the same values: when it began, how long it was, bytes tried"
        " and applied per second, refaults of all processes per second, and what was out of memory on average (the"
        " growth of byte-seconds saved, by the time). A commit begins a new line; changed says what it changed.",
        "simulated time; bytes/s; pages/s; bytes",
        "the scheme's statistics, and the simulated machine's",
    ),
)
"""In the order of the screen."""
