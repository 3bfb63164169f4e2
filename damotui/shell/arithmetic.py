"""`$((…))`: whole numbers of 64 bits and the operators of C."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

DEEPEST = 64
"""Parentheses, signs and variables within each other."""

_BITS = 64
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9][0-9A-Za-z_#]*)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<operator>\*\*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%<>&^|!~?:(),]))"
)
_NUMBER = re.compile(r"0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*)")
_LONGEST_NUMBER = 100

_BINARY: dict[str, tuple[int, Callable[[int, int], int]]] = {
    "||": (1, lambda a, b: int(bool(a or b))),
    "&&": (2, lambda a, b: int(bool(a and b))),
    "|": (3, lambda a, b: a | b),
    "^": (4, lambda a, b: a ^ b),
    "&": (5, lambda a, b: a & b),
    "==": (6, lambda a, b: int(a == b)),
    "!=": (6, lambda a, b: int(a != b)),
    "<": (7, lambda a, b: int(a < b)),
    "<=": (7, lambda a, b: int(a <= b)),
    ">": (7, lambda a, b: int(a > b)),
    ">=": (7, lambda a, b: int(a >= b)),
    "<<": (8, lambda a, b: a << (b % _BITS)),
    ">>": (8, lambda a, b: a >> (b % _BITS)),
    "+": (9, lambda a, b: a + b),
    "-": (9, lambda a, b: a - b),
    "*": (10, lambda a, b: a * b),
    "/": (10, lambda a, b: _divided(a, b)[0]),
    "%": (10, lambda a, b: _divided(a, b)[1]),
    "**": (11, lambda a, b: _power(a, b)),
}
_SIGNS: dict[str, Callable[[int], int]] = {
    "+": lambda a: a,
    "-": lambda a: -a,
    "~": lambda a: ~a,
    "!": lambda a: int(not a),
}


class ArithmeticProblem(Exception):
    """An expression has no value. The message is what a shell would say."""


def evaluate(expression: str, variables: Mapping[str, str]) -> int:
    """The value of an expression, from -2^63 to 2^63 - 1; nothing stands for 0.

    Raises:
        ArithmeticProblem: it has none.
    """
    return _Evaluation(expression, variables, 0).result()


class _Evaluation:
    """One expression. What `&&`, `||` and `?:` leave out is read, but not computed."""

    def __init__(self, expression: str, variables: Mapping[str, str], depth: int) -> None:
        self._expression = expression.strip()
        self._variables = variables
        self._depth = depth
        self._at = 0
        self._idle = 0
        self._kind = self._token = ""
        self._next()

    def result(self) -> int:
        if not self._kind:
            return 0
        value = self._list()
        if self._kind:
            raise self._problem("syntax error in expression")
        return value

    def _problem(self, what: str) -> ArithmeticProblem:
        shown = self._expression if len(self._expression) <= 60 else f"{self._expression[:60]}…"
        rest = (self._token + self._expression[self._at :]).strip()[:60]
        return ArithmeticProblem(f'{shown}: {what} (error token is "{rest}")')

    def _next(self) -> None:
        found = _TOKEN.match(self._expression, self._at)
        if found is None:
            self._kind = self._token = ""
            if self._expression[self._at :].strip():
                raise self._problem("syntax error: operand expected")
            return
        self._kind, self._token, self._at = found.lastgroup or "", found[found.lastgroup or 0], found.end()

    def _taken(self, operator: str) -> bool:
        if self._kind != "operator" or self._token != operator:
            return False
        self._next()
        return True

    def _list(self) -> int:
        value = self._choice()
        while self._taken(","):
            value = self._choice()
        return value

    def _choice(self) -> int:
        condition = self._binary(0)
        if not self._taken("?"):
            return condition
        self._enter()
        first = self._computed(self._choice, bool(condition))
        if not self._taken(":"):
            raise self._problem("`:' expected for conditional expression")
        second = self._computed(self._choice, not condition)
        self._depth -= 1
        return first if condition else second

    def _computed(self, read: Callable[[], int], wanted: bool) -> int:
        self._idle += not wanted
        value = read()
        self._idle -= not wanted
        return value

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._problem("expression recursion level exceeded")

    def _binary(self, weakest: int) -> int:
        value = self._operand()
        while self._kind == "operator" and self._token in _BINARY:
            operator = self._token
            strength, compute = _BINARY[operator]
            if strength < weakest:
                break
            self._next()
            wanted = bool(value) if operator == "&&" else not value if operator == "||" else True
            self._enter()
            # Of equal operators the left one is first, except for powers.
            right = self._computed(partial(self._binary, strength + (operator != "**")), wanted)
            self._depth -= 1
            value = self._wrapped(compute, value, right)
        return value

    def _wrapped(self, compute: Callable[..., int], *operands: int) -> int:
        try:
            value = compute(*operands)
        except ArithmeticProblem as problem:
            if self._idle:
                return 0
            raise self._problem(str(problem)) from None
        half = 1 << (_BITS - 1)
        return (value + half) % (2 * half) - half

    def _operand(self) -> int:
        if self._kind == "operator" and self._token in _SIGNS:
            sign = _SIGNS[self._token]
            self._next()
            self._enter()
            value = self._wrapped(sign, self._operand())
        elif self._taken("("):
            self._enter()
            value = self._list()
            if not self._taken(")"):
                raise self._problem("missing `)'")
        elif self._kind == "number":
            value = self._wrapped(lambda: _number(self._token))
            self._next()
            return value
        elif self._kind == "name":
            self._enter()
            inner = self._variables.get(self._token, "")
            value = 0 if self._idle else _Evaluation(inner, self._variables, self._depth).result()
            self._next()
        else:
            raise self._problem("syntax error: operand expected")
        self._depth -= 1
        return value


def _number(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ArithmeticProblem("number too long")
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ArithmeticProblem("value too great for base" if text.isdigit() else "invalid number")
    if found[1]:
        return int(found[1], 16)
    return int(text, 8 if found[2] else 10)


def _divided(dividend: int, divisor: int) -> tuple[int, int]:
    """Quotient towards zero, and the remainder that goes with it."""
    if not divisor:
        raise ArithmeticProblem("division by 0")
    quotient = abs(dividend) // abs(divisor)
    quotient = quotient if (dividend < 0) == (divisor < 0) else -quotient
    return quotient, dividend - quotient * divisor


def _power(base: int, exponent: int) -> int:
    if exponent < 0:
        raise ArithmeticProblem("exponent less than 0")
    return pow(base, exponent, 1 << _BITS)
