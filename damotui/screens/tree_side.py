"""The side of the main screen where the tree is: its rows, the lines to type in, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from damotui.explain import Explanation
from damotui.screens.editing import Editing
from damotui.session.document import Session
from damotui.session.live import Live
from damotui.session.outline import Row
from damotui.session.tree import Path
from damotui.session.tree_view import TreeView
from damotui.widgets.config_tree import ConfigTree
from damotui.widgets.field_editor import FieldEditor
from damotui.widgets.find_line import FindLine
from damotui.widgets.told_line import ToldLine


class TreeSide(Vertical):
    """Shows the staged tree of a session.

    Args:
        session: whose tree it is.
        live: what runs of it.
        staged: called after each edit of a field.
    """

    DEFAULT_CSS = """
    TreeSide {
        width: 32; padding-right: 1; layers: base above; background: $background;
        & #problem { max-height: 6; background: $panel; color: $warning; }
        & #problem.-severe { color: $error; }
    }
    """

    def __init__(self, session: Session, live: Live, staged: Callable[[], None], *, id: str) -> None:
        super().__init__(id=id)
        self._session, self._live = session, live
        self.view = TreeView(session, live)
        self.pane = ConfigTree(self._explained, id="tree")
        self.editor = FieldEditor(id="editor")
        self.editing = Editing(session, self.pane, self.editor, staged)
        self.find = FindLine(id="find")
        self._problem = ToldLine(id="problem")

    def compose(self) -> ComposeResult:
        """The rows, and the lines below them."""
        yield self.pane
        yield self.editor
        yield self._problem
        yield self.find

    @property
    def is_typed_in(self) -> bool:
        """Whether letters are text."""
        return self.editor.has_focus_within or self.find.has_focus_within

    def show(self) -> None:
        """Bring the rows up to date. The cursor stays at its node wherever that has gone."""
        before, edited = self.pane.cursor_row, self.view.follow()
        self.pane.show(self.view.rows())
        place = edited.place(before.path) if edited is not None and before is not None else None
        if before is not None and place is not None and place != before.path:
            self.pane.move_to_path(place)
        row = self.pane.cursor_row
        self._problem.set_class(row is not None and row.severe, "-severe")
        self._problem.say((row.problem or row.lack) if row else self.empty)

    @property
    def empty(self) -> str:
        """Why there are no rows."""
        if self._session.staged:
            return f"no line of the tree holds {self.view.find!r}: Esc shows all lines"
        return "there is no kdamond: a adds one"

    @property
    def shows_all(self) -> bool:
        """Whether nothing is left out because of what is looked for."""
        return not (self.view.find or self.view.only_set)

    def set_expanded(self, path: Path, expanded: bool) -> None:
        """Fold or unfold a branch."""
        self.view.set_expanded(path, expanded)
        self.show()

    def go_to(self, path: Path) -> None:
        """Put the cursor at a node, unfolded, with all that it is in; what would hide it is given up."""
        self.view.expand_to(path)
        self.show()
        if all(row.path != path for row in self.pane.rows):
            self.show_all()
        self.pane.move_to_path(path)

    def show_all(self) -> None:
        """Show all rows again."""
        self.view.only_set = False
        self.view.find = ""
        self.find.clear()
        self.show()

    def _explained(self, row: Row) -> Sequence[Explanation]:
        from damotui.session.explained import explained

        return explained(self._session, self._live, row)

    @on(FindLine.Changed)
    def _find_changed(self, event: FindLine.Changed) -> None:
        event.stop()
        self.view.find = event.text
        self.show()
        hit = next((line for line, row in enumerate(self.pane.rows) if self.view.is_hit(row)), None)
        if hit is not None and self.find.has_focus_within:
            self.pane.move_to(hit)

    @on(FindLine.Left)
    def _find_left(self, event: FindLine.Left) -> None:
        event.stop()
        self.pane.focus()

    @on(ConfigTree.FoldClicked)
    def _fold_clicked(self, event: ConfigTree.FoldClicked) -> None:
        event.stop()
        self.set_expanded(event.row.path, not event.row.expanded)
