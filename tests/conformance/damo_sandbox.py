"""Runs real damo over our files, where it can't reach the kernel's own.

damo writes to `/sys/kernel/mm/damon` even for look-ups. Two locks keep it off the machine's: this script only goes on
in a mount namespace of its own, in which memory file systems and then our files cover that path and each
`/sys/module/damon_*`; and it looks whether what it finds there is ours before damo starts.

    unshare -m --propagation private python damo_sandbox.py MOUNT MARKER HOME DAMO ARGUMENT…

MOUNT is where our files are mounted. MARKER is the pid_target of the first target there: one that only we know of. HOME
is where damo keeps what it learnt. Ends with 99 and a sentence if anything is not as it has to be.
"""

from __future__ import annotations

import ctypes
import glob
import os
import sys
from collections.abc import Sequence

DAMON = "/sys/kernel/mm/damon"
MODULES = "/sys/module/damon_*"
TRACING = "/sys/kernel/tracing"
REFUSED = 99
_MS_RDONLY, _MS_REMOUNT, _MS_BIND = 1, 32, 4096


class NotSafeError(Exception):
    """damo must not be started."""


def main(arguments: Sequence[str]) -> int:
    """Cover the kernel's files, look, and become damo."""
    mounted, marker, home, *damo = arguments
    try:
        check_own_namespace()
        cover(mounted)
        check_ours(mounted, marker)
    except (NotSafeError, OSError) as error:
        print(f"damo was not started: {error}", file=sys.stderr)
        return REFUSED
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.environ["HOME"] = home
    os.execvp(damo[0], damo)


def check_own_namespace() -> None:
    """Refuse the namespace of whoever started this, and one whose mounts would be seen outside."""
    if os.readlink("/proc/self/ns/mnt") == os.readlink(f"/proc/{os.getppid()}/ns/mnt"):
        raise NotSafeError("this is the mount namespace of its parent: run it under unshare -m")
    with open("/proc/self/mountinfo", encoding="utf-8") as lines:
        shared = [line.split()[4] for line in lines if " shared:" in line]
    if shared:
        raise NotSafeError(f"mounts on {shared[0]} would be seen outside: unshare with --propagation private")


def cover(mounted: str) -> None:
    """Put memory file systems over all that is the kernel's, and our files over the first of them.

    damo does not start without the kernel's list of tracepoints, so that is mounted as well: for reading alone.
    """
    for path in (DAMON, *sorted(glob.glob(MODULES))):
        _mount("tmpfs", path, "tmpfs", 0)
    _mount(os.path.join(mounted, "kernel/mm/damon"), DAMON, None, _MS_BIND)
    _mount("tracefs", TRACING, "tracefs", 0)
    _mount("none", TRACING, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY)


def check_ours(mounted: str, marker: str) -> None:
    """Look whether the files that damo will see are ours: their device, and a pid that only we know of."""
    ours = os.stat(os.path.join(mounted, "kernel/mm/damon/admin"))
    seen = os.stat(os.path.join(DAMON, "admin"))
    if seen.st_dev != ours.st_dev or seen.st_dev == os.stat("/sys").st_dev:
        raise NotSafeError(f"{DAMON} is on device {seen.st_dev}, and our files are on {ours.st_dev}")
    path = os.path.join(DAMON, "admin/kdamonds/0/contexts/0/targets/0/pid_target")
    with open(path, encoding="ascii") as opened:
        found = opened.read().strip()
    if found != marker:
        raise NotSafeError(f"{path} says {found}, and ours says {marker}")
    for path in glob.glob(MODULES):
        if os.listdir(path):
            raise NotSafeError(f"{path} is not covered")


def _mount(source: str, target: str, kind: str | None, flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    name = None if kind is None else kind.encode()
    if libc.mount(source.encode(), target.encode(), name, ctypes.c_ulong(flags), None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
