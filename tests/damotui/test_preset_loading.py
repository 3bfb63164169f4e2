"""A preset as the app loads it: chosen, staged, committed, undone."""

import pytest

from damotui.options import AppOptions
from damotui.pacer.requests import Outcome, TurnOn
from damotui.presets import load_preset, preset_names
from damotui.scene import ExperimentScene
from damotui.screens.dialogs import ChoiceDialog
from damotui.session.document import Session
from damotui.setup import load_setup
from engine.config.model import ULONG_MAX, AddrRange, Kdamond, Range
from engine.errors import InputError
from engine.versions import kernel_version
from tests.damotui.app_in_test import driven

GIB = 1 << 30
MEMORY = load_setup(AppOptions()).experiment.memory_bytes


def real(setup):
    return ExperimentScene(setup.experiment)


async def choose(app, name):
    """Load a preset as a user does."""
    await app.press("P", *"j" * preset_names().index(name), "enter")


async def test_chooser_explains_the_preset_under_the_cursor():
    async with driven() as app:
        await app.press("P")
        assert isinstance(app.app.screen, ChoiceDialog)
        first = load_preset(preset_names()[0])
        assert first.name in app.text and first.explanation[:40] in app.text
        await app.press(*"j" * preset_names().index("prcl"))
        prcl = load_preset("prcl")
        assert first.explanation[:40] not in app.text
        assert prcl.explanation[:40] in app.text
        assert "Linux 5.16 or later." in app.text
        await app.press("escape")
        assert not isinstance(app.app.screen, ChoiceDialog)
        assert not app.session.uncommitted()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("name", preset_names())
async def test_the_whole_explanation_can_be_read(name, size):
    async with driven(size) as app:
        await app.press("P", *"j" * preset_names().index(name))
        words = " ".join(app.text.split())
        preset = load_preset(name)
        assert preset.explanation.split()[-1] in words
        assert f"Linux {preset.since_release} or later." in words
        assert preset.title in words


async def test_a_preset_is_staged_committed_and_undone_as_one_edit():
    async with driven(seconds=1.0) as app:
        before = app.session.staged
        await choose(app, "prcl")
        assert app.session.staged == load_preset("prcl").kdamonds
        assert app.session.committed == before
        assert app.row("scheme 0").value == "pageout sz≥4.0K nr=0 age≥50"
        assert app.row("scheme 0").uncommitted
        assert app.told == ["preset prcl is staged: C commits it, u takes it back"]
        assert app.scene.engine.calls == [("turn_on", 0)]
        await app.press("C")
        assert app.scene.engine.calls[-1] == ("commit", 0)
        assert not app.session.uncommitted()
        await app.press("u")
        assert app.told[-1] == "undone: preset prcl"
        assert app.session.staged == before
        await app.press("ctrl+r")
        assert app.session.staged == load_preset("prcl").kdamonds


async def test_a_preset_can_be_tuned_further_after_loading():
    async with driven() as app:
        await choose(app, "prcl")
        age = (0, "contexts", 0, "schemes", 0, "access_pattern", "age")
        app.main.editing.stage((*age, "min"), 30)
        assert app.session.get(age) == Range(30, ULONG_MAX)


async def test_other_operations_need_the_kdamond_to_stop():
    async with driven(scene=real, seconds=1.0) as app:
        await choose(app, "damon_reclaim")
        assert "s stops kdamond 0" in app.told[-1]
        (target,) = app.session.get((0, "contexts", 0, "targets"))
        assert target.regions == (AddrRange(4 * GIB, 4 * GIB + MEMORY),)
        assert app.row("target 0").value == "physical memory"
        await app.press("C")
        assert "turn it off and on again" in app.told[-1]
        await app.press("s", "s")
        await app.run(1.0)
        assert app.row("kdamond 0").value.startswith("on")
        assert app.main.live.status(0).config.contexts[0].ops == "paddr"
        assert not app.session.uncommitted()


async def test_a_preset_for_two_nodes_is_refused_on_a_machine_with_one():
    async with driven() as app:
        before = app.session.staged
        await choose(app, "tiering")
        assert "preset tiering needs a machine with 2 NUMA nodes, and this has 1" in app.told[-1]
        assert app.session.staged == before


async def test_a_kernel_that_is_too_old_is_named_and_nothing_is_staged():
    async with driven(kernel="6.12") as app:
        await choose(app, "damon_stat")
        assert app.told == ["preset damon_stat needs Linux 6.17 or later, and this is 6.12"]
        assert app.session.to_undo is None
        assert not app.session.uncommitted()


async def test_palette_offers_it():
    async with driven() as app:
        names = [command.title for command in app.app.get_system_commands(app.main)]
        assert "preset (P)" in names


async def test_app_starts_with_a_preset_as_it_is():
    async with driven(scene=real, preset="wss", seconds=2.0) as app:
        assert app.session.staged == load_preset("wss").kdamonds
        assert app.row("kdamond 0").value.startswith("on")
        (line,) = app.main.live.schemes(0)
        assert line.stats.nr_tried > 0


def test_a_running_kdamond_is_not_taken_away():
    session = Session(load_preset("tiering").kdamonds, kernel_version("7.1"), lambda request: None)
    for index in range(2):
        session.settle(Outcome(TurnOn(index, session.staged[index])))
    with pytest.raises(InputError, match="can't be loaded while kdamond 1 runs, which it would remove: stop it first"):
        session.load((Kdamond(),), "one")
    assert session.staged == load_preset("tiering").kdamonds
    assert session.to_undo is None
