"""The files of a simulated machine as a real file system, through the kernel's FUSE.

The kernel's protocol is spoken here directly: it needs no library, a write that waits must not hold up another one to
the same file, and readers that wait for events must not use up threads.
"""

from damotui.mount.serve import Mounted, serve

__all__ = ["Mounted", "serve"]
