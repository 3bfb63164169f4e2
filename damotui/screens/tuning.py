"""One scheme, value by value, with what each step would match at once, and what became of the last commit beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from damotui.actions import Scope
from damotui.explain import Explanation
from damotui.export.sheet import Sheet
from damotui.render.cut import cut
from damotui.screens.main import MainScreen
from damotui.screens.side_screen import SideScreen
from damotui.screens.tuning_deeds import TuningDeeds
from damotui.screens.tuning_pictures import TuningPictures
from damotui.session.tree import Path
from damotui.session.tuning import meanings
from damotui.session.tuning.editing import Stepping
from damotui.session.tuning.facts import fact_lines
from damotui.session.tuning.rows import rows_of
from damotui.session.tuning.sheet import tuning_sheet
from damotui.session.tuning.tuned import Tuned, first_scheme
from damotui.session.tuning.watch import watch_lines
from damotui.widgets.bindings import bindings_beside
from damotui.widgets.field_editor import FieldEditor
from damotui.widgets.fixed_line import FixedLine
from damotui.widgets.kind_lines import KindLines
from damotui.widgets.plane_chart import PlaneChart
from damotui.widgets.tuning_rows import TuningRows
from engine.errors import InputError

_NARROW, _WIDE, _HIGH = 64, 160, 30
"""Below, and from which size of the screen on, fewer or more views are shown at once."""


class TuningScreen(SideScreen):
    """Values at the left; chart, heatmap and commits at the right; below, what the staged values come to."""

    SCOPE = Scope.TUNING
    BINDINGS: ClassVar[list[BindingType]] = bindings_beside(Scope.TUNING)
    AUTO_FOCUS = "#values"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (_NARROW, "-narrow"), (100, "-medium"), (_WIDE, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (_HIGH, "-high"), (50, "-tall")]  # noqa: RUF012

    DEFAULT_CSS = """
    TuningScreen {
        layout: vertical;
        & #head { height: 1; padding: 0 1; background: $surface; color: $foreground 75%; }
        & #body { height: 1fr; }
        & #left { width: 48; background: $background; layers: base above; }
        & #detail { height: 2; padding: 0 1; background: $panel; color: $foreground 75%; }
        & #detail.-odd { color: $warning; }
        & #right { width: 1fr; padding-left: 1; }
        & #pictures { height: 1fr; }
        & #course { height: 1fr; background: $surface; }
        & #facts { height: auto; min-height: 5; padding: 0 1; background: $background; }
        &.-tiny #left { width: 100%; }
        &.-medium #left { width: 56; }
        &.-wide #left { width: 74; }
        &.-high #course, &.-tall #course { height: 6; margin-top: 1; }
        &.-tall #course { height: 12; }
        &.-high #detail, &.-tall #detail { height: 3; }
    }
    """

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main)
        row = main.tree_pane.cursor_row
        path = first_scheme(self.session, row.path if row else ())
        if path is None:
            raise InputError("there is no scheme to tune: go to schemes in the tree, a adds one")
        self.tuned = Tuned(self.session, main.seen, path)
        self.rows = TuningRows(id="values")
        self.editor = FieldEditor(id="editor")
        self.detail = FixedLine(id="detail")
        self.pictures = TuningPictures(main, id="pictures")
        self.course = KindLines(id="course")
        self.facts = KindLines(id="facts")
        self.head = FixedLine(id="head")
        self.view = ""
        """The one of `_views` that is shown."""
        self.stepping = Stepping(self.session)
        self.deeds = TuningDeeds(self)
        self._begun_at: Path | None = row.path if row else None
        """Where the tree's cursor was: at first, the cursor here goes to the same value."""
        self._made_of: tuple[object, ...] = ()
        self._rows_of: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """What it is, the panes, figures."""
        yield self.head
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield self.rows
                yield self.editor
                yield self.detail
            with Vertical(id="right"):
                yield self.pictures
                yield self.course
        yield self.facts
        yield from self.foot()

    def begin(self) -> None:
        """Have the truth told, too."""
        self.main.truths.need("tuning")
        self.stepping.visit()
        self._arrange()

    def end(self) -> None:
        """Have it told no more; the next edit is a step of its own."""
        self.main.truths.need("tuning", False)
        self.session.seal()

    # What is shown

    def show(self) -> None:
        """Show what the last frame told."""
        if not self._keep_to_a_scheme() or self._is_shown():
            return
        outlook = self.tuned.outlook()
        self._show_rows()
        self.head.say(self._headline())
        self._show_detail()
        lines = fact_lines(self.tuned, outlook, self.size.width - 2)
        if self.facts.styles.height is None or self.facts.styles.height.value != len(lines):
            self.facts.styles.height = len(lines)
        self.facts.show(lines)
        if self.course.display:
            size = self.course.content_size
            self.course.show(watch_lines(self.tuned.stretches, size.width, size.height))
        row = self.rows.cursor_row
        self.pictures.show(self.tuned, outlook, row.path if row else ())

    def _is_shown(self) -> bool:
        """Whether all that is shown is made of is what it was the last time."""
        session, heat = self.session, self.main.map_pane.map
        made_of = (
            (self.main.live.snapshot, session.staged, session.committed, session.running),
            (self.tuned.path, self.rows.cursor_line, self.stepping.follows),
            (self.size, self.course.content_size, self.detail.content_size, self.view, heat.palette),
        )
        same, self._made_of = made_of == self._made_of, made_of
        return same

    def tune(self, path: Path) -> None:
        """Tune another scheme."""
        self.stepping.visit()
        self.tuned.turn_to(path)
        self.follow()

    def next_view(self) -> None:
        """Show the next of the views that there is no room for at once."""
        views = self._views
        self.view = views[(views.index(self.view) + 1) % len(views)] if self.view in views else views[0]
        if len(views) == 1:
            raise InputError("all views are shown: there is room for them")
        self._arrange()

    @property
    def _views(self) -> tuple[str, ...]:
        """The views between which `next_view` goes."""
        size = self.app.size
        wide, high = size.width >= _WIDE, size.height >= _HIGH
        pictures = ("chart",) if wide else ("chart", "map")
        views = pictures if high else (*pictures, "commits")
        return ("values", *views) if size.width < _NARROW else views

    def _arrange(self) -> None:
        """Show what there is room for."""
        size, views = self.app.size, self._views
        if self.view not in views:
            self.view = views[0]
        wide, high, narrow = size.width >= _WIDE, size.height >= _HIGH, size.width < _NARROW
        pictured = self.view in ("chart", "map")
        self.query_one("#left").display = not narrow or self.view == "values"
        self.query_one("#right").display = not narrow or self.view != "values"
        self.pictures.choose(
            chart=pictured and (wide or self.view == "chart"), heatmap=pictured and (wide or self.view == "map")
        )
        self.course.display = high or self.view == "commits"

    def _keep_to_a_scheme(self) -> bool:
        """If what was tuned is gone, since its making was undone, go to another, or leave if there is none."""
        if self.tuned.exists:
            return True
        path = first_scheme(self.session, self.tuned.path[:3])
        if path is None:
            self.tell("the scheme is gone, and there is no other to tune", "warning")
            self.dismiss()
            return False
        self.tune(path)
        return False

    def _show_rows(self) -> None:
        made_of = (self.session.staged, self.session.committed, self.tuned.path, self.tuned.around)
        if made_of != self._rows_of:
            self._rows_of = made_of
            self.rows.show(rows_of(self.session, self.tuned.path, self.tuned.around))
        if self._begun_at is not None:
            same = (line for line, row in enumerate(self.rows.rows) if row.path == self._begun_at)
            self.rows.move_to(next(same, 0))
            self._begun_at = None

    def _headline(self) -> str:
        tuned = self.tuned
        changed = sum(bool(row.committed) for row in self.rows.rows)
        state = (
            "new: c commits" if tuned.is_new else f"{changed} not committed: c commits" if changed else "as committed"
        )
        others = len(tuned.siblings())
        more = f"   n: next of {others} schemes" if others > 1 else ""
        off = "" if tuned.is_on else f"   kdamond {tuned.kdamond} is off: s starts it"
        return f"{tuned.scheme.action}, {tuned.name}   {state}{off}{more}"

    def _show_detail(self) -> None:
        row = self.rows.cursor_row
        if row is None:
            self.detail.say("")
            return
        follows = self.stepping.follows
        trouble = follows or row.problem
        self.detail.set_class(bool(trouble), "-odd")
        committed = f", committed {row.committed}" if row.committed else ""
        about = f"default {row.default}{committed}, {row.bounds}"
        self.detail.say(f"{cut(about, self.detail.content_size.width)}\n{trouble or row.help}")

    # What a user does

    @property
    def scope(self) -> Scope:
        """Where the keys work that are in force now."""
        return Scope.EDIT if self.editor.has_focus_within else Scope.TUNING

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a value is typed, its line has the keys."""
        return not self.editor.has_focus_within if action == "perform" else True

    def action_perform(self, name: str, key: str = "") -> None:
        """Do one of the actions in the table; what is about a kdamond is about this scheme's."""
        own = {
            "commit": self._commit,
            "toggle_kdamond": self._toggle,
            "accept": self.editor.accept,
            "cancel": self.editor.close,
        }
        if name in own:
            self.attempt(own[name])
            self.show_keys()
            self.follow()
        else:
            super().action_perform(name, key)

    def explanations(self) -> Sequence[Explanation]:
        """The value under the cursor, then all that is told beside it."""
        row = self.rows.cursor_row
        said = [] if row is None else [meanings.value(row, self.tuned.name)]
        return [*said, *meanings.FIGURES]

    def sheet(self) -> Sheet:
        """The values, and what they would match."""
        return tuning_sheet(self.tuned, self.rows.rows, self.tuned.outlook())

    def on_resize(self, event: events.Resize) -> None:
        """Show what there is room for now."""
        self._arrange()
        self.follow()

    def _commit(self) -> None:
        index = self.tuned.kdamond
        if not self.session.uncommitted((index,)):
            raise InputError(f"nothing is staged for kdamond {index} that is not committed")
        self.session.commit(index)

    def _toggle(self) -> None:
        index = self.tuned.kdamond
        if index in self.session.running:
            self.session.turn_off(index)
        else:
            self.session.turn_on(index)

    @on(TuningRows.CursorMoved)
    def _cursor_moved(self) -> None:
        self.stepping.visit()
        self.follow()

    @on(TuningRows.RowChosen)
    def _row_chosen(self) -> None:
        self.action_perform("tune_type")

    @on(TuningRows.Stepped)
    def _wheel_turned(self, event: TuningRows.Stepped) -> None:
        self.action_perform("tune_more" if event.up else "tune_less")

    @on(TuningRows.SetTo)
    def _slider_clicked(self, event: TuningRows.SetTo) -> None:
        row = self.rows.cursor_row
        if row is not None:
            self.stepping.slide(row.leaf, event.share)
            self.follow()

    @on(PlaneChart.Pressed)
    def _chart_pressed(self) -> None:
        self.action_perform("tune_axes")

    @on(FieldEditor.Accepted)
    def _typed(self, event: FieldEditor.Accepted) -> None:
        row = next((row for row in self.rows.rows if row.path == event.path), None)
        if row is not None:
            self.stepping.stage(row.leaf, event.value)
            self.follow()

    @on(FieldEditor.Closed)
    def _editor_closed(self) -> None:
        self.set_focus(self.rows)
        self.show_keys()
