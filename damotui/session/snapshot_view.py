"""Which aggregation of a kdamond is looked at, and what of it: filtered, and in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from damotui.session.marks import mapping_names
from damotui.session.seen import Seen
from damotui.session.snapshot_filter import RegionFilter, parse_filter
from damotui.session.snapshot_order import Order
from damotui.session.snapshot_regions import Regions, regions_of
from engine.config.model import Context, Kdamond
from engine.errors import InputError
from engine.snapshot import I64, Aggregation

COLD_US = (1_000_000, 5_000_000, 30_000_000, 120_000_000, 600_000_000)
"""Idle times that one can choose to call cold."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What there is to show of one aggregation."""

    regions: Regions
    """Those that pass the filter."""
    order: I64
    """Their indices, as they are listed."""
    nr_all: int
    """Regions before the filter."""


class SnapshotView:
    """Follows the newest aggregation, or stays at one of the history.

    Args:
        seen: what has come from the engine.
        nothing: says of a kdamond why it has found nothing.
    """

    def __init__(self, seen: Seen, nothing: Callable[[int], str] = "kdamond {} has found nothing".format) -> None:
        self._seen = seen
        self._nothing = nothing
        self._at: Aggregation | None = None
        self._history: object = None
        self._key: object = None
        self._shown: Shown | None = None
        self.kdamond = 0
        self.filter = RegionFilter()
        self.order = Order()
        self.cold_us = COLD_US[1]
        self.trouble = ""
        """Why what was typed last is no filter; empty if it is one."""

    @property
    def frozen(self) -> bool:
        """Whether it stays at an aggregation."""
        return self._at is not None

    @property
    def aggregation(self) -> Aggregation | None:
        """The one that is looked at; None while there is none."""
        return self._at or self._seen.history.latest(self.kdamond)

    @property
    def truth(self) -> Aggregation | None:
        """What was really touched meanwhile; None if it was not watched."""
        return self._truth(self.aggregation) if self.aggregation is not None else None

    @property
    def behind_us(self) -> int:
        """For how long what is looked at has been over when the newest aggregation ended."""
        latest = self._seen.history.latest(self.kdamond)
        return latest.end_us - self._at.end_us if latest is not None and self._at is not None else 0

    @property
    def context(self) -> Context | None:
        """What the kdamond runs with, or last ran with."""
        config = self._config
        return config.contexts[0] if config and config.contexts else None

    @property
    def addr_unit(self) -> int:
        """Bytes that a unit of its addresses stands for."""
        return self.context.addr_unit if self.context and self.context.ops == "paddr" else 1

    def freeze(self, on: bool) -> None:
        """Stay at what is looked at, or follow the newest."""
        self._at = self.aggregation if on else None

    def step(self, count: int) -> None:
        """Stay at an earlier aggregation, or a later one; behind the newest, follow it.

        Raises:
            InputError: there is nothing further back.
        """
        at = self.aggregation
        if at is None:
            raise InputError(self.nothing)
        known = self._seen.history.between(self.kdamond, 0, 0, 1 << 62)
        here = sum(one.end_us <= at.end_us for one in known) - 1
        if count < 0 and here <= 0:
            self._at = at
            raise InputError("this is the oldest aggregation that is kept")
        wanted = max(here + count, 0)
        self._at = known[wanted] if wanted < len(known) else None

    def choose(self, text: str) -> None:
        """Let only regions through that an expression describes; the filter before stays while it can't be read."""
        try:
            self.filter, self.trouble = parse_filter(text), ""
        except InputError as error:
            self.trouble = str(error)

    def next_cold(self) -> None:
        """Call memory cold after the next of the times."""
        self.cold_us = COLD_US[(COLD_US.index(self.cold_us) + 1) % len(COLD_US)]

    def show(self, kdamond: int) -> Shown | None:
        """What there is to show of a kdamond; the same object while nothing is new, and None while there is nothing."""
        history = (id(self._seen.history), self._seen.history.generation)
        if history != self._history or kdamond != self.kdamond:
            self._history, self.kdamond, self._at = history, kdamond, None
        one = self.aggregation
        if one is None:
            self._key = self._shown = None
            return None
        truth = self._truth(one)
        patterns = tuple(scheme.access_pattern for scheme in self.context.schemes) if self.context else ()
        key = (id(one), id(truth), patterns, self.filter, self.order)
        if self._shown is None or key != self._key:
            config = self._config
            names = mapping_names(self._seen.live, kdamond, config) if config else ()
            regions = regions_of(one, names=names, patterns=patterns, truth=truth, addr_unit=self.addr_unit)
            passed = regions.where(self.filter.mask(regions))
            self._key, self._shown = key, Shown(passed, self.order.of(passed), len(regions))
        return self._shown

    @property
    def nothing(self) -> str:
        """Why there is nothing to show."""
        return self._nothing(self.kdamond)

    @property
    def _config(self) -> Kdamond | None:
        status = self._seen.live.status(self.kdamond)
        return status.config if status else None

    def _truth(self, one: Aggregation) -> Aggregation | None:
        around = self._seen.truth.between(self.kdamond, 0, one.end_us - 1, one.end_us)
        return next((truth for truth in around if truth.end_us == one.end_us), None)
