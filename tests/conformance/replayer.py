"""Plays a transcript against the files of a simulated system, and judges each answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine.system import System
from tests.conformance.replay_files import Files, Writing
from tests.conformance.replay_machine import Machine
from tests.conformance.replay_rules import (
    JUST_ON,
    JUST_ON_US,
    NOTHING,
    RULES,
    UNKNOWN,
    Point,
    Rule,
    accepting,
    differences,
)
from tests.conformance.transcript import ASKS, Answer, Step

_STEP_US = 10_000
_PATIENCE_US = 120_000_000


@dataclass(frozen=True, slots=True)
class Difference:
    """An operation that was answered differently."""

    step: Step
    section: str
    points: tuple[str, ...]

    def __str__(self) -> str:
        step = self.step
        what = step.text or step.shown
        written = f" {step.data[:60].decode('utf-8', 'backslashreplace')!r}" if step.op == "write" else ""
        return f"line {step.line} ({self.section}): {step.op} {what}{written}: {'; '.join(self.points)}"


@dataclass(slots=True)
class Report:
    """What came of a replay."""

    agreed: int = 0
    agreed_by: Counter[str] = field(default_factory=Counter)
    """Operations that count as agreed by a rule, by its name."""
    excepted: Counter[str] = field(default_factory=Counter)
    """Excepted operations, by the first rule that was needed."""
    outside: int = 0
    """Operations on files that are not DAMON's two interfaces."""
    different: list[Difference] = field(default_factory=list)

    @property
    def compared(self) -> int:
        """Operations that were carried out."""
        return self.agreed + len(self.different) + sum(self.excepted.values())

    @property
    def excepted_share(self) -> float:
        """Excepted ones among them, 0 to 1."""
        return sum(self.excepted.values()) / max(self.compared, 1)


