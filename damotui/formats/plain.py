"""Configs as they are meant: cgroups' paths without the newline that comes with them from a file."""

from __future__ import annotations

from dataclasses import replace

from damotui.session.tree import Tree
from engine.config.model import Scheme


def plain(kdamonds: Tree) -> Tree:
    """The same without a newline at the end of a cgroup's path, which the kernel takes no notice of."""
    return tuple(
        replace(k, contexts=tuple(replace(c, schemes=tuple(map(_scheme, c.schemes))) for c in k.contexts))
        for k in kdamonds
    )


def _scheme(scheme: Scheme) -> Scheme:
    goals = tuple(replace(goal, memcg_path=goal.memcg_path.removesuffix("\n")) for goal in scheme.quotas.goals)
    filters = tuple(replace(item, memcg_path=item.memcg_path.removesuffix("\n")) for item in scheme.filters)
    return replace(scheme, quotas=replace(scheme.quotas, goals=goals), filters=filters)
