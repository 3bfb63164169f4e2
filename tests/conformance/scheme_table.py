"""The table of `schemes.py`, as Markdown."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.scheme_comparison import AIM, SchemeComparison, misses
from tests.conformance.scheme_facts import Fact, facts

UNEXPLAINED = "Not explained yet."
_REMARKS = Path(__file__).with_name("scheme_remarks.toml")


def table(comparisons: Sequence[SchemeComparison], seeds: int) -> str:
    """All runs: the facts that have to hold, the figures with their factors, and what explains them."""
    remarks = tomllib.loads(_REMARKS.read_text())
    lines = _introduction(comparisons, seeds)
    missed = {(name, figure.name) for name, figure in misses(comparisons)}
    for one in comparisons:
        said = remarks.get(one.run.name, {})
        lines += [f"## {one.run.name}", "", _flat(one.run.about) + ".", ""]
        lines += ["| has to hold | kernel | simulator |", "|---|---|---|"]
        lines += [f"| {fact.name} | {_word(fact.kernel)} | {_word(fact.simulator)} |" for fact in _sorted(facts(one))]
        lines += ["", "| figure | kernel | simulator | kernel / simulator | |", "|---|---:|---:|---:|---|"]
        for figure in one.figures():
            if figure.kernel == 0 and not any(figure.simulator):
                continue
            simulator = f"{figure.mean:,.0f} ± {figure.deviation:,.0f}"
            if figure.kernel < 100:
                simulator = f"{figure.mean:,.1f} ± {figure.deviation:,.1f}"
            verdict = "holds" if figure.holds else "**misses**"
            kernel = f"{figure.kernel:,.0f}" if figure.kernel >= 100 else f"{figure.kernel:,.1f}"
            lines.append(f"| {figure.name} | {kernel} | {simulator} | {figure.factor:.2f} | {verdict} |")
        lines += ["", _flat(said.get("about", UNEXPLAINED)), ""]
        for name, figure_name in sorted(missed):
            if name == one.run.name:
                lines += [f"- {figure_name}: {_flat(said.get(figure_name, UNEXPLAINED))}"]
        lines.append("")
    return "\n".join(lines).replace("\n\n\n", "\n\n").rstrip() + "\n"


def _introduction(comparisons: Sequence[SchemeComparison], seeds: int) -> list[str]:
    figures = [figure for one in comparisons for figure in one.figures() if figure.kernel or any(figure.simulator)]
    held = sum(figure.holds for figure in figures)
    return [
        "# Schemes of the simulator beside those of a real kernel",
        "",
        "Each run is a recording of Linux 6.12.107 on an emulated machine, and simulations of the same with the kernel"
        f" rules of 6.12 and {seeds} seeds, mean ± standard deviation. Statistics are those of the last reading while"
        " kdamond ran. What the recording has and the simulation is given: masim's configuration, the speed that it"
        " printed for each phase and how long the phase took, DAMON's parameters and when they were changed, memory"
        " and swap of the machine, masim's system time per page fault, and the mean time between two aggregations,"
        " from which the sampling interval follows. Apply intervals are stretched as the sampling interval is. Nothing"
        " is fitted.",
        "",
        f"A figure holds if kernel and simulator are within a factor of {AIM:g}: {held} of {len(figures)} do. Figures"
        " that are 0 in both are left out.",
        "",
        "Made by `python -m tests.conformance.schemes --write`.",
        "",
    ]


def _sorted(found: list[Fact]) -> list[Fact]:
    return sorted(found, key=lambda fact: fact.kernel is None)


def _word(holds: bool | None) -> str:
    return {True: "yes", False: "**no**", None: "not recorded"}[holds]


def _flat(text: str) -> str:
    return " ".join(text.split()).rstrip(".") + ("." if text.rstrip().endswith(".") else "")
