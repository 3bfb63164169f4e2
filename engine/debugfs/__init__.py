"""The files of `<debugfs>/damon`, over an engine (specification section 12)."""

from engine.debugfs.face import DEBUGFS_FIRST_INDEX, Debugfs

__all__ = ["DEBUGFS_FIRST_INDEX", "Debugfs"]
