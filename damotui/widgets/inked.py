"""A widget that draws lines by itself, and keeps the styles that it draws them with.

Working a style out means a walk through all that the widget is in; doing so for each line of each frame costs more
than everything else about the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style

if TYPE_CHECKING:
    from textual.widget import Widget as _Widget
else:
    # Textual takes default CSS from the first base that is a widget, and this one has none to give.
    _Widget = object


class Inked(_Widget):
    """To be named first among the bases of a widget: keeps styles until Textual says that they changed."""

    _inks: dict[str, Style] | None = None

    @property
    def base(self) -> Style:
        """The widget's own style."""
        return self._kept("")

    def ink(self, name: str) -> Style:
        """The colour and weight of a component class, without its background."""
        return self._kept(name)

    def background(self, name: str) -> Style:
        """The background of a component class, without anything else."""
        return self._kept(f"{name} background")

    def notify_style_update(self) -> None:
        """Forget the styles."""
        super().notify_style_update()
        self._inks = None

    def _kept(self, name: str) -> Style:
        if self._inks is None:
            self._inks = {}
        if name not in self._inks:
            self._inks[name] = self._found(name)
        return self._inks[name]

    def _found(self, name: str) -> Style:
        if not name:
            return self.rich_style
        component, _, background = name.partition(" ")
        style = self.get_component_rich_style(component)
        return Style(bgcolor=style.bgcolor) if background else Style(color=style.color, bold=style.bold)
