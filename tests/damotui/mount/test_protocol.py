"""What is said to the kernel, byte by byte, and what it is told of nodes; without a mount."""

import errno
import os
import stat
import struct

import pytest

from damotui.mount import protocol
from damotui.mount.answers import Answers
from damotui.mount.nodes import Nodes
from damotui.mount.protocol import Attributes, Op, Request
from tests.damotui.mount.mounting import KDAMONDS, machine


def test_a_message_is_taken_apart():
    message = struct.pack("=IIQQIIIHH", 46, 1, 77, 5, 1000, 100, 4242, 0, 0) + b"state\0" + b"what was there before"
    assert protocol.parse(memoryview(message)) == Request(Op.LOOKUP, 77, 5, 1000, b"state\0")


def test_answers_have_the_sizes_of_the_protocol():
    attributes = Attributes(ino=9, mode=stat.S_IFREG | 0o600, size=4096, uid=1, gid=2, time_s=3)
    assert len(protocol.entry(2, attributes)) == 128
    assert len(protocol.attr(attributes)) == 104
    assert len(protocol.opened(1, 1)) == 16
    assert len(protocol.written(5)) == 8
    assert len(protocol.statfs()) == 80
    assert protocol.answer(7, b"four") == struct.pack("=IiQ", 20, 0, 7) + b"four"
    assert protocol.refusal(7, errno.EPERM) == struct.pack("=IiQ", 16, -errno.EPERM, 7)


def test_nothing_about_a_file_may_be_remembered():
    entry = protocol.entry(2, Attributes(ino=9, mode=stat.S_IFREG | 0o600, size=4096, uid=1, gid=2, time_s=3))
    assert struct.unpack_from("=4Q2I", entry) == (2, 0, 0, 0, 0, 0)


def test_what_both_sides_know_is_agreed_upon():
    answer = protocol.agreed(struct.pack("=IIII", 7, 45, 131072, 0xFFFFFFFF))
    assert len(answer) == 64
    major, minor, _, flags, _, _, max_write, _, pages, _, _ = struct.unpack_from("=IIIIHHIIHHI", answer)
    assert (major, minor, max_write, pages) == (7, 31, 1 << 20, 256)
    assert flags & protocol.Init.ATOMIC_O_TRUNC
    few = protocol.agreed(struct.pack("=IIII", 7, 31, 0, 1))
    assert struct.unpack_from("=IIII", few)[3] == 1


@pytest.mark.parametrize("version", [(7, 30), (6, 99)])
def test_a_kernel_that_is_too_old_is_not_agreed_with(version):
    assert protocol.agreed(struct.pack("=IIII", *version, 0, 0)) is None


@pytest.mark.parametrize(
    "op, before", [(Op.LOOKUP, 0), (Op.UNLINK, 0), (Op.MKDIR, 8), (Op.MKNOD, 16), (Op.RENAME, 8), (Op.RENAME2, 16)]
)
def test_names_are_found(op, before):
    assert protocol.made_name(op, b"\1" * before + b"name\0other\0") == b"name"


def test_what_is_forgotten_in_one_message():
    assert protocol.forgotten(Op.FORGET, 5, struct.pack("=Q", 3)) == [(5, 3)]
    batch = struct.pack("=IIQQQQ", 2, 0, 5, 1, 6, 2)
    assert protocol.forgotten(Op.BATCH_FORGET, 0, batch) == [(5, 1), (6, 2)]


def test_a_path_keeps_its_number_until_all_of_it_is_forgotten():
    nodes = Nodes()
    first = nodes.look_up("kernel")
    assert nodes.look_up("kernel") == first
    assert nodes.look_up("trace") != first
    nodes.forget(first, 1)
    assert nodes.look_up("kernel") == first
    nodes.forget(first, 2)
    assert nodes.look_up("kernel") not in (first, protocol.ROOT_NODE)
    nodes.forget(protocol.ROOT_NODE, 100)
    assert nodes[protocol.ROOT_NODE].path == ""


def test_a_file_that_is_written_to_has_another_number_for_the_next_one():
    nodes = Nodes()
    first = nodes.look_up("state")
    nodes[first].writers += 1
    second = nodes.look_up("state")
    assert second != first
    assert nodes.look_up("state") == second
    nodes.forget(first, 1)
    assert nodes.look_up("state") == second
    assert nodes[second].path == "state"


@pytest.fixture
def answers():
    return Answers(machine(), lambda message: None)


def error_of(message):
    return -struct.unpack_from("=IiQ", message)[1]


def test_what_is_not_known_is_not_there(answers):
    for op in (25, 22, 39, 99):  # FLUSH, GETXATTR, IOCTL, and none at all
        assert error_of(answers.answer(Request(op, 1, 1, 0, bytes(64)))) == errno.ENOSYS


def test_names_without_meaning_are_looked_up(answers):
    assert error_of(answers.answer(Request(Op.LOOKUP, 1, 1, 0, b"\xff\xfe\0"))) == errno.ENOENT
    assert error_of(answers.answer(Request(Op.LOOKUP, 1, 1, 0, b"kernel\0"))) == 0


def test_an_owner_who_is_not_root_goes_by_the_permissions(answers):
    number = 1
    for name in [*KDAMONDS.split("/"), "nr_kdamonds"]:
        message = answers.answer(Request(Op.LOOKUP, 1, number, 1000, name.encode() + b"\0"))
        number = struct.unpack_from("=Q", message, 16)[0]
    for mask, expected in ((os.R_OK | os.W_OK, 0), (os.X_OK, errno.EACCES)):
        message = answers.answer(Request(Op.ACCESS, 1, number, 1000, struct.pack("=II", mask, 0)))
        assert error_of(message) == expected
    message = answers.answer(Request(Op.LOOKUP, 1, 1, 1000, b"trace\0"))
    trace = struct.unpack_from("=Q", message, 16)[0]
    for uid, expected in ((0, 0), (1000, errno.EACCES)):
        # truncate(2), to which the file itself never says anything
        asked = struct.pack("=II", int(protocol.SetAttr.SIZE), 0) + bytes(80)
        assert error_of(answers.answer(Request(Op.SETATTR, 1, trace, uid, asked))) == expected


def test_no_answer_is_given_where_none_is_expected(answers):
    for op in protocol.UNANSWERED:
        assert answers.answer(Request(op, 1, 1, 0, bytes(64))) is None
