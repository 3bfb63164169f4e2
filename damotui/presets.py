"""Presets: kdamonds of the kernel's own modules and of known recipes, each as a file of damo's JSON.

A file has, beside the `kdamonds` that damo reads, what damo passes over: under `preset` a title, an explanation, the
newest feature that it needs, and for a preset over NUMA nodes the node that each kdamond monitors. A paddr target
without regions stands for all memory of that node, or of the machine; `Preset.for_machine` fills it in.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import accumulate, pairwise

from damotui.commands import suggestion
from engine.config.damo_json import kdamonds_from_json
from engine.config.model import AddrRange, Context, Kdamond, Target
from engine.config.validate import PAGE_SIZE
from engine.errors import InputError, shown
from engine.versions import Feature, Kernel

_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class Preset:
    """What to monitor and what to do about it, ready for any machine."""

    name: str
    title: str
    """A few words."""
    explanation: str
    """Some sentences, without line breaks."""
    kdamonds: tuple[Kdamond, ...]
    """As in the file: paddr targets have no regions, and vaddr targets no pids."""
    needs: Feature
    """The newest thing that a kernel must have for it."""
    nodes: tuple[int, ...] = ()
    """The NUMA node that each kdamond monitors; empty if each monitors all memory."""

    @property
    def since_release(self) -> str:
        """The first release that can run it, such as "6.16"."""
        return self.needs.first

    @property
    def nr_nodes(self) -> int:
        """How many NUMA nodes the machine must have: for what is monitored, and for what is moved there."""
        schemes = [s for kdamond in self.kdamonds for context in kdamond.contexts for s in context.schemes]
        named = [s.target_nid for s in schemes] + [dest.id for s in schemes for dest in s.dests]
        return max([0, *self.nodes, *named]) + 1

    def check_kernel(self, kernel: Kernel) -> None:
        """Raise `InputError` naming the release that is needed, if `kernel` is too old."""
        if not kernel.has(self.needs):
            raise InputError(f"preset {self.name} {kernel.lack(self.needs)}")

    def nodes_of(self, memory_bytes: int) -> tuple[int, ...]:
        """Memory of each node of a machine that has as many as it needs: equal parts of all memory."""
        return tuple(_equal_parts(memory_bytes, self.nr_nodes))

    def for_machine(self, memory_bytes: int, node_bytes: Sequence[int] | None = None) -> tuple[Kdamond, ...]:
        """The kdamonds with the physical memory that they monitor as initial regions.

        Args:
            memory_bytes: all memory of the machine.
            node_bytes: memory of each NUMA node, which lie one behind the other; None stands for equal parts for as
                many nodes as the preset needs.

        Raises:
            InputError: the machine has fewer nodes than the preset needs.
        """
        nodes = node_ranges(node_bytes or self.nodes_of(memory_bytes))
        if len(nodes) < self.nr_nodes:
            raise InputError(
                f"preset {self.name} needs a machine with {self.nr_nodes} NUMA nodes, and this has {len(nodes)}"
            )
        if self.nodes:
            regions = [nodes[node] for node in self.nodes]
        else:
            regions = [AddrRange(nodes[0].start, nodes[0].start + memory_bytes)] * len(self.kdamonds)
        return tuple(_monitoring(kdamond, region) for kdamond, region in zip(self.kdamonds, regions, strict=True))


def preset_names() -> list[str]:
    """The names of all presets, sorted."""
    return sorted(_shipped())


def all_presets() -> list[Preset]:
    """All presets, sorted by name."""
    return [load_preset(name) for name in preset_names()]


def load_preset(name: str) -> Preset:
    """A preset by its name, in which case does not matter, and hyphens stand for underscores.

    Raises:
        InputError: there is none of that name; the message has those that come close.
    """
    shipped = _shipped()
    plain = name.lower().replace("-", "_")
    if plain not in shipped:
        raise InputError(f"there is no preset {shown(name)}: {suggestion(plain, sorted(shipped))}")
    text = shipped[plain].read_text("utf-8")
    head = json.loads(text)["preset"]
    return Preset(
        name=plain,
        title=head["title"],
        explanation=head["explanation"],
        kdamonds=kdamonds_from_json(text, f"preset {plain}"),
        needs=Feature[head["needs"]],
        nodes=tuple(head.get("nodes", ())),
    )


def node_ranges(node_bytes: Sequence[int]) -> list[AddrRange]:
    """The physical memory of each NUMA node, which lie one behind the other."""
    from engine.machine.machine import RAM_START  # brings numpy, which a list of presets does without

    ends = accumulate(node_bytes, initial=RAM_START)
    return [AddrRange(start, end) for start, end in pairwise(ends)]


def _shipped() -> dict[str, Traversable]:
    folder = files("damotui") / "presets"
    return {file.name.removesuffix(_SUFFIX): file for file in folder.iterdir() if file.name.endswith(_SUFFIX)}


def _equal_parts(memory_bytes: int, count: int) -> list[int]:
    """Whole pages for each part; what is left over goes to the last one."""
    part = memory_bytes // count // PAGE_SIZE * PAGE_SIZE
    return [part] * (count - 1) + [memory_bytes - part * (count - 1)]


def _monitoring(kdamond: Kdamond, region: AddrRange) -> Kdamond:
    return replace(kdamond, contexts=tuple(_context(context, region) for context in kdamond.contexts))


def _context(context: Context, region: AddrRange) -> Context:
    if context.ops != "paddr":
        return context
    return replace(context, targets=tuple(_target(target, region) for target in context.targets))


def _target(target: Target, region: AddrRange) -> Target:
    return target if target.regions else replace(target, regions=(region,))
