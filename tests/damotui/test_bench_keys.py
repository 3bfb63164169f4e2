"""The key bench measures a running app."""

import json

import pytest

from damotui.bench import app, keys
from damotui.bench.keys import KeyFigures

pytest.importorskip("pty", reason="needs pseudo-terminals")


def test_a_key_is_answered_in_time_at_full_speed():
    figures = keys.measure("max", keys=6, seconds=0.5)
    assert figures.speed == "max"
    # Generous: the machine that tests run on may be busy. What is aimed at is 100 ms.
    assert 0 < figures.key_ms_median < 1_000
    assert figures.percent_of_core > 5
    assert figures.kilobytes_per_s > 1


def test_printed(monkeypatch):
    figures = KeyFigures("max", 19.5, 42.0, 60, 93.5, 783.6)
    monkeypatch.setattr(app, "SCENARIOS", ())
    monkeypatch.setattr(app, "SPEEDS", ("max",))
    monkeypatch.setattr(keys, "measure", lambda speed: figures)
    assert json.loads(app.run(as_json=True))["keys"]["figures"] == [
        {
            "speed": "max",
            "key_ms_median": 19.5,
            "key_ms_p90": 42.0,
            "keys": 60,
            "percent_of_core": 93.5,
            "kilobytes_per_s": 783.6,
        }
    ]
    assert "max                                   19.5    42.0        783.6                   93.5" in app.run(
        as_json=False
    )
