"""One thing that can be added to a list of the tree, ready to be tuned, and what it is made for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from engine.config.lint import warnings
from engine.config.model import AddrRange, Context, Filter, Goal, Kdamond, Quotas, Scheme
from engine.config.validate import validate
from engine.versions import Feature, Kernel


@dataclass(frozen=True, slots=True)
class Around:
    """What a new entry becomes part of."""

    kernel: Kernel
    context: Context = field(default_factory=Context)
    """Its context."""
    scheme: Scheme = field(default_factory=Scheme)
    """Its scheme."""
    entries: tuple[Any, ...] = ()
    """What the list has already."""
    nodes: tuple[AddrRange, ...] = ()
    """The physical memory of each NUMA node."""
    mapped: AddrRange | None = None
    """The largest mapping of a process that runs."""


Maker = Callable[[Around], Any]
"""Makes an entry."""


@dataclass(frozen=True, slots=True)
class Template:
    """One thing that can be added."""

    name: str
    help: str
    """What it is about, in a few words."""
    make: Maker
    needs: tuple[Feature, ...] = ()
    """What a kernel must have for it."""
    detail: str = ""
    """What it means, as a sentence."""

    def lack(self, kernel: Kernel) -> str:
        """What the kernel does not have of what it needs; empty if it has all."""
        missing = next((feature for feature in self.needs if not kernel.has(feature)), None)
        return "" if missing is None else kernel.lack(missing)

    def oddity(self, around: Around) -> str:
        """Why it would do nothing there, though the kernel takes it; empty if it would."""
        made, scheme = self.make(around), around.scheme
        fields: tuple[str, ...]
        match made:
            case Scheme():
                scheme, fields = made, (".action", ".target_nid")
            case Filter():
                scheme, fields = replace(scheme, filters=(made,)), (".type",)
            case Goal():
                scheme, fields = replace(scheme, quotas=Quotas(goals=(made,))), (".metric",)
            case _:
                return ""
        kdamond = Kdamond((replace(around.context, schemes=(scheme,)),))
        found = (*validate(kdamond, around.kernel), *warnings(kdamond, around.kernel))
        return next((one.message for one in found if one.path.endswith(fields)), "")
