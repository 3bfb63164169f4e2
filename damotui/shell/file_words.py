"""The words about files: cd, pwd, ls, tree, cat and echo."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from shutil import get_terminal_size

from damotui.shell.call import FAILED, MISUSED, Call, CommandProblem, Word
from damotui.shell.places import Place, Places
from damotui.shell.streams import Terminal
from engine.files.errors import FileError

_GAP = 2
_ESCAPE = re.compile(r"\\(?:([\\abefnrtvc])|0([0-7]{0,3})|x([0-9a-fA-F]{1,2}))")
_ESCAPED = {"\\": "\\", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _cd(call: Call) -> int:
    places = call.session.places
    variables = call.session.variables
    arguments = [argument for argument in call.arguments if argument != "--"]
    if len(arguments) > 1:
        raise CommandProblem("too many arguments")
    path = arguments[0] if arguments else "/"
    if path == "-":
        path = variables.get("OLDPWD", "")
        if not path:
            raise CommandProblem("OLDPWD not set")
        call.out.write(f"{path}\n")
    try:
        place = places.existing(path)
        if place.stat is not None and not place.stat.directory:
            raise CommandProblem(f"{path}: Not a directory")
    except FileError as error:
        raise CommandProblem(f"{path}: {error.words}") from None
    variables["OLDPWD"], variables["PWD"] = places.here, place.path
    places.here = place.path
    return 0


def _pwd(call: Call) -> int:
    call.out.write(f"{call.session.places.here}\n")
    return 0


def _cat(call: Call) -> int:
    _, operands = call.options("uv")
    status = 0
    for path in operands or ["-"]:
        if path == "-":
            if call.input is None:
                raise CommandProblem("nothing is typed into it here: name a file")
            call.out.write(call.input)
            continue
        try:
            call.out.write(call.session.places.read(path))
        except FileError as error:
            call.complain(f"{path}: {error.words}")
            call.session.explain(error)
            status = FAILED
    return status


def _echo(call: Call) -> int:
    words = list(call.arguments)
    newline, escapes = True, False
    while words and re.fullmatch(r"-[neE]+", words[0]):
        newline &= "n" not in words[0]
        for letter in words.pop(0)[1:]:
            escapes = {"e": True, "E": False}.get(letter, escapes)
    text = " ".join(words)
    if escapes:
        text, ended = unescaped(text)
        newline &= not ended
    call.out.write(f"{text}\n" if newline else text)
    return 0


def unescaped(text: str) -> tuple[str, bool]:
    r"""Text with what `echo -e` replaces, and whether `\c` cut it off."""
    kept: list[str] = []
    at = 0
    for found in _ESCAPE.finditer(text):
        kept.append(text[at : found.start()])
        if found[1] == "c":
            return "".join(kept), True
        number = int(found[2] or "0", 8) if found[3] is None else int(found[3], 16)
        kept.append(_ESCAPED[found[1]] if found[1] else chr(number & 0xFF))
        at = found.end()
    return "".join([*kept, text[at:]]), False


def _ls(call: Call) -> int:
    options, operands = call.options("1adlAFR")
    places = call.session.places
    status = 0
    files: list[tuple[str, Place]] = []
    directories: list[tuple[str, Place]] = []
    for path in operands or ["."]:
        try:
            place = places.existing(path)
        except FileError as error:
            call.complain(f"cannot access '{path}': {error.words}")
            status = MISUSED
            continue
        is_directory = place.stat is not None and place.stat.directory and "d" not in options
        (directories if is_directory else files).append((path, place))
    _list(call, options, files)
    headed = len(operands) > 1 or "R" in options
    for index, (path, place) in enumerate(directories):
        if headed:
            call.out.write(f"{chr(10) if index or files else ''}{path}:\n")
        _list(call, options, _entries(places, place))
        if "R" in options:
            for below, inner in _all_below(places, path, place):
                call.out.write(f"\n{below}:\n")
                _list(call, options, _entries(places, inner))
    return status


def _entries(places: Places, place: Place) -> list[tuple[str, Place]]:
    """Names in a directory, which may be gone by now, and what they are."""
    try:
        return [(name, places.existing(f"{place.path.rstrip('/')}/{name}")) for name in places.names(place)]
    except FileError:
        return []


def _all_below(places: Places, path: str, place: Place) -> Iterator[tuple[str, Place]]:
    for name, inner in _entries(places, place):
        if inner.stat is not None and inner.stat.directory:
            below = f"{path.rstrip('/')}/{name}"
            yield below, inner
            yield from _all_below(places, below, inner)


def _list(call: Call, options: set[str], entries: Sequence[tuple[str, Place]]) -> None:
    names = [f"{name}/" if "F" in options and _is_directory(place) else name for name, place in entries]
    if "l" in options:
        rows = zip(entries, names, strict=True)
        call.out.write("".join(f"{_details(place)} {name}\n" for (_, place), name in rows))
    elif "1" not in options and isinstance(call.out, Terminal) and call.out.wide:
        call.out.write(_in_columns(names, get_terminal_size().columns))
    else:
        call.out.write("".join(f"{name}\n" for name in names))


def _is_directory(place: Place) -> bool:
    return place.stat is not None and place.stat.directory


def _details(place: Place) -> str:
    """Type and permissions, links, owner, group and size, as `ls -l` prints them; there are no dates here."""
    stat = place.stat
    if stat is None:
        return "?"
    letters = "".join(letter if stat.mode >> (8 - bit) & 1 else "-" for bit, letter in enumerate("rwxrwxrwx"))
    return f"{'d' if stat.directory else '-'}{letters} {2 if stat.directory else 1} root root {stat.size:>5}"


def _in_columns(names: Sequence[str], width_of_line: int) -> str:
    """Names in as few lines as they fit into, read downwards."""
    for height in range(1, len(names) + 1):
        columns = [names[at : at + height] for at in range(0, len(names), height)]
        widths = [max(map(len, column)) + _GAP for column in columns]
        if sum(widths) - _GAP <= width_of_line or height == len(names):
            rows = (
                "".join(
                    column[row].ljust(width) for column, width in zip(columns, widths, strict=True) if row < len(column)
                )
                for row in range(height)
            )
            return "".join(f"{row.rstrip()}\n" for row in rows)
    return ""


def _tree(call: Call) -> int:
    _, operands = call.options("aF")
    places = call.session.places
    status = 0
    drawn = not isinstance(call.out, Terminal) or call.out.draws
    for path in operands or ["."]:
        try:
            place = places.existing(path)
        except FileError as error:
            call.out.write(f"{path}  [{error.words}]\n")
            status = MISUSED
            continue
        call.out.write(f"{path}\n")
        for line in _branches(places, place, ("├── ", "└── ", "│   ") if drawn else ("|-- ", "`-- ", "|   ")):
            call.out.write(f"{line}\n")
    return status


def _branches(places: Places, place: Place, marks: tuple[str, str, str], before: str = "") -> Iterator[str]:
    if not _is_directory(place):
        return
    entries = _entries(places, place)
    for index, (name, inner) in enumerate(entries, 1):
        last = index == len(entries)
        yield f"{before}{marks[1] if last else marks[0]}{name}"
        yield from _branches(places, inner, marks, before + ("    " if last else marks[2]))


WORDS = (
    Word("cd", "cd [DIR]", "Goes to a directory. - is the one before, and without DIR it is /.", _cd),
    Word("pwd", "pwd", "Prints the directory that one is in.", _pwd),
    Word(
        "ls",
        "ls [-1adlFR] [PATH...]",
        "Lists directories. -l shows permissions and sizes, -d the directories themselves, -R all below.",
        _ls,
    ),
    Word("tree", "tree [DIR...]", "Draws all that is below a directory.", _tree),
    Word("cat", "cat FILE...", "Prints files.", _cat),
    Word(
        "echo",
        "echo [-n] [-e] [TEXT...] [> FILE]",
        "Prints a text, or writes it to a file. That is one write, with the newline at its end unless -n is given. "
        "A write that waits for the kernel lets simulated time pass.",
        _echo,
    ),
)
