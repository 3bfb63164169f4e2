from dataclasses import fields, is_dataclass

import pytest

import engine.config.model as model
from engine.config.fields import FIELDS, leaves, member_type, spec_at, spec_for
from engine.config.model import UINT_MAX, ULONG_MAX, AccessPattern, Context, Kdamond, Range, Scheme, Target
from engine.units import Unit, format, format_exact, parse
from engine.versions import Feature, kernel_version

CONFIG_TYPES = [value for value in vars(model).values() if isinstance(value, type) and is_dataclass(value)]


@pytest.mark.parametrize("owner", CONFIG_TYPES)
def test_every_field_has_a_spec_and_every_spec_a_field(owner: type) -> None:
    assert list(FIELDS[owner]) == [member.name for member in fields(owner)]


@pytest.mark.parametrize(
    ("owner", "name"), [(owner, member.name) for owner in CONFIG_TYPES for member in fields(owner)]
)
def test_every_spec_is_complete(owner: type, name: str) -> None:
    spec = spec_for(owner, name)
    assert spec.name == name
    assert 15 < len(spec.help) < 250 and spec.help.endswith(".")
    assert spec.default == getattr(owner(), name)
    assert (spec.choices is not None) == (spec.unit is Unit.KEYWORD)
    if spec.choices is not None:
        assert spec.default in spec.choices
    if isinstance(spec.default, int) and spec.unit is not None:
        assert spec.low <= spec.default <= spec.high
        assert parse(spec.unit, format_exact(spec.unit, spec.default)) == spec.default
        assert parse(spec.unit, format(spec.unit, spec.default)) == spec.default
    assert (spec.unit is None) <= (member_type(owner, name) is not None)


def test_the_kernel_types_are_those_of_the_files() -> None:
    assert spec_at("contexts[0].intervals.sample_us").high == ULONG_MAX
    assert spec_at("refresh_ms").high == UINT_MAX
    assert (spec_at("contexts[0].targets[0].pid").low, spec_at("contexts[0].targets[0].pid").high) == (
        -(2**31),
        2**31 - 1,
    )
    assert spec_at("contexts[0].addr_unit").low == 1
    assert spec_at("contexts[0].schemes[0].quotas.weights.age_permil").high == UINT_MAX


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("contexts[0].schemes[1].access_pattern.sz.min", Unit.BYTES),
        ("contexts[0].schemes[1].access_pattern.nr_accesses.max", Unit.SAMPLES),
        ("contexts[0].schemes[1].access_pattern.age.max", Unit.AGGREGATIONS),
        ("contexts[0].schemes[1].filters[0].sz.max", Unit.BYTES),
        ("contexts[0].schemes[1].filters[0].addr.start", Unit.ADDRESS),
        ("contexts[0].targets[0].regions[3].end", Unit.ADDRESS),
        ("contexts[0].schemes[0].watermarks.high", Unit.PERMIL),
        ("contexts[0].intervals.goal.access_bp", Unit.BP),
        ("contexts[0].intervals", None),
    ],
)
def test_a_path_leads_to_a_spec_with_the_unit_of_its_place(path: str, unit: Unit | None) -> None:
    assert spec_at(path).unit is unit


@pytest.mark.parametrize("path", ["", "nothing", "contexts[0].ops.min", "contexts[0].intervals.aggr_ms"])
def test_a_path_to_nothing_is_a_key_error(path: str) -> None:
    with pytest.raises(KeyError):
        spec_at(path)


def test_leaves_walk_the_whole_tree() -> None:
    scheme = Scheme(access_pattern=AccessPattern(age=Range(3, 4)))
    kdamond = Kdamond(contexts=(Context(targets=(Target(pid=7), Target()), schemes=(scheme,)),))
    found = {path: (spec.unit, value) for path, spec, value in leaves(kdamond)}
    assert found["contexts[0].targets[0].pid"] == (Unit.PID, 7)
    assert found["contexts[0].targets[1].pid"] == (Unit.PID, None)
    assert found["contexts[0].schemes[0].access_pattern.age.max"] == (Unit.AGGREGATIONS, 4)
    assert all(spec_at(path).unit is unit for path, (unit, _) in found.items())


def test_choices_are_those_of_the_kernel() -> None:
    actions = spec_for(Scheme, "action")
    assert actions.choices_in(kernel_version("6.12")) == actions.choices_in(kernel_version("7.1"))
    assert "collapse" in (actions.choices or ()) and "collapse" not in actions.choices_in(kernel_version("7.1"))
    filters = spec_at("contexts[0].schemes[0].filters[0].type")
    assert filters.choices_in(kernel_version("6.12")) == ("anon", "memcg", "young", "addr", "target")
    assert spec_for(Scheme, "max_nr_snapshots").since is Feature.NR_SNAPSHOTS
