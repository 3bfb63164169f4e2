"""A workload twice: as the engine's model of it, and as masim playing the batches that the model has drawn."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.machine.layout import lay_out
from engine.workload.library import Workload
from engine.workload.realisation import Realisation
from engine.workload.touch import TouchModel
from tests.engine import naive_masim


def model_of(load: Workload, *, loop: bool = False, seed: int = 0) -> TouchModel:
    """The model of a process that runs a workload."""
    layout = lay_out(tuple(region.size for region in load.config.regions))
    drawn = Realisation(load.config, accesses_per_ms=load.accesses_per_ms, batch=load.batch, loop=loop, seed=seed)
    return TouchModel(drawn, layout.regions, layout.always)


def player_of(load: Workload, model: TouchModel, *, loop: bool = False, seed: int = 0) -> naive_masim.Masim:
    """masim, which runs in each batch the pattern that the model has drawn for it."""
    realisation = model.realisation

    @cache
    def chosen(run: int) -> NDArray[np.intp]:
        repetition, number = divmod(run, len(realisation.phases))
        plan = realisation.phases[number]
        begin = repetition * realisation.repetition_us + plan.start_us
        active, made, _ = realisation.accesses(begin + plan.batch_us * np.arange(plan.nr_batches + 1, dtype=np.float64))
        columns = [active.index(pattern) for pattern in plan.active]
        mine = made[:, columns]
        assert np.allclose(mine.max(axis=1), load.batch) and np.allclose(mine.sum(axis=1), load.batch)
        found: NDArray[np.intp] = np.array(plan.active)[mine.argmax(axis=1)] - plan.first_pattern
        return found

    return naive_masim.Masim(load, model.addresses, seed, loop=loop, choose=lambda run, batch: int(chosen(run)[batch]))
