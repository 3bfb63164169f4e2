"""Keys are given out one after another, each where the one before has led.

Textual puts a key into the queue of whatever has the focus when it arrives. Keys that arrive together, as over a slow
link or where somebody types ahead, would all go there, also if the first of them opens a line to type in: the rest of
a number would then be commands.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from time import monotonic

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

LONGEST_S = 0.5
"""After that a key is taken to be done with: what it was given to has gone."""
_ROUNDS = 3
"""A key may have a message sent, which may move the focus, which is yet another message."""
_AT_ONCE = ("ctrl+c", "ctrl+q")


class KeysInTurn(App[None]):
    """An app that waits with a key until the one before is done with."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._given_s: float | None = None
        """When the key was given out that is not done with yet."""

    @property
    def all_keys_done(self) -> bool:
        """Whether no key is waited for."""
        return self._given_s is None and not self._waiting

    async def on_event(self, event: events.Event) -> None:
        """Give out a key or what is pasted, now or when it is its turn; everything else at once."""
        if (
            not isinstance(event, events.Key | events.Paste)
            or event.is_forwarded
            or (isinstance(event, events.Key) and event.key in _AT_ONCE)
        ):
            await super().on_event(event)
        elif self._given_s is None:
            await self._give(event)
        else:
            if not self._waiting:
                self.set_timer(LONGEST_S, self._look_after)
            self._waiting.append(event)

    async def _give(self, event: events.Key | events.Paste) -> None:
        self._given_s = monotonic()
        path = self._path()
        await super().on_event(event)
        self._follow(path, _ROUNDS)

    def _path(self) -> Sequence[MessagePump]:
        """Where a key goes through: from what has the focus up to the app."""
        begin = self.focused or (self.screen if self.screen_stack else self)
        return begin.ancestors_with_self

    def _follow(self, path: Sequence[MessagePump], rounds: int) -> None:
        """Go behind the key through the queues of all that it goes through, then once more for what it has set off."""
        for at, pump in enumerate(path, 1):
            if pump.call_later(self._follow, path[at:], rounds):
                return
        if rounds:
            self._follow(self._path(), rounds - 1)
        else:
            self.call_later(self._next)

    async def _next(self) -> None:
        self._given_s = None
        if self._waiting:
            await self._give(self._waiting.popleft())

    async def _look_after(self) -> None:
        """Go on where a key is not heard of any more."""
        if self._given_s is not None and monotonic() - self._given_s >= LONGEST_S:
            await self._next()
        if self._waiting:
            self.set_timer(LONGEST_S, self._look_after)
