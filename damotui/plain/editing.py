"""Commands that change what is staged; each says what it has done, and undo takes it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import accumulate, pairwise

from damotui.plain.desk import Desk
from damotui.plain.lines import fact
from damotui.plain.places import node_at, places
from damotui.session import tree
from damotui.session.adding import Adding, Offer
from damotui.session.clipboard import cuttable
from damotui.session.history import Step
from damotui.session.kinds import KINDS, place_for
from damotui.session.meanings import ENTRIES
from damotui.session.outline import lack_at
from damotui.session.summaries import described
from damotui.session.tree import Path, Tree
from damotui.session.values import format_value, judge, spec_of
from engine.config.model import AddrRange
from engine.errors import InputError, shown


def set_value(desk: Desk, words: str) -> Iterator[str]:
    """`set PATH VALUE`: judged as where it is typed in the app.

    Raises:
        InputError: there is no such value, or it can't be taken.
    """
    path, text = _place_and_value(desk.session.staged, words)
    if isinstance(desk.session.get(path), tuple) or spec_of(path).unit is None:
        raise InputError(f"{tree.text(path)} is no value: give one of its fields")
    judged = judge(desk.session, path, text)
    if judged.error:
        raise InputError(f"{tree.text(path)}: {judged.error}")
    spec, name = spec_of(path), tree.text(path)
    before, after = (format_value(spec, value) for value in (desk.session.get(path), judged.value))
    desk.session.seal()
    desk.session.set(path, judged.value, f"{path[-1]}: {before} → {after}")
    desk.session.seal()
    yield fact(name, f"{before} → {after}" if before != after else f"{after} already")
    if judged.warning:
        yield fact("warning", judged.warning)


def add(desk: Desk, words: str) -> Iterator[str]:
    """`add WHAT [at PATH]`; without anything, what there is to add.

    Raises:
        InputError: it can't be added, or not there.
    """
    what, _, where = (part.strip() for part in f" {words} ".partition(" at "))
    cursor = node_at(desk.session.staged, where) if where else ()
    adding = Adding(desk.session, desk.seen.live, _nodes(desk))
    if not what:
        yield from _all_offers(desk, adding, cursor)
        return
    offer = _offer(desk, adding, what, cursor)
    path = adding.add(offer, cursor)
    yield fact("added", f"{tree.text(path)}, {described(path, desk.session.get(path))}")
    for problem in desk.session.problems(int(path[0])):
        at = (path[0], *tree.parse(problem.path))
        if at[: len(path)] == path:
            yield fact("error" if problem.severity == "error" else "warning", f"{tree.text(at)}: {problem.message}")


def remove(desk: Desk, words: str) -> Iterator[str]:
    """`remove PATH`: an entry, with all that is in it.

    Raises:
        InputError: it is no entry, or can't be removed.
    """
    path = cuttable(node_at(desk.session.staged, words))
    what = described(path, desk.session.get(path))
    desk.session.remove(path, f"remove {what}")
    yield fact("removed", f"{tree.text(path)}, {what}")


def undo(desk: Desk) -> Iterator[str]:
    """One edit back.

    Raises:
        InputError: there is none.
    """
    yield from _moved(desk.session.undo(), "undone", "there is nothing to undo")


def redo(desk: Desk) -> Iterator[str]:
    """One edit forth.

    Raises:
        InputError: there is none.
    """
    yield from _moved(desk.session.redo(), "done again", "there is nothing to redo")


def load(desk: Desk, words: str) -> Iterator[str]:
    """`load FILE|PRESET`: kdamonds in place of all that is staged.

    Raises:
        InputError: there are none of that name, or they can't be used.
    """
    from damotui.kdamonds_file import read_kdamonds
    from damotui.keep.saved import SUFFIXES
    from damotui.path_names import expanded
    from damotui.presets import load_preset, preset_names

    if not words:
        raise InputError(f"load needs a file of kdamonds, or the name of a preset: {', '.join(preset_names())}")
    if words.endswith(SUFFIXES):
        raise InputError(f"{shown(words)} is a session: damotui --plain --session {words} goes on with it")
    notes: list[str] = []
    if words.lower().replace("-", "_") in preset_names():
        preset = load_preset(words)
        preset.check_kernel(desk.session.kernel)
        nodes = desk.setup.experiment.node_bytes
        kdamonds, name = preset.for_machine(sum(nodes), nodes), f"preset {preset.name}"
    else:
        path = expanded(words)
        if path.exists() and not path.is_file():
            raise InputError(f"{shown(words)} is no file that could be read to its end")
        kdamonds, name = read_kdamonds(path, notes), f"file {path.name}"
    desk.session.load(kdamonds, name)
    yield fact("staged", name)
    yield from (fact("warning", note) for note in notes)


def save(desk: Desk, words: str) -> Iterator[str]:
    """`save FILE`: the session, to go on with it in the app or here.

    Raises:
        InputError: it can't be written, or something else is there already.
    """
    from damotui.keep.saved import SUFFIXES
    from damotui.path_names import expanded

    if not words and desk.keeper.file is None:
        raise InputError("save needs the name of a file")
    path = expanded(words) if words else desk.keeper.file
    assert path is not None
    if not path.name.endswith(SUFFIXES):
        path = path.with_name(path.name + SUFFIXES[0])
    if desk.keeper.replaces_others(path):
        raise InputError(f"{path} is there already and stays as it is: give another name")
    desk.keeper.save(path)
    yield fact("saved", str(path))


def _place_and_value(staged: Tree, words: str) -> tuple[Path, str]:
    """The place is the longest beginning that is one; the value is the rest."""
    parts = words.split()
    if len(parts) < 2:
        raise InputError("set needs a place and a value, such as set aggr_us 200ms")
    named = {step for name in places(staged) for step in re.findall(r"[a-z_]+", name)}
    most = max((at for at in range(1, len(parts)) if re.split(r"\W", parts[at - 1].lower())[-1] in named), default=1)
    for length in range(len(parts) - 1, most, -1):
        with suppress(InputError):
            return node_at(staged, " ".join(parts[:length])), " ".join(parts[length:])
    return node_at(staged, " ".join(parts[:most])), " ".join(parts[most:])


def _offer(desk: Desk, adding: Adding, what: str, cursor: Path) -> Offer:
    """What is meant by a few words: the name of a kind and of one of its templates, or one of them."""
    words = what.lower().split()
    kind = next((kind for kind in KINDS if kind.name == words[0]), None)
    name = " ".join(words[1:] if kind else words)
    found: list[Offer] = []
    for one in (kind,) if kind else KINDS:
        place = place_for(desk.session.staged, one, cursor)
        if place is not None and (kind or not lack_at(place[0], desk.session.kernel)):
            found += [offer for offer in adding.offers_in(place[0]) if _plain_name(offer).startswith(name)]
        elif kind:
            owner = next((kind.name for kind in KINDS if kind.node is one.owner), "kdamond")
            raise InputError(f"a {one.name} goes into {one.home}: say where, as in add {what} at {owner} 0")
    if not found:
        raise InputError(f"{shown(what)} is nothing to add here: add alone lists what is")
    return next((offer for offer in found if _plain_name(offer) == name), found[0])


def _plain_name(offer: Offer) -> str:
    """The name without its kind's, and without the colon of a scheme's."""
    name = offer.template.name if offer.template else offer.name
    return name.replace(":", "").lower()


def _all_offers(desk: Desk, adding: Adding, cursor: Path) -> Iterator[str]:
    for kind in KINDS:
        place = place_for(desk.session.staged, kind, cursor)
        if place is None:
            yield fact(f"add {kind.name} at PATH", ENTRIES[kind.name])
            continue
        try:
            offers = adding.offers_in(place[0])
        except InputError as error:
            yield fact(f"add {kind.name}", str(error))
            continue
        for offer in offers:
            name = _plain_name(offer)
            yield fact(f"add {kind.name}{f' {name}' * (name != kind.name)}", offer.help)


def _moved(step: Step[Tree] | None, done: str, nothing: str) -> Iterator[str]:
    if step is None:
        raise InputError(nothing)
    yield fact(done, step.label)


def _nodes(desk: Desk) -> list[AddrRange]:
    from engine.machine.machine import RAM_START

    ends = accumulate(desk.setup.experiment.node_bytes, initial=RAM_START)
    return [AddrRange(start, end) for start, end in pairwise(ends)]
