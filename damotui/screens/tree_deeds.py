"""What the actions of the tree do."""

from __future__ import annotations

from damotui.screens.deed_base import DeedBase
from damotui.screens.dialogs import ChoiceDialog
from damotui.session import outline, values
from damotui.session.outline import Kind, Row
from damotui.session.templates import new_kdamond, templates_for
from damotui.session.tree import Path
from engine.config.model import Context
from engine.errors import InputError


class TreeDeeds(DeedBase):
    """Move in the tree, and edit it."""

    def up(self) -> None:
        """One line."""
        self._screen.tree_pane.move_by(-1)

    def down(self) -> None:
        """One line."""
        self._screen.tree_pane.move_by(1)

    def page_up(self) -> None:
        """One page."""
        self._screen.tree_pane.move_by_pages(-1)

    def page_down(self) -> None:
        """One page."""
        self._screen.tree_pane.move_by_pages(1)

    def first(self) -> None:
        """The first line."""
        self._screen.tree_pane.move_to(0)

    def last(self) -> None:
        """The last line."""
        self._screen.tree_pane.move_to(len(self._screen.tree_pane.rows) - 1)

    def fold(self) -> None:
        """The branch, or to its head."""
        row = self._row()
        if row.expanded:
            self._screen.set_expanded(row.path, False)
            return
        self._screen.tree_pane.move_to_head()

    def unfold(self) -> None:
        """The branch, or into it."""
        row = self._row()
        if row.expandable and not row.expanded:
            self._screen.set_expanded(row.path, True)
        elif row.expanded:
            self._screen.tree_pane.move_by(1)

    def edit(self) -> None:
        """The value in place; a branch folds or unfolds."""
        row = self._row()
        if row.kind is Kind.LIST and not row.expandable:
            self.add()
        elif row.kind is not Kind.FIELD:
            self._screen.set_expanded(row.path, not row.expanded)
        elif isinstance(self._session.get(row.path), bool):
            self._nudge(1)
        else:
            self._screen.editing.open(row)

    def increase(self) -> None:
        """One natural step."""
        self._nudge(1)

    def decrease(self) -> None:
        """One natural step."""
        self._nudge(-1)

    def default(self) -> None:
        """What the kernel has before anything is written."""
        row = self._field_row()
        self._stage(row.path, values.spec_of(row.path).default)

    def add(self) -> None:
        """An entry of the list that the cursor is at or in, or a kdamond."""
        collection = self._collection(self._row()) if self._session.staged else ()
        if not collection:
            self._added(self._session.add((), new_kdamond(), f"add kdamond {len(self._session.staged)}"))
            return
        if lack := outline.lack_at(collection, self._session.kernel):
            raise InputError(f"a {outline.ENTRY_NAMES[str(collection[-1])]} {lack}")
        templates = templates_for(str(collection[-1]))
        at = collection[:3]
        context = self._session.get(at) if len(at) == 3 else Context()

        def make(choice: int | None) -> None:
            if choice is not None:
                template = templates[choice]
                self._added(self._session.add(collection, template.make(context), f"add {template.name}"))

        if len(templates) == 1:
            make(0)
        else:
            self._screen.app.push_screen(
                ChoiceDialog(f"Add to {collection[-1]}", [(t.name, t.help) for t in templates]), make
            )

    def remove(self) -> None:
        """The entry that the cursor is at or in."""
        path = self._entry(self._row().path)
        if path is None:
            raise InputError("there is no scheme, target, filter, goal, region or kdamond here to remove")
        what = (
            f"{outline.ENTRY_NAMES.get(str(path[-2]), 'entry')} {path[-1]}" if len(path) > 1 else f"kdamond {path[0]}"
        )
        self._session.remove(path, f"remove {what}")
        self._screen.staged_changed()
        self._screen.tell(f"{what} removed: u takes it back")

    def _field_row(self) -> Row:
        row = self._row()
        if row.kind is not Kind.FIELD:
            raise InputError(f"{row.label} is no value: go to one of its fields")
        return row

    def _nudge(self, steps: int) -> None:
        row = self._field_row()
        spec = values.spec_of(row.path)
        value = self._session.get(row.path)
        choices = spec.choices_in(self._session.kernel) if spec.choices else ()
        after = values.nudged(spec, value, steps, choices)
        if after == value:
            raise InputError(f"{row.label} goes no further: Enter edits it")
        self._stage(row.path, after, nudge=True)

    def _stage(self, path: Path, value: object, *, nudge: bool = False) -> None:
        self._screen.editing.stage(path, value, key=("nudge", path) if nudge else None)

    def _added(self, path: Path) -> None:
        self._screen.expand_to(path)
        self._screen.staged_changed()
        self._screen.tree_pane.move_to_path(path)

    def _collection(self, row: Row) -> Path:
        """The list that `add` is about: the row's own, or the nearest around it; empty for the kdamonds."""
        path = row.path
        if isinstance(self._session.get(path), Context):
            return (*path, "schemes")
        while len(path) > 1:
            if path[-1] in outline.ENTRY_NAMES and path[-1] != "contexts":
                return path
            path = path[:-1]
        kdamond = self._session.get(path)
        return (*path, "contexts") if not kdamond.contexts else ()

    def _entry(self, path: Path) -> Path | None:
        while path:
            if isinstance(path[-1], int) and (len(path) == 1 or path[-2] != "contexts"):
                return path if len(path) > 1 or len(self._row().path) == 1 else None
            path = path[:-1]
        return None
