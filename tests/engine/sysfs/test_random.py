"""Whatever is written, in whatever order, leaves the tree whole."""

from __future__ import annotations

import errno
import random

import pytest

from engine.files.errors import FileError
from engine.files.waiting import Waiting
from engine.sysfs.table import COMMANDS
from engine.system import ADMIN
from tests.engine.running import HOT
from tests.engine.sysfs.admin import Admin

ERRORS = {"EINVAL", "ERANGE", "EBUSY", "ENOMEM", "EPERM", "EACCES", "ECANCELED", "ENOENT"}
WORDS = [
    "",
    "0",
    "1",
    "2",
    "3",
    "7",
    "-1",
    "Y",
    "N",
    "x",
    "18446744073709551615",
    "0x10",
    "anon",
    "addr",
    "memcg",
]
WORDS += ["stat", "pageout", "paddr", "vaddr", "user_input", "free_mem_rate", "/", "1000000000"]


@pytest.mark.parametrize("kernel", ["5.19", "6.1", "6.12", "6.18", "7.1", "next"])
def test_random_operations_leave_the_tree_whole(kernel: str) -> None:
    chance = random.Random(kernel)
    admin = Admin(kernel)
    pid = admin.process(HOT)
    waits: list[Waiting] = []
    paths: list[str] = []
    files = admin.system.files
    for turn in range(700):
        if turn % 20 == 0:
            admin.one_kdamond_if_free(chance.choice(["paddr", "vaddr"]), pid)
        if turn % 10 == 0:
            paths = [path for path in files.walk(ADMIN) if not files.stat(path).directory]
        path = chance.choice([path for path in paths if path.endswith("state")] * 5 + paths)
        text = chance.choice([*COMMANDS, *COMMANDS, "bogus"] if path.endswith("state") else WORDS)
        if path.endswith("pid_target"):
            text = str(pid)
        try:
            waits.append(admin.begin(path.removeprefix(f"{ADMIN}/"), text))
        except FileError as error:
            assert errno.errorcode[error.code] in ERRORS, (path, text)
        else:
            if waits[-1].done and not path.endswith(("state", "path")):
                assert admin.read(path.removeprefix(f"{ADMIN}/")).endswith("\n")
        if chance.random() < 0.3:
            admin.advance(chance.choice([1, 5_000, 30_000]))
    for index in range(len(admin.system.sysfs.kdamonds())):
        if admin.engine.is_running(index):
            admin.engine.turn_off(index)
    assert all(wait.done for wait in waits)
    assert admin.system.sysfs.kdamonds() == tuple(
        admin.system.sysfs.config(index) for index in range(len(admin.system.sysfs.kdamonds()))
    )
    assert admin.system.sysfs.nodes == 1 + sum(1 for _ in files.walk(f"{ADMIN}/kdamonds"))
    assert admin.write("kdamonds/nr_kdamonds", "0") == 1
    assert admin.list("kdamonds") == ["nr_kdamonds"]
    assert admin.system.sysfs.nodes == 2
