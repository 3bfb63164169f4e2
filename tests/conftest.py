"""How the tests are run."""

from __future__ import annotations

import os

import pytest


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: tests of the app and of mounts spend much of their time waiting."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds, or leaves, anything among the settings and sessions of whoever runs it."""
    home = tmp_path_factory.getbasetemp() / "home"
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    offered = home / "xdg_state_home" / "damotui" / "tour-offered"  # who runs tests is not new
    offered.parent.mkdir(parents=True, exist_ok=True)
    offered.touch()
