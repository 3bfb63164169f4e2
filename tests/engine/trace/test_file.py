"""The file `trace`: a stream of whole lines, of which reading nothing is no end."""

from __future__ import annotations

import errno

import pytest

from engine.engine import Engine
from engine.files.errors import FileError
from engine.files.nodes import OpenFile
from engine.trace import TraceReader, Tracing, lines
from engine.trace.file import TraceFile
from tests.engine.trace.happening import acting, aggregated


def opened(reader: TraceReader) -> OpenFile:
    return TraceFile(lambda: reader, (), "5.15").open(write=False)


def running(kernel: str = "7.1") -> tuple[Engine, Tracing]:
    system, config = acting(kernel)
    system.turn_on(0, config)
    return system, Tracing(system)


def test_it_gives_all_that_happens_from_when_it_is_opened_on() -> None:
    system, tracing = running()
    system.advance(500_000)
    stream, reader = tracing.file.open(write=False), tracing.open()
    assert stream.read(65_536, 0) == b""
    text = b""
    for _ in range(10):
        system.advance(100_000)
        text += stream.read(65_536, len(text))
    assert text.decode().splitlines() == reader.take()
    assert text.endswith(b"\n") and text.count(b"damon:damon_aggregated: ") > 50
    assert stream.read(65_536, len(text)) == b""


def test_readers_of_the_same_file_do_not_take_from_each_other() -> None:
    system, tracing = running()
    first, second = tracing.file.open(write=False), tracing.file.open(write=False)
    system.advance(300_000)
    assert first.read(1 << 20, 0) == second.read(1 << 20, 0) != b""


@pytest.mark.parametrize("size", [140, 257, 4_096, 1 << 20])
def test_what_is_read_are_whole_lines_of_no_more_than_the_size(size: int) -> None:
    reader = TraceReader(1_000)
    reader.put(aggregated(30, 200))
    stream = opened(reader)
    parts = []
    while part := stream.read(size, 0):
        assert len(part) <= size and part.endswith(b"\n")
        parts.append(part)
    assert b"".join(parts).decode().splitlines() == lines(aggregated(30, 200))
    # Each holds as many lines as fit.
    whole = [len(line) + 1 for line in lines(aggregated(30, 200))]
    at = 0
    for part in parts[:-1]:
        at += part.count(b"\n")
        assert len(part) + whole[at] > size


def test_a_line_longer_than_the_size_comes_in_parts() -> None:
    reader = TraceReader(10)
    reader.put(aggregated(2))
    stream = opened(reader)
    first, second = (f"{line}\n".encode() for line in lines(aggregated(2)))
    parts = []
    while part := stream.read(40, 0):
        parts.append(part)
    assert parts == [first[:40], first[40:80], first[80:], second[:40], second[40:80], second[80:]]
    assert (stream.read(0, 0), stream.read(-1, 0)) == (b"", b"")


def test_a_slow_reader_is_told_what_it_lost() -> None:
    reader = TraceReader(4)
    for _ in range(3):
        reader.put(aggregated(3))
    assert opened(reader).read(4_096, 0).decode().splitlines() == ["PERF_RECORD_LOST lost 6", *lines(aggregated(3))]


def test_closing_it_ends_listening() -> None:
    system, tracing = running()
    stream = tracing.file.open(write=False)
    system.advance(200_000)
    stream.close()
    system.advance(200_000)
    assert stream.read(4_096, 0) == b""
    stream.close()


def test_it_is_a_stream_for_its_owner_to_read_alone() -> None:
    _, tracing = running("6.12")
    file = tracing.file
    assert (file.mode, file.size, file.about.since) == (0o400, 0, "5.15")
    assert "damon:damos_before_apply" in file.about.meaning and "damos_esz" not in file.about.meaning
    with pytest.raises(FileError) as refused:
        file.open(write=True)
    assert refused.value.code == errno.EACCES
    stream = file.open(write=False)
    assert getattr(stream, "stream", False)
    with pytest.raises(FileError) as refused:
        stream.write(b"1", 0)
    assert refused.value.code == errno.EBADF
