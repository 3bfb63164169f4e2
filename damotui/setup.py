"""What the app is started with, looked up and checked before any of the screen is touched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from damotui.experiment import Experiment, load_experiment
from damotui.options import DEFAULT_WORKLOAD, AppOptions
from damotui.session.templates import starting_schemes
from damotui.settings.model import Settings
from engine.config.model import Kdamond
from engine.errors import InputError
from engine.versions import Kernel
from engine.workload.library import Workload
from themes import AppTheme, app_theme_names, load_app_theme, palette_names

if TYPE_CHECKING:
    from damotui.keep.opening import Opened
    from damotui.keep.places import Places
    from damotui.pacer.frame import Frame
    from damotui.pacer.replay import Replay
    from damotui.pacer.requests import Request

DEFAULT_THEME = "damotui-dark"
NO_PRESET = "none"
"""Stands for a tree without kdamonds."""


class AnyPacer(Protocol):
    """What the app needs of a pacer."""

    def start(self) -> None:
        """Make the engine, and let time pass."""

    def stop(self) -> bool | None:
        """End it; False if the engine did not come back."""

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
    settings: Settings = field(default_factory=Settings)
    themes: tuple[AppTheme, ...] = ()
    """Those to choose from: damotui's, and the user's own."""
    places: Places | None = None
    """Where sessions are kept by themselves; None keeps none."""
    opened: Opened | None = None
    """What was kept of the session; None for a new one."""
    lesson: str | None = None
    """Name of the lesson that it is for."""

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

    @property
    def replay(self) -> Replay | None:
        """What is to be done again before anything else."""
        return self.opened.replayed if self.opened is not None else None

    @property
    def first_speed(self) -> float:
        """Simulated seconds per second at first."""
        return math.inf if self.replay is not None else self.speed

    def reopened(self, opened: Opened) -> Setup:
        """The same user's setup of another session."""
        view = opened.saved.view
        theme = next((theme for theme in self.themes if theme.name == view.theme), self.theme)
        return replace(
            self, experiment=opened.saved.experiment, theme=theme, speed=view.speed, opened=opened, lesson=None
        )


def load_setup(options: AppOptions, settings: Settings | None = None, own_themes: Sequence[AppTheme] = ()) -> Setup:
    """Look up what the options name, and in their place what the settings do.

    Args:
        options: what was asked for at this start.
        settings: what was chosen for all sessions.
        own_themes: themes of the user.

    Raises:
        InputError: something can't be found, read or used.
    """
    if options.lesson is not None:
        return _with_lesson(load_setup(replace(options, lesson=None), settings, own_themes), options.lesson)
    chosen = settings or Settings()
    preset = options.preset or (chosen.preset if options.kdamonds is None else None)
    nothing = options.kdamonds is None and preset is not None and preset.lower() == NO_PRESET
    experiment = load_experiment(
        workload=options.workload or chosen.workload or DEFAULT_WORKLOAD,
        kdamonds=options.kdamonds,
        preset=None if nothing else preset,
        kernel=options.kernel or chosen.kernel,
        seed=options.seed,
        memory_bytes=options.memory_bytes,
        node_bytes=options.node_bytes,
        swap_bytes=options.swap_bytes,
        loop=options.loop,
    )
    if nothing:
        experiment = replace(experiment, kdamonds=())
    elif options.kdamonds is None and preset is None:
        experiment = replace(experiment, kdamonds=tuple(_with_schemes(k) for k in experiment.kdamonds))
    themes = (*(load_app_theme(name) for name in app_theme_names()), *own_themes)
    where = "--theme" if options.theme else "theme"
    theme = _theme(options.theme or chosen.theme or DEFAULT_THEME, themes, where)
    if chosen.palette is not None:
        theme = replace(theme, heat=_palette(chosen.palette))
    speed = options.speed if options.speed is not None else chosen.speed or 1.0
    return Setup(experiment, theme, speed, chosen, themes)


def _with_lesson(setup: Setup, name: str) -> Setup:
    from damotui.guide.library import load_lesson

    lesson = load_lesson(name)
    return replace(setup, experiment=lesson.experiment(), lesson=lesson.name)


def _with_schemes(kdamond: Kdamond) -> Kdamond:
    contexts = (replace(context, schemes=starting_schemes(context)) for context in kdamond.contexts)
    return replace(kdamond, contexts=tuple(contexts))


def _theme(name: str, themes: Sequence[AppTheme], where: str) -> AppTheme:
    found = next((theme for theme in themes if theme.name == name), None)
    if found is None:
        raise InputError(f"{where}: {name!r} is not a theme: give one of {', '.join(theme.name for theme in themes)}")
    return found


def _palette(name: str) -> str:
    if name not in palette_names():
        raise InputError(f"palette: {name!r} is not a heat palette: give one of {', '.join(palette_names())}")
    return name
