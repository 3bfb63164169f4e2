"""What the cursor tells, in words: as many as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from damotui.render.legend import format_hertz, format_percent
from damotui.render.ticks import format_size, format_time
from damotui.session.readout import Readout
from engine.config.model import Scheme
from engine.units import format_address

SEPARATOR = " · "


class Fact(NamedTuple):
    """One thing to tell."""

    long: str
    short: str


NOTHING_THERE = Fact("nothing was monitored here", "nothing here")


def facts(readout: Readout, schemes: Sequence[Scheme]) -> tuple[Fact, ...]:
    """What there is to tell, most important first.

    Args:
        readout: What is known.
        schemes: Those that were asked whether they match.
    """
    return tuple(
        fact
        for fact in (
            None if readout.in_sight else Fact("out of sight: an arrow goes there", "out of sight"),
            _rate(readout),
            _truth(readout),
            _name(readout),
            _age(readout),
            _schemes(readout, schemes),
            _time(readout),
            _addresses(readout),
            _region(readout),
        )
        if fact is not None
    )


def laid_out(told: Sequence[Fact], width: int, lines: int) -> list[str]:
    """The facts in lines: as many of the first in many words as leave room for the rest, which is left out at last."""
    for nr_long in range(len(told), -1, -1):
        texts = [fact.long if at < nr_long else fact.short for at, fact in enumerate(told)]
        made, left = _wrapped(texts, width, lines)
        if not left:
            break
    return made


def time_texts(readout: Readout) -> tuple[str, str]:
    """The beginning of the cell, and how long ago its end was."""
    step_us = max(readout.end_us - readout.start_us, 1)
    before_us = readout.now_us - readout.end_us
    return format_time(readout.start_us, step_us), format_time(before_us, step_us) if before_us > 0 else "now"


def scheme_names(readout: Readout, schemes: Sequence[Scheme]) -> tuple[str, ...]:
    """The schemes that match the region, such as "0 pageout"."""
    return () if readout.region is None else tuple(f"{at} {schemes[at].action}" for at in readout.region.schemes)


def _wrapped(texts: Sequence[str], width: int, lines: int) -> tuple[list[str], int]:
    """The texts in lines, in their order but for those that only fit further up; and how many are left out."""
    made: list[str] = []
    left = 0
    for text in texts:
        for at, line in enumerate(made):
            if len(line) + len(SEPARATOR) + len(text) <= width:
                made[at] = f"{line}{SEPARATOR}{text}"
                break
        else:
            if len(made) < lines and len(text) <= width:
                made.append(text)
            else:
                left += 1
    return made, left


def _rate(readout: Readout) -> Fact:
    if readout.rate is None or readout.hertz is None or readout.nr_accesses is None:
        return Fact("no data", "no data")
    percent, hertz = format_percent(readout.rate), format_hertz(readout.hertz)
    count, most = f"{readout.nr_accesses:.3g}", readout.max_nr_accesses
    return Fact(f"{percent} · {hertz} · {count} of {most} checks", f"{percent} {hertz} {count}/{most}")


def _truth(readout: Readout) -> Fact | None:
    if readout.ranked:
        return None
    text = "unknown" if readout.truth is None else format_percent(readout.truth)
    return Fact(f"truth {text}", f"truth {'?' if readout.truth is None else text}")


def _name(readout: Readout) -> Fact | None:
    if not readout.name:
        return None
    text = f"{readout.name} +{format_size(readout.offset)}"
    return Fact(text, text)


def _age(readout: Readout) -> Fact | None:
    region = readout.region
    if region is None:
        return None
    return Fact(f"age {region.age} ({format_time(region.age_us, readout.aggr_us)})", f"age {region.age}")


def _schemes(readout: Readout, schemes: Sequence[Scheme]) -> Fact | None:
    if readout.region is None or not schemes:
        return None
    names = scheme_names(readout, schemes)
    if not names:
        return Fact("no scheme matches", "no match")
    short = ",".join(name.partition(" ")[0] for name in names)
    return Fact(f"matches scheme {', '.join(names)}", f"scheme {short}")


def _time(readout: Readout) -> Fact:
    at, before = time_texts(readout)
    if before == "now":
        return Fact(f"at {at}, now", f"{at} now")
    return Fact(f"at {at}, {before} ago", f"{at} −{before}")


def _addresses(readout: Readout) -> Fact:
    if readout.ranked:
        hottest = f"{format_size(readout.start)}–{format_size(readout.end)}"
        return Fact(f"the hottest {hottest}", f"hottest {hottest}")
    start, size = format_address(readout.start), format_size(readout.end - readout.start)
    return Fact(f"{start}–{format_address(readout.end)} ({size})", f"{start} {size}")


def _region(readout: Readout) -> Fact | None:
    region = readout.region
    if region is None:
        return None
    size = format_size(region.end - region.start)
    return Fact(
        f"region {format_address(region.start)}–{format_address(region.end)} ({size})",
        f"region {size}",
    )
