"""Writes that block, and readers that wait for events: what ends them, and whom they do not hold up."""

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading

import pytest

from engine.system import TRACE
from tests.damotui.mount.mounting import CONTEXT, KDAMONDS, PATIENCE_S, STATE, machine, mounted, stage, until, write

AGGREGATION_US = 100_000
WRITES = "import os, sys; os.write(os.open(sys.argv[1], os.O_WRONLY), sys.argv[2].encode())"
READS = "import os, sys; print(len(os.read(os.open(sys.argv[1], os.O_RDONLY), 99999)))"


class Background(threading.Thread):
    """Something that blocks, and what came of it."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self._work = work
        self.came = None
        self.start()

    def run(self):
        try:
            self.came = self._work()
        except OSError as error:
            self.came = errno.errorcode[error.errno]

    def result(self):
        self.join(PATIENCE_S)
        assert not self.is_alive()
        return self.came


def running(kernel):
    system = machine(kernel)
    stage(system, schemes=1)
    return system


def start(system):
    system.write(STATE, "on")
    system.advance(AGGREGATION_US)


@pytest.fixture
def older(tmp_path):
    """A running kdamond of a kernel whose commands wait for the end of an aggregation."""
    system = running("6.1")
    start(system)
    with mounted(system, tmp_path) as mount:
        yield system, mount.directory, mount


@pytest.fixture
def asleep(tmp_path):
    """A kdamond of 6.12 whose watermarks keep it inactive: there, `commit` waits until that ends."""
    system = running("6.12")
    marks = f"{CONTEXT}/schemes/0/watermarks"
    for name, text in (("metric", "free_mem_rate"), ("interval_us", "1000000")):
        system.write(f"{marks}/{name}", text)
    for name, text in (("high", "2"), ("mid", "1"), ("low", "0")):
        system.write(f"{marks}/{name}", text)
    start(system)
    system.advance(1_000_000)
    with mounted(system, tmp_path) as mount:
        yield system, mount.directory, mount


def test_a_blocking_write_returns_when_it_is_carried_out(older):
    system, place, _ = older
    assert (place / CONTEXT / "schemes/0/stats/nr_tried").read_text() == "0\n"
    writer = Background(lambda: write(place / STATE, b"update_schemes_stats\n"))
    until(lambda: system.advance(1_000) or not writer.is_alive(), "the end of the write")
    assert writer.result() == 21
    assert int((place / CONTEXT / "schemes/0/stats/nr_tried").read_text()) > 0


def test_nothing_else_is_held_up_by_a_write_that_blocks(asleep):
    _, place, mount = asleep
    committer = Background(lambda: write(place / STATE, b"commit"))
    until(lambda: mount.waiting == 1, "the beginning of the write")
    assert (place / KDAMONDS / "0/pid").read_text().strip().isdigit()
    with pytest.raises(OSError) as refused:
        (place / STATE).write_text("commit")
    assert refused.value.errno == errno.EBUSY
    assert committer.is_alive()
    (place / STATE).write_text("off")
    assert committer.result() == 6


def test_a_signal_ends_a_write_that_blocks(asleep):
    _, place, mount = asleep
    process = subprocess.Popen([sys.executable, "-c", WRITES, place / STATE, "commit"])
    until(lambda: mount.waiting == 1, "the beginning of the write")
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=PATIENCE_S) == -signal.SIGKILL
    # What it wrote stands, as in a kernel whose writer is interrupted.
    assert write(place / STATE, b"off") == 3


def test_unmounting_ends_a_write_that_blocks(tmp_path):
    system = running("6.1")
    start(system)
    with mounted(system, tmp_path) as mount:
        place = mount.directory
        writer = Background(lambda: write(place / STATE, b"update_schemes_stats"))
        until(lambda: mount.waiting == 1, "the beginning of the write")
    # Interrupted, which Python's answer is to write again: too late.
    assert writer.result() == "ENOTCONN"


def test_events_come_as_they_happen(older):
    system, place, mount = older
    opened = os.open(place / TRACE, os.O_RDONLY)
    reader = Background(lambda: os.read(opened, 1 << 20))
    until(lambda: mount.waiting == 1, "the beginning of the read")
    system.advance(AGGREGATION_US // 2)
    assert mount.waiting == 1
    system.advance(AGGREGATION_US)
    lines = reader.result().decode().splitlines()
    assert len(lines) > 5
    assert all("damon:damon_aggregated: target_id=0 nr_regions=" in line for line in lines)
    os.close(opened)


def test_readers_get_the_same_and_none_takes_from_another(older):
    system, place, _ = older
    readers = [os.open(place / TRACE, os.O_RDONLY) for _ in range(3)]
    system.advance(5 * AGGREGATION_US)
    first, *others = [os.read(reader, 1 << 20) for reader in readers]
    assert first.count(b"\n") > 25
    assert others == [first, first]
    for reader in readers:
        os.close(reader)


def test_twenty_readers_that_wait_hold_up_nobody(older):
    system, place, mount = older
    opened = [os.open(place / TRACE, os.O_RDONLY) for _ in range(20)]
    readers = [Background(lambda number=number: os.read(number, 1 << 20)) for number in opened]
    until(lambda: mount.waiting == 20, "the beginning of all reads")
    write(place / CONTEXT / "schemes/nr_schemes", b"2")
    assert mount.waiting == 20
    system.advance(2 * AGGREGATION_US)
    assert len({reader.result() for reader in readers}) == 1
    for number in opened:
        os.close(number)


def test_a_slow_reader_is_told_what_it_lost(tmp_path):
    system = running("6.1")
    regions = f"{CONTEXT}/monitoring_attrs/nr_regions"
    system.write(f"{regions}/max", "6000")
    system.write(f"{regions}/min", "3000")
    start(system)
    with mounted(system, tmp_path) as mount:
        slow, quick = (os.open(mount.directory / TRACE, os.O_RDONLY | os.O_NONBLOCK) for _ in range(2))
        lines = 0
        for _ in range(12):
            system.advance(5 * AGGREGATION_US)
            lines += drained(quick).count("\n")
        late = drained(slow).splitlines()
        os.close(slow)
        os.close(quick)
    lost = [line for line in late if "PERF_RECORD_LOST" in line]
    assert len(lost) == 1
    assert int(lost[0].split()[-1]) + len(late) - 1 == lines


def drained(opened):
    parts = []
    while True:
        try:
            parts.append(os.read(opened, 1 << 20))
        except BlockingIOError:
            return b"".join(parts).decode()


def test_a_reader_that_dies_is_forgotten(older):
    system, place, mount = older
    process = subprocess.Popen([sys.executable, "-c", READS, place / TRACE], stdout=subprocess.PIPE)
    until(lambda: mount.waiting == 1, "the beginning of the read")
    process.kill()
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGKILL
    assert mount.waiting == 0
    system.advance(2 * AGGREGATION_US)


def test_who_will_not_wait_for_events_is_told_that_there_are_none(older):
    system, place, mount = older
    opened = os.open(place / TRACE, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(BlockingIOError):
        os.read(opened, 100)
    assert mount.waiting == 0
    system.advance(2 * AGGREGATION_US)
    assert os.read(opened, 1 << 20).count(b"\n") > 5
    os.close(opened)


def test_the_trace_can_not_be_sought_in(older):
    _, place, _ = older
    opened = os.open(place / TRACE, os.O_RDONLY)
    with pytest.raises(OSError) as refused:
        os.lseek(opened, 0, os.SEEK_SET)
    assert refused.value.errno == errno.ESPIPE
    os.close(opened)


def test_unmounting_is_the_end_of_the_trace(tmp_path):
    system = running("7.1")
    with mounted(system, tmp_path) as mount:
        place = mount.directory
        opened = os.open(place / TRACE, os.O_RDONLY)
        reader = Background(lambda: os.read(opened, 100))
        until(lambda: mount.waiting == 1, "the beginning of the read")
    assert reader.result() == b""
    with pytest.raises(OSError) as gone:
        os.read(opened, 100)
    assert gone.value.errno == errno.ENOTCONN
    with contextlib.suppress(OSError):
        os.close(opened)
