"""`damotui bench` prints what is measured, in the form asked for."""

import importlib

import pytest

from damotui.launch import main


@pytest.mark.parametrize("name", ["engine", "app"])
@pytest.mark.parametrize(("options", "as_json"), [([], False), (["--json"], True)])
def test_bench(name, options, as_json, monkeypatch, capsys):
    module = importlib.import_module(f"damotui.bench.{name}")
    monkeypatch.setattr(module, "run", lambda *, as_json: f"measured, as_json={as_json}")
    assert main(["bench", name, *options]) == 0
    assert capsys.readouterr() == (f"measured, as_json={as_json}\n", "")
