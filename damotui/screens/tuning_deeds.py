"""What the actions of the tuning screen do: one method for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from damotui.session.tuning.rows import TuningRow
from damotui.session.tuning.steps import Stride
from damotui.session.tuning.typed import ACCEPTED, judge_typed
from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.screens.tuning import TuningScreen


class TuningDeeds:
    """Carries them out on one screen."""

    def __init__(self, screen: TuningScreen) -> None:
        self._screen = screen

    # Where

    def tune_up(self) -> None:
        """One line."""
        self._screen.rows.move_by(-1)

    def tune_down(self) -> None:
        """One line."""
        self._screen.rows.move_by(1)

    def tune_page_up(self) -> None:
        """One page."""
        self._screen.rows.move_by_pages(-1)

    def tune_page_down(self) -> None:
        """One page."""
        self._screen.rows.move_by_pages(1)

    def tune_first(self) -> None:
        """The first line."""
        self._screen.rows.move_to(0)

    def tune_last(self) -> None:
        """The last line."""
        self._screen.rows.move_to(len(self._screen.rows.rows) - 1)

    def tune_next(self) -> None:
        """One further, and after the last the first."""
        self._turn(1)

    def tune_previous(self) -> None:
        """One back, and before the first the last."""
        self._turn(-1)

    # How much

    def tune_less(self) -> None:
        """A natural step."""
        self._step(False, Stride.NATURAL)

    def tune_more(self) -> None:
        """A natural step."""
        self._step(True, Stride.NATURAL)

    def tune_much_less(self) -> None:
        """A coarse step."""
        self._step(False, Stride.COARSE)

    def tune_much_more(self) -> None:
        """A coarse step."""
        self._step(True, Stride.COARSE)

    def tune_bit_less(self) -> None:
        """A fine step."""
        self._step(False, Stride.FINE)

    def tune_bit_more(self) -> None:
        """A fine step."""
        self._step(True, Stride.FINE)

    def tune_default(self) -> None:
        """What the kernel has before anything is written."""
        row = self._row()
        self._stage(row, row.leaf.spec.default)

    def tune_least(self) -> None:
        """Where steps down end."""
        row = self._number()
        self._stage(row, row.leaf.least)

    def tune_greatest(self) -> None:
        """Where steps up end."""
        row = self._number()
        self._stage(row, row.leaf.greatest)

    def tune_type(self) -> None:
        """In a line over the row."""
        row, screen = self._row(), self._screen
        leaf = row.leaf
        hint = f"{', '.join(leaf.choices)}. {row.help}" if leaf.choices else f"{row.help} {ACCEPTED}."
        screen.editor.open(
            leaf.path,
            row.value,
            label=f" {leaf.label} ",
            hint=hint,
            judge=lambda text: judge_typed(screen.session, leaf, text),
            words=leaf.choices,
            row=screen.rows.cursor_line - screen.rows.scroll_offset.y,
        )

    def tune_digit(self, key: str) -> None:
        """In the same line, with the digit in it."""
        self._number()
        self.tune_type()
        self._screen.editor.begin_with(key)

    # What is shown

    def tune_view(self) -> None:
        """The next one."""
        self._screen.next_view()

    def tune_axes(self) -> None:
        """The next pair."""
        self._screen.pictures.chart.next_axes()

    def leave_tuning(self) -> None:
        """Back."""
        self._screen.dismiss()

    # What they share

    def _step(self, up: bool, stride: Stride) -> None:
        self._screen.stepping.step(self._row().leaf, up=up, stride=stride)

    def _stage(self, row: TuningRow, value: object) -> None:
        self._screen.stepping.stage(row.leaf, value)

    def _turn(self, by: int) -> None:
        tuned = self._screen.tuned
        paths = tuned.siblings()
        if len(paths) < 2:
            raise InputError("there is no other scheme: a adds one in the tree")
        self._screen.tune(paths[(paths.index(tuned.path) + by) % len(paths)])

    def _row(self) -> TuningRow:
        row = self._screen.rows.cursor_row
        if row is None:
            raise InputError("there is no value here")
        return row

    def _number(self) -> TuningRow:
        row = self._row()
        if row.leaf.choices:
            raise InputError(f"{row.label} is a word: the arrow keys choose another, Enter types it")
        return row
