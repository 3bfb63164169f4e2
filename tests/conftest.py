"""How the tests are run."""

from __future__ import annotations

import os

import pytest


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: tests of the app and of mounts spend much of their time waiting."""
    return (os.cpu_count() or 1) + 1
