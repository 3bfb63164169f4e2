"""How the kernel's scanner reads what is written (specification sections 12 and 15.3)."""

from __future__ import annotations

import pytest

from engine.debugfs.scan import INT, UINT, ULONG, agree, first_word, records, text_of


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (b"123", [123]),
        (b"123abc", [123]),
        (b"a123", []),
        (b"12 35", [12, 35]),
        (b"12 35 46", [12, 35, 46]),
        (b"12 35 abc 46", [12, 35]),
        (b"", []),
        (b"\n", []),
        (b" \t\n\v\f\r\xa012", [12]),
        (b"12-35", [12, -35]),
        (b"- 12", []),
        (b"--12", []),
        (b"+12", []),
        (b"0x12", [0]),
        (b"12,35", [12]),
        (b"017", [17]),
    ],
)
def test_whole_numbers_until_something_else_comes(text: bytes, numbers: list[int]) -> None:
    assert [number for (number,) in records(text, (INT,))] == numbers


@pytest.mark.parametrize("text", [b"-1", b" -0", b"+1", b"x"])
def test_a_number_without_sign_takes_none(text: bytes) -> None:
    assert list(records(text, (ULONG,))) == []


@pytest.mark.parametrize(
    ("digits", "ulong", "uint", "signed"),
    [
        (b"18446744073709551615", 2**64 - 1, 2**32 - 1, -1),
        (b"18446744073709551616", 0, 0, 0),
        (b"18446744075857035264", 2**31, 2**31, -(2**31)),
        (b"4294967342", 2**32 + 46, 46, 46),
        (b"1" + b"0" * 5000 + b"7", 7, 7, 7),
        (b"9" * 5000, 2**64 - 1, 2**32 - 1, -1),
    ],
    ids=["largest", "one more", "sign bit", "32 bits", "thousands of digits", "thousands of nines"],
)
def test_what_does_not_fit_keeps_its_lowest_bits(digits: bytes, ulong: int, uint: int, signed: int) -> None:
    assert [next(records(digits, (kind,))) for kind in (ULONG, UINT, INT)] == [(ulong,), (uint,), (signed,)]


def test_a_negative_number_that_does_not_fit_keeps_its_lowest_bits_too() -> None:
    assert list(records(b"-4294967295 -2147483649", (INT,))) == [(1,), (2**31 - 1,)]


def test_groups_end_at_the_first_that_is_not_whole() -> None:
    assert list(records(b"1 2\n3 4 5", (ULONG, ULONG))) == [(1, 2), (3, 4)]
    assert list(records(b"1 2\nx 4\n5 6", (ULONG, ULONG))) == [(1, 2)]
    assert list(records(b"1 2 3 4", (ULONG,), 3)) == [(1,), (2,), (3,)]


def test_text_ends_at_a_nul_byte() -> None:
    assert text_of(b"12 3\x004") == b"12 3"
    assert text_of(b"12") == b"12"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", None),
        (b"\0on", None),
        (b"\n", b""),
        (b" \t", b""),
        (b"on\n", b"on"),
        (b"  on off", b"on"),
        (b"on\0off", b"on"),
        (b"a" * 40_000, b"a" * 32_767),
    ],
)
def test_the_first_word(data: bytes, word: bytes | None) -> None:
    assert first_word(data) == word


@pytest.mark.parametrize(
    ("text", "count", "same"),
    [
        (b"on", 2, True),
        (b"on", 9, True),
        (b"o", 1, True),
        (b"o", 2, False),
        (b"onn", 3, False),
        (b"onn", 2, True),
        (b"", 0, True),
        (b"", 1, False),
        (b"ON", 2, False),
    ],
)
def test_keywords_are_compared_over_the_number_of_bytes_written(text: bytes, count: int, same: bool) -> None:
    assert agree(text, b"on", count) is same
