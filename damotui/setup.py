"""What the app is started with, looked up and checked before any of the screen is touched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from damotui.experiment import Experiment, load_experiment
from damotui.options import AppOptions
from damotui.session.templates import starting_schemes
from engine.config.model import Kdamond
from engine.errors import InputError
from engine.versions import Kernel
from engine.workload.library import Workload
from themes import AppTheme, app_theme_names, load_app_theme

if TYPE_CHECKING:
    from damotui.pacer.frame import Frame
    from damotui.pacer.requests import Request

DEFAULT_THEME = "damotui-dark"


class AnyPacer(Protocol):
    """What the main screen needs of a pacer."""

    @property
    def speed(self) -> float:
        """Simulated seconds per second, as asked for."""

    @property
    def paused(self) -> bool:
        """Whether time stands."""

    @property
    def stuck_s(self) -> float:
        """For how many seconds the engine has not come back."""

    def request(self, request: Request) -> None:
        """Ask the engine for something."""

    def set_speed(self, speed: float) -> None:
        """Change the speed."""

    def set_paused(self, paused: bool) -> None:
        """Let time stand, or pass."""

    def step(self) -> None:
        """Run to the next aggregation."""

    def take(self) -> Frame | None:
        """The newest frame, if there is a new one."""


@dataclass(frozen=True, slots=True)
class Setup:
    """One session to be."""

    experiment: Experiment
    theme: AppTheme
    speed: float

    @property
    def kdamonds(self) -> tuple[Kdamond, ...]:
        """What is staged and committed at first."""
        return self.experiment.kdamonds

    @property
    def kernel(self) -> Kernel:
        """Whose DAMON it is."""
        return self.experiment.kernel

    @property
    def workload(self) -> Workload:
        """What touches the memory."""
        return self.experiment.workload


def load_setup(options: AppOptions) -> Setup:
    """Look up what the options name.

    Raises:
        InputError: something can't be found, read or used.
    """
    experiment = load_experiment(
        workload=options.workload,
        kdamonds=options.kdamonds,
        preset=options.preset,
        kernel=options.kernel,
        seed=options.seed,
        memory_bytes=options.memory_bytes,
        node_bytes=options.node_bytes,
        swap_bytes=options.swap_bytes,
        loop=options.loop,
    )
    if options.kdamonds is None and options.preset is None:
        experiment = replace(experiment, kdamonds=tuple(_with_schemes(k) for k in experiment.kdamonds))
    return Setup(experiment, _theme(options.theme or DEFAULT_THEME), options.speed)


def _with_schemes(kdamond: Kdamond) -> Kdamond:
    contexts = (replace(context, schemes=starting_schemes(context)) for context in kdamond.contexts)
    return replace(kdamond, contexts=tuple(contexts))


def _theme(name: str) -> AppTheme:
    if name not in app_theme_names():
        raise InputError(f"--theme: {name!r} is not a theme: give one of {', '.join(app_theme_names())}")
    return load_app_theme(name)
