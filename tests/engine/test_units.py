import importlib.util
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import units
from engine.errors import InputError
from engine.units import ULONG_MAX, Unit

repeatable = settings(derandomize=True, deadline=None)
ULONGS = st.one_of(
    st.integers(0, ULONG_MAX),
    st.integers(0, 10**7),
    st.builds(lambda count, shift: min(count << shift, ULONG_MAX), st.integers(0, 5000), st.integers(0, 60)),
    st.sampled_from([0, 1, 1023, 1024, 2**53 - 1, 2**53, 2**53 + 1, ULONG_MAX - 1, ULONG_MAX]),
)


@pytest.fixture(scope="module")
def damo() -> ModuleType:
    """damo's own reader of quantities: one module without imports of the rest of damo."""
    found = importlib.util.find_spec("damo")
    if found is None or not found.submodule_search_locations:
        pytest.skip("damo is not installed")
    path = Path(found.submodule_search_locations[0]) / "_damo_fmt_str.py"
    spec = importlib.util.spec_from_file_location("damo_fmt_str_for_test", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 K", 2048),
        ("2 KB", 2048),
        ("2 KiB", 2048),
        ("1,234", 1234),
        ("1,234.457 G", 1_325_488_110_829),
        ("16384.000 PiB", ULONG_MAX),
        ("max", ULONG_MAX),
        ("min", 0),
        ("4 mib", 4 << 20),
        ("1.5g", 3 << 29),
        (" 512 b ", 512),
        ("7E", 7 << 60),
        ("95.367 MiB", 99_999_547),
        (".5 KiB", 512),
    ],
)
def test_bytes_are_parsed(text: str, expected: int) -> None:
    assert units.parse_bytes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 ms", 1000),
        ("1234us", 1234),
        ("1 m 2 s", 62_000_000),
        ("3 d 2 h 1 m 2 s", 266_462_000_000),
        ("134", 134),
        ("1m30s", 90_000_000),
        ("1.5 s", 1_500_000),
        ("1000 ns", 1),
        ("5 MS", 5000),
        ("5 µs", 5),
        ("2 min", 120_000_000),
        ("max", ULONG_MAX),
        ("min", 0),
        ("1,000 s", 10**9),
    ],
)
def test_times_are_parsed(text: str, expected: int) -> None:
    assert units.parse_us(text) == expected


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        (Unit.MS, "10 ms", 10),
        (Unit.MS, "10", 10),
        (Unit.MS, "1 s", 1000),
        (Unit.PERMIL, "10%", 100),
        (Unit.PERMIL, "12", 12),
        (Unit.PERMIL, "1.2 %", 12),
        (Unit.PERMIL, "max", ULONG_MAX),
        (Unit.BP, "10%", 1000),
        (Unit.BP, "400", 400),
        (Unit.BP, "0.07%", 7),
        (Unit.COUNT, "1,000", 1000),
        (Unit.COUNT, "10.0", 10),
        (Unit.COUNT, "max", ULONG_MAX),
        (Unit.ADDRESS, "0x7F00_0000", 0x7F000000),
        (Unit.ADDRESS, "4,294,967,296", 1 << 32),
        (Unit.ADDRESS, "4G", 1 << 32),
        (Unit.SAMPLES, "5 samples", 5),
        (Unit.SAMPLES, "max", ULONG_MAX),
        (Unit.AGGREGATIONS, "5,913 aggr_intervals", 5913),
        (Unit.BOOL, "yes", True),
        (Unit.BOOL, "N", False),
        (Unit.NODE, "-1", -1),
        (Unit.NODE, "none", -1),
        (Unit.NODE, "3", 3),
        (Unit.PID, "1000", 1000),
        (Unit.PID, "next", None),
        (Unit.KEYWORD, " stat ", "stat"),
    ],
)
def test_each_unit_is_parsed(unit: Unit, text: str, expected: object) -> None:
    value = units.parse(unit, text)
    assert value == expected
    assert type(value) is type(expected)


def test_samples_can_be_a_share_when_the_maximum_is_known() -> None:
    assert units.parse_samples("50%", 20) == 10
    assert units.parse_samples("29 %", 100) == 29
    assert units.parse_samples("90%", Fraction(100, 30)) == 3
    assert units.parse_samples("18,446,744,073,709,551,615 %", 20) == ULONG_MAX
    with pytest.raises(InputError, match="number of samples"):
        units.parse_samples("50%")


def test_ages_can_be_a_time_when_the_aggregation_interval_is_known() -> None:
    assert units.parse_aggregations("30 s", 100_000) == 300
    assert units.parse_aggregations("150 ms", 100_000) == 1
    assert units.parse_aggregations("7", 100_000) == 7
    with pytest.raises(InputError, match="aggregation intervals"):
        units.parse_aggregations("30 s")


