"""Any edits, in any order: undo all is the beginning, redo all the end, and the tree stands all the while."""

from dataclasses import fields, is_dataclass

from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from damotui.pacer.requests import Branch, Commit, Fork, Keep, Outcome, TurnOff, TurnOn, WriteFile
from damotui.pacer.watched import Written
from damotui.presets import load_preset
from damotui.session import tree
from damotui.session.adding import Adding
from damotui.session.diff import changes
from damotui.session.document import Session
from damotui.session.live import Live
from damotui.session.tree_view import EVERYTHING, TreeView
from damotui.session.tuning.editing import Stepping
from damotui.session.tuning.leaves import Surroundings, leaves_of
from damotui.session.tuning.steps import Stride
from damotui.session.values import spec_of
from engine.config.fields import member_type
from engine.config.model import AddrRange, Kdamond
from engine.errors import InputError
from engine.versions import kernel_version
from tests.damotui.tree.naive_diff import applied

PRESETS = {name: load_preset(name).for_machine(1 << 30, (1 << 29, 1 << 29)) for name in ("tiering", "prcl", "ethp")}
NODES = (AddrRange(1 << 32, 3 << 31), AddrRange(3 << 31, 2 << 32))
NUMBERS = st.integers(0, 10_000)


def all_paths(node, at=()):
    """All nodes of a tree, its root left out."""
    if at:
        yield at
    if isinstance(node, tuple):
        for index, entry in enumerate(node):
            yield from all_paths(entry, (*at, index))
    elif is_dataclass(node):
        for member in fields(node):
            yield from all_paths(getattr(node, member.name), (*at, member.name))


def well_made(node, kind=Kdamond):
    """Whether all that is in the tree is where things of its kind belong."""
    if isinstance(node, tuple):
        return all(well_made(entry, kind) for entry in node)
    if not is_dataclass(node):
        return kind is None
    return type(node) is kind and all(
        well_made(getattr(node, member.name), member_type(kind, member.name)) for member in fields(node)
    )


