"""The memory of one process page by page: each page has a state of its own, and chance decides which are touched."""

from __future__ import annotations

import numpy as np

from engine.machine.hardware import Node
from engine.machine.space import Space

PAGE = 4096
_UNTOUCHED, _OUT, _INACTIVE, _ACTIVE = range(4)


class NaivePages:
    """Arrays with one entry per page.

    Args:
        space: whose mappings and workload it plays; its page state is not looked at.
        node: the only node.
        swap_pages: how many pages swap holds.
        seed: of which pages are touched.
    """

    def __init__(self, space: Space, node: Node, swap_pages: int, seed: int) -> None:
        extents = space.extents
        self.page = np.concatenate([np.arange(s, s + n) for s, n in zip(extents.start, extents.pages, strict=True)])
        self.anonymous = np.concatenate(
            [np.full(n, b == 0) for n, b in zip(extents.pages, extents.backing, strict=True)]
        )
        self.state = np.full(len(self.page), _UNTOUCHED)
        self.touched_us = np.full(len(self.page), -1)
        self.swap_ins = self.first_touches = 0
        self._model, self._node, self._swap = space.model, node, swap_pages
        self._rng = np.random.default_rng(seed)

    def count(self, state: str) -> int:
        """Pages in a state."""
        return int((self.state == ("untouched", "swapped", "inactive", "active").index(state)).sum())

    @property
    def free(self) -> int:
        return self._node.usable - int((self.state >= _INACTIVE).sum())

    def step(self, from_work: float, to_work: float, now_us: int) -> None:
        """Touch pages, each on its own, and make room."""
        touched = self._model.touched(np.array([from_work, to_work]))
        start = (self.page * PAGE).astype(np.uint64)
        share = touched.shares_of(start, start + np.uint64(PAGE))[0]
        hit = self._rng.random(len(share)) < share
        there = hit & (self.state >= _INACTIVE)
        self.state[there] = _ACTIVE
        self.touched_us[there] = now_us
        missing = np.flatnonzero(hit & (self.state < _INACTIVE))
        for page in self._rng.permutation(missing) if len(missing) > self.free - self._node.min_pages else missing:
            if self.free <= self._node.min_pages:
                self._reclaim(32)
            self.swap_ins += int(self.state[page] == _OUT and self.anonymous[page])
            self.first_touches += int(self.state[page] == _UNTOUCHED)
            self.state[page], self.touched_us[page] = _INACTIVE, now_us
        if self.free < self._node.low_pages:
            self._reclaim(self._node.high_pages - self.free)

    def page_out(self, start: int, end: int) -> None:
        """Take pages of a range of addresses out of memory."""
        chosen = (self.page >= start // PAGE) & (self.page < end // PAGE) & (self.state >= _INACTIVE)
        self.state[chosen] = _OUT

    def _reclaim(self, pages: int) -> None:
        for _ in range(pages):
            inactive, active = np.flatnonzero(self.state == _INACTIVE), np.flatnonzero(self.state == _ACTIVE)
            if len(inactive) < len(active):
                self.state[active[np.argmin(self.touched_us[active])]] = _INACTIVE
                inactive = np.flatnonzero(self.state == _INACTIVE)
            if not len(inactive):
                return
            victims = inactive[self.touched_us[inactive] == self.touched_us[inactive].min()]
            self.state[self._rng.choice(victims)] = _OUT
