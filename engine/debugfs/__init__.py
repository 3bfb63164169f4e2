"""The files of `<debugfs>/damon`, over an engine (specification section 12)."""

from engine.debugfs.face import Debugfs

__all__ = ["Debugfs"]
