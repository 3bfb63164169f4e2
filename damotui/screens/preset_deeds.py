"""What the action that loads a preset does."""

from __future__ import annotations

from damotui.presets import Preset, all_presets
from damotui.screens.deed_base import DeedBase
from damotui.screens.dialogs import ChoiceDialog
from damotui.session import outline
from engine.config.model import Kdamond


class PresetDeeds(DeedBase):
    """Choose a preset, and stage it."""

    def load_preset(self) -> None:
        """In place of the whole tree."""
        presets = all_presets()

        def load(choice: int | None) -> None:
            if choice is not None:
                self._screen.attempt(lambda: self._stage_preset(presets[choice]))

        kernel = self._session.kernel
        choices = [(p.name, p.title if kernel.has(p.needs) else kernel.lack(p.needs)) for p in presets]
        lacking = [at for at, preset in enumerate(presets) if not kernel.has(preset.needs)]
        details = [f"{preset.explanation} Linux {preset.since_release} or later." for preset in presets]
        self._screen.app.push_screen(ChoiceDialog("Load a preset", choices, details, lacking), load)

    def _stage_preset(self, preset: Preset) -> None:
        preset.check_kernel(self._session.kernel)
        nodes = self._screen.node_bytes
        kdamonds = preset.for_machine(sum(nodes), nodes)
        self._session.load(kdamonds, f"preset {preset.name}")
        for path in outline.starting_paths(self._session):
            self._screen.expand_to(path)
        self._screen.staged_changed()
        self._screen.tree_pane.move_to(0)
        self._screen.tell(f"preset {preset.name} is staged: {self._next_keys(kdamonds)}, u takes it back")

    def _next_keys(self, kdamonds: tuple[Kdamond, ...]) -> str:
        """How it comes into force: operations can't be changed while a kdamond runs."""
        committed = self._session.committed
        changed = [at for at in sorted(self._session.running) if _ops(kdamonds[at]) != _ops(committed[at])]
        if changed:
            return f"s stops kdamond {changed[0]}, and starts it again with other operations"
        return "C commits it"


def _ops(kdamond: Kdamond) -> list[str]:
    return [context.ops for context in kdamond.contexts]
