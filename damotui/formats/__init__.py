"""Configs as other tools take them: damo's command line and JSON, shell scripts for sysfs and debugfs.

Nothing is lost in silence: each writer works out the config that its text stands for, and says in a sentence what of
the one asked for is not in that.
"""

from damotui.formats.carried import Carried
from damotui.formats.damo_command import damo_command
from damotui.formats.debugfs_script import debugfs_script
from damotui.formats.kdamonds_json import kdamonds_json
from damotui.formats.parts import Part, parts_at
from damotui.formats.sysfs_script import sysfs_script
from damotui.formats.table import FORMATS, Format, carried

__all__ = [
    "FORMATS",
    "Carried",
    "Format",
    "Part",
    "carried",
    "damo_command",
    "debugfs_script",
    "kdamonds_json",
    "parts_at",
    "sysfs_script",
]
