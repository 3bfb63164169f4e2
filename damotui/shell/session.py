"""A running shell: what it knows, and how it carries out programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from damotui.shell.arithmetic import ArithmeticProblem
from damotui.shell.call import FAILED, MISUSED, Call, CommandProblem, Word
from damotui.shell.expansion import LONGEST, Expansion, ExpansionProblem
from damotui.shell.hands import Hands
from damotui.shell.jobs import Job, Jobs
from damotui.shell.lexer import Source
from damotui.shell.output import Outlets
from damotui.shell.parser import Parser
from damotui.shell.passing import Interrupted, Passing
from damotui.shell.places import DEBUGFS, SYSFS, Places
from damotui.shell.recordings import Recordings
from damotui.shell.streams import Kept, Sink, Terminal
from damotui.shell.syntax import Chain, Command, Pipeline, Program, ShellSyntaxError
from engine.files.errors import FileError
from engine.system import System

NOT_EXECUTABLE = 126
NOT_FOUND = 127
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Manner:
    """How a shell behaves towards whoever uses it."""

    name: str = ""
    """Of a script, which errors begin with."""
    interactive: bool = False
    """Whether it goes on after an error of syntax, and says what it does in the background."""
    explains: bool = False
    """Whether it says why the kernel refuses something, which no kernel does."""


class Session:
    """A shell.

    Args:
        system: the machine whose files it is about.
        workload: name of the process that `<workload>` stands for.
        words: all commands.
        out: where output goes.
        err: where errors and notes go.
        manner: how it behaves.
        interrupted: whether Ctrl-C was pressed since a command line began.
        hands: how it does things to the machine; None for directly.
    """

    def __init__(
        self,
        system: System,
        workload: str,
        words: Mapping[str, Word],
        *,
        out: Terminal,
        err: Terminal,
        manner: Manner = Manner(),
        interrupted: Callable[[], bool] = lambda: False,
        hands: Hands | None = None,
    ) -> None:
        self.system = system
        self.hands = hands or Hands(system)
        self.words = words
        self.out = out
        self.err = err
        self.manner = manner
        self.variables: dict[str, str] = {}
        self.status = 0
        self.leaving = False
        """Whether `exit` was called, or something failed that must not."""
        self.ends_on_failure = False
        """Whether a command that fails, and whose status nothing tests, is the last one (`set -e`)."""
        self.jobs = Jobs(system)
        self.recordings = Recordings()
        self.passing = Passing(system, interrupted, self.jobs.look, self.hands.advance)
        self.places = Places(system.files, system.engine.kernel, self.note)
        self._placeholders = {"<sysfs>": SYSFS, "<debugfs>": DEBUGFS, "<workload>": workload}
        self._expansion = Expansion(self.variables, self._special, self._output_of, self.places)
        self._interrupted = interrupted
        self._line = 0
        self._substituted = 0
        """Status of the last substitution of a command."""
        self._out: Sink = out
        self._err: Sink = err

    def run(self, source: Source) -> int:
        """Carry out all that a source says, and end what is left in the background.

        Returns:
            The exit code of the shell.
        """
        self.carry_out(source)
        self.jobs.end_all()
        self._flush()
        return self.status

    def carry_out(self, source: Source) -> int:
        """Carry out all that a source says; what is in the background goes on.

        Returns:
            The status of the last command.
        """
        parser = Parser(source, self._placeholders)
        while not self.leaving and self._run_line(parser):
            self.jobs.look()
            self._flush()
        return self.status

    def _flush(self) -> None:
        self.out.flush()
        self.err.flush()

    def _run_line(self, parser: Parser) -> bool:
        """Carry out the next line; whether there is more to come."""
        try:
            program = parser.next()
            if program is None:
                return False
            self.run_program(program)
        except ShellSyntaxError as problem:
            self._line = parser.line
            self.say(str(problem))
            self.status = MISUSED
            return self.manner.interactive
        except RecursionError:
            self.say("this is nested too deeply")
            self.status = MISUSED
            return self.manner.interactive
        except (Interrupted, KeyboardInterrupt):
            self._out, self._err = self.out, self.err
            self.status = INTERRUPTED
            if self.manner.interactive:
                self.err.write("\n")
            return self.manner.interactive
        return True

    def say(self, message: str) -> None:
        """Print an error of the shell's own."""
        self.out.flush()
        where = f"{self.manner.name}: line {self._line}: " if self.manner.name else ""
        self._err.write(f"{where}{message}\n")

    def note(self, sentence: str) -> None:
        """Print what a real shell would not say."""
        self._err.write(f"damotui: note: {sentence}\n")

    def begin(self, job: Job) -> None:
        """Let a job run in the background."""
        self.jobs.begin(job)
        if self.manner.interactive:
            self.err.write(f"[{len(self.jobs.running)}] {job.pid}\n")

    def explain(self, error: FileError) -> None:
        """Say why the kernel refused something, if that is known and wanted."""
        if error.why and self.manner.explains:
            self.note(error.why)

    # Programs

    def run_program(self, program: Program) -> None:
        """Carry out commands; `status` is that of the last one."""
        for chain in program:
            if self.leaving:
                return
            if self._interrupted():
                raise Interrupted
            self._run_chain(chain)

    def _run_chain(self, chain: Chain) -> None:
        if chain.background and chain.only is None:
            self._line = chain.first.commands[0].line
            self.say("only a single command can run in the background here")
            self.status = MISUSED
            return
        self._run_pipeline(ran := chain.first, background=chain.background)
        for operator, pipeline in chain.rest:
            if self.leaving:
                return
            if (operator == "&&") == (self.status == 0):
                self._run_pipeline(ran := pipeline)
        tested = ran.inverted or ran is not (chain.rest[-1][1] if chain.rest else chain.first)
        if self.ends_on_failure and self.status and not tested:
            self.leaving = True

    def _run_pipeline(self, pipeline: Pipeline, *, background: bool = False) -> None:
        out, given = self._out, None
        try:
            for command in pipeline.commands[:-1]:
                self._out = kept = Kept()
                self._run_command(command, given, background=False)
                given = kept.text
        finally:
            self._out = out
        self._run_command(pipeline.commands[-1], given, background=background)
        if pipeline.inverted:
            self.status = int(self.status == 0)

    def _output_of(self, program: Program) -> str:
        """What a substitution prints; variables and the working directory stay as they are."""
        kept = Kept()
        out, here, variables = self._out, self.places.here, dict(self.variables)
        ends_on_failure = self.ends_on_failure
        self._out, self.ends_on_failure = kept, False  # as in bash, which goes on within a substitution
        try:
            self.run_program(program)
        finally:
            self._out, self.places.here, self.ends_on_failure = out, here, ends_on_failure
            self.variables.clear()
            self.variables.update(variables)
            self.leaving = False
        self._substituted = self.status
        return kept.text

    def _special(self, name: str) -> str:
        values = {
            "?": str(self.status),
            "!": str(self.jobs.last_pid or ""),
            "#": "0",
            "0": self.manner.name or "damotui",
        }
        return values.get(name, "")

    # Commands

    def _run_command(self, command: Command, given: str | None, *, background: bool) -> None:
        self._line = command.line
        before = self._out, self._err
        outlets = Outlets(self, self._out, self._err, background=background)
        try:
            self.status = self._expanded(command, outlets, given)
        except (ArithmeticProblem, ExpansionProblem) as problem:
            self.say(str(problem))
            self.status = FAILED
        finally:
            self._out, self._err = before
            outlets.abandon()
            self.out.flush()

    def _expanded(self, command: Command, outlets: Outlets, given: str | None) -> int:
        self._substituted = 0
        fields = self._expansion.fields(command.words)
        for redirection in command.redirections:
            target = self._expansion.fields([redirection.target])
            if len(target) != 1:
                self.say(f"{' '.join(target)}: ambiguous redirect")
                return FAILED
            try:
                given = outlets.redirect(redirection, target[0], given)
            except FileError as error:
                self.say(f"{target[0]}: {error.words}")
                self.explain(error)
                return FAILED
        if not fields:
            return self._assign(command)
        errors = self._err
        self._out, self._err = outlets.out, outlets.err
        status = self._call(Call(self, fields[0], tuple(fields[1:]), self._out, self._err, given, outlets.background))
        self._err = outlets.error_sink(errors)
        return outlets.deliver(fields[0], status)

    def _assign(self, command: Command) -> int:
        """Set variables; the status is that of the last substitution, if there is one."""
        for assignment in command.assignments:
            value = self._expansion.text(assignment.value)
            if assignment.appends:
                value = self.variables.get(assignment.name, "") + value
            if len(value) > LONGEST:
                raise ExpansionProblem(f"{assignment.name}: a value of more than {LONGEST} characters is too long")
            self.variables[assignment.name] = value
        return self._substituted

    def _call(self, call: Call) -> int:
        word = self.words.get(call.name)
        if word is None:
            return self._missing(call.name)
        try:
            return word.run(call)
        except CommandProblem as problem:
            self.say(f"{call.name}: {problem}")
            return problem.status

    def _missing(self, name: str) -> int:
        """A word that is no command: the answer to it."""
        if "/" not in name:
            self.say(f"{name}: command not found")
            return NOT_FOUND
        try:
            place = self.places.existing(name)
        except FileError as error:
            self.say(f"{name}: {error.words}")
            return NOT_FOUND
        directory = place.stat is not None and place.stat.directory
        self.say(f"{name}: {'Is a directory' if directory else 'Permission denied'}")
        return NOT_EXECUTABLE
