"""One region on its way through all schemes, literally as sections 6.2 to 6.5 say.

For the few regions of a round that some scheme cuts, or with which one goes on where it stopped. One thing is
different: from 7.1 on, a region that the core filters reject as a whole is left uncut, whereas the kernel cuts it for
the quota, rejects each piece, and merges them back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from engine.damos.round_table import Piece, RoundTable, Span
from engine.damos.rules import Rules
from engine.damos.sweep import Sweep
from engine.regions.initial import align_down

MAX_CUTS = 256
"""Pieces into which one scheme cuts a region in a round; there are more than a few only where failures cost little."""


class Visit:
    """A region, and the pieces that it is cut into.

    Args:
        table: holds the region.
        index: which one it is.
        span: its target.
        rules: of the kernel release.
        min_region_sz: in bytes.
    """

    def __init__(self, table: RoundTable, index: int, span: Span, rules: Rules, min_region_sz: int) -> None:
        self._table = table
        self._index = index
        self._target = span.target
        self._is_last = index == span.high - 1
        self._rules = rules
        self._min_sz = min_region_sz
        self._cuts: dict[Sweep, int] = {}
        self.pieces = [table.piece(index)]

    def run(self, sweeps: Sequence[Sweep]) -> None:
        """Offer it to all schemes in order, and from 7.1 on what they cut off as well."""
        at = 0
        while at < len(self.pieces):
            self._offer(sweeps, at)
            at = at + 1 if self._rules.rest_visited else len(self.pieces)
        self._table.put(self._index, self.pieces)

    def _offer(self, sweeps: Sequence[Sweep], at: int) -> None:
        for sweep in sweeps:
            if sweep.quota.full:
                continue
            now_at = self._go_on(sweep, at)
            if now_at is None:
                continue
            at = now_at
            if sweep.scheme.finished:
                continue
            if sweep.choice.wants(self._index, self.pieces[at]) and self._cuts.get(sweep, 0) < MAX_CUTS:
                self.apply(sweep, at)
            if self._is_last_piece(at):
                sweep.count_snapshot()

    def _is_last_piece(self, at: int) -> bool:
        return self._is_last and at == len(self.pieces) - 1

    def _go_on(self, sweep: Sweep, at: int) -> int | None:
        """Pass over what came before the stop of the last full window (section 6.3).

        Returns:
            The piece to try, or None if there is none yet.
        """
        quota, piece = sweep.quota, self.pieces[at]
        if quota.charge_target_from is None:
            return at
        if quota.charge_target_from != self._target:
            return None
        if self._is_last_piece(at):
            quota.forget_stop()
            return None
        if quota.charge_addr_from and piece.end <= quota.charge_addr_from:
            return None
        if piece.start < quota.charge_addr_from:
            left = align_down(quota.charge_addr_from - piece.start, self._min_sz)
            if not left:
                if piece.size <= self._min_sz:
                    return None
                left = self._min_sz
            self._cut(at, left)
            if self._rules.rest_visited:
                return None
            at += 1
        quota.forget_stop()
        return at

    def _cut(self, at: int, left: int) -> None:
        self.pieces.insert(at + 1, self.pieces[at].cut(left))

    def apply(self, sweep: Sweep, at: int = 0) -> None:
        """Apply a scheme to a piece that it wants (section 6.4)."""
        quota, piece, filters = sweep.quota, self.pieces[at], sweep.scheme.filters
        size = piece.size
        if quota.limited and quota.charged_sz + size > quota.esz:
            if self._rules.rest_visited and self._rejected_whole(sweep, piece):
                return
            size = align_down(quota.remaining, self._min_sz)
            if not size:
                sweep.scheme.nr_tried += 1
                return
            self._cut(at, size)
            self._cuts[sweep] = self._cuts.get(sweep, 0) + 1
        allowed = False
        if filters.core:
            cut = partial(self._cut, at)
            verdict = filters.verdict(self._target, piece.start, piece.end, self._min_sz, cut)
            if not verdict.passes:
                return
            allowed = verdict.allowed
            if self._rules.filtered_size_counts:
                size = piece.size
        cuts = len(self.pieces) - 1
        sweep.apply_to(self._index, piece, self._target, size, allowed=allowed, cuts=cuts)

    def _rejected_whole(self, sweep: Sweep, piece: Piece) -> bool:
        filters = sweep.scheme.filters
        if not filters.core:
            return False
        cuts: list[int] = []
        verdict = filters.verdict(self._target, piece.start, piece.end, self._min_sz, cuts.append)
        return not verdict.passes and not cuts
