"""The words about processes and time: sleep, wait, kill and pidof; and those about the shell itself."""

from __future__ import annotations

import re

from damotui.shell.call import FAILED, MISUSED, Call, CommandProblem, Word
from damotui.shell.durations import parse_durations
from damotui.shell.jobs import Sleep
from damotui.shell.output import PATIENCE_US

_SIGNALS = {"0": "0", "1": "HUP", "2": "INT", "3": "QUIT", "9": "KILL", "15": "TERM"}
_PID = re.compile(r"\d{1,10}", re.ASCII)
_WAIT_US = 100_000


def _sleep(call: Call) -> int:
    if not call.arguments:
        raise CommandProblem("missing operand: give a time, such as 5 or 0.1")
    session = call.session
    duration_us = parse_durations([argument for argument in call.arguments if argument != "--"])
    if call.background:
        pid = session.jobs.new_pid()
        session.begin(Sleep(pid, session.system, session.passing.now_us + duration_us))
    else:
        session.passing.sleep(duration_us)
    return 0


def _wait(call: Call) -> int:
    session = call.session
    ends_us = session.passing.now_us + PATIENCE_US
    while any(job.ends for job in session.jobs.running):
        if session.passing.now_us >= ends_us:
            raise CommandProblem(f"what runs still does after {PATIENCE_US // 1_000_000} s of simulated time")
        session.passing.sleep(_WAIT_US)
    return 0


def _pidof(call: Call) -> int:
    options, names = call.options("s")
    session = call.session
    snapshot = session.system.engine.snapshot()
    tasks = [(process.pid, process.name) for process in snapshot.processes if process.running]
    tasks += [(kdamond.pid, kdamond.name) for kdamond in snapshot.kdamonds if kdamond.running]
    tasks += [(job.pid, job.name) for job in session.jobs.running]
    found = [str(pid) for pid, name in sorted(tasks, reverse=True) if name in names]
    if not found:
        return FAILED
    call.out.write(f"{' '.join(found[:1] if 's' in options else found)}\n")
    return 0


def _kill(call: Call) -> int:
    signal, targets = _signal_and_targets(call)
    if not targets:
        raise CommandProblem(f"usage: {_KILL_USAGE}", MISUSED)
    results = [_kill_one(call, signal, target) for target in targets]
    return 0 if any(results) else FAILED


def _signal_and_targets(call: Call) -> tuple[str, list[str]]:
    arguments = list(call.arguments)
    signal = "TERM"
    if arguments and arguments[0] == "-s" and len(arguments) > 1:
        signal = _signal(arguments[1])
        del arguments[:2]
    elif arguments and arguments[0].startswith("-") and arguments[0] != "--":
        signal = _signal(arguments.pop(0)[1:])
    elif len(arguments) > 1 and arguments[0] == "9" and not _exists(call, 9):
        call.session.note("kill 9 PID would also send a signal to the process 9: kill -9 PID is meant, and done")
        signal = _signal(arguments.pop(0))
    return signal, [argument for argument in arguments if argument != "--"]


def _signal(text: str) -> str:
    name = _SIGNALS.get(text, text.upper().removeprefix("SIG"))
    if name not in _SIGNALS.values():
        raise CommandProblem(f"{text}: invalid signal specification: known here are {', '.join(_SIGNALS.values())}")
    return name


def _exists(call: Call, pid: int) -> bool:
    return call.session.system.engine.pid_exists(pid) or call.session.jobs.find(pid) is not None


def _kill_one(call: Call, signal: str, text: str) -> bool:
    if not _PID.fullmatch(text):
        call.session.say(f"kill: {text}: arguments must be process or job IDs")
        return False
    session, pid = call.session, int(text)
    engine = session.system.engine
    job = session.jobs.find(pid)
    kdamonds = {kdamond.pid: kdamond.name for kdamond in engine.snapshot().kdamonds if kdamond.running}
    if job is not None:
        if signal != "0":
            session.jobs.end(job, signal)
    elif pid in kdamonds or pid in (1, 2):
        name = kdamonds.get(pid) or ("init" if pid == 1 else "a kernel thread")
        if signal != "0":
            session.note(f"{pid} is {name}, which takes no notice of signals")
    elif engine.pid_exists(pid):
        if signal != "0":
            session.hands.kill(pid)
    else:
        session.say(f"kill: ({pid}) - No such process")
        return False
    return True


def _true(call: Call) -> int:
    return 0


def _false(call: Call) -> int:
    return 1


def _exit(call: Call) -> int:
    session = call.session
    status = session.status
    if call.arguments:
        if not re.fullmatch(r"[+-]?\d{1,18}", call.arguments[0], re.ASCII):
            session.say(f"exit: {call.arguments[0]}: numeric argument required")
            status = MISUSED
        elif len(call.arguments) > 1:
            raise CommandProblem("too many arguments")
        else:
            status = int(call.arguments[0]) & 0xFF
    session.leaving = True
    return status


def _set(call: Call) -> int:
    wanted = {"-e": True, "+e": False}
    if not call.arguments or not set(call.arguments) <= wanted.keys():
        raise CommandProblem("-e and +e are what can be set here: give one of them", MISUSED)
    call.session.ends_on_failure = wanted[call.arguments[-1]]
    return 0


_KILL_USAGE = "kill [-9|-KILL|-TERM|...] PID..."

WORDS = (
    Word("sleep", "sleep TIME...", "Lets simulated time pass: 5, 0.1, 5s, 2m.", _sleep),
    Word("wait", "wait", "Lets time pass until what runs in the background has ended.", _wait),
    Word("pidof", "pidof [-s] NAME...", "Prints the pids of processes and kdamonds of that name.", _pidof),
    Word("kill", _KILL_USAGE, "Ends simulated processes, perf among them.", _kill),
    Word("true", "true", "Succeeds.", _true),
    Word("false", "false", "Fails.", _false),
    Word(
        "set",
        "set -e|+e",
        "Sets whether the shell ends at a failure. -e lets it, where nothing tests the status; +e does not.",
        _set,
    ),
    Word("exit", "exit [STATUS]", "Leaves the shell, as Ctrl-D does.", _exit),
)