class Editing(RuleBasedStateMachine):
    """A user who presses anything."""

    @initialize(name=st.sampled_from(sorted(PRESETS)))
    def begin(self, name):
        self.session = Session(PRESETS[name], kernel_version("next"), self.sent)
        self.view = TreeView(self.session, Live())
        self.view.start(roomy=True)
        self.adding = Adding(self.session, Live(), NODES)
        self.stepping = Stepping(self.session)
        self.start = self.before = self.session.staged

    def sent(self, request):
        if isinstance(request, Commit | TurnOn | TurnOff | Fork | Keep):
            self.session.settle(Outcome(request))
        elif isinstance(request, WriteFile):
            # The files say what is staged, and the write changes what `self.written` says.
            staged = self.session.staged
            path, value = self.written
            written = Written(1, "", "", staged, tree.replace(staged, path, value), self.session.running)
            self.session.settle(Outcome(request, written=written))

    def attempt(self, deed):
        """What is refused changes nothing."""
        before = self.session.staged
        try:
            deed()
        except InputError:
            assert self.session.staged is before

    def anywhere(self, number):
        """A path of the tree as it is."""
        found = list(all_paths(self.session.staged))
        return found[number % len(found)] if found else ()

    @rule(number=NUMBERS, value=st.integers(0, 3))
    def set_a_field(self, number, value):
        leaves = [path for path in all_paths(self.session.staged) if type(self.session.get(path)) is int]
        assume(leaves)
        path = leaves[number % len(leaves)]
        key = ("nudge", path) if value else None
        self.attempt(lambda: self.session.set(path, spec_of(path).low + value, f"{path[-1]}", key))

    @rule(number=NUMBERS, which=NUMBERS)
    def set_a_word(self, number, which):
        words = [path for path in all_paths(self.session.staged) if type(self.session.get(path)) is str]
        assume(words)
        path = words[number % len(words)]
        choices = spec_of(path).choices or ("", "/", "/a/b")
        self.attempt(lambda: self.session.set(path, choices[which % len(choices)]))

    @rule(number=NUMBERS, which=NUMBERS, up=st.booleans(), stride=st.sampled_from(Stride), again=st.integers(1, 3))
    def tune(self, number, which, up, stride, again):
        schemes = [path for path in all_paths(self.session.staged) if len(path) == 5 and path[3] == "schemes"]
        assume(schemes)
        leaves = leaves_of(self.session, schemes[number % len(schemes)], Surroundings())
        self.stepping.visit()
        for _ in range(again):
            self.attempt(lambda: self.stepping.step(leaves[which % len(leaves)], up=up, stride=stride))

    @rule(number=NUMBERS, value=st.integers(0, 3))
    def write_to_a_file(self, number, value):
        leaves = [path for path in all_paths(self.session.staged) if type(self.session.get(path)) is int]
        assume(leaves)
        path = leaves[number % len(leaves)]
        self.written = path, spec_of(path).low + value
        self.attempt(lambda: self.session.write_file("/".join(map(str, path)), str(value)))

    @rule(number=NUMBERS, which=NUMBERS, then=NUMBERS)
    def add(self, number, which, then):
        cursor = self.anywhere(number)

        def deed():
            offers = self.adding.offers(cursor)
            offer = offers[which % len(offers)]
            if offer.template is None:
                offers = self.adding.offers_in(offer.collection)
                offer = offers[then % len(offers)]
            path = self.adding.add(offer, cursor)
            assert is_dataclass(self.session.get(path))

        self.attempt(deed)

    @precondition(lambda self: self.session.staged)
    @rule(number=NUMBERS, what=st.sampled_from(["duplicate", "up", "down", "copy", "cut", "remove", "revert"]))
    def arrange(self, number, what):
        path = self.anywhere(number)
        entry = path
        while entry and not isinstance(entry[-1], int):
            entry = entry[:-1]
        deeds = {
            "duplicate": lambda: self.session.duplicate(path),
            "up": lambda: self.session.move(path, -1),
            "down": lambda: self.session.move(path, 1),
            "copy": lambda: self.session.copy(path),
            "cut": lambda: self.session.cut(entry),
            "remove": lambda: self.session.remove(entry),
            "revert": lambda: self.session.revert(path),
        }
        self.attempt(deeds[what])

    @rule(number=NUMBERS)
    def paste(self, number):
        self.attempt(lambda: self.session.paste(self.anywhere(number)))

    @rule(number=NUMBERS)
    def restore(self, number):
        gone = [one.before for one in changes(self.session.since_commit) if one.after is None]
        assume(gone)
        self.attempt(lambda: self.session.restore(gone[number % len(gone)]))

    @rule(name=st.sampled_from(sorted(PRESETS)), beside=st.booleans())
    def load(self, name, beside):
        if beside:
            self.attempt(lambda: self.session.extend((), PRESETS[name], f"add {name}"))
        else:
            self.attempt(lambda: self.session.load(PRESETS[name], name))

    @rule(what=st.sampled_from(["undo", "redo", "seal"]))
    def back_or_forth(self, what):
        self.attempt(getattr(self.session, what))

    @rule(number=NUMBERS)
    def go_to(self, number):
        self.attempt(lambda: self.session.go_to(number % (len(self.session.steps) + 1)))

    @rule(number=NUMBERS, what=st.sampled_from(["commit", "turn_on", "turn_off"]))
    def control(self, number, what):
        assume(self.session.staged)
        index = number % len(self.session.staged)
        if what == "turn_off" and index not in self.session.running:
            return
        self.attempt(lambda: getattr(self.session, what)(index))

    @rule()
    def commit_all(self):
        self.attempt(self.session.commit_all)

    @rule(what=st.sampled_from(["begin", "look at A", "look at B", "keep A", "keep B"]))
    def what_if(self, what):
        word, branch = what.split()[0], Branch(what[-1]) if what != "begin" else None
        if word == "begin":
            self.attempt(self.session.what_if)
        elif word == "look":
            self.attempt(lambda: self.session.look_at(branch))
        elif self.session.has_branches:
            self.session.keep(branch)

    @rule(number=NUMBERS)
    def fold(self, number):
        path = self.anywhere(number)
        assume(path)
        self.view.set_expanded(path, number % 2 == 0)

    @invariant()
    def the_tree_stands(self):
        assert well_made(self.session.staged)
        assert all(index < len(self.session.staged) for index in self.session.running)

    @invariant()
    def the_rows_are_those_of_the_tree(self):
        self.view.follow()
        rows = self.view.rows()
        assert [row.path for row in rows if row.depth == 0] == [(at,) for at in range(len(self.session.staged))]
        for row in rows:
            self.session.get(row.path)
        marked = {row.path for row in rows if row.uncommitted}
        assert {path[:1] for path in marked} <= marked
        assert (self.session.committed != self.session.staged) == self.session.uncommitted()

    @invariant()
    def the_differences_are_those_of_the_tree(self):
        found = changes(self.session.since_commit)
        assert applied(found, self.session.committed, self.session.staged) == self.session.staged

    def teardown(self):
        if not hasattr(self, "session"):
            return
        if self.session.has_branches:
            self.session.keep(self.session.branch)
        for index in sorted(self.session.running):
            self.session.turn_off(index)
        self.session.go_to(len(self.session.steps))
        end, states = self.session.staged, []
        while self.session.undo():
            states.append(self.session.staged)
        assert self.session.staged == self.start
        for state in [*reversed(states[:-1]), end][: len(states)]:
            self.session.redo()
            assert self.session.staged == state
        assert self.session.staged == end
        assert self.session.redo() is None


Editing.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestAnyEdits = Editing.TestCase


def test_a_tree_of_the_wrong_kind_would_be_found():
    kdamonds = PRESETS["tiering"]
    path = (0, "contexts", 0, "schemes", 0, "filters")
    assert well_made(kdamonds)
    assert not well_made(tree.replace(kdamonds, path, (AddrRange(),)))
    assert ("anything",) in EVERYTHING
