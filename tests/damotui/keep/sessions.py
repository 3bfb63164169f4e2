"""Sessions to be kept, made of edits and requests of all kinds."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from damotui.keep.saved import Saved, View
from damotui.options import AppOptions
from damotui.pacer.requests import (
    Commit,
    Done,
    KillProcess,
    OpenFiles,
    Outcome,
    StageFiles,
    StartProcess,
    TurnOff,
    TurnOn,
    WriteFile,
)
from damotui.session import tree
from damotui.session.document import Session
from damotui.session.history import Edits
from damotui.setup import load_setup
from engine.config.fields import leaves
from engine.config.model import Filter, Goal, Kdamond, Scheme, Target
from engine.errors import InputError
from engine.units import Unit

CONTEXT = (0, "contexts", 0)
AGGR = (*CONTEXT, "intervals", "aggr_us")
LISTS = {"schemes": Scheme(), "targets": Target(-3), "filters": Filter("addr"), "goals": Goal(nid=-1)}

edits = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=25)


def session_with(script, options=None):
    """A session that was edited as the numbers say, and what was sent meanwhile."""
    setup = load_setup(options or AppOptions())
    sent = []
    session = Session(setup.kdamonds, setup.kernel, sent.append)
    for kind, where, what in script:
        try:
            edit(session, kind, where, what)
        except (InputError, LookupError):
            continue
    return setup, session, sent


def edit(session, kind, where, what):
    nodes = [
        ((at, *tree.parse(path)), spec, value)
        for at, kdamond in enumerate(session.staged)
        for path, spec, value in leaves(kdamond)
    ]
    if kind <= 2 and nodes:
        path, spec, value = nodes[where % len(nodes)]
        if not isinstance(value, tuple) and not hasattr(value, "__dataclass_fields__"):
            session.set(path, chosen(spec, what), f"{path[-1]}: → {what}", key=("nudge", path) if kind == 1 else None)
    elif kind == 3:
        lists = [path for path, _, value in nodes if isinstance(value, tuple) and path[-1] in LISTS]
        if not lists or where % 5 == 0:
            session.add((), Kdamond(refresh_ms=what % 7), f"add kdamond {len(session.staged)}")
        else:
            path = lists[where % len(lists)]
            session.add(path, LISTS[path[-1]], "add one", what % (len(session.get(path)) + 1))
    elif kind == 4:
        entries = [(*path, i) for path, _, value in nodes if isinstance(value, tuple) for i in range(len(value))]
        session.remove(entries[where % len(entries)] if entries else (0,))
    elif kind == 5:
        session.undo()
    elif kind == 6:
        session.redo()
    else:
        index = where % (len(session.staged) + 1)
        session.turn_on(index)
        session.settle(Outcome(TurnOn(index, session.staged[index])))


def chosen(spec, number):
    if spec.choices:
        return spec.choices[number % len(spec.choices)]
    if spec.unit is Unit.BOOL:
        return bool(number % 2)
    if spec.unit is Unit.TEXT:
        return ("", "/a b", "\u00fc\n", '"\\', "\ud800")[number % 5]
    if spec.unit is Unit.PID and number % 3 == 0:
        return None
    return (min(spec.low, 0), 0, 1, spec.high, number)[number % 5]


def done_of(sent, staged):
    """The requests at times of their own, with others between them."""
    more = (
        OpenFiles(), StageFiles(staged), StartProcess(), KillProcess(1001), Commit(0, staged[0]) if staged else None,
        TurnOff(1), OpenFiles(anew=True),
    )  # fmt: skip
    requests = [*sent, *(request for request in more if request is not None)]
    requests.append(WriteFile("kernel/mm/damon/admin/kdamonds/nr_kdamonds", "1\n", -1 - len(requests)))
    return tuple(Done(7 * at, request) for at, request in enumerate(requests))


def saved_of(setup, session, sent=(), **more):
    done = done_of(sent, session.staged) if sent else ()
    return Saved(
        experiment=setup.experiment,
        edits=without_keys(session.edits),
        committed=session.committed,
        done=done,
        time_us=max([1_000_000, *(one.time_us for one in done)]),
        view=View("damotui-dark", 2.0, CONTEXT, frozenset({(0,), CONTEXT}), {"heatmap": {"palette": "viridis"}}),
        **more,
    )


def without_keys(edits):
    """What joins steps while a key is held down is not kept."""
    return Edits(edits.state, tuple(replace(step, key=None) for step in edits.steps), edits.place)
