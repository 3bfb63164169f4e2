"""What keywords mean, and the kinds of entries: for the menus that add them, and for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KEYWORDS: Mapping[str, str] = MappingProxyType(
    {
        # Operations
        "vaddr": "the address spaces of processes",
        "fvaddr": "given ranges of the address spaces of processes",
        "paddr": "the physical memory",
        # Actions
        "willneed": "reads swapped-out memory ahead of its use",
        "cold": "makes memory the first to go when it is short",
        "pageout": "takes memory out to swap or its file; what is used again is faulted back in",
        "hugepage": "asks for pages of 2 MiB, which cost fewer TLB misses and more memory",
        "nohugepage": "asks for no more pages of 2 MiB",
        "collapse": "makes pages of 2 MiB at once",
        "lru_prio": "puts memory on the active list, which protects it from reclaim",
        "lru_deprio": "puts memory on the inactive list, from where it is reclaimed first",
        "migrate_hot": "moves memory to another node, the hottest first",
        "migrate_cold": "moves memory to another node, the coldest first",
        "stat": "does nothing and counts what it would be done to",
        # Filters
        "anon": "memory of no file",
        "active": "pages on the active list",
        "memcg": "memory that is charged to a cgroup",
        "young": "pages accessed since they were last looked at",
        "hugepage_size": "pages of a size between two bounds",
        "unmapped": "pages that no process has mapped",
        "addr": "a range of addresses",
        "target": "one target of the context",
        # Goals
        "user_input": "a number that you write to current_value yourself",
        "some_mem_psi_us": "time in which some process waited for memory, for each reset interval",
        "node_mem_used_bp": "the share of a node's memory that is used",
        "node_mem_free_bp": "the share of a node's memory that is free",
        "node_memcg_used_bp": "the share of a node's memory that a cgroup uses",
        "node_memcg_free_bp": "the share of a node's memory that a cgroup does not use",
        "active_mem_bp": "the share of the active list in both lists",
        "inactive_mem_bp": "the share of the inactive list in both lists",
        "node_eligible_mem_bp": "the share of the matching memory that lies on a node",
        "hugepage_mem_bp": "the share of the memory that is in pages of 2 MiB",
        # Tuners
        "consist": "more or less at a time, by how far away the goal is",
        "temporal": "all that the limits allow until the goal is met, then nothing",
        # Watermarks
        "none": "nothing, so that the scheme is always on",
        "free_mem_rate": "the share of memory that is free",
    }
)
"""Each is the end of a sentence."""

ENTRIES: Mapping[str, str] = MappingProxyType(
    {
        "kdamond": "A thread of the kernel that monitors memory, and applies schemes to what it finds.",
        "context": "What a kdamond monitors, how often and how finely it does, and what is done about what it finds.",
        "target": "A process whose memory is monitored, or with paddr the physical memory.",
        "region": "A range of addresses to begin with. Monitoring divides and joins regions as it goes on.",
        "scheme": "An operation scheme (DAMOS): one action for all regions of one access pattern, within limits.",
        "filter": "Leaves memory of one property alone, or lets it alone through. They are asked from first to last, "
        "and the first that memory fits into decides.",
        "goal": "What the quota is tuned towards. With several goals, the one that is nearest to being met counts.",
        "dest": "A node that memory is moved to, with its share by weight.",
    }
)
"""By the name of the kind."""
