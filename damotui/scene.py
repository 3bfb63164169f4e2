"""The engine that the app drives, as the pacer makes it: in its own thread."""

from __future__ import annotations

from dataclasses import replace

from damotui.experiment import Experiment, start_engine
from damotui.pacer.face_desk import FacesLike
from damotui.pacer.stage import EngineLike
from engine.config.model import Kdamond
from engine.engine import Engine


class ExperimentScene:
    """Makes engines for one experiment."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment

    def build(self, kdamonds: tuple[Kdamond, ...] | None = None) -> EngineLike:
        """A new engine at time 0, running `kdamonds`, or those of the experiment."""
        chosen = self._experiment.kdamonds if kdamonds is None else kdamonds
        return start_engine(replace(self._experiment, kdamonds=chosen))

    def start_process(self, engine: EngineLike) -> None:
        """Run the workload as one more process."""
        assert isinstance(engine, Engine)
        engine.start_process(self._experiment.workload, loop=self._experiment.loop)

    def open_faces(self, engine: EngineLike) -> FacesLike:
        """The files and events of an engine; what they need is imported with the first that are asked for."""
        from damotui.pacer.faces import Faces
        from engine.system import System

        assert isinstance(engine, Engine)
        faces = Faces(System(engine))
        for status in engine.snapshot().kdamonds:
            faces.note_started(status.index)
        return faces
