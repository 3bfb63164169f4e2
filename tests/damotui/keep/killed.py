"""Processes that edit and are killed, and what is left of what they did: prints a JSON line.

Run as a program with a directory and the number of processes: it is a process of its own because it forks, which is
cheap (nothing is imported again), and which a process with threads must not do.
"""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import sys
import time
from pathlib import Path

from damotui.defaults import default_kdamonds
from damotui.keep.keeper import Keeper
from damotui.keep.opening import shelf_of
from damotui.keep.places import Places
from damotui.keep.reader import read_session
from damotui.keep.saved import View
from damotui.options import AppOptions
from damotui.session.document import Session
from damotui.session.seen import Seen
from damotui.setup import load_setup

AT_ONCE = 40
AGGR = (0, "contexts", 0, "intervals", "aggr_us")
_EDIT = struct.Struct("<Id")


def work(places, report):
    """Edit, keep, and tell of each edit when it is done, until killed."""
    setup = load_setup(AppOptions())
    session = Session(default_kdamonds(), setup.kernel, lambda request: None)
    keeper = Keeper(session, Seen(session, setup.workload), setup.experiment, View, places)
    number = 0
    while True:
        number += 1
        session.set(AGGR, 100_000 + number, f"edit {number}")
        os.write(report, _EDIT.pack(number, time.monotonic()))
        for _ in range(3):  # as the app does 10 times a second, which edits less often
            keeper.tick()
            time.sleep(0.01)


def batch(folder, count, chance):
    """Start that many, kill each at a moment of its own, and give what became of each."""
    running = []
    for number in range(count):
        places = Places(folder / "config", folder / str(number), folder / "data")
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            try:
                work(places, writer)
            finally:
                os._exit(1)
        os.close(writer)
        running.append((time.monotonic() + chance.uniform(0.0, 1.6), pid, reader, places))
    for moment, pid, _, _ in sorted(running):
        time.sleep(max(0.0, moment - time.monotonic()))
        os.kill(pid, signal.SIGKILL)
    for _, pid, _, _ in running:
        os.waitpid(pid, 0)
    return [found(reader, places) for _, _, reader, places in running]


def found(reader, places):
    """(seconds between the first edit that is lost and the last one, edits, sessions left behind)."""
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    edits = [_EDIT.unpack_from(data, at) for at in range(0, len(data) - _EDIT.size + 1, _EDIT.size)]
    left = shelf_of(places).left_behind()
    saved = read_session(left[0]) if left else None
    kept = saved.edits.place if saved else 0
    if saved is not None:
        assert [step.label for step in saved.edits.steps] == [f"edit {n}" for n in range(1, kept + 1)]
        assert saved.edits.state[0].contexts[0].intervals.aggr_us == 100_000 + kept
    lost = [at for number, at in edits if number > kept]
    return (lost[-1] - lost[0] if lost else 0.0), len(edits), len(left)


def main(folder, count):
    chance = random.Random(7)
    outcomes = []
    while len(outcomes) < count:
        at_once = min(AT_ONCE, count - len(outcomes))
        outcomes += batch(Path(folder) / str(len(outcomes)), at_once, chance)
    lost = sorted(seconds for seconds, _, _ in outcomes)
    print(
        json.dumps(
            {
                "killed": len(outcomes),
                "most_lost_s": lost[-1],
                "edits": sum(edits for _, edits, _ in outcomes),
                "restored": sum(left for _, _, left in outcomes),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
