"""Choose a theme, and see it at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.timer import Timer
from textual.widgets import OptionList

from damotui.screens.dialogs import ChoiceDialog
from themes import AppTheme

_PREVIEW_S = 0.15
"""A theme is shown when the cursor has been at it for so long: a switch takes about as much."""


class ThemeDialog(ChoiceDialog):
    """A list of themes; each that the cursor rests at is shown. Gives the index of the choice, or None.

    Args:
        themes: those to choose from.
        present: name of the one in force.
        preview: shows a theme for now.
    """

    def __init__(self, themes: Sequence[AppTheme], present: str, preview: Callable[[AppTheme], None]) -> None:
        names = [(theme.name, f"{'dark' if theme.dark else 'light'}, heat in {theme.heat}") for theme in themes]
        super().__init__("Theme", names)
        self._themes = themes
        self._at = next((at for at, theme in enumerate(themes) if theme.name == present), 0)
        self._preview = preview
        self._resting: Timer | None = None

    def on_mount(self) -> None:
        """Begin at the theme in force."""
        self.query_one(OptionList).highlighted = self._at

    @on(OptionList.OptionHighlighted)
    def _rest(self, event: OptionList.OptionHighlighted) -> None:
        if self._resting is not None:
            self._resting.stop()
        theme = self._themes[event.option_index]
        self._resting = self.set_timer(_PREVIEW_S, lambda: self._preview(theme))
