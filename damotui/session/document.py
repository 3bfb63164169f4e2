"""The session: what a user has staged, what of it is committed, and which kdamonds run."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from damotui.pacer.requests import (
    Commit,
    CommitGoals,
    KillProcess,
    Outcome,
    Request,
    Restart,
    StartProcess,
    TurnOff,
    TurnOn,
    WatchFiles,
    WatchTruth,
    WriteFile,
)
from damotui.pacer.watched import Written
from damotui.session import file_link, tree
from damotui.session.file_link import FileLink
from damotui.session.history import History, Step
from damotui.session.tree import Path, Tree
from engine.config.lint import warnings
from engine.config.model import Kdamond
from engine.config.validate import Problem, validate
from engine.errors import InputError
from engine.snapshot import DEBUGFS_FIRST_INDEX, Snapshot
from engine.versions import Kernel


class Session:
    """A config under edit beside an engine that runs what was committed of it.

    An edit changes the staged tree only. `commit` gives it to a running kdamond, or settles with what a stopped one
    will start; `turn_on` commits, as the kernel reads all files when a kdamond is turned on. Undo goes back among the
    staged trees, so that undo after a commit stages the former value, uncommitted.

    Args:
        kdamonds: what is staged, and taken as committed, at first.
        kernel: decides what is valid.
        send: takes a request for the engine; what became of it is told by `settle`, later or at once.
    """

    def __init__(self, kdamonds: Tree, kernel: Kernel, send: Callable[[Request], None]) -> None:
        self.kernel = kernel
        self._send = send
        self._files = FileLink(send)
        self._history: History[Tree] = History(kdamonds)
        self._committed: Tree = kdamonds
        self._running: frozenset[int] = frozenset()

    @property
    def staged(self) -> Tree:
        """The tree as edited."""
        return self._history.state

    @property
    def committed(self) -> Tree:
        """The tree that the running kdamonds obey and the stopped ones would start with."""
        return self._committed

    @property
    def running(self) -> frozenset[int]:
        """Indices of the kdamonds that run, as of the last snapshot and outcome."""
        return self._running

    @property
    def to_undo(self) -> Step[Tree] | None:
        """The step that `undo` would take back."""
        return self._history.to_undo

    @property
    def to_redo(self) -> Step[Tree] | None:
        """The step that `redo` would do again."""
        return self._history.to_redo

    def get(self, path: Path) -> Any:
        """The staged node at `path`; LookupError if there is none."""
        return tree.get(self.staged, path)

    def set(self, path: Path, value: Any, label: str = "", key: Hashable = None) -> None:
        """Stage `value` at `path`. Steps in a row with one `key` are undone as one."""
        self._do(label or tree.text(path), tree.replace(self.staged, path, value), key)

    def load(self, kdamonds: Tree, label: str) -> None:
        """Stage `kdamonds` in place of all that is staged.

        Raises:
            InputError: it would take away a kdamond that runs.
        """
        self._keep_running(kdamonds, "loaded")
        self._do(label, kdamonds)

    def add(self, collection: Path, value: Any, label: str = "", index: int | None = None) -> Path:
        """Stage a new entry, at the end unless `index` says where; gives its path."""
        at = len(self.get(collection)) if index is None else index
        self._do(label or f"add to {tree.text(collection)}", tree.insert(self.staged, collection, at, value))
        return (*collection, at)

    def remove(self, path: Path, label: str = "") -> None:
        """Stage the removal of an entry.

        Raises:
            InputError: it is a kdamond, and it or a later one runs: their indices are how the engine knows them.
        """
        after = tree.remove(self.staged, path)
        if len(path) == 1 and any(index >= int(path[0]) for index in self._running):
            raise InputError(
                f"kdamond {path[0]} can't be removed while kdamond {max(self._running)} runs: stop it first"
            )
        self._do(label or f"remove {tree.text(path)}", after)

    def undo(self) -> Step[Tree] | None:
        """Take back the last staged step; None if there is none.

        Raises:
            InputError: it would take away a kdamond that runs.
        """
        self._keep_running(self.to_undo.before if self.to_undo else self.staged, "undone")
        return self._moved(self._history.undo())

    def redo(self) -> Step[Tree] | None:
        """Do the last undone step again; None if there is none.

        Raises:
            InputError: it would take away a kdamond that runs.
        """
        self._keep_running(self.to_redo.after if self.to_redo else self.staged, "done again")
        return self._moved(self._history.redo())

    def seal(self) -> None:
        """The next edit is a step of its own."""
        self._history.seal()

    def problems(self, index: int) -> tuple[Problem, ...]:
        """What is wrong with staged kdamond `index`, then what is odd about it; the paths start at the kdamond."""
        return _problems(self.staged[index], self.kernel)

    def problems_with(self, path: Path, value: Any) -> tuple[Problem, ...]:
        """What would be wrong with its kdamond if `value` stood at `path`."""
        return _problems(tree.replace(self.staged, path, value)[int(path[0])], self.kernel)

    def uncommitted(self, path: Path = ()) -> bool:
        """Whether what is staged at `path` differs from what is committed there."""
        return bool(tree.find(self.staged, path) != tree.find(self._committed, path))

    def commit(self, index: int) -> None:
        """Let kdamond `index` have what is staged of it.

        Raises:
            InputError: it is invalid; nothing is sent then.
        """
        self._history.seal()
        self._check(index)
        if index in self._running:
            self._send(Commit(index, self.staged[index]))
        else:
            self._settle_config(index, self.staged[index])

    def commit_all(self) -> None:
        """Commit every kdamond that differs from what is committed, and the removal of those that are gone.

        Raises:
            InputError: one of them is invalid; those before it were committed.
        """
        for index in range(len(self.staged)):
            if self.uncommitted((index,)):
                self.commit(index)
        self._committed = self._committed[: len(self.staged)]

    def turn_on(self, index: int) -> None:
        """Start kdamond `index` with what is staged of it.

        Raises:
            InputError: it is invalid; nothing is sent then.
        """
        self._history.seal()
        self._check(index)
        self._send(TurnOn(index, self.staged[index]))

    def turn_off(self, index: int) -> None:
        """Stop kdamond `index`."""
        self._send(TurnOff(index))

    def kill_process(self, pid: int) -> None:
        """End a process of the simulated machine."""
        self._send(KillProcess(pid))

    def start_process(self) -> None:
        """Run the workload as one more process."""
        self._send(StartProcess())

    def restart(self) -> None:
        """Begin again at time 0, with what is committed running, and files that say what is staged."""
        self._files.show(self.staged)
        self._send(Restart(self._committed))

    # Files and events

    def watch_files(self, watch: WatchFiles) -> None:
        """Let frames show these files. From the first time on, files follow what is staged."""
        self._files.watch(watch, self.staged)

    def watch_trace(self, events: tuple[str, ...] | None) -> None:
        """Let frames show the lines of these events; None for no more."""
        self._files.watch_trace(events)

    def watch_truth(self, on: bool) -> None:
        """Let frames hold what a perfect monitor would have found, or no more."""
        self._send(WatchTruth(on))

    def write_file(self, path: str, text: str) -> int:
        """Write to a file, as one piece; gives the ticket by which the outcome names it.

        What the write changes is staged, as one step that undo takes back.
        """
        return self._files.write(path, text, self.staged)

    # What comes back

    def settle(self, outcome: Outcome) -> Request | None:
        """Take note of what became of a request; gives what was done: a write may come to another request."""
        done: Request | None = None if outcome.error else outcome.request
        if isinstance(done, WriteFile) and outcome.written is not None:
            done = self._take_written(done, outcome.written)
        match done:
            case TurnOn(index, config):
                self._settle_config(index, config)
                self._running |= {index}
            case Commit(index, config):
                self._settle_config(index, config)
            case CommitGoals(index, config) if index < len(self._committed):
                self._settle_config(index, file_link.with_goals(self._committed[index], config))
            case TurnOff(index):
                self._running -= {index}
            case _:
                pass
        return done

    def observe(self, snapshot: Snapshot) -> None:
        """Take note of which kdamonds run; those of debugfs are none of the tree's."""
        self._running = frozenset(
            status.index for status in snapshot.kdamonds if status.running and status.index < DEBUGFS_FIRST_INDEX
        )

    def _take_written(self, request: WriteFile, written: Written) -> Request | None:
        after = file_link.edits(self.staged, written)
        if after != self.staged:
            self._history.seal()
            self._history.do(file_link.label(request.path), after)
            self._history.seal()
            if self._files.overtaken(request.ticket):
                self._files.show(self.staged)
        return file_link.deed(request, written, self.staged)

    def _do(self, label: str, after: Tree, key: Hashable = None) -> None:
        before = self.staged
        self._history.do(label, after, key)
        if self.staged != before:
            self._files.show(self.staged)

    def _moved(self, step: Step[Tree] | None) -> Step[Tree] | None:
        if step is not None:
            self._files.show(self.staged)
        return step

    def _check(self, index: int) -> None:
        errors = [p for p in self.problems(index) if p.severity == "error"]
        if errors:
            raise InputError(f"kdamond {index} can't run: {errors[0].message}")

    def _keep_running(self, after: Tree, what: str) -> None:
        gone = [index for index in self._running if index >= len(after)]
        if gone:
            raise InputError(f"this can't be {what} while kdamond {gone[0]} runs, which it would remove: stop it first")

    def _settle_config(self, index: int, config: Kdamond) -> None:
        committed = self._committed
        # Kdamonds before it that were added but never committed stand there empty, and thus show as uncommitted.
        padded = (*committed, *(Kdamond() for _ in range(index - len(committed) + 1)))
        self._committed = (*padded[:index], config, *padded[index + 1 :])


@lru_cache(maxsize=256)
def _problems(kdamond: Kdamond, kernel: Kernel) -> tuple[Problem, ...]:
    return (*validate(kdamond, kernel), *warnings(kdamond, kernel))
