"""Costly results, worked out by one of the processes that the tests run in, and read by the others."""

from __future__ import annotations

import fcntl
import pickle
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Generic, TypeVar

import pytest

T = TypeVar("T")


class Once(Mapping[str, T], Generic[T]):
    """Results by name, each worked out when it is first asked for.

    Args:
        folder: of this run of the tests, for all its processes.
        topic: tells these results from others.
        makers: what works each out; the results must be picklable.
    """

    def __init__(self, folder: Path, topic: str, makers: Mapping[str, Callable[[], T]]) -> None:
        self._folder, self._topic, self._makers = folder, topic, makers
        self._known: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._known:
            self._known[name] = self._found(self._folder / f"{self._topic}-{name}", self._makers[name])
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def _found(self, path: Path, make: Callable[[], T]) -> T:
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():
                kept: T = pickle.loads(path.read_bytes())
                return kept
            made = make()
            path.write_bytes(pickle.dumps(made))
            return made


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests see, and no other run does."""
    base = factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base