class Replayer:
    """Plays the steps of one transcript.

    Simulated time passes as the machine's did between operations. What took time there takes the simulation's own
    time here: how long writes block is not compared.

    Args:
        system: as when the transcript begins.
        files: through which its files are reached.
        let_pass: lets microseconds of simulated time pass.
        beside: the same files not through a mount, if `files` are those of a mount: for what Linux keeps from it.
    """

    def __init__(
        self,
        system: System,
        files: Files,
        *,
        let_pass: Callable[[int], None] | None = None,
        beside: Files | None = None,
    ) -> None:
        self._machine = Machine(system)
        self._files = files
        self._let_pass = let_pass or system.advance
        self._beside = beside
        self._blocked: dict[str, Writing] = {}
        self._unknown: set[str] = set()
        self._on_us: dict[str, int] = {}
        """When each kdamond was last turned on through sysfs, by its directory."""
        self._before_us: int | None = None
        """The transcript's time when the operation before was over."""
        self._section = ""
        self.report = Report()

    def play(self, steps: Iterable[Step]) -> Report:
        """Carry out all of them.

        Raises:
            InputError: a process can't be started or ended as the transcript tells.
        """
        for step in steps:
            self._play(step)
        return self.report

    def _play(self, step: Step) -> None:
        self._catch_up(step)
        if step.op == "section":
            self._section = step.text
        elif step.op == "sleep":
            self._let_pass(step.took_us)
            self._before_us = None if self._before_us is None else self._before_us + step.took_us
        elif step.op == "spawn":
            self._machine.spawn(step.pid, step.mib)
        elif step.op == "kill":
            self._machine.kill(step.pid)
        elif step.op == "blocked_write_returned":
            self._returned(step)
        elif step.op in ASKS and step.ours:
            answer = self._carry_out(step)
            if step.op == "write" and not step.data and self._beside is not None:
                self._nothing(step, answer, self._beside.write(step.path, step.data).answer())
            else:
                self._judge(step, answer)
        elif step.op in ASKS:
            self.report.outside += 1
            self._machine.note(step)

    def _catch_up(self, step: Step) -> None:
        if step.at_us is None:
            return
        if self._before_us is not None and step.at_us > self._before_us:
            self._let_pass(step.at_us - self._before_us)
        self._before_us = step.at_us + step.took_us

    # Operations on files

    def _carry_out(self, step: Step) -> Answer | None:
        files = self._files
        match step.op:
            case "read":
                return files.read(step.path)
            case "pread":
                return files.pread(step.path, step.size, step.offset)
            case "list":
                return files.entries(step.path)
            case "tree":
                return files.tree(step.path)
            case "write":
                return self._write(step)
        return files.name(step.op, step.path)

    def _write(self, step: Step) -> Answer | None:
        writing = self._files.write(step.path, step.data)
        patience_us = step.took_us if step.blocked else _PATIENCE_US
        step_us = 10 * _STEP_US if step.blocked else _STEP_US
        while (answer := writing.answer()) is None and patience_us > 0:
            self._let_pass(min(step_us, patience_us))
            patience_us -= step_us
        if answer is not None and not step.blocked and patience_us > _PATIENCE_US - step.took_us:
            # Who asked comes back later than the kdamond has answered, and goes on from there.
            self._let_pass(patience_us - (_PATIENCE_US - step.took_us))
        if step.blocked and answer is None:
            self._blocked[f"{step.shown} <- {step.data.decode('utf-8', 'replace')}"] = writing
        return answer

    def _nothing(self, step: Step, through_mount: Answer | None, beside: Answer | None) -> None:
        """A write of nothing was carried out twice; the answer that counts is that of whoever was really asked."""
        agreed = self.report.agreed
        self._judge(step, beside)
        if beside != through_mount and self.report.agreed > agreed:
            self.report.agreed_by[NOTHING.name] += 1

    def _returned(self, step: Step) -> None:
        writing = self._blocked.pop(step.text, None)
        if writing is None:
            self._differs(step, "no such write waits here")
        else:
            self._judge(step, writing.answer())

    def _judge(self, step: Step, ours: Answer | None) -> None:
        if step.blocked or ours is None:
            if step.blocked and ours is None:
                self.report.agreed += 1
            elif ours is None:
                self._differs(step, "the kernel returned, ours still waits")
            else:
                self._differs(step, f"the kernel waited {step.took_us / 1e6:g} s, ours returned {_told(ours)}")
            return
        if step.op == "write":
            (self._unknown.add if step.unknown else self._unknown.discard)(step.path)
        if step.path in self._unknown:
            self.report.excepted[UNKNOWN.name] += 1
            return
        rules = self._rules(step)
        found = [(point, accepting(point, rules)) for point in differences(step, ours)]
        unaccepted = [point for point, rule in found if rule is None]
        if unaccepted:
            self._differs(step, *(_told_of(step, point) for point in unaccepted))
        elif needed := [rule for _, rule in found if rule is not None and not rule.agrees]:
            self.report.excepted[needed[0].name] += 1
        else:
            self.report.agreed += 1
            for rule in {rule.name for _, rule in found if rule is not None}:
                self.report.agreed_by[rule] += 1

    def _rules(self, step: Step) -> tuple[Rule, ...]:
        directory, _, name = step.path.rpartition("/")
        if step.op == "write":
            if (
                name == "state"
                and step.data.rstrip(b"\n") == b"on"
                and step.at_us is not None
                and not step.answer.errno
            ):
                self._on_us[directory] = step.at_us + step.took_us
            return RULES
        if step.at_us is not None and step.at_us - self._on_us.get(directory, -JUST_ON_US) < JUST_ON_US:
            return (*RULES, *JUST_ON)
        return RULES

    def _differs(self, step: Step, *points: str) -> None:
        self.report.different.append(Difference(step, self._section, points))


def _told(answer: Answer) -> str:
    return answer.errno or f"{answer.count}"


def _told_of(step: Step, point: Point) -> str:
    return str(point) if point.path == step.path else f"{point.path.removeprefix(step.path + '/')}: {point}"
