"""Whether the intervals of a kdamond suit what it finds, and what could be changed about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from damotui.actions import Scope
from damotui.explain import Explanation
from damotui.screens.advisor_deeds import SPANS, AdvisorDeeds
from damotui.screens.main import MainScreen
from damotui.screens.side_screen import SideScreen
from damotui.session import tree
from damotui.session.intervals_advice import Advice, Verdict, advise
from damotui.session.intervals_found import recent
from damotui.session.intervals_meanings import MEANINGS
from damotui.session.live import clock, kdamond_name
from damotui.session.nothing_found import nothing_found
from damotui.session.tree import Path
from damotui.widgets.advice_view import AdviceView
from damotui.widgets.bindings import bindings_beside
from damotui.widgets.fixed_line import FixedLine
from engine.config.model import Context, Intervals
from engine.errors import InputError
from engine.snapshot import DEBUGFS_FIRST_INDEX
from engine.units import format_us


class AdvisorScreen(SideScreen):
    """A verdict on the kdamond under the cursor, anew with each aggregation."""

    SCOPE = Scope.ADVISOR
    BINDINGS: ClassVar[list[BindingType]] = bindings_beside(Scope.ADVISOR)
    AUTO_FOCUS = "#advice"
    EVERY_S = 0.5

    DEFAULT_CSS = """
    AdvisorScreen {
        layout: vertical;
        & #head { height: 1; padding: 0 1; background: $surface; color: $foreground 75%; }
        & #head { text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main)
        self.most = SPANS[2]
        """How many aggregations are looked at, at most."""
        self.head = FixedLine(id="head")
        self.advice = AdviceView(id="advice")
        self.deeds = AdvisorDeeds(self)
        self._key: object = None
        self._advice: Advice | None = None

    def compose(self) -> ComposeResult:
        """What it is about, and the advice."""
        yield self.head
        yield self.advice
        yield from self.foot()

    def begin(self) -> None:
        """Nothing is asked for."""

    def end(self) -> None:
        """Nothing was asked for."""

    def show(self) -> None:
        """Judge what there is now."""
        advice = self._judged()
        running = self._runs_with
        index = self.main.kdamond_index
        live = self.main.live
        status = live.status(index)
        off = ", off" * (status is not None and not status.running)
        words = f"{kdamond_name(index)}{off} at {clock(live.time_us)}"
        if running is not None:
            intervals = self._in_force or running.intervals
            words += f" · sample {format_us(intervals.sample_us)}, aggr {format_us(intervals.aggr_us)}"
            words += ", auto-tuned" * bool(running.intervals.goal.aggrs)
        self.head.say(f"{words} · the last {self.most} aggregations")
        self.advice.show(advice, self._waiting)

    def stage(self) -> None:
        """Stage the proposal at the cursor.

        Raises:
            InputError: there is none.
        """
        advice = self._judged()
        if self.main.kdamond_index >= DEBUGFS_FIRST_INDEX:
            raise InputError("a context of debugfs is not in the tree: write its intervals to its file attrs")
        if not advice.proposals:
            raise InputError("there is nothing to stage: no change is proposed")
        proposal = advice.proposals[self.advice.cursor]
        self.session.seal()
        self.session.set(self._path, proposal.context, proposal.label)
        self.session.seal()
        key = self.main.keymap.key
        self.tell(f"staged: {proposal.label}. {key('undo')} takes it back, {key('commit')} in the tree commits it")

    def explanations(self) -> Sequence[Explanation]:
        """All figures."""
        key = self.main.keymap.key
        how = f"{key('longer_span')} and {key('shorter_span')} look at more and fewer"
        return [one.and_of("looked at", "to change it", how) for one in MEANINGS]

    def _judged(self) -> Advice:
        index = self.main.kdamond_index
        history = self.main.seen.history
        newest, running, staged = history.latest(index), self._runs_with, self._is_staged
        live = self.main.live
        nothing = nothing_found(self.session, live, index, self.main.keymap.key) if newest is None else ""
        key = (index, id(newest), history.generation, running, staged, self.most, nothing)
        if self._advice is None or key != self._key:
            self._key = key
            found = recent(history, index, self.most)
            kernel, checks_per_s = self.session.kernel, live.checks_per_s(index)
            self._advice = (
                Advice(Verdict.UNKNOWN, nothing) if nothing else advise(found, running, staged, kernel, checks_per_s)
            )
        return self._advice

    @property
    def _path(self) -> Path:
        return (self.main.kdamond_index, "contexts", 0)

    @property
    def _is_staged(self) -> Context | None:
        """What is staged of the context; None for a context of debugfs, whose file attrs has its intervals."""
        found = tree.find(self.session.staged, self._path)
        return found if isinstance(found, Context) else None

    @property
    def _runs_with(self) -> Context | None:
        status = self.main.live.status(self.main.kdamond_index)
        contexts = status.config.contexts if status and status.config else ()
        return contexts[0] if contexts else None

    @property
    def _in_force(self) -> Intervals | None:
        status = self.main.live.status(self.main.kdamond_index)
        return status.intervals if status else None

    @property
    def _waiting(self) -> str:
        """What is staged of the intervals and not committed, in words."""
        if not self._is_staged or not self.session.uncommitted((*self._path, "intervals")):
            return ""
        staged = self._is_staged.intervals
        goal = ", auto-tuned" * bool(staged.goal.aggrs)
        return (
            f"Staged and not committed: sample {format_us(staged.sample_us)}, aggr {format_us(staged.aggr_us)}{goal}."
            f" {self.main.keymap.key('commit')} in the tree commits it."
        )

    @on(AdviceView.Chosen)
    def _proposal_clicked(self) -> None:
        self.action_perform("stage_proposal")
