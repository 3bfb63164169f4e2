import errno
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.fields import INT_MAX, INT_MIN
from engine.config.model import UINT_MAX, ULONG_MAX
from engine.files.errors import FileError
from engine.sysfs.grammar import Flag, Number, Path, Word, shown_bytes
from tests.engine.make import EXAMPLES
from tests.engine.sysfs.admin import code_of

ULONG, UINT, INT = Number(), Number(0, UINT_MAX), Number(INT_MIN, INT_MAX)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("7", 7),
        ("7\n", 7),
        ("+7", 7),
        ("0x10", 16),
        ("0X1f\n", 31),
        ("0xfF", 255),
        ("017", 15),
        ("00", 0),
        ("7\0", 7),
        ("7\0 whatever", 7),
        ("7\n\0", 7),
        ("18446744073709551615", ULONG_MAX),
        ("0xffffffffffffffff", ULONG_MAX),
        ("0" * 4095 + "7", 7),
        ("0" * 4096 + "7", 0),
    ],
)
def test_numbers_are_taken_in_three_bases_with_one_newline(text: str, number: int) -> None:
    assert ULONG.parse(text.encode()) == number


@pytest.mark.parametrize(
    "text",
    (
        *("", "\n", "\0", "\0007", " 7", "7 ", "7\n\n", "7\t", "-7", "-0", "++7", "+-7"),
        *("09", "0x", "0xg", "0b1", "1e3", "7.5", "1,000", "7us", "NaN", "٣"),
    ),
)
def test_what_is_no_number_is_invalid(text: str) -> None:
    assert code_of(lambda: ULONG.parse(text.encode())) == "EINVAL"


@pytest.mark.parametrize("text", ["18446744073709551616", "0x10000000000000000", "9" * 40, "9" * 40 + "x", "9" * 4096])
def test_too_many_digits_are_told_before_what_follows_them(text: str) -> None:
    assert code_of(lambda: ULONG.parse(text.encode())) == "ERANGE"


@pytest.mark.parametrize(
    ("number", "text", "error"),
    [
        (UINT, "4294967296", "ERANGE"),
        (UINT, "-1", "EINVAL"),
        (INT, "2147483648", "ERANGE"),
        (INT, "-2147483649", "ERANGE"),
        (INT, "-9223372036854775809", "ERANGE"),
        (INT, "9223372036854775808", "ERANGE"),
        (INT, "2147483648x", "EINVAL"),
        (INT, "-+5", "EINVAL"),
        (INT, "--5", "EINVAL"),
        (INT, "-", "EINVAL"),
        (Number(INT_MIN, INT_MAX, errno.EINVAL), "2147483648", "EINVAL"),
        (Number(out_of_range=errno.EINVAL), "18446744073709551616", "EINVAL"),
        (Number(least=1), "0", "EINVAL"),
        (Number(INT_MIN, INT_MAX, least=0), "-1", "EINVAL"),
        (Number(INT_MIN, INT_MAX, least=0, most=1), "2", "EINVAL"),
        (Number(INT_MIN, INT_MAX, least=0, most=1), "2147483648", "ERANGE"),
    ],
)
def test_each_type_has_its_range_and_each_file_its_error(number: Number, text: str, error: str) -> None:
    assert code_of(lambda: number.parse(text.encode())) == error


@pytest.mark.parametrize(("text", "number"), [("-1", -1), ("-0", 0), ("-0x10", -16), ("-2147483648", INT_MIN)])
def test_signed_numbers_may_be_negative(text: str, number: int) -> None:
    assert INT.parse(text.encode()) == number


@given(st.integers(0, ULONG_MAX), st.sampled_from(["{:d}", "{:#x}", "0{:o}", "+{:d}\n"]))
@EXAMPLES
def test_every_number_is_read_in_every_base(number: int, form: str) -> None:
    assert ULONG.parse(form.format(number).encode()) == number


@given(st.binary(max_size=12))
@EXAMPLES
def test_any_bytes_are_a_number_or_refused(data: bytes) -> None:
    for grammar in (ULONG, UINT, INT):
        try:
            value = grammar.parse(data)
        except FileError as error:
            assert error.code in (errno.EINVAL, errno.ERANGE)
        else:
            assert grammar.parse(shown_bytes(grammar, value)) == value


@pytest.mark.parametrize("text", ["Y", "y", "t", "True", "1", "1junk", "on", "ON", "oNwards", "yes\n"])
def test_booleans_that_are_true(text: str) -> None:
    assert Flag().parse(text.encode()) is True
    assert Flag().show(True) == "Y\n"


@pytest.mark.parametrize("text", ["N", "no", "f", "False", "0", "00", "off", "OF"])
def test_booleans_that_are_false(text: str) -> None:
    assert Flag().parse(text.encode()) is False
    assert Flag().show(False) == "N\n"


@pytest.mark.parametrize("text", ["", "\n", " Y", "2", "o", "ox", "-1", "bogus", "\0Y"])
def test_what_is_no_boolean_is_invalid(text: str) -> None:
    assert code_of(lambda: Flag().parse(text.encode())) == "EINVAL"


def test_keywords_are_exact_but_for_one_newline() -> None:
    word = Word(("on", "off"))
    assert [word.parse(text) for text in (b"on", b"on\n", b"off", b"on\0off")] == ["on", "on", "off", "on"]
    for text in (b"", b"\n", b"ON", b"o", b"onn", b" on", b"on ", b"on\n\n", b"on off"):
        assert code_of(partial(word.parse, text)) == "EINVAL"


def test_paths_are_kept_as_they_are() -> None:
    path = Path()
    for data in (b"/a", b"/a\n", b"a b", b"\xff\xfe", b"\xc3\xa4"):
        assert shown_bytes(path, path.parse(data)) == data + b"\n"
    assert path.parse(b"/a\0b") == "/a"


def test_reading_gives_a_page_at_most() -> None:
    path = Path()
    assert shown_bytes(path, path.parse(b"x" * 5000)) == b"x" * 4095


def test_what_is_accepted_is_said() -> None:
    assert UINT.accepts == "0 to 4294967295"
    assert Number(INT_MIN, INT_MAX, least=0, most=1).accepts == "0 or 1"
    assert Word(("vaddr", "fvaddr", "paddr")).accepts == "vaddr, fvaddr or paddr"
    with pytest.raises(FileError, match="0 to 4294967295"):
        UINT.parse(b"x")
