"""The directory `<debugfs>/damon`: turning monitoring on and off, and making and removing contexts."""

from __future__ import annotations

import errno

from engine.debugfs.contents import context_files
from engine.debugfs.context import DebugContext
from engine.debugfs.files import DebugFile
from engine.debugfs.meanings import CONTEXT, MEANINGS, ROOT
from engine.debugfs.scan import agree, first_word
from engine.engine import Engine
from engine.errors import BusyError, InputError
from engine.files.errors import FileError
from engine.files.nodes import Directory, Folder
from engine.snapshot import DEBUGFS_FIRST_INDEX
from engine.versions import Feature

_NOTICE = (
    "DAMON debugfs interface is deprecated, so users should move to DAMON_SYSFS. If you cannot, please report your "
    "usecase to damon@lists.linux.dev and linux-mm@kvack.org.\n"
)
"""What the kernel's usage document shows of it."""
_LONGEST_NAME = 255


class Debugfs:
    """The debugfs files of an engine; only kernels with `Feature.DEBUGFS` have them.

    Args:
        engine: that they configure, start and stop.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        first = DebugContext(engine, since_boot=True)
        self._contexts = {"": first}
        """By name, in the order in which they were made; the first one's files are in the root itself."""
        self._content = context_files(engine, first)
        old_fashioned = engine.kernel.has(Feature.DEBUGFS_DEPRECATED)
        on = "monitor_on_DEPRECATED" if old_fashioned else "monitor_on"
        self._content[on] = DebugFile(MEANINGS[on], self._read_monitor_on, self._write_monitor_on)
        self._content["mk_contexts"] = DebugFile(MEANINGS["mk_contexts"], write=self._make_context)
        self._content["rm_contexts"] = DebugFile(MEANINGS["rm_contexts"], write=self._remove_context)
        if old_fashioned:
            self._content["DEPRECATED"] = DebugFile(MEANINGS["DEPRECATED"], lambda size: _NOTICE)
        self._root = Folder(self._content, ROOT)

    @property
    def root(self) -> Directory:
        """What is in `<debugfs>/damon`."""
        return self._root

    # On and off

    def _read_monitor_on(self, size: int) -> str:
        return "on\n" if self._engine.any_running() else "off\n"

    def _write_monitor_on(self, data: bytes) -> None:
        word = first_word(data)
        if word is not None and agree(word, b"on", len(data)):
            self._turn_on()
        elif word is not None and agree(word, b"off", len(data)):
            self._turn_off()
        else:
            raise FileError(errno.EINVAL, "on or off is wanted")

    def _turn_on(self) -> None:
        """Start all contexts. One whose processes have all ended is started, too, and ends at once."""
        contexts = tuple(self._contexts.items())
        for name, context in contexts:
            context.notice_end()
            if not context.targets:
                raise FileError(errno.EINVAL, f"{_shown(name)} has no targets; write pids to its target_ids first")
        self._check_none_runs()
        configs = {}
        overdue = set()
        for index, (_, context) in enumerate(contexts, DEBUGFS_FIRST_INDEX):
            config = context.config()
            if config is not None:
                configs[index] = config
            if context.overdue:
                overdue.add(index)
        try:
            self._engine.start_together(configs, exclusive=True, overdue=overdue)
        except BusyError as error:
            raise FileError(errno.EBUSY, str(error)) from error
        except InputError as error:
            raise FileError(errno.EINVAL, str(error)) from error
        for index, (_, context) in enumerate(contexts, DEBUGFS_FIRST_INDEX):
            if index in configs:
                context.started(index)
            else:
                context.ended_at_once()

    def _turn_off(self) -> None:
        """Stop contexts in the order in which they were made, up to the first one that does not run (EPERM)."""
        for name, context in self._contexts.items():
            if not context.running:
                raise FileError(errno.EPERM, f"{_shown(name)} is not on")
            context.turn_off()

    # Contexts

    def _make_context(self, data: bytes) -> None:
        name = self._name(data)
        self._check_none_runs()
        shown = _entry(name)
        if name in (b"", b".", b"..") or b"/" in name:
            raise FileError(errno.EACCES, f"{shown!r} can't be the name of a directory")
        if len(name) > _LONGEST_NAME:
            raise FileError(errno.ENAMETOOLONG, f"names have {_LONGEST_NAME} bytes at most")
        if shown in self._content:
            raise FileError(errno.EEXIST, f"there is a file or context {shown!r} already")
        context = DebugContext(self._engine)
        self._contexts[shown] = context
        self._content[shown] = Folder(context_files(self._engine, context), CONTEXT)

    def _remove_context(self, data: bytes) -> None:
        """Remove a context. What can't be a name is not there either, so it is ENOENT that is said of it."""
        name = _entry(self._name(data))
        self._check_none_runs()
        if name not in self._content:
            raise FileError(errno.ENOENT, f"there is no context {name!r}")
        if name not in self._contexts:
            raise FileError(errno.EINVAL, f"{name!r} is a file, not a context")
        self._contexts.pop(name).removed = True
        del self._content[name]

    def _name(self, data: bytes) -> bytes:
        word = first_word(data)
        if word is None:
            raise FileError(errno.EINVAL, "the name of a context is wanted")
        return word

    def _check_none_runs(self) -> None:
        if self._engine.any_running():
            raise FileError(errno.EBUSY, "monitoring is on; turn it off first, also what runs through other interfaces")


def _entry(name: bytes) -> str:
    """A name as directories show it: what is no UTF-8 is written out."""
    return name.decode("utf-8", errors="backslashreplace")


def _shown(name: str) -> str:
    return f"the context {name!r}" if name else "the first context"
