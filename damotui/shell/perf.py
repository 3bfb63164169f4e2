"""`perf record` and `perf script` of the tracepoints of DAMON."""

from __future__ import annotations

import posixpath

from damotui.shell.call import FAILED, Call, CommandProblem, Word
from damotui.shell.durations import parse_durations
from damotui.shell.recordings import MOST, Recorder
from engine.errors import InputError

PERF_FAILED = 129
"""What perf says of an option that it does not know."""

_DEFAULT_FILE = "perf.data"
_FLAGS = ("-a", "--all-cpus", "-q", "--quiet")
_ENDING = (
    "it would never end, as time stands while it is waited for: put & behind it and end it with"
    " kill $(pidof perf), or say how long, as in perf record -e EVENT sleep 5"
)


def perf(call: Call) -> int:
    """The word `perf`."""
    if not call.arguments:
        call.err.write(f"usage: {WORD.usage}\n")
        return FAILED
    command, rest = call.arguments[0], call.arguments[1:]
    match command:
        case "record":
            return _record(call, rest)
        case "script":
            return _script(call, rest)
        case "list":
            call.out.write("".join(f"{name}\n" for name in call.session.system.trace.available))
            return 0
    raise CommandProblem(f"'{command}' is not a perf-command of this shell: see help perf")


def _record(call: Call, arguments: tuple[str, ...]) -> int:
    session = call.session
    given, rest = _parsed(arguments, {"-e": "event", "--event": "event", "-o": "file", "--output": "file"}, _FLAGS)
    events = [name for value in given.get("event", []) for name in value.split(",") if name]
    if not events:
        raise CommandProblem("record: name an event, as in perf record -e damon:damon_aggregated", PERF_FAILED)
    duration_us = _duration_us(rest)
    if duration_us is None and not call.background:
        raise CommandProblem(f"record: {_ENDING}")
    try:
        reader = session.system.trace.open(events)
    except InputError as error:
        names = ",".join(events)
        call.err.write(f"event syntax error: '{names}'\n")
        raise CommandProblem(f"record: {error}", PERF_FAILED) from None
    file = _file(call, given)
    ends_us = None if duration_us is None else session.passing.now_us + duration_us
    recorder = Recorder(session.jobs.new_pid(), reader, session.recordings.begin(file), session.system.engine, ends_us)
    if call.background or duration_us is None:
        session.begin(recorder)
        return 0
    session.jobs.begin(recorder)
    try:
        session.passing.sleep(duration_us)
    finally:
        session.jobs.end(recorder, "INT")
        recording = recorder.recording
        call.err.write(
            f"[ perf record: Captured and wrote {posixpath.basename(file)} ({recording.samples} samples) ]\n"
        )
    return 0


def _script(call: Call, arguments: tuple[str, ...]) -> int:
    given, rest = _parsed(arguments, {"-i": "file", "--input": "file"}, ())
    if rest:
        raise CommandProblem(f"script: '{rest[0]}' is not understood: see help perf", PERF_FAILED)
    session = call.session
    session.jobs.look()
    file = _file(call, given)
    recording = session.recordings.find(file)
    if recording is None and not given and session.recordings.paths:
        raise CommandProblem(
            f"script: failed to open {_DEFAULT_FILE}: No such file or directory;"
            f" there is {', '.join(session.recordings.paths)}: perf script -i FILE"
        )
    if recording is None:
        name = given.get("file", [_DEFAULT_FILE])[-1]
        raise CommandProblem(f"script: failed to open {name}: No such file or directory (try 'perf record' first)")
    for line in recording.text():
        call.out.write(line)
    if recording.full:
        call.complain(f"script: the recording ended early, as {MOST} lines are the most that it holds")
    return 0


def _file(call: Call, given: dict[str, list[str]]) -> str:
    """What a recording is kept under: a name without directory is the same everywhere, as it is in memory only."""
    name = given.get("file", [_DEFAULT_FILE])[-1]
    return posixpath.normpath(posixpath.join(call.session.places.here, name)) if "/" in name else name


def _parsed(
    arguments: tuple[str, ...], valued: dict[str, str], flags: tuple[str, ...]
) -> tuple[dict[str, list[str]], list[str]]:
    """Options and their values, and what follows them."""
    found: dict[str, list[str]] = {}
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        argument = rest.pop(0)
        if argument == "--":
            break
        if argument in flags:
            continue
        name, value = _option(argument, valued)
        if value is None:
            if not rest:
                raise CommandProblem(f"option `{argument.lstrip('-')}' requires a value", PERF_FAILED)
            value = rest.pop(0)
        found.setdefault(name, []).append(value)
    return found, rest


def _option(argument: str, valued: dict[str, str]) -> tuple[str, str | None]:
    if argument in valued:
        return valued[argument], None
    name, equals, value = argument.partition("=")
    if equals and name.startswith("--") and name in valued:
        return valued[name], value
    if not argument.startswith("--") and argument[:2] in valued:
        return valued[argument[:2]], argument[2:]
    raise CommandProblem(f"unknown option `{argument.lstrip('-')}': see help perf", PERF_FAILED)


def _duration_us(rest: list[str]) -> int | None:
    """How long the command runs that perf shall record along with; None if there is none."""
    if not rest:
        return None
    if rest[0] != "sleep" or len(rest) < 2:
        raise CommandProblem("record: the only command that it can record along with is sleep, as in sleep 5")
    return parse_durations(rest[1:])


WORD = Word(
    "perf",
    "perf record|script|list ...",
    "Records tracepoints, and prints them. perf record -e EVENT[,EVENT] [-o FILE] [-a] & does so in the background "
    "until kill $(pidof perf); with sleep N in place of & it lets N seconds pass, and ends. perf script [-i FILE] "
    "prints what was recorded, which is kept in memory until the shell ends; perf list prints what events there are.",
    perf,
)
