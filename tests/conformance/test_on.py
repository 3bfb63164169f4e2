"""What Linux 6.12.107 answered when `on` was written to `state`, against our validation.

`on-6.12.107.jsonl` has one attempt a line: the files written since nr_kdamonds, and the error or null.
It is distilled from a transcript of that kernel; attempts with a pid that did not exist are left out.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.config.model import (
    AccessPattern,
    AddrRange,
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
    Watermarks,
)
from engine.config.validate import validate
from engine.versions import kernel_version

ATTEMPTS = [json.loads(line) for line in (Path(__file__).parent / "on-6.12.107.jsonl").read_text().splitlines()]


def kdamond(files: dict[str, str]) -> Kdamond:
    """The configuration that the files hold, at the kernel's defaults where nothing was written."""

    def number(path: str, default: int = 0) -> int:
        return int(files.get(path, default))

    def spread(path: str) -> Range:
        return Range(number(f"{path}/min"), number(f"{path}/max"))

    def scheme(at: str) -> Scheme:
        return Scheme(
            action=files.get(f"{at}/action", "stat"),
            access_pattern=AccessPattern(
                *(spread(f"{at}/access_pattern/{name}") for name in ("sz", "nr_accesses", "age"))
            ),
            quotas=Quotas(
                goals=tuple(
                    Goal(target_value=number(f"{at}/quotas/goals/{index}/target_value"))
                    for index in range(number(f"{at}/quotas/goals/nr_goals"))
                )
            ),
            watermarks=Watermarks(
                files.get(f"{at}/watermarks/metric", "none"),
                *(number(f"{at}/watermarks/{name}") for name in ("interval_us", "high", "mid", "low")),
            ),
            filters=tuple(
                Filter(
                    files.get(f"{at}/filters/{index}/type", "anon"),
                    addr=AddrRange(
                        number(f"{at}/filters/{index}/addr_start"), number(f"{at}/filters/{index}/addr_end")
                    ),
                    target_idx=number(f"{at}/filters/{index}/damon_target_idx"),
                )
                for index in range(number(f"{at}/filters/nr_filters"))
            ),
        )

    def target(at: str) -> Target:
        return Target(
            pid=number(f"{at}/pid_target"),
            regions=tuple(
                AddrRange(number(f"{at}/regions/{index}/start"), number(f"{at}/regions/{index}/end"))
                for index in range(number(f"{at}/regions/nr_regions"))
            ),
        )

    attrs = "monitoring_attrs"
    context = Context(
        ops=files["operations"],
        intervals=Intervals(
            number(f"{attrs}/intervals/sample_us", 5_000),
            number(f"{attrs}/intervals/aggr_us", 100_000),
            number(f"{attrs}/intervals/update_us", 60_000_000),
        ),
        nr_regions=NrRegions(number(f"{attrs}/nr_regions/min", 10), number(f"{attrs}/nr_regions/max", 1_000)),
        targets=tuple(target(f"targets/{index}") for index in range(number("targets/nr_targets"))),
        schemes=tuple(scheme(f"schemes/{index}") for index in range(number("schemes/nr_schemes"))),
    )
    return Kdamond(contexts=(context,) * number("contexts/nr_contexts"))


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: str(list(attempt["files"].items())[-2:]))
def test_validation_refuses_what_the_kernel_refused(attempt: dict[str, Any]) -> None:
    problems = validate(kdamond(attempt["files"]), kernel_version("6.12"))
    assert bool(problems) == (attempt["errno"] is not None), problems


def test_the_attempts_hold_both_answers() -> None:
    assert len(ATTEMPTS) == 70
    assert sum(attempt["errno"] is not None for attempt in ATTEMPTS) == 29