@pytest.mark.parametrize(
    ("unit", "text", "named"),
    [
        (Unit.BYTES, "", "4 KiB"),
        (Unit.BYTES, "1.5", "whole number of bytes"),
        (Unit.BYTES, "-1", "not a size"),
        (Unit.BYTES, "1,5 K", "not a size"),
        (Unit.BYTES, "12 XiB", "not a size"),
        (Unit.BYTES, "1e3", "not a size"),
        (Unit.BYTES, "17 EiB", "too large"),
        (Unit.BYTES, "18446744073709551616", "too large"),
        (Unit.BYTES, "9" * 5000, "too long"),
        (Unit.US, "1.5", "whole number of microseconds"),
        (Unit.US, "1 ns", "whole number of microseconds"),
        (Unit.US, "5 parsecs", "units are d, h, m, s, ms, us, ns"),
        (Unit.US, "1 m s", "not a time"),
        (Unit.US, "600000000 d", "too large"),
        (Unit.MS, "1500 us", "whole number of milliseconds"),
        (Unit.PERMIL, "0.01%", "whole number of permil"),
        (Unit.BP, "half", "share such as 50%"),
        (Unit.COUNT, "12 MiB", "not a number"),
        (Unit.COUNT, "٣", "not a number"),
        (Unit.ADDRESS, "0x1_0000_0000_0000_0000", "too large"),
        (Unit.ADDRESS, "0xzz", "0x7f0000001000"),
        (Unit.BOOL, "maybe", "give Y or N"),
        (Unit.NODE, "-2", "NUMA node"),
        (Unit.PID, "init", "process id"),
    ],
)
def test_what_cannot_be_used_is_named(unit: Unit, text: str, named: str) -> None:
    with pytest.raises(InputError, match=named) as raised:
        units.parse(unit, text)
    message = str(raised.value)
    assert text[:10] in message
    assert "\n" not in message and len(message) < 250


@pytest.mark.parametrize(
    ("count", "short", "exact"),
    [
        (0, "0 B", "0 B"),
        (1023, "1023 B", "1023 B"),
        (1024, "1.0 KiB", "1 KiB"),
        (4097, "4.0 KiB", "4097 B"),
        ((1 << 20) - 1, "1.0 MiB", "1048575 B"),
        (3 << 29, "1.5 GiB", "1536 MiB"),
        (64 << 40, "64.0 TiB", "64 TiB"),
        (ULONG_MAX, "max", "max"),
    ],
)
def test_bytes_are_printed(count: int, short: str, exact: str) -> None:
    assert (units.format_bytes(count), units.format_bytes_exact(count)) == (short, exact)


@pytest.mark.parametrize(
    ("us", "short", "exact"),
    [
        (0, "0 us", "0 us"),
        (999, "999 us", "999 us"),
        (5_500, "5.5 ms", "5 ms 500 us"),
        (100_000, "100 ms", "100 ms"),
        (123_456, "123.5 ms", "123 ms 456 us"),
        (999_960, "1 s", "999 ms 960 us"),
        (12_345_678, "12.3 s", "12 s 345 ms 678 us"),
        (59_960_000, "1 m", "59 s 960 ms"),
        (90_000_000, "1 m 30 s", "1 m 30 s"),
        (3_580_000_000, "59 m 40 s", "59 m 40 s"),
        (7_319_123_000, "2 h 2 m", "2 h 1 m 59 s 123 ms"),
        (85_200_000_000, "23 h 40 m", "23 h 40 m"),
        (266_400_000_000, "3 d 2 h", "3 d 2 h"),
        (2**53 + 1, "104,250 d", "9007199254740993"),
        (ULONG_MAX, "max", "max"),
    ],
)
def test_times_are_printed(us: int, short: str, exact: str) -> None:
    assert (units.format_us(us), units.format_us_exact(us)) == (short, exact)


def test_shares_and_counts_are_printed() -> None:
    assert [units.format_permil(value) for value in (0, 1, 29, 500, 1000, ULONG_MAX)] == [
        "0 %",
        "0.1 %",
        "2.9 %",
        "50 %",
        "100 %",
        "max",
    ]
    assert [units.format_bp(value) for value in (1, 30, 400, 9999)] == ["0.01 %", "0.3 %", "4 %", "99.99 %"]
    assert [units.format_percent(value) for value in (0.0, 12.5, 40.0, 99.96)] == ["0 %", "12.5 %", "40 %", "100 %"]
    assert units.format_count(1_000_000) == "1,000,000"
    assert units.format_address(0x7F0000001000) == "0x7f0000001000"


@repeatable
@given(st.sampled_from([unit for unit in Unit if unit not in (Unit.KEYWORD, Unit.TEXT, Unit.BOOL)]), ULONGS)
def test_exact_forms_are_read_back(unit: Unit, value: int) -> None:
    if unit in (Unit.NODE, Unit.PID):
        value %= 2**31
    assert units.parse(unit, units.format_exact(unit, value)) == value


@repeatable
@given(st.sampled_from([Unit.PERMIL, Unit.BP]), ULONGS)
def test_printed_shares_are_read_back(unit: Unit, value: int) -> None:
    assert units.parse(unit, units.format(unit, value)) == value


@repeatable
@given(ULONGS)
def test_damo_reads_exact_forms_as_the_same_number(damo: ModuleType, value: int) -> None:
    assert damo.text_to_bytes(units.format_bytes_exact(value)) == value
    assert damo.text_to_us(units.format_us_exact(value)) == value
    assert damo.text_to_ms(units.format_ms_exact(value)) == value
    assert damo.text_to_nr(units.format_exact(Unit.COUNT, value)) == value
    assert damo.text_to_permil(units.format_exact(Unit.PERMIL, value)) == value
    assert damo.text_to_bp(units.format_exact(Unit.BP, value)) == value


@repeatable
@given(st.integers(0, 2**40))
def test_damos_lossy_sizes_are_read_as_damo_reads_them(damo: ModuleType, value: int) -> None:
    text = damo.format_sz(value, False)
    assert abs(units.parse_bytes(text) - damo.text_to_bytes(text)) <= 1


@repeatable
@given(st.text(max_size=20))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for unit in Unit:
        try:
            units.parse(unit, text)
        except InputError as error:
            assert "\n" not in str(error)
