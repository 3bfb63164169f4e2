"""What each action does to pages, once it is known which (specification section 9)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.damos.actor import Action
from engine.machine.extents import ANONYMOUS, DEVICE, HUGE_PAGES, I64, REFUSES_HUGE, WANTS_HUGE
from engine.machine.huge import collapse
from engine.machine.layout import PAGE_SIZE
from engine.machine.memory import Memory
from engine.machine.migration import migrate, spread
from engine.machine.page_filters import Passing, passing
from engine.machine.space import Space

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of each extent [k]."""

    pages: I64
    """Acted on."""
    passed: I64
    """Let through by filters."""
    elapsed_ns: I64


def page_out(memory: Memory, space: Space, rows: Rows, chosen: Passing) -> I64:
    """Take the chosen pages [k] out of memory, anonymous ones as far as swap has room; how many that were."""
    extents = space.extents
    anonymous = extents.backing[rows] == ANONYMOUS
    wanted = np.where(extents.backing[rows] == DEVICE, 0, chosen.total)
    swappable = np.where(anonymous, wanted, 0)
    allowed = np.clip(memory.swap_free - (np.cumsum(swappable) - swappable), 0, swappable)
    out = np.where(anonymous, allowed, wanted)
    inactive = np.minimum(chosen.inactive, out)
    kept = extents.leave_memory(rows, inactive, out - inactive, saves=True)
    swapped = int(kept[anonymous].sum())
    memory.account.swapped_out_bytes += swapped * PAGE_SIZE
    memory.account.dropped_bytes += (int(kept.sum()) - swapped) * PAGE_SIZE
    space.account.paged_out += int(out.sum())
    if out.any():
        space.changed()
    return out


def read_ahead(memory: Memory, space: Space, rows: Rows) -> I64:
    """Bring pages back that are out of memory, as far as there is room without reclaim; how many that were [k]."""
    extents = space.extents
    out = extents.swapped[rows]
    back = np.zeros_like(out)
    for node in np.unique(extents.node[rows]).tolist():
        mine = np.where(extents.node[rows] == node, out, 0)
        back += np.clip(memory.room(node) - (np.cumsum(mine) - mine), 0, mine)
    extents.enter_memory(rows, np.zeros_like(back), back)
    anonymous = extents.backing[rows] == ANONYMOUS
    memory.account.swapped_in_bytes += int(back[anonymous].sum()) * PAGE_SIZE
    memory.account.file_read_bytes += int(back[~anonymous].sum()) * PAGE_SIZE
    if back.any():
        space.changed()
    return back


def madvise(memory: Memory, space: Space, rows: Rows, name: str) -> tuple[I64, I64]:
    """Do what an action of vaddr asks of madvise; how long each extent [k] took, in ns, and pages that it failed on."""
    extents, costs = space.extents, memory.costs
    failed = np.zeros(len(rows), np.int64)
    elapsed = costs.madvise_ns * extents.resident[rows]
    match name:
        case "pageout":
            nothing = np.zeros(len(rows), np.int64)
            everything = Passing(extents.inactive[rows], extents.active[rows], nothing)
            elapsed = elapsed + costs.pageout_ns * page_out(memory, space, rows, everything)
        case "willneed":
            elapsed = costs.willneed_ns * read_ahead(memory, space, rows)
        case "cold":
            if extents.active[rows].any():
                space.changed()
            extents.activate(rows, -extents.active[rows])
            extents.young[rows] = 0
        case "hugepage" | "nohugepage":
            advice = WANTS_HUGE if name == "hugepage" else REFUSES_HUGE
            if (extents.advice[rows] != advice).any():
                space.changed()
            extents.advice[rows] = advice
            elapsed = np.full(len(rows), costs.advise_ns)
        case "collapse":
            able = (extents.backing[rows] == ANONYMOUS) & (extents.advice[rows] != REFUSES_HUGE)
            elapsed = np.zeros(len(rows))
            for i in np.flatnonzero(able & (extents.resident[rows] > extents.huge[rows])).tolist():
                blocks = int(extents.blocks[rows[i]])
                made = collapse(space, rows[i : i + 1], blocks, memory.room, memory.account) if blocks else 0
                elapsed[i] = made * costs.collapse_ns
            whole = extents.huge[rows] >= extents.blocks[rows] * HUGE_PAGES
            failed = np.where(able & whole, 0, extents.pages[rows])
    return np.rint(elapsed).astype(np.int64), failed


def act_on_pages(memory: Memory, space: Space, rows: Rows, action: Action, *, physical: bool) -> Done:
    """An action that asks filters and handles page by page: those of paddr, and migrations and `stat` everywhere."""
    extents, costs = space.extents, memory.costs
    chosen = passing(extents, rows, space.memcg, action.filters, default_reject=action.default_reject)
    device = extents.backing[rows] == DEVICE
    chosen = Passing(*(np.where(device, 0, part) for part in (chosen.inactive, chosen.active, chosen.aged)))
    extents.young[rows] -= chosen.aged
    looked = np.where(device, 0, extents.resident[rows]) * costs.check_ns
    acted = np.zeros(len(rows), np.int64)
    each = 0.0
    match action.name:
        case "pageout":
            acted, each = page_out(memory, space, rows, chosen), costs.pageout_ns
        case "lru_prio" | "lru_deprio":
            up = action.name == "lru_prio"
            moved = chosen.inactive if up else -chosen.active
            extents.activate(rows, moved)
            acted, each = chosen.total, costs.lru_ns
            if moved.any():
                space.changed()
        case "migrate_hot" | "migrate_cold":
            if action.dests and not physical:
                node = spread(extents, rows, action.dests)
            else:
                node = np.full(len(rows), action.target_nid)
            acted, each = migrate(memory, space, rows, node, chosen), costs.migrate_ns
            memory.account.migrated_bytes += int(acted.sum()) * PAGE_SIZE
    return Done(acted, chosen.total, np.rint(looked + each * acted).astype(np.int64))
