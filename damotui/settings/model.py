"""What can be chosen once for all sessions."""

from __future__ import annotations

from dataclasses import dataclass, field

from damotui.settings.keymap import Keymap


@dataclass(frozen=True, slots=True)
class Settings:
    """None leaves a choice to damotui, or to the option of the command line."""

    theme: str | None = None
    """Name of a theme, the user's own included."""
    palette: str | None = None
    """Name of a heat palette; None takes the one that goes with the theme."""
    transposed: bool = False
    """Whether time runs across in the heatmap at first."""
    workload: str | None = None
    """Name in the library, or path of a masim file."""
    kernel: str | None = None
    """Release whose DAMON runs."""
    preset: str | None = None
    """Name of a preset to start with; `none` stands for no kdamonds."""
    speed: float | None = None
    """Simulated seconds per second; infinite for as fast as it goes."""
    mouse: bool = True
    """Whether the app takes the mouse; without, the terminal can select text with it."""
    autosave: bool = True
    """Whether what is edited is kept for when the app ends badly."""
    tour: bool = True
    """Whether the tour is offered at the first start."""
    keymap: Keymap = field(default_factory=Keymap)
