"""What the actions of the tree do."""

from __future__ import annotations

from damotui.screens.entry_deeds import EntryDeeds
from damotui.session import values
from damotui.session.kinds import entry_around, is_entry, kind_of, name_of
from damotui.session.outline import Kind, Row
from damotui.session.tree import Path
from engine.errors import InputError


class TreeDeeds(EntryDeeds):
    """Move in the tree, and edit its fields."""

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

    def next_sibling(self) -> None:
        """The next entry of the same list, or field of the same name in it."""
        self._go_sideways(1)

    def previous_sibling(self) -> None:
        """The entry before in the same list, or field of the same name in it."""
        self._go_sideways(-1)

    def unfold_alike(self) -> None:
        """All branches of a kind, or fold them."""
        path = self._row().path
        count, unfolded = self._screen.tree_side.view.toggle_alike(path)
        self._screen.tree_side.show()
        named = kind_of(path[:-1]).name if is_entry(path) else name_of(path)
        self._screen.tell(f"{'unfolded' if unfolded else 'folded'} all of {named}: {count}, * again takes it back")

    def tree_find(self) -> None:
        """Type a part of the lines."""
        self._screen.tree_side.find.open()

    def tree_all(self) -> None:
        """No more looked for; where all are shown, the tour ends."""
        if not (self._screen.tree_side.shows_all and self._screen.guide.leave()):
            self._screen.tree_side.show_all()

    def only_set(self) -> None:
        """Without what is at its default, or all."""
        side = self._screen.tree_side
        side.view.only_set = not side.view.only_set
        side.show()
        self._screen.tell("only what was set is shown: # shows all" if side.view.only_set else "all fields are shown")

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

    def _go_sideways(self, steps: int) -> None:
        row = self._row()
        entry = entry_around(row.path)
        siblings = self._session.get(entry[:-1])
        index = int(entry[-1]) + steps
        if not 0 <= index < len(siblings):
            end = "last" if steps > 0 else "first"
            raise InputError(f"{name_of(entry)} is the {end} {kind_of(entry[:-1]).name}")
        beside = (*entry[:-1], index, *row.path[len(entry) :])
        shown = {one.path for one in self._screen.tree_pane.rows}
        self._screen.tree_pane.move_to_path(beside if beside in shown else (*entry[:-1], index))
