"""The session: what a user has staged, what of it is committed, and which kdamonds run."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from damotui.pacer.requests import (
    Branch,
    Commit,
    CommitGoals,
    Fork,
    Keep,
    KillProcess,
    Outcome,
    Request,
    Restart,
    StartProcess,
    StayHere,
    TurnOff,
    TurnOn,
    WatchFiles,
    WatchTruth,
    WriteFile,
)
from damotui.pacer.watched import Written
from damotui.session import file_link, tree
from damotui.session.branched import Branched
from damotui.session.file_link import FileLink
from damotui.session.history import Edits
from damotui.session.kinds import is_entry, name_of
from damotui.session.matching import Matching
from damotui.session.revert import restored, reverted
from damotui.session.tree import Path, Tree
from engine.config.lint import warnings
from engine.config.model import Kdamond
from engine.config.validate import Problem, validate
from engine.errors import InputError
from engine.versions import Kernel


class Session(Branched):
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
        super().__init__(kdamonds)
        self.kernel = kernel
        self._send = send
        self._files = FileLink(send)
        self._since_commit = Matching(kdamonds, kdamonds, numbered=True)

    @property
    def edits(self) -> Edits[Tree]:
        """All that was edited, with what was undone."""
        return self._history.edits

    def resume(self, edits: Edits[Tree], committed: Tree) -> None:
        """Be as a session was that had been edited, and committed, so far."""
        self._history.restore(edits)
        self._committed = committed
        self._changed()

    @property
    def since_commit(self) -> Matching:
        """Which node of the committed tree each staged one was."""
        known = self._since_commit
        if known.before is not self._committed or known.after is not self.staged:
            self._since_commit = Matching(self._committed, self.staged, numbered=True)
        return self._since_commit

    def problems(self, index: int) -> tuple[Problem, ...]:
        """What is wrong with staged kdamond `index`, then what is odd about it; the paths start at the kdamond."""
        return _problems(self.staged[index], self.kernel)

    def problems_with(self, path: Path, value: Any) -> tuple[Problem, ...]:
        """What would be wrong with its kdamond if `value` stood at `path`."""
        return _problems(tree.replace(self.staged, path, value)[int(path[0])], self.kernel)

    def uncommitted(self, path: Path = ()) -> bool:
        """Whether what is staged at `path` is not, or stands elsewhere than, what is committed of it."""
        if tree.find(self.staged, path) is None:
            return tree.find(self._committed, path) is not None
        origin = self.since_commit.origin(path)
        if origin is None or self.since_commit.moved(path):
            return True
        return bool(self.get(path) != tree.get(self._committed, origin))

    def revert(self, path: Path) -> str:
        """Stage what is committed in place of what is staged at `path`; an entry that is new is removed.

        Returns:
            What became of it, as the beginning of a sentence.

        Raises:
            InputError: it is as committed, or in an entry that is new.
        """
        since = self.since_commit
        if is_entry(path) and since.origin(path) is None and since.origin(path[:-1]) is not None:
            self.remove(path)
            return f"{name_of(path)} was new and is removed"
        self._do(f"{name_of(path)} back to what is committed", reverted(since, path))
        return f"{name_of(path)} is as it is committed"

    def restore(self, gone: Path) -> str:
        """Stage an entry of the committed tree that was removed; gives what became of it, as `revert` does."""
        self._do(f"{name_of(gone)} back to what is committed", restored(self.since_commit, gone))
        return f"{name_of(gone)} is there again"

    def commit(self, index: int) -> None:
        """Let kdamond `index` have what is staged of it.

        Raises:
            InputError: it is invalid; nothing is sent then.
        """
        self._history.seal()
        self._check(index)
        if index in self._running:
            self._send(Commit(index, self.staged[index], self.branch))
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
        self._send(TurnOn(index, self.staged[index], self.branch))

    def turn_off(self, index: int) -> None:
        """Stop kdamond `index`."""
        self._send(TurnOff(index, self.branch))

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

    def restart_with(self, kdamonds: Tree, label: str) -> None:
        """Begin again at time 0, with other kdamonds staged, committed and running.

        Raises:
            InputError: a what-if runs.
        """
        if self.has_branches:
            raise InputError("a what-if runs: keep one of its branches first")
        self._history.seal()
        self._history.do(label, kdamonds)
        self._history.seal()
        self._committed = kdamonds
        self.restart()

    def stay_here(self) -> None:
        """Let a replay end where it has come to."""
        self._send(StayHere())

    # What-if

    @property
    def changed_running(self) -> list[int]:
        """Indices of the kdamonds that run, and of which something else is staged than is committed."""
        return [index for index in sorted(self._running) if self.uncommitted((index,))]

    def what_if(self) -> None:
        """Let branch B begin: a copy of all that runs, to which is committed what is staged.

        Raises:
            InputError: that is invalid, or a what-if runs already; nothing is sent then.
        """
        if self.has_branches:
            raise InputError("a what-if runs already: keep one of its branches first")
        self._history.seal()
        changed = self.changed_running
        for index in changed:
            self._check(index)
        self._send(Fork(tuple((index, self.staged[index]) for index in changed)))

    def keep(self, branch: Branch) -> None:
        """End the what-if, and go on with one of its branches."""
        self._send(Keep(branch))

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

        Raises:
            InputError: the branch that is looked at has no files.
        """
        if self.branch is Branch.B:
            raise InputError("the files are branch A's, and B is looked at: W and 1 turn to A")
        return self._files.write(path, text, self.staged)

    def type_commands(self, text: str, looks: tuple[str, ...], workload: str) -> int:
        """Let a shell on the files carry out commands; gives the ticket by which the outcome names them.

        What they write is staged as by `write_file`, each write as a step.

        Args:
            text: lines of commands.
            looks: commands that only look at what has come of these.
            workload: name of the process that `<workload>` stands for.

        Raises:
            InputError: the branch that is looked at has no files.
        """
        if self.branch is Branch.B:
            raise InputError("the files are branch A's, and B is looked at: W and 1 turn to A")
        return self._files.type(text, looks, workload, self.staged)

    # What comes back

    def settle(self, outcome: Outcome) -> Request | None:
        """Take note of what became of a request; gives what was done: a write may come to another request."""
        done: Request | None = None if outcome.error else outcome.request
        if isinstance(done, WriteFile) and outcome.written is not None:
            done = self._take_written(done, outcome.written)
        match done:
            case TurnOn() | TurnOff() | Commit():
                self._in(done.branch, lambda: self._settle(done))
            case CommitGoals(index) if index < len(self.committed_in(Branch.A)):
                self._in(Branch.A, lambda: self._settle(done))
            case Fork(changes):
                self._part(changes)
            case Keep(branch):
                self._join(branch)
            case Restart():
                self._join(self.branch)
            case _:
                pass
        return done

    def _settle(self, done: Request) -> None:
        match done:
            case TurnOn(index, config):
                self._settle_config(index, config)
                self._running |= {index}
            case Commit(index, config):
                self._settle_config(index, config)
            case CommitGoals(index, config):
                self._settle_config(index, file_link.with_goals(self._committed[index], config))
            case TurnOff(index):
                self._running -= {index}
            case _:
                pass

    def _take_written(self, request: WriteFile, written: Written) -> Request | None:
        after = file_link.edits(self.staged, written)
        if after != self.staged:
            self._history.seal()
            self._history.do(file_link.label(request.path), after)
            self._history.seal()
            if self._files.overtaken(request.ticket):
                self._files.show(self.staged)
        return file_link.deed(request, written, self.staged)

    def _changed(self) -> None:
        self._files.show(self.staged)

    def _check(self, index: int) -> None:
        errors = [p for p in self.problems(index) if p.severity == "error"]
        if errors:
            raise InputError(f"kdamond {index} can't run: {errors[0].message}")


@lru_cache(maxsize=256)
def _problems(kdamond: Kdamond, kernel: Kernel) -> tuple[Problem, ...]:
    return (*validate(kdamond, kernel), *warnings(kdamond, kernel))
