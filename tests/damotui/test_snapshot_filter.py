"""Which regions an expression lets through, and what is said of one that can't be read."""

import numpy as np
import pytest

from damotui.render.layout import RangeName
from damotui.session.snapshot_filter import parse_filter
from damotui.session.snapshot_regions import regions_of
from engine.config.model import UINT_MAX, ULONG_MAX, AccessPattern, Range
from engine.errors import InputError
from tests.damotui.test_snapshot_regions import truth_of
from tests.recordings import MIB, PAGE, aggregation

HEAP, STACK = 0x10_0000_0000, 0x7FFF_0000_0000


@pytest.fixture(scope="module")
def regions():
    one = aggregation(
        [
            (0, HEAP, HEAP + 4 * MIB, 20, 2),
            (0, HEAP + 4 * MIB, HEAP + 12 * MIB, 1, 80),
            (0, STACK, STACK + 2 * MIB, 0, 600),
            (1, HEAP, HEAP + PAGE, 0, 9),
        ]
    )
    cold = AccessPattern(sz=Range(0, ULONG_MAX), nr_accesses=Range(0, 0), age=Range(10, UINT_MAX))
    truth = truth_of(one, [(0, HEAP, HEAP + 2 * MIB, 1.0)])
    names = [RangeName(0, HEAP, HEAP + 12 * MIB, "[heap]"), RangeName(0, STACK, STACK + 2 * MIB, "age of stack")]
    return regions_of(one, names=names, patterns=[cold], truth=truth)


PASSING = {
    "": [0, 1, 2, 3],
    "  ": [0, 1, 2, 3],
    "size > 2M": [0, 1],
    "size>2M": [0, 1],
    "sz >= 2 MiB": [0, 1, 2],
    "size = 4 KiB": [3],
    "size 4K": [3],
    "size != 4K": [0, 1, 2],
    "size < max": [0, 1, 2, 3],
    "age > 5s": [1, 2],
    "age > 50": [1, 2],
    "age ≥ 1 m": [2],
    "age <= 900 ms": [0, 3],
    "age > 59 s age < 1 m 1 s": [2],
    "rate < 10%": [1, 2, 3],
    "rate >= 5 %": [0, 1],
    "rate 100": [0],
    "nr_accesses > 0": [0, 1],
    "accesses 1": [1],
    "hz >= 50": [0],
    "hz < 0.1khz": [1, 2, 3],
    "idle > 5s": [2],
    "idle 0": [0, 1],
    "idle = 1 s": [3],
    "name heap": [0, 1],
    "NAME = HEAP": [0, 1],
    "name != heap": [2, 3],
    'name "age of"': [2],
    "target 0": [0, 1, 2],
    "target != 0": [3],
    "address 0x1000000fff": [0, 3],
    "address >= 0x7fff00000000": [2],
    "addr 0x1000400000": [1],
    "temp > 0": [0, 1],
    "temp < -1,000,000,000": [2],
    "true >= 50%": [0],
    "true < 1 %": [1, 2, 3],
    "look > 6 s": [1],
    "scheme 0": [2],
    "scheme none": [0, 1, 3],
    "scheme any": [2],
    "scheme != 0": [0, 1, 3],
    "scheme 4": [],
    "size > 2M age > 5s rate < 10% name heap target 0": [1],
    "size>2M,age>5s and rate<10%": [1],
    "target 0 & idle > 5s": [2],
}


@pytest.mark.parametrize("text", PASSING)
def test_what_passes(regions, text):
    assert np.flatnonzero(parse_filter(text).mask(regions)).tolist() == PASSING[text]


REFUSED = {
    "foo > 3": "'foo' is nothing to filter by: give size, age, rate,",
    "2M < size": "'2m' is nothing to filter by",
    "size >": "size needs a value: give a size such as size > 2M",
    "size": "size needs a value",
    "size > > 2M": "> can't stand there: give one sign and one value for size",
    "size > abc": "'abc' is no value for size: give a size such as size > 2M",
    "size > 1.5": "'1.5' is no value for size",
    "age > soon": "'soon' is no value for age: give a time such as age > 5s, or aggregations such as age >= 50",
    "rate < 10 s": "'10 s' is no value for rate: give a share of the checks such as rate < 10%",
    "idle > 5": "'5' is no value for idle: give a time such as idle > 5s",
    "hz > fast": "'fast' is no value for hz: give a frequency such as hz >= 50",
    "name > heap": "names can't be compared by >: give a part of a name",
    "name age": 'name needs a value: give a part of a name such as name heap, or name "age of"',
    "scheme < 3": "'< 3' is no value for scheme: give an index such as scheme 0",
    "target one": "'one' is no value for target: give an index such as target 0",
    "address here": "'here' is no value for address: give an address such as",
    "temp hot": "'hot' is no value for temp",
    'name "heap': "'\"heap' can't be read: give something such as size > 2M",
    "size ! 3": "can't be read",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_said_of_what_cannot_be_read(text):
    with pytest.raises(InputError) as error:
        parse_filter(text)
    assert REFUSED[text].lower() in str(error.value).lower()
    assert "\n" not in str(error.value)


def test_what_is_not_known_is_neither_equal_nor_different():
    unknown = regions_of(aggregation([(0, 0, PAGE, 0, 0)]))
    for text in ("true = 0%", "true != 0%", "true < 5%", "true > 5%"):
        assert not parse_filter(text).mask(unknown).any()
