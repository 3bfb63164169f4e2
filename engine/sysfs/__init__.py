"""The sysfs interface: the files below `/sys/kernel/mm/damon/admin`, and what they do (specification section 11)."""

from engine.sysfs.sysfs import Sysfs

__all__ = ["Sysfs"]
