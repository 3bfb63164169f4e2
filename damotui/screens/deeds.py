"""What each action does: one method per name in the table of actions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from damotui.pacer.clock import next_speed
from damotui.render.raster import Combine
from damotui.screens.dialogs import ChoiceDialog, ConfirmDialog
from damotui.session import outline, values
from damotui.session.outline import Kind, Row
from damotui.session.templates import new_kdamond, templates_for
from damotui.session.tree import Path
from engine.config.model import Context, Target
from engine.errors import InputError
from themes import palette_names

if TYPE_CHECKING:
    from damotui.screens.main import MainScreen


class Deeds:
    """Carries actions out on the session, the pacer and the panes of one screen.

    What can't be done raises InputError, which the screen shows.
    """

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._session = screen.session
        self._pacer = screen.pacer
        self._speed_before = 1.0

    # Time

    def pause(self) -> None:
        """Let time stand, or pass."""
        self._pacer.set_paused(not self._pacer.paused)

    def slower(self) -> None:
        """One speed down."""
        self._pacer.set_speed(next_speed(self._pacer.speed, -1))

    def faster(self) -> None:
        """One speed up."""
        self._pacer.set_speed(next_speed(self._pacer.speed, 1))

    def max_speed(self) -> None:
        """As fast as it goes, or back."""
        speed = self._pacer.speed
        if math.isinf(speed):
            self._pacer.set_speed(self._speed_before)
        else:
            self._speed_before = speed
            self._pacer.set_speed(math.inf)

    def step(self) -> None:
        """One aggregation."""
        self._pacer.step()

    # Kdamonds

    def toggle_kdamond(self) -> None:
        """On or off."""
        index = self._kdamond()
        if index in self._session.running:
            self._session.turn_off(index)
        else:
            self._session.turn_on(index)

    def commit(self) -> None:
        """The kdamond under the cursor."""
        index = self._kdamond()
        if not self._session.uncommitted((index,)):
            raise InputError(f"nothing is staged for kdamond {index} that is not committed")
        self._session.commit(index)
        self._screen.staged_changed()

    def commit_all(self) -> None:
        """All kdamonds."""
        if not self._session.uncommitted():
            raise InputError("nothing is staged that is not committed")
        self._session.commit_all()
        self._screen.staged_changed()

    def undo(self) -> None:
        """One step back."""
        step = self._session.undo()
        if step is None:
            raise InputError("there is nothing to undo")
        self._screen.staged_changed()
        self._screen.tell(f"undone: {step.label}")

    def redo(self) -> None:
        """One step forth."""
        step = self._session.redo()
        if step is None:
            raise InputError("there is nothing to redo")
        self._screen.staged_changed()
        self._screen.tell(f"done again: {step.label}")

    # The machine

    def kill_process(self) -> None:
        """The process of the target under the cursor, or of the only one."""
        pid = self._pid()
        process = self._screen.live.process(pid)
        name = process.name if process else "unknown"
        self._ask(f"Kill process {pid} ({name})? Undo can't bring it back.", lambda: self._session.kill_process(pid))

    def start_process(self) -> None:
        """One more."""
        self._session.start_process()

    def restart(self) -> None:
        """From time 0."""
        self._ask("Begin again at time 0? What was seen so far is forgotten; the tree stays.", self._session.restart)

    # The app

    def transpose(self) -> None:
        """Turn the map."""
        heat = self._screen.map_pane.map
        heat.transposed = not heat.transposed

    def theme(self) -> None:
        """The next one."""
        self._screen.next_theme()

    def next_pane(self) -> None:
        """Focus forth."""
        self._screen.focus_next()

    def previous_pane(self) -> None:
        """Focus back."""
        self._screen.focus_previous()

    def palette(self) -> None:
        """All actions by name."""
        self._screen.app.action_command_palette()

    def help(self) -> None:
        """All keys."""
        from damotui.screens.help import HelpScreen

        self._screen.app.push_screen(HelpScreen(self._screen.focused_scope))

    def quit(self) -> None:
        """The end."""
        self._screen.app.exit()

    # The tree

    def up(self) -> None:
        """One line."""
        self._screen.tree_pane.move_by(-1)

    def down(self) -> None:
        """One line."""
        self._screen.tree_pane.move_by(1)

    def page_up(self) -> None:
        """One page."""
        self._screen.tree_pane.move_by(-max(1, self._screen.tree_pane.size.height - 1))

    def page_down(self) -> None:
        """One page."""
        self._screen.tree_pane.move_by(max(1, self._screen.tree_pane.size.height - 1))

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
        rows = self._screen.tree_pane.rows
        above = [at for at in range(self._screen.tree_pane.cursor_line) if rows[at].depth < row.depth]
        if above:
            self._screen.tree_pane.move_to(above[-1])

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
            self._screen.open_editor(row)

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
        collection = self._collection(self._row())
        if not collection:
            self._added(self._session.add((), new_kdamond(), f"add kdamond {len(self._session.staged)}"))
            return
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

    # The heatmap

    def earlier(self) -> None:
        """A tenth of a screen."""
        self._screen.map_pane.map.scroll_time(-0.1)

    def later(self) -> None:
        """A tenth of a screen."""
        self._screen.map_pane.map.scroll_time(0.1)

    def page_earlier(self) -> None:
        """A screen."""
        self._screen.map_pane.map.scroll_time(-0.9)

    def page_later(self) -> None:
        """A screen."""
        self._screen.map_pane.map.scroll_time(0.9)

    def newest(self) -> None:
        """Follow."""
        self._screen.map_pane.map.scroll_to_newest()

    def zoom_in(self) -> None:
        """Less time."""
        self._screen.map_pane.map.zoom_time(1)

    def zoom_out(self) -> None:
        """More time."""
        self._screen.map_pane.map.zoom_time(-1)

    def auto_time(self) -> None:
        """As much time as suits."""
        self._screen.map_pane.map.auto_time()

    def heat_palette(self) -> None:
        """The next one."""
        heat, names = self._screen.map_pane.map, palette_names()
        heat.palette = names[(names.index(heat.palette) + 1) % len(names)]
        self._screen.tell(f"heatmap in {heat.palette}")

    def heat_scale(self) -> None:
        """Relative or absolute."""
        heat = self._screen.map_pane.map
        heat.automatic = not heat.automatic

    def heat_combine(self) -> None:
        """Mean or highest."""
        heat = self._screen.map_pane.map
        heat.combine = Combine.MAX if heat.combine is Combine.MEAN else Combine.MEAN
        self._screen.tell(f"a cell shows the {'highest' if heat.combine is Combine.MAX else 'mean'} of what is in it")

    def next_target(self) -> None:
        """One of them, or all."""
        heat = self._screen.map_pane.map
        kdamond = self._session.committed[self._kdamond() : self._kdamond() + 1]
        count = len(kdamond[0].contexts[0].targets) if kdamond and kdamond[0].contexts else 0
        after = 0 if heat.target is None else heat.target + 1
        heat.target = after if after < count and count > 1 else None
        self._screen.tell("all targets" if heat.target is None else f"target {heat.target} alone")

    # The scheme statistics

    def scroll_up(self) -> None:
        """One line."""
        self._screen.scheme_pane.move_by(-1)

    def scroll_down(self) -> None:
        """One line."""
        self._screen.scheme_pane.move_by(1)

    # The editor

    def accept(self) -> None:
        """What is typed."""
        self._screen.editor.accept()

    def cancel(self) -> None:
        """Nothing."""
        self._screen.editor.close()

    # What they share

    def _kdamond(self) -> int:
        return self._screen.kdamond_index

    def _row(self) -> Row:
        row = self._screen.tree_pane.cursor_row
        if row is None:
            raise InputError("there is no kdamond: a adds one")
        return row

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
        self._screen.stage(path, value, key=("nudge", path) if nudge else None)

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

    def _pid(self) -> int:
        row = self._row()
        kdamond = self._session.get((row.path[0],))
        targets = [
            ((row.path[0], "contexts", c, "targets", t), target)
            for c, context in enumerate(kdamond.contexts)
            for t, target in enumerate(context.targets)
        ]
        here = [(path, target) for path, target in targets if row.path[: len(path)] == path]
        found = here or (targets if len(targets) == 1 else [])
        if not found:
            raise InputError("go to the target whose process is to be killed")
        path, target = found[0]
        assert isinstance(target, Target)
        pid = self._screen.live.target_pid(int(path[0]), int(path[-1]), target)
        if pid is None:
            raise InputError("this target has no process yet")
        return pid

    def _ask(self, question: str, deed: object) -> None:
        def answered(yes: bool | None) -> None:
            if yes and callable(deed):
                self._screen.attempt(deed)

        self._screen.app.push_screen(ConfirmDialog(question), answered)
