"""What was asked of an engine, as JSON: a line each, with the config as what is new in it.

{"at_us": 12300000, "do": "commit", "kdamond": 0, "changes": [{"set": "kdamonds[0]…", "to": 200000}]}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from damotui.keep.changes import changed, changes
from damotui.keep.plain import flag, whole
from damotui.pacer.requests import (
    Commit,
    Done,
    KillProcess,
    OpenFiles,
    Request,
    StageFiles,
    StartProcess,
    TurnOff,
    TurnOn,
    WriteFile,
)
from damotui.session.tree import Tree
from engine.config.json_place import Members, Place
from engine.config.model import Kdamond

_LONGEST_US = 1 << 62
_MOST_KDAMONDS = 4096
_PID_MAX = (1 << 31) - 1
_WORDS = ("turn_on", "commit", "turn_off", "kill", "start_process", "stage", "open_files", "write")


class Configs:
    """What kdamonds were last given, and files last told, which the next request is compared with."""

    def __init__(self, begun: Tree) -> None:
        self.given: Tree = begun
        self.staged: Tree = begun

    def room_for(self, index: int) -> Tree:
        """What was given so far, with an empty kdamond where there was none."""
        return (*self.given, *(Kdamond() for _ in range(index + 1 - len(self.given))))


def written(done: Sequence[Done], begun: Tree, known: int = 0) -> Iterator[dict[str, Any]]:
    """What stands in a file for the requests from the one numbered `known` on.

    Args:
        done: all requests.
        begun: what the engine's kdamonds began with.
        known: how many are not asked for.
    """
    configs = Configs(begun)
    for number, one in enumerate(done):
        said = _written(one.request, configs, wanted=number >= known)
        if number >= known:
            yield {"at_us": one.time_us, **said}


def read_requests(places: Iterable[Place], begun: Tree, until_us: int) -> Iterator[Done]:
    """The requests that stand in a file.

    Args:
        places: of the entries.
        begun: what the engine's kdamonds began with.
        until_us: the time that was reached.

    Raises:
        InputError: one of them can't be read, is later than that or earlier than the one before it.
    """
    configs = Configs(begun)
    before_us = 0
    for number, place in enumerate(places):
        with Members(place) as members:
            before_us = whole(members.required("at_us"), before_us, until_us)
            # Those of a session that goes on count from 1.
            yield Done(before_us, _read(members, configs, ticket=-1 - number))


def _written(request: Request, configs: Configs, *, wanted: bool) -> dict[str, Any]:
    match request:
        case TurnOn(index, config) | Commit(index, config):
            before = configs.room_for(index)
            configs.given = (*before[:index], config, *before[index + 1 :])
            word = "commit" if isinstance(request, Commit) else "turn_on"
            return {"do": word, "kdamond": index, "changes": changes(before, configs.given) if wanted else []}
        case TurnOff(index):
            return {"do": "turn_off", "kdamond": index}
        case KillProcess(pid):
            return {"do": "kill", "pid": pid}
        case StartProcess():
            return {"do": "start_process"}
        case StageFiles(kdamonds):
            staged, configs.staged = configs.staged, kdamonds
            return {"do": "stage", "changes": changes(staged, kdamonds) if wanted else []}
        case OpenFiles(anew):
            return {"do": "open_files", "anew": anew}
        case WriteFile(path, text):
            return {"do": "write", "path": path, "text": text}
    raise AssertionError(f"{type(request).__name__} is not recorded")


def _read(members: Members, configs: Configs, ticket: int) -> Request:
    word = members.required("do").keyword(dict.fromkeys(_WORDS))
    match word:
        case "turn_on" | "commit":
            index = whole(members.required("kdamond"), 0, _MOST_KDAMONDS)
            configs.given = changed(configs.room_for(index), members.required("changes"))
            if len(configs.given) <= index:
                raise members.required("changes").error(f"changes that leave kdamond {index} there")
            config = configs.given[index]
            return TurnOn(index, config) if word == "turn_on" else Commit(index, config)
        case "turn_off":
            return TurnOff(whole(members.required("kdamond"), 0, _MOST_KDAMONDS))
        case "kill":
            return KillProcess(whole(members.required("pid"), 0, _PID_MAX))
        case "start_process":
            return StartProcess()
        case "stage":
            configs.staged = changed(configs.staged, members.required("changes"))
            return StageFiles(configs.staged)
        case "open_files":
            return OpenFiles(members.read(("anew",), flag, False))
        case _:
            return WriteFile(members.required("path").string(), members.required("text").string(), ticket)
