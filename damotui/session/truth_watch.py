"""Who needs the truth: it is watched while anybody does, since it costs the engine a fifth of its time."""

from __future__ import annotations

from collections.abc import Callable, Hashable


class TruthWatch:
    """Counts who needs to know what a perfect monitor would find.

    Args:
        watch: begins or ends it, such as `Session.watch_truth`.
    """

    def __init__(self, watch: Callable[[bool], None]) -> None:
        self._watch = watch
        self._who: set[Hashable] = set()

    @property
    def on(self) -> bool:
        """Whether the truth is watched."""
        return bool(self._who)

    def need(self, who: Hashable, needed: bool = True) -> None:
        """Note that `who` needs the truth, or no more; saying the same twice changes nothing."""
        before = self.on
        if needed:
            self._who.add(who)
        else:
            self._who.discard(who)
        if self.on != before:
            self._watch(self.on)
