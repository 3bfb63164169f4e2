"""The table of `fidelity.py`, as Markdown."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.comparison import (
    NR_REGIONS_BOUND,
    PAIRS_BOUND,
    RATIO_BOUND,
    REQUIRED,
    Comparison,
    misses,
    wss_bounds,
)
from tests.conformance.recording import EDGE_S, PERCENTILES

_REMARKS = Path(__file__).with_name("fidelity_remarks.toml")
_UNEXPLAINED = "Not explained yet."


def table(comparisons: Sequence[Comparison], seeds: int) -> str:
    """All comparisons: first those that the bounds are set for, then the others, then what explains the misses."""
    required = [c for c in comparisons if c.recording.name in REQUIRED]
    others = [c for c in comparisons if c.recording.name not in REQUIRED]
    bounds = wss_bounds([c.recording for c in comparisons])
    lines = _introduction(seeds)
    for title, group in (("Recordings that the bounds are set for", required), ("Other recordings", others)):
        if group:
            lines += [f"## {title}", "", *_figures(group, bounds), "", *_pairs(group), ""]
    lines += _explanations(comparisons, bounds)
    return "\n".join(lines).rstrip() + "\n"


def _introduction(seeds: int) -> list[str]:
    return [
        "# The simulator beside real kernels",
        "",
        "Each line is a figure of what DAMON of a real kernel (Linux 6.12.107 on an emulated machine) reported, the"
        f" same of our engine as mean ± standard deviation over {seeds} seeds, and the difference of the means. The"
        " engine is given what the recording states: masim's configuration, its batch size, the speed that it printed"
        " for each phase, DAMON's parameters, and as sampling interval the recorded median aggregation interval divided"
        " by the samples of one aggregation. Nothing is fitted.",
        "",
        "- wss: percentiles, over all snapshots, of the bytes that were seen accessed at least once.",
        "- regions: mean number of regions.",
        "- pairs: for each phase after the first and each region of masim, the share of checks that found it accessed,"
        f" weighted by bytes, mean over the phase's snapshots but those that end in its first {EDGE_S:g} s.",
        "",
        "Made by `python -m tests.conformance.fidelity --write`.",
        "",
    ]


def _figures(group: Sequence[Comparison], bounds: tuple[float, ...]) -> list[str]:
    lines = [
        "| recording | figure | kernel | simulator | difference | bound | |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for one in group:
        name, wss, regions = one.recording.name, one.wss_bytes(), one.nr_regions()
        differences = one.wss_differences()
        for i, percentile in enumerate(PERCENTILES):
            kernel, simulator = _mb(one.recording.wss_bytes[i]), f"{_mb(wss[:, i].mean())} ± {_mb(wss[:, i].std())}"
            verdict = _verdict(abs(differences[i]) <= bounds[i])
            lines.append(
                f"| {name} | wss p{percentile}, MB | {kernel} | {simulator} | {differences[i]:+z.1%} |"
                f" {bounds[i]:.0%} | {verdict} |"
            )
        difference = one.nr_regions_difference()
        lines.append(
            f"| {name} | regions | {one.recording.nr_regions:.1f} | {regions.mean():.1f} ± {regions.std():.1f} |"
            f" {difference:+z.1%} | {NR_REGIONS_BOUND:.0%} | {_verdict(abs(difference) <= NR_REGIONS_BOUND)} |"
        )
    return lines


def _pairs(group: Sequence[Comparison]) -> list[str]:
    lines = [f"| recording | pairs | within {RATIO_BOUND:.2f} | share | bound | |", "|---|---:|---:|---:|---:|---|"]
    count = kept = 0
    for one in group:
        pairs = one.pairs()
        holding = sum(pair.holds for pair in pairs)
        count, kept = count + len(pairs), kept + holding
        lines.append(f"| {one.recording.name} | {len(pairs)} | {holding} | {holding / len(pairs):.1%} | | |")
    share = kept / count
    lines.append(f"| all | {count} | {kept} | {share:.1%} | {PAIRS_BOUND:.0%} | {_verdict(share >= PAIRS_BOUND)} |")
    missed = [(one, pair) for one in group for pair in one.pairs() if not pair.holds]
    if missed:
        lines += [
            "",
            "| pair that misses | phase | region | kernel | simulator | difference |",
            "|---|---|---|---:|---:|---:|",
        ]
        lines += [
            f"| {one.recording.name} | {pair.phase} | {pair.region} | {pair.kernel:.3f} | {pair.simulator:.3f} |"
            f" {pair.difference:+.3f} |"
            for one, pair in missed
        ]
    return lines


def _explanations(comparisons: Sequence[Comparison], bounds: tuple[float, ...]) -> list[str]:
    remarks = tomllib.loads(_REMARKS.read_text())
    lines = ["## What explains the misses", ""]
    for one in comparisons:
        for figure in misses(one, bounds):
            remark = remarks.get(one.recording.name, {}).get(figure, _UNEXPLAINED)
            lines.append(f"- {one.recording.name}, {figure.replace('_', ' ')}: {' '.join(remark.split())}")
    if len(lines) == 2:
        lines.append("There are none.")
    return lines


def _mb(size: float) -> str:
    return f"{size / 1e6:.2f}"


def _verdict(holds: bool) -> str:
    return "holds" if holds else "**misses**"
