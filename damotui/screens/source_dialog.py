"""A choice of kdamonds that are ready to be used, and of what becomes of the tree."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from damotui.screens.dialogs import ChoiceDialog


class Way(Enum):
    """What is done with kdamonds that are chosen."""

    REPLACE = "in place of the tree"
    APPEND = "beside what is there"
    SCHEMES = "its schemes alone"


class SourceDialog(ChoiceDialog):
    """A list of sources; gives the index of the choice, with the way to use it in `way`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "take('APPEND')", "Add"),
        Binding("s", "take('SCHEMES')", "Schemes"),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        details: Sequence[str],
        lacking: Collection[int] = (),
    ) -> None:
        super().__init__(title, choices, details, lacking)
        self.way = Way.REPLACE

    def on_mount(self) -> None:
        """Name the keys."""
        title = self.query(Static).first()
        ways = "Enter replaces the tree, a adds to it, s adds the schemes alone"
        title.update(Content.assemble((str(title.content), "bold"), "\n", (ways, "$foreground 70%")))

    def action_take(self, way: str) -> None:
        """Choose what the cursor is at, to be used that way."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self.way = Way[way]
            self.dismiss(at)
