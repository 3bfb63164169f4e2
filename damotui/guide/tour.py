"""The first-run tour: five steps, each with things to do, which are seen to be done."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from damotui.guide.notice import Notice, Tone

_KEYED = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Sight:
    """What the tour sees of a session."""

    speed: float = 1.0
    """Simulated seconds per second, as asked for."""
    pane: str = ""
    """Name of the scope of the focused pane, or of the screen beside the main one."""
    cursor: bool = False
    """Whether the heatmap has a cursor."""
    truth: bool = False
    """Whether the heatmap shows what memory was really touched."""
    marked: bool = False
    """Whether the heatmap marks where schemes act."""
    reclaiming: int = 0
    """Staged schemes that page out."""
    committed: int = 0
    """Schemes that page out, and run."""
    applied: int = 0
    """How often these were applied to a region."""
    staged: object = None
    """The patterns and quotas of the staged schemes, to be compared."""
    branches: bool = False
    """Whether a what-if runs."""
    copied: str = ""
    """What was last copied to the clipboard."""


Seen = Callable[[Sight, Sight], bool]
"""Whether something was done, from the sight at the beginning of its step and the one of now."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do."""

    text: str
    """A line; the names of actions in braces stand for their keys."""
    seen: Seen


@dataclass(frozen=True, slots=True)
class TourStep:
    """One step."""

    title: str
    text: str
    """A line or two, with the names of actions in braces as well."""
    tasks: tuple[Task, ...]


STEPS = (
    TourStep(
        "look",
        "The heatmap lives: each aggregation adds a line, and bright memory is hot.",
        (
            Task("{faster}  time passes faster", lambda begun, now: now.speed > begun.speed),
            Task(
                "{go_map} {map_cursor}  to the heatmap, and a cursor that tells what is there",
                lambda _, now: now.cursor,
            ),
            Task("{heat_view}  show the truth there: what the workload really touched", lambda _, now: now.truth),
        ),
    ),
    TourStep(
        "build",
        "A scheme is an action, and the pattern of the regions that it is for.",
        (
            Task("{go_tree}  to the tree", lambda _, now: now.pane == "TREE"),
            Task(
                "{add}  add a scheme: pageout: cold, for what was not accessed for 5 s",
                lambda begun, now: now.reclaiming > begun.reclaiming,
            ),
        ),
    ),
    TourStep(
        "commit, and watch",
        "An edit is staged, in another colour, until it is committed. {undo} takes it back.",
        (
            Task("{commit}  give it to the running kdamond", lambda _, now: now.committed > 0),
            Task("{mark_schemes}  mark in the heatmap where schemes act", lambda _, now: now.marked),
            Task(
                "wait until it acts: marks in the heatmap, and saved memory below it",
                lambda begun, now: now.applied > begun.applied,
            ),
        ),
    ),
    TourStep(
        "tune",
        "What a threshold would match is shown before anything is committed.",
        (
            Task("{tuning}  adjust the scheme that the cursor is at", lambda _, now: now.pane == "TUNING"),
            Task(
                "{tune_down} {tune_more}  go to a threshold, step it, and see what would match",
                lambda begun, now: now.staged != begun.staged,
            ),
            Task("{whatif}  let a copy run with it, and compare both branches", lambda _, now: now.branches),
        ),
    ),
    TourStep(
        "carry",
        "What is built here works on a real kernel: by damo, as JSON, or by a script.",
        (
            Task("{carry}  carry it elsewhere", lambda _, now: now.pane == "CARRY"),
            Task("{carry_copy}  copy the text to the clipboard", lambda begun, now: now.copied != begun.copied),
        ),
    ),
)


def with_keys(text: str, key: Callable[[str], str]) -> str:
    """A text, with what `key` gives in place of the name of each action in braces."""
    return _KEYED.sub(lambda found: key(found[1]), text)


class TourRun:
    """A tour that is being taken."""

    def __init__(self) -> None:
        self.at = 0
        """Index of the step; as many as there are once the tour is over."""
        self.ticked: frozenset[int] = frozenset()
        """Which of its tasks are done."""
        self._begun: Sight | None = None

    @property
    def step(self) -> TourStep | None:
        """The step that is taken; None at the end."""
        return STEPS[self.at] if self.at < len(STEPS) else None

    def see(self, sight: Sight) -> bool:
        """Take note of what is done, and go on when all of the step is; gives whether the step is another now."""
        step = self.step
        if step is None:
            return False
        if self._begun is None:
            self._begun = sight
        begun = self._begun
        self.ticked |= {at for at, task in enumerate(step.tasks) if task.seen(begun, sight)}
        if len(self.ticked) < len(step.tasks):
            return False
        self.skip()
        return True

    def skip(self) -> None:
        """Go on to the next step."""
        if self.step is not None:
            self.at += 1
        self.ticked, self._begun = frozenset(), None


def notice_of(run: TourRun, key: Callable[[str], str]) -> Notice:
    """What is said of the step that is taken, or at the end."""
    step = run.step
    if step is None:
        return Notice(
            "tour: that was it",
            f"{key('guide_next')} closes this",
            f"{key('help')} shows all keys, {key('explain')} what the cursor is at, {key('palette')} finds anything by "
            f"its name. {key('guide')} offers lessons: they replay the kernel's document step by step.",
        )
    lines = tuple(
        (Tone.DONE if at in run.ticked else Tone.TODO, with_keys(task.text, key)) for at, task in enumerate(step.tasks)
    )
    skip = f"{key('guide_next')} skips · {key('guide_end')} ends"
    return Notice(f"tour, step {run.at + 1} of {len(STEPS)}: {step.title}", skip, with_keys(step.text, key), lines)
