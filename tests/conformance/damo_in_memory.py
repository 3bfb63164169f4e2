"""damo's own reading of its options and JSON, and its own writing of sysfs files, over files in this process's memory.

Of damo 3.4.3 all code runs that makes kdamonds of a command line and writes them to files; what reads and writes files
is put on a simulated machine instead. A hook of the interpreter ends every attempt to get at the real ones.

Reads lines of JSON: {"kernel": …, "words": [what follows `damo start`]}, and answers each with one: {"kdamonds": what
the files then say, as our JSON} or {"error": what damo said}.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from engine.config.damo_json import kdamonds_to_json
from engine.engine import Engine
from engine.files.errors import FileError
from engine.system import System
from engine.versions import kernel_version

NR_KDAMONDS = "kernel/mm/damon/admin/kdamonds/nr_kdamonds"
RAM = (4 << 30, 8 << 30)
"""Where damo finds memory if it looks for it."""
_FORBIDDEN = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "socket.connect")


def forbid_the_real_machine() -> None:
    """From now on no file of the kernel can be opened or listed, and no program started."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        path = str(arguments[0]) if event in ("open", "os.listdir", "os.scandir") and arguments else ""
        if event in _FORBIDDEN or path.startswith(("/sys", "/proc")):
            raise PermissionError(f"{event} {arguments} is not for this process")

    sys.addaudithook(hook)


class Files:
    """What damo's modules use in place of files: those of the machine of one kernel."""

    system: System

    def choose(self, kernel: str) -> None:
        """Take the files of a kernel, with none of its kdamonds set up."""
        self.system = system_of(kernel)
        self.system.write(NR_KDAMONDS, "0")

    def read_file(self, path: str) -> tuple[str | None, str | None]:
        try:
            return self.system.read(below(path)), None
        except FileError as error:
            return None, f"reading {path} failed ({error.words})"

    def write_file(self, path: str, content: str) -> str | None:
        try:
            if content:  # as with a real file, nothing is written otherwise
                self.system.write(below(path), content)
        except FileError as error:
            return f"writing {content} to {path} failed ({error.words})"
        return None

    def is_file(self, path: str) -> bool:
        with contextlib.suppress(FileError):
            return not self.system.files.stat(below(path)).directory
        return False

    def is_dir(self, path: str) -> bool:
        with contextlib.suppress(FileError):
            return self.system.files.stat(below(path)).directory
        return False


@cache
def system_of(kernel: str) -> System:
    return System(Engine(kernel=kernel_version(kernel)))


def below(path: str) -> str:
    assert path.startswith("/sys/"), path
    return path.removeprefix("/sys/")


def take_over(files: Files) -> SimpleNamespace:
    """Import damo's modules and give them `files`."""
    spec = find_spec("damo")
    assert spec is not None and spec.submodule_search_locations
    sys.path.insert(0, next(iter(spec.submodule_search_locations)))
    import _damo_fs
    import _damo_sysinfo
    import _damon_args
    import _damon_sysfs
    import damo_report_pa_layout
    import damo_start

    path = SimpleNamespace(join=os.path.join, isfile=files.is_file, isdir=files.is_dir)
    _damon_sysfs.os = SimpleNamespace(path=path)
    _damon_sysfs.sysfs_root = "/sys"
    _damo_fs.read_file, _damo_fs.write_file = files.read_file, files.write_file
    _damo_sysinfo.damon_feature_available = lambda name: name != "sysfs/damon_sample_control"
    damo_report_pa_layout.default_paddr_region = lambda: RAM
    return SimpleNamespace(args=_damon_args, sysfs=_damon_sysfs, start=damo_start)


def answer(damo: SimpleNamespace, files: Files, request: dict[str, Any]) -> dict[str, str]:
    """Have damo read a command line and write what it makes of it."""
    files.choose(request["kernel"])
    parser = argparse.ArgumentParser("damo start")
    damo.start.set_argparser(parser)
    sys.argv = ["damo", "start", *request["words"]]
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            kdamonds, error = damo.args.kdamonds_for(parser.parse_args(request["words"]))
            error = error or damo.sysfs.stage_kdamonds(kdamonds)
    except SystemExit:
        error = said.getvalue()
    except ZeroDivisionError as failure:
        error = f"damo fails: {failure}"
    if error:
        return {"error": str(error)}
    return {"kdamonds": kdamonds_to_json(files.system.sysfs.kdamonds())}


def main() -> None:
    """Answer until there is no more to be asked."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = str(Path(home))
        files = Files()
        forbid_the_real_machine()
        damo = take_over(files)
        for line in sys.stdin:
            print(json.dumps(answer(damo, files, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
