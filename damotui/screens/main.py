"""The main screen: tree, heatmap, scheme statistics, status and keys; it routes actions and takes frames."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from damotui.actions import Scope
from damotui.guide.notice import Notice
from damotui.pacer.frame import Frame
from damotui.screens.deeds import Deeds
from damotui.screens.guide import Guide
from damotui.screens.hints import hints
from damotui.screens.keeping import Keeping
from damotui.screens.map_feed import MapFeed
from damotui.screens.map_pane import MapPane
from damotui.screens.notices import Notices
from damotui.screens.tree_side import TreeSide
from damotui.session import outline
from damotui.session.document import Session
from damotui.session.figures import STUCK_S, Figure, Pace, figures
from damotui.session.seen import Seen
from damotui.session.tree import Path
from damotui.session.truth_watch import TruthWatch
from damotui.setup import AnyPacer, Setup
from damotui.widgets.bindings import bindings_for
from damotui.widgets.config_tree import ConfigTree
from damotui.widgets.field_editor import FieldEditor
from damotui.widgets.guide_panel import GuidePanel
from damotui.widgets.heatmap import Heatmap
from damotui.widgets.key_footer import KeyFooter
from damotui.widgets.scheme_panel import SchemePanel
from damotui.widgets.status_line import StatusLine
from engine.errors import InputError
from engine.snapshot import DEBUGFS_FIRST_INDEX
from engine.versions import Feature

FRAMES_PER_S = 20
LEAST_WIDTH, LEAST_HEIGHT = 40, 12
_ROOMY_HEIGHT = 50
_PANELS_S = 0.25
"""Tree and statistics follow the engine this often; edits show at once."""


class MainScreen(Screen[None]):
    """Everything about one session, which starts with `setup` and whose engine `pacer` drives."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.APP)
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it as a variable of instances
        (0, "-tiny"),
        (LEAST_WIDTH, "-narrow"),
        (100, "-medium"),
        (160, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-flat"),
        (LEAST_HEIGHT, "-low"),
        (30, "-high"),
        (50, "-tall"),
    ]
    AUTO_FOCUS = "#tree"
    ALLOW_IN_MAXIMIZED_VIEW = "#guide, #status, #keys, #too-small"
    ESCAPE_TO_MINIMIZE = False

    DEFAULT_CSS = """
    MainScreen {
        layout: vertical;
        & #body { height: 1fr; }
        & #right { width: 1fr; }
        & #heatmap { height: 1fr; }
        & #schemes { max-height: 5; background: $background; padding: 0 1; }
        & #too-small { display: none; height: 1fr; content-align: center middle; text-align: center; }
        & .title { height: 1; padding: 0 1; color: $foreground 68%; background: $panel; display: none; }
        & #body :focus-within > .title { color: $primary; }
        &.-medium #left { width: 39; }
        &.-wide #left { width: 48; }
        &.-high #schemes { max-height: 9; }
        &.-tall #schemes { max-height: 18; }
        &.-maximized-view #left { width: 100%; height: 1fr; padding-right: 0; }
        &.-maximized-view #schemes { max-height: 100%; height: 1fr; }
        &.-tiny #body, &.-flat #body, &.-tiny #status, &.-flat #status { display: none; }
        &.-tiny #keys, &.-flat #keys, &.-tiny #guide, &.-flat #guide { display: none; }
        &.-tiny .-maximized, &.-flat .-maximized { display: none; }
        &.-tiny #too-small, &.-flat #too-small { display: block; }
    }
    """

    def __init__(self, setup: Setup, pacer: AnyPacer) -> None:
        super().__init__()
        self.pacer = pacer
        self.node_bytes = setup.experiment.node_bytes
        self.keymap = setup.settings.keymap
        self.themes = setup.themes
        self.session = Session(setup.kdamonds, setup.kernel, pacer.request)
        self.seen = Seen(self.session, setup.workload, setup.kdamonds)
        self.live = self.seen.live
        self._heat, self._transposed = setup.theme.heat, setup.settings.transposed
        self._frame: Frame | None = None
        self._panels_stale = True
        self._panels_s = 0.0
        self.followers: list[Callable[[bool], None]] = []
        """Of the screens that cover this one: called with each frame, and about 20 times a second; told whether what
        there is has to be shown at once."""
        self.tree_side = TreeSide(self.session, self.live, self.staged_changed, id="left")
        self.tree_pane, self.editor, self.editing = self.tree_side.pane, self.tree_side.editor, self.tree_side.editing
        self.map_pane = MapPane(id="heatmap")
        self.map_pane.map.has_cursor = True
        self.truths = TruthWatch(self.session.watch_truth)
        self.map_feed = MapFeed(self.session, self.seen, self.map_pane, self.truths)
        lacking = () if setup.kernel.has(Feature.STATS_OPS_FILTER_PASSED) else ("filter_passed",)
        self.scheme_pane = SchemePanel(without=lacking, id="schemes")
        self._notices = Notices(id="notices")
        self._status = StatusLine(id="status")
        self._keys = KeyFooter(id="keys")
        self._too_small = Static(id="too-small", markup=False)
        self.keeping = Keeping(self, setup)
        self.guide = Guide(self, setup)
        self._guide_panel = GuidePanel(id="guide")
        self.deeds = Deeds(self)

    def compose(self) -> ComposeResult:
        """The panes."""
        with Horizontal(id="body"):
            yield self.tree_side
            with Vertical(id="right"):
                yield self._notices
                yield self.map_pane
                yield self.scheme_pane
        yield self._guide_panel
        yield self._status
        yield self._keys
        yield self._too_small

    def on_mount(self) -> None:
        """Show the tree, then wait for frames."""
        if not self.tree_pane.is_attached:
            return  # the app was ended before it began
        self.map_pane.map.palette = self._heat
        self.map_pane.map.transposed = self._transposed
        self.tree_side.view.start(roomy=self.app.size.height >= _ROOMY_HEIGHT)
        self.keeping.begin()
        self.guide.begin()
        self._show_panels()
        self._show_keys()
        self.set_interval(1 / FRAMES_PER_S, self.pump)

    def on_unmount(self) -> None:
        """Let the session be kept."""
        self.keeping.end()

    # What the engine says

    def pump(self) -> None:
        """Take the newest frame, unless the terminal has not taken the last one."""
        if not self.map_pane.map.frame_ready():
            return
        frame = self.pacer.take()
        try:
            if frame is not None:
                self._receive(frame)
            elif self.pacer.stuck_s >= STUCK_S:
                self._show_status()
            if self._panels_stale and monotonic() - self._panels_s >= _PANELS_S:
                self._show_panels()
            self._tell_followers()
        except Exception as error:
            self._notices.failed(f"{type(error).__name__}: {error}", "this frame could not be shown")

    def show_all(self) -> None:
        """Take the newest frame and bring everything up to date at once."""
        frame = self.pacer.take()
        if frame is not None:
            self._receive(frame)
        self._show_panels()
        self._tell_followers(at_once=True)

    def on_screen_resume(self) -> None:
        """Catch up with what has happened while another screen was in front."""
        self._show_panels()
        self.show_map()
        self._show_status()
        self._show_keys()

    def _tell_followers(self, *, at_once: bool = False) -> None:
        self.guide.look()
        for follow in tuple(self.followers):
            follow(at_once)

    def _receive(self, frame: Frame) -> None:
        before, self._frame = self._frame, frame
        for said in self.seen.receive(frame):
            self.tell(said.text, "warning" if said.refused else "information")
        self.keeping.receive(frame)
        self.guide.receive(frame)
        if before is not None and before.paused != frame.paused:
            self._show_keys()
        if frame.outcomes:
            self._panels_s = 0.0
        if frame.fault is not None:
            self._notices.failed(frame.fault.message, "the engine stands; Space goes on, R begins again")
            self.log.error(frame.fault.detail)
        elif not frame.paused:
            self._notices.goes_on()
        self._notices.show(self.live, self.kdamond_index)
        self._panels_stale = True
        self.show_map()
        self._show_status()

    # What is shown

    @property
    def covered(self) -> bool:
        """Whether nothing of it can be seen, since a screen is in front that leaves nothing free."""
        return any(not isinstance(screen, ModalScreen) for screen in self.app.screen_stack[1:])

    @property
    def kdamond_index(self) -> int:
        """The kdamond under the cursor."""
        row = self.tree_pane.cursor_row
        return int(row.path[0]) if row else 0

    @property
    def focused_scope(self) -> Scope:
        """Where the keys of the focused pane work."""
        if self.editor.has_focus_within:
            return Scope.EDIT
        focused = self.focused
        if isinstance(focused, MapPane):
            return Scope.MAP
        return Scope.SCHEMES if isinstance(focused, SchemePanel) else Scope.TREE

    def staged_changed(self) -> None:
        """Show what an edit has made of the tree."""
        self._show_panels()
        self.show_map()
        self._show_status()

    def set_expanded(self, path: Path, expanded: bool) -> None:
        """Fold or unfold a branch of the tree."""
        self.tree_side.set_expanded(path, expanded)

    def expand_to(self, path: Path) -> None:
        """Unfold all that a node is in, and the node itself."""
        self.tree_side.view.expand_to(path)

    def restore(self) -> bool:
        """Give all panes their place again; false if all have it."""
        alone = self.maximized is not None
        self.minimize()
        return alone

    def show_guide(self, notice: Notice | None) -> None:
        """Say what the tour or a lesson has to say; nothing once it has ended."""
        self._guide_panel.show(notice)

    def show_progress(self, text: str) -> None:
        """Say how far something is that takes a while; nothing once it has ended."""
        self._notices.progress(text)

    def tell(self, text: str, severity: SeverityLevel = "information") -> None:
        """Say something that passes."""
        self.notify(text, severity=severity, timeout=6 if severity == "warning" else 3, markup=False)

    def _show_panels(self) -> None:
        if self.covered:
            return
        self._panels_stale = False
        self._panels_s = monotonic()
        self.tree_side.show()
        index = self.kdamond_index
        self.scheme_pane.show(
            self.live.schemes(index),
            self.live.machine(index),
            empty=self._without_schemes(index),
        )

    def _without_schemes(self, index: int) -> str:
        if index >= DEBUGFS_FIRST_INDEX:
            return "this context has no schemes: write some to its file schemes"
        if not self.session.staged:
            return "there is no kdamond, and so no scheme"
        return f"kdamond {index} has no schemes: go to schemes in the tree, a adds one"

    def show_map(self) -> None:
        """Bring the heatmap up to date."""
        if not self.covered:
            self.map_feed.show(self.kdamond_index, outline.scheme_at(self.tree_pane.cursor_row))

    def status_figures(self) -> list[Figure]:
        """What the line that always shows where the engine stands has to say."""
        frame = self._frame
        achieved = frame.achieved if frame else 0.0
        slow = self.map_pane.map.link.frames_per_s
        pace = Pace(self.pacer.paused, self.pacer.speed, achieved, self.pacer.stuck_s, slow)
        return figures(self.session, self.live, pace, self.kdamond_index)

    def _show_status(self) -> None:
        if self.covered:
            return
        self._status.show(self.status_figures())

    def _show_keys(self) -> None:
        self._keys.show(hints(self.focused_scope, self.keymap, paused=self.pacer.paused))

    # What a user does

    def action_perform(self, name: str) -> None:
        """Do one of the actions in the table."""
        self.attempt(getattr(self.deeds, name))
        self._show_keys()
        self._show_status()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a value is edited, its line has the keys."""
        if action == "perform" and parameters and parameters[0] not in _WHILE_EDITING:
            return not self.tree_side.is_typed_in
        return True

    def attempt(self, deed: Callable[[], object]) -> None:
        """Do something that may be refused, and say so if it is."""
        try:
            deed()
        except InputError as error:
            self.tell(str(error), "warning")

    @on(FieldEditor.Accepted)
    def _edited(self, event: FieldEditor.Accepted) -> None:
        self.editing.stage(event.path, event.value)

    @on(FieldEditor.Closed)
    def _editor_closed(self) -> None:
        if self.focused is None or self.editor.has_focus_within:
            self.tree_pane.focus()
        self._show_keys()

    @on(ConfigTree.CursorMoved)
    def _cursor_moved(self) -> None:
        self.session.seal()
        self._panels_stale = True
        self._panels_s = 0.0
        self.show_map()
        self._show_status()

    @on(ConfigTree.RowChosen)
    def _row_chosen(self) -> None:
        self.action_perform("edit")

    @on(Heatmap.Painted)
    def _map_painted(self) -> None:
        self.map_feed.read_out()

    @on(StatusLine.Pressed)
    @on(KeyFooter.Pressed)
    def _pressed(self, event: StatusLine.Pressed | KeyFooter.Pressed) -> None:
        self.action_perform(event.action)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the keys of the pane that has them now."""
        self._show_keys()

    def on_resize(self, event: events.Resize) -> None:
        """Say what a terminal that is too small lacks."""
        width, height = event.size
        self._too_small.update(
            f"This terminal is {width}x{height}.\n"
            f"damotui needs {LEAST_WIDTH}x{LEAST_HEIGHT}.\nMake it larger, or press q."
        )


_WHILE_EDITING = ("help", "quit", "next_pane", "previous_pane", "accept", "cancel")
