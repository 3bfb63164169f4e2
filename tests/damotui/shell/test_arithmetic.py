"""`$((…))` has the values of a shell, and a word for what has none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damotui.shell.arithmetic import DEEPEST, ArithmeticProblem, evaluate

VARIABLES = {"x": "5", "sum": "x + 1", "loop": "loop", "junk": "1 +", "bad": "a b"}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1024*1024*1024", 1 << 30),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", 4),
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("7 / -2", -3),
        ("1 << 4 | 1", 17),
        ("1 << 64", 1),
        ("6 & 3 ^ 1", 3),
        ("~5", -6),
        ("!0 + !7", 1),
        ("- - 3", 3),
        ("3 > 2 && 2 >= 2 && 1 != 2 && 1 <= 1 && 1 < 2 && 1 == 1", 1),
        ("0 || 0", 0),
        ("1 ? 2 : 3 ? 4 : 5", 2),
        ("0 ? 2 : 0 ? 4 : 5", 5),
        ("1, 2", 2),
        ("0x10 + 010 + 0", 24),
        ("x * sum", 30),
        ("unknown", 0),
        ("", 0),
        ("  ", 0),
        ("9223372036854775807 + 1", -(1 << 63)),
        ("0 && 1 / 0", 0),
        ("1 || 1 / 0", 1),
        ("1 ? 5 : 1 / 0", 5),
        ("0 && junk", 0),
    ],
)
def test_value(expression, value):
    assert evaluate(expression, VARIABLES) == value


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("1 / 0", "division by 0"),
        ("1 % 0", "division by 0"),
        ("2 ** -1", "exponent less than 0"),
        ("1 +", "operand expected"),
        ("* 2", "operand expected"),
        ("(1", "missing `)'"),
        ("1)", "syntax error in expression"),
        ("5 5", "syntax error in expression"),
        ("1 ? 2", "`:' expected"),
        ("08", "value too great for base"),
        ("1x", "invalid number"),
        ("9" * 5000, "number too long"),
        ("1 @ 2", "syntax error"),
        ("loop", "recursion level exceeded"),
        ("junk", "operand expected"),
        ("bad", "syntax error in expression"),
        ("(" * 1000 + "1", "recursion level exceeded"),
        ("-" * 1000 + "1", "recursion level exceeded"),
        ("1?" * 1000 + "1", "recursion level exceeded"),
        ("2**" * 1000 + "1", "recursion level exceeded"),
    ],
)
def test_no_value(expression, words):
    with pytest.raises(ArithmeticProblem, match="(?s)" + words.replace(")", r"\)").replace("?", r"\?")) as problem:
        evaluate(expression, VARIABLES)
    assert len(str(problem.value)) < 250


def test_long_sums_are_no_deep_ones():
    assert evaluate("+1" * 20_000, {}) == 20_000
    assert evaluate("(" * (DEEPEST - 1) + "1" + ")" * (DEEPEST - 1), {}) == 1


@given(st.text("0123456789 +-*/%()<>=!&|^~?:,xab", max_size=40))
def test_anything_has_a_value_or_a_problem(text):
    with suppress(ArithmeticProblem):
        assert -(1 << 63) <= evaluate(text, VARIABLES) < 1 << 63
